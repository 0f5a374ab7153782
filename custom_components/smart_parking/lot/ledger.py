"""How often promotions were shown and followed, day by day: what a shop is billed for."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

# A year's bill can still be written a month later.
KEPT_DAYS = 400


class Counts(NamedTuple):
    """What is counted of a promotion.

    `impressions` are all; of them, `on_signs` were on displays that nobody may have looked at.
    """

    impressions: int = 0
    on_signs: int = 0
    visits: int = 0
    clicks: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(*(mine + more for mine, more in zip(self, other, strict=True)))


class Row(NamedTuple):
    """A promotion's day."""

    day: date
    promotion_id: str
    title: str
    counts: Counts


class Ledger:
    """The counts of all promotions of a lot, in all and of each of the last days."""

    def __init__(self) -> None:
        """Begin with an empty book."""
        self._titles: dict[str, str] = {}
        self._totals: dict[str, Counts] = {}
        self._days: dict[date, dict[str, Counts]] = {}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` has written."""
        ledger = cls()
        ledger._titles = dict(data["titles"])
        ledger._totals = {one: Counts(*counts) for one, counts in data["totals"].items()}
        ledger._days = {
            date.fromisoformat(day): {one: Counts(*counts) for one, counts in of_day.items()}
            for day, of_day in data["days"].items()
        }
        return ledger

    def to_data(self) -> dict[str, Any]:
        """Return all of it as JSON has it, apart from what is counted from now on."""
        return {
            "titles": dict(self._titles),
            "totals": {one: list(counts) for one, counts in self._totals.items()},
            "days": {
                day.isoformat(): {one: list(counts) for one, counts in of_day.items()}
                for day, of_day in self._days.items()
            },
        }

    def total(self, promotion_id: str) -> Counts:
        """Return what has been counted of a promotion since it was made."""
        return self._totals.get(promotion_id, Counts())

    def add(self, day: date, promotion_id: str, counts: Counts) -> None:
        """Count something on a local day; days that are too old by then are dropped."""
        if day not in self._days:
            self._days[day] = {}
            oldest = max(self._days) - timedelta(days=KEPT_DAYS - 1)
            self._days = {one: of_day for one, of_day in self._days.items() if one >= oldest}
        for book in (self._totals, self._days.get(day, {})):
            book[promotion_id] = book.get(promotion_id, Counts()).plus(counts)

    def name(self, titles: Mapping[str, str]) -> None:
        """Take over the titles of the promotions that there are.

        One that is gone is remembered for as long as a day on which it was shown is.
        """
        shown = {one for of_day in self._days.values() for one in of_day}
        self._titles = {one: self._titles[one] for one in self._titles if one in shown} | dict(
            titles
        )
        self._totals = {one: self._totals[one] for one in self._totals if one in self._titles}

    def rows(self, first: date | None = None, last: date | None = None) -> Iterator[Row]:
        """Yield what was counted from a first to a last day, in the order of days and titles."""
        for day in sorted(self._days):
            if (first is None or first <= day) and (last is None or day <= last):
                rows = [
                    Row(day, one, self._titles.get(one, one), counts)
                    for one, counts in self._days[day].items()
                ]
                yield from sorted(rows, key=lambda row: (row.title.casefold(), row.promotion_id))


def sums(rows: Collection[Row]) -> list[tuple[str, str, Counts]]:
    """Return each promotion of some rows with its title and all of its counts together."""
    together: dict[str, Counts] = {}
    titles: dict[str, str] = {}
    for row in rows:
        titles[row.promotion_id] = row.title
        together[row.promotion_id] = together.get(row.promotion_id, Counts()).plus(row.counts)
    return [(one, titles[one], counts) for one, counts in together.items()]
