"""Reports of sensors that speak by themselves: which count as readings, and when.

Whoever built the sensor decided how often it speaks: sixteen times a second, once a minute, or only
when something changes. So that the filter need not know, each bay's reports pass through here, and
readings come out as if the sensor were asked every 500 ms. One report is no proof: the next one has
to agree, or it has to stand. Times are in seconds on the monotonic clock, and come in order.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import override

from .model import Fault, Reading
from .rhythm import Rhythm
from .steadiness import FlapDetector

# A sweep of this project's own sensors, which the filter is made for.
READING_S = 0.5
# Reports that come faster are taken together: who walks by within a second shall not count as ten.
TOGETHER_S = 0.45
# What most of the reports of one moment say, they say together.
TOGETHER_SHARE = 0.75
TOGETHER_MAX = 32
# Reports that differ by less, or by this share of the distance, agree.
AGREE_M = 0.05
AGREE_SHARE = 0.02
# A report that nothing contradicts counts as if it had been repeated, and so often at most.
COUNTED_MAX = 5
# The last word of a sensor that speaks only when something changes counts after standing so long.
STANDS_S = 12.0
# A word that stands is told again, ever more seldom, so that what takes time can take it.
AGAIN_SHARE = 0.25
AGAIN_MIN_S = 2.0
AGAIN_MAX_S = 60.0
# Share of reports that repeat the one before, over the last 20 or so: a windscreen that loses every
# second echo still has a half, noise a tenth, and what alternates nothing.
AGREEMENT_REPORTS = 20
AGREEMENT_NEW = 0.5
AGREEMENT_LOW = 0.2
AGREEMENT_FINE = 0.45
# More values than this among the last reports are noise and no alternation.
RECENT_REPORTS = 6
ALTERNATING_MAX = 2
# A sensor that has missed so many beats since an odd report does not speak regularly any more.
MISSED_BEATS = 2.0
# So many reports may be missing before a sensor that has a rhythm is silent.
SILENT_BEATS = 10.0
SILENT_MIN_S = 60.0
# No bay is taken and left so often within ten minutes, whatever a camera says.
STATE_CHANGES = 20
# Cameras lose a parked car for seconds; who drives past is seen for less than one.
ON_AFTER_S = 1.0
OFF_AFTER_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How the reports of one node are to be taken."""

    on_after_s: float = ON_AFTER_S
    """How long a state has to say occupied before it is believed."""
    off_after_s: float = OFF_AFTER_S
    """How long a state has to say vacant before it is believed."""
    silent_after_s: float | None = None
    """When silence is a fault; None for what a sensor's own rhythm says."""


