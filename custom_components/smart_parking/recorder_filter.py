"""Keeps out of the recorder what is a driver's own: whoever knows a hold's id speaks for the hold.

What happens to holds is recorded all the same, without the drivers, by the lot's event entities.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance

from .const import EVENT


@callback
def async_setup_recorder_filter(hass: HomeAssistant) -> None:
    """Exclude the event of holds, as an owner may do in the recorder's configuration.

    The recorder is optional, and set up before this integration where there is one.
    """
    if DATA_INSTANCE in hass.data:
        get_instance(hass).exclude_event_types.add(EVENT)
