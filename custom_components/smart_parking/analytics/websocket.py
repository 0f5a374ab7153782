"""Command of the statistics view: all data of a period, and of the one to compare with."""

from collections.abc import Sequence
from datetime import date

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..clock import epoch_s
from ..const import DOMAIN
from ..data import SmartParkingData
from ..lookup import get_lot
from ..lot.analytics.periods import Comparison, Period
from ..lot.analytics.records import BayRecord
from ..lot.promotions.ledger import sums
from ..permissions import Caller
from ..websocket import Message, RefusedError, refusing_later
from .dashboard import period_data, without_money
from .manager import AnalyticsManager
from .services import ATTR_COMPARE, ATTR_FROM, ATTR_UNTIL, period_of
from .writer import HistoryAwayError

STATISTICS = f"{DOMAIN}/statistics"
ERR_AWAY = "history_away"

_AHEAD_S = 24 * 3600.0

ATTR_COMPARE_FROM = "compare_from"
ATTR_COMPARE_UNTIL = "compare_until"


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
        # A month that is not over is compared with the same days of the month before.
        vol.Inclusive(ATTR_COMPARE_FROM, "compared"): cv.date,
        vol.Inclusive(ATTR_COMPARE_UNTIL, "compared"): cv.date,
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
    lot = get_lot(hass, msg["entry_id"])
    coordinator, manager = lot.coordinator, lot.analytics
    caller.check(coordinator, POLICY_READ)
    first: date = msg[ATTR_FROM]
    period = period_of(first, msg[ATTR_UNTIL])
    compared = _compared(period, msg)
    entry = coordinator.entry
    if not manager.is_known:
        raise RefusedError(ERR_AWAY, "history_away", lot=entry.title)
    try:
        shown = await manager.async_dashboard(period, compared)
        if period.first <= dt_util.now().date() <= period.last:
            shown["today"] = _today(lot, await manager.async_occupied_today())
    except HistoryAwayError as err:
        raise RefusedError(ERR_AWAY, "history_away", lot=entry.title) from err
    bays = coordinator.lot
    if caller.is_unlimited:
        shown["shops"] = [
            {"promotion_id": promotion_id, "shop": title, **counts._asdict()}
            for promotion_id, title, counts in sums(lot.promotions.rows(period.first, period.last))
        ]
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
            "limit_s": _common_limit_s(manager),
        },
        "period": period_data(period),
        "compared_with": period_data(compared),
        **(shown if caller.is_unlimited else _plain(shown)),
    }


def _compared(period: Period, msg: Message) -> Period | None:
    """Return the period to compare with."""
    if (first := msg.get(ATTR_COMPARE_FROM)) is None:
        return period.compared(msg[ATTR_COMPARE])
    return period_of(first, msg[ATTR_COMPARE_UNTIL])


def _today(lot: SmartParkingData, counts: Sequence[tuple[int, int]]) -> JsonObjectType:
    """Return how many bays were taken today, and are expected to be in the next day."""
    forecast = lot.forecast
    full_at = forecast.get_full_at()
    path = forecast.get_path()
    chance = next(
        (1.0 - one.get_probability() for one in path if full_at and one.at >= full_at.timestamp()),
        None,
    )
    return {
        "counts": [list(one) for one in counts],
        # Occupied bays: in the middle, and between which they are eight times in ten.
        "expected": [
            [
                round(one.at),
                *(round(one.capacity - free, 1) for free in (one.free, one.high, one.low)),
            ]
            for one in path
            if one.at <= epoch_s() + _AHEAD_S
        ],
        "full_at": None if full_at is None else dt_util.as_local(full_at).isoformat(),
        "full_probability": None if chance is None else round(chance, 2),
        "days": forecast.days,
        "needed_days": forecast.needed_days,
    }


def _common_limit_s(manager: AnalyticsManager) -> float | None:
    """Return how long a stay may last, in seconds, where that is the same in all bays."""
    limits = {manager.limit_s(BayRecord.of(status.bay)) for status in manager.lot}
    return limits.pop() if len(limits) == 1 else None


def _plain(shown: object) -> dict[str, object]:
    """Return data without fees."""
    plain = without_money(shown)  # type: ignore[arg-type]
    return dict(plain) if isinstance(plain, dict) else {}
