"""Silence of sensors that send a sign of life again and again, and of the bay only changes."""

from collections import deque
from math import inf
from typing import override

from .reports import DistanceReports, ReportOptions, StateReports

# So many pauses between signs of life are looked at, and so many of them are needed.
GAPS = 6
GAPS_NEEDED = 2
# Pauses that differ by more are no rhythm; what comes sooner belongs to the same sign of life.
GAPS_SPREAD = 3.0
TOGETHER_S = 5.0
# So many pauses may pass in silence.
SILENT_GAPS = 3.0
SILENT_MIN_S = 60.0


class Heartbeat:
    """How often a sensor sends a sign of life, learnt from those that it sent."""

    def __init__(self) -> None:
        """Begin without a rhythm."""
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._at: float | None = None

    def beat(self, at: float) -> None:
        """Take a sign of life, at a time in seconds on the monotonic clock."""
        if self._at is None or at - self._at >= TOGETHER_S:
            if self._at is not None:
                self._gaps.append(at - self._at)
            self._at = at

    def clear(self) -> None:
        """Forget the rhythm: the sensor was gone meanwhile."""
        self._gaps.clear()
        self._at = None

    @property
    def patience_s(self) -> float:
        """How long the sensor may be silent; infinite while that is not known."""
        gaps = self._gaps
        if len(gaps) < GAPS_NEEDED or max(gaps) > GAPS_SPREAD * min(gaps):
            return inf
        return max(SILENT_MIN_S, SILENT_GAPS * max(gaps))


class BeatingStateReports(StateReports):
    """Reports of occupied or vacant, between signs of life."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Begin without a state."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_patience_s(self) -> float:
        return self._heartbeat.patience_s


class BeatingDistanceReports(DistanceReports):
    """Reports of distances, between signs of life."""

    def __init__(self, bay_id: str, options: ReportOptions, heartbeat: Heartbeat) -> None:
        """Begin without a distance."""
        super().__init__(bay_id, options)
        self._heartbeat = heartbeat

    @property
    @override
    def _usual_patience_s(self) -> float:
        return min(super()._usual_patience_s, self._heartbeat.patience_s)
