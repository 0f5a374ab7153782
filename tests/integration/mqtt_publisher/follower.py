"""Who follows a lot on MQTT without knowing anything of it: a sign, or a lamp."""

import asyncio
from collections.abc import Callable, Mapping
import json
from typing import Any

from homeassistant.core import HomeAssistant
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.sources.mqtt.broker import TIMEOUT_S, Broker

TOPIC = "parking/garage"


class Follower:
    """A client that hears all that is published on a broker, and what it has retained."""

    def __init__(self, broker: Broker) -> None:
        """Connect, and subscribe to everything."""
        self.retained: dict[str, bytes] = {}
        """What the broker has retained now, by topic."""
        self.heard: list[tuple[str, bytes]] = []
        """All messages in order."""
        self.expiries: dict[str, int | None] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe(
            "#", options=SubscribeOptions(qos=1, retainAsPublished=True)
        )
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        """Take a message."""
        self.heard.append((message.topic, message.payload))
        properties = message.properties
        self.expiries[message.topic] = getattr(properties, "MessageExpiryInterval", None)
        if not message.retain:
            return
        if message.payload:
            self.retained[message.topic] = message.payload
        else:
            self.retained.pop(message.topic, None)

    def close(self) -> None:
        """Leave."""
        self._client.loop_stop()
        self._client.disconnect()

    def below(self, topic: str = TOPIC) -> dict[str, bytes]:
        """Return what the broker has retained below a topic."""
        found = {
            name.removeprefix(f"{topic}/"): payload
            for name, payload in [*self.retained.items()]
            if name.startswith(f"{topic}/")
        }
        return dict(sorted(found.items()))

    def says(self, name: str, topic: str = TOPIC) -> Mapping[str, Any]:
        """Return what a message below a topic says; nothing where there is none."""
        payload = self.retained.get(f"{topic}/{name}")
        return {} if payload is None else json.loads(payload)

    async def until(self, hass: HomeAssistant, is_so: Callable[[], bool]) -> None:
        """Wait for what the broker passes on."""
        async with asyncio.timeout(TIMEOUT_S):
            while not is_so():
                await asyncio.sleep(0.02)
                await hass.async_block_till_done()

    async def online(self, hass: HomeAssistant, topic: str = TOPIC) -> None:
        """Wait until the lot says that it is there, and that all of it is."""
        await self.until(hass, lambda: self.retained.get(f"{topic}/status") == b"online")


def publish(hass: HomeAssistant, entry: SmartParkingConfigEntry, **options: object) -> None:
    """Change the options of a lot as its form does: it is published."""
    wanted = {"mqtt_publish": True, "mqtt_topic": TOPIC, **options}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **wanted})
