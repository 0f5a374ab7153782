"""The forms that lead to a sensor node, and at which of their fields an error stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..const import CONF_KIND, CONF_LEVEL, CONF_SOURCE, CONF_X, CONF_Y, CONF_ZONE
from ..errors import SmartParkingError
from ..lot.model import BayKind
from .base import PLACE_MAX_M, Schema, Value, metres
from .bay_table import BAYS_MAX, KIND_SELECTOR, SPACING_M
from .levels import name_selector

CONF_NEXT = "next"
CONF_LOT = "lot"
CONF_PREFIX = "prefix"

# The fields at which errors stand, the best first; of a form that has none of them, its only one.
_FIELDS: Mapping[str, Sequence[str]] = {
    "only_one": [CONF_SOURCE],
    "no_bays": ["count"],
    "too_many_bays": ["count"],
    "bad_label": ["prefix"],
    "duplicate_label": ["prefix"],
    "bad_zone": [CONF_ZONE],
    "same_place": [CONF_X],
    "out_of_pins": ["first_pin"],
    "reserved_pin": ["first_pin"],
    "pulled_up_pin": ["first_pin"],
    "pin_number": ["trigger_pins"],
    "plan_line_twice": ["trigger_pins", "count"],
    "plan_shared_trigger": ["trigger_pins", "count"],
    "plan_too_long": ["count"],
    "control_characters": [CONF_NAME, CONF_PREFIX],
    "bad_below": ["below"],
    "bad_node_name": ["node"],
    "node_taken": ["node"],
    "bad_topic": ["topic"],
    "topic_needed": ["topic"],
    "device_count": ["devices"],
    "device_needed": ["devices"],
    "device_twice": ["devices"],
    "lot_needed": [CONF_LOT],
    "lot_without_plan": [CONF_LOT],
    "own_lot": [CONF_LOT],
    "entity_count": ["entities"],
    "entity_twice": ["entities"],
    "entity_unsuitable": ["entities"],
    "entity_is_ours": ["entities"],
    "entity_no_distance": ["entities"],
}


def field_of(err: SmartParkingError, schema: vol.Schema) -> str:
    """Return the field of a form at which an error stands."""
    fields = [str(field) for field in schema.schema]
    wanted = [field for field in _FIELDS.get(err.key, ()) if field in fields]
    return next(iter(wanted), fields[0] if len(fields) == 1 else "base")


def next_schema(*, save: bool) -> vol.Schema:
    """Return what can be done when the sensors could not be asked."""
    config = SelectSelectorConfig(
        options=["again", "bays", *(["save"] if save else [])],
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_NEXT,
    )
    return vol.Schema({vol.Required(CONF_NEXT, default="again"): SelectSelector(config)})


def _count(low: int, high: int) -> NumberSelector:
    """Return a field for a whole number."""
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    )


def row_fields(levels: Sequence[str], zones: Sequence[str]) -> dict[vol.Marker, object]:
    """Return what the row generator asks; `levels` and `zones` are those that there are."""
    return {
        vol.Required(CONF_PREFIX, default="A"): TextSelector(),
        vol.Required("first_number", default=1): _count(0, 99_999),
        vol.Required("count", default=6): _count(1, BAYS_MAX),
        vol.Required(CONF_KIND, default=BayKind.STANDARD.value): KIND_SELECTOR,
        vol.Optional(CONF_LEVEL, default=next(filter(None, levels), "1")): name_selector(levels),
        vol.Optional(CONF_ZONE): name_selector(zones),
        vol.Required(CONF_X, default=0.0): metres(-PLACE_MAX_M),
        vol.Required(CONF_Y, default=0.0): metres(-PLACE_MAX_M),
        vol.Required("spacing", default=SPACING_M): metres(0.1, 100.0),
        vol.Required("direction", default="x"): SelectSelector(
            SelectSelectorConfig(options=["x", "y"], translation_key="direction")
        ),
    }


def lot_schema(lots: Sequence[SelectOptionDict]) -> vol.Schema:
    """Return the choice of another car park, and what is put before its labels."""
    config = SelectSelectorConfig(options=lots, mode=SelectSelectorMode.LIST)
    return vol.Schema(
        {
            vol.Optional(CONF_LOT): SelectSelector(config),
            vol.Optional(CONF_PREFIX): TextSelector(),
        }
    )


def in_sections(fields: Schema, settings: Mapping[str, Value]) -> dict[str, object]:
    """Return settings as a form with sections shows them."""
    shown: dict[str, object] = {}
    for marker, field in fields.items():
        if isinstance(field, section):
            shown[str(marker)] = in_sections(field.schema.schema, settings)
        elif str(marker) in settings:
            shown[str(marker)] = settings[str(marker)]
    return shown


def out_of_sections(fields: Schema, entered: Mapping[str, Any]) -> dict[str, Value]:
    """Return settings as they are kept from those that a form with sections gives."""
    settings: dict[str, Value] = {}
    for marker, field in fields.items():
        value = entered.get(str(marker))
        if isinstance(field, section):
            settings |= out_of_sections(field.schema.schema, value or {})
        elif value is not None:
            settings[str(marker)] = value
    return settings
