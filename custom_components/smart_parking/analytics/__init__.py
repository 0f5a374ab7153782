"""The record of a lot: every stay written down, and what an owner asks of it.

Attaches to a lot in `async_setup_analytics`, and is found by `get_analytics`.
"""

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from sqlalchemy.exc import SQLAlchemyError

from ..const import DOMAIN
from ..coordinator import SmartParkingConfigEntry
from ..requirements import RequirementsMissingError, async_load
from .engine import DatabaseUrlError, file_address, parse_address
from .manager import AnalyticsManager
from .options import AnalyticsOptions
from .store import HistoryStore
from .writer import database_path

ANALYTICS: HassKey[dict[str, AnalyticsManager]] = HassKey(f"{DOMAIN}_analytics")
"""The records of the lots at work, by the ids of their entries."""


async def async_setup_analytics(entry: SmartParkingConfigEntry) -> None:
    """Start to write down what happens in a lot, until it is unloaded."""
    coordinator = entry.runtime_data
    hass = coordinator.hass
    managers = hass.data.setdefault(ANALYTICS, {})
    manager = managers[entry.entry_id] = AnalyticsManager(hass, coordinator)

    async def stop(_event: Event | None = None) -> None:
        if managers.pop(entry.entry_id, None) is not None:
            await manager.async_stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, stop))
    entry.async_on_unload(stop)
    await manager.async_start()


@callback
def get_analytics(hass: HomeAssistant, entry_id: str) -> AnalyticsManager | None:
    """Return the record of a lot at work."""
    return hass.data.get(ANALYTICS, {}).get(entry_id)


async def async_remove_analytics(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Delete the history of a lot that is no more; what cannot be reached stays."""
    url = AnalyticsOptions.from_entry(entry).database_url
    zone = dt_util.get_default_time_zone()
    stores = [HistoryStore(file_address(database_path(hass, entry.entry_id)), entry.entry_id, zone)]
    try:
        if url:
            address = parse_address(url)
            await async_load(hass, "analytics.engine", address.requirements)
            stores.append(HistoryStore(address, entry.entry_id, zone))
        for store in stores:
            await hass.async_add_executor_job(store.remove)
    except DatabaseUrlError, RequirementsMissingError, SQLAlchemyError, OSError:
        return
