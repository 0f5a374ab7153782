"""Silence of sensors that report changes of the bay, and send heartbeats in between."""

from collections import deque
from math import inf
from typing import override

from .reports import DistanceReports, ReportOptions, StateReports

# Number of pauses that are looked at; a signal that comes sooner belongs to the same heartbeat.
GAPS = 6
MERGE_WINDOW_S = 5.0
SILENT_MIN_S = 60.0
# Heartbeats are sent on purpose: two show a rhythm, even when one in between is lost.
BEATS_NEEDED, BEATS_SPREAD, SILENT_BEATS = 2, 3.0, 3.0
# A repeated state may be chance: a rhythm needs more of them and silence more time, as with
# distances.
REPEATS_NEEDED, REPEATS_SPREAD, SILENT_REPEATS = 4, 1.5, 10.0


class _Pauses:
    """The pauses of a sensor between two signals of one kind."""

    def __init__(self, needed: int, spread: float, silent: float) -> None:
        """Initialize without any; `silent` is how many pauses of a rhythm may pass in silence."""
        self._needed = needed
        self._spread = spread
        self._silent = silent
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._at: float | None = None

    def add(self, at: float, *, counts: bool = True) -> None:
        """Add a signal; the pause before one with a new state does not count."""
        if self._at is None or at - self._at >= MERGE_WINDOW_S:
            if self._at is not None and counts:
                self._gaps.append(at - self._at)
            self._at = at

    @property
    def timeout_s(self) -> float:
        """The longest silence of a working sensor, in seconds; infinite without a rhythm."""
        gaps = self._gaps
        if len(gaps) < self._needed or max(gaps) > self._spread * min(gaps):
            return inf
        return max(SILENT_MIN_S, self._silent * max(gaps))


class Heartbeat:
    """The rhythm in which a sensor reports that it is alive.

    Times are in seconds on the monotonic clock.
    """

    def __init__(self) -> None:
        """Initialize without a rhythm."""
        self.clear()

    def clear(self) -> None:
        """Reset the rhythm after the sensor was unavailable."""
        self._beats = _Pauses(BEATS_NEEDED, BEATS_SPREAD, SILENT_BEATS)
        self._repeats = _Pauses(REPEATS_NEEDED, REPEATS_SPREAD, SILENT_REPEATS)

    def beat(self, at: float) -> None:
        """Add a heartbeat."""
        self._beats.add(at)

    def add(self, at: float, *, is_new: bool) -> None:
        """Add a report of the bay's state, new or repeated."""
        self._repeats.add(at, counts=not is_new)

    @property
    def timeout_s(self) -> float:
        """The longest silence of a working sensor, in seconds; infinite while that is not known."""
        return min(self._beats.timeout_s, self._repeats.timeout_s)


class BeatingStateReports(StateReports):
    """Reports of occupied or vacant from a sensor with heartbeats."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Initialize without a state."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_timeout_s(self) -> float:
        return self._heartbeat.timeout_s


class BeatingDistanceReports(DistanceReports):
    """Reports of distances from a sensor with heartbeats."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Initialize without a distance."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_timeout_s(self) -> float:
        return min(super()._usual_timeout_s, self._heartbeat.timeout_s)
