"""What a forecast says: free bays with odds, and when a lot will be full, or free again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BAND = (0.1, 0.9)
# Who is told that a lot will be full, or free again, is told what is more likely than not.
LIKELY = 0.5
# Between moments that are further apart, nothing is said.
MOST_GAP_S = 3_600
# What cannot be known is not said to be certain.
SUREST = 0.995


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many bays will be free at a moment, and how sure that is."""

    at: float
    capacity: float
    free: float
    # Eight times in ten the number of free bays is between these.
    low: float
    high: float
    # Occupied bays by quantile, evenly spaced from the least to the most.
    occupied: NDArray[np.float64]

    @classmethod
    def create(
        cls, at: float, capacity: float, share: float, errors: NDArray[np.float64]
    ) -> Expectation:
        """Return what follows from a share of capacity and the quantiles of its error."""
        middle = float(np.clip(share, 0.0, 1.0))
        spread = np.clip(np.maximum.accumulate(share + errors), 0.0, 1.0) * capacity
        levels = np.linspace(0.0, 1.0, len(errors))
        low, high = (float(edge) for edge in np.interp(BAND, levels, spread))
        occupied = middle * capacity
        return cls(
            at=float(at),
            capacity=float(capacity),
            free=float(capacity - occupied),
            low=float(capacity - max(high, occupied)),
            high=float(capacity - min(low, occupied)),
            occupied=spread,
        )

    def get_probability(self, bays: int = 1) -> float:
        """Return how probable it is that at least so many bays are free."""
        if bays <= 0:
            return 1.0
        if bays > self.capacity:
            return 0.0
        most = self.capacity - bays + 0.5
        levels = np.linspace(0.0, 1.0, len(self.occupied))
        # Where several quantiles are the same number, all of them are reached.
        below = int(np.searchsorted(self.occupied, most, "right"))
        if below == 0:
            return 1.0 - SUREST
        if below == len(levels):
            return SUREST
        begin, end = self.occupied[below - 1], self.occupied[below]
        part = (most - begin) / (end - begin)
        level = float(levels[below - 1] + part * (levels[below] - levels[below - 1]))
        return float(np.clip(level, 1.0 - SUREST, SUREST))


def get_full_at(path: Sequence[Expectation]) -> float | None:
    """Return when a lot will probably have no free bay; None if it will have one all the time."""
    return _get_crossing(path, is_free=False)


def get_free_again_at(path: Sequence[Expectation]) -> float | None:
    """Return when a lot that is full will probably have a free bay again; None if it will not."""
    return _get_crossing(path, is_free=True)


def _get_crossing(path: Sequence[Expectation], *, is_free: bool) -> float | None:
    """Return when it becomes likely that there is a free bay, or that there is none."""
    before: Expectation | None = None
    for point in path:
        odds = point.get_probability()
        if (odds >= LIKELY) is is_free:
            if before is None or point.at - before.at > MOST_GAP_S:
                return point.at
            odds_before = before.get_probability()
            part = (LIKELY - odds_before) / (odds - odds_before)
            return before.at + part * (point.at - before.at)
        before = point
    return None
