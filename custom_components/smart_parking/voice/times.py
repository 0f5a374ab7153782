"""Times of day as people say them: `five`, `half past five`, `17:30`, `5 pm`, `17 Uhr`.

What words mean is said by each language's texts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
import re
from unicodedata import normalize

from homeassistant.util import dt as dt_util

# How names stand in the texts: `one|another`, and with what they mean `10=ten|20=twenty`.
BETWEEN = "|"
MEANS = "="

_DIGITS = re.compile(r"(?<!\d)(\d{1,2})(?:\s?[:.h]\s?(\d{2}))?(?!\d)")
_HALF_DAY = 12
# What was said a moment ago is not over yet.
_GRACE = timedelta(minutes=1)


def read_names(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and what they mean, the longest first."""
    named = (one.split(MEANS) for one in text.split(BETWEEN))
    yield from sorted(((name.casefold(), meaning) for meaning, name in named), key=_by_length)


def read_time(spoken: str, texts: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when a time of day comes next, or None for what is none.

    Of an hour that may be one before or after noon, it is the one that comes first.
    """
    spaced = re.sub(r"[,?!]|(?<=\d)(?=[^\W\d_])", " ", normalize("NFC", spoken.casefold()))
    said = f" {' '.join(spaced.split())} "
    offset_min, is_after_noon = 0, None
    for key, value in (("heard_am", False), ("heard_pm", True)):
        for words in sorted(texts[key].split(BETWEEN), key=len, reverse=True):
            if f" {words} " in said:
                is_after_noon, said = value, said.replace(f" {words} ", " ", 1)
    for words, meaning in read_names(texts["heard_parts"]):
        if f" {words} " in said:
            offset_min, said = int(meaning), said.replace(f" {words} ", " ", 1)
            break
    hour = _read_hour(said, texts)
    if hour is None:
        return None
    hours, minute = hour
    if is_after_noon is not None and len(hours) > 1:
        hours = hours[is_after_noon : is_after_noon + 1]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    moments = (
        (midnight + timedelta(days=day, hours=one, minutes=minute + offset_min)).replace(
            tzinfo=now.tzinfo
        )
        for day in (0, 1)
        for one in hours
    )
    coming = [dt_util.as_utc(one) for one in moments if one >= now - _GRACE]
    return min(coming, default=None)


def _read_hour(said: str, texts: Mapping[str, str]) -> tuple[list[int], int] | None:
    """Return the hours of the day that may be meant, and the minute."""
    if (found := _DIGITS.search(said)) is not None:
        digits, minute = found[1], int(found[2] or 0)
        rest = said[found.end() :]
        if found[2] is None and (more := re.search(r"\b(\d{2})\b", rest)) is not None:
            minute = int(more[1])
        hour = int(digits)
        if hour > 24 or minute > 59:
            return None
        # What has seconds is no speech: it comes from a clock of 24 hours.
        is_exact = digits.startswith("0") or said.count(":") > 1
        return _get_hours(hour, is_exact=is_exact), minute
    for words, meaning in read_names(texts["heard_hours"]):
        if f" {words} " in said:
            hour_text, _, exact = meaning.partition(":")
            rest = said.replace(f" {words} ", " ", 1)
            return _get_hours(int(hour_text), is_exact=bool(exact)), _read_minute(rest, texts)
    return None


def _get_hours(hour: int, *, is_exact: bool) -> list[int]:
    """Return the hours of the day that a number may mean."""
    if is_exact or not 1 <= hour <= _HALF_DAY:
        return [hour % 24]
    return [hour % _HALF_DAY, hour % _HALF_DAY + _HALF_DAY]


def _read_minute(rest: str, texts: Mapping[str, str]) -> int:
    """Return the minute that is said after an hour; 0 when none is."""
    for words, meaning in read_names(texts["heard_minutes"]):
        if f" {words} " in rest and int(meaning) < 60:
            return int(meaning)
    return 0


def _by_length(named: tuple[str, str]) -> int:
    return -len(named[0])
