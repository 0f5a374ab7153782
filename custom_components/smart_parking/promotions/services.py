"""Actions on promotions: the next one for a driver, and a report of the counts."""

from collections.abc import Iterable
import csv
from datetime import date
import io

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import CONF_WHEN, DOMAIN
from ..data import SmartParkingData
from ..guidance.services import ATTR_DRIVER, ATTR_FROM, ATTR_UNTIL, DRIVER
from ..lookup import get_lot, refuse
from ..lot.promotions.ledger import Counts, Row, sums
from ..lot.promotions.model import When
from ..lot.promotions.scheduler import Placement
from ..permissions import Caller, TooOftenError, async_admit
from ..text_input import as_cell
from ..texts import get_texts
from .http import link_path, picture_path, whole_address

PROMOTION = "promotion"
PROMOTION_REPORT = "promotion_report"

ATTR_LANGUAGE = "language"

PROMOTION_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(CONF_WHEN, default=When.BEFORE): vol.All(
            vol.Coerce(When), vol.In((When.BEFORE, When.AFTER))
        ),
        vol.Optional(ATTR_DRIVER): DRIVER,
        vol.Optional(ATTR_LANGUAGE): str,
    }
)
REPORT_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_FROM): cv.date,
        vol.Optional(ATTR_UNTIL): cv.date,
    }
)


@callback
def async_setup_promotion_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        PROMOTION,
        _async_promotion,
        PROMOTION_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        PROMOTION_REPORT,
        _async_report,
        REPORT_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


@callback
def show(
    caller: Caller,
    data: SmartParkingData,
    when: When,
    viewer: str | None,
    *,
    language: str | None,
    screen: bool = False,
) -> JsonObjectType | None:
    """Return the promotion for a viewer, and count it; None when there is none.

    `viewer` names a driver or, with `screen`, a display. Raises `TooOftenError` when the caller
    causes more impressions than one user may.
    """
    promotions = data.promotions
    turn = promotions.async_choose(when, viewer, language, screen=screen)
    if turn is None:
        return None
    may_count = not turn.counts or caller.async_may_count(data.coordinator.hass)
    promotions.async_settle(turn, shown=may_count)
    if not may_count:
        raise TooOftenError("too_many_impressions")
    return _shown(data, turn, language)


def _shown(data: SmartParkingData, turn: Placement, language: str | None) -> JsonObjectType:
    """Return a promotion as response data, marked as advertising."""
    hass, entry_id = data.coordinator.hass, data.entry.entry_id
    promotion, impression = turn.promotion, turn.impression
    mark = get_texts(hass, language).text("promotion")
    text = " ".join(promotion.text.split())
    if impression.click is None:
        impression.click = link_path(hass, entry_id, promotion)
    click = impression.click
    return {
        "promotion_id": promotion.promotion_id,
        "mark": mark,
        "title": promotion.title,
        "text": promotion.text,
        "line": f"{mark}: {promotion.title}" + (f" · {text}" if text else ""),
        "link": promotion.link or None,
        "click": click,
        "click_url": whole_address(hass, click),
        "image": picture_path(hass, entry_id, promotion),
    }


async def _async_promotion(call: ServiceCall) -> ServiceResponse:
    """Return the promotion for a driver, and count it."""
    entry_id: str | None = call.data.get(ATTR_CONFIG_ENTRY_ID)
    caller, data = await async_admit(call.hass, call.context, entry_id, POLICY_CONTROL)
    driver: str | None = call.data.get(ATTR_DRIVER)
    caller.check_speaks_for(driver)
    if caller.limited_id:
        driver = f"user:{caller.limited_id}"
    language: str | None = call.data.get(ATTR_LANGUAGE)
    return {"promotion": show(caller, data, call.data[CONF_WHEN], driver, language=language)}


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return the counts, by day and promotion, and the sums."""
    data = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    first: date | None = call.data.get(ATTR_FROM)
    last: date | None = call.data.get(ATTR_UNTIL)
    if first is not None and last is not None and last < first:
        raise refuse("report_backwards", first=first.isoformat(), last=last.isoformat())
    rows = data.promotions.rows(first, last)
    return {
        "lot": data.entry.title,
        "from": None if first is None else first.isoformat(),
        "until": None if last is None else last.isoformat(),
        "rows": [
            {"date": row.day.isoformat(), **_counted(row.promotion_id, row.title, row.counts)}
            for row in rows
        ],
        "totals": [_counted(*one) for one in sums(rows)],
        "csv": _csv(rows),
    }


def _counted(promotion_id: str, title: str, counts: Counts) -> JsonObjectType:
    """Return the counts of a promotion as response data."""
    return {"promotion_id": promotion_id, "title": title, **counts._asdict()}


def _csv(rows: Iterable[Row]) -> str:
    """Return rows as comma-separated values (RFC 4180), with a header line."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["date", "promotion_id", "title", *Counts._fields])
    for row in rows:
        writer.writerow([row.day.isoformat(), row.promotion_id, as_cell(row.title), *row.counts])
    return text.getvalue()
