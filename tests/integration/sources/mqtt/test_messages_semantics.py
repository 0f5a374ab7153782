"""What a message means for its bay, and what it does not."""

from collections.abc import Callable, Mapping

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.sources.base import Value
from tests.integration.clock import until
from tests.integration.lots import LOT_ID, bay, change, look, said
from tests.integration.sources.mqtt.broker import Broker, Payload
from tests.integration.sources.mqtt.conftest import Clock
from tests.integration.sources.mqtt.pucks import parked, said_now, set_up_pucks

pytestmark = pytest.mark.usefixtures("mqtt_entry")


async def test_one_subscription_however_many_bays(hass: HomeAssistant, broker: Broker) -> None:
    await set_up_pucks(hass, broker, *(f"puck-{number}" for number in range(200)))
    await broker.say(hass, *(parked(device=f"puck-{number}") for number in (0, 120, 199)))
    assert said(hass, "occupied") == "3"
    assert sorted(set(broker.subscriptions())) == ["test/mark", "v3/+/devices/+/up"]


async def test_a_bay_is_recognised_by_either_name_of_its_device(
    hass: HomeAssistant, broker: Broker
) -> None:
    await set_up_pucks(hass, broker, "70b3d57ed0000001", "Puck-2")
    await broker.say(hass, parked(device="whatever"), parked(device="puck-2", is_there=False))
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_what_the_broker_has_kept_is_no_news(hass: HomeAssistant, broker: Broker) -> None:
    await broker.publish(*parked(is_there=False), retain=True)
    await broker.publish(*parked(device="puck-2"), retain=True)
    await set_up_pucks(hass, broker, "puck-1", "puck-2")
    await broker.wait_for(hass)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    # A sign of life: then its last word still holds.
    await broker.say(hass, said_now({"temperature": 11}, port=2))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    await broker.say(hass, parked(device="puck-2", is_there=False))
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_what_was_kept_counts_where_it_says_how_old_it_is(
    hass: HomeAssistant, broker: Broker
) -> None:
    await broker.publish(*parked(is_there=False, ago_s=1800.0), retain=True)
    await broker.publish(*parked(device="puck-2", ago_s=7200.0), retain=True)
    await set_up_pucks(hass, broker, "puck-1", "puck-2", silent_after_h=1.0)
    await broker.wait_for(hass)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE


