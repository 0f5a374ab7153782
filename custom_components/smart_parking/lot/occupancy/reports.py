"""Reports of push sensors: which of them count as readings, and when.

A push sensor decides itself how often it reports: sixteen times a second, once a minute, or only on
a change. The reports of each bay pass through here and come out as readings at an even pace, as if
the sensor were polled, so that the filter does not depend on the sensor. One report is no proof:
the next one has to agree, or the report has to last. Times are in seconds on the monotonic clock,
and come in order.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, override

from ..model import Fault, Reading
from .rhythm import Alternation, Rhythm
from .steadiness import FlapDetector

# A sweep of this project's own sensors, which the filter is made for.
READING_S = 0.5
# Reports that come faster are merged: a person who walks by within a second must not count as ten.
MERGE_WINDOW_S = 0.45
MERGED_MAX = 32
# Reports agree when they differ by less than this, or by less than this share of the distance.
AGREE_M = 0.05
AGREE_SHARE = 0.02
# The last report of a sensor that reports only changes counts after this time, and then as if the
# sensor had been polled meanwhile.
STABLE_AFTER_S = 12.0
REPEAT_READINGS = round(STABLE_AFTER_S / READING_S)
# The report is repeated at ever longer intervals, so that slow decisions of the filter can be made.
REPEAT_SHARE = 0.25
REPEAT_MIN_S = 2.0
REPEAT_MAX_S = 60.0
# Between two reports of such a sensor the first one is repeated, at most this often.
HELD_READINGS = 5
# Two reports that alternate do so at one pace; after a longer gap the report counts as repeated.
UNEVEN_GAPS = 1.5
# A report of a sensor with a rhythm is repeated once this many beats are missed.
MISSED_BEATS = 2.0
# A sensor with a rhythm is silent after this many missed reports.
SILENT_BEATS = 10.0
SILENT_MIN_S = 60.0
# No bay changes so often within ten minutes, so a camera that says so is flapping.
STATE_CHANGES = 20
# Cameras lose a parked car for seconds; a car that drives past is seen for less than one.
ON_AFTER_S = 1.0
OFF_AFTER_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How the reports of one node are read."""

    on_after_s: float = ON_AFTER_S
    """Seconds that a state has to be occupied before it counts."""
    off_after_s: float = OFF_AFTER_S
    """Seconds that a state has to be vacant before it counts."""
    silent_after_s: float | None = None
    """Seconds of silence that are a fault; None to use the sensor's own rhythm."""


class Span(NamedTuple):
    """Range of a sensor, in metres."""

    blind_m: float
    farthest_m: float

    def reading_of(self, bay_id: str, at: float, distance_m: float) -> Reading:
        """Return the reading of a distance: too near below the range, no target above it."""
        if distance_m <= self.blind_m:
            return Reading(bay_id, at, fault=Fault.TOO_NEAR)
        if distance_m > self.farthest_m:
            return Reading(bay_id, at, fault=Fault.NO_TARGET)
        return Reading(bay_id, at, distance_m=distance_m)


