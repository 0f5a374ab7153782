"""What a bay is believed to be, against the truth: a simulated week of 24 bays.

Three ways to read the same measurements: a threshold, a median before the threshold, and this
project's filter. Echoes come from the simulator's physics through the real bank.
"""

from argparse import ArgumentParser
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple, Protocol, override

from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Measurement, Sensor
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import (
    Mount,
    Presence,
    Quality,
    Row,
    SimulatedLines,
    VirtualClock,
    World,
    air_over_the_day,
    demo_rows,
    follow_curve,
    nearest_first,
    read_rows,
)
from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.watch import Watch

DATA = Path(__file__).parents[2] / "shared" / "data" / "birmingham.csv"
# From 9 to 99 % full within the data's first week.
CAR_PARK = "BHMEURBRD01"

DAY_S = 86_400.0
PERIOD_NS = 500_000_000
STARTS_AT_H = 8.0
EMPTY_M = 2.5
COLDEST_C, WARMEST_C = -10.0, 40.0
ASSUMED_C = 20.0
QUALITY = Quality(dropout_share=0.10, outlier_share=0.05)
# A thermometer is read once a minute.
TOLD_EVERY_SWEEPS = 120
# Hobby projects take what is this much nearer than the floor for a car.
MARGIN_M = 0.10
# gpiozero's DistanceSensor takes the median of so many.
QUEUE = 9

