"""The routes through a lot are part of its snapshot, and sent again when the owner changes them."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.lots import bay, gate, lot, node, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk
from tests.integration.watcher import Watcher

LANES = [{"level": "1", "points": "0,5; 10,5"}]


async def test_the_ways_follow_the_lanes_that_are_drawn(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> None:
    bays = [bay("A01", 0.0), bay("A02", 2.5), bay("X01", 2.5, level="2")]
    entry = lot(node("North", bays), gate("West", x=-1.0), gate("East", x=9.0, heading=270))
    await set_up(hass, entry)
    watcher = Watcher(hass, await hass_ws_client(hass))
    (before,) = await watcher.subscribe()

    walk = await Walk.through_options(hass, entry)
    await walk.pick("ways")
    await walk.fill(lanes=LANES)
    await walk.pick("save")
    (after,) = await watcher.news()

    assert before["lot"]["network"]["nodes"] != after["lot"]["network"]["nodes"]
    assert [one["heading"] for one in after["lot"]["gates"]] == [0.0, 270.0]
    assert after["lot"]["network"] == {
        "levels": ["1"],
        "nodes": [[0.0, 5.0, 0], [2.5, 5.0, 0], [9.0, 5.0, 0]],
        "gates": [0, 2],
        "bays": [0, 1, -1],
        "parents": [[-1, 0, 1], [1, 2, -1]],
    }
