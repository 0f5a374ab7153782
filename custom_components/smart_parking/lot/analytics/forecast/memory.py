"""What is remembered of past days at the beginning of a day: usual days, last ones, recent ones."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .steps import KINDS, SPECIAL, TYPE_OF_KIND, TYPES

type Floats = NDArray[np.float32]

# Half-lives, in days of that kind or type: a weekday recurs after a week, a working day the next.
USUAL_HALF_LIFE = 3.0
LONG_HALF_LIFE = 20.0
TYPE_HALF_LIFE = 15.0
RECENT_HALF_LIFE = 5.0
# What the latest days, of whatever kind, had more or less than was usual for them.
DRIFT_HALF_LIFE = 2.0
DRIFT_PRIOR = 1.0
# A usual day is mostly those of its own weekday, some of those of its type, and, while neither is
# known, any day.
TYPE_WEIGHT = 0.33
ANY_WEIGHT = 0.001
# So many calendar days are searched for days like today.
RECENT_DAYS = 70
# Profiles of short steps are smoothed over this time to both sides.
SMOOTHING_S = 600
# Sums of nothing are not quite zero.
_LEAST_WEIGHT = 1e-5


class _Mean:
    """Exponentially forgetting means, one for each group of days."""

    def __init__(self, groups: int, series: int, places: int, half_life: float) -> None:
        self.sums: Floats = np.zeros((groups, series, places), np.float32)
        self.weights: Floats = np.zeros((groups, series, places), np.float32)
        self._decay = np.float32(0.5 ** (1.0 / half_life))

    def add(self, group: int, values: Floats, known: NDArray[np.bool_]) -> None:
        """Add a day, where it is known."""
        decay = np.where(known, self._decay, np.float32(1.0))
        self.sums[group] = self.sums[group] * decay + np.where(known, values, 0.0)
        self.weights[group] = self.weights[group] * decay + known


class Profiles(NamedTuple):
    """Shares of capacity by kind of day, series and place in the day; NaN where unknown."""

    usual: Floats
    long: Floats
    recent: Floats
    any: Floats
    last: Floats
    before_last: Floats
    last_of_type: Floats
    drift: Floats


@dataclass(frozen=True, slots=True)
class RecentDays:
    """The latest calendar days: shares by series, day and place, and each day's kind."""

    shares: Floats
    kinds: NDArray[np.int8]
    # The number of the day after the last one.
    end: int


class DayMemory:
    """What past days tell, day by day: of the day that begins it knows nothing."""

    def __init__(self, series: int, per_day: int, step_s: int) -> None:
        shape = (series, per_day)
        self._usual = _Mean(KINDS, *shape, USUAL_HALF_LIFE)
        self._long = _Mean(KINDS, *shape, LONG_HALF_LIFE)
        self._typed = _Mean(TYPES, *shape, TYPE_HALF_LIFE)
        self._recent = _Mean(TYPES, *shape, RECENT_HALF_LIFE)
        self._any = _Mean(TYPES, *shape, LONG_HALF_LIFE * 5)
        self._drift = _Mean(1, *shape, DRIFT_HALF_LIFE)
        self._last: Floats = np.full((KINDS, *shape), np.nan, np.float32)
        self._before_last = self._last.copy()
        self._last_of_type: Floats = np.full((TYPES, *shape), np.nan, np.float32)
        self._days: Floats = np.full((series, RECENT_DAYS, per_day), np.nan, np.float32)
        self._kinds: NDArray[np.int8] = np.full(RECENT_DAYS, -1, np.int8)
        self._end: int | None = None
        self._smoothing = SMOOTHING_S // step_s

    def add_day(self, day: int, kind: int, shares: Floats) -> None:
        """Remember a day that is over: shares of capacity by series and place, NaN if unknown."""
        self._move_to(day + 1)
        self._days[:, -1] = shares
        self._kinds[-1] = kind
        known = np.isfinite(shares)
        if not known.any():
            return
        drift = shares - self._mix(self._usual, TYPE_WEIGHT)[kind]
        self._drift.add(0, np.nan_to_num(drift), np.isfinite(drift))
        kind_type = TYPE_OF_KIND[kind]
        self._usual.add(kind, shares, known)
        self._long.add(kind, shares, known)
        self._before_last[kind] = self._last[kind]
        self._last[kind] = shares
        if kind != SPECIAL:
            for mean in (self._typed, self._recent, self._any):
                mean.add(kind_type, shares, known)
            self._last_of_type[kind_type] = np.where(known, shares, self._last_of_type[kind_type])

    def _move_to(self, end: int) -> None:
        passed = 1 if self._end is None else min(end - self._end, RECENT_DAYS)
        self._days = np.roll(self._days, -passed, axis=1)
        self._days[:, -passed:] = np.nan
        self._kinds = np.roll(self._kinds, -passed)
        self._kinds[-passed:] = -1
        self._end = end

    def create_profiles(self) -> Profiles:
        """Return what is expected of each kind of day."""
        types = TYPE_OF_KIND
        drift = self._smooth(self._drift.sums) / (
            self._smooth(self._drift.weights) + np.float32(DRIFT_PRIOR)
        )
        return Profiles(
            usual=self._mix(self._usual, TYPE_WEIGHT),
            long=self._mix(self._long, ANY_WEIGHT),
            recent=self._mix(self._recent, 0.0, types),
            any=self._mix(self._any, 0.0, types),
            last=self._smooth_known(self._last),
            before_last=self._smooth_known(self._before_last),
            last_of_type=self._smooth_known(self._last_of_type)[types],
            drift=np.broadcast_to(drift, self._last.shape),
        )

    def _mix(self, own: _Mean, weight: float, groups: NDArray[np.int8] | None = None) -> Floats:
        types = TYPE_OF_KIND
        own_sums = own.sums if groups is None else own.sums[groups]
        own_weights = own.weights if groups is None else own.weights[groups]
        sums = own_sums + weight * self._typed.sums[types] + ANY_WEIGHT * self._any.sums.sum(0)
        weights = own_weights + weight * self._typed.weights[types]
        weights = self._smooth(weights + ANY_WEIGHT * self._any.weights.sum(0))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(weights > _LEAST_WEIGHT, self._smooth(sums) / weights, np.nan)

    def get_recent_days(self) -> RecentDays:
        """Return the latest days, which are not to be changed."""
        return RecentDays(self._days, self._kinds, 0 if self._end is None else self._end)

    def _smooth(self, values: Floats) -> Floats:
        reach = self._smoothing
        if not reach:
            return values
        padded = np.concatenate((values[..., -reach:], values, values[..., :reach]), axis=-1)
        sums = np.cumsum(padded, axis=-1, dtype=np.float64)
        sums = np.concatenate((np.zeros((*sums.shape[:-1], 1)), sums), axis=-1)
        width = 2 * reach + 1
        return ((sums[..., width:] - sums[..., :-width]) / width).astype(np.float32)

    def _smooth_known(self, values: Floats) -> Floats:
        if not self._smoothing:
            return values
        known = np.isfinite(values)
        weights = self._smooth(known.astype(np.float32))
        sums = self._smooth(np.where(known, values, np.float32(0.0)))
        with np.errstate(invalid="ignore", divide="ignore"):
            # What the sums leave behind where nothing is known is not to be taken for something.
            return np.where(weights > 0.5 / (2 * self._smoothing + 1), sums / weights, np.nan)
