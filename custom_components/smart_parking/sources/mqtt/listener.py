"""Listens to the topics of a node, through Home Assistant's own MQTT integration.

Nodes and forms that ask for the same share one listener, and with it what has been heard.
"""

from collections.abc import Callable, Mapping
import logging
import time
from typing import TYPE_CHECKING, Protocol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ..base import SourceError, Value
from .messages import Message
from .presets import ALL, Preset
from .settings import LISTENED_TO, make_preset

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

_LOGGER = logging.getLogger(__name__)

MQTT = "mqtt"
# What is longer than this is no sensor's message.
PAYLOAD_MAX = 65_536
# Devices that are remembered while no bay is theirs, and topics of each on which it speaks.
FOREIGN_MAX = 500
PER_DEVICE_MAX = 6
# Topics of which is remembered whose they are: all that a lot has, and some foreign ones.
TOPICS_MAX = 10_000
# Topics of which the last message is kept because it concerns many devices.
COMMON_MAX = 100
# Who begins to listen again so soon has not missed much; what is older is forgotten.
PAUSE_MAX_S = 60.0
# Parking messages matter; the broker shall say them again when they get lost on the way to us.
QOS = 1

type _Key = tuple[tuple[str, Value], ...]


class Subscriber(Protocol):
    """Who is told what is heard."""

    def wants(self, device: str) -> bool:
        """Return whether a device is one of its own."""

    def async_message(self, device: str, message: Message) -> None:
        """Take a message of a device, or of many of them."""

    def async_connection(self, *, connected: bool) -> None:
        """Learn that the broker has come or gone."""


class TopicListener:
    """Listens to topics, and remembers the last message of every device."""

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
        """Devices that are nobody's; who has not spoken for longest stands first."""
        self._common: dict[str, Message] = {}
        self._is_size_logged = False

    @property
    def is_outdated(self) -> bool:
        """Whether nobody has listened for too long."""
        return not self._users and time.monotonic() - self._closed_at > PAUSE_MAX_S

    async def async_open(self) -> None:
        """Start to listen for one more who wants to; raise `SourceError` when that cannot be."""
        if (lacking := mqtt_lacking(self._hass)) is not None:
            raise lacking
        self._users += 1
        if self._users > 1:
            return
        # MQTT needs packages of its own, which are there only where it has been set up.
        from homeassistant.components import mqtt  # noqa: PLC0415

        self._unsub = [
            mqtt.async_subscribe_connection_status(self._hass, self._async_connection),
            *[
                await mqtt.async_subscribe(
                    self._hass, one, self._async_message, qos=QOS, encoding=None
                )
                for one in self.preset.filters
            ],
        ]

    @callback
    def async_close(self) -> None:
        """Listen no longer for one of those who wanted to."""
        self._users -= 1
        if not self._users:
            self._closed_at = time.monotonic()
            while self._unsub:
                self._unsub.pop()()

    @callback
    def async_subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Pass on messages to somebody from now on; return what ends it."""
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
        """Pass on that the broker has come or gone."""
        for subscriber in [*self._subscribers]:
            subscriber.async_connection(connected=connected)

    @callback
    def _async_message(self, received: ReceiveMessage) -> None:
        """Pass on a message to those whose device it is of; foreign ones cost next to nothing."""
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
        """Return whose message it is; of topics seen before that is known already."""
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
        """Store the last messages of a device; too many that are nobody's push one another out."""
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
    """Store a message as the last one of its topic; of too many topics, the oldest goes."""
    messages.pop(message.topic, None)
    messages[message.topic] = message
    if len(messages) > most:
        del messages[next(iter(messages))]


_LISTENERS: HassKey[dict[_Key, TopicListener]] = HassKey(f"{DOMAIN}_topic_listeners")


def mqtt_lacking(hass: HomeAssistant) -> SourceError | None:
    """Return what keeps this Home Assistant from hearing MQTT, if anything does."""
    entries = hass.config_entries.async_entries(MQTT, include_ignore=False, include_disabled=False)
    if not entries or MQTT not in hass.config.components:
        return SourceError("mqtt_missing")
    if entries[0].state is ConfigEntryState.LOADED:
        from homeassistant.components import mqtt  # noqa: PLC0415 - as above

        if mqtt.is_connected(hass):
            return None
    return SourceError("mqtt_disconnected")


@callback
def async_watch_broker(hass: HomeAssistant, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
    """Call `ready` when the broker is there again; return what ends that, where MQTT is set up."""
    if MQTT not in hass.config.components:
        return None
    from homeassistant.components import mqtt  # noqa: PLC0415 - as above

    @callback
    def connection(connected: bool) -> None:
        if connected:
            ready()

    return mqtt.async_subscribe_connection_status(hass, connection)


async def async_listen(hass: HomeAssistant, settings: Mapping[str, Value]) -> TopicListener:
    """Return a listener to what settings describe, which its user has to close.

    Raises `SourceError` when nothing can be heard.
    """
    preset = make_preset(hass, settings)
    listeners = hass.data.setdefault(_LISTENERS, {})
    for key in [key for key, one in listeners.items() if one.is_outdated]:
        del listeners[key]
    listener = listeners.setdefault(_key_of(settings), TopicListener(hass, preset))
    await listener.async_open()
    return listener


def _key_of(settings: Mapping[str, Value]) -> _Key:
    """Return what two nodes have in common that listen to the same."""
    return tuple((name, settings.get(name)) for name in LISTENED_TO)