class Reports(ABC):
    """The reports of one bay.

    Readings to be counted are returned. `due_at` says when `tick` wants to be called next, if no
    report comes before.
    """

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Begin without a report."""
        self.bay_id = bay_id
        self._options = options
        self._heard_at: float | None = None
        self._is_silent = False

    def report(self, reading: Reading) -> list[Reading]:
        """Take a report, and return what it makes count."""
        self._heard_at, self._is_silent = reading.at, False
        return self._take(reading)

    def alive(self, at: float) -> bool:
        """Note that the sensor was heard of at a time, though it reported nothing.

        Returns whether it was taken for silent: what it says counts anew then.
        """
        if self._heard_at is not None and at > self._heard_at:
            self._heard_at = at
        return self._is_silent

    def tick(self, at: float) -> list[Reading]:
        """Return what counts because time has passed."""
        if self._is_silent:
            return []
        if at >= self._silent_at:
            self._is_silent = True
            self._drop()
            return [Reading(self.bay_id, at, fault=Fault.SILENT)]
        return self._pass_time(at)

    @property
    def due_at(self) -> float:
        """When time alone will make something count; infinite when it will not."""
        return inf if self._is_silent else min(self._silent_at, self._settles_at)

    @property
    def _silent_at(self) -> float:
        """When silence will have lasted too long."""
        patience_s = self._options.silent_after_s or self._usual_patience_s
        return inf if self._heard_at is None else self._heard_at + patience_s

    @property
    def _usual_patience_s(self) -> float:
        """How long this sensor may be silent when nobody has said."""
        return inf

    @property
    @abstractmethod
    def _settles_at(self) -> float:
        """When what was reported will count."""

    @abstractmethod
    def _take(self, reading: Reading) -> list[Reading]:
        """Return what a report makes count."""

    @abstractmethod
    def _pass_time(self, at: float) -> list[Reading]:
        """Return what counts by now."""

    @abstractmethod
    def _drop(self) -> None:
        """Forget what was said: the next report begins anew."""


class StateReports(Reports):
    """Reports of a sensor that says occupied or vacant: a state counts once it has stood."""

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Begin without a state."""
        super().__init__(bay_id, options)
        self._said: Reading | None = None
        self._counts = False
        self._flaps = FlapDetector(STATE_CHANGES)
        self._is_flapping = False

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        if reading.occupied is None:
            self._drop()
            return [reading]
        if self._said is None or self._said.occupied is not reading.occupied:
            if self._said is not None:
                self._flaps.change(reading.at)
            self._said, self._counts = reading, False
        return self._pass_time(reading.at)

    @override
    def _pass_time(self, at: float) -> list[Reading]:
        if self._flaps.is_flapping(at):
            if self._is_flapping:
                return []
            self._is_flapping, self._counts = True, False
            return [Reading(self.bay_id, at, fault=Fault.FLAPPING)]
        self._is_flapping = False
        if self._counts or self._said is None or at < self._settles_at:
            return []
        self._counts = True
        return [self._said._replace(at=at)]

    @property
    @override
    def _settles_at(self) -> float:
        if self._said is None or self._counts:
            return inf
        after_s = self._options.on_after_s if self._said.occupied else self._options.off_after_s
        return max(self._said.at + after_s, self._flaps.calm_at or 0.0)

    @override
    def _drop(self) -> None:
        self._said, self._counts = None, False


