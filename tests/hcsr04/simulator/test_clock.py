"""Time in the simulator: real, and as fast as it can be computed."""

from threading import Event, Thread
from time import monotonic_ns

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.errors import LineLostError
from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.simulator import (
    Mount,
    RealClock,
    SimulatedLines,
    VirtualClock,
    World,
)

HOUR_NS = 3_600_000_000_000


@given(st.lists(st.integers(-HOUR_NS, HOUR_NS)))
def test_virtual_time_never_goes_back(waits_ns: list[int]) -> None:
    clock = VirtualClock(1_000)
    for at_ns in waits_ns:
        clock.wait_until(at_ns)
    assert clock.now_ns() == max([1_000, *waits_ns])


def test_virtual_time_stands_still_for_who_was_interrupted() -> None:
    clock = VirtualClock()
    interrupt = Event()
    interrupt.set()
    clock.wait_until(HOUR_NS, interrupt)
    assert clock.now_ns() == 0


def test_the_real_clock_sleeps_until_the_moment_asked_for() -> None:
    clock = RealClock()
    wanted_ns = clock.now_ns() + 5_000_000
    clock.wait_until(wanted_ns)
    assert monotonic_ns() >= wanted_ns
    clock.wait_until(wanted_ns - HOUR_NS)  # long past: no wait at all


def test_closing_the_lines_wakes_who_waits_for_an_hour() -> None:
    world = World(RealClock(), [Mount(sensor_id="A1")])
    lines = SimulatedLines([Sensor(sensor_id="A1", trigger=1, echo=2)], world)
    woken: list[LineLostError] = []

    def wait() -> None:
        with pytest.raises(LineLostError) as caught:
            lines.collect(lines.now_ns() + HOUR_NS)
        woken.append(caught.value)

    waiting = Thread(target=wait)
    waiting.start()
    lines.close()
    waiting.join(30.0)
    assert len(woken) == 1
    lines.close()  # closing again does nothing
