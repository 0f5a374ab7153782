"""Analytics manager: follows one lot, and records its stays, counts, guidance and faults."""

from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Mapping
from copy import copy
from datetime import date, datetime, timedelta
from functools import partial
import logging
from typing import Any, Final, NamedTuple

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.helpers.event import (
    async_call_later,
    async_track_time_change,
    async_track_utc_time_change,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
from sqlalchemy import Connection

from ..clock import ClockWatch, epoch_of, epoch_s
from ..coordinator import LotCoordinator
from ..guidance.manager import ALL, GuidanceManager
from ..listeners import Listeners
from ..lot.analytics.periods import Period
from ..lot.analytics.records import (
    BayKnown,
    BayRecord,
    CountedRecord,
    CountRecord,
    FaultSpell,
    Group,
    GuidanceEventType,
    GuidanceRecord,
    Resumed,
    Stay,
    StayOrigin,
    StayOutcome,
)
from ..lot.analytics.spells import Spell, SpellTracker, Track
from ..lot.analytics.tariff import StayLimit
from ..lot.analytics.today import Today
from ..lot.analytics.usage import GroupBy
from ..lot.holds.events import HoldEvent, HoldEventType, Reason
from ..lot.holds.hold import HoldStatus
from ..lot.lot import Changes
from ..lot.model import BayKind, BayState, Fault
from ..lot.tracker import Past
from ..slices import in_slices
from ..sources.node import Node
from . import queries
from .books import CountedBook, CountedBooks
from .dashboard import dashboard_data, long_stays, query_dashboard, series_unit, worse_bays
from .options import CONF_DATABASE_URL, AnalyticsOptions
from .report import ReportQuery, Table, query_table
from .store import FULL_KEY
from .writer import HistoryAwayError, HistoryWriter

_LOGGER = logging.getLogger(__name__)

COUNT_MINUTES: Final = 5
_COUNT_S: Final = COUNT_MINUTES * 60
# After a start, a restored vehicle is only assumed for this long, until its sensor has measured.
SETTLE_S: Final = 60.0
# A driver who asks again within this time was turned away only once.
ASK_AGAIN_S: Final = 30 * 60.0
# Events that may come before the database has been read.
EARLY_MAX: Final = 100_000
# Older stays are left out when today's average is read after a restart.
_LOOK_BACK_S: Final = 7 * 86_400.0
_THIN_HOUR: Final = 3


class _Before(NamedTuple):
    """Counts of today from before a restart."""

    vehicles: int
    ended: tuple[int, float]
    turned_away: int
    full: list[tuple[float, float]]


class AnalyticsManager:
    """The analytics of one lot, and today's counts."""

    def __init__(self, coordinator: LotCoordinator, guidance: GuidanceManager) -> None:
        """Initialize; nothing is followed yet."""
        self.hass = hass = coordinator.hass
        self.guidance = guidance
        self.is_open = False
        self.entry = coordinator.entry
        self.coordinator = coordinator
        self.lot = coordinator.lot
        self.zone = dt_util.get_default_time_zone()
        self.options = AnalyticsOptions.from_entry(self.entry)
        self.today = Today(self.zone)
        self.first_at = 0.0
        """When the history begins."""
        self.writer = HistoryWriter(hass, self.entry, self._async_resume, self._async_rewrite)
        self.books = CountedBooks(self.entry, self.writer)
        self._clock = ClockWatch(hass)
        self._bays: dict[str, BayRecord] = {}
        self._fault_of: dict[str, str] = {}
        self._stays = SpellTracker[Stay](self._new_stay)
        self._faults = SpellTracker[FaultSpell](self._new_fault)
        self._full = SpellTracker[Spell](_new_spell)
        self._believed: set[str] = set()
        """Bays with a restored vehicle, whose sensors have not measured yet."""
        self._written: dict[str, BayKnown] = {}
        self._early: list[Callable[[], None]] = []
        self._is_resumed = False
        self._is_moving = False
        self._refused: dict[str, float] = {}
        self._listeners = Listeners[()]()
        self._unsubscribe: list[CALLBACK_TYPE] = []

    # What others count.

    @callback
    def async_add_book(self, book: CountedBook) -> None:
        """Record what another feature counts, too."""
        self.books.async_add(book)
        book.async_attach_record(self.async_record)

    @callback
    def async_record(self, record: CountedRecord) -> None:
        """Record what was counted; before the record is read it is, with all else, after that."""
        if self.is_known:
            self.writer.async_put(record)

    # Set-up and unloading.

    async def async_open(self) -> None:
        """Follow the lot from now on; its earlier history is read from the database."""
        self.is_open = True
        guidance = self.guidance
        self._unsubscribe += [
            self.hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_final_write
            ),
            self.coordinator.async_follow(self.async_follow),
            self.coordinator.async_follow_past(self._async_follow_past),
            guidance.async_listen(ALL, self._async_handle_update),
            guidance.async_listen_refused(self._async_refused),
            async_track_utc_time_change(
                self.hass, self._async_count, minute=range(0, 60, COUNT_MINUTES), second=0
            ),
            async_track_time_change(
                self.hass, self._async_thin, hour=_THIN_HOUR, minute=30, second=0
            ),
        ]
        await self.writer.async_start(self.options.database_url)

    async def _async_final_write(self, _event: Event) -> None:
        """Close when Home Assistant stops."""
        self._unsubscribe.pop(0)
        await self.async_close()

    async def async_close(self) -> None:
        """Stop following the lot, and write what is left."""
        if not self.is_open:
            return
        self.is_open = False
        while self._unsubscribe:
            self._unsubscribe.pop()()
        await self.writer.async_close()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when today's numbers change; return a function that removes it."""
        return self._listeners.async_add(listener)

    @property
    def is_known(self) -> bool:
        """Whether the history has been read."""
        return self.is_open and self._is_resumed

    @callback
    def async_configure(self) -> None:
        """Apply the entry's options; a new database takes over the history."""
        self.options = AnalyticsOptions.from_entry(self.entry)
        url = self.options.database_url
        if self.writer.is_open and url != self.writer.url and not self._is_moving:
            self._is_moving = True
            self.entry.async_create_background_task(
                self.hass, self._async_follow_option(url), "smart_parking history moves"
            )

    async def _async_follow_option(self, url: str) -> None:
        """Move the history to the database of the options, or create an issue."""
        try:
            await self.writer.async_move(url)
        except Exception as err:
            _LOGGER.exception("The history of %s could not be moved", self.entry.title)
            self.writer.async_report_not_moved(err)
        finally:
            self._is_moving = False

    async def async_move(self, url: str) -> int:
        """Move the history to another database, and store that; return the number of rows.

        Raises what `HistoryWriter.async_move` raises.
        """
        self._is_moving = True
        try:
            rows = await self.writer.async_move(url)
        finally:
            self._is_moving = False
        self.hass.config_entries.async_update_entry(
            self.entry, options={**self.entry.options, CONF_DATABASE_URL: url}
        )
        return rows

    @callback
    def _async_resume(self, resumed: Resumed) -> None:
        """Resume from the stored history."""
        now = epoch_s()
        self.first_at = resumed.first_at or now
        self._bays |= {one.bay.bay_id: one.bay for one in resumed.known}
        for known in resumed.known:
            track = Track(is_active=known.is_occupied, lost_at=known.lost_at)
            self._stays.restore(known.bay.bay_id, track)
            self._written[known.bay.bay_id] = known
        self._stays.restore_open(resumed.stays)
        self._faults.restore_open(resumed.faults)
        self._fault_of = {one.key: one.fault for one in resumed.faults}
        self._full.restore_open(resumed.full)
        seen_at = now if resumed.seen_at is None else resumed.seen_at
        if seen_at > now:
            self._async_shift(now - seen_at)
            seen_at = now
        for tracker in (self._stays, self._faults, self._full):
            tracker.lose(seen_at)
        self.today.turn(now)
        for stay in self._stays:
            self.today.add_arrival(stay)
        self._async_begin_task(self._async_catch_up(resumed))

    @callback
    def _async_begin_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin what may take a while in a large lot; in a small one it is done at once."""
        self.entry.async_create_background_task(self.hass, work, "smart_parking record")

    async def _async_catch_up(self, resumed: Resumed) -> None:
        """Take in what has happened meanwhile, and all bays as they are."""
        while self._early:
            early, self._early = self._early, []
            async for one in in_slices(early):
                one()
        self._is_resumed = True
        self._believed = {status.bay.bay_id for status in self.lot if status.occupied}
        await self._async_observe_all()
        self._async_settle_later()
        self.books.async_merge(resumed)
        self._async_begin_task(self.books.async_confirm())
        self._async_begin_task(self._async_read_today())

    async def _async_read_today(self) -> None:
        """Read today's history from before the restart."""
        began = self.today.began

        def read(connection: Connection, lot_id: int) -> _Before:
            day = self.today.day.toordinal()
            turned_away = sum(
                one.events
                for one in queries.guidance_by_day(connection, lot_id, queries.Days(day, day + 1))
                if one.event == GuidanceEventType.TURNED_AWAY
            )
            return _Before(
                queries.arrived_since(connection, lot_id, began),
                queries.ended_since(connection, lot_id, began, _LOOK_BACK_S),
                turned_away,
                queries.full_spells(connection, lot_id, (began, began + 90_000.0), began),
            )

        try:
            await self.writer.async_flush()
            then = copy(self.today)
            before = await self.writer.async_read(read)
        except HistoryAwayError:
            _LOGGER.debug("What happened today in %s is not known", self.entry.title)
            return
        today = self.today
        if today.day != then.day:
            return
        # What has happened while it was read comes on top.
        today.vehicles += before.vehicles - then.vehicles
        today.turned_away += before.turned_away - then.turned_away
        today.ended += before.ended[0] - then.ended
        today.ended_s += before.ended[1] - then.ended_s
        for spell in before.full:
            today.add_full(*spell)
        self._listeners.async_notify()

    @callback
    def _async_settle_later(self) -> None:
        """Confirm restored vehicles once their sensors had time to measure."""

        @callback
        def settle(_now: object) -> None:
            self._believed.clear()
            self._async_begin_task(self._async_observe_all())

        self._unsubscribe.append(async_call_later(self.hass, SETTLE_S, settle))

    async def _async_observe_all(self) -> None:
        """Observe all bays as they are, and drop those that are removed."""
        at = self._async_now()
        for bay_id in [key for key in self._stays.known if key not in self.lot]:
            self._async_forget(bay_id, at)
        async for status in in_slices(self.lot):
            bay = status.bay
            is_there = bay.bay_id in self.lot and self.lot[bay.bay_id] is status
            is_there = is_there and self.coordinator.has_node_of(bay.bay_id)
            if is_there and self.coordinator.node_of(bay.bay_id).connected:
                known = status.occupied, status.fault
                self._async_observe(BayRecord.of(bay), *known, self._async_now())
        self._async_observe_full(self.lot.is_full, self._async_now())

    @callback
    def _async_rebuild(self) -> None:
        """Apply another layout: bays of new nodes have restored vehicles, which are assumed."""
        at = self._async_now()
        for status in self.lot:
            bay_id = status.bay.bay_id
            if status.occupied and not self.coordinator.node_of(bay_id).connected:
                self._stays.observe(bay_id, at, active=None)
                self._async_write_known(bay_id)
                self._believed.add(bay_id)
        self._async_begin_task(self._async_observe_all())
        if self._believed:
            self._async_settle_later()

    @callback
    def _async_rewrite(self) -> None:
        """Write all current states into a new database."""
        for stay in self._stays:
            self.writer.async_put(stay)
        self._written.clear()
        for bay_id in self._stays.known:
            self._async_write_known(bay_id)
        for spell in (*self._faults, *self._full):
            self.writer.async_put(spell)
        self.books.async_put_all()

    # Changes of the lot.

    @callback
    def async_follow(self, changes: Changes) -> None:
        """Record the changes of a step."""
        at = self._async_now()
        if changes.layout:
            self.async_configure()
            self._async_take(self._async_rebuild)
        for bay_id in changes.bays:
            if bay_id in self.lot and not self._is_catching_up(bay_id):
                status = self.lot[bay_id]
                self._async_take_bay(BayRecord.of(status.bay), status.occupied, status.fault, at)
        if changes.counts:
            is_full = self.lot.is_full
            self._async_take(lambda: self._async_observe_full(is_full, at))

    def _is_catching_up(self, bay_id: str) -> bool:
        """Return whether a bay's node is about to say what happened before."""
        return self.coordinator.node_of(bay_id).source.is_catching_up

    @callback
    def _async_follow_past(self, node: Node, past: Past) -> None:
        """Take in what happened while a node could not be heard, and then what is so now."""
        at = self._async_now()
        known_until: dict[str, float] = {}
        """Up to when what is told may be in the record already, by bay."""
        since = epoch_of(past.since)
        for bay_id in node.bay_ids:
            self._async_take(partial(self._async_recover, bay_id, since, known_until))
        for seen in past.observations:
            if seen.bay_id in self.lot:
                bay, then = BayRecord.of(self.lot[seen.bay_id].bay), min(at, epoch_of(seen.at))
                until = known_until if past.may_repeat else {}
                self._async_take(partial(self._async_observe_past, bay, seen.occupied, then, until))
        for bay_id in node.bay_ids:
            if bay_id in self.lot:
                status = self.lot[bay_id]
                self._async_take_bay(BayRecord.of(status.bay), status.occupied, status.fault, at)

    @callback
    def _async_recover(self, bay_id: str, since: float, known_until: dict[str, float]) -> None:
        """Close the gap in what is known of a bay, if everything since it began is told now."""
        self._believed.discard(bay_id)
        if bay_id not in self._stays:
            return
        lost_at = self._stays.track(bay_id).lost_at
        if lost_at is not None:
            known_until[bay_id] = lost_at
            if since <= lost_at:
                self._stays.recover(bay_id)

    @callback
    def _async_observe_past(
        self, bay: BayRecord, occupied: bool | None, at: float, known_until: Mapping[str, float]
    ) -> None:
        """Record whether a vehicle stood in a bay, unless that is in the record already."""
        if at >= known_until.get(bay.bay_id, 0.0):
            self._bays[bay.bay_id] = bay
            self._async_observe_stay(bay, occupied, at)

    @callback
    def _async_take_bay(
        self, bay: BayRecord, occupied: bool | None, fault: Fault | None, at: float
    ) -> None:
        """Observe a bay, now or once the history has been read."""
        self._async_take(lambda: self._async_observe(bay, occupied, fault, at))

    @callback
    def _async_take(self, take: Callable[[], None]) -> None:
        """Run a function, now or once the history has been read."""
        if self._is_resumed:
            take()
        elif len(self._early) < EARLY_MAX:
            self._early.append(take)

    @callback
    def _async_observe(
        self, bay: BayRecord, occupied: bool | None, fault: Fault | None, at: float
    ) -> None:
        """Record whether a vehicle stands in a bay, or that this is unknown."""
        bay_id = bay.bay_id
        if occupied and bay_id in self._believed:
            return
        self._believed.discard(bay_id)
        self._bays[bay_id] = bay
        self._async_observe_stay(bay, occupied, at)
        self._async_observe_fault(bay_id, fault, at)

    @callback
    def _async_observe_stay(self, bay: BayRecord, occupied: bool | None, at: float) -> None:
        """Record whether a vehicle stands in a bay."""
        bay_id = bay.bay_id
        was_open = self._stays.get(bay_id) is not None
        stay = self._stays.observe(bay_id, at, active=occupied)
        if stay is not None:
            if stay.ended is not None:
                self._async_end(stay)
            elif not was_open:
                self.today.add_arrival(stay)
            self.writer.async_put(stay)
        self._async_write_known(bay_id)

    @callback
    def _async_end(self, stay: Stay) -> None:
        """Compute the fee and the overstay of a stay that has ended."""
        bay, ended = stay.bay, stay.ended or stay.began
        stay.fee = self.options.tariff.fee(bay.kind, stay.began, ended, self.zone)
        limit_s = StayLimit.of(self.options.limits, bay)
        stay.over_s = 0.0 if limit_s is None else max(0.0, ended - stay.began - limit_s)
        self.today.add_departure(stay)

    @callback
    def _async_write_known(self, bay_id: str) -> None:
        """Write the state of a bay, if it has changed."""
        if bay_id not in self._stays:
            return
        track = self._stays.track(bay_id)
        known = BayKnown(bay=self._bays[bay_id], is_occupied=track.is_active, lost_at=track.lost_at)
        if self._written.get(bay_id) != known:
            self._written[bay_id] = known
            self.writer.async_put(known)

    @callback
    def _async_observe_fault(self, bay_id: str, fault: Fault | None, at: float) -> None:
        """Record the beginning or the end of a fault."""
        if fault is Fault.NO_READING:
            self._faults.observe(bay_id, at, active=None)
            return
        before = self._faults.get(bay_id)
        if fault is None and before is None:
            return
        if before is not None and (fault is None or before.fault != fault):
            ended = self._faults.observe(bay_id, at, active=False)
            if ended is not None:
                self.writer.async_put(ended)
        if fault is not None:
            self._fault_of[bay_id] = fault.value
            if bay_id not in self._faults:
                self._faults.restore(bay_id, Track(is_active=False))
            if (spell := self._faults.observe(bay_id, at, active=True)) is not None:
                self.writer.async_put(spell)

    @callback
    def _async_observe_full(self, is_full: bool | None, at: float) -> None:
        """Record whether the lot is full."""
        spell = self._full.observe(FULL_KEY, at, active=is_full)
        if spell is not None:
            if spell.ended is not None:
                self.today.add_full(spell.began, spell.ended)
            self.writer.async_put(spell)

    @callback
    def _async_forget(self, bay_id: str, at: float) -> None:
        """End the open spells of a bay that is removed."""
        if (stay := self._stays.forget(bay_id, at)) is not None:
            self._async_end(stay)
            self.writer.async_put(stay)
        if (fault := self._faults.forget(bay_id, at)) is not None:
            self.writer.async_put(fault)
        if (known := self._written.pop(bay_id, None)) is not None:
            self.writer.async_put(BayKnown(bay=known.bay, is_occupied=False, lost_at=at))

    # Events of guidance.

    @callback
    def _async_handle_update(self, hold_event: HoldEvent) -> None:
        """Record an event of a hold, and what it shows of the vehicle in the bay."""
        at = self._async_now()
        hold = hold_event.hold
        bay = self.lot[hold.bay_id].bay if hold.bay_id and hold.bay_id in self.lot else None
        stands = hold_event.event_type in (HoldEventType.ARRIVED, HoldEventType.CONFIRMED)
        record = GuidanceRecord(
            at=at,
            event=GuidanceEventType(hold_event.event_type.value),
            kind=hold.kind.value,
            reason="" if hold_event.reason is None else hold_event.reason.value,
            bay=None if bay is None else BayRecord.of(bay),
        )
        if stands and hold.bay_id is not None:
            origin = StayOrigin.RESERVED if hold.is_reservation else StayOrigin.GUIDED
            is_confirmed = hold_event.event_type is HoldEventType.CONFIRMED
            bay_id, begun = hold.bay_id, hold.begun
            self._async_take(
                lambda: self._async_record_arrival(
                    record, bay_id, origin, begun, is_confirmed=is_confirmed
                )
            )
            return
        self._async_take(lambda: self.writer.async_put(record))
        previous = hold_event.previous_bay_id
        if hold_event.reason in (Reason.TAKEN, Reason.DENIED) and previous is not None:
            self._async_take(lambda: self._async_record_taken(previous))
        if self._has_given_up(hold_event):
            self._async_turn_away(at, hold.kind, "gave_up")

    @callback
    def _async_record_arrival(
        self,
        record: GuidanceRecord,
        bay_id: str,
        origin: StayOrigin,
        begun: float,
        *,
        is_confirmed: bool,
    ) -> None:
        """Record that the vehicle in a bay is that of the driver who was sent there."""
        stay = self._stays.get(bay_id)
        waited_s = None
        if stay is not None:
            if stay.origin is StayOrigin.CHANCE and origin is StayOrigin.GUIDED:
                waited_s = max(0.0, stay.began - begun)
            stay.origin = origin
            if is_confirmed:
                stay.outcome = StayOutcome.CONFIRMED
            self.writer.async_put(stay)
        self.writer.async_put(
            GuidanceRecord(
                at=record.at,
                event=record.event,
                kind=record.kind,
                reason=record.reason,
                bay=record.bay,
                waited_s=waited_s,
            )
        )

    @callback
    def _async_record_taken(self, bay_id: str) -> None:
        """Record that the vehicle in a bay is not that of the driver whose bay it was."""
        if (stay := self._stays.get(bay_id)) is not None:
            stay.origin, stay.outcome = StayOrigin.CHANCE, StayOutcome.TAKEN
            self.writer.async_put(stay)

    def _has_given_up(self, hold_event: HoldEvent) -> bool:
        """Return whether a driver has waited in vain."""
        hold = hold_event.hold
        return (
            hold_event.event_type in (HoldEventType.EXPIRED, HoldEventType.RELEASED)
            and hold.status is HoldStatus.WAITING
            and (not hold.driver or self.guidance.of_driver(hold.driver) is None)
        )

    @callback
    def _async_refused(self, kind: BayKind, driver: str) -> None:
        """Record that the queue was full; a driver who asks again is turned away once."""
        at = self._async_now()
        self._refused = {
            one: when for one, when in self._refused.items() if at - when < ASK_AGAIN_S
        }
        if driver:
            if driver in self._refused:
                return
            self._refused[driver] = at
        self._async_turn_away(at, kind, "queue_full")

    @callback
    def _async_turn_away(self, at: float, kind: BayKind, reason: str) -> None:
        """Record that a driver could not be given a bay."""
        record = GuidanceRecord(
            at=at, event=GuidanceEventType.TURNED_AWAY, kind=kind.value, reason=reason
        )
        self.today.turned_away += 1
        self._async_take(lambda: self.writer.async_put(record))
        self._listeners.async_notify()

    # Time.

    @callback
    def _async_now(self) -> float:
        """Return the time in seconds since the epoch; open spells follow a clock that was set."""
        if set_by_s := self._clock.set_by_s():
            self._async_take(lambda: self._async_shift(set_by_s))
        return epoch_s()

    @callback
    def _async_shift(self, seconds: float) -> None:
        """Shift the beginnings of all open spells after the clock was set."""
        for stay in self._stays.shift(seconds):
            self.writer.async_put(stay)
        for bay_id in self._stays.known:
            self._async_write_known(bay_id)
        for fault in self._faults.shift(seconds):
            self.writer.async_put(fault)
        for spell in self._full.shift(seconds):
            self.writer.async_put(spell)

    async def _async_count(self, now: datetime) -> None:
        """Record the number of bays in each state."""
        at = self._async_now()
        self.today.turn(at)
        counts: defaultdict[Group, Counter[BayState]] = defaultdict(Counter)
        async for status in in_slices(self.lot):
            counts[BayRecord.of(status.bay).group][status.state] += 1
        if counts and self._is_resumed:
            record = CountRecord(at=now.timestamp() // _COUNT_S * _COUNT_S, counts=counts)
            self.writer.async_put(record)
        self._listeners.async_notify()

    async def _async_thin(self, _now: datetime) -> None:
        """Reduce what is older than the retention to sums."""
        await self.books.async_confirm()
        before = dt_util.now().date() - timedelta(days=self.options.keep_days)
        try:
            await self.writer.async_run(lambda store: store.thin(before))
        except Exception:
            _LOGGER.exception(
                "What is old of the history of %s could not be thinned", self.entry.title
            )

    # Queries.

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        return datetime.fromtimestamp(self.first_at, self.zone).date()

    @property
    def open_stays(self) -> list[Stay]:
        """The open stays."""
        return [copy(stay) for stay in self._stays]

    def stay_in(self, bay_id: str) -> Stay | None:
        """Return the stay of the vehicle in a bay."""
        return self._stays.get(bay_id)

    @property
    def longest(self) -> Stay | None:
        """The longest open stay."""
        return min(self._stays, key=lambda stay: stay.began, default=None)

    @property
    def average_stay_today_s(self) -> float | None:
        """The average duration of the stays that ended today, in seconds."""
        return self.today.average_stay_s

    @property
    def vehicles_per_bay_today(self) -> float | None:
        """The number of today's vehicles for each bay."""
        return self.today.vehicles / len(self.lot) if len(self.lot) else None

    @property
    def share_full_today(self) -> float | None:
        """The share, 0 to 1, of today in which the lot was full."""
        spell = self._full.get(FULL_KEY)
        return self.today.share_full(
            epoch_s(), self.first_at, None if spell is None else spell.began
        )

    async def async_table(self, period: Period, by: GroupBy) -> Table:
        """Return a table of a period; raises `HistoryAwayError`."""
        query = self._query(period)
        return await self.writer.async_read(
            lambda connection, lot_id: query_table(connection, lot_id, query, by)
        )

    async def async_dashboard(self, period: Period, compared: Period | None) -> JsonObjectType:
        """Return the data of the statistics view; raises `HistoryAwayError`."""
        query = self._query(period)
        unit = series_unit(period)

        def read(connection: Connection, lot_id: int) -> JsonObjectType:
            shown = query_dashboard(connection, lot_id, query)
            series = query_table(connection, lot_id, query, unit)
            before = None
            data: JsonObjectType = {"worse": []}
            if compared is not None:
                then = self._query(compared)
                before = query_table(connection, lot_id, then, unit)
                faults = queries.faults(connection, lot_id, then.days)
                data["worse"] = list(worse_bays(shown.faults, faults, shown.days.names))
            return {**dashboard_data(shown, series, before), **data}

        return await self.writer.async_read(read)

    async def async_occupied_today(self) -> list[tuple[int, int]]:
        """Return how many bays were taken so far today; raises `HistoryAwayError`."""
        today = dt_util.now().date()
        span = Period(today, today).bounds(self.zone)
        return await self.writer.async_read(
            lambda connection, lot_id: queries.occupied_counts(connection, lot_id, span)
        )

    def long_stays(self) -> list[JsonObjectType]:
        """Return the open stays, the longest first."""
        today = dt_util.now().date()
        return long_stays(self._query(Period(today, today)))

    def _query(self, period: Period) -> ReportQuery:
        """Return the query for a period."""
        return ReportQuery(
            period=period,
            zone=self.zone,
            now=epoch_s(),
            first_at=self.first_at,
            stays=self.open_stays,
            bays={status.bay.bay_id: BayRecord.of(status.bay) for status in self.lot},
            limit_s=self.limit_s,
        )

    def numbers(self) -> dict[str, JsonValueType]:
        """Return the state of the database connection, for diagnostics."""
        return {
            "is_known": self.is_known,
            "is_file": not self.options.database_url,
            "pending": self.writer.pending,
            "lost": self.writer.lost,
            "open_stays": len(self._stays),
            "vehicles_today": self.today.vehicles,
        }

    def limit_s(self, bay: BayRecord) -> float | None:
        """Return how long a stay in a bay may last, in seconds."""
        return StayLimit.of(self.options.limits, bay)

    def _new_stay(self, spell_id: int, key: str, began: float) -> Stay:
        """Return a new stay."""
        return Stay(spell_id=spell_id, key=key, began=began, bay=self._bays[key])

    def _new_fault(self, spell_id: int, key: str, began: float) -> FaultSpell:
        """Return a new spell of a fault."""
        return FaultSpell(
            spell_id=spell_id, key=key, began=began, bay=self._bays[key], fault=self._fault_of[key]
        )


def _new_spell(spell_id: int, key: str, began: float) -> Spell:
    """Return a new spell."""
    return Spell(spell_id=spell_id, key=key, began=began)
