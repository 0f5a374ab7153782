"""Nodes and bays come, go and change while a lot is at work."""

import asyncio

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.smart_parking import slices
from custom_components.smart_parking.const import CONF_TEMPERATURE_ENTITY
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import SourceError
from custom_components.smart_parking.sources.thermometer import ASSUMED_C
from tests.integration.logs import complaints
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    add,
    add_subentry,
    bay,
    change,
    device_of,
    entry_of,
    gate,
    look,
    lot,
    node,
    remove,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of two nodes."""
    entry = lot(node("North", row("A", 2)), node("South", row("B", 2, 100.0)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    hand.settle("South", B01=EMPTY_M, B02=CAR_M)
    return entry


def undisturbed(hand: Hand, name: str) -> bool:
    return len(hand.made[name]) == 1 and hand[name].starts == 1 and hand[name].stops == 0


async def test_a_bay_is_added(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "north", bays=row("A", 3))
    assert undisturbed(hand, "South")
    assert said(hass, "b01", "occupancy") == STATE_OFF
    assert said(hass, "a03", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "a02", "occupancy") == STATE_ON
    hand.settle("North", A01=EMPTY_M, A02=CAR_M, A03=EMPTY_M)
    assert said(hass, "a03", "occupancy") == STATE_OFF
    assert said(hass, "free") == "3"
    assert look(hass, "a03", "out_of_service").name == "Garage A03 Out of service"


async def test_a_bay_is_removed(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await change(hass, entry, "north", bays=[bay("A02", 2.5)])
    assert undisturbed(hand, "South")
    assert device_of(hass, "a01") is None
    for key in ("occupancy", "distance", "out_of_service"):
        assert entry_of(hass, "a01", key) is None
    hand.settle("North", A02=EMPTY_M)
    assert said(hass, "free") == "2"
    assert said(hass, "main", "nearest") == "A02"

    await change(hass, entry, "north", bays=row("A", 2))
    hand.settle("North", A01=CAR_M)
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert complaints(caplog) == []


async def test_a_bay_is_renamed(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    before = entry_of(hass, "a01", "occupancy")
    assert before is not None
    renamed = {**bay("Z9", 0.0), "bay_id": "a01"}
    await change(hass, entry, "north", bays=[renamed, bay("A02", 2.5)])
    device = device_of(hass, "a01")
    assert device is not None
    assert device.name == "Garage Z9"
    after = entry_of(hass, "a01", "occupancy")
    assert after is not None
    assert (after.id, after.entity_id) == (before.id, before.entity_id)
    assert look(hass, "a01", "occupancy").name == "Garage Z9"
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "main", "nearest") == "Z9"


async def test_a_bay_moves(hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry) -> None:
    await change(hass, entry, "north", bays=[bay("A01", 300.0), bay("A02", 2.5)])
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "main", "nearest") == "B01"


async def test_sensors_of_a_kind_come_and_go_with_its_bays(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    assert entry_of(hass, "free_ev") is None
    await change(hass, entry, "north", bays=[bay("A01", 0.0, kind="ev"), bay("A02", 2.5)])
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "free_ev") == "1"
    assert entry_of(hass, "free_staff") is None
    await change(hass, entry, "north", bays=row("A", 2))
    assert entry_of(hass, "free_ev") is None
    await change(hass, entry, "north", bays=[bay("A01", 0.0, kind="ev"), bay("A02", 2.5)])
    hand.settle("North", A01=CAR_M)
    assert said(hass, "free_ev") == "0"


async def test_a_node_is_added(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await add(hass, entry, node("West", row("C", 1, 200.0)))
    assert undisturbed(hand, "North")
    assert undisturbed(hand, "South")
    hand.settle("West", C01=EMPTY_M)
    assert said(hass, "west", "connectivity") == STATE_ON
    assert said(hass, "free") == "3"


async def test_a_node_that_cannot_start_is_added_all_the_same(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.refusals["West"] = SourceError("line_lost")
    await add(hass, entry, node("West", row("C", 1, 200.0)))
    assert said(hass, "west", "connectivity") == STATE_OFF
    assert said(hass, "c01", "occupancy") == STATE_UNAVAILABLE


async def test_a_node_is_renamed(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "north", title="Roof")
    assert undisturbed(hand, "South")
    device = device_of(hass, "north")
    assert device is not None
    assert device.name == "Roof"
    hand.settle("Roof", A01=EMPTY_M)
    assert look(hass, "north", "connectivity").name == "Roof Connectivity"
    assert said(hass, "north", "connectivity") == STATE_ON


async def test_a_node_is_removed(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await remove(hass, entry, "north")
    assert undisturbed(hand, "South")
    assert hand["North"].sink is None
    assert device_of(hass, "north") is device_of(hass, "a01") is None
    of_lot = er.async_entries_for_config_entry(er.async_get(hass), LOT_ID)
    assert not [one for one in of_lot if "_a0" in one.unique_id or "_north" in one.unique_id]
    assert said(hass, "free") == "1"
    assert said(hass, "main", "nearest") == "B01"
    assert entry.runtime_data.coordinator.store.occupied.keys() == {"b01", "b02"}
    await remove(hass, entry, "south")
    assert said(hass, "free") == STATE_UNAVAILABLE
    assert complaints(caplog) == []


async def test_the_lot_is_renamed(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, title="Town hall")
    await hass.async_block_till_done()
    assert undisturbed(hand, "North")
    device = device_of(hass)
    assert device is not None
    assert device.name == "Town hall"
    assert look(hass, "free").name == "Town hall Free bays"


async def test_a_thermometer_is_added_and_removed(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hass.states.async_set("sensor.roof", "5")
    data = {CONF_TEMPERATURE_ENTITY: "sensor.roof"}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.async_block_till_done()
    assert hand["North"].celsius == hand["South"].celsius == 5.0
    assert undisturbed(hand, "North")
    await add(hass, entry, node("West", row("C", 1, 200.0)))
    assert hand["West"].celsius == 5.0
    hass.config_entries.async_update_entry(entry, data={})
    await hass.async_block_till_done()
    assert hand["North"].celsius == ASSUMED_C
    hass.states.async_set("sensor.roof", "15")
    await hass.async_block_till_done()
    assert hand["North"].celsius == ASSUMED_C


async def test_many_changes_at_once_end_in_the_last(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    for count in (5, 1, 4, 3):
        subentry = entry.subentries["north"]
        hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, "bays": row("A", count)}
        )
    await hass.async_block_till_done()
    assert {status.bay.bay_id for status in entry.runtime_data.lot} == {
        "a01",
        "a02",
        "a03",
        "b01",
        "b02",
    }
    assert device_of(hass, "a04") is None
    assert [source.sink is None for source in hand.made["North"][:-1]] == [True] * (
        len(hand.made["North"]) - 1
    )
    assert undisturbed(hand, "South")


async def test_a_change_just_before_unloading_starts_nothing(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    start = hand.hold("North")
    subentry = entry.subentries["north"]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bays": row("A", 3)}
    )
    await start.begun.wait()
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    await asyncio.sleep(0.01)
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bays": row("A", 4)}
    )
    start.may_end.set()
    assert await unloading
    await hass.async_block_till_done()
    assert all(source.sink is None for source in hand.made["North"])


async def test_bays_deleted_while_the_lot_was_not_loaded_leave_nothing_behind(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await change(hass, entry, "north", bays=row("A", 1))
    assert device_of(hass, "a02") is not None
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert device_of(hass, "a01") is not None
    assert device_of(hass, "a02") is None
    assert entry_of(hass, "a02", "occupancy") is None


async def test_many_bays_are_added_a_few_at_a_time(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    others = hass.async_create_background_task(take_turns(), "others")
    subentry = entry.subentries["north"]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bays": row("A", 100)}
    )
    await hass.async_block_till_done()
    others.cancel()
    assert len(entry.runtime_data.lot) == 102
    # Devices, the entities of each platform and their listeners: each has its turns.
    assert turns > 300


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_part_may_go_at_any_moment_while_others_are_set_up(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, steps: int
) -> None:
    for one in (node("West", row("C", 2, 200.0)), gate("Back")):
        add_subentry(hass, entry, one)
    for _ in range(steps):
        # A step of the event loop, in a thread's time for what waits for one.
        await hass.async_add_executor_job(int)
    for part_id in ("back", "west"):
        hass.config_entries.async_remove_subentry(entry, part_id)
    await hass.async_block_till_done()
    assert [one.name for one in entry.runtime_data.lot.gates] == ["Main"]
    assert {one.name for one in entry.runtime_data.coordinator.nodes.values()} == {"North", "South"}
    assert [device_of(hass, one) for one in ("back", "west", "c01")] == [None] * 3
