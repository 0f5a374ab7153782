"""Command of the statistics view: all data of a period, and of the one to compare with."""

from datetime import date

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
from ..lookup import the_lot
from ..lot.analytics.periods import Comparison
from ..permissions import Caller
from ..websocket import Message, RefusedError, refusing_later
from .dashboard import period_data, without_money
from .services import ATTR_COMPARE, ATTR_FROM, ATTR_UNTIL, period_of
from .writer import HistoryAwayError

STATISTICS = f"{DOMAIN}/statistics"
ERR_AWAY = "history_away"


@callback
def async_setup_websocket_analytics(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, ws_statistics)


@websocket_command(
    {
        vol.Required("type"): STATISTICS,
        vol.Required("entry_id"): str,
        vol.Required(ATTR_FROM): cv.date,
        vol.Required(ATTR_UNTIL): cv.date,
        vol.Optional(ATTR_COMPARE, default=Comparison.BEFORE): vol.Coerce(Comparison),
    }
)
@async_response
@refusing_later
async def ws_statistics(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send the usage of a lot in a period."""
    data = await _async_statistics(hass, Caller(connection.user), msg)
    connection.send_result(msg["id"], data)


async def _async_statistics(hass: HomeAssistant, caller: Caller, msg: Message) -> object:
    """Return the usage of a lot; its fees are for administrators only."""
    lot = the_lot(hass, msg["entry_id"])
    coordinator, manager = lot.coordinator, lot.analytics
    caller.check(coordinator, POLICY_READ)
    first: date = msg[ATTR_FROM]
    period = period_of(first, msg[ATTR_UNTIL])
    compared = period.compared(msg[ATTR_COMPARE])
    entry = coordinator.entry
    if not manager.is_known:
        raise RefusedError(ERR_AWAY, "history_away", lot=entry.title)
    try:
        shown = await manager.async_dashboard(period, compared)
    except HistoryAwayError as err:
        raise RefusedError(ERR_AWAY, "history_away", lot=entry.title) from err
    bays = coordinator.lot
    return {
        "lot": {
            "entry_id": entry.entry_id,
            "name": entry.title,
            "bays": len(bays),
            "time_zone": hass.config.time_zone,
            "currency": hass.config.currency if caller.is_unlimited else None,
            "first_day": manager.first_day.isoformat(),
            "has_tariff": bool(manager.options.tariff.rates),
            "has_limits": bool(manager.options.limits),
        },
        "period": period_data(period),
        "compared_with": period_data(compared),
        **(shown if caller.is_unlimited else _plain(shown)),
    }


def _plain(shown: object) -> dict[str, object]:
    """Return data without fees."""
    plain = without_money(shown)  # type: ignore[arg-type]
    return dict(plain) if isinstance(plain, dict) else {}
