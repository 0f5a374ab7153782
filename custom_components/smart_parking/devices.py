"""The device registry's picture of a lot: the lot, its nodes and gates, and a child per bay."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .lot.model import Bay

MANUFACTURER = "Smart Parking"


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


@callback
def async_get_or_create_bay_device(
    hass: HomeAssistant, entry: ConfigEntry, node_id: str, node_device_id: str, bay: Bay
) -> None:
    """Create or update the child device of a bay, named after its label.

    The device of a bay that has been another node's is made anew: a child cannot be given another
    parent. Home Assistant knows it again, and its entities with it.
    """
    registry = dr.async_get(hass)
    before = registry.async_get_child_device_by_identifier(
        identifier(entry, bay.bay_id), entry.entry_id
    )
    if before is not None and before.parent_device_id != node_device_id:
        registry.async_remove_device(before.id)
    registry.async_get_or_create_child(
        config_entry_id=entry.entry_id,
        config_subentry_id=node_id,
        identifiers={identifier(entry, bay.bay_id)},
        parent_device_id=node_device_id,
        translation_key="bay",
        translation_placeholders={"label": bay.label},
    )


@callback
def async_get_bay_ids(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of the bays that have devices, also of those deleted while not at work."""
    children = dr.async_child_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    prefix = identifier(entry, "")[1]
    return {name.removeprefix(prefix) for child in children for _, name in child.identifiers}


@callback
def async_remove_bay_device(hass: HomeAssistant, entry: ConfigEntry, bay_id: str) -> None:
    """Remove the device of a bay that is no more, and with it its entities."""
    registry = dr.async_get(hass)
    device = registry.async_get_child_device_by_identifier(
        identifier(entry, bay_id), entry.entry_id
    )
    if device is not None:
        registry.async_remove_device(device.id)
