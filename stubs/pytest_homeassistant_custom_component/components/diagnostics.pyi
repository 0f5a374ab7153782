from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

async def get_diagnostics_for_config_entry(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, config_entry: ConfigEntry[Any]
) -> dict[str, Any]: ...