class Reports(ABC):
    """The reports of one bay.

    The methods return the readings that count. `due_at` is when `tick` has to be called next, if no
    report comes before.
    """

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Initialize without a report."""
        self.bay_id = bay_id
        self._options = options
        self._heard_at: float | None = None
        self._is_silent = False

    def report(self, reading: Reading) -> list[Reading]:
        """Add a report, and return the readings that count."""
        self._heard_at, self._is_silent = reading.at, False
        return self._take(reading)

    def alive(self, at: float) -> bool:
        """Record a signal from the sensor without a report.

        Returns whether the sensor was silent before: its next report starts anew.
        """
        if self._heard_at is not None and at > self._heard_at:
            self._heard_at = at
        return self._is_silent

    def tick(self, at: float) -> list[Reading]:
        """Return the readings that count because time has passed."""
        if self._is_silent:
            return []
        if at >= self._silent_at:
            self._is_silent = True
            self._reset()
            return [Reading(self.bay_id, at, fault=Fault.SILENT)]
        return self._pass_time(at)

    @property
    def due_at(self) -> float:
        """When a reading will count without a new report; infinite when none will."""
        return inf if self._is_silent else min(self._silent_at, self._settles_at)

    @property
    def _silent_at(self) -> float:
        """When silence will be a fault."""
        timeout_s = self._options.silent_after_s or self._usual_timeout_s
        return inf if self._heard_at is None else self._heard_at + timeout_s

    @property
    def _usual_timeout_s(self) -> float:
        """The longest silence of a working sensor, in seconds, when the owner has set none."""
        return inf

    @property
    @abstractmethod
    def _settles_at(self) -> float:
        """When the pending report will count."""

    @abstractmethod
    def _take(self, reading: Reading) -> list[Reading]:
        """Return the readings that a report makes count."""

    @abstractmethod
    def _pass_time(self, at: float) -> list[Reading]:
        """Return the readings that count by now."""

    @abstractmethod
    def _reset(self) -> None:
        """Reset: the next report starts anew."""


class StateReports(Reports):
    """Reports of a sensor that gives occupied or vacant: a state counts once it has lasted."""

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Initialize without a state."""
        super().__init__(bay_id, options)
        self._last_state: Reading | None = None
        self._counts = False
        self._flaps = FlapDetector(STATE_CHANGES)
        self._is_flapping = False

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        if reading.occupied is None:
            self._reset()
            return [reading]
        if self._last_state is None or self._last_state.occupied is not reading.occupied:
            if self._last_state is not None:
                self._flaps.change(reading.at)
            self._last_state, self._counts = reading, False
        return self._pass_time(reading.at)

    @override
    def _pass_time(self, at: float) -> list[Reading]:
        if self._flaps.is_flapping(at):
            if self._is_flapping:
                return []
            self._is_flapping, self._counts = True, False
            return [Reading(self.bay_id, at, fault=Fault.FLAPPING)]
        self._is_flapping = False
        if self._counts or self._last_state is None or at < self._settles_at:
            return []
        self._counts = True
        return [self._last_state._replace(at=at)]

    @property
    @override
    def _settles_at(self) -> float:
        if self._last_state is None or self._counts:
            return inf
        after_s = (
            self._options.on_after_s if self._last_state.occupied else self._options.off_after_s
        )
        return max(self._last_state.at + after_s, self._flaps.calm_at or 0.0)

    @override
    def _reset(self) -> None:
        self._last_state, self._counts = None, False


