"""Recorder filter: excludes the events of holds, because a hold's id allows to act for its driver.

The lot's event entities record what happens to holds, without the drivers.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance

from .const import EVENT


@callback
def async_setup_recorder_filter(hass: HomeAssistant) -> None:
    """Exclude the events of holds, as an owner can do in the recorder's configuration.

    The recorder is optional, and set up before this integration where there is one.
    """
    if DATA_INSTANCE in hass.data:
        get_instance(hass).exclude_event_types.add(EVENT)
