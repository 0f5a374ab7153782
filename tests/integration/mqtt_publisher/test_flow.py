"""An owner puts a lot on MQTT."""

import time

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.publication import heartbeat_message
from custom_components.smart_parking.mqtt_publisher.options import MqttPublisherOptions
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.mqtt_publisher.follower import Follower
from tests.integration.sources.driven import Hand
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.walk import Walk


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot."""
    entry = lot(node("North", row("A", 2)), gate("Main"), title="Garage Süd")
    await set_up(hass, entry)
    return entry


async def form(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Go to the form."""
    walk = await Walk.through_options(hass, entry)
    await walk.pick("mqtt")
    return walk


async def test_on_elsewhere_and_off(
    hass: HomeAssistant,
    mqtt_entry: MockConfigEntry,
    follower: Follower,
    entry: SmartParkingConfigEntry,
) -> None:
    coordinator = entry.runtime_data.coordinator
    walk = await form(hass, entry)
    assert walk.suggested == {"mqtt_topic": "parking/garage_sud"}
    await walk.fill(mqtt_publish=True, mqtt_topic=" parking/garage_sud ")
    assert walk.step == "create_entry"
    await follower.online(hass, "parking/garage_sud")

    walk = await form(hass, entry)
    assert walk.suggested == {"mqtt_publish": True, "mqtt_topic": "parking/garage_sud"}
    await walk.fill(mqtt_publish=True, mqtt_topic="city/south")
    await follower.online(hass, "city/south")
    assert follower.below("parking") == {}

    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=False, mqtt_topic="city/south")
    await follower.until(hass, lambda: not follower.below("city"))
    # The topic is remembered for another time.
    walk = await form(hass, entry)
    assert walk.suggested == {"mqtt_publish": False, "mqtt_topic": "city/south"}
    assert entry.runtime_data.coordinator is coordinator, "nothing is reloaded"


@pytest.mark.parametrize(
    ("topic", "error"),
    [
        ("", "mqtt_topic"),
        ("parking/+", "mqtt_topic"),
        ("parking/#", "mqtt_topic"),
        ("/parking", "mqtt_topic"),
        ("parking/", "mqtt_topic"),
        ("parking//lot", "mqtt_topic"),
        ("parking/ lot", "mqtt_topic"),
        ("$SYS/parking", "mqtt_topic"),
        ("parking\u202elot", "mqtt_topic"),
        ("p" * 201, "mqtt_topic"),
        ("homeassistant/parking", "mqtt_topic_reserved"),
    ],
)
async def test_a_topic_that_cannot_be_meant_is_refused_and_can_be_mended(
    hass: HomeAssistant,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
    topic: str,
    error: str,
) -> None:
    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic=topic)
    assert walk.errors == {"mqtt_topic": error}
    assert walk.suggested == {"mqtt_publish": True, "mqtt_topic": topic}
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/lot")
    assert walk.step == "create_entry"


@pytest.mark.parametrize("topic", ["parking/other", "parking", "parking/other/level/1"])
async def test_two_lots_do_not_share_a_topic(
    hass: HomeAssistant, mqtt_entry: MockConfigEntry, entry: SmartParkingConfigEntry, topic: str
) -> None:
    other = lot(gate("Back"), title="Other", lot_id="other")
    await set_up(hass, other)
    walk = await form(hass, other)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/other")

    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic=topic)
    assert walk.errors == {"mqtt_topic": "mqtt_topic_taken"}
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/other_too")
    assert walk.step == "create_entry"


async def test_a_topic_that_another_lot_has_left_is_free_once_it_is_cleared(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    follower: Follower,
    entry: SmartParkingConfigEntry,
) -> None:
    other = lot(gate("Back"), title="Other", lot_id="other")
    await set_up(hass, other)
    walk = await form(hass, other)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/one")
    await follower.online(hass, "parking/one")
    assert await hass.config_entries.async_unload(other.entry_id)
    walk = await form(hass, other)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/two")
    assert MqttPublisherOptions.from_entry(other).left == ("parking/one",)

    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/one")
    assert walk.errors == {"mqtt_topic": "mqtt_topic_taken"}
    assert await hass.config_entries.async_setup(other.entry_id)
    await follower.online(hass, "parking/two")
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/one")
    assert walk.step == "create_entry"


@pytest.mark.parametrize(("ago_s", "is_used"), [(0.0, True), (600.0, False)])
async def test_nobody_speaks_where_another_home_assistant_does(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    entry: SmartParkingConfigEntry,
    ago_s: float,
    *,
    is_used: bool,
) -> None:
    beat = heartbeat_message(time.time() - ago_s)
    await broker.publish("parking/lot/heartbeat", beat, retain=True)
    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/lot")
    if is_used:
        assert walk.errors == {"mqtt_topic": "mqtt_topic_used"}
        await walk.fill(mqtt_publish=True, mqtt_topic="parking/lot_too")
    assert walk.step == "create_entry"


async def test_without_mqtt(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/lot")
    assert walk.errors == {"mqtt_publish": "mqtt_missing"}
    await walk.fill(mqtt_publish=False, mqtt_topic="parking/lot")
    assert walk.step == "create_entry"


async def test_without_a_broker(
    hass: HomeAssistant,
    broker: Broker,
    mqtt_entry: MockConfigEntry,
    follower: Follower,
    entry: SmartParkingConfigEntry,
) -> None:
    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/lot")
    await follower.online(hass, "parking/lot")
    broker.stop()
    await follower.until(hass, lambda: not broker.is_heard(hass))
    walk = await form(hass, entry)
    await walk.fill(mqtt_publish=True, mqtt_topic="parking/other")
    assert walk.errors == {"mqtt_publish": "mqtt_disconnected"}
    # Switched off it can be all the same; what the broker has is cleared when it is back.
    await walk.fill(mqtt_publish=False, mqtt_topic="parking/lot")
    assert walk.step == "create_entry"
    broker.start()
    await follower.until(hass, lambda: not follower.below("parking"))
    await follower.until(hass, lambda: MqttPublisherOptions.from_entry(entry).left == ())
