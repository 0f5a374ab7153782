"""Sensors that break, and what the real bank calls it."""

import pytest

from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.errors import LineLostError
from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import Defect
from tests.hcsr04.simulator_rig import SENSORS, Rig

FLOOR = pytest.approx(2.5, abs=1e-6)
SEEN = [Defect.NO_RESPONSE, Defect.STUCK_HIGH, Defect.NO_TARGET, Defect.GLITCH]


def test_every_fault_that_a_bank_names_can_be_had() -> None:
    assert {fault.value for fault in Fault} <= {defect.value for defect in Defect}


@pytest.mark.parametrize("defect", SEEN)
def test_the_bank_names_a_fault_and_the_others_measure_on(defect: Defect) -> None:
    rig = Rig()
    rig.world.set_defect("A2", defect)
    for _ in range(3):
        assert rig.sweep() == {"A1": FLOOR, "A2": Fault(defect), "A3": FLOOR, "A4": FLOOR}


@pytest.mark.parametrize("defect", SEEN)
def test_a_mended_sensor_measures_again_at_once(defect: Defect) -> None:
    rig = Rig()
    rig.world.set_defect("A2", defect)
    rig.sweep()
    rig.world.set_defect("A2", None)
    assert rig.sweep()["A2"] == FLOOR


@pytest.mark.parametrize("defect", SEEN)
def test_faults_cost_a_sweep_no_time(defect: Defect) -> None:
    rig = Rig()
    healthy_s = rig.bank.sweep().duration_s
    for sensor in SENSORS:
        rig.world.set_defect(sensor.sensor_id, defect)
    assert rig.bank.sweep().duration_s == healthy_s


def test_a_line_that_sticks_in_the_middle_of_an_echo_stays_high_until_mended() -> None:
    rig = Rig()
    fired_ns = rig.lines.pulse([1])
    rig.clock.wait_until(fired_ns + 5_000_000)
    rig.world.set_defect("A1", Defect.STUCK_HIGH)
    rig.wait(10.0)
    assert rig.lines.high() == {11}
    rig.world.set_defect("A1", None)
    assert rig.lines.high() == set()
    assert [edge.rising for edge in rig.lines.collect(0)] == [True, False]


def test_an_echo_that_ended_before_the_line_stuck_is_still_told() -> None:
    rig = Rig()
    rig.lines.pulse([1])
    rig.wait(1.0)
    rig.world.set_defect("A1", Defect.STUCK_HIGH)
    assert [edge.rising for edge in rig.lines.collect(0)] == [True, False, True]


def test_a_lost_chip_takes_all_lines_until_they_are_claimed_anew() -> None:
    rig = Rig()
    rig.world.set_defect("A3", Defect.LINE_LOST)
    with pytest.raises(LineLostError):
        rig.bank.sweep()
    with pytest.raises(LineLostError):
        rig.claim()
    rig.world.set_defect("A3", None)
    with pytest.raises(LineLostError):
        rig.lines.high()
    rig.bank.close()
    anew = Bank(rig.claim(), make_plan(SENSORS))
    assert [m.distance_m for m in anew.sweep().measurements] == [FLOOR] * 4


def test_lines_claimed_while_one_is_stuck_find_it_high_without_an_edge() -> None:
    rig = Rig()
    rig.world.set_defect("A1", Defect.STUCK_HIGH)
    lines = rig.claim()
    rig.wait(1.0)
    assert lines.high() == {11}
    assert lines.collect(0) == []


def test_lines_given_back_cannot_be_used() -> None:
    rig = Rig()
    rig.bank.close()
    for use in (rig.lines.high, lambda: rig.lines.pulse([1]), lambda: rig.lines.collect(0)):
        with pytest.raises(LineLostError):
            use()
