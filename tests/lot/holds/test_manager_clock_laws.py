"""Laws of holds when the clock is set: a duration stays exactly as long."""

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.holds.hold import Hold, HoldStatus
from custom_components.smart_parking.lot.holds.manager import ANSWER_S, QUEUE_S, HoldManager
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Bay, BayState, Gate, Observation

NOON = 1_800_000_000.0
DAY_S = 86_400.0

sets = st.floats(-400 * DAY_S, 400 * DAY_S)
spans = st.lists(st.tuples(st.integers(1, 120), sets), min_size=1, max_size=12)


def vacant_lot(bays: int) -> Lot:
    """Return a lot of vacant bays."""
    lot = Lot()
    lot.set_bays(Bay(bay_id=f"{n}", label=f"{n}", x=10.0 * n) for n in range(bays))
    lot.set_gate(Gate(gate_id="gate", name="Gate"))
    lot.apply([seen(f"{n}", occupied=False) for n in range(bays)])
    return lot


def seen(bay_id: str, *, occupied: bool) -> Observation:
    """Return that a bay is seen taken, or empty."""
    return Observation(bay_id, occupied, None, 1.0, None)


@given(st.sampled_from([60.0, 240.0, 900.0]), spans)
def test_a_hold_ends_when_its_time_has_passed_however_the_clock_was_set(
    length_s: float, steps: list[tuple[int, float]]
) -> None:
    holds, now, passed_s = HoldManager(vacant_lot(1)), NOON, 0.0
    hold, _ = holds.guide(now, "one", gate_id="gate", length_s=length_s)
    for seconds, set_by_s in steps:
        now, passed_s = now + seconds, passed_s + seconds
        holds.pass_time(now)
        assert (holds.holds_by_id.get("one") is None) is (passed_s >= length_s)
        if holds.holds_by_id.get("one") is None:
            return
        now += set_by_s
        holds.shift(set_by_s)
        assert abs(hold.until - now - (length_s - passed_s)) < 1e-3
        assert holds.next_due is not None
        assert abs(holds.next_due - hold.until) < 1e-3


@given(sets)
def test_who_asked_first_is_served_first_all_the_same(set_by_s: float) -> None:
    holds = HoldManager(vacant_lot(1))
    for second, driver in enumerate(["ann", "bob", "cem"]):
        holds.guide(NOON + second, driver, gate_id="gate", driver=driver)
    holds.shift(set_by_s)
    now = NOON + 3 + set_by_s
    late, _ = holds.guide(now, "dee", gate_id="gate", driver="dee")
    waiting = [hold for hold in holds.holds_by_id.all() if hold.status is HoldStatus.WAITING]

    assert [holds.place_in_queue(hold) for hold in waiting] == [1, 2, 3]
    assert [hold.driver for hold in waiting] == ["bob", "cem", "dee"]
    assert late.until == now + QUEUE_S


@given(sets, st.floats(0.0, 10 * DAY_S))
def test_a_reservation_stays_at_its_time_of_day(set_by_s: float, wait_s: float) -> None:
    holds = HoldManager(vacant_lot(2))
    starts, until = NOON + 3_600.0 + wait_s, NOON + 7_200.0 + wait_s
    hold, _ = holds.reserve(NOON, "one", gate_id="gate", starts=starts, until=until)
    holds.shift(set_by_s)
    now = NOON + set_by_s
    holds.pass_time(now)

    assert (hold.starts, hold.until) == (starts, until)
    assert (holds.holds_by_id.get("one") is None) is (now >= until)
    assert (hold.status is HoldStatus.HELD) is (starts - 900.0 <= now < until)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=6),
    st.floats(0.0, 400 * DAY_S),
)
def test_nothing_lasts_longer_than_from_its_begin_after_a_restart_in_the_past(
    comers: list[tuple[int, bool]], behind_s: float
) -> None:
    lot, now = vacant_lot(3), NOON
    holds = HoldManager(lot)
    for number, (wait_s, parks) in enumerate(comers):
        now += wait_s
        holds.pass_time(now)
        hold, _ = holds.guide(now, f"{number}", gate_id="gate", driver=f"{number}")
        if parks and hold.bay_id is not None:
            hold.earliest = now
            lot.apply([seen(hold.bay_id, occupied=True)])
            holds.follow(now, [hold.bay_id])
    kept = [hold.to_data() for hold in holds.holds_by_id.all()]

    again = HoldManager(vacant_lot(3))
    now -= behind_s
    again.restore(map(Hold.from_data, kept), now)

    assert len(again.holds_by_id) == len(kept)
    for hold in again.holds_by_id.all():
        longest = {HoldStatus.ARRIVED: ANSWER_S, HoldStatus.WAITING: QUEUE_S}
        assert hold.due - now <= longest.get(hold.status, hold.length_s) + 1e-3
    again.pass_time(now + QUEUE_S + ANSWER_S)
    again.pass_time(now + 2 * (QUEUE_S + ANSWER_S))
    assert not len(again.holds_by_id)


def test_what_a_damaged_file_promises_twice_is_promised_once() -> None:
    holds = HoldManager(vacant_lot(2))
    holds.guide(NOON, "one", gate_id="gate", driver="ann")
    holds.reserve(NOON, "two", gate_id="gate", bay_id="1", starts=NOON + 9e3, until=NOON + 9.9e3)
    rows = [hold.to_data() for hold in holds.holds_by_id.all()]
    same_bay = rows[0] | {"hold_id": "three", "driver": "bob"}
    same_driver = rows[0] | {"hold_id": "four", "bay_id": "1"}
    same_time = rows[1] | {"hold_id": "five", "starts": NOON + 9.5e3, "until": NOON + 9.6e3}
    later = rows[1] | {"hold_id": "six", "starts": NOON + 9.9e3, "until": NOON + 11e3}

    lot = vacant_lot(2)
    again = HoldManager(lot)
    again.restore(
        map(Hold.from_data, [*rows, rows[0], same_bay, same_driver, same_time, later]), NOON
    )

    assert [hold.hold_id for hold in again.holds_by_id.all()] == ["one", "two", "six"]
    assert lot.count(BayState.HELD) == 1
