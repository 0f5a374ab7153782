"""Actions on a lot's history: reports, long stays, and a move to another database."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, entity_registry as er, service
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
from sqlalchemy.exc import SQLAlchemyError
import voluptuous as vol

from ..automation_targets import bays_among
from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingData
from ..lookup import ATTR_BAY, LABELS, OF_BAY, entity_of, get_bay, get_lot, refuse
from ..lot.analytics.periods import Comparison, Period, Preset
from ..lot.analytics.usage import GroupBy
from ..permissions import async_admit
from ..requirements import RequirementsMissingError
from .dashboard import period_data
from .engine import DatabaseUrlError
from .lookup import async_get_manager, history_away
from .manager import AnalyticsManager
from .options import CONF_DATABASE_URL
from .report import as_csv, table_rows, total_row
from .writer import HistoryAwayError, HistoryNewerError

REPORT: Final = "report"
LONG_STAYS: Final = "long_stays"
MOVE_HISTORY: Final = "move_history"

ATTR_PERIOD: Final = "period"
ATTR_FROM: Final = "from"
ATTR_UNTIL: Final = "until"
ATTR_BY: Final = "by"
ATTR_COMPARE: Final = "compare"
ATTR_LONGER_THAN: Final = "longer_than"

REPORT_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_PERIOD, default=Preset.LAST_7_DAYS): vol.Coerce(Preset),
        vol.Optional(ATTR_FROM): cv.date,
        vol.Optional(ATTR_UNTIL): cv.date,
        vol.Optional(ATTR_BY, default=GroupBy.DAY): vol.Coerce(GroupBy),
        vol.Optional(ATTR_COMPARE, default=Comparison.NONE): vol.Coerce(Comparison),
    }
)
_TARGET: Final = tuple(map(str, cv.ENTITY_SERVICE_FIELDS))

LONG_STAYS_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_BAY): LABELS,
        vol.Optional(ATTR_LONGER_THAN): cv.positive_time_period,
        **cv.ENTITY_SERVICE_FIELDS,
    }
)
MOVE_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(CONF_DATABASE_URL, default=""): str,
    }
)


@callback
def async_setup_analytics_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    service.async_register_admin_service(
        hass, DOMAIN, REPORT, _async_report, REPORT_SCHEMA, supports_response=SupportsResponse.ONLY
    )
    hass.services.async_register(
        DOMAIN,
        LONG_STAYS,
        _async_long_stays,
        LONG_STAYS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        MOVE_HISTORY,
        _async_move,
        MOVE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


def period_of(first: date | None, last: date | None, preset: Preset = Preset.LAST_7_DAYS) -> Period:
    """Return the period of two days; one day alone is the first, or the last until today.

    Raises `ServiceValidationError` when it ends before it begins.
    """
    today = dt_util.now().date()
    if first is None and last is None:
        return preset.period(today)
    first = last if first is None else first
    last = max(today, first or today) if last is None else last
    if first is None or last < first:
        raise refuse("report_backwards", first=str(first), last=last.isoformat())
    if last - first > timedelta(days=MAX_DAYS):
        raise refuse("report_too_long", days=str(MAX_DAYS))
    return Period(first, last)


MAX_DAYS: Final = 3700


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return the usage of a lot in a period."""
    data = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    coordinator = data.coordinator
    period = period_of(call.data.get(ATTR_FROM), call.data.get(ATTR_UNTIL), call.data[ATTR_PERIOD])
    by: GroupBy = call.data[ATTR_BY]
    compared = period.compared(call.data[ATTR_COMPARE])
    manager = async_get_manager(data)
    try:
        table = await manager.async_table(period, by)
        before = None if compared is None else await manager.async_table(compared, by)
    except HistoryAwayError as err:
        raise history_away(coordinator) from err
    rows = table_rows(table)
    answer: JsonObjectType = {
        "lot": coordinator.entry.title,
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
        "by": by.value,
        "is_exact": table.is_exact,
        "currency": call.hass.config.currency,
        "rows": list(rows),
        "totals": total_row(table),
        "csv": as_csv(rows),
    }
    if before is not None:
        answer["compared_with"] = {
            **(period_data(compared) or {}),
            "rows": list(table_rows(before)),
            "totals": total_row(before),
        }
    return answer


