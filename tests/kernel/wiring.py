"""Car parks for the tests of a bank: sensors, their echoes, and what a sweep said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from custom_components.smart_parking.hcsr04.acoustics import echo_ns, speed_of_sound
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Fault, Sensor, Sweep
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from custom_components.smart_parking.hcsr04.schedule import REPEAT_MIN_S, make_plan
from tests.kernel.rig import Rig

NO_TARGET_NS = 38_000_000
# 24 echoes and 2 triggers are all the header has: GPIO 2 and 3 cannot be echoes.
TRIGGERS = (2, 3)
ECHOES = range(4, 28)


def two_rows() -> list[Sensor]:
    """Place 24 bays, 2.5 m apart in two rows with a lane of 6 m between; neighbours alternate."""
    return [
        Sensor(
            sensor_id=f"A{number + 1:02}",
            trigger=TRIGGERS[number % 2],
            echo=echo,
            x=2.5 * (number % 12),
            y=6.0 * (number // 12),
        )
        for number, echo in enumerate(ECHOES)
    ]


def far_apart(*pairs: tuple[int, int]) -> list[Sensor]:
    """Place sensors with trigger and echo lines of their own that never hear one another."""
    return [
        Sensor(sensor_id=f"B{number}", trigger=trigger, echo=echo, x=10.0 * number)
        for number, (trigger, echo) in enumerate(pairs)
    ]


def wire(
    rig: Rig, sensors: list[Sensor], distances_m: list[float], temperature_c: float = 20.0
) -> None:
    """Make sensors see targets at distances, in air of a temperature."""
    speed_m_s = speed_of_sound(temperature_c)
    for sensor, distance_m in zip(sensors, distances_m, strict=True):
        rig.sensor(sensor.echo, sensor.trigger, echo_ns(distance_m, speed_m_s))


@contextmanager
def bank_of(
    factory: GpiodFactory, sensors: list[Sensor], temperature_c: float = 20.0
) -> Iterator[Bank]:
    """Claim the lines of sensors."""
    lines = factory.lines({one.trigger for one in sensors}, [one.echo for one in sensors])
    bank = Bank(lines, make_plan(sensors), temperature_c=temperature_c)
    try:
        yield bank
    finally:
        bank.close()


def during_next_sweep(rig: Rig, bank: Bank, after_s: float, action: Callable[[], None]) -> None:
    """Make something happen some time after the first ping of the sweep after this one."""
    rig.later(REPEAT_MIN_S - bank.plan.duration_s + after_s, action)


def faults(sweep: Sweep) -> dict[str, Fault]:
    """Return the faults of a sweep by sensor."""
    return {one.sensor_id: one.fault for one in sweep.measurements if one.fault is not None}


def distances(sweep: Sweep) -> dict[str, float]:
    """Return the distances of a sweep by sensor."""
    return {
        one.sensor_id: one.distance_m for one in sweep.measurements if one.distance_m is not None
    }