class DistanceReports(Reports):
    """Reports of a sensor that gives a distance.

    Each report counts once, and the filter needs more than one. A sensor that reports only changes
    does not say that nothing has changed, so its last report is repeated here.
    """

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Initialize without a distance."""
        super().__init__(bay_id, options)
        self._rhythm = Rhythm()
        self._pending: list[Reading] = []
        """Reports of one moment that wait to be merged."""
        self._taken_at = -inf
        self._alternation = Alternation()
        self._was_prompt = False
        """Whether the last report came as soon as one could."""
        self._last: Reading | None = None
        """The last report."""
        self._previous: Reading | None = None
        self._counted_at = -inf
        """When the last report counted."""
        self._repeat_at = inf
        """When the last report will be repeated if no other comes."""

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        if reading.fault in (Fault.UNAVAILABLE, Fault.MISSING):
            self._reset()
            return [reading]
        if len(self._pending) < MERGED_MAX:
            self._pending.append(reading)
        else:
            self._pending[-1] = reading
        return self._pass_time(reading.at)

    @override
    def _pass_time(self, at: float) -> list[Reading]:
        counted: list[Reading] = []
        if self._pending and at >= self._taken_at + MERGE_WINDOW_S:
            counted += self._merge_reports(at)
        if self._last is not None and not self._pending and at >= self._repeat_at:
            counted += self._repeat(self._last, at)
        return counted

    @property
    @override
    def _settles_at(self) -> float:
        return self._taken_at + MERGE_WINDOW_S if self._pending else self._repeat_at

    @property
    @override
    def _usual_timeout_s(self) -> float:
        beat_s = self._rhythm.steady_beat_s
        return inf if beat_s is None else max(SILENT_MIN_S, SILENT_BEATS * beat_s)

    @override
    def _reset(self) -> None:
        self._pending.clear()
        self._last = self._previous = None
        self._repeat_at = inf

    def _merge_reports(self, at: float) -> list[Reading]:
        """Merge the reports of one moment into the one that most of them agree with."""
        together, self._pending = self._pending, []
        reading = _most_common(together)
        if not agree(reading, together[-1]):
            # The newest report differs and may be the last one for long.
            self._pending = [together[-1]]
        self._taken_at = at
        return self._count_report(reading)

    def _count_report(self, reading: Reading) -> list[Reading]:
        """Count a report, and the silence before it."""
        previous, before, self._last = self._previous, self._last, reading
        self._previous = before
        counted: list[Reading] = []
        wait_s = STABLE_AFTER_S
        if before is not None:
            gap_s, agrees = reading.at - before.at, agree(before, reading)
            counted += self._fill_gap(before, reading.at)
            # A report that comes off the beat was sent for a change, and may be the last one for
            # long.
            is_usual = agrees or self._rhythm.is_on_beat(gap_s)
            is_equal = agrees and before.distance_m == reading.distance_m
            self._rhythm.add(gap_s, is_repeat=agrees, is_equal=is_equal)
            if is_usual:
                wait_s = max(STABLE_AFTER_S, MISSED_BEATS * (self._rhythm.beat_s or 0.0))
            is_reversal = not agrees and previous is not None and agree(previous, reading)
            self._count_alternation(gap_s, is_reversal=is_reversal)
        self._counted_at, self._repeat_at = reading.at, reading.at + wait_s
        if self._alternation.lasts:
            return [reading._replace(distance_m=None, fault=Fault.CONTRADICTORY)]
        return [*counted, reading]

    def _fill_gap(self, before: Reading, until: float) -> Iterable[Reading]:
        """Return repeated readings for the gap between two reports of a sensor without a rhythm."""
        shortest_s = self._rhythm.shortest_s
        if self._rhythm.beat_s is not None or shortest_s is None:
            return ()
        held = round((until - self._counted_at) / max(MERGE_WINDOW_S, shortest_s))
        return _spread(before, self._counted_at, until, min(HELD_READINGS, held - 1))

    def _count_alternation(self, gap_s: float, *, is_reversal: bool) -> None:
        """Count a report as part of an alternation, or not.

        A sensor that reports only changes sends no repeats, so a report after a long gap counts as
        repeated and is no part of an alternation.
        """
        before, shortest_s = self._was_prompt, self._rhythm.shortest_s or gap_s
        self._was_prompt = gap_s < UNEVEN_GAPS * shortest_s
        self._alternation.add(is_reversal=is_reversal and before and self._was_prompt)

    def _repeat(self, reading: Reading, at: float) -> Iterable[Reading]:
        """Count the last report again, and schedule the next repeat."""
        self._alternation.clear()
        unchanged_s = at - self._counted_at
        readings = [
            *_spread(
                reading,
                self._counted_at,
                at,
                min(REPEAT_READINGS, round(unchanged_s / READING_S)) - 1,
            ),
            reading._replace(at=at),
        ]
        pause_s = min(REPEAT_MAX_S, max(REPEAT_MIN_S, (at - reading.at) * REPEAT_SHARE))
        self._counted_at, self._repeat_at = at, at + pause_s
        return readings


def agree(one: Reading, other: Reading) -> bool:
    """Return whether two reports say the same."""
    if one.distance_m is None or other.distance_m is None:
        return one.distance_m is other.distance_m and one.fault is other.fault
    apart_m = abs(one.distance_m - other.distance_m)
    return apart_m <= max(AGREE_M, AGREE_SHARE * one.distance_m)


def _most_common(reports: list[Reading]) -> Reading:
    """Return the newest of the reports that most others agree with."""
    agreeing = [(sum(agree(one, other) for other in reports), one) for one in reports]
    return max(reversed(agreeing), key=lambda pair: pair[0])[1]


def _spread(reading: Reading, since: float, until: float, count: int) -> Iterable[Reading]:
    """Yield copies of a reading, evenly spread between two times and at neither of them."""
    for number in range(1, count + 1):
        yield reading._replace(at=since + (until - since) * number / (count + 1))
