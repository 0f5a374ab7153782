"""A look at every sensor by itself, and at pairs of them: how good they are, in numbers and words.

The numbers are those of the simulator's `Quality`, so that what was measured somewhere can be built
anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, pairwise
import platform
from statistics import median, pstdev, quantiles
from typing import Final, override

from ..hcsr04.bank import Bank
from ..hcsr04.model import Edge, Fault, Lines, Measurement, Sensor
from ..hcsr04.schedule import RANGE_MAX_M, REPEAT_MIN_S, Plan, Slot, slot_length_s
from ..hcsr04.simulator import Quality
from .messages import Json

FORMAT: Final = 1
PINGS: Final = 100
PINGS_MIN: Final = 20
PAIR_PINGS: Final = 15
# What is off by more is an outlier; what is nearer than this share of the floor is far too near.
OUTLIER_M: Final = 0.05
FAR_TOO_NEAR_SHARE: Final = 0.7
# So much of the pings of a pair differ from those of a sensor alone, and it hears the other.
CROSSTALK_SHARE: Final = 0.3
# Beyond this, noise grows with the distance, and counts as that of far surfaces.
FAR_FROM_M: Final = 1.7
NEAR_NOISE_M: Final = 0.003
# What a sensor needs to be of use.
DROPOUTS_MANY: Final = 0.25
OUTLIERS_MANY: Final = 0.10
NOISE_LARGE_M: Final = 0.02
JITTER_LARGE_US: Final = 300.0
# Steps finer than this are the kernel's stamps, and no rounding.
STEP_MIN_M: Final = 0.002


@dataclass(slots=True, kw_only=True)
class SensorReport:
    """What was found of one sensor."""

    sensor: str
    trigger: int
    echo: int
    pings: int
    answered: int = 0
    """Pings that gave a distance."""
    distance_m: float | None = None
    noise_m: float | None = None
    """Standard deviation of the distances that are no outliers."""
    dropout_share: float = 0.0
    dropout_burst_s: float = 0.0
    """How long echoes were missed in a row on average."""
    outlier_share: float = 0.0
    outlier_near_share: float | None = None
    """Share of the outliers that were far too near."""
    step_m: float = 0.0
    rise_us: float | None = None
    """From the trigger's fall to the echo's rise, in the middle."""
    jitter_us: float | None = None
    """Between the 5th and the 95th percentile of that: the sensor's, and that of the stamps."""
    faults: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Crosstalk:
    """A pair of sensors that hear one another when they ping together."""

    hears: str
    other: str
    share: float
    """Share of the pings of which the distance was another one."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    model: str
    chip: str
    sensors: Sequence[SensorReport]
    crosstalk: Sequence[Crosstalk]
    quality: Quality

    def to_json(self) -> Json:
        """Return the report as it is written: `quality` are the arguments of `Quality`."""
        return {
            "format": FORMAT,
            "model": self.model,
            "chip": self.chip,
            "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
            "python": platform.python_version(),
            "sensors": [asdict(one) for one in self.sensors],
            "crosstalk": [asdict(one) for one in self.crosstalk],
            "quality": asdict(self.quality),
        }


class _Listening(Lines):
    """Lines that remember the edges since the last ping."""

    def __init__(self, lines: Lines) -> None:
        """Wrap lines."""
        self._lines = lines
        self.edges: list[Edge] = []
        self.fired_ns = 0

    @override
    def now_ns(self) -> int:
        return self._lines.now_ns()

    @override
    def pulse(self, triggers: Collection[int]) -> int:
        self.edges.clear()
        self.fired_ns = self._lines.pulse(triggers)
        return self.fired_ns

    @override
    def collect(self, until_ns: int) -> list[Edge]:
        edges = self._lines.collect(until_ns)
        self.edges += edges
        return edges

    @override
    def high(self) -> set[int]:
        return {*self._lines.high()}

    @override
    def close(self) -> None:
        """Leave the lines open: they are those of the next bank, too."""


def run(
    lines: Lines,
    sensors: Sequence[Sensor],
    *,
    model: str = "",
    chip: str = "",
    pings: int = PINGS,
    pair_pings: int = PAIR_PINGS,
    say: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Test sensors on claimed lines; `say` is called with a line for each thing that was found."""
    reports: list[SensorReport] = []
    alone: dict[str, SensorReport] = {}
    for sensor in sensors:
        report = _look(lines, sensor, pings)
        reports.append(report)
        alone[sensor.sensor_id] = report
        say(in_words(report))
    good = [one for one in sensors if alone[one.sensor_id].distance_m is not None]
    crosstalk = []
    for a, b in combinations(good, 2):
        if a.trigger != b.trigger:
            for found in _pair(lines, a, b, alone, pair_pings):
                crosstalk.append(found)
                say(
                    f"{found.hears} hears {found.other}: {found.share:.0%} of the distances differ "
                    f"when both ping at once. They must not; place or hearing distance tell so."
                )
    if not crosstalk:
        say("No sensor hears another one.")
    return Report(model, chip, reports, crosstalk, quality_of(reports))


