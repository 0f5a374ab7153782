"""Pins of Raspberry Pis elsewhere are offered in the editor, and are given to bays by tapping."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.editor.manager import async_get_editor
from custom_components.smart_parking.node.messages import Announcement
from custom_components.smart_parking.node.topics import (
    FROM_NODES,
    OFFLINE,
    ONLINE,
    Said,
    said_topic,
)
from custom_components.smart_parking.sources.remote.hub import NodeHub, get_hub
from tests.integration.clock import until
from tests.integration.editor.draftsman import Change, Draftsman, Event
from tests.integration.lots import LOT_ID, bay, gate, look, lot, node, remove, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.remote.pi import Pi, flows, set_up_lot
from tests.integration.test_config_flow import ROW
from tests.integration.walk import Walk

pytestmark = pytest.mark.usefixtures("mqtt_entry")


async def open_plan(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> Draftsman:
    """Open the plan of the lot."""
    draftsman = Draftsman(await hass_ws_client(hass))
    await draftsman.open(LOT_ID)
    return draftsman


async def pins(draftsman: Draftsman, **more: bool) -> dict[str, list[Event]]:
    """Return the pins of Raspberry Pis elsewhere that are offered, by the name of their node."""
    found: dict[str, list[Event]] = {}
    for one in await draftsman.do("sensors", **more):
        if one["source"] == "remote":
            found.setdefault(one["node_name"], []).append(one)
    return found


async def offered(
    draftsman: Draftsman, is_so: Callable[[dict[str, list[Event]]], bool]
) -> dict[str, list[Event]]:
    """Return the pins that are offered once they are as wanted; the page asks when it is told."""
    while not is_so(found := await pins(draftsman)):
        await draftsman.wait_for("sensors")
    return found


def drawn(label: str, offer: Event, y: float = 50.0) -> Event:
    """Return a new bay with a sensor that is offered."""
    return {"label": label, "x": 0, "y": y, "node": offer["node"], "wiring": offer["wiring"]}


def new_node(offer: Event) -> Event:
    """Return what the page draws of a node that there is not yet."""
    return {"name": offer["node_name"], "source": offer["source"]}


async def set_up_yard(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot without a Raspberry Pi."""
    entry = lot(node("Yard", row("Y", 1)), gate("Main"))
    await set_up(hass, entry)
    return entry


async def test_a_pi_that_was_found_becomes_the_node_that_the_form_would_make(
    hass: HomeAssistant,
    hand: Hand,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up_yard(hass, hand)
    pi, other = make_pi("garage-2"), make_pi("garage-3")
    await until(hass, lambda: sorted(flows(hass)) == ["garage-2", "garage-3"])
    draftsman = await open_plan(hass_ws_client, hass)
    found = await offered(draftsman, lambda found: len(found) == 2)
    first, second, *rest = found["garage-2"]
    assert first == {
        "key": "garage-2 4",
        "source": "remote",
        "node": first["node"],
        "node_name": "garage-2",
        "away": False,
        "name": "garage-2: GPIO2 → GPIO4",
        "entity_id": None,
        "wiring": {"trigger": 2, "echo": 4, "empty_m": 2.5},
        "endless": False,
    }
    assert len(rest) == 11
    # Each has pins of its own, which are called alike.
    assert [one["wiring"] for one in found["garage-3"]] == [
        one["wiring"] for one in found["garage-2"]
    ]
    assert first["node"] == second["node"] != found["garage-3"][0]["node"]
    shared = (await pins(draftsman, shares_triggers=True))["garage-2"]
    assert [one["wiring"]["trigger"] for one in shared[:4]] == [2, 3, 4, 2]

    node_id = first["node"]
    await draftsman.change(
        {"nodes": {node_id: new_node(first)}, "bays": {"n1": drawn("N1", first)}}
    )
    await draftsman.change({"bays": {"n2": drawn("N2", second, 60.0)}})
    found = await pins(draftsman)
    assert [one["key"] for one in found["garage-2"]] == [one["key"] for one in rest]
    assert {one["node"] for one in found["garage-2"]} == {node_id}
    await draftsman.publish()
    assert pi.config is not None
    await until(hass, lambda: look(hass, "n1", "occupancy").state == STATE_OFF)
    pi.change("n2", occupied=True)
    await until(hass, lambda: look(hass, "n2", "occupancy").state == STATE_ON)
    # What was found is the lot's now, and only that.
    assert flows(hass) == ["garage-3"]

    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="remote")
    await walk.fill(name="", node="garage-3")
    await walk.pick("row")
    await walk.fill(**{**ROW, "prefix": "F", "count": 2}, empty_m=2.5)
    await walk.pick("check", "save")
    assert walk.step == "create_entry"
    await until(hass, lambda: other.config is not None and flows(hass) == [])
    drawn_one = entry.subentries[node_id]
    (typed_one,) = (one for one in entry.subentries.values() if one.title == "garage-3")
    assert drawn_one.title == "garage-2"
    drawn_data, typed_data = dict(drawn_one.data), dict(typed_one.data)
    drawn_rows, typed_rows = drawn_data.pop("bays"), typed_data.pop("bays")
    assert typed_data == {**drawn_data, "node": "garage-3", "machine": other.machine}
    wiring = ("trigger", "echo", "empty_m")
    assert [[one[key] for key in wiring] for one in drawn_rows] == [
        [one[key] for key in wiring] for one in typed_rows
    ]


