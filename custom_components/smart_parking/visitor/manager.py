"""What one lot has for strangers while it is at work: who is known, and how much they may ask."""

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
# A visitor opens the page and taps a few times; who comes again and again is known by that.
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
        """Initialize; nothing is remembered yet, and the page is off."""
        self.coordinator = coordinator
        self.guidance = guidance
        self.forecast = forecast
        self.hass = coordinator.hass
        self.options = VisitorOptions()
        self.is_open = False
        self.streams = Streams(coordinator, self.state_data)
        self.drawings = PlanDrawings(self.hass)
        self.refused = 0
        """How many requests were too many, since the start."""
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
        """The visitors whose cars stand in a bay, by its id; None when it is to be found anew."""
        self._unsubs: list[CALLBACK_TYPE] = []

    @property
    def sessions(self) -> Sessions:
        """Return the sessions of those who have asked for something."""
        return self._store.sessions

    @property
    def tokens(self) -> Tokens:
        """What makes visitors known."""
        return Tokens(self._store.key)

    @property
    def base(self) -> str:
        """The path that everything is below."""
        return base_path(self.options.secret)

    # Opening, changing and closing.

    async def async_open(self) -> None:
        """Remember who was known, and follow the lot."""
        self.options = VisitorOptions.from_entry(self.coordinator.entry)
        self._set_limits()
        await self._store.async_load(_fingerprint(self.options.secret), self.options.forget_s)
        if self.options.on and self.options.push:
            await self._async_load_push_key()
        self.push.async_set_on(on=self.options.on and self.options.push)
        self._unsubs = [
            # At once, whatever else has to be done for it: an owner who closes the page means it.
            self.coordinator.entry.add_update_listener(self._async_updated),
            self.coordinator.async_follow(self._async_changed),
            self.guidance.async_listen(ALL, self._async_handle_update),
            self.forecast.async_listen(self._async_tell_waiting),
            async_track_time_interval(self.hass, self._async_forget, FORGET_EVERY),
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stopping),
        ]
        self.is_open = True

    async def _async_load_push_key(self) -> None:
        """Load the key with which visitors are told."""
        try:
            keys = await async_push_keys(self.hass)
        except Exception:
            _LOGGER.exception("Nobody can be told while the page is closed")
        else:
            self.async_use_push_key(keys.public)

    @callback
    def async_use_push_key(self, public: str) -> None:
        """Drop the subscriptions made with another key, which is lost: they have to be asked.

        Push services would refuse what is signed with this one.
        """
        if self._store.push_key not in ("", public):
            for _, session in self.sessions:
                session.push = None
            self.async_note()
        self._store.push_key = public

    async def async_close(self) -> None:
        """Show everybody out, and write down who is known."""
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
        """Record that something of a session has changed that is worth writing down.

        Visitors rely on where their car is, and on being told, or forgotten.
        """
        self._parked = None
        self._store.async_changed(is_relied_on=is_relied_on)

    async def async_store(self) -> None:
        """Return when what visitors are told is on disk: they are answered after that."""
        await self.guidance.async_store()
        await self._store.async_store()

    def state(self, driver: str) -> VisitorState:
        """Return what is promised to a visitor."""
        session = self.sessions.get(driver)
        return visitor_state(self.coordinator, self.guidance, self.forecast, driver, session)

    def pop_message(self, driver: str, texts: DriverTexts) -> str | None:
        """Return what a visitor has not been told yet, in words; it is told once."""
        session = self.sessions.get(driver)
        if session is None or session.message is None:
            return None
        message, session.message = session.message, None
        return message.text(texts)

    def state_data(self, driver: str, texts: DriverTexts) -> dict[str, Json]:
        """Return what is promised to a visitor, as it is sent; what has happened is told once."""
        return self.state(driver).to_data(self.coordinator, self.pop_message(driver, texts))

    async def _async_stopping(self, _event: Event) -> None:
        """Close the streams when Home Assistant stops: it would wait for them."""
        self._unsubs.pop()
        self.streams.async_close()
        await self._store.async_save()

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Update when the lot looks different."""
        self.drawings.async_forget()
        if self._parked is None:
            self._parked = drivers_by_bay(self.sessions)
        for bay_id in changes.bays & self._parked.keys():
            for driver in list(self._parked[bay_id]):
                self._async_look(driver, bay_id)

    @callback
    def _async_look(self, driver: str, bay_id: str) -> None:
        """See what has become of a visitor's car, now that its bay has changed."""
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
            self._async_show_out()
        if self.options.secret != before.secret:
            self._store.async_renew(_fingerprint(self.options.secret))
        self.push.async_set_on(on=self.options.on and self.options.push)

    @callback
    def _async_show_out(self) -> None:
        """Close all pages, and give back what was kept for those who look at them."""
        self.streams.async_close(gone=True)
        theirs = [one for one in self.guidance.all() if _is_visitors(one)]
        # Who waits goes first, else they would be given what the others give back.
        theirs.sort(key=lambda one: one.status is not HoldStatus.WAITING)
        for hold_id in [one.hold_id for one in theirs]:
            self._async_release(hold_id)

    def _set_limits(self) -> None:
        """Count anew, with other limits."""
        self._requests = FairBuckets(
            self.options.requests, self.options.requests_total, remembered_min=REMEMBERED_MIN
        )
        self.streams.places.resize(self.options.streams, self.options.streams_total)

    # Who comes, and how much they may ask for.

    def is_at(self, secret: str) -> bool:
        """Return whether this is the page at an address; that takes the same time always."""
        matches = hmac.compare_digest(secret.encode(errors="replace"), self.options.secret.encode())
        return matches and self.is_open and self.options.on

    def is_short(self, short: str) -> bool:
        """Return whether an address begins so; that takes the same time always."""
        begin = self.options.secret[:SHORT_LENGTH].encode()
        matches = hmac.compare_digest(short.encode(errors="replace"), begin)
        return matches and self.is_open and self.options.on

    def wait_s(self, client: str, cost: float) -> float:
        """Charge a client for a request and return 0, or in how many seconds they may."""
        wait = self._requests.wait_s(client, self.hass.loop.time(), cost)
        if wait and self._requests.is_of_client:
            self.refusals.async_note(Limit.REQUESTS, client, self.options.requests)
        self.refused += bool(wait)
        return wait

    def numbers(self) -> dict[str, int | float | bool]:
        """Return the limits, and how they do."""
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
        """Return what is remembered of a visitor, from now on if nothing was."""
        spared = {hold.driver for hold in self.holds_of(client)}
        each = SESSIONS_PER_HOLD * self.options.holds
        return self.sessions.of(driver, client, now, each=each, spared=spared)

    def has_room(self, client: str, *, queue: bool) -> bool:
        """Return whether one more visitor of a phone may have a bay, or a place in the queue.

        That somebody is refused a bay while there are some is told to the owner.
        """
        most = self.options.holds
        has_room = sum(1 for _ in self.holds_of(client)) < most
        if not has_room and not queue:
            self.refusals.async_note(Limit.HOLDS, client, most)
        return has_room

    def has_share(self, client: str, *, queue: bool) -> bool:
        """Return whether visitors may have one more bay, or one more place in the queue.

        The rest stays for other drivers, however many phones there are.
        """
        number = self.guidance.queue_max if queue else len(self.coordinator.lot)
        had = [one for one in self._on_the_way() if (one.status is HoldStatus.WAITING) is queue]
        most = self.options.share_of(number)
        if len(had) >= most and not queue:
            self.refusals.async_note(Limit.SHARE, client, most)
        return len(had) < most

    def _on_the_way(self) -> list[Hold]:
        """Return the holds of visitors who have not come yet."""
        return [
            hold
            for hold in self.guidance.all()
            if _is_visitors(hold) and hold.status is not HoldStatus.ARRIVED and not hold.has_parked
        ]

    def holds_of(self, client: str) -> Iterator[Hold]:
        """Yield what is kept for the visitors of one phone."""
        for hold in self.guidance.all():
            session = self.sessions.get(hold.driver)
            if session is not None and session.client == client:
                yield hold

    # What happens to their bays.

    @callback
    def _async_handle_update(self, hold_event: HoldEvent) -> None:
        """Record what a visitor is to be told, and have all told whom it concerns."""
        driver = hold_event.hold.driver
        session = self.sessions.get(driver) if _is_visitors(hold_event.hold) else None
        if session is not None:
            parked = session.parked
            self._note(session, hold_event)
            self.async_note(is_relied_on=session.parked != parked)
            self.push.async_send_event(session, hold_event)
        self.streams.async_send_state(driver)
        # Whatever happens to one may move the queue.
        self._async_tell_waiting()

    @callback
    def _async_tell_waiting(self) -> None:
        """Send those who wait where they are in the queue, and when a bay is likely."""
        for hold in self.guidance.all():
            if hold.status is HoldStatus.WAITING:
                self.streams.async_send_state(hold.driver)

    def _note(self, session: Session, hold_event: HoldEvent) -> None:
        """Record in a session what has happened."""
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
            # The sensor failed, or the owner closed the bay, over the car that has come.
            self.hass.loop.call_soon(self._async_release, hold.hold_id)

    @callback
    def _async_release(self, hold_id: str) -> None:
        """Release a bay that nobody needs."""
        guidance = self.guidance
        if (hold := guidance.get(hold_id)) is not None:
            guidance.async_release(hold)

    @callback
    def _async_forget(self, _now: datetime) -> None:
        """Forget who has not been seen for long; who has the page open is seen."""
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
        """Forget where a car stood that has left."""
        if (session := self.sessions.get(driver)) is not None:
            session.parked = None
            self.streams.async_send_state(driver)


