"""Devices that are heard on MQTT are offered in the editor, and are taken by tapping."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.sources.mqtt.offer import DiscoveredDevices
from tests.integration.editor.draftsman import Draftsman, Event
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.pucks import parked, set_up_pucks


async def devices(draftsman: Draftsman) -> list[Event]:
    """Return the devices that are offered."""
    return [one for one in await draftsman.do("sensors") if one["source"] == "mqtt"]


async def test_what_is_heard_is_placed_on_a_bay(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up_pucks(hass, broker, "puck-1")
    draftsman = Draftsman(await hass_ws_client(hass))
    await draftsman.open(entry.entry_id)
    assert await devices(draftsman) == []
    await broker.say(hass, parked(device="puck-1"), parked(device="puck-2"))
    (found,) = await devices(draftsman)
    ((node_id, node),) = draftsman.drawing["nodes"].items()
    assert node["source"] == "mqtt"
    assert (found["node"], found["name"]) == (node_id, "puck-2")
    assert found["wiring"] == {"device": "puck-2"}
    assert "parking status" in found["said"] or "end_device_ids" in found["said"]
    new = {"label": "N1", "x": 90, "y": 0, "node": node_id, "wiring": found["wiring"]}
    await draftsman.change({"bays": {"new": new}})
    assert await devices(draftsman) == []
    await draftsman.publish()
    await hass.async_block_till_done()
    rows = entry.subentries[node_id].data["bays"]
    assert [row["device"] for row in rows] == ["puck-1", "puck-2"]
    # The node has others to listen for, and looks on with its settings.
    await broker.say(hass, parked(device="puck-3"))
    assert [one["name"] for one in await devices(draftsman)] == ["puck-3"]


async def test_nobody_listens_when_nobody_draws(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[DiscoveredDevices] = []
    close = DiscoveredDevices.close

    def close_noted(offer: DiscoveredDevices) -> None:
        """Record that nobody looks any more."""
        closed.append(offer)
        close(offer)

    monkeypatch.setattr(DiscoveredDevices, "close", close_noted)
    entry = await set_up_pucks(hass, broker, "puck-1")
    first, second = [Draftsman(await hass_ws_client(hass)) for _ in range(2)]
    for draftsman in (first, second):
        await draftsman.open(entry.entry_id)
        await devices(draftsman)
    await broker.say(hass, parked(device="puck-2"))
    await first.socket.close()
    await hass.async_block_till_done()
    assert len(await devices(second)) == 1
    assert not closed
    await second.socket.close()
    await hass.async_block_till_done()
    assert len(closed) == 1


async def test_a_node_that_goes_listens_no_longer(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up_pucks(hass, broker, "puck-1")
    draftsman = Draftsman(await hass_ws_client(hass))
    await draftsman.open(entry.entry_id)
    await devices(draftsman)
    await broker.say(hass, parked(device="puck-2"))
    (node_id,) = draftsman.drawing["nodes"]
    (bay_id,) = draftsman.drawing["bays"]
    await draftsman.change({"nodes": {node_id: None}, "bays": {bay_id: None}})
    assert await devices(draftsman) == []
