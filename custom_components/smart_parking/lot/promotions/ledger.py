"""Ledger: how often promotions were shown and followed, day by day, for billing shops."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, Self

from ..stored import Stored, StoredError

# A year can still be billed a month later.
RETENTION_DAYS: Final = 400
# Machines without a battery for their clock start in 1970: counts of such days belong to no day.
FIRST_DAY: Final = date(2020, 1, 1)


class Counts(NamedTuple):
    """Counts of a promotion.

    `impressions` are all of them; `on_signs` is the part on displays that perhaps nobody looked at.
    """

    impressions: int = 0
    on_signs: int = 0
    visits: int = 0
    clicks: int = 0

    def up_to(self, other: Counts) -> Counts:
        """Return the higher ones of both."""
        return Counts(*map(max, self, other, strict=True))

    def minus(self, other: Counts) -> Counts:
        """Return what there is more of than in another."""
        return Counts(*(mine - less for mine, less in zip(self, other, strict=True)))

    def plus(self, other: Counts) -> Counts:
        """Return the sum of both."""
        return Counts(*(state + more for state, more in zip(self, other, strict=True)))


class Row(NamedTuple):
    """A promotion's day."""

    day: date
    promotion_id: str
    title: str
    counts: Counts


class Ledger:
    """The counts of all promotions of a lot: totals, and those of each of the last days."""

    def __init__(self) -> None:
        """Initialize without counts."""
        self._titles: dict[str, str] = {}
        self._totals: dict[str, Counts] = {}
        self._days: dict[date, dict[str, Counts]] = {}
        """The last key is the day of the newest count."""
        self.recorded_until: date | None = None
        """Up to this day, days are in the record of the lot, and need not be stored elsewhere."""
        self._is_whole = True
        """Whether the days that are in the record only are known."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | Stored) -> Self:
        """Return the ledger from stored data, as far as it is readable."""
        book, ledger = Stored.of(data), cls()
        ledger._titles = book.section("titles").each(Stored.text)
        ledger._totals = book.section("totals").each(_counts)
        ledger._days = dict(book.section("days").each(_day).values())
        if book.has("recorded_until"):
            ledger.recorded_until = book.get("recorded_until", _date, None)
        ledger._is_whole = ledger.recorded_until is None
        # A total that is lost is at least the sum of the days.
        known = set(ledger._totals)
        for of_day in ledger._days.values():
            for one, counts in of_day.items():
                if one not in known:
                    _count(ledger._totals, one, counts)
        return ledger

    def to_data(self) -> dict[str, Any]:
        """Return a copy of all counts as JSON data."""
        return {
            "titles": dict(self._titles),
            "totals": {one: list(counts) for one, counts in self._totals.items()},
            "days": {
                day.isoformat(): {one: list(counts) for one, counts in of_day.items()}
                for day, of_day in self._days.items()
                if not self._is_recorded(day)
            },
            **(
                {"recorded_until": self.recorded_until.isoformat()}
                if self.recorded_until is not None
                else {}
            ),
        }

    def _is_recorded(self, day: date) -> bool:
        """Return whether a day is in the record, and over."""
        return self.recorded_until is not None and day <= self.recorded_until

    def merge(self, rows: Iterable[Row]) -> list[Row]:
        """Take over what the record knows; return what it does not know yet.

        Counts only grow: of two that tell of the same day, the higher ones are right.
        """
        known: dict[date, dict[str, Counts]] = {}
        for day, promotion_id, title, counts in rows:
            known.setdefault(day, {})[promotion_id] = counts
            self._titles.setdefault(promotion_id, title)
            mine = self._days.get(day, {}).get(promotion_id, Counts())
            if not self._is_recorded(day):
                # The totals do not have it, for they were stored before that was counted.
                _count(self._totals, promotion_id, counts.up_to(mine).minus(mine))
        news: list[Row] = []
        days: dict[date, dict[str, Counts]] = {day: dict(known[day]) for day in sorted(known)}
        for day, of_day in self._days.items():
            there = days.pop(day, {})
            days[day] = there
            for promotion_id, counts in of_day.items():
                merged = there.get(promotion_id, Counts()).up_to(counts)
                if merged != there.get(promotion_id):
                    news.append(Row(day, promotion_id, self._title(promotion_id), merged))
                there[promotion_id] = merged
        self._days = dict(list(days.items())[-RETENTION_DAYS:])
        self._is_whole = True
        return news

    def confirm(self, until: date) -> bool:
        """Rely on the record for the days up to one; return whether that spares any."""
        if not any(day <= until and not self._is_recorded(day) for day in self._days):
            return False
        self.recorded_until = until
        return True

    def all_rows(self) -> list[Row]:
        """Return everything that is known, day by day."""
        return [
            Row(day, promotion_id, self._title(promotion_id), counts)
            for day, of_day in self._days.items()
            for promotion_id, counts in of_day.items()
        ]

    def newest(self, promotion_id: str) -> Row | None:
        """Return the day on which something was counted last; None when it was of no day."""
        day = next(reversed(self._days), None)
        if day is None or promotion_id not in self._days[day]:
            return None
        return Row(day, promotion_id, self._title(promotion_id), self._days[day][promotion_id])

    def _title(self, promotion_id: str) -> str:
        """Return what a promotion is called, or was."""
        return self._titles.get(promotion_id, promotion_id)

    def total(self, promotion_id: str) -> Counts:
        """Return all counts of a promotion since it was created."""
        return self._totals.get(promotion_id, Counts())

    def add(self, day: date, promotion_id: str, counts: Counts) -> None:
        """Add counts on a local day.

        Only days with counts are stored, up to a number of them: a clock that was ahead for a while
        removes no other day.
        """
        _count(self._totals, promotion_id, counts)
        if day < FIRST_DAY:
            return
        of_day = self._days[day] = self._days.pop(day, {})
        _count(of_day, promotion_id, counts)
        if len(self._days) > RETENTION_DAYS:
            del self._days[min(self._days)]

    def _is_recent(self, day: date) -> bool:
        """Return whether a day is recent enough for a bill, as of the day of the newest count."""
        return day > next(reversed(self._days)) - timedelta(days=RETENTION_DAYS)

    def name(self, titles: Mapping[str, str]) -> None:
        """Set the titles of the promotions that exist.

        The title of a removed promotion stays for as long as a day on which it was shown.
        """
        if not self._is_whole:
            # Nobody knows yet on which days others were shown.
            self._titles |= titles
            return
        shown = {one for of_day in self._days.values() for one in of_day}
        self._titles = {one: self._titles[one] for one in self._titles if one in shown} | dict(
            titles
        )
        recent = {one for day in filter(self._is_recent, self._days) for one in self._days[day]}
        self._totals = {
            one: self._totals[one] for one in self._totals if one in recent or one in titles
        }

    def rows(self, first: date | None = None, last: date | None = None) -> Iterator[Row]:
        """Yield the counts from a first to a last day, in the order of days and titles."""
        for day in sorted(filter(self._is_recent, self._days)):
            if (first is None or first <= day) and (last is None or day <= last):
                rows = [
                    Row(day, one, self._title(one), counts)
                    for one, counts in self._days[day].items()
                ]
                yield from sorted(rows, key=lambda row: (row.title.casefold(), row.promotion_id))


def sums(rows: Collection[Row]) -> list[tuple[str, str, Counts]]:
    """Return each promotion of some rows with its title and the sum of its counts."""
    together: dict[str, Counts] = {}
    titles: dict[str, str] = {}
    for row in rows:
        titles[row.promotion_id] = row.title
        together[row.promotion_id] = together.get(row.promotion_id, Counts()).plus(row.counts)
    return [(one, titles[one], counts) for one, counts in together.items()]


def _count(book: dict[str, Counts], promotion_id: str, counts: Counts) -> None:
    """Add counts to those of a promotion."""
    book[promotion_id] = book.get(promotion_id, Counts()).plus(counts)


def _day(of_day: Stored) -> tuple[date, dict[str, Counts]]:
    """Return a day from stored data."""
    return date.fromisoformat(of_day.name), of_day.each(_counts)


def _date(day: Stored) -> date:
    """Return a day from stored data."""
    return date.fromisoformat(day.text())


def _counts(numbers: Stored) -> Counts:
    """Return counts from stored data."""
    counted = numbers.members(Stored.count)
    if len(counted) > len(Counts._fields):
        raise StoredError(numbers.name)
    return Counts(*counted)
