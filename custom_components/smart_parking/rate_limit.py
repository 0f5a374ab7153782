"""Rate limits for strangers: requests over time, and things open at once.

Plain Python: the time is a parameter, in seconds of any clock that only goes forwards.
"""

from collections import Counter
from ipaddress import IPv4Address, IPv6Address

# Some 200 bytes each.
CLIENTS_MAX = 4_096

EVERYBODY = ""
"""The client of the bucket that all share."""
# A client with this share of its own bucket left has asked for little: one page, and a few taps.
LITTLE = 2 / 3
FOR_OTHERS = 1 / 2

# The IPv6 network that a household or a mobile phone gets.
IPV6_PREFIX = 64


def client_of(address: IPv4Address | IPv6Address, *, is_local: bool) -> str:
    """Return the key of a phone at an address.

    On a local network every address is a phone's. Elsewhere a phone has as many IPv6 addresses as
    it likes, all in one network.
    """
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if is_local:
        return str(IPv6Address(int(address)))
    return f"{int(address) >> (128 - IPV6_PREFIX):x}/{IPV6_PREFIX}"


class Buckets:
    """A bucket per client: it holds a minute's allowance, and fills evenly.

    When there are too many clients, the one that was seen longest ago is removed.
    """

    def __init__(
        self, per_minute: float, most: int = CLIENTS_MAX, *, fills_in_min: float = 1.0
    ) -> None:
        """Initialize with full buckets; an empty one fills in `fills_in_min` minutes."""
        self._size = per_minute
        self._per_s = per_minute / (fills_in_min * 60.0)
        self._most = most
        self._levels: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        """Return the number of clients."""
        return len(self._levels)

    def wait_s(self, client: str, now: float, cost: float = 1.0, *, leave: float = 0.0) -> float:
        """Draw from a client's bucket and return 0, or return the seconds until it is possible.

        A share `leave` of the bucket is left for others.
        """
        level, at = self._levels.pop(client, (self._size, now))
        level = min(self._size, level + max(0.0, now - at) * self._per_s)
        # A cost above the size of the bucket could never be drawn.
        cost = min(cost, self._size)
        missing = max(0.0, min(cost + leave * self._size, self._size) - level)
        self._levels[client] = (level - (0.0 if missing else cost), now)
        if len(self._levels) > self._most:
            del self._levels[next(iter(self._levels))]
        return missing / self._per_s

    def share(self, client: str) -> float:
        """Return the level of a client's bucket after its last draw, from 0 to 1."""
        return self._levels[client][0] / self._size

    def refund(self, client: str, cost: float) -> None:
        """Refund a draw that had no effect."""
        level, at = self._levels[client]
        self._levels[client] = (min(self._size, level + cost), at)


class FairBuckets:
    """A bucket per client, and one that all share."""

    def __init__(self, each: float, total: float, *, remembered_min: float = 1.0) -> None:
        """Initialize with full buckets; they hold a minute's allowance.

        A client that has asked for much counts as such for `remembered_min` minutes. With many
        addresses, a visitor can use up the shared bucket while each address stays within its limit;
        but these addresses keep asking for longer than a visitor does, and are recognized by that.
        """
        self.is_of_client = False
        """Whether the newest wait was for a client's own bucket, and not for the shared one."""
        self._each = Buckets(each)
        self._all = Buckets(total)
        self._recent = Buckets(each, fills_in_min=remembered_min)

    def wait_s(self, client: str, now: float, cost: float = 1.0) -> float:
        """Draw from a client's bucket and the shared one and return 0, or the seconds to wait."""
        wait = self._each.wait_s(client, now, cost)
        self.is_of_client = bool(wait)
        if not wait:
            # A client that asks for much leaves half of the shared bucket to those that ask for
            # little.
            is_noted = not self._recent.wait_s(client, now, cost)
            leave = 0.0 if self._recent.share(client) >= LITTLE else FOR_OTHERS
            wait = self._all.wait_s(EVERYBODY, now, cost, leave=leave)
            if wait:
                # A request that has to wait costs nothing.
                self._each.refund(client, cost)
                if is_noted:
                    self._recent.refund(client, cost)
        return wait


class Places:
    """A number of places, of which one client may have only a few."""

    def __init__(self, each: int, total: int) -> None:
        """Initialize with all places free."""
        self._each = each
        self._total = total
        self._taken: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return the number of occupied places."""
        return self._taken.total()

    def take(self, client: str, *, extra: int = 0) -> bool:
        """Occupy a place, and return whether there was one, of all or of some more."""
        if self._taken[client] >= self._each or len(self) >= self._total + extra:
            return False
        self._taken[client] += 1
        return True

    def leave(self, client: str) -> None:
        """Release a place."""
        self._taken[client] -= 1
        if not self._taken[client]:
            del self._taken[client]

    def resize(self, each: int, total: int) -> None:
        """Set the limits; occupied places stay."""
        self._each, self._total = each, total
