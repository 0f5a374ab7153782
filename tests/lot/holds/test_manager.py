"""What becomes of drivers who are sent to a bay."""

import pytest

from custom_components.smart_parking.lot.holds.events import HoldError, HoldEventType, Reason, Step
from custom_components.smart_parking.lot.holds.hold import Hold, HoldStatus
from custom_components.smart_parking.lot.holds.manager import (
    ANSWER_S,
    QUEUE_S,
    HoldManager,
    HoldRules,
)
from custom_components.smart_parking.lot.holds.selection import (
    LEAD_S,
    RESERVATION_MAX_S,
    RESERVATIONS_MAX,
)
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import (
    Bay,
    BayKind,
    BayState,
    Fault,
    Gate,
    Observation,
)

NOW = 1_800_000_000.0
HOUR_S = 3_600.0
# Bay A1 is 42 m from the gate: ten seconds at 15 km/h.
A1_M = 42.0
WAY_S = 10.08


class Evening:
    """A lot with bays A1, A2 … along a lane, all vacant, and a clock."""

    def __init__(self, *kinds: BayKind, queue_max: int = 20) -> None:
        """Prepare a bay of each kind."""
        self.now = NOW
        self.lot = Lot()
        self.lot.set_bays(
            Bay(bay_id=f"a{number}", label=f"A{number}", kind=kind, x=A1_M + number - 1)
            for number, kind in enumerate(kinds, 1)
        )
        self.lot.set_gate(Gate(gate_id="main", name="Main"))
        self.holds = HoldManager(self.lot, HoldRules(queue_max=queue_max))
        self.events: list[tuple[HoldEventType, str, str | None, Reason | None]] = []
        for status in list(self.lot):
            self.sees(status.bay.bay_id, occupied=False)

    def take(self, step: Step) -> None:
        """Record the events."""
        self.events += [(t.event_type, t.hold.driver, t.hold.bay_id, t.reason) for t in step.events]

    def guide(
        self, driver: str, kind: BayKind = BayKind.STANDARD, length_s: float | None = None
    ) -> Hold:
        """Make a driver ask for a bay."""
        hold, step = self.holds.guide(
            self.now, f"of-{driver}", gate_id="main", kind=kind, driver=driver, length_s=length_s
        )
        self.take(step)
        return hold

    def reserve(
        self, driver: str, wait_s: float, length_s: float, bay_id: str | None = None
    ) -> Hold:
        """Make a driver reserve a bay."""
        starts = self.now + wait_s
        hold, step = self.holds.reserve(
            self.now,
            f"of-{driver}",
            gate_id="main",
            starts=starts,
            until=starts + length_s,
            bay_id=bay_id,
            driver=driver,
        )
        self.take(step)
        return hold

    def sees(self, bay_id: str, *, occupied: bool | None, fault: Fault = Fault.GLITCH) -> None:
        """Make a bay's sensor see something, or fail."""
        seen = Observation(
            bay_id,
            occupied,
            fault if occupied is None else None,
            0.9 * (occupied is not None),
            None,
        )
        self.take(self.holds.follow(self.now, self.lot.apply([seen]).bays))

    def closes(self, bay_id: str) -> None:
        """Make the owner close a bay."""
        changes = self.lot.set_out_of_service(bay_id, out=True)
        self.take(self.holds.follow(self.now, changes.bays))

    def wait(self, seconds: float) -> None:
        """Advance the time."""
        self.now += seconds
        self.take(self.holds.pass_time(self.now))

    def state(self, bay_id: str) -> BayState:
        """Return what drivers may think of a bay."""
        return self.lot[bay_id].state

    def last(self) -> tuple[HoldEventType, str, str | None, Reason | None]:
        """The newest event."""
        return self.events[-1]


STANDARD = BayKind.STANDARD
TWO = (STANDARD, STANDARD)


def test_two_who_ask_in_the_same_moment_get_different_bays() -> None:
    evening = Evening(*TWO)
    assert [evening.guide("ann").bay_id, evening.guide("bob").bay_id] == ["a1", "a2"]
    assert evening.state("a1") is evening.state("a2") is BayState.HELD


def test_who_asks_again_has_the_same_bay() -> None:
    evening = Evening(*TWO)
    assert evening.guide("ann") is evening.guide("ann")
    assert evening.state("a2") is BayState.VACANT


