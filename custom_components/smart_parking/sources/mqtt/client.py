"""What this integration asks of Home Assistant's own MQTT beside listening to sensors."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .listener import MQTT, mqtt_lacking

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

# A broker that is slow to answer a subscription has nothing to say.
RETAINED_WAIT_S = 5.0
BEHIND_S = 0.5
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


class Heard(NamedTuple):
    """A message as it was received."""

    topic: str
    payload: bytes
    retained: bool
    """Whether the broker had kept it: then nobody knows from when it is."""


async def async_subscribe(
    hass: HomeAssistant, topic: str, hear: Callable[[Heard], None]
) -> CALLBACK_TYPE:
    """Call a function with what is received on a topic, until the returned is called.

    Raises `HomeAssistantError` when MQTT is not set up.
    """
    from homeassistant.components import mqtt  # noqa: PLC0415 - as above

    @callback
    def receive(message: ReceiveMessage) -> None:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        hear(Heard(message.topic, payload, message.retain))

    return await mqtt.async_subscribe(hass, topic, receive, qos=QOS, encoding=None)


@callback
def async_follow_connection(hass: HomeAssistant, follow: Callable[[bool], None]) -> CALLBACK_TYPE:
    """Call a function whenever the broker has come or gone, until the returned is called."""
    from homeassistant.components import mqtt  # noqa: PLC0415 - as above

    return mqtt.async_subscribe_connection_status(hass, follow)


async def async_read_retained(hass: HomeAssistant, topic: str) -> bytes | None:
    """Return what the broker has retained of a topic; None where there is nothing.

    Raises `HomeAssistantError` when MQTT is not set up.
    """
    # MQTT needs packages of its own, as above.
    from homeassistant.components import mqtt  # noqa: PLC0415

    heard: asyncio.Queue[bytes | None] = asyncio.Queue()

    @callback
    def subscribed() -> None:
        # What the broker has comes right behind its answer.
        hass.loop.call_later(BEHIND_S, heard.put_nowait, None)

    unsubs = [
        await async_subscribe(hass, topic, lambda one: heard.put_nowait(one.payload)),
        mqtt.async_on_subscribe_done(hass, topic, QOS, subscribed),
    ]
    try:
        async with asyncio.timeout(RETAINED_WAIT_S):
            return await heard.get()
    except TimeoutError:
        return None
    finally:
        for unsub in unsubs:
            unsub()
