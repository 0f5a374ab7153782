"""Options for visitors."""

from dataclasses import dataclass
import secrets
from typing import Final, Self

from homeassistant.config_entries import ConfigEntry

CONF_VISITORS: Final = "visitors"
CONF_REMOTE: Final = "visitors_remote"
CONF_SECRET: Final = "visitors_secret"  # noqa: S105  (the name of an option)
CONF_HOURS: Final = "visitors_hours"
CONF_REQUESTS: Final = "visitors_requests"
CONF_REQUESTS_TOTAL: Final = "visitors_requests_total"
CONF_STREAMS: Final = "visitors_streams"
CONF_STREAMS_TOTAL: Final = "visitors_streams_total"
CONF_HOLDS: Final = "visitors_holds"
CONF_SHARE: Final = "visitors_share"
CONF_PUSH: Final = "push"
CONF_HOOK: Final = "visitors_hook"
CONF_HOOK_ID: Final = "visitors_hook_id"
CONF_HOOK_PAUSE: Final = "visitors_hook_pause"

HOURS = 24
# A page loads some twelve files at first, and one at times later.
REQUESTS = 120
# 50 a second. For pages, which cost four, that is 3 % of a desktop's core.
REQUESTS_TOTAL = 3_000
STREAMS = 4
STREAMS_TOTAL = 500
HOLDS = 2
# A visitor with many addresses cannot hold all bays: a quarter stays for the owner's drivers.
SHARE_PERCENT = 75
SHARE_LEAST = 2
# A phone in a pocket drops a connection for minutes, not for half an hour.
HOOK_PAUSE_MIN = 30.0

# A token is renewed this often within its time, and not at every request.
RENEWALS = 24

# Without letters and digits that look alike: the first ones may be typed from a sign.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
# 130 bits, which cannot be guessed.
SECRET_LENGTH = 26
# Number of letters in a sign's address: 40 bits, guessed at 1,000 a second in 17 years. A person
# before the sign can read it anyway.
SHORT_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorOptions:
    """Whether a lot has a page for visitors, in which networks, and its limits."""

    on: bool = False
    remote: bool = False
    """Whether it is open beyond the local networks."""
    secret: str = ""
    hours: float = HOURS
    """Hours after which visitors who are not seen are removed."""
    requests: int = REQUESTS
    """Requests a minute of one phone."""
    requests_total: int = REQUESTS_TOTAL
    """Requests a minute of all phones together."""
    streams: int = STREAMS
    """Open pages of one phone."""
    streams_total: int = STREAMS_TOTAL
    """Open pages of all phones together."""
    holds: int = HOLDS
    """Holds at a time for visitors of one phone."""
    share_percent: float = SHARE_PERCENT
    """Largest share of the bays, and of the queue, for visitors on their way."""
    push: bool = False
    """Whether visitors may be notified while the page is closed."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of a lot's entry; a missing one has its default."""
        options = entry.options
        secret = str(options.get(CONF_SECRET, ""))
        return cls(
            on=bool(options.get(CONF_VISITORS)) and bool(secret),
            remote=bool(options.get(CONF_REMOTE)),
            secret=secret,
            hours=float(options.get(CONF_HOURS, HOURS)),
            requests=int(options.get(CONF_REQUESTS, REQUESTS)),
            requests_total=int(options.get(CONF_REQUESTS_TOTAL, REQUESTS_TOTAL)),
            streams=int(options.get(CONF_STREAMS, STREAMS)),
            streams_total=int(options.get(CONF_STREAMS_TOTAL, STREAMS_TOTAL)),
            holds=int(options.get(CONF_HOLDS, HOLDS)),
            share_percent=float(options.get(CONF_SHARE, SHARE_PERCENT)),
            push=bool(options.get(CONF_PUSH)),
        )

    @property
    def forget_s(self) -> float:
        """Return the seconds after which visitors who are not seen are removed."""
        return self.hours * 3600.0

    @property
    def renew_s(self) -> float:
        """Return the least seconds between two renewals of a token."""
        return self.forget_s / RENEWALS

    @property
    def token_s(self) -> float:
        """Return the seconds for which a token is valid, even if last seen before a renewal."""
        return self.forget_s + self.renew_s

    def share_of(self, number: int) -> int:
        """Return how many of a number visitors may have at a time."""
        return max(SHARE_LEAST, int(number * self.share_percent / 100.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOptions:
    """Options of the webhook, with which access points report phones on the lot's Wi-Fi."""

    on: bool = False
    hook_id: str = ""
    pause_s: float = HOOK_PAUSE_MIN * 60.0
    """A phone that comes back within this time continues its visit."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of a lot's entry; a missing one has its default."""
        options = entry.options
        hook_id = str(options.get(CONF_HOOK_ID, ""))
        return cls(
            on=bool(options.get(CONF_HOOK)) and bool(hook_id),
            hook_id=hook_id,
            pause_s=float(options.get(CONF_HOOK_PAUSE, HOOK_PAUSE_MIN)) * 60.0,
        )


def new_secret() -> str:
    """Return a secret for an address."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
