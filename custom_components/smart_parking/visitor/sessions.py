"""Sessions of visitors: what is stored of them, and for how long."""

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

# A change that no visitor relies on, such as a last visit, is not worth a memory card's wear.
WRITE_DELAY_S = 30.0
# The clock may be wrong at the start: until it has been set, no session expires by it.
GRACE_S = 3_600.0
# The time of a last visit is written with other changes, but no later than this.
SEEN_DELAY_S = 3_600.0
# A vehicle that is back within this time has only parked again.
BACK_S = 60.0
# Seconds for which the page shows that a car has left.
LEFT_S = 10 * 60.0
# Some 500 bytes each. When there are more, the one seen longest ago is removed.
SESSIONS_MAX = 5_000
# Most sessions of one phone, for each hold that it may have: they cannot displace others.
SESSIONS_PER_HOLD = 25


class Parked(NamedTuple):
    """Place of a visitor's car. The label stays when the bay is removed."""

    bay_id: str
    label: str
    was_seen: bool = False
    """Whether the bay's sensor has seen a vehicle since."""
    left_at: float | None = None
    """When the vehicle left, in seconds of a clock that only goes forwards."""

    def after(self, now: float, *, occupied: bool | None) -> Parked | None:
        """Return the place after a change of the bay; None when the car is gone.

        Another vehicle ends it; a vehicle that is back soon has only parked again.
        """
        if occupied and self.left_at is not None:
            return self._replace(left_at=None) if now - self.left_at <= BACK_S else None
        if occupied:
            return self._replace(was_seen=True)
        if occupied is False and self.was_seen and self.left_at is None:
            return self._replace(left_at=now)
        return self

    def to_data(self, ahead_s: float) -> list[str | float | None]:
        """Return the data to store; the wall clock is ahead of ours by `ahead_s`."""
        left_at = None if self.left_at is None else self.left_at + ahead_s
        return [self.bay_id, self.label, *((self.was_seen, left_at) if self.was_seen else ())]

    def is_over(self, now: float) -> bool:
        """Return whether it has left so long ago that the page no longer shows it."""
        return self.left_at is not None and now - self.left_at > LEFT_S


@dataclass(slots=True)
class Session:
    """The session of one visitor."""

    seen: float
    """When the last request came, in seconds of a clock that only goes forwards."""
    client: str = ""
    """The key of the phone; never stored."""
    gate_id: str | None = None
    """The gate of the visitor."""
    parked: Parked | None = None
    message: Message | None = None
    """The message that has not been shown yet."""
    has_extended: bool = False
    is_waiting: bool = False
    push: Subscription | None = None
    """The push subscription."""

    def to_data(self, ahead_s: float = 0.0) -> dict[str, Any]:
        """Return the data to store; the wall clock is ahead of ours by `ahead_s`."""
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
        """Return a session from stored data; raises `ValueError` when the data is none."""
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
    """Return the place of a car from stored data; older versions have no sensor data."""
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
    """Return a push subscription from stored data."""
    return subscription.optional(Subscription.from_data)


class Sessions:
    """The sessions of a lot, by the driver's name of their holds."""

    def __init__(self, most: int = SESSIONS_MAX) -> None:
        """Initialize without sessions."""
        self._most = most
        self._sessions: dict[str, Session] = {}

    def __len__(self) -> int:
        """Return the number of sessions."""
        return len(self._sessions)

    def __iter__(self) -> Iterator[tuple[str, Session]]:
        """Yield all sessions, the one seen longest ago first."""
        yield from self._sessions.items()

    def get(self, driver: str) -> Session | None:
        """Return the session of a visitor."""
        return self._sessions.get(driver)

    def touch(self, driver: str, now: float) -> Session | None:
        """Record a request of a visitor, if there is a session."""
        if (session := self._sessions.pop(driver, None)) is not None:
            session.seen = now
            self._sessions[driver] = session
        return session

    def of(
        self, driver: str, client: str, now: float, *, each: int, spared: Container[str] = ()
    ) -> Session:
        """Return the session of a visitor, which begins now unless there is one.

        When a phone has `each` sessions, its session seen longest ago is removed for the new one,
        and no other phone's; none of `spared` is removed.
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
        """Restore a stored session."""
        self._sessions[driver] = session

    def drop(self, driver: str) -> None:
        """Remove a visitor."""
        self._sessions.pop(driver, None)

    def forget(self, before: float) -> bool:
        """Remove sessions that were last seen before a time; return whether there were any."""
        size = len(self)
        while self._sessions:
            driver = next(iter(self._sessions))
            if self._sessions[driver].seen >= before:
                break
            del self._sessions[driver]
        return len(self) < size


def drivers_by_bay(sessions: Sessions) -> Mapping[str, list[str]]:
    """Return the visitors of parked cars, by bay id."""
    found: dict[str, list[str]] = {}
    for driver, session in sessions:
        if session.parked is not None:
            found.setdefault(session.parked.bay_id, []).append(driver)
    return found


class VisitorStore:
    """Stored data of visitors: the key of their tokens, and sessions by a hash of the token."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self._hass = hass
        self._store = DurableStore(hass, StoreKind.VISITORS, entry_id, self._stored)
        self._is_written = False
        self._written_at = hass.loop.time()
        self.address = ""
        """Fingerprint of the address that the data belongs to."""
        self.key = b""
        self.push_key = ""
        """Public key that the push subscriptions were made with."""
        self.sessions = Sessions()

    async def async_load(self, address: str, forget_s: float) -> None:
        """Load the stored data; data of another address is discarded.

        A visitor who has not been seen for long will expire, but not at once.
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
        """Remove all data, and start anew for another address."""
        self.address, self.key = address, secrets.token_bytes(KEY_BYTES)
        self.sessions = Sessions()
        if self._is_written:
            self.async_changed(is_relied_on=True)

    async def async_remove(self) -> None:
        """Remove the stored data."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if anything has changed, including times of last visits."""
        if len(self.sessions):
            self._store.async_schedule(0.0)
        await self._store.async_write()

    async def async_store(self) -> None:
        """Return once the data that visitors rely on is on disk."""
        await self._store.async_write_relied_on()

    @callback
    def async_changed(self, *, is_relied_on: bool) -> None:
        """Schedule a write: at once, if visitors rely on the change.

        The first write is at once, too: without the key, no visitor would be recognized.
        """
        is_soon = is_relied_on or not self._is_written
        self._store.async_schedule(SOON_S if is_soon else WRITE_DELAY_S)

    @callback
    def async_refresh(self) -> None:
        """Record that times of last visits have changed."""
        if len(self.sessions) and self._hass.loop.time() - self._written_at > SEEN_DELAY_S:
            self._store.async_schedule(WRITE_DELAY_S)

    @property
    def _ahead_s(self) -> float:
        """By how much the wall clock is ahead of the one that only goes forwards."""
        return epoch_s() - self._hass.loop.time()

    def _stored(self) -> dict[str, Any]:
        """Return the data to write."""
        self._is_written, ahead_s = True, self._ahead_s
        self._written_at = self._hass.loop.time()
        return {
            "address": self.address,
            "key": self.key.hex(),
            "push_key": self.push_key,
            "sessions": {driver: session.to_data(ahead_s) for driver, session in self.sessions},
        }


def _key(text: Stored) -> bytes:
    """Return a key from stored data."""
    key = bytes.fromhex(text.text())
    if len(key) != KEY_BYTES:
        raise StoredError(text.name)
    return key
