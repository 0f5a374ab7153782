"""The map on a card: a snapshot of the lot, and then its changes."""

import json
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import skip
from tests.integration.live.moves import LABELS, set_held
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, bay, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher


async def test_the_first_picture(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    started = int(time.time())
    bays = [bay("A01", 0.0), bay("A02", 2.5, kind="ev", width=3.0, length=4.5, heading=80)]
    await set_up(hass, lot(node("North", bays), gate("Main", x=-2.0)))
    freezer.tick(2)
    hand.settle("North", A01=EMPTY_M, A02=Fault.NO_RESPONSE)
    freezer.tick(2)

    watcher = Watcher(hass, await hass_ws_client(hass))
    (picture,) = await watcher.subscribe()

    assert picture == {
        "lot": {
            "entry_id": LOT_ID,
            "name": "Garage",
            "unit": "metres",
            "bays": [
                {
                    "id": "a01",
                    "label": "A01",
                    "kind": "standard",
                    "level": "1",
                    "x": 0.0,
                    "y": 0.0,
                    "w": 2.5,
                    "l": 5.0,
                    "heading": 80.0,
                    "entity_id": "binary_sensor.garage_bay_a01",
                },
                {
                    "id": "a02",
                    "label": "A02",
                    "kind": "ev",
                    "level": "1",
                    "x": 2.5,
                    "y": 0.0,
                    "w": 3.0,
                    "l": 4.5,
                    "heading": 80.0,
                    "entity_id": "binary_sensor.garage_bay_a02",
                },
            ],
            "gates": [
                {
                    "id": "main",
                    "name": "Main",
                    "level": "1",
                    "x": -2.0,
                    "y": 0.0,
                    "heading": 0.0,
                    "entity_id": "sensor.main_nearest_free_bay",
                }
            ],
            # Other tests check its content.
            "network": picture["lot"]["network"],
        },
        "states": "vu",
        "since": [started + 2, started],
        "faults": {"1": "no_response"},
        "held": {},
        "nearest": [[0, 5, "a", None]],
        "seq": 0,
        "now": started + 4,
        "can": ["guide", "out_of_service", "holds"],
    }


async def test_a_lot_that_has_not_measured_yet(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    (picture,) = await Watcher(hass, await hass_ws_client(hass)).subscribe(entry_id=LOT_ID)
    assert (picture["states"], picture["faults"], picture["nearest"]) == ("uu", {}, [None])


async def test_a_vehicle_comes(
    watcher: Watcher, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    hand.settle("North", A01=CAR_M)
    (delta,) = await watcher.news()
    assert delta == {"s": 1, "t": int(time.time()), "b": [[0, "o"]], "n": [[0, 1, 5, "a", None]]}
    hand.settle("North", A03=CAR_M)
    (delta,) = await watcher.news()
    assert delta == {"s": 2, "t": int(time.time()), "b": [[2, "o"]]}


async def test_the_last_bay_is_taken(watcher: Watcher, hand: Hand) -> None:
    hand.settle("North", **dict.fromkeys(LABELS, CAR_M))
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "o"], [1, "o"], [2, "o"], [3, "o"]]
    assert sorted(delta["n"]) == [[0], [1]]


async def test_a_sensor_fails_and_is_mended(watcher: Watcher, hand: Hand) -> None:
    hand.settle("North", A02=Fault.NO_RESPONSE)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["f"]) == ([[1, "u"]], {"1": "no_response"})
    hand.settle("North", A02=Fault.STUCK_HIGH)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["f"]) == ([], {"1": "stuck_high"})
    hand.settle("North", A02=EMPTY_M)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["f"]) == ([[1, "v"]], {"1": None})


async def test_bays_are_closed_and_held(watcher: Watcher, entry: SmartParkingConfigEntry) -> None:
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["n"]) == ([[0, "x"]], [[0, 1, 5, "a", None]])
    set_held(entry.runtime_data.coordinator, "a02", held=True)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["n"]) == ([[1, "h"]], [[0, 2, 5, "a", None]])


async def test_nothing_is_sent_when_nothing_changed(watcher: Watcher, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M + 0.08, A02=EMPTY_M)
    assert await watcher.news() == []


async def test_what_goes_back_at_once_is_not_told(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=False)
    assert await watcher.news() == []


async def test_what_changes_together_is_one_message(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    for bay_id in ("a01", "a02", "a03"):
        entry.runtime_data.coordinator.async_set_out_of_service(bay_id, out=True)
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "x"], [1, "x"], [2, "x"]]


async def test_nodes_that_sweep_by_turns_share_messages(
    watcher: Watcher, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = entry.runtime_data.coordinator.async_set_out_of_service
    close("a04", out=True)
    assert len(await watcher.news()) == 1
    monkeypatch.setattr(broadcaster, "GAP_S", 3600.0)
    close("a01", out=True)
    assert await watcher.news() == []
    close("a02", out=True)
    assert await watcher.news() == []
    await skip(watcher.hass, 3600.0)
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "x"], [1, "x"]]


async def test_a_change_of_one_bay_is_small(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> None:
    bays = [bay(f"B{number:03d}", 2.5 * number) for number in range(150)]
    await set_up(hass, lot(node("North", bays), gate("Main", x=1500.0), gate("Back", x=3000.0)))
    watcher = Watcher(hass, await hass_ws_client(hass))
    await watcher.subscribe()
    hand.settle("North", B149=EMPTY_M)
    await watcher.news()
    hand.settle("North", B149=Fault.NO_RESPONSE)
    await watcher.news()
    sizes = [
        len(json.dumps(json.loads(text)["event"], separators=(",", ":"))) for text in watcher.texts
    ]
    assert all(size <= 100 for size in sizes[1:])
    assert len(sizes) == 3


async def test_all_are_sent_the_same(
    hass: HomeAssistant, watcher: Watcher, hand: Hand, hass_ws_client: WebSocketGenerator
) -> None:
    hand.settle("North", A01=CAR_M)
    other = Watcher(hass, await hass_ws_client(hass))
    await other.ask("ping")
    (picture,) = await other.subscribe()
    assert picture["seq"] == 1
    hand.settle("North", A02=CAR_M, A03=Fault.NO_RESPONSE)
    await watcher.news()
    await other.news()
    assert other.subscription != watcher.subscription
    state, theirs = (
        one.texts[-1].replace(f'"id":{one.subscription},', "") for one in (watcher, other)
    )
    assert state == theirs
    assert watcher.view == other.view
