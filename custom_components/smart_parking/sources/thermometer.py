"""Temperature of the air, from the owner's entity."""

from collections.abc import Callable

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.unit_conversion import TemperatureConverter

from ..hcsr04.acoustics import COLDEST_C, WARMEST_C

# Used without a thermometer.
ASSUMED_C = 20.0


class Thermometer:
    """Tracks an entity, and its last plausible temperature in °C."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[float], None]) -> None:
        """Initialize without an entity."""
        self.celsius = ASSUMED_C
        self._hass = hass
        self._on_change = on_change
        self._entity_id: str | None = None
        self._unsub: CALLBACK_TYPE | None = None

    @callback
    def async_follow(self, entity_id: str | None) -> None:
        """Track an entity, or none."""
        if entity_id == self._entity_id:
            return
        self.async_close()
        self._entity_id = entity_id
        if entity_id is None:
            self._async_notify(ASSUMED_C)
        else:
            self._unsub = async_track_state_change_event(
                self._hass, [entity_id], self._async_changed
            )
            self._async_take(self._hass.states.get(entity_id))

    @callback
    def async_close(self) -> None:
        """Track nothing any more."""
        self._entity_id = None
        if self._unsub is not None:
            self._unsub()
            self._unsub = None

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        """Apply a new temperature."""
        self._async_take(event.data["new_state"])

    @callback
    def _async_take(self, state: State | None) -> None:
        """Apply a plausible temperature; any other state changes nothing."""
        if state is None:
            return
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature.CELSIUS)
        try:
            celsius = TemperatureConverter.convert(
                float(state.state), unit, UnitOfTemperature.CELSIUS
            )
        except ValueError, HomeAssistantError:
            return
        if COLDEST_C <= celsius <= WARMEST_C:
            self._async_notify(celsius)

    @callback
    def _async_notify(self, celsius: float) -> None:
        """Notify of a temperature that has changed."""
        if celsius != self.celsius:
            self.celsius = celsius
            self._on_change(celsius)
