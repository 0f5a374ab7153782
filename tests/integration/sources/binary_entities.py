"""Bays under binary sensors: they are believed at once, and may say nothing for hours."""

from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import Row
from tests.integration.lots import bay, gate, look, lot, node, set_up


def eye(bay_id: str) -> str:
    """Return the entity that looks at a bay."""
    return f"binary_sensor.eye_{bay_id}"


async def see(hass: HomeAssistant, **said: str) -> None:
    """Make eyes say something of bays, by their ids."""
    for bay_id, state in said.items():
        hass.states.async_set(eye(bay_id), state)
        await hass.async_block_till_done()


def watched(**kinds: str) -> list[Row]:
    """Return bays, by their ids, with their kinds."""
    return [
        bay(bay_id.upper(), 2.5 * index, kind=kind, entity_id=eye(bay_id))
        for index, (bay_id, kind) in enumerate(kinds.items())
    ]


async def set_up_eyes(hass: HomeAssistant, **kinds: str) -> SmartParkingConfigEntry:
    """Set up a lot of vacant bays, by their ids, with their kinds."""
    await see(hass, **dict.fromkeys(kinds, STATE_OFF))
    entry = lot(
        node("Field", watched(**kinds), "entities", on_after_s=0.0, off_after_s=0.0), gate("Main")
    )
    assert await set_up(hass, entry)
    return entry


def bay_entity(hass: HomeAssistant, bay_id: str) -> str:
    """Return a bay's entity id."""
    return look(hass, bay_id, "occupancy").entity_id
