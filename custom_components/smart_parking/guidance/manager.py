"""Guidance manager of a lot: timers, storage and listeners of its holds."""

from collections.abc import Callable, Iterable
import secrets
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..clock import CHECK_INTERVAL_S, ClockWatch, epoch_s
from ..const import EVENT
from ..coordinator import LotCoordinator
from ..devices import async_get_or_create_lot_device
from ..feature import Feature
from ..listeners import KeyedListeners, Listeners, async_call
from ..lot.holds.events import HoldError, HoldEvent, Step
from ..lot.holds.hold import Hold
from ..lot.holds.manager import HoldManager, HoldRules
from ..lot.lot import Changes
from ..lot.model import BayKind
from ..options import LotOptions
from ..signed_path import route_image_path
from ..store import HoldStore
from ..texts import get_texts

ALL = ""
"""Key of the listeners for all holds; other keys are the ids of holds."""

# A driver still looks at a notification's image on arrival.
PICTURE_S = 30 * 60.0

type HoldListener = Callable[[HoldEvent], None]


class GuidanceManager(Feature):
    """The holds of one lot."""

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize for a lot; nothing is loaded yet."""
        self.hass = coordinator.hass
        self._entry = coordinator.entry
        self._lot = coordinator.lot
        self._publish = coordinator.async_notify
        self._holds = HoldManager(self._lot)
        self._store = HoldStore(self.hass, self._entry.entry_id)
        self._clock = ClockWatch(self.hass)
        self._listeners = KeyedListeners[str, HoldEvent]()
        self._refused = Listeners[BayKind, str]()
        self._pending_events: list[HoldEvent] = []
        """Events of this step that are not reported yet."""
        self._failed: set[str] = set()
        """Names of listeners that have failed, and were logged."""
        self._timer: CALLBACK_TYPE | None = None
        self._timed_for: float | None = None

    # Set-up and unloading.

    @override
    async def async_load(self) -> None:
        """Load the stored holds."""
        self._remembered = await self._store.async_load()

    @override
    @callback
    def async_restore(self) -> None:
        """Restore the stored holds; the lot has its bays and gates now."""
        self._device_id = async_get_or_create_lot_device(self.hass, self._entry).id
        changes = self._holds.restore(self._remembered, epoch_s())
        self._store.holds = self._holds.holds_by_id.all
        self._publish(changes)
        self.async_rebuild()

    @override
    @callback
    def async_configure(self) -> None:
        """Apply the owner's rules from now on."""
        options = LotOptions.from_entry(self._entry)
        self._holds.rules = HoldRules(options.hold_s, options.speed_m_s, options.queue_max)

    @override
    @callback
    def async_rebuild(self) -> None:
        """Update the holds when the lot's bays or gates are configured anew."""
        self._async_take(self._holds.rebuild(self._async_now()))

    @override
    async def async_stop(self) -> None:
        """Stop, and write the holds."""
        if self._timer is not None:
            self._timer()
        self._timer = self._timed_for = None
        await self.async_store()

    async def async_store(self) -> None:
        """Return once all holds are on disk, so that the caller can answer."""
        await self._store.async_save()

    # Requests.

    @property
    def queue_max(self) -> int:
        """How many drivers may wait."""
        return self._holds.rules.queue_max

    def get(self, hold_id: str) -> Hold | None:
        """Return the hold of an id."""
        return self._holds.holds_by_id.get(hold_id)

    def of_driver(self, driver: str) -> Hold | None:
        """Return the hold of a driver."""
        return self._holds.holds_by_id.of_driver(driver)

    def of_bay(self, bay_id: str) -> Hold | None:
        """Return the current hold of a bay, else its next one."""
        promised = self._holds.holds_by_id.of_bay(bay_id)
        return self._holds.holds_by_id.holder(bay_id) or min(
            promised, key=lambda hold: hold.starts, default=None
        )

    def all(self) -> Iterable[Hold]:
        """Return all holds, the oldest first."""
        return self._holds.holds_by_id.all()

    def place_in_queue(self, hold: Hold) -> int | None:
        """Return a waiting driver's place in the queue: 1 for the first."""
        return self._holds.place_in_queue(hold)

    @callback
    def async_guide(
        self,
        gate_id: str,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        length_s: float | None = None,
        *,
        asked_by: str = "",
    ) -> Hold:
        """Hold the nearest bay for a driver, or put them into the queue.

        `asked_by` is the user who asks, if the number of their holds is limited.

        Raises `HoldError` when the queue is full.
        """
        try:
            hold, step = self._holds.guide(
                self._async_now(),
                _new_id(),
                gate_id=gate_id,
                kind=kind,
                driver=driver,
                length_s=length_s,
                asked_by=asked_by,
            )
        except HoldError:
            self._refused.async_notify(kind, driver)
            raise
        self._async_take(step)
        return hold

    @callback
    def async_reserve(
        self,
        gate_id: str,
        starts: float,
        until: float,
        *,
        bay_id: str | None = None,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        asked_by: str = "",
    ) -> Hold:
        """Reserve a bay, or the best of a kind, for a time in seconds since the epoch.

        Raises `HoldError` when the times are invalid or no bay is free then.
        """
        hold, step = self._holds.reserve(
            self._async_now(),
            _new_id(),
            gate_id=gate_id,
            starts=starts,
            until=until,
            bay_id=bay_id,
            kind=kind,
            driver=driver,
            asked_by=asked_by,
        )
        self._async_take(step)
        return hold

    @callback
    def async_another(self, hold: Hold) -> None:
        """Send a driver to the next best bay, or raise `HoldError`."""
        self._async_take(self._holds.another(self._async_now(), hold))

    @callback
    def async_release(self, hold: Hold) -> None:
        """Release a bay, a reservation or a place in the queue."""
        self._async_take(self._holds.release(self._async_now(), hold))

    @callback
    def async_extend(self, hold: Hold, extra_s: float) -> None:
        """Extend a hold, or raise `HoldError`."""
        self._async_take(self._holds.extend(self._async_now(), hold, extra_s))

    @callback
    def async_confirm(self, hold: Hold, *, parked: bool) -> None:
        """Record whether the driver has parked, or raise `HoldError`."""
        self._async_take(self._holds.confirm(self._async_now(), hold, parked=parked))

    # Events.

    @override
    @callback
    def async_adjust(self, changes: Changes) -> None:
        """Update the holds of changed bays, and add the changes that follow."""
        step = self._holds.follow(self._async_now(), changes.bays)
        changes.add(step.changes)
        self._pending_events += step.events
        self._async_store_step(step)

    @override
    @callback
    def async_report(self) -> None:
        """Report the events of holds."""
        pending, self._pending_events = self._pending_events, []
        self.async_publish(pending)

    @callback
    def async_publish(self, events: Iterable[HoldEvent]) -> None:
        """Notify listeners and automations of events."""
        for event in events:
            async_call(self._async_fire, event, failed=self._failed)
            self._listeners.async_notify((event.hold.hold_id, ALL), event)

    @callback
    def _async_fire(self, hold_event: HoldEvent) -> None:
        """Fire an event for automations."""
        self.hass.bus.async_fire(EVENT, self.report(hold_event))

    @callback
    def async_listen(self, hold_id: str, listener: HoldListener) -> CALLBACK_TYPE:
        """Call a listener with the events of a hold, or of `ALL`; return what ends it."""
        return self._listeners.async_add(hold_id, listener)

    @callback
    def async_listen_refused(self, listener: Callable[[BayKind, str], None]) -> CALLBACK_TYPE:
        """Call a listener with each driver, and their kind, that the full queue refuses."""
        return self._refused.async_add(listener)

    @callback
    def _async_take(self, step: Step) -> None:
        """Store the holds after a step, set the timer, and then notify of the step."""
        self._async_store_step(step)
        if step.changes:
            self._publish(step.changes)
        self.async_publish(step.events)

    @callback
    def _async_store_step(self, step: Step) -> None:
        """Store the holds after a step, and set the timer."""
        if step.events or step.changes:
            self._store.async_changed()
        self._async_schedule()

    @callback
    def _async_schedule(self) -> None:
        """Set the timer for the next due hold, or the next check of the clock."""
        due = self._holds.next_due
        if due == self._timed_for:
            return
        if self._timer is not None:
            self._timer()
        self._timer, self._timed_for = None, due
        if due is not None:
            wait_s = min(max(due - epoch_s(), 0.0), CHECK_INTERVAL_S)
            self._timer = async_call_later(self.hass, wait_s, self._async_due)

    @callback
    def _async_due(self, _now_utc: object) -> None:
        """Run the holds that are due."""
        self._timer = self._timed_for = None
        try:
            self._async_take(self._holds.pass_time(self._async_now()))
        finally:
            # An error in one hold must not delay the others.
            self._async_schedule()

    @callback
    def async_follow_clock(self) -> None:
        """Shift the holds with a clock that was set, so that their durations stay the same."""
        if set_by_s := self._clock.set_by_s():
            self._async_take(self._holds.shift(set_by_s))

    @callback
    def _async_now(self) -> float:
        """Return the time for holds, in seconds since the epoch."""
        self.async_follow_clock()
        return epoch_s()

    # Response data.

    def answer(self, hold: Hold, language: str | None = None) -> JsonObjectType:
        """Return a hold as response data for its driver."""
        gate = next((one for one in self._lot.gates if one.gate_id == hold.gate_id), None)
        return {
            "hold_id": hold.hold_id,
            "status": hold.status.value,
            "driver": hold.driver or None,
            "entry_id": self._entry.entry_id,
            "lot": self._entry.title,
            "gate": gate.name if gate else None,
            "kind": hold.kind.value,
            "from": _iso(hold.starts),
            "until": _iso(hold.until),
            "position": self.place_in_queue(hold),
            **self._bay(hold, language),
        }

    def _bay(self, hold: Hold, language: str | None) -> JsonObjectType:
        """Return the bay of a hold and the route to it as response data."""
        bay_id = hold.bay_id
        if bay_id is None or bay_id not in self._lot:
            return dict.fromkeys(_OF_BAY)
        bay = self._lot[bay_id].bay
        data: JsonObjectType = {
            **dict.fromkeys(_OF_BAY),
            "bay": bay.label,
            "bay_id": bay_id,
            "bay_kind": bay.kind.value,
            "level": bay.level,
            "x": bay.x,
            "y": bay.y,
        }
        if self._lot.has_gate(hold.gate_id):
            valid_s = max(hold.until - epoch_s(), 0.0) + PICTURE_S
            data["image"] = route_image_path(self.hass, hold.hold_id, valid_s)
            directions = self._lot.directions(hold.gate_id, bay_id)
            data["distance"] = round(self._lot.distance_m(hold.gate_id, bay_id), 1)
            data["directions"] = get_texts(self.hass, language).directions(directions)
        return data

    def report(self, hold_event: HoldEvent, language: str | None = None) -> JsonObjectType:
        """Return an event of a hold as event data."""
        return {
            "type": hold_event.event_type.value,
            "device_id": self._device_id,
            **self.answer(hold_event.hold, language),
            "reason": hold_event.reason.value if hold_event.reason else None,
            "previous_bay": self._lot.label_of(hold_event.previous_bay_id),
        }


_OF_BAY = ("bay", "bay_id", "bay_kind", "level", "x", "y", "distance", "directions", "image")


def _new_id() -> str:
    """Return an id that cannot be guessed: with it, a caller may act for the hold."""
    return secrets.token_urlsafe(12)


def _iso(at: float) -> str:
    """Return a time in ISO 8601, as people and templates read it."""
    return dt_util.utc_from_timestamp(round(at)).isoformat()