async def test_a_pi_of_the_lot_is_offered_while_it_is_away_and_says_so(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up_lot(hass, pi)
    draftsman = await open_plan(hass_ws_client, hass)
    (found,) = (await pins(draftsman)).values()
    assert {(one["node"], one["node_name"], one["away"]) for one in found} == {
        ("roof", "Roof", False)
    }
    taken = {line for number in range(3) for line in (4 + 2 * number, 5 + 2 * number)}
    offered_lines = {one["wiring"][key] for one in found for key in ("trigger", "echo")}
    assert offered_lines == set(range(2, 28)) - taken
    pi.kill()
    found = (await offered(draftsman, lambda found: found["Roof"][0]["away"]))["Roof"]
    assert len(found) == 10
    pi.again()
    await offered(draftsman, lambda found: not found["Roof"][0]["away"])


async def test_without_its_broker_a_pi_is_away_and_none_is_found(
    hass: HomeAssistant,
    broker: Broker,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up_lot(hass, make_pi("garage-2"))
    make_pi("garage-3")
    draftsman = await open_plan(hass_ws_client, hass)
    found = await offered(draftsman, lambda found: "garage-3" in found)
    assert not found["Roof"][0]["away"]
    broker.stop()
    # The broker may say last wills before it goes.
    await offered(draftsman, lambda found: found.keys() == {"Roof"} and found["Roof"][0]["away"])


async def test_without_mqtt_pins_of_the_lot_are_offered_all_the_same(
    hass: HomeAssistant,
    mqtt_entry: Any,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up_lot(hass, make_pi("garage-2"))
    make_pi("garage-3")
    await hass.config_entries.async_unload(mqtt_entry.entry_id)
    draftsman = await open_plan(hass_ws_client, hass)
    found = await pins(draftsman)
    assert found.keys() == {"Roof"}
    assert all(one["away"] for one in found["Roof"])


async def test_a_pi_of_another_lot_is_not_offered(
    hass: HomeAssistant,
    hand: Hand,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up_lot(hass, make_pi("garage-2"))
    yard = lot(node("Yard", row("Y", 1)), gate("Main"), title="Yard", lot_id="yard")
    await set_up(hass, yard)
    draftsman = Draftsman(await hass_ws_client(hass))
    await draftsman.open("yard")
    make_pi("garage-3")
    found = await offered(draftsman, bool)
    assert found.keys() == {"garage-3"}
    offer = found["garage-3"][0]
    await draftsman.change(
        {"nodes": {offer["node"]: new_node(offer)}, "bays": {"n1": drawn("N1", offer)}}
    )
    assert "node_taken" not in await draftsman.problems()

    # Another lot takes it meanwhile.
    garage = hass.config_entries.async_get_known_entry(LOT_ID)
    walk = await Walk.to_a_part(hass, garage, "node")
    await walk.fill(source="remote")
    await walk.fill(name="Cellar", node="garage-3")
    await walk.pick("row")
    await walk.fill(**{**ROW, "prefix": "C"}, empty_m=2.5)
    await walk.pick("check", "save")
    check = await draftsman.wait_for("check")
    (problem,) = (one for one in check["problems"] if one["key"] == "node_taken")
    assert problem["severity"] == "error"
    assert problem["things"] == [["bays", "n1"]]
    assert problem["placeholders"] == {
        "pi": "garage-3",
        "node": "Cellar",
        "lot": "Garage",
        "count": "1",
        "label": "N1",
    }
    assert await draftsman.refused("publish", revision=draftsman.revision) == "draft_has_errors"
    assert await offered(draftsman, lambda found: not found) == {}
    # When it is free again, so is the draft.
    cellar = next(one for one in garage.subentries.values() if one.title == "Cellar")
    await remove(hass, garage, cellar.subentry_id)
    check = await draftsman.wait_for("check")
    assert "node_taken" not in {one["key"] for one in check["problems"]}
    await draftsman.publish()
    assert yard.subentries[offer["node"]].data["node"] == "garage-3"


async def test_what_would_not_be_discovered_is_not_offered(
    hass: HomeAssistant,
    hand: Hand,
    broker: Broker,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up_yard(hass, hand)
    for name, status, is_configured in (
        ("elsewhere", ONLINE, True),
        ("gone", OFFLINE, False),
        ("unwanted", ONLINE, False),
    ):
        told = Announcement(name=name, machine="m", run="r", is_configured=is_configured)
        await broker.publish(said_topic(name, Said.ANNOUNCE), told.to_payload(), retain=True)
        await broker.publish(said_topic(name, Said.STATUS), status, retain=True)
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "node_unwanted", "title": "unwanted"},
    )
    draftsman = await open_plan(hass_ws_client, hass)
    assert await pins(draftsman) == {}
    hub = get_hub(hass)
    await until(hass, lambda: hub.announced().keys() >= {"elsewhere", "gone", "unwanted"})
    make_pi("garage-2")
    found = await offered(draftsman, bool)
    assert found.keys() == {"garage-2"}


async def test_more_than_anybody_has_are_not_offered_at_once(
    hass: HomeAssistant,
    hand: Hand,
    broker: Broker,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.smart_parking.editor.sensors.MACHINES_MAX", 2)
    await set_up_yard(hass, hand)
    for name in ("pi-3", "pi-1", "pi-2"):
        told = Announcement(name=name, machine="m", run="r")
        await broker.publish(said_topic(name, Said.ANNOUNCE), told.to_payload(), retain=True)
        await broker.publish(said_topic(name, Said.STATUS), ONLINE, retain=True)
    draftsman = await open_plan(hass_ws_client, hass)
    await pins(draftsman)
    await until(hass, lambda: len(get_hub(hass).announced()) == 3)
    found = await offered(draftsman, lambda found: "pi-2" in found)
    assert found.keys() == {"pi-1", "pi-2"}


async def test_what_a_bay_gives_up_is_offered_as_it_is_wired_and_lights_up_when_one_parks(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    # Wired as somebody liked it, and not by the scheme.
    rows = [
        bay("A01", 0.0, trigger=17, echo=22, empty_m=2.1),
        bay("A02", 5.0, trigger=17, echo=23, empty_m=2.2),
        bay("A03", 10.0, trigger=9, echo=10, empty_m=2.3),
    ]
    entry = await set_up_lot(hass, pi, rows)
    draftsman = await open_plan(hass_ws_client, hass)
    assert not [one for one in (await pins(draftsman))["Roof"] if "occupied" in one]
    # Nobody knows which of two sensors is over which bay.
    without = {
        key: {name: cell for name, cell in drawn.items() if name not in ("node", "wiring")}
        for key, drawn in draftsman.drawing["bays"].items()
    }
    await draftsman.change({"bays": {"a01": without["a01"], "a02": without["a02"]}})
    first, second, *others = (await pins(draftsman))["Roof"]
    assert first["wiring"] == {"trigger": 17, "echo": 22, "empty_m": 2.1}
    assert second["wiring"] == {"trigger": 17, "echo": 23, "empty_m": 2.2}
    assert (first["occupied"], second["occupied"]) == (False, False)
    lines = {line for one in others for line in (one["wiring"]["trigger"], one["wiring"]["echo"])}
    assert not lines & {17, 22, 23, 9, 10}
    pi.change("a02", occupied=True)
    await until(hass, lambda: look(hass, "a02", "occupancy").state == STATE_ON)
    first, second, *_ = (await pins(draftsman))["Roof"]
    assert (first["occupied"], second["occupied"]) == (False, True)
    # Somebody has parked on A01, so that is where the second one is.
    await draftsman.change({"bays": {"a01": {**without["a01"], **drawn_on(second)}}})
    first, *_ = (await pins(draftsman))["Roof"]
    assert first["wiring"]["echo"] == 22
    await draftsman.change({"bays": {"a02": {**without["a02"], **drawn_on(first)}}})
    await draftsman.publish()
    assert [(one["bay_id"], one["echo"]) for one in entry.subentries["roof"].data["bays"]] == [
        ("a01", 23),
        ("a02", 22),
        ("a03", 10),
    ]


def drawn_on(offer: Event) -> Event:
    """Return what is drawn of a sensor on a bay."""
    return {"node": offer["node"], "wiring": offer["wiring"]}


async def test_a_node_that_the_draft_has_no_more_is_the_same_one_with_new_bays(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await set_up_lot(hass, pi, blind_m=0.3)
    before = dict(entry.subentries["roof"].data)
    draftsman = await open_plan(hass_ws_client, hass)
    gone = dict.fromkeys(draftsman.drawing["bays"], None)
    await draftsman.change({"nodes": {"roof": None}, "bays": gone})
    offer = (await pins(draftsman))["Roof"][0]
    assert offer["node"] == "roof"
    # The first bay's lines are known, and nothing else is in the way.
    assert offer["wiring"] == {"trigger": 4, "echo": 5, "empty_m": 2.5}
    await draftsman.change({"nodes": {"roof": new_node(offer)}, "bays": {"n1": drawn("N1", offer)}})
    await draftsman.publish()
    after = dict(entry.subentries["roof"].data)
    assert [one["label"] for one in after.pop("bays")] == ["N1"]
    before.pop("bays")
    assert after == before


async def test_two_who_draw_give_sensors_of_the_same_node(
    hass: HomeAssistant, hand: Hand, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up_yard(hass, hand)
    one, other = [await open_plan(hass_ws_client, hass) for _ in range(2)]
    offers = [(await offered(who, bool))["garage-2"] for who in (one, other)]
    assert offers[0] == offers[1]
    first, second, *_ = offers[0]
    nodes: dict[str, Event | None] = {first["node"]: new_node(first)}
    seen = other.revision
    await one.change({"nodes": nodes, "bays": {"n1": drawn("N1", first)}})
    # The other does not know of it yet.
    late: Change = {"nodes": nodes, "bays": {"n2": drawn("N2", second, 60.0)}}
    assert await other.refused("change", revision=seen, change=late) == "draft_conflict"
    await other.change({"bays": late["bays"]})
    assert "node_taken" not in await other.problems()
    drawn_nodes = [node for node in other.drawing["nodes"].values() if node["source"] == "remote"]
    assert [one["settings"]["node"] for one in drawn_nodes] == ["garage-2"]


async def test_two_nodes_for_one_pi_are_not_published(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up_lot(hass, pi)
    draftsman = await open_plan(hass_ws_client, hass)
    offer = {**(await pins(draftsman))["Roof"][0], "node": "second", "node_name": "garage-2"}
    await draftsman.change(
        {"nodes": {"second": new_node(offer)}, "bays": {"n1": drawn("N1", offer)}}
    )
    problem = (await draftsman.problems())["node_taken"]
    assert problem["things"] == [["bays", "n1"]]
    assert problem["placeholders"]["node"] == "Roof"
    # No pins are offered twice.
    (found,) = (await pins(draftsman)).values()
    assert offer["wiring"] not in [one["wiring"] for one in found]


async def test_a_name_that_no_pi_can_have_is_said_as_in_the_form(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up_lot(hass, pi)
    draftsman = await open_plan(hass_ws_client, hass)
    offer = {**(await pins(draftsman))["Roof"][0], "node": "new", "node_name": "Garage 3"}
    await draftsman.change({"nodes": {"new": new_node(offer)}, "bays": {"n1": drawn("N1", offer)}})
    assert (await draftsman.problems())["bad_node_name"]["placeholders"]["name"] == "Garage 3"


async def test_a_chosen_chip_has_no_more_lines_than_it_says(
    hass: HomeAssistant, pi: Pi, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up_lot(hass, pi, chip="pinctrl-bcm2711")
    draftsman = await open_plan(hass_ws_client, hass)
    (found,) = (await pins(draftsman)).values()
    lines = {one["wiring"][key] for one in found for key in ("trigger", "echo")}
    assert lines == set(range(58)) - set(range(4, 10))


async def test_nobody_listens_when_nobody_draws(
    hass: HomeAssistant,
    hand: Hand,
    broker: Broker,
    make_pi: Callable[..., Pi],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up_yard(hass, hand)
    draftsman = await open_plan(hass_ws_client, hass)
    make_pi("garage-2")
    await offered(draftsman, bool)
    assert broker.subscriptions().count(FROM_NODES) == 1
    # One comes while they go.
    make_pi("garage-3")
    await draftsman.socket.close()
    await until(hass, lambda: not get_hub(hass).announced())
    assert not get_hub(hass).presence_listeners
    again = await open_plan(hass_ws_client, hass)
    found = await offered(again, lambda found: len(found) == 2)
    assert found.keys() == {"garage-2", "garage-3"}


async def test_who_goes_while_nodes_are_looked_for_leaves_nothing_open(
    hass: HomeAssistant,
    hand: Hand,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up_yard(hass, hand)
    begun, may_end = asyncio.Event(), asyncio.Event()
    opening = NodeHub.async_open

    async def async_open_slowly(hub: NodeHub) -> None:
        """Open when the test wants it."""
        begun.set()
        await may_end.wait()
        await opening(hub)

    monkeypatch.setattr(NodeHub, "async_open", async_open_slowly)
    draftsman = await open_plan(hass_ws_client, hass)
    await draftsman.socket.send_json(
        {"id": 9_999, "type": "smart_parking/editor/sensors", "author": draftsman.author}
    )
    await begun.wait()
    hub, editor = get_hub(hass), await async_get_editor(hass, entry)
    left = asyncio.Event()
    monkeypatch.setattr(editor, "_async_tell_authors", left.set)
    await draftsman.socket.close()
    await left.wait()
    may_end.set()
    await until(hass, lambda: not hub.presence_listeners)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not hub.presence_listeners
