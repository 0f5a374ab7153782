"""A bank of sensors on a GPIO chip: what it measures, how long it takes."""

from itertools import pairwise

import pytest

from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import Rig
from tests.kernel.wiring import NO_TARGET_NS, bank_of, distances, far_apart, faults, two_rows, wire


@pytest.mark.parametrize("temperature_c", [-25.0, 0.0, 20.0, 45.0])
def test_24_bays_are_measured_to_a_millimetre(
    rig: Rig, factory: GpiodFactory, temperature_c: float
) -> None:
    sensors = two_rows()
    truth = [0.05 + 0.15 * number for number in range(24)]
    wire(rig, sensors, truth, temperature_c)
    with bank_of(factory, sensors, temperature_c) as bank:
        assert len(bank.plan.slots) == 2
        for _ in range(3):
            sweep = bank.sweep()
            assert faults(sweep) == {}
            for sensor, distance_m in zip(sensors, truth, strict=True):
                assert distances(sweep)[sensor.sensor_id] == pytest.approx(distance_m, abs=0.001)


def test_a_new_temperature_counts_from_the_next_sweep(rig: Rig, factory: GpiodFactory) -> None:
    sensors = far_apart((17, 27))
    wire(rig, sensors, [2.5], temperature_c=-10.0)
    with bank_of(factory, sensors, temperature_c=30.0) as bank:
        assert distances(bank.sweep())["B0"] == pytest.approx(2.69, abs=0.01)
        bank.temperature_c = -10.0
        assert distances(bank.sweep())["B0"] == pytest.approx(2.5, abs=0.001)


def test_sensors_that_cannot_hear_one_another_fire_together(
    rig: Rig, factory: GpiodFactory
) -> None:
    sensors = far_apart((5, 6), (7, 8), (9, 10))
    wire(rig, sensors, [0.5, 1.5, 3.5])
    with bank_of(factory, sensors) as bank:
        sweep = bank.sweep()
        assert len(bank.plan.slots) == 1
        assert distances(sweep) == pytest.approx({"B0": 0.5, "B1": 1.5, "B2": 3.5}, abs=0.001)
        assert len({one.at_ns for one in sweep.measurements}) == 1
        assert all(rig.pulse_ns(sensor.trigger) >= 10_000 for sensor in sensors)


def test_dead_absent_and_stuck_sensors_do_not_slow_the_others(
    rig: Rig, factory: GpiodFactory
) -> None:
    sensors = two_rows()
    wire(rig, sensors, [2.0] * 24)
    with bank_of(factory, sensors) as bank:
        healthy_s = bank.sweep().duration_s
        for sensor in sensors[0:6]:
            rig.sensor(sensor.echo, sensor.trigger, width_ns=0)
        for sensor in sensors[6:12]:
            rig.sensor(sensor.echo, sensor.trigger, NO_TARGET_NS)
        for sensor in sensors[12:18]:
            rig.pull(sensor.echo, up=True)
        for _ in range(3):
            sweep = bank.sweep()
            found = faults(sweep)
            assert [found.get(sensor.sensor_id) for sensor in sensors] == (
                [Fault.NO_RESPONSE] * 6
                + [Fault.NO_TARGET] * 6
                + [Fault.STUCK_HIGH] * 6
                + [None] * 6
            )
            assert list(distances(sweep).values()) == pytest.approx([2.0] * 6, abs=0.001)
            # Time is virtual here, on the kernel's chip as on the fake one.
            assert sweep.duration_s == pytest.approx(healthy_s, abs=1e-4)
            assert sweep.duration_s == pytest.approx(bank.plan.duration_s, abs=5e-4)


def test_sweeps_in_a_row_leave_every_sensor_its_rest(rig: Rig, factory: GpiodFactory) -> None:
    sensors = far_apart((5, 6))
    rig.sensor(6, 5, NO_TARGET_NS)
    with bank_of(factory, sensors) as bank:
        pings = [bank.sweep() for _ in range(5)]
    starts = [sweep.measurements[0].at_ns for sweep in pings]
    assert [faults(sweep) for sweep in pings] == [{"B0": Fault.NO_TARGET}] * 5
    assert all(b - a >= 60_000_000 for a, b in pairwise(starts))
    assert rig.fired(6) == 5
