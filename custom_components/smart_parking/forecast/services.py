"""The action that says what is to come in a lot."""

from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import CONF_KIND, CONF_LEVEL, DOMAIN
from ..lookup import refuse
from ..lot.analytics.forecast import LOT_SERIES, Expectation, get_kind_series, get_level_series
from ..lot.labels import name_key
from ..lot.lot import Lot
from ..lot.model import BayKind
from ..permissions import async_admit
from .manager import AHEAD_MIN

FORECAST: Final = "forecast"
ATTR_HOURS: Final = "hours"
HOURS: Final = 24

FORECAST_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Exclusive(CONF_KIND, "part"): vol.Coerce(BayKind),
        vol.Exclusive(CONF_LEVEL, "part"): str,
        vol.Optional(ATTR_HOURS, default=HOURS): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=AHEAD_MIN // 60)
        ),
    }
)


@callback
def async_setup_forecast_services(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(
        DOMAIN,
        FORECAST,
        _async_forecast,
        FORECAST_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_forecast(call: ServiceCall) -> ServiceResponse:
    """Return what is expected of a lot, of a kind of bay or of a level, every quarter of an hour.

    While too few days are known there are no points, and the answer says how many are.
    """
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    _, data = await async_admit(call.hass, call.context, entry_id, POLICY_READ)
    forecast, lot = data.forecast, data.coordinator.lot
    series = _get_series(lot, call.data.get(CONF_KIND), call.data.get(CONF_LEVEL))
    full_at, again_at = forecast.get_full_at(series), forecast.get_free_again_at(series)
    points = forecast.get_path(series)[: call.data[ATTR_HOURS] * 4]
    return {
        "lot": data.entry.title,
        "is_learned": forecast.is_learned,
        "days_known": forecast.days,
        "days_needed": forecast.needed_days,
        "full_at": None if full_at is None else dt_util.as_local(full_at).isoformat(),
        "free_again_at": None if again_at is None else dt_util.as_local(again_at).isoformat(),
        "points": [_point(one) for one in points],
    }


def _get_series(lot: Lot, kind: BayKind | None, level: str | None) -> str:
    """Return the series that is asked for.

    Raises `ServiceValidationError` when the lot has no such bays.
    """
    if kind is not None:
        if not lot.count(kind=kind):
            raise refuse("no_bays_of_kind", kind=kind.value)
        return get_kind_series(kind)
    if level is None:
        return LOT_SERIES
    levels = {name_key(one): one for one in (status.bay.level for status in lot) if one}
    if name_key(level) not in levels:
        raise refuse("unknown_level", level=level, levels=", ".join(sorted(levels.values())))
    return get_level_series(levels[name_key(level)])


def _point(one: Expectation) -> JsonObjectType:
    """Return what is expected at a time."""
    return {
        "at": dt_util.as_local(dt_util.utc_from_timestamp(one.at)).isoformat(),
        "free": round(one.free),
        "low": round(one.low),
        "high": round(one.high),
        "probability": round(100.0 * one.get_probability()),
    }
