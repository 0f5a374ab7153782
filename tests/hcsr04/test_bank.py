"""What a bank makes of the edges it is given."""

from collections.abc import Collection
from typing import override

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import distance_m, speed_of_sound
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Edge, Fault, Lines, Measurement, Sensor
from custom_components.smart_parking.hcsr04.schedule import make_plan

MS = 1_000_000
SENSOR = Sensor(sensor_id="A1", trigger=5, echo=6)


class ScriptedLines(Lines):
    """Lines on which a ping is followed by edges that the test chooses, in ms after it."""

    def __init__(self) -> None:
        self.ns = 10**9
        self.next: list[tuple[float, bool]] = []
        self.held: set[int] = set()
        self.lost = 0
        self.closed = False
        self._seqno = 0
        self._pending: list[Edge] = []

    @override
    def now_ns(self) -> int:
        return self.ns

    @override
    def pulse(self, triggers: Collection[int]) -> int:
        self._pending = [self._edge(*edge) for edge in self.next]
        return self.ns

    @override
    def collect(self, until_ns: int) -> list[Edge]:
        edges = [edge for edge in self._pending if edge.at_ns <= until_ns]
        self._pending = [edge for edge in self._pending if edge.at_ns > until_ns]
        self.ns = max(self.ns, until_ns)
        return edges

    @override
    def high(self) -> set[int]:
        return self.held

    @override
    def close(self) -> None:
        self.closed = True

    def _edge(self, after_ms: float, rising: bool) -> Edge:
        self._seqno += 1 + self.lost
        self.lost = 0
        return Edge(SENSOR.echo, rising, self.ns + round(after_ms * MS), self._seqno)


@pytest.fixture(name="lines")
def lines_fixture() -> ScriptedLines:
    return ScriptedLines()


@pytest.fixture(name="bank")
def bank_fixture(lines: ScriptedLines) -> Bank:
    return Bank(lines, make_plan([SENSOR]))


def ping(bank: Bank) -> Measurement:
    (measurement,) = bank.sweep().measurements
    return measurement


UP, DOWN = True, False


@pytest.mark.parametrize(
    ("edges", "fault"),
    [
        pytest.param([], Fault.NO_RESPONSE, id="silence"),
        pytest.param([(0.3, UP)], Fault.NO_TARGET, id="rises and stays"),
        pytest.param([(0.3, UP), (25.0, DOWN)], Fault.NO_TARGET, id="beyond the range"),
        pytest.param([(0.3, UP), (60.0, DOWN)], Fault.NO_TARGET, id="falls after the slot"),
        pytest.param([(0.3, DOWN)], Fault.GLITCH, id="only falls"),
        pytest.param([(0.3, UP), (0.35, DOWN)], Fault.GLITCH, id="too short"),
        pytest.param([(6.0, UP), (9.0, DOWN)], Fault.GLITCH, id="too late"),
        pytest.param([(-0.1, UP), (9.0, DOWN)], Fault.GLITCH, id="before the ping"),
        pytest.param([(0.3, UP), (9.0, UP)], Fault.GLITCH, id="rises twice"),
        pytest.param([(0.3, UP), (5.0, DOWN), (5.1, UP)], Fault.GLITCH, id="bounces"),
        pytest.param(
            [(0.3, UP), (5.0, DOWN), (9.0, UP), (9.5, DOWN)], Fault.GLITCH, id="two echoes"
        ),
    ],
)
def test_edges_that_are_no_distance_have_a_name(
    lines: ScriptedLines, bank: Bank, edges: list[tuple[float, bool]], fault: Fault
) -> None:
    lines.next = edges
    assert ping(bank)[2:] == (None, fault)


@pytest.mark.parametrize("rising", [True, False], ids=["named well", "named wrongly"])
def test_an_echo_is_a_distance_even_when_its_rise_is_named_wrongly(
    lines: ScriptedLines, bank: Bank, *, rising: bool
) -> None:
    lines.next = [(0.3, rising), (10.3, DOWN)]
    assert ping(bank).distance_m == pytest.approx(10e-3 * speed_of_sound(20.0) / 2)


def test_a_line_that_is_high_before_the_ping_is_stuck(lines: ScriptedLines, bank: Bank) -> None:
    lines.held = {SENSOR.echo}
    lines.next = [(0.3, UP), (10.3, DOWN)]
    assert ping(bank).fault is Fault.STUCK_HIGH


def test_edges_lost_on_the_way_are_a_glitch_once(lines: ScriptedLines, bank: Bank) -> None:
    lines.next = [(0.3, UP), (10.3, DOWN)]
    assert ping(bank).fault is None
    lines.lost = 7
    assert ping(bank).fault is Fault.GLITCH
    assert ping(bank).fault is None


def test_the_end_of_an_echo_after_its_slot_does_not_disturb_the_next(
    lines: ScriptedLines, bank: Bank
) -> None:
    lines.next = [(0.3, UP), (38.3, DOWN)]
    assert ping(bank).fault is Fault.NO_TARGET
    lines.next = [(0.3, UP), (10.3, DOWN)]
    assert ping(bank).fault is None


def test_a_bank_rests_before_it_pings_and_between_pings(lines: ScriptedLines) -> None:
    claimed_ns = lines.now_ns()
    bank = Bank(lines, make_plan([SENSOR]))
    first, second = ping(bank).at_ns, ping(bank).at_ns
    assert first - claimed_ns >= 60 * MS
    assert second - first >= 60 * MS
    lines.ns += 1000 * MS
    assert ping(bank).at_ns == lines.now_ns() - 35 * MS


def test_closing_a_bank_gives_its_lines_back(lines: ScriptedLines, bank: Bank) -> None:
    bank.close()
    assert lines.closed


@given(
    st.lists(st.tuples(st.floats(-5, 60), st.booleans()), max_size=5),
    st.integers(0, 2),
    st.floats(-40, 85),
)
def test_whatever_the_edges_there_is_either_a_fault_or_a_distance_within_range(
    edges: list[tuple[float, bool]], lost: int, temperature_c: float
) -> None:
    lines = ScriptedLines()
    bank = Bank(lines, make_plan([SENSOR]), temperature_c=temperature_c)
    lines.next = sorted(edges)
    lines.lost = lost
    one = ping(bank)
    assert (one.distance_m is None) == (one.fault is not None)
    if one.distance_m is not None:
        shortest_m = distance_m(100_000, speed_of_sound(temperature_c))
        assert shortest_m <= one.distance_m <= bank.plan.range_m
