"""Steps of absolute time, and the local days and times of day that they fall on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
# Clocks are changed on half hours of UTC everywhere.
CLOCK_CHANGE_S = 1_800
# A special day (a holiday, an event) is a weekday of its own.
SPECIAL = 7
KINDS = 8
# Of what type a kind of day is: a working day, a Saturday, a Sunday; a special day is taken for a
# Sunday as long as nothing better is known of it.
TYPES = 3
TYPE_OF_KIND: NDArray[np.int8] = np.array([0, 0, 0, 0, 0, 1, 2, 2], dtype=np.int8)
# 1970-01-01 was a Thursday.
_EPOCH_WEEKDAY = 3
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def get_day_number(day: date) -> int:
    """Return the days between 1970-01-01 and a date."""
    return day.toordinal() - _EPOCH_ORDINAL


@dataclass(frozen=True, slots=True)
class Steps:
    """A run of steps of absolute time, each with its local day and its place in that day.

    Clock changes leave both exact: when clocks go back two steps share a place, when they go
    forward some places of that day have no step.
    """

    step_s: int
    first: int
    days: NDArray[np.int32]
    places: NDArray[np.int32]
    kinds: NDArray[np.int8]

    @property
    def per_day(self) -> int:
        """Return how many places a day has."""
        return DAY_S // self.step_s

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.days)

    @classmethod
    def create(
        cls,
        step_s: int,
        first: int,
        count: int,
        zone: tzinfo,
        special_days: frozenset[date] = frozenset(),
    ) -> Steps:
        """Return `count` steps of `step_s` seconds from step `first` (counted from the epoch)."""
        times = (np.arange(count, dtype=np.int64) + first) * step_s
        pieces = times // CLOCK_CHANGE_S
        distinct, inverse = np.unique(pieces, return_inverse=True)
        offsets = np.array([_get_offset_s(int(piece), zone) for piece in distinct], dtype=np.int64)
        local = times + offsets[inverse]
        days = local // DAY_S
        kinds = (days + _EPOCH_WEEKDAY) % 7
        if special_days:
            special = [get_day_number(day) for day in special_days]
            kinds = np.where(np.isin(days, special), SPECIAL, kinds)
        return cls(
            step_s,
            first,
            days.astype(np.int32),
            (local % DAY_S // step_s).astype(np.int32),
            kinds.astype(np.int8),
        )


def _get_offset_s(piece: int, zone: tzinfo) -> int:
    moment = datetime.fromtimestamp(piece * CLOCK_CHANGE_S, UTC).astimezone(zone)
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())
