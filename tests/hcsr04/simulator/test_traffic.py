"""Who comes and goes: events that follow the occupancy of a car park."""

from bisect import bisect
from collections import Counter
from itertools import islice, takewhile
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.simulator import (
    Event,
    Move,
    Row,
    demo_rows,
    follow_curve,
    nearest_first,
    read_rows,
)

BAYS = [f"A{number}" for number in range(24)]
HOUR_S = 3_600.0
BIRMINGHAM = Path(__file__).parents[4] / "shared" / "data" / "birmingham.csv"

CURVES = st.lists(
    st.tuples(st.floats(60.0, 4 * HOUR_S), st.floats(-20.0, 620.0)), min_size=1, max_size=12
)


def rows_of(curve: list[tuple[float, float]]) -> list[Row]:
    """Return rows of a car park of 600 bays from steps and counts, overfull or below 0 as found."""
    rows, at_s = [], 0.0
    for step_s, occupied in curve:
        at_s += step_s
        rows.append(Row(at_s, occupied, 600.0))
    return rows


def taken_after(events: list[Event], at_s: float) -> int:
    """Return how many bays are taken at a time."""
    until = events[: bisect([event.at_s for event in events], at_s)]
    return sum(1 if event.move is Move.ARRIVES else -1 for event in until)


@given(CURVES, st.integers(1, 60), st.floats(60.0, 8 * HOUR_S), st.integers())
def test_counts_follow_the_curve_at_every_row(
    curve: list[tuple[float, float]], bays: int, mean_stay_s: float, seed: int
) -> None:
    rows = rows_of(curve)
    names = [f"A{number}" for number in range(bays)]
    events = list(follow_curve(rows, names, mean_stay_s=mean_stay_s, seed=seed))
    for row in rows:
        assert taken_after(events, row.at_s) == round(row.share * bays)


@given(CURVES, st.floats(60.0, 8 * HOUR_S), st.integers())
def test_time_goes_on_and_every_bay_is_entered_and_left_in_turn(
    curve: list[tuple[float, float]], mean_stay_s: float, seed: int
) -> None:
    taken: set[str] = set()
    last_s = -1e9
    for event in follow_curve(rows_of(curve), BAYS, mean_stay_s=mean_stay_s, seed=seed):
        assert event.at_s >= last_s
        last_s = event.at_s
        assert (event.sensor_id in taken) is (event.move is Move.LEAVES)
        taken ^= {event.sensor_id}


def test_who_is_there_from_the_start_stands_before_the_first_row() -> None:
    events = list(follow_curve([Row(0.0, 50.0, 100.0)], BAYS))
    assert [event.move for event in events] == [Move.ARRIVES] * 12
    assert max(event.at_s for event in events) <= -60.0


def test_no_rows_make_no_traffic() -> None:
    assert list(follow_curve([], BAYS)) == []


def test_the_same_seed_makes_the_same_day() -> None:
    rows = [Row(hour * HOUR_S, hour * 10.0, 100.0) for hour in range(10)]
    one, same, other = (list(follow_curve(rows, BAYS, seed=seed)) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("mean_stay_s", [1_200.0, 7_200.0])
def test_vehicles_stay_as_long_as_asked_for_on_average(mean_stay_s: float) -> None:
    rows = [Row(hour * HOUR_S, 50.0, 100.0) for hour in range(201)]
    events = follow_curve(rows, BAYS, mean_stay_s=mean_stay_s)
    arrivals = sum(event.move is Move.ARRIVES for event in events if event.at_s >= 0.0)
    # Little's law: the number there is the rate of arrivals times the mean stay.
    assert 12.0 / (arrivals / (200 * HOUR_S)) == pytest.approx(mean_stay_s, rel=0.15)


def test_drivers_prefer_bays_near_the_entrance() -> None:
    rows = [Row(hour * HOUR_S, 30.0, 100.0) for hour in range(101)]
    visits = Counter(
        event.sensor_id for event in follow_curve(rows, BAYS) if event.move is Move.ARRIVES
    )
    thirds = [sum(visits[bay] for bay in BAYS[start : start + 8]) for start in (0, 8, 16)]
    assert thirds == sorted(thirds, reverse=True)
    assert thirds[0] > 1.5 * thirds[2]
    assert set(visits) == set(BAYS)


def test_bays_are_told_in_order_of_their_way_from_the_entrance() -> None:
    sensors = [Sensor(sensor_id=f"A{x}", trigger=x, echo=10 + x, x=2.5 * x) for x in range(4)]
    assert nearest_first(sensors, (8.0, 1.0)) == ["A3", "A2", "A1", "A0"]


def test_the_demo_day_goes_on_for_ever_and_every_day_is_alike() -> None:
    day = list(islice(demo_rows(peak=0.8), 288))
    week_later = list(islice(demo_rows(peak=0.8), 7 * 288, 8 * 288))
    assert [row.share for row in week_later] == pytest.approx([row.share for row in day])
    assert max(row.share for row in day) == pytest.approx(0.8)
    assert max(day, key=lambda row: row.share).at_s == 13 * HOUR_S
    assert min(day, key=lambda row: row.share).at_s == 5 * HOUR_S


def test_a_demo_may_begin_at_any_hour() -> None:
    noon = next(demo_rows(peak=1.0, starts_at_h=12.0))
    assert (noon.at_s, noon.share) == (0.0, 0.97)


def test_a_demo_brings_traffic_only_as_it_is_asked_for() -> None:
    events = follow_curve(demo_rows(peak=0.9), BAYS, mean_stay_s=1_200.0)
    day = list(takewhile(lambda event: event.at_s < 24 * HOUR_S, events))
    assert taken_after(day, 13 * HOUR_S) == round(0.9 * len(BAYS))
    assert next(events).at_s > 24 * HOUR_S


CSV = """SystemCodeNumber,Capacity,Occupancy,LastUpdated
NORTH,100,20,2016-10-04 08:00:00
SOUTH,50,1,2016-10-04 08:00:00
NORTH,100,45,2016-10-04 08:30:00
NORTH,100,45,2016-10-04 08:30:00
NORTH,100,120,2016-10-05 08:00:00
"""


def test_a_car_parks_rows_are_read_from_open_data() -> None:
    rows = list(read_rows(CSV.splitlines(), "NORTH"))
    assert rows == [(0.0, 20.0, 100.0), (1_800.0, 45.0, 100.0), (86_400.0, 120.0, 100.0)]
    assert [row.share for row in rows] == [0.2, 0.45, 1.0]


@pytest.mark.skipif(
    not BIRMINGHAM.exists(), reason="the open data of Birmingham is not beside the checkout"
)
def test_a_week_of_a_real_car_park_can_be_followed() -> None:
    with BIRMINGHAM.open(encoding="utf-8") as lines:
        rows = [row for row in read_rows(lines, "BHMBCCMKT01") if row.at_s < 7 * 24 * HOUR_S]
    events = list(follow_curve(rows, BAYS))
    assert len(rows) > 100
    for row in rows:
        assert taken_after(events, row.at_s) == round(row.share * len(BAYS))