@pytest.mark.parametrize("first", ["state", "availability"])
async def test_what_was_kept_counts_of_who_is_known_to_be_there(
    hass: HomeAssistant, broker: Broker, first: str
) -> None:
    kept = [("zigbee2mqtt/a1", {"occupancy": False}), ("zigbee2mqtt/bridge/state", "online")]
    for topic, payload in kept if first == "state" else reversed(kept):
        await broker.publish(topic, payload, retain=True)  # type: ignore[arg-type]  # either is a payload
    await broker.publish("zigbee2mqtt/a2", {"occupancy": False}, retain=True)
    await broker.publish("zigbee2mqtt/a2/availability", "offline", retain=True)
    await set_up_pucks(hass, broker, "a1", "a2", preset="zigbee2mqtt")
    await broker.wait_for(hass)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE

    await broker.say(hass, ("zigbee2mqtt/bridge/state", {"state": "offline"}))
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    for _ in range(2):
        await broker.say(hass, ("zigbee2mqtt/bridge/state", {"state": "online"}))
    # Who knows what happened meanwhile.
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await broker.say(hass, ("zigbee2mqtt/a1", {"occupancy": True}))
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_silence_is_told_from_the_signs_of_life(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked())
    for _ in range(3):
        await clock.leap(3600.0)
        await broker.say(hass, said_now({"temperature": 11}, port=2))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await clock.leap(3 * 3600.0 - 60.0)
    assert said(hass, "a01", "occupancy") == STATE_ON
    await clock.leap(120.0)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert look(hass, "field", "faulty").attributes["bays"] == {"A01": "silent"}
    # It is there again, and says only that: what it said last still holds.
    await broker.say(hass, said_now({"temperature": 11}, port=2))
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_who_repeats_a_state_regularly_is_missed(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    await set_up_pucks(hass, broker, "a", preset="own", topic="lot/+")
    for _ in range(6):
        await clock.leap(60.0)
        await broker.say(hass, ("lot/a", "free"))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await clock.leap(540.0)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await clock.leap(120.0)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await broker.say(hass, ("lot/a", "free"))
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_a_codec_that_fails_keeps_the_state_and_raises_one_issue(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_pucks(hass, broker, "puck-1", "puck-2")
    await broker.say(hass, parked(), parked(device="puck-2"))
    await broker.say(hass, said_now(None), said_now(None, device="puck-2"), said_now(None))
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert look(hass, "field", "faulty").attributes["bays"] == {
        "A01": "undecoded",
        "A02": "undecoded",
    }
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_undecoded")
    assert issue is not None
    assert issue.translation_placeholders == {"lot": "Garage", "node": "Field", "bays": "A01, A02"}
    assert len(issue_registry.issues) == 1

    await broker.say(hass, parked(is_there=False), parked(device="puck-2"))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert not issue_registry.issues


async def test_batteries_that_are_nearly_empty_are_told_of(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_pucks(hass, broker, "puck-1", "puck-2")
    await broker.say(
        hass,
        said_now({"distance": 2500, "battery": 9}, port=85),
        said_now({"occupied": 1, "Good_Battery": 0}, device="puck-2"),
    )
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_batteries")
    assert issue is not None
    assert issue.translation_placeholders == {
        "lot": "Garage",
        "node": "Field",
        "bays": "A01 (9 %), A02",
    }
    await broker.say(
        hass,
        said_now({"distance": 2500, "battery": 99}, port=85),
        said_now({"occupied": 1, "Good_Battery": 1}, device="puck-2"),
    )
    assert not issue_registry.issues


async def test_a_heartbeat_frees_a_bay_only_where_heartbeats_tell(
    hass: HomeAssistant, broker: Broker
) -> None:
    await set_up_pucks(hass, broker, "puck-1", "puck-2")
    await broker.say(hass, parked(), parked(device="puck-2"))
    beats = {"type": "heartbeat", "temperature": 11}
    await broker.say(hass, said_now({**beats, "occupied": True}, port=2))
    await broker.say(hass, said_now(beats, port=2), said_now(beats, port=2, device="puck-2"))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_ON


async def test_a_message_of_which_nothing_is_left_says_that_the_bay_is_free(
    hass: HomeAssistant, broker: Broker
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, said_now({"occupied": True}))
    await broker.say(hass, said_now({}, port=2))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await broker.say(hass, said_now({}))
    assert said(hass, "a01", "occupancy") == STATE_OFF


@pytest.mark.parametrize(
    ("preset", "topic", "device", "floor", "roof"),
    [
        ("ttn", "v3/g@t/devices/d1/up", "d1", 2500, 1200),
        ("chirpstack", "application/1/device/00ff/event/up", "00FF", 2500, 1200),
        ("tasmota", "tele/d1/SENSOR", "d1", 250, 120),
        ("esphome", "e1/sensor/bay/state", "e1/sensor/bay", 2.5, 1.2),
        ("openmqttgateway", "home/omg/HCSR04toMQTT", "omg", 250, 120),
    ],
)
async def test_a_vehicle_parks_under_a_sensor_and_leaves(
    hass: HomeAssistant,
    broker: Broker,
    clock: Clock,
    preset: str,
    topic: str,
    device: str,
    floor: float,
    roof: float,
) -> None:
    envelopes: Mapping[str, Callable[[float], Payload]] = {
        "ttn": lambda said: {
            "uplink_message": {"f_port": 85, "decoded_payload": {"distance": said}}
        },
        "chirpstack": lambda said: {"fPort": 85, "object": {"distance": said}},
        "tasmota": lambda said: {"SR04": {"Distance": said}},
        "esphome": str,
        "openmqttgateway": lambda said: {"distance": said},
    }
    await set_up_pucks(hass, broker, device, preset=preset)
    for distance, state in ((floor, STATE_OFF), (roof, STATE_ON), (floor, STATE_OFF)):
        for _ in range(6):
            await clock.leap(2.0)
            await broker.say(hass, (topic, envelopes[preset](distance)))
        assert said(hass, "a01", "occupancy") == state


async def test_a_distance_without_a_floor_is_a_vehicle(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    rows = [bay("A01", 0.0, device="e1/sensor/bay", empty_m=None)]
    settings: Mapping[str, Value] = {"empty_is": "nothing", "nothing_m": 2.0, "unit": "ft"}
    await set_up_pucks(hass, broker, preset="esphome", rows=rows, **settings)
    for value, state in (("3", STATE_ON), ("9", STATE_OFF), ("nan", STATE_OFF)):
        for _ in range(6):
            await clock.leap(2.0)
            await broker.say(hass, ("e1/sensor/bay/state", value))
        assert said(hass, "a01", "occupancy") == state


async def test_inverted_means_the_other_way_round(hass: HomeAssistant, broker: Broker) -> None:
    await set_up_pucks(hass, broker, "a1", preset="zigbee2mqtt", inverted=True)
    await broker.say(hass, ("zigbee2mqtt/a1", {"contact": True}))
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_a_changed_node_knows_what_its_devices_said(
    hass: HomeAssistant, broker: Broker
) -> None:
    entry = await set_up_pucks(hass, broker, "puck-1")
    await broker.say(hass, parked(is_there=False), parked(device="puck-2"))
    rows = [*entry.subentries["field"].data["bays"], bay("A02", 9.0, device="puck-2")]
    await change(hass, entry, "field", bays=rows)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_ON


async def test_zones_of_a_camera(hass: HomeAssistant, broker: Broker) -> None:
    await set_up_pucks(hass, broker, "bay1", "bay2", preset="frigate")

    def seen(*zones: str, kind: str = "update", parked: bool = True) -> tuple[str, object]:
        after = {"id": "1", "label": "car", "current_zones": zones, "stationary": parked}
        return "frigate/events", {"type": kind, "before": {}, "after": after}

    async def say(*said: tuple[str, object]) -> None:
        await broker.say(hass, *said)  # type: ignore[arg-type]  # all are payloads

    await say(seen("bay1", "lane", parked=False))
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await say(seen("bay1", "lane"))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await say(seen("bay1", parked=False))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await say(seen("lane", parked=False))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    # Where vehicles are counted, the counts decide, whatever kind of vehicle it is.
    await say(("frigate/bay2/car", "0"), ("frigate/bay2/truck", "1"), ("frigate/bay2/person", "3"))
    assert said(hass, "a02", "occupancy") == STATE_ON
    await say(("frigate/bay2/car", "0"), seen("bay2"), seen("lane", kind="end"))
    assert said(hass, "a02", "occupancy") == STATE_ON
    await say(("frigate/bay2/truck", "0"))
    assert said(hass, "a02", "occupancy") == STATE_OFF
    await say(("frigate/bay2/truck", "many"))
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    await say(("frigate/bay2/truck", "0"), ("frigate/available", "offline"))
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE


async def test_my_own_with_templates(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_pucks(
        hass,
        broker,
        "7",
        "8",
        preset="own",
        topic="own/values, own/lwt/+",
        own_device="{{ value_json.id if value_json is mapping else topic.split('/')[-1] }}",
        own_value="{{ 100 / value_json.level if value_json is mapping else none }}",
        own_alive="{{ value if 'lwt' in topic else none }}",
        own_battery="battery",
        unit="cm",
        empty_is="nothing",
    )
    await broker.say(hass, ("own/values", {"id": 7, "level": 1, "battery": 3}))
    assert look(hass, "field", "faulty").attributes["bays"] == {}
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_batteries") is not None
    # A template that fails is a codec that fails.
    await broker.say(hass, ("own/values", {"id": 8, "level": 0}))
    assert look(hass, "field", "faulty").attributes["bays"] == {"A02": "undecoded"}
    await broker.say(hass, ("own/lwt/7", "offline"))
    assert look(hass, "field", "faulty").attributes["bays"]["A01"] == "unavailable"


async def test_a_node_that_starts_anew_knows_who_is_gone_and_what_is_lacking(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    entry = await set_up_pucks(hass, broker, "e1/binary_sensor/x", preset="esphome")
    await broker.say(hass, ("e1/binary_sensor/x/state", "OFF"), ("e1/status", "offline"))
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await change(hass, entry, "field", on_after_s=1.0)
    assert look(hass, "field", "faulty").attributes["bays"] == {"A01": "unavailable"}
    await broker.say(hass, ("e1/status", "online"), ("e1/binary_sensor/x/state", "OFF"))
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_a_node_that_starts_anew_still_lacks_a_codec(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    entry = await set_up_pucks(hass, broker)
    await broker.say(hass, said_now(None))
    await change(hass, entry, "field", on_after_s=1.0)
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_undecoded") is not None


async def test_what_a_device_measures_may_change(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked())
    for _ in range(6):
        await clock.leap(2.0)
        await broker.say(hass, said_now({"distance": 2500}))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await broker.say(hass, parked())
    assert said(hass, "a01", "occupancy") == STATE_ON
    # Nearer than it can measure: no single such report takes or frees a bay.
    await broker.say(hass, said_now({"distance": 5}))
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_availability_of_a_device_goes_before_that_of_all(
    hass: HomeAssistant, broker: Broker
) -> None:
    await broker.publish("zigbee2mqtt/a1", {"occupancy": False}, retain=True)
    await set_up_pucks(hass, broker, "a1", preset="zigbee2mqtt")
    await broker.say(hass, ("zigbee2mqtt/a1/availability", "offline"))
    await broker.say(hass, ("zigbee2mqtt/bridge/state", "online"))
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await broker.say(hass, ("zigbee2mqtt/a1/availability", "online"))
    await broker.say(hass, ("zigbee2mqtt/a1", {"occupancy": False, "battery_low": True}))
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_chirpstack_tells_of_batteries_and_codecs_by_themselves(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_pucks(hass, broker, "00AA", preset="chirpstack")
    topic = "application/1/device/00aa/event/"
    foreign = "application/1/device/00bb/event/up"
    up = {"fPort": 1, "deduplicationId": "x", "object": {"occupied": True}}
    await broker.say(hass, (f"{topic}up", up), (foreign, up), (f"{topic}join", {}))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await broker.say(
        hass,
        (f"{topic}status", {"batteryLevel": 7.5, "deduplicationId": "x"}),
        (f"{topic}log", {"level": "ERROR", "code": "UPLINK_CODEC", "description": "oops"}),
    )
    assert {one.translation_key for one in issue_registry.issues.values()} == {
        "node_low_batteries",
        "node_undecoded",
    }
    await broker.say(
        hass,
        (f"{topic}status", {"batteryLevelUnavailable": True, "batteryLevel": 0}),
        (f"{topic}up", {**up, "deduplicationId": "y"}),
    )
    assert {one.translation_key for one in issue_registry.issues.values()} == {"node_low_batteries"}
    await broker.say(hass, (f"{topic}status", {"batteryLevel": 100}))
    assert not issue_registry.issues
    assert said(hass, "a01", "occupancy") == STATE_ON