def test_who_asks_for_another_kind_is_sent_there_instead() -> None:
    evening = Evening(STANDARD, BayKind.EV)
    evening.guide("ann")
    assert evening.guide("ann", BayKind.EV).bay_id == "a2"
    assert evening.state("a1") is BayState.VACANT


def test_a_bay_is_kept_for_as_long_as_the_owner_says_and_then_free() -> None:
    evening = Evening(STANDARD)
    evening.guide("ann")
    evening.wait(239.0)
    assert evening.state("a1") is BayState.HELD
    evening.wait(1.0)
    assert evening.state("a1") is BayState.VACANT
    assert evening.last() == (HoldEventType.EXPIRED, "ann", "a1", None)


def test_a_driver_may_ask_for_a_shorter_time() -> None:
    evening = Evening(STANDARD)
    evening.guide("ann", length_s=30.0)
    evening.wait(30.0)
    assert evening.state("a1") is BayState.VACANT


def test_a_bay_can_be_kept_longer() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    evening.take(evening.holds.extend(evening.now, hold, 600.0))
    evening.wait(839.0)
    assert evening.state("a1") is BayState.HELD
    evening.wait(1.0)
    assert evening.state("a1") is BayState.VACANT


def test_a_bay_can_be_given_back() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    evening.take(evening.holds.release(evening.now, hold))
    assert evening.state("a1") is BayState.VACANT
    assert evening.last()[0] is HoldEventType.RELEASED


def test_a_bay_taken_before_the_driver_could_come_is_somebody_elses() -> None:
    evening = Evening(*TWO)
    evening.guide("ann")
    evening.wait(WAY_S - 0.1)
    evening.sees("a1", occupied=True)
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.TAKEN)
    assert evening.state("a1") is BayState.OCCUPIED
    assert not evening.lot["a1"].held


def test_who_has_arrived_and_asks_again_is_still_asked() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    evening.wait(WAY_S + 0.1)
    evening.sees("a1", occupied=True)
    assert evening.guide("ann", BayKind.EV) is hold
    assert (hold.status, hold.bay_id) == (HoldStatus.ARRIVED, "a1")


def test_who_asks_for_more_time_again_and_again_has_it_once() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    for _ in range(100):
        evening.take(evening.holds.extend(evening.now, hold, 1.0))
    evening.wait(hold.until - evening.now)
    assert [events[0] for events in evening.events].count(HoldEventType.EXPIRED) == 1


def test_a_bay_taken_later_is_an_arrival_and_the_driver_is_asked() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    evening.wait(WAY_S + 0.1)
    evening.sees("a1", occupied=True)
    assert evening.last() == (HoldEventType.ARRIVED, "ann", "a1", None)
    evening.take(evening.holds.confirm(evening.now, hold, parked=True))
    assert evening.last()[0] is HoldEventType.CONFIRMED
    assert evening.holds.holds_by_id.get(hold.hold_id) is None
    assert not evening.lot["a1"].held


def test_who_finds_the_bay_taken_says_no_and_is_sent_on() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    evening.wait(60.0)
    evening.sees("a1", occupied=True)
    evening.take(evening.holds.confirm(evening.now, hold, parked=False))
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.DENIED)
    assert hold.until == evening.now + 240.0


def test_who_finds_a_vehicle_that_the_sensor_does_not_see_is_sent_on_for_good() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    evening.take(evening.holds.confirm(evening.now, hold, parked=False))
    assert hold.bay_id == "a2"
    evening.take(evening.holds.confirm(evening.now, hold, parked=False))
    assert hold.status is HoldStatus.WAITING


def test_who_does_not_answer_has_parked() -> None:
    evening = Evening(STANDARD)
    evening.guide("ann")
    evening.wait(60.0)
    evening.sees("a1", occupied=True)
    evening.wait(ANSWER_S)
    assert evening.last() == (HoldEventType.CONFIRMED, "ann", "a1", None)


def test_who_says_that_they_have_parked_is_not_asked() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    evening.take(evening.holds.confirm(evening.now, hold, parked=True))
    evening.sees("a1", occupied=True)
    assert evening.last() == (HoldEventType.CONFIRMED, "ann", "a1", None)


def test_who_reverses_once_more_keeps_the_bay() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    evening.wait(230.0)
    evening.sees("a1", occupied=True)
    evening.wait(20.0)
    evening.sees("a1", occupied=False)
    assert evening.state("a1") is BayState.HELD
    evening.wait(50.0)
    evening.sees("a1", occupied=True)
    assert evening.last() == (HoldEventType.ARRIVED, "ann", "a1", None)
    assert hold.status is HoldStatus.ARRIVED


