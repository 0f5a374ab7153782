"""The actions about promotions: what to show a driver now, and what has been shown in all."""

from collections.abc import Iterable
import csv
from datetime import date
import io

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

from .const import CONF_WHEN, DOMAIN
from .coordinator import LotCoordinator
from .hold_services import ATTR_DRIVER, ATTR_FROM, ATTR_UNTIL, DRIVER
from .lookup import refuse, the_lot
from .lot.ledger import Counts, Row, sums
from .lot.promotions import Promotion, When
from .promotion_view import link_path, picture_path, whole_address
from .words import words_for

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


def as_shown(
    coordinator: LotCoordinator, promotion: Promotion, language: str | None = None
) -> JsonObjectType:
    """Return a promotion as it is handed to whoever shows it, marked as what it is."""
    hass, entry_id = coordinator.hass, coordinator.entry.entry_id
    mark = words_for(hass, language).text("promotion")
    text = " ".join(promotion.text.split())
    click = link_path(hass, entry_id, promotion)
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
    """Return what to show a driver now, and count it."""
    coordinator = the_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    language: str | None = call.data.get(ATTR_LANGUAGE)
    promotion = coordinator.promotions.async_next(
        call.data[CONF_WHEN], call.data.get(ATTR_DRIVER), language=language
    )
    if promotion is None:
        return {"promotion": None}
    return {"promotion": as_shown(coordinator, promotion, language)}


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return what has been counted, by day and promotion, and in all."""
    coordinator = the_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    first: date | None = call.data.get(ATTR_FROM)
    last: date | None = call.data.get(ATTR_UNTIL)
    if first is not None and last is not None and last < first:
        raise refuse("report_backwards", first=first.isoformat(), last=last.isoformat())
    rows = coordinator.promotions.rows(first, last)
    return {
        "lot": coordinator.entry.title,
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
    """Return what has been counted of a promotion as response data."""
    return {"promotion_id": promotion_id, "title": title, **counts._asdict()}


def _csv(rows: Iterable[Row]) -> str:
    """Return rows as comma-separated values (RFC 4180), with a line that names the columns."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["date", "promotion_id", "title", *Counts._fields])
    for row in rows:
        writer.writerow([row.day.isoformat(), row.promotion_id, _cell(row.title), *row.counts])
    return text.getvalue()


def _cell(text: str) -> str:
    """Return a text that no table program takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
