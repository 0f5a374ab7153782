"""The series that are forecast: a lot as a whole, its levels and its kinds of bays."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .model import Counts

LOT_SERIES = "lot"
# Of what each may be asked; learning takes longer, and what is learnt is larger, by each.
MOST_SERIES = 40


class GroupCount(NamedTuple):
    """How many bays of one kind on one level were free and taken (or held) at a time."""

    at: float
    kind: str
    level: str
    free: int
    taken: int


def get_level_series(level: str) -> str:
    """Return the name of a level's series."""
    return f"level:{level}"


def get_kind_series(kind: str) -> str:
    """Return the name of a kind's series."""
    return f"kind:{kind}"


def create_series(groups: Iterable[GroupCount]) -> dict[str, Counts]:
    """Return the sums over each time: of all bays, of each kind, of each level that has a name.

    The counts may come in any order, and one by one: of each only its numbers are kept. Of more
    levels than there may be series, the largest are taken.
    """
    numbers: dict[tuple[str, str], int] = {}
    times, of_group = array("d"), array("i")
    taken_bays, bays = array("i"), array("i")
    for at, kind, level, free, taken in groups:
        times.append(at)
        of_group.append(numbers.setdefault((kind, level), len(numbers)))
        taken_bays.append(taken)
        bays.append(free + taken)
    if not times:
        return {}
    rows = _Rows(*np.unique(np.array(times), return_inverse=True), taken_bays, bays)
    parts: dict[str, list[int]] = {LOT_SERIES: [*numbers.values()]}
    for (kind, _), number in numbers.items():
        parts.setdefault(get_kind_series(kind), []).append(number)
    most = np.zeros(len(numbers), np.int32)
    np.maximum.at(most, np.array(of_group), np.array(bays))
    levels: dict[str, list[int]] = {}
    for (_, level), number in numbers.items():
        if level:
            levels.setdefault(get_level_series(level), []).append(number)
    by_size = sorted(levels, key=lambda name: -int(most[levels[name]].sum()))
    parts |= {name: levels[name] for name in by_size[: max(0, MOST_SERIES - len(parts))]}
    return {name: rows.sum(np.isin(np.array(of_group), of_name)) for name, of_name in parts.items()}


class _Rows(NamedTuple):
    """Counts by row: the number of its time, of which there are several rows each."""

    distinct: NDArray[np.float64]
    at: NDArray[np.int64]
    taken: array[int]
    bays: array[int]

    def sum(self, chosen: NDArray[np.bool_]) -> Counts:
        """Return the sums of some rows over the times that they have."""
        at, size = self.at[chosen], len(self.distinct)
        is_counted = np.bincount(at, minlength=size) > 0
        taken, bays = (
            np.bincount(at, np.array(column)[chosen], size)[is_counted].astype(np.float64)
            for column in (self.taken, self.bays)
        )
        # Mostly all series have the same times.
        times = self.distinct if is_counted.all() else self.distinct[is_counted]
        return Counts(times, taken, bays)
