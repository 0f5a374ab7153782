"""What is remembered of visitors, and for how long."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
import logging
import secrets
from typing import Any, NamedTuple, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .notices import Notice
from .push.subscription import Subscription
from .tokens import KEY_BYTES

_LOGGER = logging.getLogger(__name__)

VERSION = 1
# Where a car stands is worth more than a memory card's wear, but not much.
WRITE_DELAY_S = 30.0
# A vehicle that is back within this has only parked once more.
BACK_S = 60.0
# So long it is said that a car has left.
LEFT_S = 10 * 60.0
# Some 500 bytes each. When more come within the time, those not seen for longest are forgotten.
SESSIONS_MAX = 5_000
# Of one phone, so many for each bay that may be kept for it at a time: nobody pushes others out.
SESSIONS_PER_HOLD = 25


class Parked(NamedTuple):
    """Where a visitor's car stands. The label stays when the bay is no more."""

    bay_id: str
    label: str
    was_seen: bool = False
    """Whether the bay's sensor has seen a vehicle since."""
    left_at: float | None = None
    """When the vehicle has left, in seconds since the epoch."""

    def after(self, now: float, *, occupied: bool | None) -> Parked | None:
        """Return what is to be remembered after the bay's sensor has said something.

        That is nothing once another vehicle has come; who is back soon has only parked once more.
        """
        if occupied and self.left_at is not None:
            return self._replace(left_at=None) if now - self.left_at <= BACK_S else None
        if occupied:
            return self._replace(was_seen=True)
        if occupied is False and self.was_seen and self.left_at is None:
            return self._replace(left_at=now)
        return self

    def to_data(self) -> list[str | float | None]:
        """Return what is to be written down."""
        seen = (self.was_seen, self.left_at) if self.was_seen else ()
        return [self.bay_id, self.label, *seen]

    def is_over(self, now: float) -> bool:
        """Return whether it has left so long ago that nobody asks for it any more."""
        return self.left_at is not None and now - self.left_at > LEFT_S


@dataclass(slots=True)
class Session:
    """What is remembered of one visitor."""

    seen: float
    """When they last asked for something, in seconds since the epoch."""
    client: str = ""
    """What stands for the phone; never written down."""
    gate_id: str | None = None
    """By which gate they came."""
    parked: Parked | None = None
    notice: Notice | None = None
    """What they have not been told yet."""
    has_extended: bool = False
    is_waiting: bool = False
    push: Subscription | None = None
    """Where they want to be told what happens."""

    def to_data(self) -> dict[str, Any]:
        """Return what is to be written down."""
        return {
            "seen": int(self.seen),
            "gate_id": self.gate_id,
            "parked": None if self.parked is None else self.parked.to_data(),
            "has_extended": self.has_extended,
            "is_waiting": self.is_waiting,
            "push": None if self.push is None else self.push.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return a session as it was written down."""
        parked, push = data["parked"], data.get("push")
        return cls(
            **{
                **data,
                "parked": None if parked is None else Parked(*parked),
                "push": None if push is None else Subscription(**push),
            }
        )


class Sessions:
    """The visitors of a lot who have asked for something, by the name under which bays are kept."""

    def __init__(self, most: int = SESSIONS_MAX) -> None:
        """Begin with nobody."""
        self._most = most
        self._sessions: dict[str, Session] = {}

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._sessions)

    def __iter__(self) -> Iterator[tuple[str, Session]]:
        """Yield all, who has not been seen for longest first."""
        yield from self._sessions.items()

    def get(self, driver: str) -> Session | None:
        """Return what is remembered of a visitor."""
        return self._sessions.get(driver)

    def touch(self, driver: str, now: float) -> Session | None:
        """Note that a visitor is seen, if anything is remembered of them."""
        if (session := self._sessions.pop(driver, None)) is not None:
            session.seen = now
            self._sessions[driver] = session
        return session

    def of(
        self, driver: str, client: str, now: float, *, each: int, spared: Container[str] = ()
    ) -> Session:
        """Return what is remembered of a visitor, from now on if nothing is.

        When there are more than `each` of one phone, the one not seen for longest is forgotten for
        it, and nobody else's; but none of those who are to be spared.
        """
        if (session := self.touch(driver, now)) is None:
            session = self._sessions[driver] = Session(now)
            of_phone = [
                one
                for one, known in self._sessions.items()
                if known.client == client and one not in spared
            ]
            if len(of_phone) >= each:
                del self._sessions[of_phone[0]]
            elif len(self._sessions) > self._most:
                del self._sessions[next(iter(self._sessions))]
        session.client = client
        return session

    def put(self, driver: str, session: Session) -> None:
        """Take up a session that was written down."""
        self._sessions[driver] = session

    def drop(self, driver: str) -> None:
        """Forget a visitor."""
        self._sessions.pop(driver, None)

    def forget(self, before: float) -> bool:
        """Forget those who were last seen before a time; return whether there were any."""
        size = len(self)
        while self._sessions:
            driver = next(iter(self._sessions))
            if self._sessions[driver].seen >= before:
                break
            del self._sessions[driver]
        return len(self) < size


def drivers_by_bay(sessions: Sessions) -> Mapping[str, list[str]]:
    """Return the visitors whose cars stand somewhere, by the bay."""
    found: dict[str, list[str]] = {}
    for driver, session in sessions:
        if session.parked is not None:
            found.setdefault(session.parked.bay_id, []).append(driver)
    return found


class VisitorMemory:
    """What is written down of visitors: the key of their tokens, and sessions by a hash of them."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Open the book; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, VERSION, f"{DOMAIN}.{entry_id}.visitors", private=True
        )
        self._is_due = False
        self._is_written = False
        self.address = ""
        """What stands for the address that all of this belongs to."""
        self.key = b""
        self.sessions = Sessions()

    async def async_load(self, address: str) -> None:
        """Read what was written; what belongs to another address, or makes no sense, is void."""
        kept = await self._store.async_load()
        self._is_written = kept is not None
        try:
            if kept is not None and kept["address"] == address:
                self._take_up(kept)
                return
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            _LOGGER.warning("What was remembered of visitors cannot be read: %r", err)
        self.async_renew(address)

    def _take_up(self, kept: Mapping[str, Any]) -> None:
        """Go on with what was written."""
        self.address, self.key = kept["address"], bytes.fromhex(kept["key"])
        for driver, data in kept["sessions"].items():
            self.sessions.put(driver, Session.from_data(data))

    @callback
    def async_renew(self, address: str) -> None:
        """Forget everything, and begin anew for another address."""
        self.address, self.key = address, secrets.token_bytes(KEY_BYTES)
        self.sessions = Sessions()
        if self._is_written:
            self.async_changed()

    async def async_remove(self) -> None:
        """Forget everything, for good."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if there is anything to write: when somebody was last seen, too."""
        if self._is_due or len(self.sessions):
            await self._store.async_save(self._kept())

    @callback
    def async_changed(self) -> None:
        """Note that something is to be written, soon."""
        if not self._is_due:
            self._is_due = True
            self._store.async_delay_save(self._kept, WRITE_DELAY_S)

    def _kept(self) -> dict[str, Any]:
        """Return what is to be written."""
        self._is_due, self._is_written = False, True
        return {
            "address": self.address,
            "key": self.key.hex(),
            "sessions": {driver: session.to_data() for driver, session in self.sessions},
        }
