"""Silence of sensors that send a sign of life again and again, and of the bay only changes."""

from collections import deque
from math import inf
from typing import override

from .reports import DistanceReports, ReportOptions, StateReports

# So many pauses are looked at; what comes sooner belongs to the same sign of life.
GAPS = 6
TOGETHER_S = 5.0
SILENT_MIN_S = 60.0
# Heartbeats are meant as such: few of them show a rhythm, even when one in between is lost.
BEATS_NEEDED, BEATS_SPREAD, SILENT_BEATS = 2, 3.0, 3.0
# A state that is said again may be chance: a rhythm shows in more of them, and longer silence
# proves it, as with distances.
REPEATS_NEEDED, REPEATS_SPREAD, SILENT_REPEATS = 4, 1.5, 10.0


class _Pauses:
    """How long a sensor pauses between two signs of life of one kind."""

    def __init__(self, needed: int, spread: float, silent: float) -> None:
        """Initialize without any; `silent` pauses may pass where a rhythm shows."""
        self._needed = needed
        self._spread = spread
        self._silent = silent
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._at: float | None = None

    def add(self, at: float, *, counts: bool = True) -> None:
        """Take a sign of life; the pause before one that brought news does not count."""
        if self._at is None or at - self._at >= TOGETHER_S:
            if self._at is not None and counts:
                self._gaps.append(at - self._at)
            self._at = at

    @property
    def timeout_s(self) -> float:
        """How long the sensor may be silent; infinite while there is no rhythm."""
        gaps = self._gaps
        if len(gaps) < self._needed or max(gaps) > self._spread * min(gaps):
            return inf
        return max(SILENT_MIN_S, self._silent * max(gaps))


class Heartbeat:
    """How often a sensor sends a sign of life, learnt from those that it sent.

    Times are in seconds on the monotonic clock.
    """

    def __init__(self) -> None:
        """Initialize without a rhythm."""
        self.clear()

    def clear(self) -> None:
        """Forget the rhythm: the sensor was gone meanwhile."""
        self._beats = _Pauses(BEATS_NEEDED, BEATS_SPREAD, SILENT_BEATS)
        self._repeats = _Pauses(REPEATS_NEEDED, REPEATS_SPREAD, SILENT_REPEATS)

    def beat(self, at: float) -> None:
        """Take a sign of life that is sent again and again."""
        self._beats.add(at)

    def add(self, at: float, *, is_new: bool) -> None:
        """Capture what the sensor says of its bay, whether it is news or has been said before."""
        self._repeats.add(at, counts=not is_new)

    @property
    def timeout_s(self) -> float:
        """How long the sensor may be silent; infinite while that is not known."""
        return min(self._beats.timeout_s, self._repeats.timeout_s)


class BeatingStateReports(StateReports):
    """Reports of occupied or vacant, between signs of life."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Initialize without a state."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_timeout_s(self) -> float:
        return self._heartbeat.timeout_s


class BeatingDistanceReports(DistanceReports):
    """Reports of distances, between signs of life."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Initialize without a distance."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_timeout_s(self) -> float:
        return min(super()._usual_timeout_s, self._heartbeat.timeout_s)
