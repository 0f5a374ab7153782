"""Who may ping when."""

from itertools import combinations
from math import hypot

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import COLDEST_C, speed_of_sound
from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.schedule import (
    Plan,
    PlanError,
    PlanProblem,
    hears,
    make_plan,
    slot_length_s,
)


def row(count: int, spacing_m: float, **place: float | str) -> list[Sensor]:
    """Place sensors in a row, each with its own trigger and echo line."""
    y = float(place.get("y", 0.0))
    level = str(place.get("level", ""))
    first = int(place.get("first", 0))
    return [
        Sensor(
            sensor_id=f"{level}{first + n}",
            trigger=2 * (first + n),
            echo=2 * (first + n) + 1,
            x=spacing_m * n,
            y=y,
            level=level,
        )
        for n in range(count)
    ]


@st.composite
def car_parks(draw: st.DrawFn) -> list[Sensor]:
    """Draw sensors anywhere on two levels; some share a trigger."""
    count = draw(st.integers(1, 24))
    place = st.floats(0, 40, allow_nan=False)
    return [
        Sensor(
            sensor_id=str(number),
            trigger=1000 + (draw(st.integers(0, count)) if draw(st.booleans()) else 100 + number),
            echo=number,
            x=draw(place),
            y=draw(place),
            level=draw(st.sampled_from(["", "1"])),
        )
        for number in range(count)
    ]


@given(car_parks(), st.floats(1, 12))
def test_a_plan_is_never_wrong(sensors: list[Sensor], hearing_m: float) -> None:
    """It pings every sensor once, none beside one that hears it, in time; or it says why not."""
    try:
        plan = make_plan(sensors, hearing_m=hearing_m)
    except PlanError as error:
        refusal = error
    else:
        check_plan(sensors, plan, hearing_m)
        return
    assert refusal.problem in {PlanProblem.TOO_LONG, PlanProblem.SHARED_TRIGGER}
    if refusal.problem is PlanProblem.SHARED_TRIGGER:
        by_id = {sensor.sensor_id: sensor for sensor in sensors}
        a, b = (by_id[refusal.placeholders[bay]] for bay in ("bay_a", "bay_b"))
        assert a.trigger == b.trigger
        assert hears(a, b, hearing_m)


def check_plan(sensors: list[Sensor], plan: Plan, hearing_m: float) -> None:
    pinged = [sensor.sensor_id for slot in plan.slots for sensor in slot.sensors]
    assert sorted(pinged) == sorted(sensor.sensor_id for sensor in sensors)
    for slot in plan.slots:
        assert {sensor.trigger for sensor in slot.sensors} == set(slot.triggers)
        assert not any(hears(a, b, hearing_m) for a, b in combinations(slot.sensors, 2))
    triggers = [trigger for slot in plan.slots for trigger in slot.triggers]
    assert len(triggers) == len(set(triggers))
    assert plan.duration_s <= 0.45


@given(car_parks(), st.floats(1, 12))
def test_hearing_is_mutual(sensors: list[Sensor], hearing_m: float) -> None:
    for a, b in combinations(sensors, 2):
        assert hears(a, b, hearing_m) == hears(b, a, hearing_m)
        assert hears(a, b, hearing_m) == (
            a.level == b.level and hypot(a.x - b.x, a.y - b.y) < hearing_m
        )


def slots_of(plan: Plan) -> int:
    return len(plan.slots)


def test_bays_far_apart_are_pinged_together() -> None:
    assert slots_of(make_plan(row(10, spacing_m=5.0))) == 1


def test_a_row_needs_two_slots_and_two_rows_no_more() -> None:
    assert slots_of(make_plan(row(12, spacing_m=2.5))) == 2
    two_rows = row(12, spacing_m=2.5) + row(12, spacing_m=2.5, y=6.0, first=12)
    plan = make_plan(two_rows)
    assert slots_of(plan) == 2
    assert plan.duration_s == pytest.approx(0.07)


def test_rows_back_to_back_hear_across() -> None:
    """Each bay hears its neighbours beside, behind and across the corner: four at a corner."""
    block = row(6, spacing_m=2.5) + row(6, spacing_m=2.5, y=2.5, first=6)
    assert slots_of(make_plan(block)) == 4


def test_floors_do_not_hear_one_another() -> None:
    sensors = row(2, spacing_m=9.0) + row(2, spacing_m=9.0, level="P", first=2)
    assert slots_of(make_plan(sensors)) == 1


def test_a_slot_outlasts_the_slowest_echo_and_the_silence_that_sensors_need() -> None:
    assert slot_length_s(2.0) == pytest.approx(0.035)
    far_s = slot_length_s(6.0)
    assert far_s > 2 * 6.0 / speed_of_sound(COLDEST_C) + 0.005
    assert far_s < 0.05


def test_too_many_bays_within_earshot_are_refused_in_words() -> None:
    with pytest.raises(PlanError, match="13 bays need 13 slots of 35 ms") as caught:
        make_plan(row(13, spacing_m=0.1))
    assert caught.value.problem is PlanProblem.TOO_LONG
    assert caught.value.placeholders == {
        "bays": "13",
        "slots": "13",
        "slot_ms": "35",
        "total_ms": "455",
        "limit_ms": "450",
    }


def test_more_often_than_sensors_may_ping_is_refused() -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(row(1, spacing_m=1.0), period_s=0.05)
    assert caught.value.problem is PlanProblem.TOO_LONG


def test_one_trigger_for_neighbours_is_refused_with_their_names() -> None:
    sensors = [
        Sensor(sensor_id="A1", trigger=2, echo=4, x=0.0),
        Sensor(sensor_id="A2", trigger=2, echo=5, x=2.5),
    ]
    with pytest.raises(PlanError, match="A1 and A2 share trigger GPIO2") as caught:
        make_plan(sensors)
    assert caught.value.problem is PlanProblem.SHARED_TRIGGER
    assert caught.value.placeholders == {
        "bay_a": "A1",
        "bay_b": "A2",
        "trigger": "2",
        "distance": "2.5",
        "hearing": "4.0",
    }


@pytest.mark.parametrize("lines", [[(2, 4), (3, 4)], [(2, 4), (4, 5)], [(2, 2)]])
def test_a_line_used_twice_is_refused_with_its_number(lines: list[tuple[int, int]]) -> None:
    sensors = [
        Sensor(sensor_id=f"A{n}", trigger=trigger, echo=echo, x=9.0 * n)
        for n, (trigger, echo) in enumerate(lines)
    ]
    with pytest.raises(PlanError, match="is used twice") as caught:
        make_plan(sensors)
    assert caught.value.problem is PlanProblem.LINE_TWICE
    assert caught.value.placeholders["pin"] in {"2", "4"}


def test_a_lot_without_sensors_has_no_plan() -> None:
    with pytest.raises(PlanError) as caught:
        make_plan([])
    assert caught.value.problem is PlanProblem.NO_SENSORS
