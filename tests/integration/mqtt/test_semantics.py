"""What a message means for its bay, and what it does not."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from tests.integration.clock import until
from tests.integration.lots import bay, gate, lot, node, said, set_up
from tests.integration.mqtt.broker import Broker

AT_ONCE = {"on_after_s": 0.0, "off_after_s": 0.0}


@pytest.mark.usefixtures("mqtt_entry")
async def test_smoke(hass: HomeAssistant, broker: Broker) -> None:
    entry = lot(
        node(
            "Pucks",
            [bay("A01", 0.0, device="puck-1"), bay("A02", 2.5, device="puck-2")],
            "mqtt",
            preset="ttn",
            **AT_ONCE,
        ),
        gate("Main"),
    )
    await set_up(hass, entry)
    await broker.subscribed("v3/+/devices/+/up")
    await broker.say(
        hass,
        (
            "v3/app@ttn/devices/puck-1/up",
            {
                "end_device_ids": {"device_id": "puck-1"},
                "uplink_message": {
                    "f_port": 1,
                    "decoded_payload": {"type": "parking status", "occupied": True},
                },
            },
        ),
    )
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    await broker.say(
        hass,
        (
            "v3/app@ttn/devices/puck-1/up",
            {"uplink_message": {"f_port": 1, "decoded_payload": {"type": "parking status"}}},
        ),
    )
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    print(broker.subscriptions(), broker.log.read_text())
