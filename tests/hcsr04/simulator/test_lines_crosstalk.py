"""Sensors that hear one another's pings."""

from dataclasses import replace
from math import hypot

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import distance_m, speed_of_sound
from custom_components.smart_parking.hcsr04.model import Edge
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import Defect, VehicleKind
from tests.hcsr04.simulator_rig import SENSORS, Rig, listen

MS = 1_000_000


def told_m(edges: list[Edge]) -> float:
    """Return the distance that the edges of one echo line tell at 20 °C."""
    rise, fall = edges
    return distance_m(fall.at_ns - rise.at_ns, speed_of_sound(20.0))


def parked(rig: Rig, sensor_id: str) -> float:
    """Park a van, wait until it stands, and return how far its roof is."""
    rig.world.park(sensor_id, VehicleKind.VAN)
    rig.wait(60.0)
    return rig.world.distance_m(sensor_id)


def test_a_neighbour_that_fires_too_makes_an_empty_bay_look_taken() -> None:
    rig = Rig()
    roof_m = parked(rig, "A2")
    _, heard = listen(rig.lines, 1, 2)
    over_the_roof_m = hypot(2.5, 2 * roof_m) / 2
    assert told_m(heard[11]) == pytest.approx(over_the_roof_m, abs=0.01)
    assert told_m(heard[12]) == pytest.approx(roof_m, abs=1e-6)


def test_the_plan_keeps_neighbours_from_disturbing_one_another() -> None:
    rig = Rig()
    roof_m = parked(rig, "A2")
    floor = pytest.approx(2.5, abs=1e-6)
    for _ in range(20):
        assert rig.sweep() == {
            "A1": floor,
            "A2": pytest.approx(roof_m, abs=1e-6),
            "A3": floor,
            "A4": floor,
        }
    assert len(make_plan(SENSORS).slots) == 2


@given(st.floats(0.1, 6.0), st.integers(-60, 60))
def test_who_listens_hears_exactly_what_arrives_before_its_own_echo(
    apart_m: float, later_ms: int
) -> None:
    near, far = SENSORS[0], replace(SENSORS[1], x=SENSORS[0].x + apart_m)
    rig = Rig(sensors=[near, far])
    first, second = ([1], [2]) if later_ms >= 0 else ([2], [1])
    start_ns = rig.lines.pulse(first)
    edges = rig.lines.collect(start_ns + abs(later_ms) * MS)
    rig.lines.pulse(second)
    edges += rig.lines.collect(start_ns + 200 * MS)
    rise, fall = (edge for edge in edges if edge.line == 11)
    other_rise = next(edge.at_ns for edge in edges if edge.line == 12)
    speed = speed_of_sound(20.0)
    own_ns = rise.at_ns + 2 * 2.5 / speed * 1e9
    path_s = hypot(apart_m, 5.0) / speed
    cross_ns = other_rise + path_s * 1e9
    # What arrives in the very moment of the ping meets a ringing sensor.
    assume(not rise.at_ns < cross_ns < rise.at_ns + 0.2 * MS)
    reaches = apart_m < 4.0 and rise.at_ns < cross_ns < own_ns
    assert fall.at_ns == pytest.approx(cross_ns if reaches else own_ns, abs=2)


def test_a_sensor_that_hears_nothing_of_its_own_hears_a_neighbour_much_later() -> None:
    rig = Rig(height_m=4.6)  # the floor is out of reach
    rig.lines.pulse([1])
    edges = rig.lines.collect(rig.lines.now_ns() + 5 * MS)
    rig.lines.pulse([2])
    edges += rig.lines.collect(rig.lines.now_ns() + 60 * MS)
    speed = speed_of_sound(20.0)
    told = told_m([edge for edge in edges if edge.line == 11])
    assert told == pytest.approx((0.005 * speed + hypot(2.5, 9.2)) / 2, abs=0.01)


def test_a_ping_is_still_in_the_air_when_its_own_echo_is_long_over() -> None:
    rig = Rig()
    roof_m = parked(rig, "A2")
    path_ms = hypot(2.5, 2 * roof_m) / speed_of_sound(20.0) * 1e3
    rig.lines.pulse([2])
    rig.lines.collect(rig.lines.now_ns() + 5 * MS)
    assert rig.lines.high() == set()
    _, heard = listen(rig.lines, 1)
    rise, fall = heard[11]
    assert (fall.at_ns - rise.at_ns) / MS == pytest.approx(path_ms - 5, abs=0.1)


def test_another_level_is_never_heard() -> None:
    below, above = SENSORS[0], replace(SENSORS[1], level="roof")
    rig = Rig(sensors=[below, above])
    parked(rig, "A2")
    _, heard = listen(rig.lines, 1, 2)
    assert told_m(heard[11]) == pytest.approx(2.5, abs=1e-6)


@pytest.mark.parametrize(
    ("defect", "told"),
    [(Defect.STUCK_HIGH, None), (Defect.NO_RESPONSE, None), (Defect.NO_TARGET, 38.0)],
)
def test_broken_sensors_hear_no_neighbour_either(defect: Defect, told: float | None) -> None:
    rig = Rig()
    parked(rig, "A2")
    rig.world.set_defect("A1", defect)
    rig.lines.collect(0)
    fired_ns, heard = listen(rig.lines, 1, 2)
    heard[11] = heard.get(11, [])
    if told is None:
        assert heard[11] == []
    else:
        assert (heard[11][1].at_ns - heard[11][0].at_ns) / MS == told
    assert fired_ns < heard[12][0].at_ns
