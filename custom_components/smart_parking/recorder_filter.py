"""Keeps out of the recorder what is a driver's own: whoever knows a hold's id speaks for the hold.

What happens to holds is recorded all the same, without the drivers, by the lot's event entities.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_when_setup

from .const import EVENT


@callback
def async_setup_recorder_filter(hass: HomeAssistant) -> None:
    """Exclude the event of holds as soon as there is a recorder."""
    async_when_setup(hass, "recorder", _async_exclude)


async def _async_exclude(hass: HomeAssistant, _recorder: str) -> None:
    """Exclude the event, as an owner may do in the recorder's configuration."""
    get_instance(hass).exclude_event_types.add(EVENT)
