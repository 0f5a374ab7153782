"""Life of holds: drivers are guided, arrive, are sent elsewhere, or wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf

from ..lot import Changes, Lot
from ..model import BayKind, BayState, Fault
from ..routing.ranking import SUITABLE, Route
from .events import HoldError, HoldEvent, HoldEventType, Reason, Step, hold_event
from .hold import Hold, HoldBook, HoldStatus
from .selection import LEAD_S, RESERVATION_MAX_S, BaySelection

# A driver who does not answer whether the vehicle is theirs counts as parked after this time.
ANSWER_S = 10 * 60.0
# A waiting driver counts as gone elsewhere after this time.
QUEUE_S = 30 * 60.0
# A bay that is left before the driver has answered is held at least this much longer.
AGAIN_S = 60.0

_SLACK = 64


@dataclass(frozen=True, slots=True)
class HoldRules:
    """Rules that the owner sets."""

    hold_s: float = 240.0
    """How long a bay is held, in seconds."""
    speed_m_s: float = 15 / 3.6
    """Speed in the lot, in metres per second."""
    queue_max: int = 20
    """How many drivers may wait."""


class HoldManager:
    """The holds of one lot.

    All methods take the time, in seconds since the epoch, and return the step that they made. A bay
    is held for at most one driver; only vacant bays are assigned; each hold has an end.
    """

    def __init__(self, lot: Lot, rules: HoldRules | None = None) -> None:
        """Initialize without holds."""
        self.holds_by_id = HoldBook()
        self.rules = rules or HoldRules()
        self._lot = lot
        self._selection = BaySelection(lot, self.holds_by_id)
        self._queue: dict[str, Hold] = {}
        self._due: list[tuple[float, str]] = []

    # Requests of drivers and owners.

    def guide(
        self,
        now: float,
        hold_id: str,
        *,
        gate_id: str,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        length_s: float | None = None,
        asked_by: str = "",
    ) -> tuple[Hold, Step]:
        """Hold the nearest bay for a driver, or put them into the queue.

        A driver with a hold keeps it, unless they now want another kind, come by another gate, or
        have parked and driven away again.

        Raises `HoldError` when the queue is full; then nothing changes.
        """
        step = Step(at=now)
        known = self.holds_by_id.of_driver(driver)
        if known is not None:
            if known.status is HoldStatus.ARRIVED:
                return known, step
            if (known.kind, known.gate_id) == (kind, gate_id) and not known.has_parked:
                if known.status is HoldStatus.RESERVED:
                    self._open_early(known, now, step)
                return known, step
        length_s = self.rules.hold_s if length_s is None else length_s
        hold = Hold(
            hold_id=hold_id,
            driver=driver,
            gate_id=gate_id,
            kind=kind,
            begun=now,
            starts=now,
            until=now + length_s,
            length_s=length_s,
            asked_by=asked_by,
        )
        if self._has_no_place(hold, known, now):
            raise HoldError("queue_full")
        if known is not None:
            self._end(known, HoldEventType.RELEASED, step)
        way = self._selection.pick(hold, now)
        self.holds_by_id.add(hold)
        if way is None:
            self._wait(hold, now, step)
        else:
            self._hold_for_driver(hold, way, now, step)
            step.events.append(hold_event(HoldEventType.GUIDED, hold))
        self._assign_to_queue(now, step)
        return hold, step

    def reserve(
        self,
        now: float,
        hold_id: str,
        *,
        gate_id: str,
        starts: float,
        until: float,
        bay_id: str | None = None,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        asked_by: str = "",
    ) -> tuple[Hold, Step]:
        """Reserve a bay, or the best of a kind, for a time.

        Raises `HoldError` when the times are invalid or no bay is free then.
        """
        if until - starts > RESERVATION_MAX_S:
            raise HoldError("reservation_too_long")
        starts = max(starts, now)
        self._selection.check_times(now, starts, until, driver)
        if bay_id is not None:
            kind = self._lot[bay_id].bay.kind
        hold = Hold(
            hold_id=hold_id,
            driver=driver,
            gate_id=gate_id,
            kind=kind,
            begun=now,
            starts=starts,
            until=until,
            length_s=min(until - starts, self.rules.hold_s),
            is_reservation=True,
            status=HoldStatus.RESERVED,
            asked_by=asked_by,
        )
        hold.bay_id = self._selection.bay_to_reserve(hold, bay_id, now)
        self.holds_by_id.add(hold)
        step = Step(Changes({hold.bay_id}), at=now)
        if starts - LEAD_S > now:
            self._plan(hold, starts - LEAD_S)
            step.events.append(hold_event(HoldEventType.RESERVED, hold))
        else:
            self._open(hold, now, step)
        return hold, step

    def another(self, now: float, hold: Hold) -> Step:
        """Send a driver to the next best bay; start over when all others are declined.

        Raises `HoldError` when there is no other; the driver's hold stays.
        """
        step = Step(at=now)
        if hold.status is HoldStatus.HELD and hold.bay_id is not None:
            hold.declined.add(hold.bay_id)
            if self._selection.pick(hold, now) is None:
                hold.declined = {hold.bay_id}
            if self._selection.pick(hold, now) is None:
                raise HoldError("no_other_bay")
            self._re_guide(hold, now, Reason.DECLINED, step)
            self._assign_to_queue(now, step)
        return step

    def release(self, now: float, hold: Hold) -> Step:
        """Release a bay, a reservation or a place in the queue."""
        step = Step(at=now)
        self._end(hold, HoldEventType.RELEASED, step)
        self._assign_to_queue(now, step)
        return step

    def extend(self, now: float, hold: Hold, extra_s: float) -> Step:
        """Extend a hold.

        Raises `HoldError` when no bay is held, or the bay is reserved for another driver by then.
        """
        if hold.status in (HoldStatus.WAITING, HoldStatus.ARRIVED):
            raise HoldError("nothing_to_extend")
        assert hold.bay_id is not None  # noqa: S101  what is held or reserved has a bay
        until = max(hold.until, now) + extra_s
        if until - hold.starts > RESERVATION_MAX_S:
            raise HoldError("reservation_too_long")
        if self.holds_by_id.is_assigned(hold.bay_id, hold.starts, until, to=hold):
            raise HoldError("bay_promised", bay=self._selection.label(hold.bay_id))
        hold.until = until
        if hold.status is HoldStatus.HELD:
            self._plan(hold, until)
        return Step(Changes({hold.bay_id}), [hold_event(HoldEventType.EXTENDED, hold)])

    def confirm(self, now: float, hold: Hold, *, parked: bool) -> Step:
        """Record that the driver has parked, or has found the bay occupied.

        A waiting driver who has parked found a bay without the lot's help.

        Raises `HoldError` for a reservation that has not begun.
        """
        step = Step(at=now)
        if hold.status is HoldStatus.RESERVED:
            raise HoldError("nothing_to_confirm")
        if parked and hold.status is HoldStatus.HELD and hold.bay_id is not None:
            hold.has_parked = True
            step.changes.bays.add(hold.bay_id)
        elif parked:
            self._end(hold, HoldEventType.CONFIRMED, step)
        elif hold.bay_id is not None:
            hold.declined.add(hold.bay_id)
            self._re_guide(hold, now, Reason.DENIED, step)
        self._assign_to_queue(now, step)
        return step

    # Changes of the lot, and of time.

    def follow(self, now: float, bay_ids: Iterable[str]) -> Step:
        """Check bays that have changed: the held ones, and any that has become vacant."""
        step = Step(at=now)
        for bay_id in bay_ids:
            for hold in list(self.holds_by_id.of_bay(bay_id)):
                self._check_bay(hold, now, step)
        self._assign_to_queue(now, step)
        return step

    def pass_time(self, now: float) -> Step:
        """Run all that is due."""
        step = Step(at=now)
        while self._due and self._due[0][0] <= now:
            due, hold_id = heappop(self._due)
            hold = self.holds_by_id.get(hold_id)
            if hold is not None and hold.due == due:
                self._run_due(hold, now, step)
        self._assign_to_queue(now, step)
        return step

    @property
    def next_due(self) -> float | None:
        """When `pass_time` has to be called next, if ever; the call may find nothing due."""
        return self._due[0][0] if self._due else None

    def rebuild(self, now: float) -> Step:
        """Update the holds when the lot's bays or gates are configured anew."""
        step = Step(at=now)
        gates = {gate.gate_id: None for gate in self._lot.gates}
        for hold in list(self.holds_by_id.all()):
            bay_id, has_lost_gate = hold.bay_id, hold.gate_id not in gates and bool(gates)
            if has_lost_gate:
                hold.gate_id = next(iter(gates))
            if bay_id is None:
                continue
            self._check_bay(hold, now, step)
            # The event of the new bay carries the new gate, too.
            if has_lost_gate and bay_id == hold.bay_id and hold.is_on_the_way:
                step.events.append(hold_event(HoldEventType.RE_GUIDED, hold, Reason.GATE))
        self._assign_to_queue(now, step)
        return step

    def restore(self, holds: Iterable[Hold], now: float = inf) -> Changes:
        """Restore stored holds; one that has ended meanwhile is due at once.

        With `now`, a clock that was set back is noticed: no driver waits, and no bay is held, for
        longer than a new hold would last.
        """
        holds = list(holds)
        set_back_s = max((hold.begun for hold in holds), default=now) - now
        changes = Changes()
        for hold in holds:
            if set_back_s > 0:
                _shift(hold, -set_back_s)
            if hold.status is HoldStatus.ARRIVED:
                hold.due = min(hold.due, now + ANSWER_S)
            elif hold.status is HoldStatus.WAITING and not hold.is_reservation:
                hold.until = hold.due = min(hold.until, now + QUEUE_S)
            if not self.holds_by_id.has_room_for(hold):
                continue
            self.holds_by_id.add(hold)
            self._plan(hold, hold.due)
            if hold.status is HoldStatus.WAITING:
                self._queue[hold.hold_id] = hold
            elif (
                hold.status is not HoldStatus.RESERVED
                and hold.bay_id is not None
                and hold.bay_id in self._lot
            ):
                changes.add(self._lot.set_held(hold.bay_id, held=True, at=now))
        return changes

    def shift(self, seconds: float) -> Step:
        """Shift the holds when the clock is set: a duration stays as long as it was.

        A reservation for a time of day stays at that time.
        """
        step = Step()
        for hold in self.holds_by_id.all():
            _shift(hold, seconds)
            if hold.bay_id is not None and hold.bay_id in self._lot:
                step.changes.bays.add(hold.bay_id)
        self._rebuild_due()
        return step

    def place_in_queue(self, hold: Hold) -> int | None:
        """Return a waiting driver's place in the queue: 1 for the first."""
        for place, hold_id in enumerate(self._queue, start=1):
            if hold_id == hold.hold_id:
                return place
        return None

    # Steps in the life of a hold.

    def _has_no_place(self, hold: Hold, known: Hold | None, now: float) -> bool:
        """Return whether a driver who gives up their hold would get neither bay nor queue place."""
        others = len(self._queue) - (known is not None and known.hold_id in self._queue)
        if others < self.rules.queue_max or self._selection.pick(hold, now) is not None:
            return False
        return known is None or not self._selection.can_swap(known, hold, now)

    def _hold_for_driver(self, hold: Hold, way: Route, now: float, step: Step) -> None:
        """Hold a bay for a driver."""
        self._queue.pop(hold.hold_id, None)
        self._assign(hold, way.bay.bay_id, step)
        hold.until = self._selection.until(hold, now)
        hold.earliest = hold.begun + way.distance_m / self.rules.speed_m_s
        self._hold(hold, step)

    def _hold(self, hold: Hold, step: Step) -> None:
        """Mark the bay of a hold as held; it is vacant now."""
        assert hold.bay_id is not None  # noqa: S101  callers have promised one
        hold.status, hold.was_seen, hold.has_parked = HoldStatus.HELD, True, False
        step.changes.add(self._lot.set_held(hold.bay_id, held=True, at=step.at))
        step.changes.bays.add(hold.bay_id)
        self._plan(hold, hold.until)

    def _assign(self, hold: Hold, bay_id: str | None, step: Step) -> None:
        """Assign a bay in place of the one before, and record both as changed."""
        for one in (hold.bay_id, bay_id):
            if one is not None and one in self._lot:
                step.changes.bays.add(one)
        self.holds_by_id.assign(hold, bay_id)

    def _release(self, hold: Hold, step: Step) -> str | None:
        """Release the bay of a hold; return its id."""
        bay_id = hold.bay_id
        is_held = hold.status is not HoldStatus.RESERVED
        self._assign(hold, None, step)
        if bay_id is not None and is_held and bay_id in self._lot:
            step.changes.add(self._lot.set_held(bay_id, held=False, at=step.at))
        return bay_id

    def _end(
        self, hold: Hold, event_type: HoldEventType, step: Step, reason: Reason | None = None
    ) -> None:
        """End a hold with an event."""
        step.events.append(hold_event(event_type, hold, reason))
        self._release(hold, step)
        self._queue.pop(hold.hold_id, None)
        self.holds_by_id.remove(hold)

    def _wait(self, hold: Hold, now: float, step: Step, instead: HoldEvent | None = None) -> None:
        """Queue a driver, before those who asked later."""
        hold.status = HoldStatus.WAITING
        if not hold.is_reservation:
            hold.until = now + QUEUE_S
        self._queue[hold.hold_id] = hold
        queue = sorted(self._queue.values(), key=lambda one: one.begun)
        self._queue = {one.hold_id: one for one in queue}
        self._plan(hold, hold.until)
        step.events.append(instead or hold_event(HoldEventType.QUEUED, hold))

    def _re_guide(self, hold: Hold, now: float, reason: Reason, step: Step) -> None:
        """Send a driver to another bay, or into the queue.

        When no other bay is vacant, a bay that is only doubtful is better than none.
        """
        way = self._selection.pick(hold, now)
        if way is None and reason in (Reason.FAULT, Reason.DECLINED):
            return
        previous = self._release(hold, step)
        if way is None:
            self._wait(hold, now, step, hold_event(HoldEventType.QUEUED, hold, reason, previous))
            return
        self._hold_for_driver(hold, way, now, step)
        step.events.append(hold_event(HoldEventType.RE_GUIDED, hold, reason, previous))

    def _check_bay(self, hold: Hold, now: float, step: Step) -> None:
        """Check the bay of a hold."""
        bay_id = hold.bay_id
        assert bay_id is not None  # noqa: S101  holds are found by their bays
        if hold.status is HoldStatus.RESERVED:
            self._check_reserved(hold, bay_id, now, step)
        elif bay_id not in self._lot:
            self._re_guide(hold, now, Reason.CLOSED, step)
        elif hold.status is HoldStatus.HELD:
            self._check_held(hold, bay_id, now, step)
        elif self._lot[bay_id].state is BayState.HELD:
            # Left before the driver has answered: they reverse once more, or it was another
            # vehicle.
            hold.until = max(hold.until, now + AGAIN_S)
            self._hold(hold, step)

    def _check_reserved(self, hold: Hold, bay_id: str, now: float, step: Step) -> None:
        """Check the bay of a reservation."""
        if bay_id not in self._lot:
            self._move(hold, now, step)
        elif hold.starts - LEAD_S <= now:
            self._open(hold, now, step)

    def _move(self, hold: Hold, now: float, step: Step) -> None:
        """Assign another bay to a reservation, or cancel it."""
        previous = self._release(hold, step)
        try:
            self._assign(hold, self._selection.bay_to_reserve(hold, None, now), step)
        except HoldError:
            self._end(hold, HoldEventType.RELEASED, step, Reason.CLOSED)
        else:
            step.events.append(hold_event(HoldEventType.RE_GUIDED, hold, Reason.CLOSED, previous))

    def _check_held(self, hold: Hold, bay_id: str, now: float, step: Step) -> None:
        """Check a bay that a driver is on the way to."""
        status = self._lot[bay_id]
        match status.state:
            case BayState.OCCUPIED if hold.has_parked:
                self._end(hold, HoldEventType.CONFIRMED, step)
            case BayState.OCCUPIED if now < hold.earliest:
                self._re_guide(hold, now, Reason.TAKEN, step)
            case BayState.OCCUPIED:
                hold.status = HoldStatus.ARRIVED
                self._plan(hold, now + ANSWER_S)
                step.events.append(hold_event(HoldEventType.ARRIVED, hold))
            case BayState.OUT_OF_SERVICE:
                self._re_guide(hold, now, Reason.CLOSED, step)
            case BayState.UNKNOWN if hold.was_seen and status.fault is not Fault.NO_READING:
                self._re_guide(hold, now, Reason.FAULT, step)
            case BayState.HELD if status.bay.kind not in SUITABLE[hold.kind]:
                # The owner has changed its kind; a driver who has parked may stay.
                if not hold.has_parked:
                    self._re_guide(hold, now, Reason.CLOSED, step)
            case BayState.HELD:
                hold.was_seen = True

    def _open(self, hold: Hold, now: float, step: Step) -> bool:
        """Hold a reserved bay from now on, if it is vacant; return whether it is."""
        assert hold.bay_id is not None  # noqa: S101  what is reserved has a bay
        if self._lot[hold.bay_id].state is not BayState.VACANT:
            return False
        hold.earliest = now
        self._hold(hold, step)
        step.events.append(hold_event(HoldEventType.GUIDED, hold))
        return True

    def _open_early(self, hold: Hold, now: float, step: Step) -> None:
        """Admit a driver before the time of a reservation."""
        assert hold.bay_id is not None  # noqa: S101  what is reserved has a bay
        is_clear = not self.holds_by_id.is_assigned(hold.bay_id, now, hold.until, to=hold)
        hold.starts = now
        if not (is_clear and self._open(hold, now, step)):
            self._re_guide(hold, now, Reason.BLOCKED, step)
        self._assign_to_queue(now, step)

    def _run_due(self, hold: Hold, now: float, step: Step) -> None:
        """Run the step that a hold is due for."""
        if hold.status is HoldStatus.RESERVED and now < hold.until:
            if not self._open(hold, now, step):
                if now >= hold.starts:
                    self._re_guide(hold, now, Reason.BLOCKED, step)
                else:
                    self._plan(hold, hold.starts)
        elif hold.status is HoldStatus.ARRIVED:
            self._end(hold, HoldEventType.CONFIRMED, step)
        else:
            self._end(hold, HoldEventType.EXPIRED, step)

    def _assign_to_queue(self, now: float, step: Step) -> None:
        """Assign vacant bays to waiting drivers, first come, first served."""
        for hold in list(self._queue.values()):
            if (way := self._selection.pick(hold, now)) is not None:
                self._hold_for_driver(hold, way, now, step)
                step.events.append(hold_event(HoldEventType.GUIDED, hold))

    def _plan(self, hold: Hold, due: float) -> None:
        """Schedule when a hold is next due."""
        hold.due = due
        heappush(self._due, (due, hold.hold_id))
        if len(self._due) > 2 * len(self.holds_by_id) + _SLACK:
            self._rebuild_due()

    def _rebuild_due(self) -> None:
        """Schedule all holds anew."""
        self._due = [(one.due, one.hold_id) for one in self.holds_by_id.all()]
        heapify(self._due)


def _shift(hold: Hold, seconds: float) -> None:
    """Shift the durations of a hold, and no time of day."""
    hold.begun += seconds
    hold.earliest += seconds
    if not hold.is_reservation:
        hold.starts += seconds
        hold.until += seconds
    if not hold.is_reservation or hold.status is HoldStatus.ARRIVED:
        hold.due += seconds
