"""What owners have stays as it is: a lot as version 0.1.0 wrote it down starts as it was.

The files in `tests/fixtures/lot` were written by a run of that version: two nodes of entities, two
gates, two promotions, lanes, options, a closed bay, a hold, a reservation, a visitor and visits.
"""

from datetime import UTC, datetime
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import LOT_ID
from tests.integration.visitor.phones import BASE

FILES = Path(__file__).parents[1] / "fixtures" / "lot"
WRITTEN_AT = datetime(2026, 11, 20, 12, 2, tzinfo=UTC)
REGISTRIES = (ar, cr, dr, er, fr, ir, lr, rs)

# The eyes of the lot, which are no part of it.
EYES = {f"binary_sensor.eye_{number}": "off" for number in range(2, 7)} | {
    "binary_sensor.eye_1": "on",
    "sensor.roof_1": "2.5",
    "sensor.roof_2": "unavailable",
}

pytestmark = pytest.mark.parametrize("load_registries", [False])


def read(name: str) -> Any:
    """Return what a file of the fixture holds."""
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))


def stored(name: str) -> Any:
    """Return what a stored file holds."""
    return read(f"storage/{name}")["data"]


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    folder: Path,
) -> SmartParkingConfigEntry:
    """Start Home Assistant with the stored configuration."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(WRITTEN_AT)
    for path in sorted((FILES / "storage").iterdir()):
        hass_storage[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    dr.async_setup(hass)
    for registry in REGISTRIES:
        await registry.async_load(hass)
    await hass.config_entries.async_initialize()
    for entity_id, state in EYES.items():
        is_distance = entity_id.startswith("sensor")
        attributes = {"unit_of_measurement": "m", "device_class": "distance"}
        hass.states.async_set(entity_id, state, attributes if is_distance else None)
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    entry: SmartParkingConfigEntry = hass.config_entries.async_get_known_entry(LOT_ID)
    return entry


def states_of(hass: HomeAssistant) -> dict[str, Any]:
    """Return all states of the lot, without what differs from start to start."""
    of_lot = er.async_entries_for_config_entry(er.async_get(hass), LOT_ID)
    states = [state for one in of_lot if (state := hass.states.get(one.entity_id))]
    return {
        state.entity_id: {
            "state": state.state,
            "attributes": {
                name: value
                for name, value in json.loads(json.dumps(state.attributes, default=str)).items()
                if name not in ("access_token", "entity_picture")
            },
        }
        for state in sorted(states, key=lambda state: state.entity_id)
    }


async def test_a_stored_lot_has_the_same_entities(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    registry = er.async_get(hass)
    known = {
        (one["entity_id"], one["unique_id"], one["config_subentry_id"], one["device_id"])
        for one in stored("core.entity_registry")["entities"]
    }
    # What has come since is new; what was there is as it was.
    assert known <= {
        (one.entity_id, one.unique_id, one.config_subentry_id, one.device_id)
        for one in er.async_entries_for_config_entry(registry, LOT_ID)
    }


async def test_a_stored_lot_has_the_same_devices(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    written, registry = stored("core.device_registry"), dr.async_get(hass)
    before = {one["id"]: one for one in written["devices"] + written["child_devices"]}
    for device_id, known in before.items():
        device = registry.async_get(device_id)
        assert device is not None
        assert [[*one] for one in device.identifiers] == known["identifiers"]
        assert device.name == known["name"]
    assert len(registry.devices) == len(written["devices"])
    assert len(registry.child_devices) == len(written["child_devices"])


async def test_a_stored_lot_has_the_same_states(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    known, now = read("states"), states_of(hass)
    assert {entity_id: now.get(entity_id) for entity_id in known} == known


async def test_what_was_promised_and_counted_is_kept(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_storage: dict[str, Any]
) -> None:
    # A switch that is turned there and back has its file written anew.
    for switch, way in (
        ("switch.north_bay_a04_out_of_service", ("turn_off", "turn_on")),
        ("switch.zoo_shown", ("turn_on", "turn_off")),
    ):
        for action in way:
            await hass.services.async_call("switch", action, {"entity_id": switch}, blocking=True)
    assert await hass.config_entries.async_unload(entry.entry_id)
    for name in ("", ".holds", ".promotions", ".visitors", ".visits"):
        key = f"{DOMAIN}.{LOT_ID}{name}"
        assert hass_storage[key] == read(f"storage/{key}"), key


async def test_the_addresses_of_a_stored_lot_are_the_same(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    for path in read("addresses"):
        answer = await client.get(path)
        assert answer.status == HTTPStatus.OK, path
    assert BASE in read("addresses")


async def test_a_stored_lot_has_the_same_actions(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert {*read("actions")} <= {*hass.services.async_services_for_domain(DOMAIN)}
