"""What a broker really brings: copies, late ones, lost ones, nonsense, and what is not ours."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.sources.mqtt import MqttSource, listener, zones
from custom_components.smart_parking.sources.mqtt.client import BROKER_GRACE_S
from custom_components.smart_parking.sources.mqtt.listener import FOREIGN_MAX, PAYLOAD_MAX
from tests.integration.clock import skip, until
from tests.integration.logs import ours
from tests.integration.lots import look, said
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.conftest import Clock
from tests.integration.sources.mqtt.pucks import parked, said_now, set_up_pucks

NONSENSE = [
    b"",
    b"\xff\xfe\x00",
    b"{",
    b"[" * 50_000,
    b"null",
    b"[1, 2]",
    b'"text"',
    b'{"uplink_message": 7}',
    b'{"uplink_message": {"f_port": "x", "decoded_payload": {}}}',
    b'{"uplink_message": {"f_port": 1e400}}',
    b'{"uplink_message": {"f_port": 1, "decoded_payload": {"battery": ' + b"9" * 4000 + b"}}}",
    b'{"uplink_message": {"f_port": 1, "decoded_payload": {"type": {}}}}',
    b"x" * (PAYLOAD_MAX + 1),
    b"x" * (PAYLOAD_MAX + 2),
]


async def test_copies_count_once(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked(count=7), parked(is_there=False, count=8), parked(count=7))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    for _ in range(3):
        await broker.say(hass, parked(count=9))
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert said(hass, "arrivals") == "1"


async def test_what_was_overtaken_counts_no_more(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked(ago_s=10.0), parked(is_there=False, ago_s=20.0))
    assert said(hass, "a01", "occupancy") == STATE_ON
    # A clock that is years ahead blocks no device, and one that is wrong is not believed.
    await broker.say(hass, parked(is_there=False, ago_s=-1e8))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await broker.say(hass, parked(ago_s=5.0))
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_what_comes_late_counts_from_when_it_was_sent(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry, clock: Clock
) -> None:
    await set_up_pucks(hass, broker, silent_after_h=1.0)
    await broker.say(hass, parked(ago_s=3000.0))
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    await clock.leap(700.0)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE


async def test_a_message_that_is_lost_is_made_up_for_by_the_next(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked(count=1))
    # Its departure is never heard of, but the heartbeat after it is.
    await broker.say(hass, said_now({"type": "heartbeat", "occupied": False}, port=2, count=3))
    assert said(hass, "a01", "occupancy") == STATE_OFF


@pytest.mark.parametrize("preset", ["ttn", "chirpstack", "zigbee2mqtt", "tasmota", "esphome"])
async def test_nonsense_changes_nothing(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    preset: str,
) -> None:
    device, topic, good = {
        "ttn": ("puck-1", *parked()),
        "chirpstack": ("ab", "application/1/device/ab/event/up", {"object": {"occupied": 1}}),
        "zigbee2mqtt": ("a", "zigbee2mqtt/a", {"occupancy": True}),
        "tasmota": ("a", "tele/a/SENSOR", {"Switch1": "ON"}),
        "esphome": ("a/binary_sensor/b", "a/binary_sensor/b/state", "ON"),
    }[preset]
    await set_up_pucks(hass, broker, device, preset=preset)
    await broker.say(hass, (topic, good))
    state = look(hass, "a01", "occupancy")
    assert state.state == STATE_ON
    nonsense = NONSENSE if preset != "esphome" else [b"", b"\xff", b" ", *NONSENSE[-2:]]
    await broker.say(hass, *((topic, one) for one in nonsense))
    assert look(hass, "a01", "occupancy") == state
    assert [line.split(" on ")[0] for line in ours(caplog)] == ["A message"]


async def test_foreign_devices_take_no_room(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    entry = await set_up_pucks(hass, broker)
    strangers = FOREIGN_MAX + 20
    await broker.say(hass, parked(), *(parked(device=f"x{n}") for n in range(strangers)))
    offer = await MqttSource.async_offer(hass, entry.subentries["field"].data)
    assert offer is not None
    offered = offer.devices()
    offer.close()
    assert len(offered) == FOREIGN_MAX
    assert {"puck-1", "x0", "x19"}.isdisjoint(offered)
    assert {"x20", f"x{strangers - 1}"} <= offered.keys()


async def test_a_broker_that_restarts_is_waited_for(
    hass: HomeAssistant, broker: Broker, mqtt_entry: MockConfigEntry
) -> None:
    await set_up_pucks(hass, broker, "a1", preset="zigbee2mqtt")
    await broker.publish("zigbee2mqtt/bridge/state", "online", retain=True)
    await broker.say(hass, ("zigbee2mqtt/a1", {"occupancy": False}))
    await broker.say(hass, ("zigbee2mqtt/a1", {"occupancy": True}), retain=True)
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    assert said(hass, "a01", "occupancy") == STATE_ON
    broker.start()
    await until(hass, lambda: broker.is_heard(hass))
    await broker.subscribed("zigbee2mqtt/#", times=2)
    # A retained message that is repeated is no arrival.
    assert said(hass, "arrivals") == "1"
    await broker.say(hass, ("zigbee2mqtt/a1", {"occupancy": False}))
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "field", "connectivity") == STATE_ON


async def test_a_broker_that_stays_away_takes_its_bays_with_it(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_up_pucks(hass, broker)
    await broker.say(hass, parked())
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    await skip(hass, BROKER_GRACE_S + 1.0)
    assert said(hass, "field", "connectivity") == STATE_OFF
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    for pause_s in (2.0, 4.0, 8.0, 16.0, 32.0):
        await skip(hass, pause_s)
    assert said(hass, "field", "connectivity") == STATE_OFF
    # It is back, and with it the node, long before it would have been tried again.
    broker.start()
    await broker.subscribed("v3/+/devices/+/up", times=2)
    await until(hass, lambda: said(hass, "field", "connectivity") == STATE_ON)
    await broker.say(hass, parked())
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_mqtt_may_be_loaded_anew(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up_pucks(hass, broker)
    await hass.config_entries.async_reload(mqtt_entry.entry_id)
    await until(hass, lambda: broker.is_heard(hass))
    await broker.subscribed("v3/+/devices/+/up", times=2)
    await broker.publish(*parked())
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    await hass.config_entries.async_reload(entry.entry_id)
    await broker.publish(*parked(is_there=False))
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    assert said(hass, "field", "connectivity") == STATE_ON
    assert ours(caplog) == []


async def test_topics_beyond_number_are_forgotten(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "TOPICS_MAX", 5)
    monkeypatch.setattr(listener, "PER_DEVICE_MAX", 2)
    await set_up_pucks(hass, broker, "omg", preset="openmqttgateway")
    topics = [f"home/omg/{number}toMQTT" for number in range(9)]
    await broker.say(hass, *((topic, {"presence": True}) for topic in topics))
    assert said(hass, "a01", "occupancy") == STATE_ON
    await broker.say(hass, (topics[0], {"presence": "no"}))
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_vehicles_beyond_number_are_forgotten(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zones, "VEHICLES_MAX", 1)
    await set_up_pucks(hass, broker, "z1", preset="frigate")
    for number in range(3):
        after = {"id": number, "label": "car", "current_zones": ["z1"], "stationary": True}
        await broker.say(hass, ("frigate/events", {"type": "update", "after": after}))
    end = {"id": 2, "label": "car", "end_time": 1.0}
    await broker.say(hass, ("frigate/events", {"type": "end", "after": end}))
    assert said(hass, "a01", "occupancy") == STATE_OFF