async def _async_long_stays(call: ServiceCall) -> ServiceResponse:
    """Return the stays in a lot, or in some of its bays, that are too long."""
    wanted = _bays_of_target(call) if _has_target(call) else None
    if labels := call.data.get(ATTR_BAY):
        wanted = (wanted or set()) | _bays_of_labels(call, labels)
    entry_ids = {lot_id for lot_id, _ in wanted} if wanted is not None else set()
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    lots = [entry_id] if entry_id or not entry_ids else sorted(entry_ids)
    rows: list[JsonObjectType] = []
    for one in lots:
        _, data = await async_admit(call.hass, call.context, one, POLICY_READ)
        rows += _long_stays(call, data, wanted)
    return {"stays": list(rows)}


@callback
def _bays_of_labels(call: ServiceCall, labels: Iterable[str]) -> set[tuple[str, str]]:
    """Return the id of the lot's entry and those of the bays with some labels."""
    coordinator = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID)).coordinator
    entry_id = coordinator.entry.entry_id
    return {(entry_id, get_bay(coordinator, label).bay_id) for label in labels}


def _has_target(call: ServiceCall) -> bool:
    """Return whether a call targets bays."""
    return any(call.data.get(key) for key in _TARGET)


@callback
def _bays_of_target(call: ServiceCall) -> set[tuple[str, str]]:
    """Return the entry ids and bay ids of a call's target."""
    target = {key: call.data[key] for key in _TARGET if key in call.data}
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(target))
    entity_ids = bays_among(call.hass, selected.referenced | selected.indirectly_referenced, target)
    registry = er.async_get(call.hass)
    found: set[tuple[str, str]] = set()
    for entity_id in entity_ids:
        entry = registry.async_get(entity_id)
        if entry is not None and entry.config_entry_id is not None:
            lot_id = entry.config_entry_id
            bay_id = entry.unique_id.removeprefix(f"{lot_id}_").removesuffix(f"_{OF_BAY[1]}")
            found.add((lot_id, bay_id))
    return found


def _long_stays(
    call: ServiceCall, data: SmartParkingData, wanted: set[tuple[str, str]] | None
) -> list[JsonObjectType]:
    """Return the stays in one lot that are too long."""
    coordinator, manager = data.coordinator, async_get_manager(data)
    entry_id, longer_than = coordinator.entry.entry_id, call.data.get(ATTR_LONGER_THAN)
    rows: list[JsonObjectType] = []
    for row in manager.long_stays():
        bay_id, stay_s, limit_s = str(row["bay_id"]), row["stay_s"], row["limit_s"]
        if longer_than is not None:
            limit_s = longer_than.total_seconds()
        if wanted is not None and (entry_id, bay_id) not in wanted:
            continue
        if not isinstance(stay_s, int) or not isinstance(limit_s, float) or stay_s < limit_s:
            continue
        entity = entity_of(coordinator, bay_id, *OF_BAY)
        rows.append(
            {
                **row,
                "lot": coordinator.entry.title,
                "limit_s": limit_s,
                "over_s": round(stay_s - limit_s),
                # The stay is too long from this time on: a caller that stores its last check
                # reports each stay once.
                "over_since": _over_since(manager, bay_id, limit_s),
                ATTR_ENTITY_ID: None if entity is None else entity.entity_id,
            }
        )
    return rows


def _over_since(manager: AnalyticsManager, bay_id: str, limit_s: float) -> str | None:
    """Return since when a stay is too long, to the fraction of a second."""
    stay = manager.stay_in(bay_id)
    if stay is None:
        return None
    return dt_util.as_local(dt_util.utc_from_timestamp(stay.began + limit_s)).isoformat()


async def _async_move(call: ServiceCall) -> ServiceResponse:
    """Move a lot's history to another database, and use that from now on."""
    data = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    coordinator = data.coordinator
    manager = async_get_manager(data)
    url = call.data[CONF_DATABASE_URL].strip()
    if url == manager.writer.url:
        raise refuse("history_is_there", lot=coordinator.entry.title)
    try:
        rows = await manager.async_move(url)
    except HistoryAwayError as err:
        raise history_away(coordinator) from err
    except DatabaseUrlError as err:
        raise refuse(err.key) from err
    except HistoryNewerError as err:
        raise refuse("history_newer", lot=coordinator.entry.title) from err
    except RequirementsMissingError as err:
        raise _not_moved(coordinator, err.packages) from err
    except (SQLAlchemyError, OSError, ImportError) as err:
        raise _not_moved(coordinator, str(getattr(err, "orig", None) or err)) from err
    return {"rows": rows}


def _not_moved(coordinator: LotCoordinator, error: str) -> HomeAssistantError:
    """Return the error for a history that could not be moved."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_not_moved",
        translation_placeholders={"lot": coordinator.entry.title, "error": error.strip()},
    )
