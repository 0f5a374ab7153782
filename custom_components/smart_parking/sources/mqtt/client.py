"""What this integration asks of Home Assistant's own MQTT beside listening to sensors."""

import asyncio
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback

from .listener import MQTT, mqtt_lacking

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

# What a broker has retained comes at once; the subscription takes its time.
RETAINED_WAIT_S = 3.0
QOS = 1
_PROTOCOL_5 = "5"


def is_connected(hass: HomeAssistant) -> bool:
    """Return whether the broker can be reached."""
    return mqtt_lacking(hass) is None


def keeps_expiry(hass: HomeAssistant) -> bool:
    """Return whether messages to the broker may say when they expire: MQTT 5 knows of that."""
    entries = hass.config_entries.async_entries(MQTT, include_ignore=False, include_disabled=False)
    return bool(entries) and entries[0].data.get("protocol") == _PROTOCOL_5


async def async_publish(
    hass: HomeAssistant, topic: str, payload: bytes, expires_s: int | None = None
) -> None:
    """Publish a message that the broker retains; an empty one removes what it has retained.

    Raises `HomeAssistantError` when the broker cannot be reached.
    """
    # MQTT needs packages of its own, which are there only where it has been set up.
    from homeassistant.components import mqtt  # noqa: PLC0415

    await mqtt.async_publish(
        hass, topic, payload, QOS, retain=True, message_expiry_interval=expires_s
    )


async def async_read_retained(hass: HomeAssistant, topic: str) -> bytes | None:
    """Return what the broker has retained of a topic; None where there is nothing.

    Raises `HomeAssistantError` when MQTT is not set up.
    """
    from homeassistant.components import mqtt  # noqa: PLC0415 - as above

    heard = hass.loop.create_future()

    @callback
    def hear(message: ReceiveMessage) -> None:
        if not heard.done() and isinstance(message.payload, bytes):
            heard.set_result(message.payload)

    unsubscribe = await mqtt.async_subscribe(hass, topic, hear, qos=QOS, encoding=None)
    try:
        async with asyncio.timeout(RETAINED_WAIT_S):
            payload: bytes = await heard
            return payload
    except TimeoutError:
        return None
    finally:
        unsubscribe()
