"""The lot under sensors that others built: each speaks by itself, as often as it likes."""

from collections.abc import Iterator, Mapping
from math import inf
from random import Random
from typing import NamedTuple

from benchmarks.detection.lot import ASSUMED_C, Job, make_world
from benchmarks.detection.methods import Belief, Method, Threshold
from benchmarks.detection.notes import Notes
from benchmarks.detection.witness import Tally, Witness
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.hcsr04.simulator import Quality
from custom_components.smart_parking.hcsr04.simulator.bay import Bay
from custom_components.smart_parking.hcsr04.simulator.receiver import make_receiver
from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.reports import (
    DistanceReports,
    ReportOptions,
    Span,
)
from custom_components.smart_parking.lot.occupancy.schedule import ReportSchedule
from custom_components.smart_parking.node.sweeping import BLIND_M
from custom_components.smart_parking.sources.pushed import TIMER_S

# What is so much nearer than the floor is a vehicle, say templates that keep clear of noise.
TEMPLATE_MARGIN_M = 0.45
TEMPLATE = "threshold"
OURS = "this project"
ROUNDED_TO_M = 0.01
# Interval at which the truth is checked, for all sensors.
BEAT_S = 0.5
SPAN = Span(BLIND_M, inf)


class Way(NamedTuple):
    """How a sensor speaks."""

    samples_s: float
    days: float
    """How long it is looked at."""
    delta_m: float | None = None
    """It says only what differs so much from what it said last, as ESPHome's filter `delta`."""

    @property
    def name(self) -> str:
        """What it is called in the table."""
        if self.delta_m is None:
            return f"{self.samples_s:g} s"
        return f"{self.samples_s:g} s, says changes of {100 * self.delta_m:.0f} cm"


class _Sensor:
    """A sensor with others' firmware, which takes the air for 20 °C and rounds to a centimetre."""

    def __init__(self, bay: Bay, quality: Quality, seed: int, delta_m: float | None) -> None:
        """Hang over a bay."""
        self._bay, self._bay_id = bay, bay.mount.sensor_id
        named = f"{seed} {self._bay_id}"
        self._receiver = make_receiver(bay, quality, Random(f"spoken {named}"), named, 0.0)
        self._delta_m = delta_m
        self._said_m: float | None = -inf

    def say(self, at_s: float, scale: float) -> Reading | None:
        """Ping, and return what is said of it, if anything is; air makes things seem farther."""
        bay = self._bay
        if at_s >= bay.steady_until_s:
            bay.look(at_s)
        metres = self._receiver.receive(at_s)
        if metres is not None:
            metres = round(metres * scale / ROUNDED_TO_M) * ROUNDED_TO_M
        if not self._is_news(metres):
            return None
        self._said_m = metres
        if metres is None:
            return Reading(self._bay_id, at_s, fault=Fault.NO_TARGET)
        return SPAN.reading_of(self._bay_id, at_s, metres)

    def _is_news(self, metres: float | None) -> bool:
        """Return whether a sensor that says only changes says this."""
        if self._delta_m is None:
            return True
        said_m = self._said_m
        if metres is None or said_m is None:
            return metres is not said_m
        return abs(metres - said_m) >= self._delta_m


class _Timers:
    """Takes reports, and rings when something counts by time alone, as `PushedSource` does."""

    def __init__(self, bay_ids: Mapping[str, object]) -> None:
        """Initialize without a report."""
        options = ReportOptions()
        self._reports = {bay_id: DistanceReports(bay_id, options) for bay_id in bay_ids}
        self._schedule = ReportSchedule(self._reports)
        self._timer_at = inf
        self.rings_at = inf

    def report(self, reading: Reading) -> list[Reading]:
        """Add a report, and return the readings that count."""
        counted = self._reports[reading.bay_id].report(reading)
        self._schedule.schedule(reading.bay_id)
        self._arm(reading.at)
        return counted

    def ring(self) -> list[Reading]:
        """Return what counts because it is so late."""
        now, self._timer_at = self.rings_at, inf
        counted = self._schedule.tick(now + TIMER_S)
        self._arm(now)
        return counted

    def _arm(self, now: float) -> None:
        """Set the timer to the bay that is due first."""
        due_at = self._schedule.due_at
        if due_at != self._timer_at:
            self._timer_at, self.rings_at = due_at, max(due_at, now + TIMER_S)


class Told(NamedTuple):
    """What has become known."""

    at_s: float
    said: Reading | None
    """What a sensor said; None where only time has passed."""
    counted: list[Reading] | None
    """What counts because of it; None when it is only time to look at the truth."""


