"""The registries' picture of a lot: the lot, its nodes and gates, and its bays below their nodes.

A bay is a child device of its node, or it has entities of a child device for its level.
"""

import re

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_cached_translations

from .bay_entities import OF_BAYS, BayEntityKey
from .const import DOMAIN
from .lot.model import Bay
from .slices import in_slices

MANUFACTURER = "Smart Parking"
LEVEL_PART = "_level_"
_BAY_OF = re.compile(f"(.+)_(?:{'|'.join(key for _, key in OF_BAYS)})")
"""The id of a bay in the unique id of an entity of it."""


def identifier(entry: ConfigEntry, part_id: str | None = None) -> tuple[str, str]:
    """Return what the registry knows a lot by, or a node, gate or bay of it."""
    return (DOMAIN, entry.entry_id if part_id is None else f"{entry.entry_id}_{part_id}")


@callback
def async_get_or_create_lot_device(hass: HomeAssistant, entry: ConfigEntry) -> dr.DeviceEntry:
    """Return the lot's device."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={identifier(entry)},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        name=entry.title,
    )


@callback
def async_get_or_create_part_device(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    model: str,
    entry_type: dr.DeviceEntryType | None = None,
) -> dr.DeviceEntry:
    """Return the device of a node, a gate or a promotion; the latter is a service, no thing."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={identifier(entry, subentry.subentry_id)},
        entry_type=entry_type,
        manufacturer=MANUFACTURER,
        model=model,
        name=subentry.title,
        via_device_id=async_get_or_create_lot_device(hass, entry).id,
    )


def level_part_id(node_id: str, level: str) -> str:
    """Return by what the device is known of a node's bays on a level, where bays have none."""
    return f"{node_id}{LEVEL_PART}{level}"


@callback
def async_get_or_create_bay_device(
    hass: HomeAssistant, entry: ConfigEntry, node_id: str, node_device_id: str, bay: Bay
) -> str:
    """Create or update the child device of a bay, named after its lot, and return its id.

    As long as no other lot can have a bay of the same label, one that has been there before is
    called as it ever was. The device of a bay that has been another node's is made anew: a child
    cannot be given another parent. Home Assistant knows it again, and its entities with it.
    """
    registry = dr.async_get(hass)
    before = registry.async_get_child_device_by_identifier(
        identifier(entry, bay.bay_id), entry.entry_id
    )
    name = f"{entry.title} {bay.label}"
    if before is not None and len(hass.config_entries.async_entries(DOMAIN)) == 1:
        texts = async_get_cached_translations(hass, hass.config.language, "device", DOMAIN)
        alone = texts.get(f"component.{DOMAIN}.device.bay.name", "").format(label=bay.label)
        name = alone if before.name == alone else name
    if before is not None and before.parent_device_id != node_device_id:
        registry.async_remove_device(before.id)
    return registry.async_get_or_create_child(
        config_entry_id=entry.entry_id,
        config_subentry_id=node_id,
        identifiers={identifier(entry, bay.bay_id)},
        parent_device_id=node_device_id,
        name=name,
    ).id


@callback
def async_get_or_create_level_device(
    hass: HomeAssistant, entry: ConfigEntry, node_id: str, node_device_id: str, level: str
) -> str:
    """Create or update the child device of a node's bays on a level, and return its id."""
    return (
        dr.async_get(hass)
        .async_get_or_create_child(
            config_entry_id=entry.entry_id,
            config_subentry_id=node_id,
            identifiers={identifier(entry, level_part_id(node_id, level))},
            parent_device_id=node_device_id,
            translation_key="level" if level else "bays",
            translation_placeholders={"lot": entry.title, "level": level},
        )
        .id
    )


@callback
def async_get_part_ids(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of the bays, and of the levels, that are in the registries.

    Among them are bays that were deleted while the lot was not at work.
    """
    children = dr.async_child_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    prefix = identifier(entry, "")[1]
    found = {name.removeprefix(prefix) for child in children for _, name in child.identifiers}
    for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if (found_id := _BAY_OF.fullmatch(one.unique_id.removeprefix(prefix))) is not None:
            found.add(found_id[1])
    return found


@callback
def async_remove_part(hass: HomeAssistant, entry: ConfigEntry, part_id: str) -> None:
    """Remove the device of a bay or a level that is no more, and the entities of a bay."""
    async_remove_part_device(hass, entry, part_id)
    for what in OF_BAYS:
        async_remove_bay_entity(hass, entry, part_id, what)


@callback
def async_remove_part_device(hass: HomeAssistant, entry: ConfigEntry, part_id: str) -> None:
    """Remove the device of a bay or a level, and the entities that are still at it."""
    registry = dr.async_get(hass)
    device = registry.async_get_child_device_by_identifier(
        identifier(entry, part_id), entry.entry_id
    )
    if device is not None:
        registry.async_remove_device(device.id)


@callback
def async_remove_bay_entity(
    hass: HomeAssistant, entry: ConfigEntry, bay_id: str, what: BayEntityKey
) -> None:
    """Remove an entity of a bay from the registry, if it is there."""
    registry = er.async_get(hass)
    if (entity_id := async_get_bay_entity_id(hass, entry, bay_id, what)) is not None:
        registry.async_remove(entity_id)


@callback
def async_get_bay_entity_id(
    hass: HomeAssistant, entry: ConfigEntry, bay_id: str, what: BayEntityKey
) -> str | None:
    """Return the id of an entity of a bay, if it is in the registry."""
    platform, key = what
    unique_id = f"{identifier(entry, bay_id)[1]}_{key}"
    return er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)


@callback
def async_move_bay_entities(
    hass: HomeAssistant, entry: ConfigEntry, bay_id: str, node_id: str, device_id: str
) -> None:
    """Move what there is of a bay's entities to the node and device that they are to belong to."""
    registry = er.async_get(hass)
    for what in OF_BAYS:
        entity_id = async_get_bay_entity_id(hass, entry, bay_id, what)
        if entity_id is not None and registry.entities[entity_id].device_id != device_id:
            registry.async_update_entity(entity_id, config_subentry_id=node_id, device_id=device_id)


async def async_clear_registries(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the entities of a deleted lot and then its devices, a few at a time."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    of_entry = er.async_entries_for_config_entry(entities, entry.entry_id)
    async for entity_id in in_slices([one.entity_id for one in of_entry], is_told=True):
        entities.async_remove(entity_id)
    of_lot = [
        *dr.async_child_entries_for_config_entry(devices, entry.entry_id),
        *dr.async_entries_for_config_entry(devices, entry.entry_id),
    ]
    async for device in in_slices(of_lot, is_told=True):
        if devices.async_get(device.id, include_composite_devices=False) is not None:
            devices.async_remove_device(device.id)
