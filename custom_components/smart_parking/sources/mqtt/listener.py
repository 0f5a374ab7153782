"""Listener to the topics of a node, through Home Assistant's own MQTT integration.

Nodes and forms with the same settings share one listener, and the messages that it has received.
"""

from collections.abc import Callable, Mapping
import logging
import time
from typing import TYPE_CHECKING, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ..base import Value
from .client import async_follow_connection, async_receive, mqtt_lacking
from .messages import Message
from .presets import ALL, Preset
from .settings import LISTENED_TO, make_preset

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

_LOGGER = logging.getLogger(__name__)

# A longer message is no sensor's.
PAYLOAD_MAX = 65_536
# Number of stored devices without a bay, and of topics for each of them.
FOREIGN_MAX = 500
PER_DEVICE_MAX = 6
# Number of topics with a known device: all that a lot has, and some foreign ones.
TOPICS_MAX = 10_000
# Number of topics whose last message is stored because it concerns many devices.
COMMON_MAX = 100
# A listener that is opened again within this time has missed little; an older one is dropped.
PAUSE_MAX_S = 60.0

type _Key = tuple[tuple[str, Value], ...]


class Subscriber(Protocol):
    """Receiver of the listener's messages."""

    def wants(self, device: str) -> bool:
        """Return whether a device is one of its own."""

    def async_message(self, device: str, message: Message) -> None:
        """Receive a message of a device, or of many of them."""

    def async_connection(self, *, connected: bool) -> None:
        """Receive that the broker is connected or disconnected."""


class TopicListener:
    """Listens to topics, and stores the last message of every device."""

    def __init__(self, hass: HomeAssistant, preset: Preset) -> None:
        """Initialize; nothing is subscribed to yet."""
        self._hass = hass
        self.preset = preset
        self._subscribers: list[Subscriber] = []
        self._users = 0
        self._closed_at = 0.0
        self._unsub: list[CALLBACK_TYPE] = []
        self._device_of: dict[str, str | None] = {}
        self._heard: dict[str, dict[str, Message]] = {}
        self._foreign: dict[str, None] = {}
        """Devices without a bay; the one that has been quiet for longest comes first."""
        self._common: dict[str, Message] = {}
        self._is_size_logged = False

    @property
    def is_outdated(self) -> bool:
        """Whether the listener has been closed for too long."""
        return not self._users and time.monotonic() - self._closed_at > PAUSE_MAX_S

    async def async_open(self) -> None:
        """Add a user, and subscribe for the first one; raise `SourceError` without MQTT."""
        if (lacking := mqtt_lacking(self._hass)) is not None:
            raise lacking
        self._users += 1
        if self._users > 1:
            return
        self._unsub = [
            async_follow_connection(self._hass, self._async_connection),
            *[
                await async_receive(self._hass, one, self._async_message)
                for one in self.preset.filters
            ],
        ]

    @callback
    def async_close(self) -> None:
        """Remove a user, and unsubscribe after the last one."""
        self._users -= 1
        if not self._users:
            self._closed_at = time.monotonic()
            while self._unsub:
                self._unsub.pop()()

    @callback
    def async_subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Pass messages to a subscriber from now on; return a function that ends it."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def known(self) -> Mapping[str, Mapping[str, Message]]:
        """Return the last messages of every device, by its id and by topic."""
        return self._heard

    def common(self) -> Mapping[str, Message]:
        """Return the last messages that concern many devices, by topic."""
        return self._common

    @callback
    def _async_connection(self, connected: bool) -> None:
        """Pass on that the broker is connected or disconnected."""
        for subscriber in [*self._subscribers]:
            subscriber.async_connection(connected=connected)

    @callback
    def _async_message(self, received: ReceiveMessage) -> None:
        """Pass a message to the subscribers of its device; foreign ones cost next to nothing."""
        topic, payload = received.topic, received.payload
        if not self._users or not isinstance(payload, bytes) or not payload:
            return
        if len(payload) > PAYLOAD_MAX:
            if not self._is_size_logged:
                self._is_size_logged = True
                _LOGGER.warning(
                    "A message on %s has %d bytes and is not read; more like it are not told of",
                    topic,
                    len(payload),
                )
            return
        device = self._whose(topic, payload)
        if device is None:
            return
        message = Message(topic, payload, time.monotonic(), time.time(), received.retain)
        self._remember(device, message)
        for subscriber in [*self._subscribers]:
            subscriber.async_message(device, message)

    def _whose(self, topic: str, payload: bytes) -> str | None:
        """Return the device of a message; for a topic seen before it is cached."""
        try:
            return self._device_of[topic]
        except KeyError:
            device = self.preset.device_of(topic, payload)
        if self.preset.by_topic:
            if len(self._device_of) >= TOPICS_MAX:
                del self._device_of[next(iter(self._device_of))]
            self._device_of[topic] = device
        return device

    def _remember(self, device: str, message: Message) -> None:
        """Store the last message of a device; of too many foreign devices the oldest goes."""
        if device == ALL:
            _put(self._common, message, COMMON_MAX)
            return
        _put(self._heard.setdefault(device, {}), message, PER_DEVICE_MAX)
        self._foreign.pop(device, None)
        if not any(subscriber.wants(device) for subscriber in self._subscribers):
            self._foreign[device] = None
            if len(self._foreign) > FOREIGN_MAX:
                oldest = next(iter(self._foreign))
                del self._foreign[oldest], self._heard[oldest]


def _put(messages: dict[str, Message], message: Message, most: int) -> None:
    """Store the last message of a topic; when there are too many topics, the oldest goes."""
    messages.pop(message.topic, None)
    messages[message.topic] = message
    if len(messages) > most:
        del messages[next(iter(messages))]


_LISTENERS: HassKey[dict[_Key, TopicListener]] = HassKey(f"{DOMAIN}_topic_listeners")


async def async_listen(hass: HomeAssistant, settings: Mapping[str, Value]) -> TopicListener:
    """Return a listener for settings, which its user has to close.

    Raises `SourceError` without MQTT.
    """
    preset = make_preset(hass, settings)
    listeners = hass.data.setdefault(_LISTENERS, {})
    for key in [key for key, one in listeners.items() if one.is_outdated]:
        del listeners[key]
    listener = listeners.setdefault(_key_of(settings), TopicListener(hass, preset))
    await listener.async_open()
    return listener


def _key_of(settings: Mapping[str, Value]) -> _Key:
    """Return the key that nodes share when they listen to the same."""
    return tuple((name, settings.get(name)) for name in LISTENED_TO)