class Result(NamedTuple):
    """What a run has found."""

    tallies: dict[str, Tally]
    notes: str
    """Where ours went wrong."""
    reports: int
    """How often sensors spoke."""


class _SpokenLot:
    """The lot under sensors that speak by themselves."""

    def __init__(self, job: Job, way: Way) -> None:
        """Initialize before the first word."""
        self.world = make_world(job)
        self.reports = 0
        self._samples_s, self._lasts_s = way.samples_s, job.lasts_s
        self._sensors = [
            _Sensor(bay, job.scene.quality, job.seed, way.delta_m)
            for bay in self.world.bays.values()
        ]
        self._timers = _Timers(self.world.bays)
        random = Random(f"phases {job.seed}")
        self._phases = sorted(
            (random.uniform(0.0, way.samples_s), number) for number in range(len(self._sensors))
        )

    def told(self) -> Iterator[Told]:
        """Run, and yield what becomes known."""
        clock, world, timers, sensors = self.world.clock, self.world, self._timers, self._sensors
        scale = beat_s = 0.0
        for number in range(int(self._lasts_s / self._samples_s)):
            for phase_s, which in self._phases:
                at_s = number * self._samples_s + phase_s
                while (next_s := min(timers.rings_at, beat_s)) <= at_s:
                    clock.wait_until(round(next_s * 1e9))
                    if next_s < beat_s:
                        yield Told(next_s, None, timers.ring())
                        continue
                    beat_s += BEAT_S
                    scale = speed_of_sound(ASSUMED_C) / speed_of_sound(world.air_c(clock.now_ns()))
                    yield Told(next_s, None, None)
                at_ns = round(at_s * 1e9)
                clock.wait_until(at_ns)
                world.advance(at_ns)
                said = sensors[which].say(at_s, scale)
                if said is not None:
                    self.reports += 1
                    yield Told(at_s, said, timers.report(said))


class _Panel:
    """Two ways to tell, and the truth beside them."""

    def __init__(self, job: Job, lot: _SpokenLot, traces: int) -> None:
        """Initialize with nothing known."""
        empty_m = job.scene.empty_m
        far_m = job.scene.far_m if job.has_learnt else {}
        self._world = lot.world
        self._template: Method = Threshold(empty_m, TEMPLATE_MARGIN_M)
        self._belief = Belief(empty_m, far_m)
        self.notes = Notes(lot.world, empty_m, far_m, traces)
        self._traces = bool(traces)
        self.tallies = {TEMPLATE: Tally(), OURS: Tally()}
        self._beside = {
            bay_id: (
                Witness(self.tallies[TEMPLATE], bay_id),
                Witness(self.tallies[OURS], bay_id, self.notes),
            )
            for bay_id in empty_m
        }
        self._shown: dict[str, tuple[bool | None, bool | None]] = dict.fromkeys(
            empty_m, (None, None)
        )

    def hear(self, told: Told) -> None:
        """Learn what has become known, and look whether that is right."""
        touched: set[str] = set()
        if told.said is not None:
            self._template.observe((told.said,))
            self.notes.hear_said(told.said)
            touched.add(told.said.bay_id)
        if told.counted:
            self._belief.observe(told.counted)
            touched.update(one.bay_id for one in told.counted)
            if self._traces:
                self.notes.hear(told.counted, "~" if told.said is None else "")
        for bay_id in touched:
            shown = self._template.states[bay_id], self._belief.states[bay_id]
            if shown != self._shown[bay_id]:
                self._shown[bay_id] = shown
                self._look(bay_id, round(told.at_s * 1e9))

    def beat(self, at_ns: int) -> None:
        """Check all bays."""
        self.notes.hear(())
        for bay_id in self._beside:
            self._look(bay_id, at_ns)

    def end(self, at_ns: int) -> None:
        """Count what is left."""
        for beside in self._beside.values():
            for witness in beside:
                witness.end(at_ns)

    def _look(self, bay_id: str, at_ns: int) -> None:
        """Compare what is shown of a bay with the truth."""
        presence, since_ns = self._world.truth(bay_id)
        for witness, state in zip(self._beside[bay_id], self._shown[bay_id], strict=True):
            witness.see(presence, since_ns, state, at_ns)


def run(job: Job, way: Way, traces: int = 0) -> Result:
    """Run, and return how each method did; so many false flips of ours are traced."""
    lot = _SpokenLot(job, way)
    panel = _Panel(job, lot, traces)
    for told in lot.told():
        if told.counted is None:
            panel.beat(round(told.at_s * 1e9))
        else:
            panel.hear(told)
    panel.end(round(job.lasts_s * 1e9))
    return Result(panel.tallies, panel.notes.text(), lot.reports)
