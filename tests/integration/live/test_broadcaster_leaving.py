"""The last subscriber leaves: a subscription ends, and a connection is lost."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import CAR_M, data_of
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher, truth


async def test_who_unsubscribes_is_sent_nothing(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    hand.settle("North", A01=CAR_M)
    answer = await watcher.ask("unsubscribe_events", subscription=watcher.subscription)
    assert answer["success"]
    await watcher.news()
    assert data_of(hass).live.picture is None
    hand.settle("North", A02=CAR_M)
    assert await watcher.news() == []

    await watcher.subscribe()
    assert watcher.view == truth(entry.runtime_data)
    assert watcher.picture is not None
    assert watcher.picture["seq"] == 0


async def test_a_lost_connection_is_forgotten(
    hass: HomeAssistant,
    watcher: Watcher,
    hand: Hand,
    hass_ws_client: WebSocketGenerator,
) -> None:
    other = Watcher(hass, await hass_ws_client(hass))
    await other.subscribe()
    await other.socket.close()
    await hass.async_block_till_done()
    hand.settle("North", A01=CAR_M)
    assert len(await watcher.news()) == 1
    await watcher.socket.close()
    await hass.async_block_till_done()
    assert data_of(hass).live.picture is None
    hand.settle("North", A02=CAR_M)


async def test_one_connection_may_look_twice(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    socket = await hass_ws_client(hass)
    for message_id in (1, 2):
        await socket.send_json({"id": message_id, "type": "smart_parking/subscribe"})
        assert (await socket.receive_json())["result"] is None
        assert (await socket.receive_json())["event"]["states"] == "vvvv"
    await socket.send_json({"id": 3, "type": "unsubscribe_events", "subscription": 1})
    assert (await socket.receive_json())["success"]
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    message = await socket.receive_json()
    assert (message["id"], message["event"]["b"]) == (2, [[0, "x"]])
