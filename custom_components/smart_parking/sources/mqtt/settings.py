"""Settings of senders that speak MQTT."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..base import Schema, SourceError, Value
from ..pushed_settings import SETTINGS
from .own import Finder, Own
from .presets import PRESETS, Preset, filters_of
from .topics import is_filter
from .values import UNITS_M

CONF_PRESET = "preset"
CONF_TOPIC = "topic"
CONF_UNIT = "unit"
CONF_OWN = "own"
CONF_OWN_VALUE = "own_value"
CONF_OWN_OCCUPIED = "own_occupied"
CONF_OWN_FREE = "own_free"
CONF_OWN_DEVICE = "own_device"
CONF_OWN_ALIVE = "own_alive"
CONF_OWN_BATTERY = "own_battery"

# Settings that decide which messages are received, and how they are read.
LISTENED_TO = (
    CONF_PRESET,
    CONF_TOPIC,
    CONF_UNIT,
    CONF_OWN_VALUE,
    CONF_OWN_OCCUPIED,
    CONF_OWN_FREE,
    CONF_OWN_DEVICE,
    CONF_OWN_ALIVE,
    CONF_OWN_BATTERY,
)
# Values that are found in a message by a path or a template, by the setting for it.
_FOUND = {
    CONF_OWN_DEVICE: "device",
    CONF_OWN_VALUE: "value",
    CONF_OWN_ALIVE: "alive",
    CONF_OWN_BATTERY: "battery",
}
# Without a path, the whole message is the value; the other values are optional.
_WITHOUT_PATH = frozenset([CONF_OWN_VALUE])

MQTT_SETTINGS: Schema = {
    vol.Required(CONF_PRESET): SelectSelector(
        SelectSelectorConfig(
            options=[*PRESETS, Own.key],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=CONF_PRESET,
        )
    ),
    vol.Optional(CONF_TOPIC): TextSelector(),
    vol.Optional(CONF_UNIT): SelectSelector(
        SelectSelectorConfig(options=list(UNITS_M), mode=SelectSelectorMode.DROPDOWN)
    ),
    vol.Required(CONF_OWN): section(
        vol.Schema(
            {
                vol.Optional(CONF_OWN_VALUE): TextSelector(),
                vol.Optional(CONF_OWN_OCCUPIED): TextSelector(),
                vol.Optional(CONF_OWN_FREE): TextSelector(),
                vol.Optional(CONF_OWN_DEVICE): TextSelector(),
                vol.Optional(CONF_OWN_ALIVE): TextSelector(),
                vol.Optional(CONF_OWN_BATTERY): TextSelector(),
            }
        ),
        {"collapsed": True},
    ),
    **SETTINGS,
}


def text_in(settings: Mapping[str, Value], key: str) -> str:
    """Return a text setting; an empty text where there is none."""
    value = settings.get(key)
    return value.strip() if isinstance(value, str) else ""


def make_preset(hass: HomeAssistant, settings: Mapping[str, Value]) -> Preset:
    """Return the preset for settings, or raise `SourceError`."""
    filters = filters_of(text_in(settings, CONF_TOPIC))
    if (bad := next((one for one in filters if not is_filter(one)), None)) is not None:
        raise SourceError("bad_topic", {"topic": bad})
    key, unit = text_in(settings, CONF_PRESET), text_in(settings, CONF_UNIT) or None
    if (preset := PRESETS.get(key)) is not None:
        return preset(filters, unit)
    if not filters:
        raise SourceError("topic_needed")
    return Own(
        filters,
        unit,
        {
            name: _finder(hass, text_in(settings, setting))
            for setting, name in _FOUND.items()
            if text_in(settings, setting) or setting in _WITHOUT_PATH
        },
        text_in(settings, CONF_OWN_OCCUPIED),
        text_in(settings, CONF_OWN_FREE),
    )


def _finder(hass: HomeAssistant, text: str) -> Finder:
    """Return the finder for a text, or raise `SourceError`."""
    try:
        return Finder.parse(hass, text)
    except TemplateError as err:
        raise SourceError("bad_template", {"template": text, "error": str(err)}) from err
    except ValueError as err:
        raise SourceError("bad_path", {"path": text}) from err


def measures(settings: Mapping[str, Value], device: str) -> bool:
    """Return whether a device certainly measures distances."""
    preset = PRESETS.get(text_in(settings, CONF_PRESET))
    return bool(text_in(settings, CONF_UNIT)) if preset is None else preset().measures(device)
