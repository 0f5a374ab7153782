"""Stored data of a lot after a restart."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_HOMEASSISTANT_STOP,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import pass_time
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    bay,
    change,
    entry_of,
    gate,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand

STORE = f"{DOMAIN}.{LOT_ID}"


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    """Set up a lot with one vacant and one occupied bay, and one of which nothing is known."""
    entry = lot(node("North", row("A", 3)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    return entry


async def restart(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_an_occupied_bay_is_so_until_its_first_readings(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await restart(hass, entry)
    assert said(hass, "a02", "occupancy") == STATE_ON
    assert said(hass, "occupied") == "1"
    hand.settle("North", A02=EMPTY_M)
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_a_vacant_bay_is_not_taken_to_be_so_still(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await restart(hass, entry)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "main", "nearest") == "none_free"
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "main", "nearest") == "A01"


async def test_arrivals_go_on_counting(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A01=CAR_M)
    assert said(hass, "arrivals") == "1"
    hand.settle("North", A01=EMPTY_M)
    await restart(hass, entry)
    assert said(hass, "arrivals") == "1"
    # A vehicle that came during the restart has arrived, too; one that stayed has not.
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    assert said(hass, "arrivals") == "2"


async def test_a_fault_in_between_is_no_arrival(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A02=Fault.NO_RESPONSE)
    await restart(hass, entry)
    hand.settle("North", A02=CAR_M)
    assert said(hass, "arrivals") == "0"


async def test_a_closed_bay_stays_closed(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    switch = entry_of(hass, "a01", "out_of_service")
    assert switch is not None
    target = {ATTR_ENTITY_ID: switch.entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, target, blocking=True)
    await restart(hass, entry)
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "out_of_service") == STATE_ON
    assert said(hass, "main", "nearest") == "none_free"
    await hass.services.async_call(SWITCH, SERVICE_TURN_OFF, target, blocking=True)
    await restart(hass, entry)
    assert said(hass, "a01", "out_of_service") == STATE_OFF


async def test_home_assistants_stop_writes_it_down(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    assert STORE not in hass_storage
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert hass_storage[STORE]["data"]["occupied"] == {"a01": False, "a02": True}


async def test_comings_and_goings_are_written_together(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    for _ in range(40):
        hand.sweep("North")
        await pass_time(hass, freezer, 1)
    assert STORE not in hass_storage
    hand.settle("North", A02=EMPTY_M)
    for _ in range(20):
        hand.sweep("North")
        await pass_time(hass, freezer, 1)
    assert hass_storage[STORE]["data"]["occupied"] == {"a01": False, "a02": False}


async def test_nothing_new_is_not_written_again(
    hass: HomeAssistant,
    hand: Hand,
    hass_storage: dict[str, Any],
    entry: SmartParkingConfigEntry,
) -> None:
    await restart(hass, entry)
    del hass_storage[STORE]
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE not in hass_storage


async def test_drift_is_remembered(
    hass: HomeAssistant,
    hand: Hand,
    hass_storage: dict[str, Any],
    entry: SmartParkingConfigEntry,
) -> None:
    hand.settle("North", A03=EMPTY_M)
    for _ in range(2000):
        hand.sweep("North", A03=2.45)
    await restart(hass, entry)
    kept = hass_storage[STORE]["data"]["empty"]
    assert kept.keys() == {"a03"}
    assert kept["a03"]["configured_m"] == EMPTY_M
    assert 2.45 <= kept["a03"]["empty_m"] < 2.47


async def test_another_written_distance_goes_before_what_was_learnt(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A03=EMPTY_M)
    for _ in range(2000):
        hand.sweep("North", A03=2.40)
    await restart(hass, entry)
    watch = entry.runtime_data.coordinator.nodes["north"].tracker
    assert watch.empty_distances()["a03"] < 2.45

    rows = [*row("A", 2), bay("A03", 5.0, empty_m=2.7)]
    await change(hass, entry, "north", bays=rows)
    watch = entry.runtime_data.coordinator.nodes["north"].tracker
    assert watch.empty_distances() == {"a01": EMPTY_M, "a02": EMPTY_M, "a03": 2.7}


async def test_a_deleted_bay_is_forgotten(
    hass: HomeAssistant,
    hand: Hand,
    hass_storage: dict[str, Any],
    entry: SmartParkingConfigEntry,
) -> None:
    await change(hass, entry, "north", bays=row("A", 1))
    await restart(hass, entry)
    assert hass_storage[STORE]["data"]["occupied"] == {"a01": False}
