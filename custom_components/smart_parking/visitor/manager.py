"""Visitor manager of one lot: sessions, tokens, streams and limits."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
import hmac
import logging

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingConfigEntry
from ..forecast.manager import ForecastManager
from ..guidance.manager import ALL, GuidanceManager
from ..live.snapshot import Json
from ..lot.holds.events import HoldEvent, HoldEventType
from ..lot.holds.hold import Hold, HoldStatus
from ..lot.lot import Changes
from ..promotions.manager import PromotionManager
from ..rate_limit import FairBuckets
from ..texts import DriverTexts
from .messages import message_of
from .options import SHORT_LENGTH, VisitorOptions
from .plan_drawings import PlanDrawings
from .push.dispatcher import PushDispatcher
from .push.vapid import async_push_keys
from .refusals import Limit, Refusals
from .sessions import SESSIONS_PER_HOLD, Parked, Session, Sessions, VisitorStore, drivers_by_bay
from .state import VisitorState, visitor_state
from .stream import Streams
from .tokens import DRIVER_PREFIX, Tokens

_LOGGER = logging.getLogger(__name__)

FORGET_EVERY = timedelta(minutes=10)
# Minutes for which a client with many requests counts as such: a visitor opens the page and taps a
# few times.
REMEMBERED_MIN = 10.0


class VisitorManager:
    """The visitors' page of one lot."""

    def __init__(
        self,
        coordinator: LotCoordinator,
        guidance: GuidanceManager,
        promotions: PromotionManager,
        forecast: ForecastManager,
    ) -> None:
        """Initialize; nothing is loaded yet, and the page is off."""
        self.coordinator = coordinator
        self.guidance = guidance
        self.forecast = forecast
        self.hass = coordinator.hass
        self.options = VisitorOptions()
        self.is_open = False
        self.streams = Streams(coordinator, self.state_data)
        self.drawings = PlanDrawings(self.hass)
        self.refused = 0
        """Number of refused requests since the start."""
        self.refusals = Refusals(self.hass, coordinator.entry)
        self._store = VisitorStore(self.hass, coordinator.entry.entry_id)
        self.push = PushDispatcher(
            coordinator,
            guidance,
            promotions,
            lambda: self.sessions,
            lambda: self.async_note(is_relied_on=True),
        )
        self._set_limits()
        self._parked: Mapping[str, Collection[str]] | None = None
        """The visitors of parked cars, by bay id; None when it has to be computed anew."""
        self._unsubs: list[CALLBACK_TYPE] = []

    @property
    def sessions(self) -> Sessions:
        """The sessions of the visitors."""
        return self._store.sessions

    @property
    def tokens(self) -> Tokens:
        """The tokens that identify visitors."""
        return Tokens(self._store.key)

    @property
    def base(self) -> str:
        """The path of the page; all views are below it."""
        return base_path(self.options.secret)

    # Opening, changing and closing.

    async def async_open(self) -> None:
        """Load the sessions, and follow the lot."""
        self.options = VisitorOptions.from_entry(self.coordinator.entry)
        self._set_limits()
        await self._store.async_load(_fingerprint(self.options.secret), self.options.forget_s)
        if self.options.on and self.options.push:
            await self._async_load_push_key()
        self.push.async_set_on(on=self.options.on and self.options.push)
        self._unsubs = [
            # First of all listeners, because an owner who closes the page expects it to be closed.
            self.coordinator.entry.add_update_listener(self._async_updated),
            self.coordinator.async_follow(self._async_changed),
            self.guidance.async_listen(ALL, self._async_handle_update),
            self.forecast.async_listen(self._async_tell_waiting),
            async_track_time_interval(self.hass, self._async_forget, FORGET_EVERY),
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stopping),
        ]
        self.is_open = True

    async def _async_load_push_key(self) -> None:
        """Load the key for push messages."""
        try:
            keys = await async_push_keys(self.hass)
        except Exception:
            _LOGGER.exception("Nobody can be told while the page is closed")
        else:
            self.async_use_push_key(keys.public)

    @callback
    def async_use_push_key(self, public: str) -> None:
        """Remove subscriptions with a lost key: visitors have to be asked again.

        Push services would refuse messages that are signed with this key.
        """
        if self._store.push_key not in ("", public):
            for _, session in self.sessions:
                session.push = None
            self.async_note()
        self._store.push_key = public

    async def async_close(self) -> None:
        """Close all pages, and write the sessions."""
        self.is_open = False
        for unsub in self._unsubs:
            unsub()
        self._unsubs = []
        self.push.async_stop()
        self.streams.async_close()
        self.refusals.async_forget(all_of_them=True)
        await self._store.async_save()

    @callback
    def async_note(self, *, is_relied_on: bool = False) -> None:
        """Record a change of a session that has to be written.

        Visitors rely on the place of their car, and on being notified, or removed.
        """
        self._parked = None
        self._store.async_changed(is_relied_on=is_relied_on)

    async def async_store(self) -> None:
        """Return once what visitors rely on is on disk, so that they can be answered."""
        await self.guidance.async_store()
        await self._store.async_store()

    def state(self, driver: str) -> VisitorState:
        """Return the state of a visitor."""
        session = self.sessions.get(driver)
        return visitor_state(self.coordinator, self.guidance, self.forecast, driver, session)

    def pop_message(self, driver: str, texts: DriverTexts) -> str | None:
        """Return a visitor's message, which is shown once."""
        session = self.sessions.get(driver)
        if session is None or session.message is None:
            return None
        message, session.message = session.message, None
        return message.text(texts)

    def state_data(self, driver: str, texts: DriverTexts) -> dict[str, Json]:
        """Return the state of a visitor as JSON data; its message is shown once."""
        return self.state(driver).to_data(self.coordinator, self.pop_message(driver, texts))

    async def _async_stopping(self, _event: Event) -> None:
        """Close the streams when Home Assistant stops, because it would wait for them."""
        self._unsubs.pop()
        self.streams.async_close()
        await self._store.async_save()

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Update when the lot changes."""
        self.drawings.async_forget()
        if self._parked is None:
            self._parked = drivers_by_bay(self.sessions)
        for bay_id in changes.bays & self._parked.keys():
            for driver in list(self._parked[bay_id]):
                self._async_update_parked(driver, bay_id)

    @callback
    def _async_update_parked(self, driver: str, bay_id: str) -> None:
        """Update the place of a visitor's car after a change of its bay."""
        session = self.sessions.get(driver)
        if session is None or session.parked is None or bay_id not in self.coordinator.lot:
            return
        occupied, now = self.coordinator.lot[bay_id].occupied, self.hass.loop.time()
        parked = session.parked.after(now, occupied=occupied)
        if parked != session.parked:
            session.parked = parked
            self.async_note()
            self.streams.async_send_state(driver)

    async def _async_updated(self, _hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
        """Update when the options may have changed."""
        before, self.options = self.options, VisitorOptions.from_entry(entry)
        if self.options == before:
            return
        self._set_limits()
        self.refusals.async_forget(all_of_them=True)
        if not self.options.on or self.options.secret != before.secret:
            self._async_close_pages()
        if self.options.secret != before.secret:
            self._store.async_renew(_fingerprint(self.options.secret))
        self.push.async_set_on(on=self.options.on and self.options.push)

    @callback
    def _async_close_pages(self) -> None:
        """Close all pages, and release the holds of visitors."""
        self.streams.async_close(gone=True)
        theirs = [one for one in self.guidance.all() if _is_visitors(one)]
        # Waiting drivers go first, because released bays would be assigned to them.
        theirs.sort(key=lambda one: one.status is not HoldStatus.WAITING)
        for hold_id in [one.hold_id for one in theirs]:
            self._async_release(hold_id)

    def _set_limits(self) -> None:
        """Apply the limits; all counts start anew."""
        self._requests = FairBuckets(
            self.options.requests, self.options.requests_total, remembered_min=REMEMBERED_MIN
        )
        self.streams.places.resize(self.options.streams, self.options.streams_total)

    # Requests and their limits.

    def is_at(self, secret: str) -> bool:
        """Return whether this is the page at an address, in constant time."""
        matches = hmac.compare_digest(secret.encode(errors="replace"), self.options.secret.encode())
        return matches and self.is_open and self.options.on

    def is_short(self, short: str) -> bool:
        """Return whether an address begins with this, in constant time."""
        begin = self.options.secret[:SHORT_LENGTH].encode()
        matches = hmac.compare_digest(short.encode(errors="replace"), begin)
        return matches and self.is_open and self.options.on

    def wait_s(self, client: str, cost: float) -> float:
        """Charge a client for a request and return 0, or the seconds to wait."""
        wait = self._requests.wait_s(client, self.hass.loop.time(), cost)
        if wait and self._requests.is_of_client:
            self.refusals.async_note(Limit.REQUESTS, client, self.options.requests)
        self.refused += bool(wait)
        return wait

    def numbers(self) -> dict[str, int | float | bool]:
        """Return the limits, and their usage."""
        options = self.options
        return {
            "on": options.on,
            "remote": options.remote,
            "hours": options.hours,
            "requests": options.requests,
            "requests_total": options.requests_total,
            "streams": options.streams,
            "streams_total": options.streams_total,
            "holds": options.holds,
            "share_percent": options.share_percent,
            "sessions": len(self.sessions),
            "on_the_way": len(self._on_the_way()),
            "open": len(self.streams.places),
            "refused": self.refused,
            "dropped": self.streams.dropped,
            "push": options.push,
            "push_subscriptions": len(self.push),
            "push_sent": self.push.post.sent,
            "push_failed": self.push.post.failed,
            "push_ended": self.push.post.ended,
        }

    def begin(self, driver: str, client: str, now: float) -> Session:
        """Return the session of a visitor, which begins now unless there is one."""
        spared = {hold.driver for hold in self.holds_of(client)}
        each = SESSIONS_PER_HOLD * self.options.holds
        return self.sessions.of(driver, client, now, each=each, spared=spared)

    def has_room(self, client: str, *, queue: bool) -> bool:
        """Return whether another visitor of a phone may have a bay, or a place in the queue.

        The owner gets an issue when the limit refuses a bay.
        """
        most = self.options.holds
        has_room = sum(1 for _ in self.holds_of(client)) < most
        if not has_room and not queue:
            self.refusals.async_note(Limit.HOLDS, client, most)
        return has_room

    def has_share(self, client: str, *, queue: bool) -> bool:
        """Return whether visitors may have one more bay, or one more place in the queue.

        The rest is reserved for other drivers, however many phones there are.
        """
        number = self.guidance.queue_max if queue else len(self.coordinator.lot)
        had = [one for one in self._on_the_way() if (one.status is HoldStatus.WAITING) is queue]
        most = self.options.share_of(number)
        if len(had) >= most and not queue:
            self.refusals.async_note(Limit.SHARE, client, most)
        return len(had) < most

    def _on_the_way(self) -> list[Hold]:
        """Return the holds of visitors who have not arrived yet."""
        return [
            hold
            for hold in self.guidance.all()
            if _is_visitors(hold) and hold.status is not HoldStatus.ARRIVED and not hold.has_parked
        ]

    def holds_of(self, client: str) -> Iterator[Hold]:
        """Yield the holds of the visitors of one phone."""
        for hold in self.guidance.all():
            session = self.sessions.get(hold.driver)
            if session is not None and session.client == client:
                yield hold

    # Events of holds.

    @callback
    def _async_handle_update(self, hold_event: HoldEvent) -> None:
        """Store a visitor's message, and send the new state to all pages that it concerns."""
        driver = hold_event.hold.driver
        session = self.sessions.get(driver) if _is_visitors(hold_event.hold) else None
        if session is not None:
            parked = session.parked
            self._store_event(session, hold_event)
            self.async_note(is_relied_on=session.parked != parked)
            self.push.async_send_event(session, hold_event)
        self.streams.async_send_state(driver)
        # Any event may move the queue.
        self._async_tell_waiting()

    @callback
    def _async_tell_waiting(self) -> None:
        """Send those who wait where they are in the queue, and when a bay is likely."""
        for hold in self.guidance.all():
            if hold.status is HoldStatus.WAITING:
                self.streams.async_send_state(hold.driver)

    def _store_event(self, session: Session, hold_event: HoldEvent) -> None:
        """Store an event in a session."""
        hold, lot = hold_event.hold, self.coordinator.lot
        session.is_waiting, was_waiting = (
            hold_event.event_type is HoldEventType.QUEUED,
            session.is_waiting,
        )
        if hold_event.event_type in (HoldEventType.GUIDED, HoldEventType.RE_GUIDED):
            session.has_extended = False
        if session.parked is None:
            session.message = message_of(hold_event, lot, was_waiting=was_waiting)
            if hold_event.event_type is HoldEventType.CONFIRMED:
                session.parked = parked_in(self.coordinator, hold.bay_id)
        elif hold_event.event_type is HoldEventType.RE_GUIDED:
            # The sensor failed, or the owner closed the bay, under a car that has arrived.
            self.hass.loop.call_soon(self._async_release, hold.hold_id)

    @callback
    def _async_release(self, hold_id: str) -> None:
        """Release a hold that is no longer needed."""
        guidance = self.guidance
        if (hold := guidance.get(hold_id)) is not None:
            guidance.async_release(hold)

    @callback
    def _async_forget(self, _now: datetime) -> None:
        """Remove visitors who have not been seen for long; an open page counts as seen."""
        now = self.hass.loop.time()
        for driver in self.streams.drivers:
            self.sessions.touch(driver, now)
        left = [driver for driver, one in self.sessions if one.parked and one.parked.is_over(now)]
        for driver in left:
            self._async_end_parking(driver)
        if self.sessions.forget(now - self.options.forget_s) or left:
            self.async_note()
        self._store.async_refresh()
        self.refusals.async_forget()

    @callback
    def _async_end_parking(self, driver: str) -> None:
        """Remove the place of a car that has left."""
        if (session := self.sessions.get(driver)) is not None:
            session.parked = None
            self.streams.async_send_state(driver)


def _is_visitors(hold: Hold) -> bool:
    """Return whether a hold is a visitor's."""
    return hold.driver.startswith(DRIVER_PREFIX)


def base_path(secret: str) -> str:
    """Return the path of the page with a secret."""
    return f"/api/{DOMAIN}/v/{secret}/"


def parked_in(coordinator: LotCoordinator, bay_id: str | None) -> Parked | None:
    """Return the place of a car in a bay, as a session stores it."""
    if bay_id is None or bay_id not in coordinator.lot:
        return None
    status = coordinator.lot[bay_id]
    return Parked(bay_id, status.bay.label, was_seen=bool(status.occupied))


def _fingerprint(secret: str) -> str:
    """Return the fingerprint of a secret, for a file that must not contain it."""
    return sha256(secret.encode()).hexdigest()[:16]


def _all(hass: HomeAssistant) -> Iterator[VisitorManager]:
    """Yield the visitor managers of all loaded lots."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        yield entry.runtime_data.visitor


@callback
def manager_at(hass: HomeAssistant, secret: str) -> VisitorManager | None:
    """Return the manager of the page at an address; an unknown one takes the same time."""
    found = [one for one in _all(hass) if one.is_at(secret)]
    return found[0] if found else None


@callback
def manager_of_short_path(hass: HomeAssistant, short: str) -> VisitorManager | None:
    """Return the manager of the page with a short address, as on signs."""
    found = [one for one in _all(hass) if one.is_short(short)]
    return found[0] if found else None
