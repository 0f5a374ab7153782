"""The bank against gpiozero's own DistanceSensor, on a kernel's GPIO chip and virtual time.

Both use this project's pin factory, in the same run: what differs is who pings when.
"""

from collections import defaultdict
from collections.abc import Callable
from statistics import mean
import sys
from time import monotonic, sleep
from typing import ClassVar, NamedTuple, override
import warnings

from gpiozero import DistanceSensor, DistanceSensorNoEcho, PWMSoftwareFallback

from custom_components.smart_parking.hcsr04.acoustics import echo_ns, speed_of_sound
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from custom_components.smart_parking.hcsr04.schedule import make_plan
from tests.kernel.rig import KernelRig

TEMPERATURE_C = 20.0
SPEED_M_S = speed_of_sound(TEMPERATURE_C)
RANGE_M = 4.0
SWEEPS = 20
STOCK_ROUNDS_S = 15.0
# What an HC-SR04 answers when nothing comes back.
ABSENT_NS = 38_000_000
DEAD_NS = 0
# The header has 26 usable lines: 13 pairs, or two triggers for 24 echoes.
PAIRS_MAX = 13
LINES = range(2, 28)


class Result(NamedTuple):
    """How long every bay waits for its next measurement, and the worst error."""

    period_ms: float
    error_mm: float | None


def truth_m(number: int) -> float:
    """Return how far below its sensor the roof of a car is."""
    return 0.8 + 0.06 * number


def car_ns(number: int) -> int:
    """Return the echo of a car."""
    return echo_ns(truth_m(number), SPEED_M_S)


SCENES: dict[str, Callable[[int], int]] = {
    "cars": car_ns,
    "absent cars": lambda _: ABSENT_NS,
    "dead sensors": lambda _: DEAD_NS,
    "a third of each": lambda number: (car_ns(number), ABSENT_NS, DEAD_NS)[number % 3],
}


def car_park(bays: int) -> list[Sensor]:
    """Place bays 2.5 m apart, in rows of at most 12 with 6 m between."""
    pairs = bays <= PAIRS_MAX
    first_echo = LINES[bays] if pairs else LINES[2]
    return [
        Sensor(
            sensor_id=str(number),
            trigger=LINES[number if pairs else number % 2],
            echo=first_echo + number,
            x=2.5 * (number % 12),
            y=6.0 * (number // 12),
        )
        for number in range(bays)
    ]


def run_bank(factory: GpiodFactory, sensors: list[Sensor]) -> Result:
    """Sweep without a pause."""
    lines = factory.lines({one.trigger for one in sensors}, [one.echo for one in sensors])
    bank = Bank(lines, make_plan(sensors), temperature_c=TEMPERATURE_C)
    sweeps = [bank.sweep() for _ in range(SWEEPS)]
    bank.close()
    errors = [
        abs(one.distance_m - truth_m(int(one.sensor_id)))
        for sweep in sweeps
        for one in sweep.measurements
        if one.distance_m is not None
    ]
    span_ns = sweeps[-1].started_ns - sweeps[0].started_ns
    return Result(span_ns / (SWEEPS - 1) / 1e6, max(errors) * 1e3 if errors else None)


class Watched(DistanceSensor):
    """A stock sensor whose readings are noted by its echo line."""

    readings: ClassVar[dict[int, list[tuple[float, float | None]]]] = defaultdict(list)
    running: ClassVar = True

    @override
    def _read(self) -> float | None:
        if not Watched.running:
            return None
        value = super()._read()
        self.readings[int(self.pin.info.name.removeprefix("GPIO"))].append((monotonic(), value))
        return value


def run_stock(factory: GpiodFactory, sensors: list[Sensor]) -> Result:
    """Run gpiozero's threads as fast as they do."""
    Watched.running = True
    stock = [
        Watched(one.echo, one.trigger, max_distance=RANGE_M, partial=True, pin_factory=factory)
        for one in sensors
    ]
    for one in stock:
        one.speed_of_sound = SPEED_M_S
    Watched.readings.clear()
    sleep(STOCK_ROUNDS_S)
    # gpiozero closes the trigger before it stops the thread that may be using it.
    Watched.running = False
    sleep(2)
    for one in stock:
        one.close()
    periods = []
    errors = []
    for number, sensor in enumerate(sensors):
        times, values = zip(*Watched.readings[sensor.echo], strict=True)
        periods.append((times[-1] - times[0]) / (len(times) - 1))
        errors += [abs(v * RANGE_M - truth_m(number)) for v in values if v is not None and v < 1.0]
    return Result(mean(periods) * 1e3, max(errors) * 1e3 if errors else None)


def texts(result: Result) -> str:
    """Return a result as two cells of the table."""
    error = "-" if result.error_mm is None else f"{result.error_mm:.2f}"
    return f"{result.period_ms:.0f} | {error}"


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore", DistanceSensorNoEcho)
    warnings.simplefilter("ignore", PWMSoftwareFallback)
    rig = KernelRig()
    print("| bays | what the sensors see | bank: period ms | error mm ", end="")
    print("| DistanceSensor: period ms | error mm | ratio |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for bays in (4, 8, 13, 24):
        sensors = car_park(bays)
        for scene, width_ns in SCENES.items():
            for number, sensor in enumerate(sensors):
                rig.sensor(sensor.echo, sensor.trigger, width_ns(number))
            with GpiodFactory() as factory:
                bank = run_bank(factory, sensors)
                stock = run_stock(factory, sensors) if bays <= PAIRS_MAX else None
            other, ratio = "needs 48 lines | -", "-"
            if stock is not None:
                other, ratio = texts(stock), f"{stock.period_ms / bank.period_ms:.1f}x"
            print(f"| {bays} | {scene} | {texts(bank)} | {other} | {ratio} |")
            sys.stdout.flush()
    rig.close()


if __name__ == "__main__":
    main()
