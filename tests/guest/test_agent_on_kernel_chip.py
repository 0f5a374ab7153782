"""The program for Pis elsewhere on the kernel's GPIO chip: an echo becomes a message.

Runs inside the guest of the GPIO lab, on virtual time; elsewhere there is no such chip.
"""

from collections.abc import Iterator
import os

import pytest

from custom_components.smart_parking.hcsr04.acoustics import echo_ns, speed_of_sound
from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.node import selftest
from custom_components.smart_parking.node.hardware import GpioHardware
from custom_components.smart_parking.node.messages import ConfigResult
from custom_components.smart_parking.node.topics import Said
from tests.kernel.rig import KernelRig
from tests.node.conftest import Running, config_of

pytestmark = pytest.mark.skipif(
    "GPIO_SYSFS" not in os.environ, reason="runs in the guest of the GPIO lab, on the kernel's chip"
)

BAYS = 8
EMPTY_M = 2.5
ROOF_M = 1.0
SPEED_M_S = speed_of_sound(20.0)
PINS = [(4 + 2 * number, 5 + 2 * number) for number in range(BAYS)]


@pytest.fixture(name="rig")
def rig_fixture() -> Iterator[KernelRig]:
    """Give the kernel's chip with a sensor over each of some empty bays."""
    rig = KernelRig()
    for number in range(BAYS):
        hang(rig, number, EMPTY_M)
    yield rig
    rig.close()


def hang(rig: KernelRig, number: int, distance_m: float) -> None:
    """Place something under a bay's sensor."""
    trigger, echo = PINS[number]
    rig.sensor(echo, trigger, echo_ns(distance_m, SPEED_M_S))


@pytest.fixture(name="node")
def node_fixture(rig: KernelRig) -> Iterator[Running]:
    """Give the program at work, with all bays free."""
    node = Running(GpioHardware(), None)
    node.tell(config_of(*PINS))
    node.heard.until(
        lambda: all(node.heard.occupied(f"a{number}") is False for number in range(1, BAYS + 1))
    )
    yield node
    node.end()


def test_an_echo_becomes_a_message(rig: KernelRig, node: Running) -> None:
    hang(rig, 2, ROOF_M)
    node.heard.until(lambda: node.heard.occupied("a3") is True)
    hang(rig, 2, EMPTY_M)
    node.heard.until(lambda: node.heard.occupied("a3") is False)
    assert node.heard.occupied("a4") is False


def test_a_chip_that_vanishes_and_returns(rig: KernelRig, node: Running) -> None:
    rig.unplug()
    node.heard.until(lambda: node.heard.state().problem is not None)
    assert {one.fault for one in node.heard.state().bays} == {Fault.LINE_LOST}
    rig.plug()
    node.heard.until(lambda: node.heard.occupied("a1") is False)


def test_a_line_that_others_have_is_refused_in_words(rig: KernelRig, node: Running) -> None:
    with rig.occupy(20, "lirc"):
        node.tell(config_of(*PINS[:-1], (19, 20)))
        node.heard.until(
            lambda: ConfigResult.parse(node.heard.of(Said.CONFIG_RESULT)[-1]).refusal is not None
        )
    refusal = ConfigResult.parse(node.heard.of(Said.CONFIG_RESULT)[-1]).refusal
    assert refusal is not None
    assert (refusal.error, dict(refusal.placeholders)) == (
        "pin_busy",
        {"line": "20", "consumer": "lirc"},
    )


def test_the_selftest_finds_what_is_wired(rig: KernelRig) -> None:
    rig.sensor(PINS[1][1], PINS[1][0], 0)
    sensors = [
        Sensor(sensor_id=f"A{number}", trigger=trigger, echo=echo, x=10.0 * number)
        for number, (trigger, echo) in enumerate(PINS[:3], 1)
    ]
    lines = GpioHardware().lines(sensors, None)
    try:
        report = selftest.run(lines, sensors, pings=20, pair_pings=5)
    finally:
        lines.close()
    first, dead, last = report.sensors
    for one in (first, last):
        assert one.distance_m == pytest.approx(EMPTY_M, abs=0.02)
        assert one.jitter_us is not None
    assert dead.faults == {"no_response": 20}