def test_a_failing_sensor_sends_the_driver_on() -> None:
    evening = Evening(*TWO)
    evening.guide("ann")
    evening.sees("a1", occupied=None)
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.FAULT)


def test_with_no_other_bay_one_with_a_failing_sensor_is_better_than_none() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    evening.sees("a1", occupied=None)
    assert hold.bay_id == "a1"
    evening.sees("a1", occupied=False)
    assert evening.state("a1") is BayState.HELD


def test_a_closed_bay_sends_the_driver_on() -> None:
    evening = Evening(*TWO)
    evening.guide("ann")
    evening.closes("a1")
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.CLOSED)


def test_another_bay_is_one_that_was_not_declined_until_all_were() -> None:
    evening = Evening(STANDARD, STANDARD, STANDARD)
    hold = evening.guide("ann")
    bays = []
    for _ in range(4):
        evening.take(evening.holds.another(evening.now, hold))
        bays.append(hold.bay_id)
    assert bays == ["a2", "a3", "a1", "a2"]


def test_without_another_bay_the_driver_keeps_theirs() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    with pytest.raises(HoldError, match="no_other_bay"):
        evening.holds.another(evening.now, hold)
    assert evening.state("a1") is BayState.HELD


def test_in_a_full_lot_drivers_wait_and_who_asked_first_is_served_first() -> None:
    evening = Evening(STANDARD)
    evening.sees("a1", occupied=True)
    first, second = evening.guide("ann"), evening.guide("bob")
    assert [evening.holds.place_in_queue(hold) for hold in (first, second)] == [1, 2]
    evening.sees("a1", occupied=False)
    assert evening.last() == (HoldEventType.GUIDED, "ann", "a1", None)
    assert evening.holds.place_in_queue(first) is None
    assert evening.holds.place_in_queue(second) == 1
    evening.take(evening.holds.release(evening.now, first))
    assert evening.last() == (HoldEventType.GUIDED, "bob", "a1", None)


def test_who_loses_a_bay_waits_before_those_who_came_later() -> None:
    evening = Evening(STANDARD)
    loser = evening.guide("ann")
    evening.wait(1.0)
    evening.guide("bob")
    evening.sees("a1", occupied=True)
    assert evening.last() == (HoldEventType.QUEUED, "ann", None, Reason.TAKEN)
    assert evening.holds.place_in_queue(loser) == 1


def test_who_waits_for_an_ev_bay_is_passed_by_a_bay_that_does_not_suit() -> None:
    evening = Evening(STANDARD, BayKind.ACCESSIBLE)
    evening.sees("a1", occupied=True)
    evening.sees("a2", occupied=True)
    evening.guide("ann")
    evening.guide("bob", BayKind.ACCESSIBLE)
    evening.sees("a2", occupied=False)
    assert evening.last() == (HoldEventType.GUIDED, "bob", "a2", None)


def test_the_queue_is_bounded() -> None:
    evening = Evening(STANDARD, queue_max=1)
    evening.sees("a1", occupied=True)
    evening.guide("ann")
    with pytest.raises(HoldError, match="queue_full"):
        evening.guide("bob")
    assert evening.holds.holds_by_id.of_driver("bob") is None


def test_who_wants_what_cannot_be_had_keeps_what_they_have() -> None:
    evening = Evening(BayKind.EV, STANDARD, queue_max=1)
    evening.sees("a2", occupied=True)
    hold = evening.guide("ann", BayKind.EV)
    evening.guide("bob", BayKind.EV)
    with pytest.raises(HoldError, match="queue_full"):
        evening.guide("ann", STANDARD)
    assert (hold.status, hold.bay_id) == (HoldStatus.HELD, "a1")
    assert evening.last() == (HoldEventType.QUEUED, "bob", None, None)


def test_who_has_parked_and_wants_what_cannot_be_had_keeps_the_bay() -> None:
    evening = Evening(BayKind.EV, queue_max=0)
    hold = evening.guide("ann", BayKind.EV)
    evening.holds.confirm(evening.now, hold, parked=True)
    with pytest.raises(HoldError, match="queue_full"):
        evening.guide("ann")
    assert (hold.bay_id, hold.has_parked) == ("a1", True)


