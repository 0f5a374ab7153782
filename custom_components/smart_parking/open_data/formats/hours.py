"""Opening hours: a small part of OpenStreetMap's syntax, which every standard can express.

`24/7`, or rules like `Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00`. A span that ends before it begins goes
on past midnight.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import re
from typing import Self

ALWAYS = "24/7"
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_MIN = 24 * 60

_DAY = "|".join(DAYS)
_RULE = re.compile(
    rf"(?P<days>(?:{_DAY})(?:-(?:{_DAY}))?(?:\s*,\s*(?:{_DAY})(?:-(?:{_DAY}))?)*)"
    r"\s+(?P<spans>\S.*)"
)
_SPAN = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)")

type Span = tuple[int, int]
"""Begin and end in minutes after midnight; the end may be on the next day."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Days with the same opening hours."""

    days: str
    weekdays: tuple[int, ...]
    """Monday is 0."""
    spans: tuple[Span, ...]

    @property
    def written(self) -> str:
        """The rule as OpenStreetMap and schema.org write it."""
        return f"{self.days} {','.join(_written(span) for span in self.spans)}"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Opening hours of a lot."""

    rules: tuple[Rule, ...] = ()
    """Without rules it is always open."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the hours in a text, or raise `ValueError`."""
        if text.strip() == ALWAYS:
            return cls()
        rules = tuple(_rule(part.strip()) for part in text.strip().rstrip(";").split(";"))
        if sum(len(rule.weekdays) for rule in rules) > len(
            {*()}.union(*(r.weekdays for r in rules))
        ):
            raise ValueError(text)
        return cls(rules)

    @property
    def is_always(self) -> bool:
        """Whether the lot never closes."""
        return not self.rules

    @property
    def written(self) -> str:
        """The hours as OpenStreetMap writes them."""
        return "; ".join(rule.written for rule in self.rules) or ALWAYS

    def is_open(self, at: datetime) -> bool:
        """Return whether the lot is open at a time of its own clock."""
        if self.is_always:
            return True
        today, minute = at.weekday(), at.hour * 60 + at.minute
        return any(
            begin <= minute + late < end
            for rule in self.rules
            for begin, end in rule.spans
            for late, day in ((0, today), (DAY_MIN, (today - 1) % 7))
            if day in rule.weekdays
        )

    def turned(self, at: datetime) -> datetime | None:
        """Return when the lot last opened or closed before a local time, or None for never.

        If it ever does, it does so within a week.
        """
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        bounds = {bound % DAY_MIN for rule in self.rules for span in rule.spans for bound in span}
        turns = (
            midnight + timedelta(minutes=bound - ago * DAY_MIN)
            for ago in range(len(DAYS) + 1)
            for bound in sorted(bounds, reverse=True)
        )
        return next((one for one in turns if one <= at and self._turns(one)), None)

    def _turns(self, at: datetime) -> bool:
        """Return whether the lot opens or closes at a time."""
        return self.is_open(at) != self.is_open(at - timedelta(minutes=1))


def _rule(text: str) -> Rule:
    """Return the rule in a text; one without days is for all of them."""
    match = _RULE.fullmatch(text)
    days, spans = (match["days"], match["spans"]) if match else ("Mo-Su", text)
    days = re.sub(r"\s", "", days)
    return Rule(
        days,
        tuple(day for part in days.split(",") for day in _weekdays(part)),
        tuple(_span(part.strip()) for part in spans.split(",")),
    )


def _weekdays(text: str) -> list[int]:
    """Return the days of `Mo` or `Fr-Mo`."""
    first, _, last = text.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 + (7 if end < begin else 0))]


def _span(text: str) -> Span:
    """Return the span in a text such as `08:00-20:00`, or raise `ValueError`."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    numbers = [int(part) for part in match.groups()]
    begin, end = (hour * 60 + minute for hour, minute in (numbers[:2], numbers[2:]))
    if begin >= DAY_MIN or end > DAY_MIN or begin == end or max(numbers[1], numbers[3]) > 59:
        raise ValueError(text)
    return begin, end if end > begin else end + DAY_MIN


def _written(span: Span) -> str:
    """Return a span as it is written."""
    begin, end = span
    end = end if end <= DAY_MIN else end - DAY_MIN
    return f"{_clock(begin)}-{_clock(end)}"


def _clock(minutes: int) -> str:
    """Return a time of day; the end of one is 24:00."""
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"
