"""Steadiness: distances that repeat, and states that change too often."""

from collections import deque

# Readings of one surface differ by less: noise, rounding, a thermometer that is read rarely.
SAME_SURFACE_M = 0.04
# This many readings of one surface, 10 s of sweeps, are no person who walks by.
STEADY_READINGS = 20

# No bay changes so often within ten minutes.
CHANGES = 12
CHANGES_WITHIN_S = 600.0
# Flapping ends when nothing has changed for this many times its usual pause.
CALM_PAUSES = 5.0
CALM_MIN_S = 10.0


class SteadyDistance:
    """The distance, in metres, that readings come back to."""

    __slots__ = ("_count", "metres")

    def __init__(self) -> None:
        """Initialize with no readings."""
        self.metres = 0.0
        self._count = 0

    def __bool__(self) -> bool:
        """Return whether enough readings repeat the distance."""
        return self._count >= STEADY_READINGS

    def add(self, distance_m: float) -> None:
        """Count a reading for the distance, or against it."""
        if self._count and abs(distance_m - self.metres) < SAME_SURFACE_M:
            self._count = min(2 * STEADY_READINGS, self._count + 1)
            self.metres += (distance_m - self.metres) / STEADY_READINGS
        else:
            self._count = max(0, self._count - 2)
            if not self._count:
                self.metres, self._count = distance_m, 1

    def clear(self) -> None:
        """Remove all readings."""
        self._count = 0


class FlapDetector:
    """Distinguishes comings and goings from a sensor that flaps.

    Times are in seconds, and come in order.
    """

    __slots__ = ("_at", "calm_at")

    def __init__(self, changes: int = CHANGES) -> None:
        """Initialize; `changes` within ten minutes are flapping."""
        self._at: deque[float] = deque(maxlen=changes)
        self.calm_at: float | None = None
        """When flapping ends if nothing changes; None while there is none."""

    def change(self, at: float) -> None:
        """Count a change."""
        self._at.append(at)
        lasted_s = at - self._at[0]
        if len(self._at) == self._at.maxlen and lasted_s <= CHANGES_WITHIN_S:
            pause_s = lasted_s / (len(self._at) - 1)
            calm_s = min(CHANGES_WITHIN_S, max(CALM_MIN_S, CALM_PAUSES * pause_s))
            self.calm_at = at + calm_s

    def is_flapping(self, at: float) -> bool:
        """Return whether the state still changes too often."""
        if self.calm_at is not None and at >= self.calm_at:
            self.calm_at = None
            self._at.clear()
        return self.calm_at is not None
