"""Settings of sensors that push reports."""

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..lot.occupancy.reports import OFF_AFTER_S, ON_AFTER_S
from .base import Schema, blind_field, empty_is_field, metres

CONF_RANGE_M = "range_m"
CONF_NOTHING_M = "nothing_m"
CONF_ON_AFTER_S = "on_after_s"
CONF_OFF_AFTER_S = "off_after_s"
CONF_INVERTED = "inverted"
CONF_SILENT_AFTER_H = "silent_after_h"

# Farther than this nothing over a bay is measured, and some sensors give 8 or 50 m for no echo.
RANGE_M = 6.0
NOTHING_M = 4.0
# No roof is so high, and no sensor reaches so far.
FARTHEST_M = 50.0
DELAY_MAX_S = 600.0
SILENT_MAX_H = 24.0 * 60.0

EMPTY_SELECTOR = metres(0.2, FARTHEST_M)


def _box(low: float, high: float, unit: str) -> NumberSelector:
    """Return a field for a number."""
    return NumberSelector(
        NumberSelectorConfig(
            min=low, max=high, step="any", unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


SETTINGS: Schema = {
    vol.Required("distance_sensors"): section(
        vol.Schema(
            {
                **empty_is_field(),
                vol.Required(CONF_NOTHING_M, default=NOTHING_M): metres(0.5, FARTHEST_M),
                vol.Required(CONF_RANGE_M, default=RANGE_M): metres(0.5, FARTHEST_M),
                **blind_field(),
            }
        )
    ),
    vol.Required("binary_sensors"): section(
        vol.Schema(
            {
                vol.Required(CONF_ON_AFTER_S, default=ON_AFTER_S): _box(0.0, DELAY_MAX_S, "s"),
                vol.Required(CONF_OFF_AFTER_S, default=OFF_AFTER_S): _box(0.0, DELAY_MAX_S, "s"),
                vol.Required(CONF_INVERTED, default=False): BooleanSelector(),
            }
        )
    ),
    vol.Required("silence"): section(
        vol.Schema(
            {vol.Optional(CONF_SILENT_AFTER_H): _box(0.01, SILENT_MAX_H, "h")},
        ),
        {"collapsed": True},
    ),
}
