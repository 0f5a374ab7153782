"""The map on a card while the lot itself changes: bays, gates, names, and whether it is at work."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.clock import skip
from tests.integration.live.moves import BAYS
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, add, data_of, node, remove, row
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher, truth


async def test_bays_and_gates_come_and_go(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    await add(hass, entry, node("South", row("B", 2, 50.0)))
    await skip(hass, 1.0)
    assert {"lot"} <= (await watcher.news())[-1].keys()
    picture = watcher.picture
    assert picture is not None
    assert [one["entity_id"] for one in picture["lot"]["bays"][BAYS:]] == [
        "binary_sensor.garage_bay_b01",
        "binary_sensor.garage_bay_b02",
    ]
    hand.settle("South", B02=EMPTY_M)
    (delta,) = await watcher.news()
    assert delta["b"] == [[BAYS + 1, "v"]]

    await remove(hass, entry, "north")
    await remove(hass, entry, "main")
    picture = (await watcher.news())[-1]
    assert watcher.view == truth(entry.runtime_data)
    assert [one["id"] for one in picture["lot"]["gates"]] == ["back"]


async def test_the_lot_is_renamed(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, title="Market Square")
    (picture,) = await watcher.news()
    assert picture["lot"]["name"] == "Market Square"


async def test_an_entity_is_renamed_and_disabled(
    hass: HomeAssistant, watcher: Watcher, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_update_entity(
        "binary_sensor.garage_bay_a02", new_entity_id="binary_sensor.corner"
    )
    (picture,) = await watcher.news()
    assert picture["lot"]["bays"][1]["entity_id"] == "binary_sensor.corner"
    entity_registry.async_update_entity(
        "binary_sensor.corner", disabled_by=er.RegistryEntryDisabler.USER
    )
    (picture,) = await watcher.news()
    assert picture["lot"]["bays"][1]["entity_id"] is None
    assert picture["states"] == "vvvv"


async def test_what_happens_to_other_entities_is_not_told(
    hass: HomeAssistant, watcher: Watcher, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_update_entity("binary_sensor.garage_bay_a02", name="Corner")
    other = entity_registry.async_get_or_create("light", "elsewhere", "1")
    entity_registry.async_remove(other.entity_id)
    assert await watcher.news() == []


async def test_the_integration_is_reloaded(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    hand.settle("North", A01=CAR_M)
    await watcher.news()
    assert await hass.config_entries.async_reload(LOT_ID)
    gone, picture = await watcher.news()
    assert gone["gone"] is True
    assert picture["states"] == "ouuu"
    assert picture["seq"] == 1
    hand.settle("North", A02=EMPTY_M)
    (delta,) = await watcher.news()
    assert delta["b"] == [[1, "v"]]
    assert watcher.view == truth(entry.runtime_data)


async def test_a_change_just_before_a_reload_is_not_told_twice(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    assert await hass.config_entries.async_reload(LOT_ID)
    gone, picture = await watcher.news()
    assert "gone" in gone
    assert picture["states"][0] == "x"


async def test_the_lot_is_deleted(hass: HomeAssistant, watcher: Watcher) -> None:
    feed = data_of(hass).live
    await hass.config_entries.async_remove(LOT_ID)
    assert [event["gone"] for event in await watcher.news()] == [True]
    await watcher.acknowledge()
    answer = await watcher.ask("unsubscribe_events", subscription=watcher.subscription)
    assert answer["success"]
    assert feed.picture is None


async def test_a_lot_that_is_not_at_work_yet(
    hass: HomeAssistant,
    watcher: Watcher,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await hass.config_entries.async_unload(LOT_ID)
    early = Watcher(hass, await hass_ws_client(hass))
    (gone,) = await early.subscribe()
    assert gone["gone"] is True
    await hass.config_entries.async_setup(LOT_ID)
    (picture,) = await early.news()
    assert picture["states"] == "uuuu"
