"""What a bank on a GPIO chip says when something is wrong, and that it recovers."""

import pytest

from custom_components.smart_parking.hcsr04.errors import LineLostError
from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import Rig
from tests.kernel.wiring import bank_of, distances, during_next_sweep, far_apart, faults, wire


def test_a_dead_sensor_gives_no_response_until_it_is_mended(
    rig: Rig, factory: GpiodFactory
) -> None:
    sensors = far_apart((5, 6))
    rig.sensor(6, 5, width_ns=0)
    with bank_of(factory, sensors) as bank:
        assert faults(bank.sweep()) == {"B0": Fault.NO_RESPONSE}
        wire(rig, sensors, [1.2])
        assert distances(bank.sweep())["B0"] == pytest.approx(1.2, abs=0.001)


def test_an_echo_line_held_high_is_stuck_until_it_is_released(
    rig: Rig, factory: GpiodFactory
) -> None:
    sensors = far_apart((5, 6))
    wire(rig, sensors, [1.2])
    with bank_of(factory, sensors) as bank:
        rig.pull(6, up=True)
        assert faults(bank.sweep()) == {"B0": Fault.STUCK_HIGH}
        assert faults(bank.sweep()) == {"B0": Fault.STUCK_HIGH}
        rig.pull(6, up=False)
        assert distances(bank.sweep())["B0"] == pytest.approx(1.2, abs=0.001)


@pytest.mark.parametrize("width_ns", [28_000_000, 38_000_000, 200_000_000])
def test_an_echo_from_beyond_the_range_is_no_target(
    rig: Rig, factory: GpiodFactory, width_ns: int
) -> None:
    rig.sensor(6, 5, width_ns)
    with bank_of(factory, far_apart((5, 6))) as bank:
        assert faults(bank.sweep()) == {"B0": Fault.NO_TARGET}


@pytest.mark.parametrize(
    ("width_ns", "delay_ns"),
    [
        pytest.param(50_000, 300_000, id="too short"),
        pytest.param(5_000_000, 8_000_000, id="too late"),
    ],
)
def test_an_echo_that_no_sensor_gives_is_a_glitch(
    rig: Rig, factory: GpiodFactory, width_ns: int, delay_ns: int
) -> None:
    rig.sensor(6, 5, width_ns, delay_ns)
    with bank_of(factory, far_apart((5, 6))) as bank:
        assert faults(bank.sweep()) == {"B0": Fault.GLITCH}


@pytest.mark.parametrize("after_s", [0.005, 0.025], ids=["within the echo", "after the echo"])
def test_a_rattling_wire_is_a_glitch(rig: Rig, factory: GpiodFactory, after_s: float) -> None:
    sensors = far_apart((5, 6), (7, 8))
    wire(rig, sensors, [2.0, 2.0])

    def rattle() -> None:
        rig.pull(6, up=after_s > 0.02)
        rig.pull(6, up=after_s < 0.02)

    with bank_of(factory, sensors) as bank:
        assert faults(bank.sweep()) == {}
        during_next_sweep(rig, bank, after_s, rattle)
        sweep = bank.sweep()
        assert faults(sweep) == {"B0": Fault.GLITCH}
        assert distances(sweep)["B1"] == pytest.approx(2.0, abs=0.001)
        assert faults(bank.sweep()) == {}


def test_a_storm_of_edges_never_makes_a_wrong_distance(rig: Rig, factory: GpiodFactory) -> None:
    """More edges than the kernel keeps, while other echoes are in the air: their start is lost."""
    sensors = far_apart((5, 6), (7, 8), (9, 10))
    wire(rig, sensors, [2.0, 2.0, 3.0])

    def storm() -> None:
        for number in range(1500):
            rig.pull(6, up=bool(number % 2))

    with bank_of(factory, sensors) as bank:
        assert faults(bank.sweep()) == {}
        during_next_sweep(rig, bank, 0.005, storm)
        assert faults(bank.sweep()) == dict.fromkeys(["B0", "B1", "B2"], Fault.GLITCH)
        assert faults(bank.sweep()) == {}


def test_a_storm_of_edges_spares_echoes_that_are_over(rig: Rig, factory: GpiodFactory) -> None:
    sensors = far_apart((5, 6), (7, 8))
    wire(rig, sensors, [1.0, 2.0])

    def storm() -> None:
        for number in range(1500):
            rig.pull(6, up=bool(number % 2))

    with bank_of(factory, sensors) as bank:
        assert faults(bank.sweep()) == {}
        during_next_sweep(rig, bank, 0.025, storm)
        sweep = bank.sweep()
        assert faults(sweep) == {"B0": Fault.GLITCH}
        assert distances(sweep)["B1"] == pytest.approx(2.0, abs=0.001)


def test_a_chip_that_vanishes_may_return(rig: Rig, factory: GpiodFactory) -> None:
    sensors = far_apart((5, 6))
    wire(rig, sensors, [1.2])
    with bank_of(factory, sensors) as bank:
        bank.sweep()
        during_next_sweep(rig, bank, 0.010, rig.unplug)
        with pytest.raises(LineLostError):
            bank.sweep()
    with pytest.raises(LineLostError):
        factory.lines([5], [6])
    rig.plug()
    with bank_of(factory, sensors) as bank:
        assert distances(bank.sweep())["B0"] == pytest.approx(1.2, abs=0.001)


def test_a_chip_that_vanishes_is_noticed_while_waiting(rig: Rig, factory: GpiodFactory) -> None:
    lines = factory.lines([5], [6])
    started_ns = lines.now_ns()
    rig.later(0.012, rig.unplug)
    with pytest.raises(LineLostError):
        lines.collect(started_ns + 10**9)
    assert lines.now_ns() - started_ns < 15_000_000
    lines.close()
    rig.plug()


def test_every_use_of_lost_lines_says_so(rig: Rig, factory: GpiodFactory) -> None:
    lines = factory.lines([5], [6])
    rig.unplug()
    with pytest.raises(LineLostError):
        lines.pulse([5])
    with pytest.raises(LineLostError):
        lines.high()
    with pytest.raises(LineLostError):
        lines.collect(lines.now_ns())
    lines.close()
    lines.close()
    rig.plug()
