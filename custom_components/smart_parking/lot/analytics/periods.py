"""Periods of whole days, the periods to compare them with, and the hours and days of a span."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

HOUR_S = 3600.0


class Comparison(StrEnum):
    """The period that a period is compared with."""

    NONE = "none"
    BEFORE = "before"
    YEAR_BEFORE = "year_before"


class Bucket(NamedTuple):
    """An hour of a local day; `day` is its ordinal, Mondays are 1, 8 and so on."""

    day: int
    hour: int


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, from the first to the last."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raise `ValueError` for a period that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"{self.first} … {self.last}")

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: tzinfo) -> tuple[float, float]:
        """Return when it begins and ends, in seconds since the epoch."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)

    def compared(self, comparison: Comparison) -> Period | None:
        """Return the period to compare with; whole months are compared with whole months."""
        if comparison is Comparison.NONE:
            return None
        if comparison is Comparison.YEAR_BEFORE:
            return self._months_before(12)
        if self.first.day == 1 and self._ends_a_month:
            return self._months_before(
                (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            )
        span = timedelta(days=self.days)
        return Period(self.first - span, self.last - span)

    @property
    def _ends_a_month(self) -> bool:
        """Whether the last day is a month's last."""
        return (self.last + timedelta(days=1)).day == 1

    def _months_before(self, months: int) -> Period:
        """Return the same days some months before."""
        first, last = _months_before(self.first, months), _months_before(self.last, months)
        if self._ends_a_month:
            last = last.replace(day=monthrange(last.year, last.month)[1])
        return Period(first, last)


def _months_before(day: date, months: int) -> date:
    """Return the same day some months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(day: date, zone: tzinfo) -> float:
    """Return when a local day begins, in seconds since the epoch."""
    return datetime.combine(day, time(), zone).timestamp()


def bucket_of(at: float, zone: tzinfo) -> Bucket:
    """Return the local hour of a time."""
    local = datetime.fromtimestamp(at, zone)
    return Bucket(local.toordinal(), local.hour)


def split_by_hour(began: float, ended: float, zone: tzinfo) -> Iterator[tuple[Bucket, float]]:
    """Yield the local hours of a span, and how many seconds of each."""
    at = began
    while at < ended:
        local = datetime.fromtimestamp(at, zone)
        into_s = local.minute * 60 + local.second + local.microsecond / 1e6
        until = min(ended, max(at + HOUR_S - into_s, at + 1e-3))
        yield Bucket(local.toordinal(), local.hour), until - at
        at = until


def split_by_day(began: float, ended: float, zone: tzinfo) -> Iterator[tuple[int, float]]:
    """Yield the local days of a span, and how many seconds of each."""
    at = began
    while at < ended:
        day = datetime.fromtimestamp(at, zone).date()
        until = min(ended, midnight(day + timedelta(days=1), zone))
        yield day.toordinal(), until - at
        at = until


class Preset(StrEnum):
    """A period that moves with the current day."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"

    def period(self, today: date) -> Period:
        """Return its period today; weeks begin on Monday, and a current period ends today."""
        day = timedelta(days=1)
        week = today - today.weekday() * day
        month, year = today.replace(day=1), today.replace(month=1, day=1)
        return {
            Preset.TODAY: Period(today, today),
            Preset.YESTERDAY: Period(today - day, today - day),
            Preset.LAST_7_DAYS: Period(today - 6 * day, today),
            Preset.LAST_30_DAYS: Period(today - 29 * day, today),
            Preset.THIS_WEEK: Period(week, today),
            Preset.LAST_WEEK: Period(week - 7 * day, week - day),
            Preset.THIS_MONTH: Period(month, today),
            Preset.LAST_MONTH: Period((month - day).replace(day=1), month - day),
            Preset.THIS_YEAR: Period(year, today),
            Preset.LAST_YEAR: Period((year - day).replace(month=1, day=1), year - day),
        }[self]
