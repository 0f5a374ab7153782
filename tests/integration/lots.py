"""Lots to be tried out, and how one looks at them."""

from types import MappingProxyType
from typing import cast

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_GATE, SUBENTRY_NODE
from custom_components.smart_parking.data import SmartParkingConfigEntry, SmartParkingData
from custom_components.smart_parking.sources.base import Row, Value

LOT_ID = "garage"
EMPTY_M = 2.5
CAR_M = 1.0


def bay(label: str, x: float, **more: Value) -> Row:
    """Return the configuration of a bay; its id is its label in small letters."""
    return {
        "bay_id": label.lower(),
        "label": label,
        "kind": "standard",
        "level": "1",
        "x": x,
        "y": 0.0,
        "empty_m": EMPTY_M,
        **more,
    }


def row(prefix: str, count: int, first_x: float = 0.0) -> list[Row]:
    """Return bays side by side."""
    return [
        bay(f"{prefix}{number:02d}", first_x + 2.5 * (number - 1)) for number in range(1, count + 1)
    ]


def node(
    name: str, bays: list[Row], source: str = "driven", **settings: Value
) -> ConfigSubentryDataWithId:
    """Return a node; its id is its name in small letters."""
    return ConfigSubentryDataWithId(
        data={"source": source, **settings, "bays": bays},
        subentry_id=name.lower(),
        subentry_type=SUBENTRY_NODE,
        title=name,
        unique_id=None,
    )


def gate(name: str, x: float = 0.0, **more: Value) -> ConfigSubentryDataWithId:
    """Return a gate; its id is its name in small letters."""
    return ConfigSubentryDataWithId(
        data={"level": "1", "x": x, "y": 0.0, **more},
        subentry_id=name.lower(),
        subentry_type=SUBENTRY_GATE,
        title=name,
        unique_id=None,
    )


def lot(
    *parts: ConfigSubentryDataWithId, title: str = "Garage", lot_id: str = LOT_ID, **data: Value
) -> SmartParkingConfigEntry:
    """Return the configuration of a lot."""
    entry = MockConfigEntry(
        domain=DOMAIN, title=title, entry_id=lot_id, data=data, subentries_data=parts
    )
    return cast("SmartParkingConfigEntry", entry)


async def set_up(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Hand a lot to Home Assistant."""
    cast("MockConfigEntry", entry).add_to_hass(hass)
    done = await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return done


async def change(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    part_id: str,
    *,
    title: str | None = None,
    **data: object,
) -> None:
    """Change a node or a gate, as its flow does."""
    subentry = entry.subentries[part_id]
    hass.config_entries.async_update_subentry(
        entry, subentry, title=title or subentry.title, data={**subentry.data, **data}
    )
    await hass.async_block_till_done()


def add_subentry(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, part: ConfigSubentryDataWithId
) -> None:
    """Add a node or a gate, as its flow does, which does not wait for what comes of it."""
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(part["data"]),
            subentry_id=part["subentry_id"],
            subentry_type=part["subentry_type"],
            title=part["title"],
            unique_id=None,
        ),
    )


async def add(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, part: ConfigSubentryDataWithId
) -> None:
    """Add a node or a gate."""
    add_subentry(hass, entry, part)
    await hass.async_block_till_done()


async def remove(hass: HomeAssistant, entry: SmartParkingConfigEntry, part_id: str) -> None:
    """Delete a node or a gate, as its menu does."""
    hass.config_entries.async_remove_subentry(entry, part_id)
    await hass.async_block_till_done()


def data_of(hass: HomeAssistant, lot_id: str = LOT_ID) -> SmartParkingData:
    """Return a lot at work with all its features."""
    entry: SmartParkingConfigEntry = hass.config_entries.async_get_known_entry(lot_id)
    return entry.runtime_data


def entry_of(hass: HomeAssistant, *path: str) -> er.RegistryEntry | None:
    """Return the registry's entry of an entity, such as `"a01", "occupancy"` or `"free"`."""
    unique_id = "_".join((LOT_ID, *path))
    of_lot = er.async_entries_for_config_entry(er.async_get(hass), LOT_ID)
    return next((one for one in of_lot if one.unique_id == unique_id), None)


def look(hass: HomeAssistant, *path: str) -> State:
    """Return the state of an entity."""
    entry = entry_of(hass, *path)
    assert entry is not None, f"there is no {path}"
    state = hass.states.get(entry.entity_id)
    assert state is not None, f"{entry.entity_id} has no state"
    return state


def said(hass: HomeAssistant, *path: str) -> str:
    """Return what an entity says."""
    return look(hass, *path).state


def device_of(
    hass: HomeAssistant, part_id: str | None = None
) -> dr.DeviceEntry | dr.ChildDeviceEntry | None:
    """Return the device of the lot, or of a node, a gate or a bay of it."""
    registry = dr.async_get(hass)
    name = LOT_ID if part_id is None else f"{LOT_ID}_{part_id}"
    return registry.async_get_device_by_identifier(
        (DOMAIN, name), LOT_ID
    ) or registry.async_get_child_device_by_identifier((DOMAIN, name), LOT_ID)


def device_id(hass: HomeAssistant, part_id: str | None = None) -> str:
    """Return the id of the device of the lot, or of a node, a gate or a bay of it."""
    device = device_of(hass, part_id)
    assert device is not None
    return device.id
