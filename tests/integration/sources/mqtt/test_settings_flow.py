"""An owner makes a node of what is heard on MQTT."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.clock import until
from tests.integration.lots import gate, lot, said, set_up
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.conftest import Clock
from tests.integration.sources.mqtt.pucks import parked, said_now, set_up_pucks
from tests.integration.walk import UNTOUCHED, Walk

SECTIONS: Mapping[str, Any] = {**UNTOUCHED, "own": {}}
AT_ONCE = {"binary_sensors": {"on_after_s": 0, "off_after_s": 0, "inverted": False}}
ROW = {
    "prefix": "P",
    "first_number": 1,
    "count": 2,
    "kind": "standard",
    "level": "1",
    "x": 0.0,
    "y": 0.0,
    "spacing": 2.5,
    "direction": "x",
}


async def to_settings(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Walk to the settings of a new node."""
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="mqtt")
    return walk


def options_of(walk: Walk, field: str) -> list[dict[str, str]]:
    """Return what a field of a form offers."""
    selectors = {
        str(marker): selector for marker, selector in walk.shown["data_schema"].schema.items()
    }
    if field in selectors:
        return list(selectors[field].config["options"])
    columns = selectors["bays"].config["fields"]
    return list(columns[field]["selector"].config["options"])


@pytest_asyncio.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant) -> SmartParkingConfigEntry:
    """Set up a lot without sensors."""
    entry = lot(gate("Main"))
    await set_up(hass, entry)
    return entry


