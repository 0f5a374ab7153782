"""Triggers that leak into the echo lines beside them."""

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Fault, Measurement
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import Defect
from tests.hcsr04.simulator_rig import SENSORS, Rig
from tests.hcsr04.test_bank import DOWN, SENSOR, UP, ScriptedLines

type Edges = list[tuple[float, bool]]

LEAK: Edges = [(0.02, UP), (0.04, DOWN)]


def ping(edges: Edges) -> Measurement:
    """Return what the bank makes of edges, in ms after the trigger."""
    lines = ScriptedLines()
    lines.next = edges
    (measurement,) = Bank(lines, make_plan([SENSOR])).sweep().measurements
    return measurement


def metres(echo_ms: float) -> float:
    """Return what an echo tells at 20 °C."""
    return echo_ms * 1e-3 * speed_of_sound(20.0) / 2


@pytest.mark.parametrize(
    "leak",
    [
        pytest.param(LEAK, id="one"),
        pytest.param([*LEAK, (0.1, UP), (0.25, DOWN)], id="two"),
        pytest.param([(0.15, UP), (0.3, DOWN)], id="at its latest and longest"),
        pytest.param([(0.02, DOWN), (0.04, DOWN)], id="rise named after it fell"),
        pytest.param([(0.02, UP), (0.04, UP)], id="fall named after the echo rose"),
    ],
)
def test_the_echo_after_a_leak_is_a_distance(leak: Edges) -> None:
    told = ping([*leak, (0.45, UP), (15.01, DOWN)])
    assert told.distance_m == pytest.approx(metres(14.56))
    assert told.distance_m == pytest.approx(2.5, abs=0.01)


@pytest.mark.parametrize(
    ("edges", "fault"),
    [
        pytest.param(LEAK, Fault.NO_RESPONSE, id="no echo"),
        pytest.param([(0.02, UP), (0.15, DOWN)], Fault.NO_RESPONSE, id="as long as 2 cm"),
        pytest.param([(0.02, UP), (0.04, UP)], Fault.GLITCH, id="cannot end by rising"),
        pytest.param([*LEAK, (0.45, UP)], Fault.NO_TARGET, id="nothing comes back"),
        pytest.param([*LEAK, (0.45, UP), (38.45, DOWN)], Fault.NO_TARGET, id="silence"),
        pytest.param([*LEAK, (0.45, UP), (0.5, DOWN)], Fault.GLITCH, id="echo too short"),
        pytest.param([*LEAK, (9.0, UP), (19.0, DOWN)], Fault.GLITCH, id="echo too late"),
        pytest.param(
            [*LEAK, (0.45, UP), (5.0, DOWN), (5.1, UP), (9.0, DOWN)], Fault.GLITCH, id="bounces"
        ),
        pytest.param(
            [(-0.1, UP), (-0.05, DOWN), (0.45, UP), (9.0, DOWN)], Fault.GLITCH, id="before the ping"
        ),
    ],
)
def test_a_leak_is_no_echo(edges: Edges, fault: Fault) -> None:
    assert ping(edges)[2:] == (None, fault)


def test_a_leak_with_lost_edges_is_a_glitch_once() -> None:
    lines = ScriptedLines()
    bank = Bank(lines, make_plan([SENSOR]))
    lines.next = [*LEAK, (0.45, UP), (15.01, DOWN)]
    told = []
    for lost in (0, 3, 0):
        lines.lost = lost
        told += [one.fault for one in bank.sweep().measurements]
    assert told == [None, Fault.GLITCH, None]


@given(st.floats(0.0, 0.15), st.floats(0.02, 0.15), st.floats(0.31, 5.0), st.floats(0.15, 23.0))
def test_a_leak_changes_nothing(leaks: float, lasts: float, rises: float, echo_ms: float) -> None:
    echo = [(rises, UP), (rises + echo_ms, DOWN)]
    assert ping([(leaks, UP), (leaks + lasts, DOWN), *echo])[2:] == ping(echo)[2:]


def test_simulated_sensors_with_a_leak_measure_as_well_as_others() -> None:
    rig = Rig()
    for sensor in SENSORS:
        rig.world.set_defect(sensor.sensor_id, Defect.TRIGGER_LEAK)
    for _ in range(50):
        assert list(rig.sweep().values()) == [pytest.approx(2.5, abs=1e-6)] * 4
