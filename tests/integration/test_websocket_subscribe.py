"""The map on a card: a picture of the lot, and then what changes."""

import json
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking import live
from custom_components.smart_parking.coordinator import LotCoordinator, SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import skip
from tests.integration.driven import Hand
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    add,
    bay,
    change,
    gate,
    lot,
    node,
    remove,
    row,
    set_up,
)
from tests.integration.watcher import Event, Watcher, truth

# Home Assistant itself still names things in this way for others.
pytestmark = pytest.mark.filterwarnings("ignore:It is recommended to use web")

BAYS = 4
LABELS = [f"A{number:02d}" for number in range(1, BAYS + 1)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every change be told at once, not with those of the next moment."""
    monkeypatch.setattr(live, "GAP_S", 0.0)


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of four free bays and two gates."""
    entry = lot(node("North", row("A", BAYS)), gate("Main"), gate("Back", x=20.0))
    assert await set_up(hass, entry)
    hand.settle("North", **dict.fromkeys(LABELS, EMPTY_M))
    return entry


@pytest.fixture(name="watcher")
async def watcher_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_ws_client: WebSocketGenerator
) -> Watcher:
    """Give somebody who looks at the lot."""
    watcher = Watcher(hass, await hass_ws_client(hass))
    await watcher.subscribe()
    return watcher


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
                    "entity_id": "binary_sensor.north_bay_a01",
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
                    "entity_id": "binary_sensor.north_bay_a02",
                },
            ],
            "gates": [
                {
                    "id": "main",
                    "name": "Main",
                    "level": "1",
                    "x": -2.0,
                    "y": 0.0,
                    "entity_id": "sensor.main_nearest_free_bay",
                }
            ],
        },
        "states": "vu",
        "since": [started + 2, started],
        "faults": {"1": "no_response"},
        "nearest": [[0, 2.0]],
        "seq": 0,
        "now": started + 4,
        "can": ["out_of_service"],
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
    assert delta == {"s": 1, "t": int(time.time()), "b": [[0, "o"]], "n": [[0, 1, 2.5]]}
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
    entry.runtime_data.async_set_out_of_service("a01", out=True)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["n"]) == ([[0, "x"]], [[0, 1, 2.5]])
    set_held(entry.runtime_data, "a02", held=True)
    (delta,) = await watcher.news()
    assert (delta["b"], delta["n"]) == ([[1, "h"]], [[0, 2, 5.0]])


def set_held(coordinator: LotCoordinator, bay_id: str, *, held: bool) -> None:
    """Keep a bay for somebody; nothing offers that to users yet."""
    coordinator._async_changed(coordinator.lot.set_held(bay_id, held=held))  # noqa: SLF001  (as above)


async def test_nothing_is_sent_when_nothing_changed(watcher: Watcher, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M + 0.08, A02=EMPTY_M)
    assert await watcher.news() == []


async def test_what_goes_back_at_once_is_not_told(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    entry.runtime_data.async_set_out_of_service("a01", out=True)
    entry.runtime_data.async_set_out_of_service("a01", out=False)
    assert await watcher.news() == []


async def test_what_changes_together_is_one_message(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    for bay_id in ("a01", "a02", "a03"):
        entry.runtime_data.async_set_out_of_service(bay_id, out=True)
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "x"], [1, "x"], [2, "x"]]


async def test_nodes_that_sweep_by_turns_share_messages(
    watcher: Watcher, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = entry.runtime_data.async_set_out_of_service
    close("a04", out=True)
    assert len(await watcher.news()) == 1
    monkeypatch.setattr(live, "GAP_S", 3600.0)
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
    mine, theirs = (
        one.texts[-1].replace(f'"id":{one.subscription},', "") for one in (watcher, other)
    )
    assert mine == theirs
    assert watcher.view == other.view


# Somebody who does not keep up.


async def turn(watcher: Watcher, entry: SmartParkingConfigEntry, times: int) -> list[Event]:
    """Close and open a bay by turns; return what was sent."""
    coordinator = entry.runtime_data
    events: list[Event] = []
    for _ in range(times):
        out = not coordinator.lot["a01"].out_of_service
        coordinator.async_set_out_of_service("a01", out=out)
        events += await watcher.news()
    return events


async def test_who_lags_is_sent_no_more_than_a_window(
    watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    assert len(await turn(watcher, entry, 40)) == live.WINDOW
    hand.settle("North", A02=CAR_M, A03=Fault.STUCK_HIGH)
    assert await watcher.news() == []

    await watcher.acknowledge()
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "v"], [1, "o"], [2, "u"]]
    assert watcher.view == truth(entry.runtime_data)
    assert len(await turn(watcher, entry, 3)) == 3


