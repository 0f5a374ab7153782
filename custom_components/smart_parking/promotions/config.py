"""Promotions as stored in subentries, and as typed values."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from homeassistant.const import WEEKDAYS
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CLOSES,
    CONF_FIRST_DAY,
    CONF_LANGUAGES,
    CONF_LAST_DAY,
    CONF_LINK,
    CONF_MOST,
    CONF_MOST_PER_VISIT,
    CONF_OPENS,
    CONF_PICTURE,
    CONF_PICTURE_PATH,
    CONF_TEXT,
    CONF_WEEKDAYS,
    CONF_WEIGHT,
    CONF_WHEN,
)
from ..errors import InvalidInputError
from ..lot.promotions.model import Promotion, When, base_language
from ..text_input import has_controls
from ..web_address import read_address

TITLE_MAX = 60
TEXT_MAX = 300
LINK_MAX = 2000


def promotion_of(promotion_id: str, title: str, data: Mapping[str, Any]) -> Promotion:
    """Return the promotion of a subentry."""
    return Promotion(
        promotion_id=promotion_id,
        title=title,
        text=data.get(CONF_TEXT, ""),
        link=_link(data),
        picture=picture_in(data),
        when=When(data.get(CONF_WHEN, When.BOTH)),
        first_day=_day(data, CONF_FIRST_DAY),
        last_day=_day(data, CONF_LAST_DAY),
        opens=_clock(data, CONF_OPENS),
        closes=_clock(data, CONF_CLOSES),
        weekdays=frozenset(WEEKDAYS.index(day) for day in data.get(CONF_WEEKDAYS, ())),
        languages=frozenset(map(base_language, data.get(CONF_LANGUAGES, ()))),
        weight=int(data.get(CONF_WEIGHT, 1)),
        most=_count(data, CONF_MOST),
        most_per_visit=_count(data, CONF_MOST_PER_VISIT),
    )


def picture_in(data: Mapping[str, Any]) -> str:
    """Return the media source or path of a promotion's picture; empty without one."""
    chosen = data.get(CONF_PICTURE)
    return str(chosen["media_content_id"] if chosen else data.get(CONF_PICTURE_PATH, ""))


def check_link(text: str) -> None:
    """Raise `InvalidInputError` unless a link leads to a web page.

    A password in it would be shown to everybody, and can disguise where the link leads.
    """
    is_typed_well = not (any(map(str.isspace, text)) or has_controls(text))
    try:
        url = read_address(text)
    except ValueError:
        raise InvalidInputError("bad_link", {"link": text}) from None
    if url.scheme not in ("http", "https") or not url.host or not is_typed_well:
        raise InvalidInputError("bad_link", {"link": text})
    if url.user or url.password:
        raise InvalidInputError("link_with_password")
    if len(text) > LINK_MAX:
        raise InvalidInputError("long_link", {"most": str(LINK_MAX)})


def _link(data: Mapping[str, Any]) -> str:
    """Return the link, if it is valid."""
    link: str = data.get(CONF_LINK, "")
    try:
        read_address(link)
    except ValueError:
        return ""
    return link


def _day(data: Mapping[str, Any], key: str) -> date | None:
    """Return an optional date, as forms write it."""
    return dt_util.parse_date(data[key]) if data.get(key) else None


def _clock(data: Mapping[str, Any], key: str) -> time | None:
    """Return an optional time, as forms write it."""
    return dt_util.parse_time(data[key]) if data.get(key) else None


def _count(data: Mapping[str, Any], key: str) -> int | None:
    """Return an optional limit."""
    return int(data[key]) if data.get(key) else None
