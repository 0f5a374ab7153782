"""Backups: the histories of all lots are consistent while Home Assistant copies them."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .analytics.manager import AnalyticsManager
from .const import DOMAIN
from .data import SmartParkingConfigEntry


def _managers(hass: HomeAssistant) -> list[AnalyticsManager]:
    """Return the analytics managers of all loaded lots."""
    entries: list[SmartParkingConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    records = (entry.runtime_data.analytics for entry in entries)
    return [record for record in records if record.is_open]


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Write everything, and pause writing until the backup is made."""
    managers = _managers(hass)
    results = await asyncio.gather(
        *(manager.writer.async_pause() for manager in managers), return_exceptions=True
    )
    if failed := [one for one in results if isinstance(one, Exception)]:
        await async_post_backup(hass)
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="history_not_locked"
        ) from failed[0]


async def async_post_backup(hass: HomeAssistant) -> None:
    """Resume writing."""
    for manager in _managers(hass):
        await manager.writer.async_go_on()