def _bank(lines: Lines, *sensors: Sensor) -> Bank:
    """Return a bank whose sensors ping at once."""
    triggers = tuple(sorted({one.trigger for one in sensors}))
    slot_s = slot_length_s(RANGE_MAX_M)
    return Bank(lines, Plan((Slot(triggers, tuple(sensors)),), slot_s, RANGE_MAX_M))


def _look(lines: Lines, sensor: Sensor, pings: int) -> SensorReport:
    """Return what a sensor says by itself."""
    listening = _Listening(lines)
    bank = _bank(listening, sensor)
    said: list[Measurement] = []
    rises_us: list[float] = []
    for _ in range(pings):
        said += bank.sweep().measurements
        rises = [one.at_ns for one in listening.edges if one.line == sensor.echo and one.rising]
        if rises and said[-1].distance_m is not None:
            rises_us.append((min(rises) - listening.fired_ns) / 1e3)
    report = SensorReport(
        sensor=sensor.sensor_id, trigger=sensor.trigger, echo=sensor.echo, pings=pings
    )
    report.faults = dict(Counter(str(one.fault) for one in said if one.fault is not None))
    _measure_distances(report, said)
    if len(rises_us) > 1:
        percent = quantiles(rises_us, n=20)
        report.rise_us = round(median(rises_us), 1)
        report.jitter_us = round(percent[-1] - percent[0], 1)
    return report


def _measure_distances(report: SensorReport, said: Sequence[Measurement]) -> None:
    """Put into a report what the distances of a sensor tell."""
    distances = [one.distance_m for one in said if one.distance_m is not None]
    report.answered = len(distances)
    lost = [one.fault is Fault.NO_TARGET for one in said]
    report.dropout_share = round(sum(lost) / len(said), 4)
    if bursts := [*_bursts(lost)]:
        report.dropout_burst_s = round(sum(bursts) / len(bursts) * REPEAT_MIN_S, 3)
    if not distances:
        return
    middle = median(distances)
    usual = [one for one in distances if abs(one - middle) <= OUTLIER_M]
    odd = [one for one in distances if abs(one - middle) > OUTLIER_M]
    report.distance_m = round(middle, 4)
    report.noise_m = round(pstdev(usual), 5)
    report.outlier_share = round(len(odd) / len(said), 4)
    if odd:
        near = sum(one < middle * FAR_TOO_NEAR_SHARE for one in odd)
        report.outlier_near_share = round(near / len(odd), 3)
    steps = sorted({round(one, 4) for one in usual})
    gaps = [b - a for a, b in pairwise(steps)]
    if len(steps) < len(usual) / 2 and gaps and min(gaps) >= STEP_MIN_M:
        report.step_m = round(median(gaps), 4)


def _bursts(lost: Sequence[bool]) -> Iterator[int]:
    """Yield how many echoes were lost in a row, each time."""
    length = 0
    for one in [*lost, False]:
        if one:
            length += 1
        elif length:
            yield length
            length = 0


def _pair(
    lines: Lines, a: Sensor, b: Sensor, alone: Mapping[str, SensorReport], pings: int
) -> Iterator[Crosstalk]:
    """Yield who of two sensors hears the other when both ping at once."""
    bank = _bank(_Listening(lines), a, b)
    odd: Counter[str] = Counter()
    for _ in range(pings):
        for one in bank.sweep().measurements:
            usual_m = alone[one.sensor_id].distance_m
            if one.distance_m is not None and usual_m is not None:
                odd[one.sensor_id] += abs(one.distance_m - usual_m) > OUTLIER_M
    for hears, other in ((a.sensor_id, b.sensor_id), (b.sensor_id, a.sensor_id)):
        share = odd[hears] / pings
        if share - alone[hears].outlier_share > CROSSTALK_SHARE:
            yield Crosstalk(hears, other, round(share, 3))


