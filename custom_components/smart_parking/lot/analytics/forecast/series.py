"""The series that are forecast: a lot as a whole, its levels and its kinds of bays."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .model import Counts

LOT_SERIES = "lot"


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
    """Return the sums over each time: of all bays, of each level that has a name, of each kind."""
    sums: dict[str, dict[float, tuple[int, int]]] = {}
    for at, kind, level, free, taken in groups:
        names = [LOT_SERIES, get_kind_series(kind), *([get_level_series(level)] if level else [])]
        for name in names:
            series = sums.setdefault(name, {})
            free_before, taken_before = series.get(at, (0, 0))
            series[at] = (free_before + free, taken_before + taken)
    return {
        name: Counts(
            np.array(list(series), np.float64),
            np.array([taken for _, taken in series.values()], np.float64),
            np.array([free + taken for free, taken in series.values()], np.float64),
        )
        for name, series in sums.items()
    }
