"""Promotions: which of them may be shown at a time, and which one is next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

# Sums of shares are not exact; a difference below this is none.
HARDLY = 1e-9


class When(StrEnum):
    """When a driver is shown a promotion."""

    BEFORE = "before"
    AFTER = "after"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A shop's promotion, and the conditions on which it is shown.

    Days and times are those of the lot's clock. Hours that end before they begin go on after
    midnight, and those after midnight belong to the day before. Weekdays count from Monday, 0.
    Without days, hours, weekdays or languages there is no such condition; limits may be None.
    """

    promotion_id: str
    title: str
    text: str = ""
    link: str = ""
    picture: str = ""
    when: When = When.BOTH
    first_day: date | None = None
    last_day: date | None = None
    opens: time | None = None
    closes: time | None = None
    weekdays: Collection[int] = ()
    languages: Collection[str] = ()
    weight: int = 1
    most: int | None = None
    most_per_visit: int | None = None

    def is_due(self, at: datetime, when: When, language: str | None = None) -> bool:
        """Return whether it may be shown at a local time, to a reader of a language.

        A reader whose language is unknown is shown only promotions for all languages.
        """
        day = self._day(at)
        return (
            day is not None
            and self.when in (when, When.BOTH)
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
            and (not self.weekdays or day.weekday() in self.weekdays)
            and (not self.languages or base_language(language) in self.languages)
        )

    def _day(self, at: datetime) -> date | None:
        """Return the day to whose hours a time belongs, if it belongs to any."""
        opens, closes, clock = self.opens or time.min, self.closes, at.time()
        over_midnight = closes is not None and closes <= opens
        if clock >= opens and (closes is None or over_midnight or clock < closes):
            return at.date()
        if over_midnight and closes is not None and clock < closes:
            return at.date() - timedelta(days=1)
        return None


def base_language(language: str | None) -> str:
    """Return a language without its region: `de` for `de-CH`."""
    return (language or "").replace("_", "-").split("-")[0].lower()


class Rotation:
    """Rotation: each promotion is shown as often as its weight says.

    Each time, every promotion that may be shown is owed its share of one impression. Of those that
    are owed anything, the one that would be the first to be owed a whole impression is shown (the
    quota method). Among the same promotions none is ever a whole impression ahead or behind; one
    that could not be shown for a while neither loses what it was owed nor is owed more.
    """

    def __init__(self, owed: Mapping[str, float] | None = None) -> None:
        """Initialize with the impressions that are owed."""
        self._owed = dict(owed or {})

    @property
    def owed(self) -> Mapping[str, float]:
        """How many impressions each promotion is owed; negative for those that are ahead."""
        return self._owed

    def choose(self, due: Sequence[Promotion]) -> Promotion | None:
        """Return the next of the promotions that may be shown; None when there are none."""
        if not due:
            return None
        owed, total = self._owed, sum(one.weight for one in due)
        for one in due:
            owed[one.promotion_id] = owed.get(one.promotion_id, 0.0) + one.weight / total
        waiting = [one for one in due if owed[one.promotion_id] > HARDLY]
        if waiting:
            chosen = min(waiting, key=self._urgency)
        else:
            chosen = max(due, key=lambda one: owed[one.promotion_id])
        owed[chosen.promotion_id] -= 1.0
        return chosen

    def refund(self, chosen: Promotion, due: Sequence[Promotion]) -> None:
        """Undo a choice: the promotion that was chosen among these could not be shown."""
        owed, total = self._owed, sum(one.weight for one in due)
        for one in due:
            if one.promotion_id in owed:
                owed[one.promotion_id] -= one.weight / total - (one is chosen)

    def _urgency(self, promotion: Promotion) -> tuple[float, float]:
        """Return how long until a whole impression is owed, and, for ties, the negative debt."""
        owed = self._owed[promotion.promotion_id]
        return round((1.0 - owed) / promotion.weight, 9), round(-owed, 9)

    def keep(self, promotion_ids: Iterable[str]) -> None:
        """Remove all other promotions."""
        self._owed = {one: self._owed[one] for one in promotion_ids if one in self._owed}
