"""Home Assistant's own MQTT: the one place that asks anything of it.

It needs packages that are installed only where it has been set up, so it is imported when it is
used.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..base import SourceError

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

MQTT = "mqtt"
# Parking messages matter, so the broker repeats those that are lost on the way.
QOS = 1
# A broker that restarts is back within this time, and repeats its retained messages.
BROKER_GRACE_S = 30.0
# A broker that is slow to answer a subscription has nothing to say.
RETAINED_WAIT_S = 5.0
BEHIND_S = 0.5
_PROTOCOL_5 = "5"


def mqtt_lacking(hass: HomeAssistant) -> SourceError | None:
    """Return an error when MQTT is not set up or not connected."""
    entries = hass.config_entries.async_entries(MQTT, include_ignore=False, include_disabled=False)
    if not entries or MQTT not in hass.config.components:
        return SourceError("mqtt_missing")
    if entries[0].state is ConfigEntryState.LOADED:
        from homeassistant.components import mqtt  # noqa: PLC0415 - its packages may be missing

        if mqtt.is_connected(hass):
            return None
    return SourceError("mqtt_disconnected")


def keeps_expiry(hass: HomeAssistant) -> bool:
    """Return whether messages to the broker may say when they expire: MQTT 5 knows of that."""
    entries = hass.config_entries.async_entries(MQTT, include_ignore=False, include_disabled=False)
    return bool(entries) and entries[0].data.get("protocol") == _PROTOCOL_5


async def async_publish(
    hass: HomeAssistant,
    topic: str,
    payload: bytes,
    expires_s: int | None = None,
    *,
    retain: bool = True,
) -> None:
    """Publish a message; an empty one that is retained removes what the broker has of the topic.

    Raises `HomeAssistantError` when the broker cannot be reached.
    """
    from homeassistant.components import mqtt  # noqa: PLC0415 - its packages may be missing

    await mqtt.async_publish(
        hass, topic, payload, QOS, retain=retain, message_expiry_interval=expires_s
    )


async def async_receive(
    hass: HomeAssistant, topic: str, receive: Callable[[ReceiveMessage], None]
) -> CALLBACK_TYPE:
    """Call a function with the messages of a topic as they come, until the returned is called.

    Raises `HomeAssistantError` when MQTT is not set up.
    """
    from homeassistant.components import mqtt  # noqa: PLC0415 - its packages may be missing

    return await mqtt.async_subscribe(hass, topic, receive, qos=QOS, encoding=None)


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

    @callback
    def receive(message: ReceiveMessage) -> None:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        hear(Heard(message.topic, payload, message.retain))

    return await async_receive(hass, topic, receive)


@callback
def async_follow_connection(hass: HomeAssistant, follow: Callable[[bool], None]) -> CALLBACK_TYPE:
    """Call a function whenever the broker has come or gone, until the returned is called."""
    from homeassistant.components import mqtt  # noqa: PLC0415 - its packages may be missing

    return mqtt.async_subscribe_connection_status(hass, follow)


@callback
def async_watch_broker(hass: HomeAssistant, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
    """Call `ready` when the broker is back; return what ends it, or None where MQTT is missing."""
    if MQTT not in hass.config.components:
        return None

    @callback
    def connection(connected: bool) -> None:
        if connected:
            ready()

    return async_follow_connection(hass, connection)


async def async_read_retained(hass: HomeAssistant, topic: str) -> bytes | None:
    """Return what the broker has retained of a topic; None where there is nothing.

    Raises `HomeAssistantError` when MQTT is not set up.
    """
    from homeassistant.components import mqtt  # noqa: PLC0415 - its packages may be missing

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