def _is_visitors(hold: Hold) -> bool:
    """Return whether something is kept for a visitor."""
    return hold.driver.startswith(DRIVER_PREFIX)


def base_path(secret: str) -> str:
    """Return the path that everything of a secret is below."""
    return f"/api/{DOMAIN}/v/{secret}/"


def parked_in(coordinator: LotCoordinator, bay_id: str | None) -> Parked | None:
    """Return what is to be remembered of where a car stands."""
    if bay_id is None or bay_id not in coordinator.lot:
        return None
    status = coordinator.lot[bay_id]
    return Parked(bay_id, status.bay.label, was_seen=bool(status.occupied))


def _fingerprint(secret: str) -> str:
    """Return what stands for a secret where it is not to be read."""
    return sha256(secret.encode()).hexdigest()[:16]


def _all(hass: HomeAssistant) -> Iterator[VisitorManager]:
    """Yield the receptions of all lots at work."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        yield entry.runtime_data.visitor


@callback
def manager_at(hass: HomeAssistant, secret: str) -> VisitorManager | None:
    """Return the page's manager at an address; that takes as long whether there is one or not."""
    found = [one for one in _all(hass) if one.is_at(secret)]
    return found[0] if found else None


@callback
def manager_of_short_path(hass: HomeAssistant, short: str) -> VisitorManager | None:
    """Return the manager of the page whose address begins so, as signs have it."""
    found = [one for one in _all(hass) if one.is_short(short)]
    return found[0] if found else None
