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


async def go_on(hass: HomeAssistant, shown: dict[str, Any], answers: object) -> dict[str, Any]:
    """Answer what a repair shows, and return what it shows then."""
    done = await hass.data[REPAIRS]["flow_manager"].async_configure(shown["flow_id"], answers)
    await hass.async_block_till_done()
    return dict(done)


async def fix(hass: HomeAssistant, issue_id: str, choice: str) -> dict[str, Any]:
    """Make a choice in a repair, and return how it ended."""
    shown = await begin(hass, issue_id)
    assert choice in shown["menu_options"]
    return await go_on(hass, shown, {"next_step_id": choice})
