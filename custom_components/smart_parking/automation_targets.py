"""Targets of triggers and conditions: bays and counts among the entities that an owner targets."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor.const import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    ATTR_DEVICE_ID,
    CONF_OPTIONS,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
import voluptuous as vol

from .const import CONF_KIND, DOMAIN
from .data import SmartParkingConfigEntry
from .lot.model import BayKind, BayState

ANY_KIND = "any"
# The sensors that count free bays, by their translation keys.
COUNTED = frozenset({"free", *(f"free_{kind}" for kind in BayKind)})
KIND_OPTIONS = {
    vol.Required(CONF_OPTIONS, default={}): {
        vol.Optional(CONF_KIND, default=BayKind.STANDARD.value): vol.In([*BayKind, ANY_KIND])
    }
}
BAYS = {BINARY_SENSOR_DOMAIN: DomainSpec()}
COUNTS = {SENSOR_DOMAIN: DomainSpec()}
# The translation key of sensors that say when there will be no free bay.
FULL_AT = "full_at"

UNKNOWN_STATES = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
ATTR_STATUS = "status"

type Target = Mapping[str, Any]


# States of bays and of counts. For an unavailable entity, none of these is true.


def is_free(bay: State) -> bool:
    """Return whether a driver may be sent to a bay: vacant, and neither held nor out of service."""
    return bay.attributes.get(ATTR_STATUS) == BayState.VACANT


def is_occupied(bay: State) -> bool:
    """Return whether a vehicle stands in a bay."""
    return bay.state == STATE_ON


def free_bays(count: State) -> int:
    """Return the number of vacant bays; -1 while it is unknown."""
    return int(count.state) if count.state.isdecimal() else -1


def is_full(count: State) -> bool:
    """Return whether no bay is vacant."""
    return free_bays(count) == 0


def has_free(count: State, at_least: int = 1) -> bool:
    """Return whether at least this many bays are vacant."""
    return free_bays(count) >= at_least


@callback
def sensor_has_failed(hass: HomeAssistant, bay: str) -> bool:
    """Return whether a bay is unknown because of its own sensor.

    A node that is silent or being reloaded is no failure of its bays' sensors.
    """
    entry = er.async_get(hass).async_get(bay)
    lot_id = "" if entry is None else entry.config_entry_id
    lot: SmartParkingConfigEntry | None = hass.config_entries.async_get_entry(lot_id or "")
    if entry is None or lot is None or lot.state is not ConfigEntryState.LOADED:
        return False
    bay_id = entry.unique_id.removeprefix(f"{lot_id}_").removesuffix("_occupancy")
    fault = lot.runtime_data.lot[bay_id].fault
    return fault is not None and fault.is_of_one_sensor


# Entities of a target.


@callback
def bays_among(hass: HomeAssistant, entity_ids: set[str], target: Target) -> set[str]:
    """Return the entities of bays; a targeted lot includes all of its bays."""
    if nodes := _nodes_of_lots(hass, TargetSelection(dict(target)).device_ids):
        of_nodes = async_extract_referenced_entity_ids(
            hass, TargetSelection({**target, ATTR_DEVICE_ID: nodes}), expand_group=False
        )
        entity_ids = entity_ids | of_nodes.referenced | of_nodes.indirectly_referenced
    return {
        entry.entity_id
        for entry in _ours(hass, entity_ids, BINARY_SENSOR_DOMAIN)
        if entry.translation_key == "bay"
    }


@callback
def counts_among(hass: HomeAssistant, entity_ids: set[str], target: Target, kind: str) -> set[str]:
    """Return the entities that count vacant bays of a kind.

    A count that is targeted itself stays, whatever it counts. Another sensor that is targeted, and
    the device of a lot or a gate, stand for the lot. An area or a label includes the lots in it.
    """
    selection = TargetSelection(dict(target))
    found: set[str] = set()
    for entry in _ours(hass, entity_ids, SENSOR_DOMAIN):
        is_named = entry.entity_id in selection.entity_ids
        if is_named and entry.translation_key in COUNTED:
            found.add(entry.entity_id)
            continue
        count = _count_of_lot(hass, entry.config_entry_id, kind)
        stands_for_lot = is_named or entry.device_id in selection.device_ids
        if count is not None and (stands_for_lot or count == entry.entity_id):
            found.add(count)
    return found


@callback
def full_times_among(hass: HomeAssistant, entity_ids: set[str], target: Target) -> set[str]:
    """Return the entities that say when a lot will be full.

    One that is named speaks for itself, also for a kind of bays or a level. Otherwise it is that of
    each lot of which anything is named, or which is in an area or has a label.
    """
    selection = TargetSelection(dict(target))
    registry = er.async_get(hass)
    found: set[str] = set()
    for entry in _ours(hass, entity_ids, SENSOR_DOMAIN):
        is_named = entry.entity_id in selection.entity_ids
        if is_named and entry.translation_key == FULL_AT:
            found.add(entry.entity_id)
            continue
        of_lot = registry.async_get_entity_id(
            SENSOR_DOMAIN, DOMAIN, f"{entry.config_entry_id}_{FULL_AT}"
        )
        stands_for_lot = is_named or entry.device_id in selection.device_ids
        if of_lot is not None and (stands_for_lot or of_lot == entry.entity_id):
            found.add(of_lot)
    return found


def _count_of_lot(hass: HomeAssistant, lot_id: str | None, kind: str) -> str | None:
    """Return the sensor that counts a lot's vacant bays of a kind, if there is one.

    A lot without special kinds has one count for standard bays and all bays.
    """
    registry = er.async_get(hass)
    of_all, of_kind = (
        registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, f"{lot_id}_{key}")
        for key in ("free", f"free_{kind}")
    )
    if kind == ANY_KIND or (kind == BayKind.STANDARD and of_kind is None):
        return of_all
    return of_kind


def _ours(hass: HomeAssistant, entity_ids: set[str], domain: str) -> Iterator[er.RegistryEntry]:
    """Yield the registry entries of this integration's entities."""
    registry = er.async_get(hass)
    for entity_id in entity_ids:
        entry = registry.async_get(entity_id)
        if entry is not None and (entry.platform, entry.domain) == (DOMAIN, domain):
            yield entry


def _nodes_of_lots(hass: HomeAssistant, device_ids: set[str]) -> list[str]:
    """Return the devices of the nodes whose lots are among the devices."""
    if not device_ids:
        return []
    registry = dr.async_get(hass)
    return [
        device.id
        for lot in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(registry, lot.entry_id)
        if device.via_device_id in device_ids
    ]