def quality_of(reports: Sequence[SensorReport]) -> Quality:
    """Return the simulator's parameters that fit what was found, of the sensors that answer."""
    good = [one for one in reports if one.noise_m is not None and one.distance_m is not None]
    if not good:
        return Quality()
    near = [one.noise_m or 0.0 for one in good if (one.distance_m or 0.0) <= FAR_FROM_M]
    far = [one.noise_m or 0.0 for one in good if (one.distance_m or 0.0) > FAR_FROM_M]
    near_shares = [one.outlier_near_share for one in good if one.outlier_near_share is not None]
    bursts = [one.dropout_burst_s for one in good if one.dropout_burst_s]
    far_m = max(median(far), NEAR_NOISE_M) if far else None
    return Quality(
        noise_m=round(median(near) if near else min(NEAR_NOISE_M, median(far)), 5),
        noise_far_m=None if far_m is None else round(far_m, 5),
        step_m=median(one.step_m for one in good),
        dropout_share=round(median(one.dropout_share for one in good), 4),
        dropout_burst_s=round(median(bursts), 3) if bursts else 0.0,
        outlier_share=round(median(one.outlier_share for one in good), 4),
        outlier_near_share=round(median(near_shares), 3) if near_shares else None,
    )


def in_words(report: SensorReport) -> str:
    """Return what was found of a sensor in one line."""
    name = f"{report.sensor} (trigger {report.trigger}, echo {report.echo})"
    if report.distance_m is None:
        return f"{name}: {_silence(report)}"
    said = [
        f"{report.distance_m:.3f} m ± {1e3 * (report.noise_m or 0.0):.1f} mm",
        f"{report.dropout_share:.0%} of echoes lost",
        f"{report.outlier_share:.0%} outliers",
    ]
    if report.dropout_burst_s:
        said.append(f"lost for {report.dropout_burst_s:.2f} s at a time")
    if report.rise_us is not None:
        said.append(
            f"answers after {report.rise_us:.0f} µs ± {(report.jitter_us or 0.0) / 2:.0f} µs"
        )
    return f"{name}: {', '.join(said)}{''.join(f'. {one}' for one in _advice(report))}"


def _silence(report: SensorReport) -> str:
    """Return what is said of a sensor that gave no distance at all."""
    if not report.faults:
        return "nothing was measured"
    worst = max(report.faults, key=lambda one: report.faults[one])
    return {
        Fault.NO_RESPONSE: "DOES NOT ANSWER. Look at its power, its wires and the pin numbers",
        Fault.STUCK_HIGH: "its echo line IS ALWAYS HIGH. Look for a short, and at the divider",
        Fault.NO_TARGET: "answers, and HEARS NO ECHO. Is there a floor within 4 m underneath?",
        Fault.GLITCH: "answers with NONSENSE. Look for a loose wire",
    }.get(Fault(worst), worst)


def _advice(report: SensorReport) -> Iterator[str]:
    """Yield what an owner may do about a sensor that answers."""
    if report.dropout_share > DROPOUTS_MANY:
        yield "TOO MANY LOST ECHOES: the floor is slanted, soft or wet, or the sensor is not level"
    if report.outlier_share > OUTLIERS_MANY:
        yield "TOO MANY OUTLIERS: something hangs at the edge of its beam, or it hears others"
    if (report.noise_m or 0.0) > NOISE_LARGE_M:
        yield "TOO MUCH NOISE: its supply is weak, or the air moves"
    if (report.jitter_us or 0.0) > JITTER_LARGE_US:
        yield "UNSTEADY STAMPS: the machine is busy, or the sensor is a slow clone"
    for fault in (Fault.GLITCH, Fault.STUCK_HIGH, Fault.NO_RESPONSE):
        if count := report.faults.get(fault):
            yield f"{count} of {report.pings} pings: {fault.replace('_', ' ')}"