async def test_devices_that_are_heard_are_offered(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await to_settings(hass, entry)
    assert walk.suggested == {"name": "MQTT"}
    assert walk.shown["description_placeholders"]["lacking"] == ""
    await walk.fill(name="Pucks", preset="ttn", **{**SECTIONS, **AT_ONCE})
    assert "No device without a bay has been heard of" in found(walk)
    await broker.subscribed("v3/+/devices/+/up")
    await broker.say(hass, parked(device="puck-1"), parked(device="puck-2", is_there=False))
    await broker.say(hass, said_now({"text": "[a](b) <i>\u202e" + "x" * 200}, device="odd*"))

    await walk.pick("row")
    offered = options_of(walk, "devices")
    assert [one["value"] for one in offered] == ["odd*", "puck-2", "puck-1"]
    assert offered[2]["label"].startswith('puck-1: {"end_device_ids": {"device_id": "puck-1"')
    assert len(offered[0]["label"]) < 100
    assert "\u202e" not in offered[0]["label"]
    await walk.fill(**ROW, devices=["puck-1"])
    assert walk.errors == {"devices": "device_count"}
    await walk.fill(**ROW, devices=["puck-1", "PUCK-1"])
    assert walk.errors == {"devices": "device_twice"}
    await walk.fill(**ROW, devices=["puck-1", "puck-2"])

    # What has a bay now is offered no more, and what is offered is shown as it is.
    assert "puck" not in found(walk)
    assert "- odd\\*: " in found(walk)
    await walk.pick("table")
    assert [one["value"] for one in options_of(walk, "device")] == ["odd*"]
    await walk.fill(bays=walk.suggested["bays"])
    await walk.pick("check")
    assert walk.shown["description_placeholders"]["results"].splitlines() == [
        "- **P01**: occupied",
        "- **P02**: vacant",
    ]
    await walk.pick("save")
    assert walk.step == "create_entry"
    pucks = next(one for one in entry.subentries.values() if one.title == "Pucks")
    first, second = (row["bay_id"] for row in pucks.data["bays"])
    # What was heard while the form was open counts.
    await until(hass, lambda: said(hass, first, "occupancy") == STATE_ON)
    await until(hass, lambda: said(hass, second, "occupancy") == STATE_OFF)
    assert broker.subscriptions().count("v3/+/devices/+/up") == 1


def found(walk: Walk) -> str:
    """Return what is said of devices that have no bay."""
    return str(walk.shown["description_placeholders"]["found"])


async def test_a_form_that_is_left_listens_no_longer(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
    clock: Clock,
) -> None:
    walk = await to_settings(hass, entry)
    await walk.fill(name="Pucks", preset="ttn", **SECTIONS)
    await broker.subscribed("v3/+/devices/+/up")
    await broker.say(hass, parked())
    # Another sender: what the first one said is nothing to it.
    await walk.pick("table")
    await walk.fill(bays=[{"label": "A1", "kind": "standard", "x": 0.0, "y": 0.0, "device": "b"}])
    await walk.pick("settings")
    await walk.fill(name="Pucks", preset="tasmota", **SECTIONS)
    await broker.subscribed("tele/#")
    assert "puck" not in found(walk)
    hass.config_entries.subentries.async_abort(walk.shown["flow_id"])
    await clock.leap(100.0)
    again = await to_settings(hass, entry)
    await again.fill(name="Pucks", preset="ttn", **SECTIONS)
    # The last listener was closed long ago.
    assert "puck" not in found(again)
    await broker.subscribed("v3/+/devices/+/up", times=2)
    hass.config_entries.subentries.async_abort(again.shown["flow_id"])


async def test_many_devices_are_offered_and_the_newest_shown(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await to_settings(hass, entry)
    await walk.fill(name="Pucks", preset="ttn", **SECTIONS)
    await broker.subscribed("v3/+/devices/+/up")
    await broker.say(hass, *(parked(device=f"p{number}") for number in range(30)))
    await walk.pick("text")
    await walk.fill(text="label,x,y,device\nA1,0,0,p3")
    lines = found(walk).splitlines()
    assert lines[2].startswith("- p29: ")
    assert lines[-1] == "- … (29)"
    await walk.pick("text")
    assert walk.suggested["text"].splitlines()[1] == "A1,standard,,0.0,0.0,p3,"
    await walk.fill(text="label,x,y,device\nA1,0,0,p3\nA2,3,0,")
    assert walk.errors == {"text": "text_line"}
    await walk.fill(text="label,x,y,device\nA1,0,0,p3\nA2,3,0,p3")
    assert walk.errors == {"text": "device_twice"}
    hass.config_entries.subentries.async_abort(walk.shown["flow_id"])


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"preset": "own"}, {"topic": "topic_needed"}),
        ({"preset": "own", "topic": "a/#/b"}, {"topic": "bad_topic"}),
        ({"preset": "ttn", "topic": "a+/b"}, {"topic": "bad_topic"}),
        ({"preset": "own", "topic": "a", "own": {"own_value": "a..b["}}, {"base": "bad_path"}),
        (
            {"preset": "own", "topic": "a", "own": {"own_value": "{{ value +"}},
            {"base": "bad_template"},
        ),
        ({"preset": "ttn", "name": "a\u202eb"}, {"name": "control_characters"}),
    ],
)
async def test_settings_that_cannot_be_meant_are_refused_and_can_be_mended(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
    answers: dict[str, Any],
    errors: dict[str, str],
) -> None:
    walk = await to_settings(hass, entry)
    given = {"name": "Own", **SECTIONS, **answers}
    await walk.fill(**given)
    assert walk.errors == errors
    kept = {name: one for name, one in answers.items() if name != "own"}
    assert {name: walk.suggested[name] for name in kept} == kept
    sections = {str(field): one for field, one in walk.shown["data_schema"].schema.items()}
    own = {
        str(field): field.description["suggested_value"]
        for field in sections["own"].schema.schema
        if field.description
    }
    assert own == answers.get("own", {})
    await walk.fill(**{**given, "name": "Own", "preset": "own", "topic": "lot/+", "own": {}})
    assert walk.step == "bays"
    hass.config_entries.subentries.async_abort(walk.shown["flow_id"])


