"""A lot is set up, unloaded, reloaded and deleted."""

from random import SystemRandom
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

import custom_components.smart_parking as integration
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import SourceError
from tests.integration.clock import pass_time
from tests.integration.logs import ours
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    bay,
    device_of,
    gate,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand


def state_of(entry: SmartParkingConfigEntry) -> ConfigEntryState:
    return entry.state


@pytest.mark.freeze_time("2026-11-01 12:00:00Z")
@pytest.mark.parametrize("platform", integration.PLATFORMS)
async def test_the_entities_of_a_lot(
    hass: HomeAssistant,
    hand: Hand,
    everything_enabled: None,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    platform: Platform,
) -> None:
    monkeypatch.setattr(integration, "PLATFORMS", (platform,))
    monkeypatch.setattr(SystemRandom, "getrandbits", lambda *_: 1)  # the token of an image
    bays = [bay("A01", 0.0), bay("A02", 2.5, kind="ev")]
    await set_up(hass, lot(node("North", bays), gate("Main")))
    hand.sweep_for("North", 0.28)
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    await hass.async_block_till_done()
    await snapshot_platform(hass, entity_registry, snapshot, LOT_ID)


async def test_the_devices_of_a_lot(
    hass: HomeAssistant, hand: Hand, device_registry: dr.DeviceRegistry
) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    of_lot, of_node = device_of(hass), device_of(hass, "north")
    of_gate, of_bay = device_of(hass, "main"), device_of(hass, "a01")
    assert isinstance(of_lot, dr.DeviceEntry)
    assert isinstance(of_node, dr.DeviceEntry)
    assert isinstance(of_gate, dr.DeviceEntry)
    assert isinstance(of_bay, dr.ChildDeviceEntry)
    assert (of_lot.name, of_lot.entry_type) == ("Garage", dr.DeviceEntryType.SERVICE)
    assert (of_node.name, of_node.model, of_node.via_device_id) == (
        "North",
        "Driven by hand",
        of_lot.id,
    )
    assert (of_gate.name, of_gate.via_device_id) == ("Main", of_lot.id)
    assert (of_bay.name, of_bay.parent_device_id) == ("Garage A01", of_node.id)
    assert of_bay.config_subentry_id == of_node.config_subentry_id == "north"


async def test_unloading_stops_the_sensors(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert hand["North"].sink is None
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE


async def test_reloading_begins_anew(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert len(hand.made["North"]) == 2
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_deleting_forgets_everything(
    hass: HomeAssistant, hand: Hand, hass_storage: dict[str, Any]
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=CAR_M)
    await hass.config_entries.async_unload(entry.entry_id)
    assert f"{DOMAIN}.{LOT_ID}" in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert f"{DOMAIN}.{LOT_ID}" not in hass_storage
    assert device_of(hass) is device_of(hass, "a01") is None
    assert hass.states.async_all() == []


async def test_home_assistant_stops(hass: HomeAssistant, hand: Hand) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), node("South", row("B", 2, 100.0))))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert hand["North"].sink is hand["South"].sink is None


async def test_a_lot_without_nodes_waits_for_them(hass: HomeAssistant) -> None:
    assert await set_up(hass, lot(gate("Main")))
    assert said(hass, "free") == STATE_UNAVAILABLE
    assert said(hass, "main", "nearest") == STATE_UNAVAILABLE


async def test_a_lot_that_cannot_measure_at_all_is_set_up_later(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    hand.refusals["North"] = SourceError("pin_unusable", {"line": "5"})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert not await set_up(hass, entry)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.reason == "GPIO5 cannot be used for this on this board"
    assert hand["North"].sink is None

    del hand.refusals["North"]
    await pass_time(hass, freezer, 10)
    assert state_of(entry) is ConfigEntryState.LOADED
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_a_lot_with_one_broken_node_works_with_the_other(
    hass: HomeAssistant, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    hand.refusals["North"] = SourceError("line_lost")
    entry = lot(node("North", row("A", 2)), node("South", row("B", 2, 100.0)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("South", B01=EMPTY_M, B02=CAR_M)
    assert said(hass, "north", "connectivity") == STATE_OFF
    assert said(hass, "north", "faulty") == "2"
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "south", "connectivity") == STATE_ON
    assert said(hass, "main", "nearest") == "B01"
    assert ours(caplog) == ["North does not measure: The GPIO chip disappeared while it was used"]


async def test_lots_do_not_mix(hass: HomeAssistant, hand: Hand) -> None:
    first, second = lot(node("North", row("A", 1))), lot(node("South", row("A", 1)), lot_id="other")
    await set_up(hass, first)
    await set_up(hass, second)
    hand.settle("South", A01=CAR_M)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert first.runtime_data.lot["a01"].occupied is False
    assert second.runtime_data.lot["a01"].occupied is True


async def test_stopping_while_a_node_is_just_starting(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)))
    await set_up(hass, entry)
    start = hand.hold("North")
    reloading = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    await start.begun.wait()
    assert hand["North"].sink is None
    start.may_end.set()
    assert await reloading
    assert hand["North"].sink is not None
