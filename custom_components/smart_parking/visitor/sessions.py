"""What is remembered of visitors, and for how long."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
import secrets
from typing import Any, NamedTuple, Self

from homeassistant.core import HomeAssistant, callback

from ..clock import epoch_s
from ..lot.stored import Stored, StoredError
from ..storage import SOON_S, DurableStore, StoreKind
from .messages import Message
from .push.subscription import Subscription
from .tokens import KEY_BYTES

# What nobody was told, such as when somebody was last seen, is not worth a memory card's wear.
WRITE_DELAY_S = 30.0
# The clock may be wrong at the start: until it has been set, nobody is forgotten for it.
GRACE_S = 3_600.0
# When somebody was seen is written with what else changes, but no later than this.
SEEN_DELAY_S = 3_600.0
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
    """When the vehicle has left, in seconds of a clock that only goes forwards."""

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

    def to_data(self, ahead_s: float) -> list[str | float | None]:
        """Return what is to be written down; the wall clock is so much ahead of ours."""
        left_at = None if self.left_at is None else self.left_at + ahead_s
        return [self.bay_id, self.label, *((self.was_seen, left_at) if self.was_seen else ())]

    def is_over(self, now: float) -> bool:
        """Return whether it has left so long ago that nobody asks for it any more."""
        return self.left_at is not None and now - self.left_at > LEFT_S


@dataclass(slots=True)
class Session:
    """What is remembered of one visitor."""

    seen: float
    """When they last asked for something, in seconds of a clock that only goes forwards."""
    client: str = ""
    """What stands for the phone; never written down."""
    gate_id: str | None = None
    """By which gate they came."""
    parked: Parked | None = None
    message: Message | None = None
    """What they have not been told yet."""
    has_extended: bool = False
    is_waiting: bool = False
    push: Subscription | None = None
    """Where they want to be told what happens."""

    def to_data(self, ahead_s: float = 0.0) -> dict[str, Any]:
        """Return what is to be written down; the wall clock is so much ahead of ours."""
        return {
            "seen": int(self.seen + ahead_s),
            "gate_id": self.gate_id,
            "parked": None if self.parked is None else self.parked.to_data(ahead_s),
            "has_extended": self.has_extended,
            "is_waiting": self.is_waiting,
            "push": None if self.push is None else self.push.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | Stored, ahead_s: float = 0.0) -> Self:
        """Return a session as it was written down; raises `ValueError` when that makes none."""
        row = Stored.of(data)
        return cls(
            seen=row.field("seen").seconds() - ahead_s,
            parked=row.field("parked").optional(lambda place: _parked(place, ahead_s)),
            gate_id=row.field("gate_id").optional(Stored.text) if row.has("gate_id") else None,
            has_extended=row.has("has_extended") and row.field("has_extended").flag(),
            is_waiting=row.has("is_waiting") and row.field("is_waiting").flag(),
            push=row.get("push", _push, None) if row.has("push") else None,
        )


def _parked(place: Stored, ahead_s: float) -> Parked:
    """Return where a car stands, as it was written down; whether it was seen came later."""
    parts = place.members(lambda part: part)
    if len(parts) == 2:
        return Parked(parts[0].text(), parts[1].text())
    if len(parts) != len(Parked._fields):
        raise StoredError(place.name)
    left_at = parts[3].optional(Stored.number)
    return Parked(
        parts[0].text(),
        parts[1].text(),
        was_seen=parts[2].flag(),
        left_at=None if left_at is None else left_at - ahead_s,
    )


def _push(subscription: Stored) -> Subscription | None:
    """Return where somebody wants to be told, as it was written down."""
    return subscription.optional(Subscription.from_data)


class Sessions:
    """The visitors of a lot who have asked for something, by the name under which bays are kept."""

    def __init__(self, most: int = SESSIONS_MAX) -> None:
        """Initialize without listeners."""
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
        """Record that a visitor is seen, if anything is remembered of them."""
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
        """Restore a session that was written down."""
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


class VisitorStore:
    """What is written down of visitors: the key of their tokens, and sessions by a hash of them."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Open the book; nothing is read yet."""
        self._hass = hass
        self._store = DurableStore(hass, StoreKind.VISITORS, entry_id, self._stored)
        self._is_written = False
        self._written_at = hass.loop.time()
        self.address = ""
        """What stands for the address that all of this belongs to."""
        self.key = b""
        self.push_key = ""
        """With which public key who wants to be told has agreed to it."""
        self.sessions = Sessions()

    async def async_load(self, address: str, forget_s: float) -> None:
        """Read what was written; what belongs to another address is void.

        Who has not been seen for a time will be forgotten, but nobody on the spot.
        """
        now, ahead_s = self._hass.loop.time(), self._ahead_s
        oldest = now - max(0.0, forget_s - GRACE_S)

        def session_of(row: Stored) -> Session:
            session = Session.from_data(row, ahead_s)
            session.seen = min(max(session.seen, oldest), now)
            return session

        def restore(data: Stored) -> None:
            self._is_written = True
            self.address = data.get("address", Stored.text, address)
            self.key = data.get("key", _key, b"")
            self.push_key = data.get("push_key", Stored.text, "") if data.has("push_key") else ""
            sessions = data.section("sessions").each(session_of)
            for driver, session in sorted(sessions.items(), key=lambda one: one[1].seen):
                self.sessions.put(driver, session)

        await self._store.async_restore(restore)
        if self.address != address or not self.key:
            self.async_renew(address)

    @callback
    def async_renew(self, address: str) -> None:
        """Forget everything, and begin anew for another address."""
        self.address, self.key = address, secrets.token_bytes(KEY_BYTES)
        self.sessions = Sessions()
        if self._is_written:
            self.async_changed(is_relied_on=True)

    async def async_remove(self) -> None:
        """Forget everything, for good."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if there is anything to write: when somebody was last seen, too."""
        if len(self.sessions):
            self._store.async_schedule(0.0)
        await self._store.async_write()

    async def async_store(self) -> None:
        """Return when what visitors rely on is on disk."""
        await self._store.async_write_relied_on()

    @callback
    def async_changed(self, *, is_relied_on: bool) -> None:
        """Schedule a write: at once, if it is what visitors were told.

        Without the key, nobody would be known again.
        """
        is_soon = is_relied_on or not self._is_written
        self._store.async_schedule(SOON_S if is_soon else WRITE_DELAY_S)

    @callback
    def async_refresh(self) -> None:
        """Record that somebody has been seen meanwhile."""
        if len(self.sessions) and self._hass.loop.time() - self._written_at > SEEN_DELAY_S:
            self._store.async_schedule(WRITE_DELAY_S)

    @property
    def _ahead_s(self) -> float:
        """How much the wall clock is ahead of the one that only goes forwards."""
        return epoch_s() - self._hass.loop.time()

    def _stored(self) -> dict[str, Any]:
        """Return what is to be written."""
        self._is_written, ahead_s = True, self._ahead_s
        self._written_at = self._hass.loop.time()
        return {
            "address": self.address,
            "key": self.key.hex(),
            "push_key": self.push_key,
            "sessions": {driver: session.to_data(ahead_s) for driver, session in self.sessions},
        }


def _key(text: Stored) -> bytes:
    """Return a key as it was written down."""
    key = bytes.fromhex(text.text())
    if len(key) != KEY_BYTES:
        raise StoredError(text.name)
    return key
