"""Messages to the card about holds."""

from homeassistant.components.websocket_api.const import ERR_NOT_FOUND, ERR_UNAUTHORIZED
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from tests.integration.guidance.drivers import ask, do
from tests.integration.lots import LOT_ID
from tests.integration.watcher import Watcher, truth


async def test_a_driver_follows_a_hold(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    answer = await ask(hass, "guide")
    await client.send_json_auto_id({"type": "smart_parking/follow", "hold_id": answer["hold_id"]})
    assert (await client.receive_json())["result"] is None
    first = (await client.receive_json())["event"]
    assert first == {**answer, "image": first["image"]}
    await do(hass, "guide", driver="somebody else")
    await do(hass, "release", hold_id=answer["hold_id"])
    event = (await client.receive_json())["event"]
    assert (event["type"], event["hold_id"]) == ("released", answer["hold_id"])


async def test_a_hold_that_is_over_cannot_be_followed(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "smart_parking/follow", "hold_id": "gone"})
    error = (await client.receive_json())["error"]
    assert (error["code"], error["translation_key"]) == (ERR_NOT_FOUND, "unknown_hold")


async def test_an_owner_sees_all_holds(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await do(hass, "guide", driver="ann")
    await client.send_json_auto_id({"type": "smart_parking/holds", "entry_id": LOT_ID})
    assert (await client.receive_json())["result"] is None
    first = (await client.receive_json())["event"]
    assert [(hold["driver"], hold["bay"]) for hold in first["holds"]] == [("ann", "A01")]
    await do(hass, "guide", driver="bob")
    event = (await client.receive_json())["event"]
    assert (event["type"], event["driver"], event["bay"]) == ("guided", "bob", "A02")


async def test_nobody_else_does(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_read_only_access_token: str
) -> None:
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id({"type": "smart_parking/holds", "entry_id": LOT_ID})
    assert (await client.receive_json())["error"]["code"] == ERR_UNAUTHORIZED


async def test_an_owner_asks_for_a_lot_that_is_not_there(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "smart_parking/holds", "entry_id": "gone"})
    assert (await client.receive_json())["error"]["code"] == ERR_NOT_FOUND


async def test_the_picture_says_until_when_bays_are_kept(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)
    watcher = Watcher(hass, await hass_ws_client(hass))
    await do(hass, "guide", driver="ann")
    await watcher.subscribe()
    assert set(watcher.view.kept) == {"a01"}
    await do(hass, "extend", driver="ann", minutes=5)
    await do(hass, "guide", driver="bob")
    await watcher.news()
    assert watcher.view == truth(entry.runtime_data)
    assert set(watcher.view.kept) == {"a01", "a02"}
    await do(hass, "release", driver="ann")
    await watcher.news()
    assert watcher.view == truth(entry.runtime_data)
    assert set(watcher.view.kept) == {"a02"}


async def test_a_waiting_driver_is_told_each_new_place(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    for driver in ("ann", "bob", "first", "second"):
        await do(hass, "guide", driver=driver)
    client = await hass_ws_client(hass)
    answer = await ask(hass, "guide", driver="third")
    await client.send_json_auto_id({"type": "smart_parking/follow", "hold_id": answer["hold_id"]})
    await client.receive_json()
    assert (await client.receive_json())["event"]["position"] == 3
    await do(hass, "release", driver="first")
    event = (await client.receive_json())["event"]
    assert (event["status"], event["position"], "type" in event) == ("waiting", 2, False)
    await do(hass, "release", driver="ann")
    assert (await client.receive_json())["event"]["position"] == 1
    await do(hass, "release", driver="bob")
    event = (await client.receive_json())["event"]
    assert (event["type"], event["bay"], event["position"]) == ("guided", "A02", None)
    await do(hass, "guide", driver="fourth")
    await do(hass, "release", driver="third")
    assert (await client.receive_json())["event"]["type"] == "released"


async def test_who_follows_no_longer_is_told_nothing(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    for driver in ("ann", "bob", "first"):
        await do(hass, "guide", driver=driver)
    client = await hass_ws_client(hass)
    answer = await ask(hass, "guide", driver="second")
    await client.send_json({"id": 1, "type": "smart_parking/follow", "hold_id": answer["hold_id"]})
    await client.receive_json()
    await client.receive_json()
    await client.send_json({"id": 2, "type": "unsubscribe_events", "subscription": 1})
    assert (await client.receive_json())["success"]
    await do(hass, "release", driver="first")
    await do(hass, "release", driver="second")
    await client.send_json({"id": 3, "type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_a_hold_of_a_lot_that_rests_is_not_said_to_be_over(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entry: SmartParkingConfigEntry
) -> None:
    client = await hass_ws_client(hass)
    answer = await ask(hass, "guide")
    await hass.config_entries.async_unload(entry.entry_id)
    await client.send_json_auto_id({"type": "smart_parking/follow", "hold_id": answer["hold_id"]})
    assert (await client.receive_json())["error"]["translation_key"] == "lot_not_loaded"
    await hass.config_entries.async_setup(entry.entry_id)
    await client.send_json_auto_id({"type": "smart_parking/follow", "hold_id": answer["hold_id"]})
    await client.receive_json()
    assert (await client.receive_json())["event"]["bay"] == "A01"
