"""Four simulated bays in a row and the bank that measures them, for tests."""

from collections.abc import Sequence

from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Edge, Fault, Sensor
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import (
    Event,
    Mount,
    Quality,
    SimulatedLines,
    VirtualClock,
    World,
)

SENSORS = [
    Sensor(sensor_id=f"A{bay}", trigger=bay, echo=10 + bay, x=2.5 * bay) for bay in range(1, 5)
]
PERFECT = Quality(noise_m=0.0)
SECOND_NS = 1_000_000_000


class Rig:
    """Four bays in a row and the bank that measures them."""

    def __init__(
        self,
        *,
        height_m: float = 2.5,
        air_c: float = 20.0,
        told_c: float | None = None,
        quality: Quality = PERFECT,
        seed: int = 0,
        sensors: Sequence[Sensor] = SENSORS,
        traffic: Sequence[Event] = (),
        walkers_per_h: float = 0.0,
        drift_m_per_day: float = 0.0,
        farther_m: float | None = None,
        silence_s: float = 0.038,
    ) -> None:
        self.sensors = sensors
        self.clock = VirtualClock(7)
        self.world = World(
            self.clock,
            [
                Mount(
                    sensor_id=sensor.sensor_id,
                    height_m=height_m,
                    drift_m_per_day=drift_m_per_day,
                    farther_m=farther_m,
                    silence_s=silence_s,
                )
                for sensor in sensors
            ],
            air=air_c,
            seed=seed,
            traffic=traffic,
            walkers_per_h=walkers_per_h,
        )
        self.quality = quality
        self.seed = seed
        self.lines = self.claim()
        self.bank = Bank(
            self.lines, make_plan(sensors), temperature_c=air_c if told_c is None else told_c
        )

    def claim(self) -> SimulatedLines:
        return SimulatedLines(self.sensors, self.world, quality=self.quality, seed=self.seed)

    def wait(self, seconds: float) -> None:
        self.clock.wait_until(self.clock.now_ns() + round(seconds * SECOND_NS))

    def sweep(self) -> dict[str, float | Fault | None]:
        """Return what half a second says of each sensor."""
        self.wait(0.3)
        return {m.sensor_id: m.fault or m.distance_m for m in self.bank.sweep().measurements}


def listen(lines: SimulatedLines, *triggers: int) -> tuple[int, dict[int, list[Edge]]]:
    """Fire at once and return when, and the edges of the next 40 ms by line."""
    fired_ns = lines.pulse(triggers)
    by_line: dict[int, list[Edge]] = {}
    for edge in lines.collect(fired_ns + 40_000_000):
        by_line.setdefault(edge.line, []).append(edge)
    return fired_ns, by_line
