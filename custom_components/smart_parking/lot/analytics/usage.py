"""Usage of bays: sums that can be added up, and the averages of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from .records import Stay, StayOrigin


class GroupBy(StrEnum):
    """What the rows of a report are."""

    BAY = "bay"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LEVEL = "level"
    KIND = "kind"
    ZONE = "zone"

    @property
    def is_of_time(self) -> bool:
        """Whether rows are times, and not bays."""
        return self not in (GroupBy.BAY, GroupBy.LEVEL, GroupBy.KIND, GroupBy.ZONE)


@dataclass(slots=True, kw_only=True)
class Usage:
    """Usage of bays; vehicles count when they arrive, seconds while they stand."""

    vehicles: int = 0
    estimated: int = 0
    measured: int = 0
    overstays: int = 0
    guided: int = 0
    stay_s: float = 0.0
    measured_s: float = 0.0
    occupied_s: float = 0.0
    fee: float = 0.0
    samples: int = 0
    full_samples: int = 0
    vacant: int = 0
    occupied: int = 0
    held: int = 0
    out_of_service: int = 0
    unknown: int = 0

    def add(self, more: Usage) -> None:
        """Add other sums."""
        for name, _ in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(more, name))

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Usage:
        """Return the sums in a database row, whichever it has."""
        usage = cls()
        for name, kind in _NUMBERS:
            if value := row.get(name):
                setattr(usage, name, kind(value))
        return usage

    def add_open(self, stay: Stay, *, arrived: bool, occupied_s: float) -> None:
        """Add an open stay; `arrived` is whether it began in this period."""
        self.occupied_s += occupied_s
        if arrived:
            self.vehicles += 1
            self.estimated += stay.is_estimated
            self.guided += stay.origin is not StayOrigin.CHANCE

    @property
    def average_stay_s(self) -> float | None:
        """The average duration of a stay, in seconds."""
        return self.measured_s / self.measured if self.measured else None

    @property
    def occupancy(self) -> float | None:
        """The share, 0 to 1, of known bay time that was occupied."""
        known = self.occupied + self.vacant + self.held
        return self.occupied / known if known else None


_NUMBERS = tuple(
    (one.name, int if isinstance(one.default, int) else float) for one in fields(Usage)
)
"""The names of all sums, and whether they are whole numbers."""
