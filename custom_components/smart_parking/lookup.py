"""Lookup of the lot, gate or bay that a request names, and the errors for it."""

from homeassistant.components.sensor.const import DOMAIN as SENSOR
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er, service
import voluptuous as vol

from .bay_entities import OCCUPANCY
from .const import DOMAIN
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry, SmartParkingData
from .devices import identifier
from .lot.labels import name_key
from .lot.model import Bay, Gate

# The entity that stands for a bay, for a gate, and for a lot: platform, and what it shows.
OF_BAY = OCCUPANCY
OF_GATE = (SENSOR, "nearest")
OF_LOT = (SENSOR, "free")

# What names bays by their labels: one, or a list.
ATTR_BAY = "bay"
LABELS = vol.All(cv.ensure_list, vol.Length(min=1), [vol.All(cv.string, vol.Length(min=1))])


def refuse(key: str, **placeholders: str) -> ServiceValidationError:
    """Return an error in the user's language."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


@callback
def get_lot(hass: HomeAssistant, entry_id: str | None) -> SmartParkingData:
    """Return the lot of an entry id; without one, the only lot.

    Raises `ServiceValidationError` when there is no such lot, or more than one.
    """
    if entry_id is not None:
        entry: SmartParkingConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
        return entry.runtime_data
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    if len(entries) != 1:
        raise refuse("which_lot" if entries else "no_lot")
    return entries[0].runtime_data


def get_gate(coordinator: LotCoordinator, wanted: str | None) -> Gate:
    """Return the gate of a name or id; without one, the first gate.

    Raises `ServiceValidationError` when there is no such gate.
    """
    gates = coordinator.lot.gates
    if not gates:
        raise refuse("no_gate")
    if wanted is None:
        return gates[0]
    name = name_key(wanted)
    for gate in gates:
        if name in (name_key(gate.gate_id), name_key(gate.name)):
            return gate
    raise refuse("unknown_gate", gate=wanted, gates=", ".join(gate.name for gate in gates))


def get_bay(coordinator: LotCoordinator, wanted: str) -> Bay:
    """Return the bay of a label or id.

    Raises `ServiceValidationError` when there is no such bay.
    """
    if (bay := coordinator.lot.find_bay(wanted)) is None:
        raise refuse("unknown_bay", bay=wanted)
    return bay


def entity_of(
    coordinator: LotCoordinator, part_id: str | None, platform: str, key: str
) -> er.RegistryEntry | None:
    """Return the registry's entry of an entity of a bay or a gate, or of the lot itself."""
    registry = er.async_get(coordinator.hass)
    unique_id = f"{identifier(coordinator.entry, part_id)[1]}_{key}"
    entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
    return None if entity_id is None else registry.async_get(entity_id)