def test_who_has_parked_and_asks_anew_is_on_the_way_again() -> None:
    evening = Evening(STANDARD)
    evening.holds.confirm(evening.now, evening.guide("ann"), parked=True)
    hold = evening.guide("ann")
    assert (hold.status, hold.bay_id, hold.has_parked) == (HoldStatus.HELD, "a1", False)


def test_a_place_in_the_queue_can_be_changed_for_another_one() -> None:
    evening = Evening(BayKind.EV, STANDARD, queue_max=1)
    evening.sees("a1", occupied=True)
    evening.sees("a2", occupied=True)
    evening.guide("ann", BayKind.EV)
    assert evening.guide("ann", STANDARD).status is HoldStatus.WAITING


def test_a_bay_can_be_kept_for_another_wish_of_the_same_driver() -> None:
    evening = Evening(STANDARD, queue_max=1)
    evening.guide("ann", BayKind.EV)
    evening.guide("bob")
    assert evening.guide("ann", STANDARD).bay_id == "a1"


def test_nobody_waits_for_ever() -> None:
    evening = Evening(STANDARD)
    evening.sees("a1", occupied=True)
    evening.guide("ann")
    evening.wait(QUEUE_S)
    assert evening.last() == (HoldEventType.EXPIRED, "ann", None, None)


def test_who_waits_and_finds_a_bay_by_themselves_says_so() -> None:
    evening = Evening(STANDARD)
    evening.sees("a1", occupied=True)
    hold = evening.guide("ann")
    with pytest.raises(HoldError, match="nothing_to_extend"):
        evening.holds.extend(evening.now, hold, 60.0)
    evening.take(evening.holds.confirm(evening.now, hold, parked=True))
    assert evening.last()[0] is HoldEventType.CONFIRMED


def test_a_reserved_bay_is_free_until_shortly_before_and_then_kept() -> None:
    evening = Evening(*TWO)
    hold = evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    assert evening.last() == (HoldEventType.RESERVED, "ann", "a1", None)
    assert evening.state("a1") is BayState.VACANT
    evening.wait(HOUR_S - LEAD_S)
    assert evening.state("a1") is BayState.HELD
    assert evening.last() == (HoldEventType.GUIDED, "ann", "a1", None)
    evening.wait(LEAD_S + HOUR_S - 1.0)
    assert hold.status is HoldStatus.HELD
    evening.wait(1.0)
    assert evening.last() == (HoldEventType.EXPIRED, "ann", "a1", None)


def test_a_reservation_may_begin_at_once() -> None:
    evening = Evening(*TWO)
    assert evening.reserve("ann", 0.0, HOUR_S).status is HoldStatus.HELD
    assert evening.state("a1") is BayState.HELD


def test_a_reservation_does_not_hide_a_vehicle_and_waits_for_it_to_leave() -> None:
    evening = Evening(STANDARD)
    evening.sees("a1", occupied=True)
    hold = evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    evening.wait(HOUR_S - 60.0)
    assert evening.state("a1") is BayState.OCCUPIED
    assert hold.bay_id == "a1"
    evening.sees("a1", occupied=False)
    assert evening.state("a1") is BayState.HELD


def test_a_reservation_whose_bay_is_not_free_in_time_gets_another() -> None:
    evening = Evening(*TWO)
    evening.sees("a1", occupied=True)
    evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    evening.wait(HOUR_S - LEAD_S)
    evening.wait(LEAD_S)
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.BLOCKED)


def test_who_comes_early_is_let_in() -> None:
    evening = Evening(*TWO)
    hold = evening.reserve("ann", HOUR_S, HOUR_S, "a2")
    assert evening.guide("ann") is hold
    assert evening.last() == (HoldEventType.GUIDED, "ann", "a2", None)


def test_who_comes_early_to_a_bay_that_is_not_free_is_sent_to_another() -> None:
    evening = Evening(*TWO)
    evening.reserve("ann", HOUR_S, HOUR_S, "a2")
    evening.sees("a2", occupied=True)
    evening.guide("ann")
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a1", Reason.BLOCKED)


def test_a_bay_is_not_given_into_the_time_it_is_reserved_for() -> None:
    evening = Evening(*TWO)
    evening.reserve("ann", LEAD_S + 60.0, HOUR_S, "a1")
    assert evening.guide("bob", length_s=1800.0).bay_id == "a2"


def test_a_hold_is_not_extended_into_a_reservation() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("bob")
    evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    with pytest.raises(HoldError, match="bay_promised"):
        evening.holds.extend(evening.now, hold, HOUR_S)


