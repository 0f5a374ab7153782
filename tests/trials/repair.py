"""A repair, as an owner makes it."""

from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.smart_parking.const import DOMAIN


async def begin(hass: HomeAssistant, issue_id: str) -> dict[str, Any]:
    """Open a repair, and return what it shows."""
    assert await async_setup_component(hass, REPAIRS, {})
    shown = await hass.data[REPAIRS]["flow_manager"].async_init(DOMAIN, data={"issue_id": issue_id})
    return dict(shown)


async def fix(hass: HomeAssistant, issue_id: str, choice: str) -> dict[str, Any]:
    """Make a choice in a repair, and return how it ended."""
    shown = await begin(hass, issue_id)
    assert choice in shown["menu_options"]
    done = await hass.data[REPAIRS]["flow_manager"].async_configure(
        shown["flow_id"], {"next_step_id": choice}
    )
    await hass.async_block_till_done()
    return dict(done)
