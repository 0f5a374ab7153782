"""Duration of stays: classes of durations, and quantiles."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86_400

EDGES_S = (
    *range(0, _HOUR_S, 5 * _MINUTE_S),
    *range(_HOUR_S, 2 * _HOUR_S, 10 * _MINUTE_S),
    *range(2 * _HOUR_S, 4 * _HOUR_S, 15 * _MINUTE_S),
    *range(4 * _HOUR_S, 8 * _HOUR_S, 30 * _MINUTE_S),
    *range(8 * _HOUR_S, _DAY_S, _HOUR_S),
    *(days * _DAY_S for days in (1, 2, 3, 7, 14, 28, 365)),
)
"""Lower bounds of the classes, in seconds; the last class has no end."""

# Lower bounds of the few classes that people read.
SHOWN_S = tuple(
    minutes * _MINUTE_S
    for minutes in (0, 15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880)
)


def class_of(duration_s: float) -> int:
    """Return the class of a duration in seconds."""
    return max(0, bisect_right(EDGES_S, duration_s) - 1)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the quantile of ordered values for a share."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quantile_of_classes(classes: Mapping[int, int], share: float) -> float | None:
    """Return the approximate quantile of the durations of stays, in seconds."""
    wanted = share * sum(classes.values())
    if not wanted:
        return None
    below = 0
    for number in sorted(classes):
        stays = classes[number]
        if stays and below + stays >= wanted:
            begins = EDGES_S[number]
            ends = EDGES_S[number + 1] if number + 1 < len(EDGES_S) else begins
            return float(begins + (ends - begins) * (wanted - below) / stays)
        below += stays
    raise AssertionError(classes)


def shown_histogram(classes: Mapping[int, int]) -> list[tuple[int, int | None, int]]:
    """Return from, until (None: no end) and stays of the classes that people read, in seconds."""
    stays = [0] * len(SHOWN_S)
    for number, count in classes.items():
        stays[bisect_right(SHOWN_S, EDGES_S[number]) - 1] += count
    ends: list[int | None] = [*SHOWN_S[1:], None]
    return list(zip(SHOWN_S, ends, stays, strict=True))
