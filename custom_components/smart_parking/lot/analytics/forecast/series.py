"""The series that are forecast: a lot as a whole, its levels and its kinds of bays."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """Return the sums over each time: of all bays, of each level that has a name, of each kind.

    The counts may come in any order, and one by one: of each only its numbers are kept.
    """
    columns: dict[str, tuple[array[float], array[float], array[float]]] = {}
    for at, kind, level, free, taken in groups:
        names = [LOT_SERIES, get_kind_series(kind), *([get_level_series(level)] if level else [])]
        for name in names:
            times, taken_bays, bays = columns.setdefault(name, (array("d"), array("d"), array("d")))
            times.append(at)
            taken_bays.append(taken)
            bays.append(free + taken)
    return {name: _sum(*(np.array(one) for one in of_name)) for name, of_name in columns.items()}


def _sum(
    times: NDArray[np.float64], taken: NDArray[np.float64], bays: NDArray[np.float64]
) -> Counts:
    distinct, at = np.unique(times, return_inverse=True)
    return Counts(
        distinct,
        np.bincount(at, taken).astype(np.float64),
        np.bincount(at, bays).astype(np.float64),
    )
