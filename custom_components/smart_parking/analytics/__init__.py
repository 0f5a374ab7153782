"""Analytics of a lot: its history of stays in a database, and reports of it."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from ..data import SmartParkingConfigEntry
from ..requirements import RequirementsMissingError, async_load
from .engine import DatabaseUrlError, file_address, parse_address
from .options import AnalyticsOptions
from .store import HistoryStore
from .writer import database_path


async def async_remove_analytics(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Remove the history of a removed lot; a history that cannot be reached stays."""
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
