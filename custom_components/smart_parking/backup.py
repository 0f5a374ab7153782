"""Home Assistant's backups contain the histories of all lots as they were at one moment."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .analytics import ANALYTICS
from .const import DOMAIN


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Write everything, and nothing more until the backup is made."""
    managers = list(hass.data.get(ANALYTICS, {}).values())
    results = await asyncio.gather(
        *(manager.writer.async_pause() for manager in managers), return_exceptions=True
    )
    if failed := [one for one in results if isinstance(one, Exception)]:
        await async_post_backup(hass)
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="history_not_locked"
        ) from failed[0]


async def async_post_backup(hass: HomeAssistant) -> None:
    """Write again."""
    for manager in hass.data.get(ANALYTICS, {}).values():
        await manager.writer.async_go_on()
