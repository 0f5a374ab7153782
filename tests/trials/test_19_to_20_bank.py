"""A trigger that leaks into the echo line."""

import pytest

from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.schedule import make_plan
from tests.hcsr04.test_bank import DOWN, SENSOR, UP, ScriptedLines, ping


def test_19_a_leak_before_the_echo_is_passed_over() -> None:
    lines = ScriptedLines()
    bank = Bank(lines, make_plan([SENSOR]))
    lines.next = [(0.02, UP), (0.04, DOWN), (0.45, UP), (15.01, DOWN)]
    measured = ping(bank)
    assert measured.fault is None
    assert measured.distance_m == pytest.approx(2.5, abs=0.005)


def test_20_a_leak_alone_is_no_distance() -> None:
    lines = ScriptedLines()
    bank = Bank(lines, make_plan([SENSOR]))
    lines.next = [(0.02, UP), (0.15, DOWN)]
    assert ping(bank)[2:] == (None, Fault.NO_RESPONSE)