async def test_who_acknowledges_each_fourth_misses_nothing(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    for _ in range(10):
        assert len(await turn(watcher, entry, 4)) == 4
        await watcher.acknowledge()


async def test_an_acknowledgement_opens_the_window_by_as_much(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 16)
    await watcher.acknowledge(5)
    assert len(await turn(watcher, entry, 10)) == 5
    await watcher.acknowledge(5)
    assert await turn(watcher, entry, 1) == []


async def test_who_lags_does_not_hold_up_others(
    hass: HomeAssistant,
    watcher: Watcher,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await turn(watcher, entry, 20)
    other = Watcher(hass, await hass_ws_client(hass))
    await other.subscribe()
    assert len(await turn(other, entry, 5)) == 5
    assert await watcher.news() == []


async def test_who_lags_while_the_layout_changes_is_sent_the_new_picture(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 20)
    await change(hass, entry, "main", title="West")
    assert await watcher.news() == []
    await watcher.acknowledge()
    (picture,) = await watcher.news()
    assert picture["lot"]["gates"][0]["name"] == "West"
    assert watcher.view == truth(entry.runtime_data)
    assert len(await turn(watcher, entry, 20)) == live.WINDOW


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(LABELS), st.sampled_from([CAR_M, EMPTY_M])),
        st.tuples(st.just("say"), st.sampled_from(LABELS), st.sampled_from(list(Fault)[1:4])),
        st.tuples(st.just("close"), st.sampled_from(LABELS), st.booleans()),
        st.tuples(st.just("hold"), st.sampled_from(LABELS), st.booleans()),
        st.tuples(st.just("look"), st.just(""), st.integers(0, 20)),
        st.tuples(st.just("acknowledge"), st.just(""), st.integers(0, 60)),
    ),
    max_size=60,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=MOVES)
async def test_whoever_replays_the_deltas_sees_the_lot_as_it_is(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
    moves: list[tuple[str, str, float | bool | Fault]],
) -> None:
    coordinator = entry.runtime_data
    watcher = Watcher(hass, await hass_ws_client(hass))
    await watcher.subscribe()
    begun = watcher.seq
    for move, label, what in moves:
        match move:
            case "say":
                hand.settle("North", **{label: what})
            case "close":
                coordinator.async_set_out_of_service(label.lower(), out=bool(what))
            case "hold":
                set_held(coordinator, label.lower(), held=bool(what))
            case "look":
                await turn(watcher, entry, int(what))
            case _:
                await watcher.acknowledge(begun + int(what))
    await watcher.news()
    await watcher.acknowledge()
    await watcher.news()
    assert watcher.view == truth(coordinator)
    await watcher.socket.close()


# The lot itself changes.


async def test_bays_and_gates_come_and_go(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    await add(hass, entry, node("South", row("B", 2, 50.0)))
    await skip(hass, 1.0)
    assert {"lot"} <= (await watcher.news())[-1].keys()
    picture = watcher.picture
    assert picture is not None
    assert [one["entity_id"] for one in picture["lot"]["bays"][BAYS:]] == [
        "binary_sensor.south_bay_b01",
        "binary_sensor.south_bay_b02",
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
        "binary_sensor.north_bay_a02", new_entity_id="binary_sensor.corner"
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
    entity_registry.async_update_entity("binary_sensor.north_bay_a02", name="Corner")
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


async def test_who_lags_while_the_integration_is_reloaded(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 20)
    assert await hass.config_entries.async_reload(LOT_ID)
    assert await watcher.news() == []
    await watcher.acknowledge()
    (picture,) = await watcher.news()
    assert picture["lot"]["entry_id"] == LOT_ID
    assert watcher.view == truth(entry.runtime_data)


async def test_a_change_just_before_a_reload_is_not_told_twice(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    entry.runtime_data.async_set_out_of_service("a01", out=True)
    assert await hass.config_entries.async_reload(LOT_ID)
    gone, picture = await watcher.news()
    assert "gone" in gone
    assert picture["states"][0] == "x"


async def test_the_lot_is_deleted(hass: HomeAssistant, watcher: Watcher) -> None:
    await hass.config_entries.async_remove(LOT_ID)
    assert [event["gone"] for event in await watcher.news()] == [True]
    await watcher.acknowledge()
    answer = await watcher.ask("unsubscribe_events", subscription=watcher.subscription)
    assert answer["success"]
    assert hass.data[live.FEEDS] == {}


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


# Nobody looks any longer.


async def test_who_unsubscribes_is_sent_nothing(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    hand.settle("North", A01=CAR_M)
    answer = await watcher.ask("unsubscribe_events", subscription=watcher.subscription)
    assert answer["success"]
    await watcher.news()
    assert hass.data[live.FEEDS] == {}
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
    assert hass.data[live.FEEDS] == {}
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
    entry.runtime_data.async_set_out_of_service("a01", out=True)
    message = await socket.receive_json()
    assert (message["id"], message["event"]["b"]) == (2, [[0, "x"]])