# Two rows of 12 bays of 2.5 m with an aisle of 6 m between them, neighbours in alternate slots.
SENSORS = [
    Sensor(
        sensor_id=f"{'AB'[number // 12]}{number % 12 + 1}",
        trigger=number % 2,
        echo=2 + number,
        x=2.5 * (number % 12),
        y=6.0 * (number // 12),
    )
    for number in range(24)
]
FAULTS = {fault.value: fault for fault in Fault}


class Method(Protocol):
    """A way to tell from measurements which bays are occupied; None is "not known"."""

    states: dict[str, bool | None]

    def observe(self, measurements: list[Measurement]) -> None:
        """Learn from one sweep."""


class Threshold(Method):
    """What is nearer than the floor is a car; without an echo everything stays as it was."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.states = dict.fromkeys([one.sensor_id for one in SENSORS])

    @override
    def observe(self, measurements: list[Measurement]) -> None:
        for sensor_id, _, distance_m, _ in measurements:
            if distance_m is not None:
                self.states[sensor_id] = distance_m < EMPTY_M - MARGIN_M


class Median(Method):
    """A threshold on the median of the last distances."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.states = dict.fromkeys([one.sensor_id for one in SENSORS])
        self._last = {one.sensor_id: deque[float](maxlen=QUEUE) for one in SENSORS}

    @override
    def observe(self, measurements: list[Measurement]) -> None:
        for sensor_id, _, distance_m, _ in measurements:
            if distance_m is not None:
                last = self._last[sensor_id]
                last.append(distance_m)
                self.states[sensor_id] = median(last) < EMPTY_M - MARGIN_M


class Belief(Method):
    """The lot's own filter."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.states = dict.fromkeys([one.sensor_id for one in SENSORS])
        self._watch = Watch(dict.fromkeys(self.states, EMPTY_M))

    @override
    def observe(self, measurements: list[Measurement]) -> None:
        for seen in self._watch.observe(map(_reading, measurements)).observations:
            self.states[seen.bay_id] = seen.occupied


def _reading(measurement: Measurement) -> Reading:
    """Return what a bank measured in the words of the lot."""
    sensor_id, at_ns, distance_m, fault = measurement
    return Reading(
        sensor_id, at_ns / 1e9, distance_m, fault=None if fault is None else FAULTS[fault]
    )


@dataclass(slots=True)
class Tally:
    """How one method does over the whole lot."""

    counted: int = 0
    """Bays times sweeps in which nothing moved in the bay."""
    wrong: int = 0
    """Those of them in which the state was not the truth."""
    false_flips: int = 0
    missed: int = 0
    arrivals_s: list[float] = field(default_factory=list)
    """How long each vehicle stood still before it was seen."""
    departures_s: list[float] = field(default_factory=list)
    """How long each bay was empty before that was seen."""

    def times(self, presence: Presence) -> list[float]:
        """Return the times that belong to what is true now."""
        return self.arrivals_s if presence is Presence.STANDING else self.departures_s


class Witness:
    """Sees the truth of one bay beside what a method says of it.

    While a vehicle moves in the bay no state is wrong. A change of state is explained by a vehicle
    that came, or left, unless a change before it was so already; all others are false, also those
    that put a false one right.
    """

    def __init__(self, tally: Tally) -> None:
        """Begin before the first sweep."""
        self._tally = tally
        self._presence = Presence.EMPTY
        self._since_ns = -1
        self._state: bool | None = None
        self._known = False
        self._explained: bool | None = None
        """The state that the newest movement makes a change to, if there was none yet."""
        self._waits_since_ns: int | None = None

    def see(self, presence: Presence, since_ns: int, state: bool | None, at_ns: int) -> None:
        """Compare a state with the truth at the end of a sweep."""
        tally = self._tally
        if since_ns != self._since_ns:
            self._turn(presence, since_ns)
        if state is not self._state:
            if state is not None and state is self._explained:
                self._explained = None
            elif self._known:
                tally.false_flips += 1
            self._state, self._known = state, True
        if presence is Presence.MOVING:
            return
        tally.counted += 1
        stands = presence is Presence.STANDING
        if state is not stands:
            tally.wrong += 1
        elif self._waits_since_ns is not None:
            tally.times(presence).append((at_ns - self._waits_since_ns) / 1e9)
            self._waits_since_ns = None

    def _turn(self, presence: Presence, since_ns: int) -> None:
        """Note that a vehicle has begun to move, stands or is gone."""
        if self._waits_since_ns is not None:
            self._tally.missed += 1
            self._waits_since_ns = None
        if presence is Presence.MOVING:
            self._explained = self._presence is Presence.EMPTY
        elif self._known and self._state is not (presence is Presence.STANDING):
            self._waits_since_ns = since_ns
        elif self._known:
            self._explained = None
            self._tally.times(presence).append(0.0)
        self._presence, self._since_ns = presence, since_ns


class Job(NamedTuple):
    """One run."""

    days: float
    seed: int
    walkers_per_h: float
    compensated: bool
    """Whether the bank knows how warm the air is."""
    car_park: str | None
    """Whose occupancy the lot has; None for the simulator's own day."""

    @property
    def sweeps(self) -> int:
        """How many sweeps there are."""
        return round(self.days * DAY_S * 1e9) // PERIOD_NS


def make_world(job: Job) -> World:
    """Return the lot with its weather and its traffic."""
    if job.car_park is None:
        rows: Iterable[Row] = demo_rows(peak=1.0, starts_at_h=STARTS_AT_H)
    else:
        rows = read_rows(DATA.read_text().splitlines(), job.car_park)
    return World(
        VirtualClock(),
        [Mount(sensor_id=one.sensor_id, height_m=EMPTY_M) for one in SENSORS],
        traffic=follow_curve(rows, nearest_first(SENSORS, (0.0, 3.0)), seed=job.seed),
        air=air_over_the_day(COLDEST_C, WARMEST_C, starts_at_h=STARTS_AT_H),
        walkers_per_h=job.walkers_per_h,
        seed=job.seed,
    )


def run(job: Job) -> dict[str, Tally]:
    """Let time pass, and return how each method did."""
    methods: dict[str, Method] = {
        "threshold": Threshold(),
        "median of 9, threshold": Median(),
        "this project": Belief(),
    }
    tallies = {name: Tally() for name in methods}
    world = make_world(job)
    clock = world.clock
    lines = SimulatedLines(SENSORS, world, quality=QUALITY, seed=job.seed)
    bank = Bank(lines, make_plan(SENSORS), temperature_c=ASSUMED_C)
    witnesses = {
        one.sensor_id: [(method.states, Witness(tallies[name])) for name, method in methods.items()]
        for one in SENSORS
    }
    for number in range(job.sweeps):
        clock.wait_until(number * PERIOD_NS)
        if job.compensated and number % TOLD_EVERY_SWEEPS == 0:
            bank.temperature_c = world.air_c(clock.now_ns())
        sweep = bank.sweep()
        for method in methods.values():
            method.observe(sweep.measurements)
        for bay_id, beside in witnesses.items():
            presence, since_ns = world.truth(bay_id)
            for states, witness in beside:
                witness.see(presence, since_ns, states[bay_id], sweep.ended_ns)
    return tallies


def words(tally: Tally, bay_days: float) -> str:
    """Return a tally as cells of the table."""
    right = 100.0 * (1.0 - tally.wrong / tally.counted)
    flips = tally.false_flips / bay_days
    return (
        f"{right:.3f} | {flips:.3f} | {spread(tally.arrivals_s)} | {spread(tally.departures_s)} "
        f"| {tally.missed}"
    )


def spread(times_s: list[float]) -> str:
    """Return the middle, the 95th percentile and the greatest of times."""
    cuts = quantiles(times_s, n=100, method="inclusive")
    return f"{cuts[49]:.2f} / {cuts[94]:.2f} / {max(times_s):.1f}"


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--walkers", type=float, default=4.0, help="per bay and hour")
    parser.add_argument("--car-park", nargs="+", default=[CAR_PARK], help="codes in the data")
    options = parser.parse_args()
    car_parks: list[str | None] = options.car_park
    if not DATA.exists():
        print(f"{DATA.name} is not beside this checkout: the simulator's own day instead.\n")
        car_parks = [None]
    jobs = [
        Job(options.days, options.seed, options.walkers, compensated, car_park)
        for car_park in car_parks
        for compensated in (True, False)
    ]
    print("| car park | air | method | right % | false flips per bay-day ", end="")
    print("| arrival seen after s: p50 / p95 / max | departure | missed |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    with ProcessPoolExecutor(2) as pool:
        for job, tallies in zip(jobs, pool.map(run, jobs), strict=True):
            air = "known" if job.compensated else f"taken for {ASSUMED_C:.0f} °C"
            for name, tally in tallies.items():
                cells = words(tally, len(SENSORS) * job.days)
                print(f"| {job.car_park or 'built-in'} | {air} | {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
