"""Selectors for entities that can measure a bay."""

from homeassistant.components.binary_sensor.const import (
    DOMAIN as BINARY_SENSOR,
    BinarySensorDeviceClass,
)
from homeassistant.components.input_boolean import DOMAIN as INPUT_BOOLEAN
from homeassistant.components.sensor.const import DOMAIN as SENSOR, SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
from homeassistant.util.unit_conversion import DistanceConverter

from ..const import DOMAIN
from .base import SourceError

STATE_DOMAINS = (BINARY_SENSOR, INPUT_BOOLEAN)
# What sensors over, in and beside a bay call what they see.
_CLASSES_OF_BAYS = (
    None,
    BinarySensorDeviceClass.MOTION,
    BinarySensorDeviceClass.MOVING,
    BinarySensorDeviceClass.OCCUPANCY,
    BinarySensorDeviceClass.OPENING,
    BinarySensorDeviceClass.PRESENCE,
)

ANY: EntitySelectorConfig = {
    "filter": [
        {"domain": list(STATE_DOMAINS)},
        {"domain": SENSOR, "device_class": SensorDeviceClass.DISTANCE.value},
    ]
}
MANY: EntitySelectorConfig = {**ANY, "multiple": True}


def says_state(entity_id: str) -> bool:
    """Return whether an entity gives occupied or vacant, and no distance."""
    return entity_id.partition(".")[0] in STATE_DOMAINS


def without_own_entities[SelectorT](
    hass: HomeAssistant, selector: SelectorT
) -> SelectorT | EntitySelector:
    """Return a selector of entities without this integration's bays; other selectors unchanged."""
    if not isinstance(selector, EntitySelector):
        return selector
    ours = [one.entity_id for one in er.async_get(hass).entities.values() if one.platform == DOMAIN]
    return EntitySelector(EntitySelectorConfig(**selector.config, exclude_entities=ours))


def of_class(device_class: SensorDeviceClass) -> EntitySelector:
    """Return a field for a sensor of a class."""
    return EntitySelector(
        EntitySelectorConfig(filter={"domain": SENSOR, "device_class": device_class.value})
    )


def find_suitable(hass: HomeAssistant) -> list[State]:
    """Return the entities that may well look at a bay, by name.

    More are allowed than are suitable: nobody means the state of a battery, but somebody might.
    """
    registry = er.async_get(hass)
    return sorted(
        (
            state
            for state in hass.states.async_all((*STATE_DOMAINS, SENSOR))
            if _is_suitable(state, registry.async_get(state.entity_id))
        ),
        key=lambda state: (state.name.casefold(), state.entity_id),
    )


def _is_suitable(state: State, entry: er.RegistryEntry | None) -> bool:
    """Return whether an entity may well look at a bay."""
    if entry is not None and (
        entry.platform == DOMAIN or entry.entity_category is not None or entry.hidden
    ):
        return False
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    if state.domain == SENSOR:
        return bool(device_class == SensorDeviceClass.DISTANCE)
    return state.domain == INPUT_BOOLEAN or device_class in _CLASSES_OF_BAYS


def check_entity(hass: HomeAssistant, entity_id: str, label: str) -> None:
    """Raise `SourceError` when an entity cannot measure a bay.

    One that does not exist yet is accepted: it may come later, and the test of the sensors shows it
    as missing.
    """
    placeholders = {"entity": entity_id, "label": label}
    if not says_state(entity_id) and not entity_id.startswith(f"{SENSOR}."):
        raise SourceError("entity_unsuitable", placeholders)
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == DOMAIN:
        raise SourceError("entity_is_ours", placeholders)
    state = hass.states.get(entity_id)
    if state is None or says_state(entity_id):
        return
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    is_distance = state.attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.DISTANCE
    if not is_distance and unit is not None and unit not in DistanceConverter.VALID_UNITS:
        raise SourceError("entity_no_distance", {**placeholders, "unit": str(unit)})