async def test_a_unit_says_that_each_bay_needs_its_floor(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await to_settings(hass, entry)
    await walk.fill(name="Own", preset="own", topic="lot/+", unit="cm", **SECTIONS)
    await walk.pick("text")
    await walk.fill(text="label,x,y,device\nA1,0,0,a\nA2,3,0,b")
    await broker.subscribed("lot/+")
    await broker.say(hass, ("lot/a", "240"))
    await walk.pick("check")
    assert walk.options == ["check", "bays"]
    await broker.say(hass, ("lot/b", "250"))
    await walk.pick("check", "save_measured")
    own = next(one for one in entry.subentries.values() if one.title == "Own")
    assert [row["empty_m"] for row in own.data["bays"]] == [2.4, 2.5]


async def test_where_no_floor_is_seen_no_bay_needs_one(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await to_settings(hass, entry)
    distance = {"empty_is": "nothing", "nothing_m": 3, "range_m": 6, "blind_m": 0.02}
    await walk.fill(name="ESP", preset="esphome", **{**SECTIONS, "distance_sensors": distance})
    await walk.pick("text")
    await walk.fill(text="label,x,y,device\nA1,0,0,e/sensor/bay")
    await walk.pick("check")
    assert walk.options == ["save", "check", "bays"]
    await walk.pick("save")
    assert walk.step == "create_entry"


async def test_without_mqtt_a_node_can_be_prepared(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await Walk.to_a_part(hass, entry, "node")
    labels = {one["value"]: one["label"] for one in options_of(walk, "source")}
    assert labels["mqtt"].endswith(": MQTT is not set up here")
    await walk.fill(source="mqtt")
    assert "MQTT is not set up in this" in walk.shown["description_placeholders"]["lacking"]
    await walk.fill(name="Pucks", preset="ttn", **SECTIONS)
    assert found(walk) == ""
    await walk.pick("table")
    await walk.fill(bays=[{"label": "A1", "kind": "standard", "x": 0.0, "y": 0.0, "device": " "}])
    assert walk.errors == {"bays": "device_needed"}
    await walk.fill(bays=[{"label": "A1", "kind": "standard", "x": 0.0, "y": 0.0, "device": "p"}])
    await walk.pick("check")
    assert walk.errors == {"base": "mqtt_missing"}
    await walk.fill(next="save")
    assert walk.step == "create_entry"
    pucks = next(one for one in entry.subentries.values() if one.title == "Pucks")
    node = entry.runtime_data.coordinator.nodes[pucks.subentry_id]
    assert node.problem is not None
    assert node.problem.key == "mqtt_missing"


async def test_a_node_is_changed_while_it_listens(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    entry = await set_up_pucks(hass, broker, "puck-1")
    await broker.say(hass, parked(), parked(device="puck-2"))
    walk = await Walk.through_a_part(hass, entry, "field")
    assert "- puck\\-2: " in found(walk)
    assert "puck\\-1: " not in found(walk)
    await walk.pick("check")
    await broker.say(hass, parked(is_there=False))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await walk.pick("save")
    assert walk.step == "reconfigure_successful"
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_the_test_waits_a_little_for_who_has_said_nothing(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await to_settings(hass, entry)
    await walk.fill(name="Own", preset="own", topic="lot/#", **SECTIONS)
    await walk.pick("text")
    await walk.fill(text="label,x,y,device\nA1,0,0,a\nA2,3,0,b")
    await broker.subscribed("lot/#")
    testing = hass.async_create_task(walk.pick("check"))
    for device in ("x", "a", "b"):
        await broker.publish(f"lot/{device}", "free")
    await testing
    results = walk.shown["description_placeholders"]["results"]
    assert results.splitlines() == ["- **A1**: vacant", "- **A2**: vacant"]
    hass.config_entries.subentries.async_abort(walk.shown["flow_id"])


async def test_an_empty_floor_is_measured_while_the_node_is_at_work(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    entry = await set_up_pucks(hass, broker, "p1", "p2")
    await broker.say(
        hass,
        said_now({"distance": 2200}, device="p1", port=2),
        said_now(None, device="p2"),
    )
    node = entry.runtime_data.coordinator.nodes["field"]
    found = await node.async_calibrate(["a01"])
    assert found["a01"].empty_m == 2.2
    # The node goes on undisturbed: it still knows what its devices lack.
    assert node.undecoded == ["a02"]
