"""When a bay will be free again, from how long others have stayed and who stands there now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .outlook import LIKELY

# Stays are told apart in steps of so many seconds, and known up to a day.
STEP_S = 120
STEPS = 86_400 // STEP_S
# Who comes at another time of day stays for another time: a day has so many parts.
PERIOD_HOURS = 4
PERIODS = 24 // PERIOD_HOURS
# So many must have left, for how long vehicles stay to be known.
LEAST_LEFT = 60
# Where fewer than so many were still there, nothing is said of the rest.
LEAST_LEFT_OVER = 8
# Nothing is said of what takes longer than this.
MOST_WAIT_S = 7_200
# At least this share of the vehicles that stand must be of a sort of which enough is known.
LEAST_KNOWN = 0.5

type Floats = NDArray[np.float32]
# A kind of bay and a part of the day; either may be left open, as None and -1.
type Sort = tuple[str | None, int]


class StaySpan(NamedTuple):
    """How long a vehicle has stayed that came at an hour of the day, and whether it has left."""

    kind: str
    hour: int
    duration_s: float
    has_left: bool


class Standing(NamedTuple):
    """A vehicle that stands in a bay: when it came, as an hour of the day, and how long ago."""

    kind: str
    hour: int
    age_s: float


@dataclass(frozen=True, slots=True)
class Outflow:
    """How many of some vehicles will have left after each step: how probably none, and the mean."""

    none: NDArray[np.float64]
    mean: NDArray[np.float64]

    def get_wait_s(self, bays: int = 1) -> float | None:
        """Return in how many seconds it is likely that so many have left; None if that is long."""
        odds = self._get_odds(bays)
        enough = int(np.argmax(odds >= LIKELY))
        if bays < 1 or odds[enough] < LIKELY:
            return None
        before = odds[enough - 1]
        return float((enough - 1 + (LIKELY - before) / (odds[enough] - before)) * STEP_S)

    def _get_odds(self, bays: int) -> NDArray[np.float64]:
        """Return how probable it is after each step that at least so many have left.

        Exact for one; for more, vehicles are taken for many that leave independently.
        """
        if bays == 1:
            return 1.0 - self.none
        term: NDArray[np.float64] = np.exp(-self.mean)
        fewer: NDArray[np.float64] = term.copy()
        for number in range(1, bays):
            term = term * self.mean / number
            fewer += term
        return 1.0 - fewer


@dataclass(frozen=True, slots=True)
class Departures:
    """By sort of stay, which share of vehicles is still there after each step; NaN where unknown.

    Shape of a curve: `STEPS + 1`.
    """

    curves: Mapping[Sort, Floats]

    def get_outflow(self, standing: Sequence[Standing]) -> Outflow | None:
        """Return how many of some vehicles will have left; None when too little is known."""
        numbers = {sort: number for number, sort in enumerate(self.curves)}
        found = {(one.kind, one.hour): -1 for one in standing}
        for kind, hour in found:
            sorts = (numbers[sort] for sort in _get_sorts(kind, hour) if sort in numbers)
            found[kind, hour] = next(sorts, -1)
        known = [
            (number, int(one.age_s / STEP_S))
            for one in standing
            if one.age_s < STEPS * STEP_S and (number := found[one.kind, one.hour]) >= 0
        ]
        if not known or len(known) < LEAST_KNOWN * len(standing):
            return None
        rows, ages = np.array(known).T
        waits = np.arange(MOST_WAIT_S // STEP_S + 1)
        curves = np.pad(
            np.stack([*self.curves.values()]), ((0, 0), (0, len(waits))), constant_values=np.nan
        )
        there = curves[rows[:, None], ages[:, None] + waits]
        with np.errstate(invalid="ignore", divide="ignore"):
            left = 1.0 - there / there[:, :1]
        # Of whom nothing more is known may stay for ever; what has been likely remains so.
        left = np.maximum.accumulate(np.nan_to_num(left, posinf=0.0, neginf=0.0), axis=1)
        left = left.clip(0.0, 1.0).astype(np.float64)
        return Outflow(np.prod(1.0 - left, axis=0), left.sum(axis=0))


def learn_departures(spans: Iterable[StaySpan]) -> Departures:
    """Return how long vehicles stay, by kind and time of day as far as enough have left.

    Vehicles that have not left yet count for as long as they have stood (Kaplan and Meier, 1958).
    """
    by_sort: defaultdict[Sort, list[tuple[float, bool]]] = defaultdict(list)
    for span in spans:
        for sort in _get_sorts(span.kind, span.hour):
            by_sort[sort].append((span.duration_s, span.has_left))
    return Departures(
        {
            sort: _get_survival(spans_of)
            for sort, spans_of in by_sort.items()
            if sum(has_left for _, has_left in spans_of) >= LEAST_LEFT
        }
    )


def _get_sorts(kind: str, hour: int) -> tuple[Sort, ...]:
    """Return the sorts of stay that a vehicle belongs to, the narrowest first."""
    period = hour // PERIOD_HOURS
    return (kind, period), (kind, -1), (None, period), (None, -1)


def _get_survival(spans: Sequence[tuple[float, bool]]) -> Floats:
    """Return which share is still there after each step."""
    steps = np.array([min(int(duration / STEP_S), STEPS) for duration, _ in spans])
    has_left = np.array([left for _, left in spans])
    left = np.bincount(steps[has_left], minlength=STEPS + 1)[:STEPS]
    there = np.bincount(steps, minlength=STEPS + 1)[::-1].cumsum()[::-1][:STEPS]
    shares = np.cumprod(1.0 - left / np.maximum(there, 1))
    shares[there < LEAST_LEFT_OVER] = np.nan
    return np.concatenate(([1.0], shares)).astype(np.float32)
