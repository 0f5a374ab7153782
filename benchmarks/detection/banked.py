"""The lot measured by this project's own bank, on a steady beat."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from benchmarks.detection.lot import ASSUMED_C, SENSORS, Job, make_world
from benchmarks.detection.methods import QUEUE, Belief, Median, Method, Threshold
from benchmarks.detection.notes import Notes
from benchmarks.detection.witness import Tally, Witness
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Measurement
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import SimulatedLines
from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.node.sweeping import AGAIN_MAX, BLIND_M, MARGIN_S, PERIOD_S

PERIOD_NS = round(PERIOD_S * 1e9)
MARGIN_NS = round(MARGIN_S * 1e9)
# A thermometer is read once a minute.
TOLD_EVERY_SWEEPS = 120
OURS = "this project"

_FAULTS = {fault.value: fault for fault in Fault}


class Told(NamedTuple):
    """The readings of a sweep."""

    readings: list[Reading]
    at_ns: int
    is_regular: bool
    """Whether it is of all bays; otherwise it was asked for, by our own filter."""


class BankedLot:
    """The lot under a bank, and what our own filter believes of it."""

    def __init__(self, job: Job) -> None:
        """Initialize before the first sweep."""
        self.world = make_world(job)
        far_m = job.scene.far_m if job.has_learnt else {}
        self.belief = Belief(job.scene.empty_m, far_m)
        lines = SimulatedLines(SENSORS, self.world, quality=job.scene.quality, seed=job.seed)
        self._bank = Bank(lines, make_plan(SENSORS), temperature_c=ASSUMED_C)
        self._job = job

    def told(self) -> Iterator[Told]:
        """Run, and yield each sweep when our own filter has learnt from it.

        Bays in doubt are asked again between two sweeps, as `BankSource` does.
        """
        bank, belief, clock = self._bank, self.belief, self.world.clock
        for number in range(round(self._job.lasts_s * 1e9) // PERIOD_NS):
            clock.wait_until(number * PERIOD_NS)
            if self._job.compensated and number % TOLD_EVERY_SWEEPS == 0:
                bank.temperature_c = self.world.air_c(clock.now_ns())
            sweep = bank.sweep()
            yield self._learn(sweep.measurements, is_regular=True)
            until_ns = (number + 1) * PERIOD_NS - MARGIN_NS
            for _ in range(AGAIN_MAX):
                doubtful = belief.doubtful
                if not doubtful or clock.now_ns() + bank.again_s(doubtful) * 1e9 > until_ns:
                    break
                yield self._learn(bank.again(doubtful).measurements, is_regular=False)

    def _learn(self, measurements: Iterable[Measurement], *, is_regular: bool) -> Told:
        """Feed our own filter from a sweep."""
        readings = list(map(_reading, measurements))
        self.belief.observe(readings)
        return Told(readings, self.world.clock.now_ns(), is_regular)


def _reading(measurement: Measurement) -> Reading:
    """Return what a bank measured in the words of the lot."""
    sensor_id, at_ns, distance_m, fault = measurement
    if distance_m is not None and distance_m <= BLIND_M:
        return Reading(sensor_id, at_ns / 1e9, fault=Fault.TOO_NEAR)
    said = None if fault is None else _FAULTS[fault]
    return Reading(sensor_id, at_ns / 1e9, distance_m, fault=said)


class Result(NamedTuple):
    """What a run has found."""

    tallies: dict[str, Tally]
    notes: str
    """Where ours went wrong."""


def run(job: Job, traces: int = 0) -> Result:
    """Run, and return how each method did; so many false flips of ours are traced."""
    lot, empty_m = BankedLot(job), job.scene.empty_m
    world = lot.world
    others: dict[str, Method] = {
        "threshold": Threshold(empty_m),
        f"median of {QUEUE}, threshold": Median(empty_m),
    }
    far_m = job.scene.far_m if job.has_learnt else {}
    notes = Notes(world, empty_m, far_m, traces)
    watched = {name: (method.states, Tally(), None) for name, method in others.items()} | {
        OURS: (lot.belief.states, Tally(), notes)
    }
    listeners = {
        bay_id: [
            (states, Witness(tally, bay_id, listener))
            for states, tally, listener in watched.values()
        ]
        for bay_id in empty_m
    }
    for readings, at_ns, is_regular in lot.told():
        if is_regular:
            for method in others.values():
                method.observe(readings)
        notes.hear(readings, "" if is_regular else "+")
        for reading in readings:
            bay_id = reading.bay_id
            presence, since_ns = world.truth(bay_id)
            for states, witness in listeners[bay_id]:
                witness.see(presence, since_ns, states[bay_id], at_ns)
    for beside in listeners.values():
        for _, witness in beside:
            witness.end(round(job.lasts_s * 1e9))
    return Result({name: tally for name, (_, tally, _) in watched.items()}, notes.text())