class DistanceReports(Reports):
    """Reports of a sensor that says how far it is to whatever it sees."""

    def __init__(self, bay_id: str, options: ReportOptions) -> None:
        """Begin without a distance."""
        super().__init__(bay_id, options)
        self._rhythm = Rhythm()
        self._agreement = AGREEMENT_NEW
        self._fault: Fault | None = None
        """What is wrong with the reports, while they do not agree."""
        self._recent: deque[Reading] = deque(maxlen=RECENT_REPORTS)
        self._together: list[Reading] = []
        """Reports of one moment that wait to be taken."""
        self._taken_at = -inf
        self._last: Reading | None = None
        """The last word."""
        self._since = 0.0
        """When it was said first."""
        self._counted_at: float | None = None
        """When it was counted last; None while it has nothing to show for itself."""
        self._stands_at = inf
        """When it will count if nothing else is said."""

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        if reading.fault in (Fault.UNAVAILABLE, Fault.MISSING):
            self._drop()
            return [reading]
        if len(self._together) < TOGETHER_MAX:
            self._together.append(reading)
        else:
            self._together[-1] = reading
        return self._pass_time(reading.at)

    @override
    def _pass_time(self, at: float) -> list[Reading]:
        counted: list[Reading] = []
        if self._together and at >= self._taken_at + TOGETHER_S:
            counted += self._take_together(at)
        if self._last is None or self._together:
            return counted
        if self._counted_at is None and at >= self._stands_at:
            counted += self._stand(self._last._replace(at=at))
        elif self._counted_at is not None and at >= self._again_at:
            self._counted_at = at
            counted.append(self._last._replace(at=at))
        return counted

    @property
    @override
    def _settles_at(self) -> float:
        if self._together:
            return self._taken_at + TOGETHER_S
        if self._last is None:
            return inf
        return self._stands_at if self._counted_at is None else self._again_at

    @property
    def _again_at(self) -> float:
        """When a word that has counted and still stands is told again."""
        if self._fault is not None or self._counted_at is None:
            return inf
        pause_s = (self._counted_at - self._since) * AGAIN_SHARE
        return self._counted_at + min(AGAIN_MAX_S, max(AGAIN_MIN_S, pause_s))

    @property
    @override
    def _usual_patience_s(self) -> float:
        beat_s = self._rhythm.steady_beat_s
        return inf if beat_s is None else max(SILENT_MIN_S, SILENT_BEATS * beat_s)

    @override
    def _drop(self) -> None:
        self._together.clear()
        self._recent.clear()
        self._last = self._counted_at = None
        self._stands_at = inf

    def _take_together(self, at: float) -> list[Reading]:
        """Take the reports of one moment for what most of them say."""
        together, self._together = self._together, []
        word, share = _most_common(together)
        if not agree(word, together[-1]):
            # What was said last may be the last for long.
            self._together = [together[-1]]
        self._taken_at = at
        return self._take_word(word, is_mixed=share < TOGETHER_SHARE)

    def _take_word(self, word: Reading, *, is_mixed: bool) -> list[Reading]:
        """Let a report count if it agrees with the one before, or let it wait for the next."""
        before, self._last = self._last, word
        self._recent.append(word)
        agrees = before is not None and not is_mixed and agree(before, word)
        if before is not None:
            gap_s = word.at - before.at
            on_beat = self._rhythm.is_on_beat(gap_s)
            is_equal = agrees and before.distance_m == word.distance_m
            self._rhythm.add(gap_s, says_nothing_new=agrees, is_equal=is_equal)
            self._agreement += (agrees - self._agreement) / AGREEMENT_REPORTS
        else:
            on_beat = False
        counted = self._judge(word.at)
        if before is None or not agrees:
            self._since, self._counted_at = word.at, None
            beats_s = MISSED_BEATS * (self._rhythm.beat_s or 0.0) if on_beat else 0.0
            self._stands_at = word.at + max(STANDS_S, beats_s)
        elif self._fault is None:
            first = before.at if self._counted_at is None else None
            since = max(before.at, self._counted_at or before.at)
            self._counted_at, self._stands_at = word.at, inf
            counted += _spread(word, since, first)
        return counted

    def _stand(self, word: Reading) -> Iterable[Reading]:
        """Let a word count that nothing has contradicted, however odd the reports before it."""
        self._counted_at, self._stands_at = word.at, inf
        self._agreement, self._fault = max(self._agreement, AGREEMENT_FINE), None
        return _spread(word, self._since, self._since)

    def _judge(self, at: float) -> list[Reading]:
        """Return a fault when reports have begun to contradict one another."""
        if self._fault is not None:
            if self._agreement > AGREEMENT_FINE:
                self._fault = None
            return []
        if self._agreement >= AGREEMENT_LOW:
            return []
        self._fault = (
            Fault.CONTRADICTORY if _values(self._recent) <= ALTERNATING_MAX else Fault.NOISE
        )
        return [Reading(self.bay_id, at, fault=self._fault)]


def agree(one: Reading, other: Reading) -> bool:
    """Return whether two reports say the same."""
    if one.distance_m is None or other.distance_m is None:
        return one.distance_m is other.distance_m and one.fault is other.fault
    apart_m = abs(one.distance_m - other.distance_m)
    return apart_m <= max(AGREE_M, AGREE_SHARE * one.distance_m)


def _most_common(reports: list[Reading]) -> tuple[Reading, float]:
    """Return the newest report that most others agree with, and their share."""
    agreeing = [(sum(agree(one, other) for other in reports), one) for one in reports]
    count, word = max(reversed(agreeing), key=lambda pair: pair[0])
    return word, count / len(reports)


def _values(reports: Iterable[Reading]) -> int:
    """Return how many different things reports say."""
    different: list[Reading] = []
    for one in reports:
        if not any(agree(one, other) for other in different):
            different.append(one)
    return len(different)


def _spread(word: Reading, since: float, first: float | None) -> Iterable[Reading]:
    """Yield a word as often as it would have been heard since a time, within limits.

    `first` is the time of an earlier report that says the same and has not counted yet.
    """
    lasted_s = word.at - since
    count = min(COUNTED_MAX, max(1, round(lasted_s / READING_S)))
    if first is not None:
        yield word._replace(at=first)
    for number in range(1, count + 1):
        yield word._replace(at=since + lasted_s * number / count)