def test_one_bay_is_reserved_for_one_at_a_time() -> None:
    evening = Evening(STANDARD)
    evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    with pytest.raises(HoldError, match="bay_promised"):
        evening.reserve("bob", 1.5 * HOUR_S, HOUR_S, "a1")
    with pytest.raises(HoldError, match="nothing_to_reserve"):
        evening.reserve("bob", 1.5 * HOUR_S, HOUR_S)
    assert evening.reserve("bob", 2 * HOUR_S, HOUR_S).bay_id == "a1"


def test_a_reservation_for_now_needs_a_free_bay() -> None:
    evening = Evening(STANDARD)
    evening.sees("a1", occupied=True)
    with pytest.raises(HoldError, match="bay_not_free"):
        evening.reserve("ann", 0.0, HOUR_S, "a1")


@pytest.mark.parametrize(
    ("wait_s", "length_s", "key"),
    [
        (0.0, 59.0, "reservation_too_short"),
        (-HOUR_S, 60.0, "reservation_too_short"),
        (0.0, RESERVATION_MAX_S + 1.0, "reservation_too_long"),
        (400 * 24 * HOUR_S, HOUR_S, "reservation_too_long"),
    ],
)
def test_a_reservation_has_sensible_times(wait_s: float, length_s: float, key: str) -> None:
    with pytest.raises(HoldError, match=key):
        Evening(STANDARD).reserve("ann", wait_s, length_s)


def test_reservations_are_bounded() -> None:
    evening = Evening(STANDARD)
    for number in range(RESERVATIONS_MAX):
        evening.reserve(f"driver {number}", (number + 1) * HOUR_S, HOUR_S)
    with pytest.raises(HoldError, match="too_many_reservations"):
        evening.reserve("one more", 0.0, HOUR_S)


def test_who_has_a_bay_does_not_reserve_a_second_one() -> None:
    evening = Evening(*TWO)
    evening.guide("ann")
    with pytest.raises(HoldError, match="driver_has_hold"):
        evening.reserve("ann", HOUR_S, HOUR_S)


def test_a_reservation_that_has_not_begun_can_neither_be_confirmed_nor_declined() -> None:
    evening = Evening(*TWO)
    hold = evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    with pytest.raises(HoldError, match="nothing_to_confirm"):
        evening.holds.confirm(evening.now, hold, parked=True)
    evening.take(evening.holds.another(evening.now, hold))
    assert hold.bay_id == "a1"


def test_a_reserved_bay_that_is_taken_away_is_exchanged_or_given_up() -> None:
    evening = Evening(*TWO)
    hold = evening.reserve("ann", HOUR_S, HOUR_S, "a1")
    left = [status.bay for status in evening.lot if status.bay.bay_id != "a1"]
    evening.lot.set_bays(left)
    evening.take(evening.holds.rebuild(evening.now))
    assert evening.last() == (HoldEventType.RE_GUIDED, "ann", "a2", Reason.CLOSED)
    assert hold.status is HoldStatus.RESERVED
    evening.lot.set_bays([])
    evening.take(evening.holds.rebuild(evening.now))
    assert evening.last()[0] is HoldEventType.RELEASED
    assert not evening.holds.holds_by_id.all()


def test_a_restart_breaks_no_promise() -> None:
    evening = Evening(*TWO)
    hold = evening.guide("ann")
    again = Evening(*TWO)
    again.lot.apply([Observation("a1", None, Fault.NO_READING, 0.0, None)])
    again.holds.restore([Hold.from_data(hold.to_data())])
    again.take(again.holds.rebuild(again.now))
    assert again.events == []
    # Sensors that are slow to start are no reason to send a driver elsewhere.
    again.sees("a1", occupied=None, fault=Fault.UNAVAILABLE)
    again.sees("a1", occupied=False)
    assert again.state("a1") is BayState.HELD
    assert again.guide("bob").bay_id == "a2"
    again.wait(240.0)
    assert again.state("a1") is BayState.VACANT


def test_what_ended_during_a_restart_is_over_after_it() -> None:
    evening = Evening(STANDARD)
    hold = evening.guide("ann")
    again = Evening(STANDARD)
    again.holds.restore([Hold.from_data(hold.to_data())])
    again.wait(HOUR_S)
    assert again.last()[0] is HoldEventType.EXPIRED
    assert again.state("a1") is BayState.VACANT
