"""A real broker, who publishes on it, and the Home Assistant that listens."""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
import socket
import subprocess
import time

from homeassistant.components import mqtt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.clock import until

TIMEOUT_S = 20.0
MARK = "test/mark"

type Payload = str | bytes | Mapping[str, object]


def as_bytes(payload: Payload) -> bytes:
    """Return what is sent."""
    if isinstance(payload, bytes):
        return payload
    return (payload if isinstance(payload, str) else json.dumps(payload)).encode()


class Broker:
    """A mosquitto on a free port, with a client that publishes on it."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.log = folder / "mosquitto.log"
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"log_dest file {self.log}\nlog_type subscribe\n"
            f"persistence true\npersistence_location {folder}/\n"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", self.port)
        self._client.loop_start()
        self._marks = 0
        self._heard: set[str] | None = None

    def start(self) -> None:
        """Start the broker, and wait until it answers."""
        self._process = subprocess.Popen(["mosquitto", "-c", str(self._config)])
        ends = time.monotonic() + TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                assert time.monotonic() < ends
                time.sleep(0.02)
            else:
                return

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the broker; what it has kept is there again when it is started.

        With `at_once` it has no time to say last wills.
        """
        if self._process is not None:
            if at_once:
                self._process.kill()
            self._process.terminate()
            self._process.wait(TIMEOUT_S)
            self._process = None

    def forget(self) -> None:
        """Lose what has been kept, while the broker is stopped."""
        self._config.with_name("mosquitto.db").unlink(missing_ok=True)

    def close(self) -> None:
        """End everything."""
        self._client.loop_stop()
        self._client.disconnect()
        self.stop()

    def subscriptions(self) -> list[str]:
        """Return the topics that clients have subscribed to, in order."""
        return [
            line.rsplit(" ", 1)[-1]
            for line in self.log.read_text().splitlines()
            if " 1 " in line or " 0 " in line
        ]

    @staticmethod
    def is_heard(hass: HomeAssistant) -> bool:
        """Return whether Home Assistant is connected to it."""
        return mqtt.is_connected(hass)

    async def subscribed(self, topic: str, times: int = 1) -> None:
        """Wait until a topic has been subscribed to, a number of times."""
        async with asyncio.timeout(TIMEOUT_S):
            while self.subscriptions().count(topic) < times:  # noqa: ASYNC110 - the broker tells by its log
                await asyncio.sleep(0.02)

    async def publish(
        self, topic: str, payload: Payload, *, retain: bool = False, qos: int = 1
    ) -> None:
        """Publish a message, once the broker is there, and wait until it has it."""
        async with asyncio.timeout(TIMEOUT_S):
            while not self._client.is_connected():  # noqa: ASYNC110 - a thread of paho connects
                await asyncio.sleep(0.02)
        sent = self._client.publish(topic, as_bytes(payload), qos, retain)
        await asyncio.to_thread(sent.wait_for_publish, TIMEOUT_S)

    async def say(
        self, hass: HomeAssistant, *said: tuple[str, Payload], retain: bool = False
    ) -> None:
        """Publish messages, and wait until this Home Assistant has heard all of them."""
        for topic, payload in said:
            await self.publish(topic, payload, retain=retain)
        await self.wait_for(hass)

    async def wait_for(self, hass: HomeAssistant) -> None:
        """Wait until this Home Assistant has heard all that was published before."""
        if self._heard is None:
            self._heard = heard = set[str]()

            @callback
            def hear(message: mqtt.ReceiveMessage) -> None:
                heard.add(str(message.payload))

            await mqtt.async_subscribe(hass, MARK, hear, qos=1)
        self._marks += 1
        mark = str(self._marks)
        async with asyncio.timeout(TIMEOUT_S):
            while mark not in self._heard:
                # The subscription takes a moment to reach the broker.
                await self.publish(MARK, mark)
                await asyncio.sleep(0.02)
        await hass.async_block_till_done()


async def connect(
    hass: HomeAssistant, broker: Broker, *, discovery: bool = False
) -> MockConfigEntry:
    """Set up Home Assistant's own MQTT with a broker."""
    entry = MockConfigEntry(
        domain=mqtt.DOMAIN,
        title="Broker",
        version=mqtt.CONFIG_ENTRY_VERSION,
        minor_version=mqtt.CONFIG_ENTRY_MINOR_VERSION,
        data={"broker": "127.0.0.1", "port": broker.port, "protocol": "5"},
        options={"birth_message": {}, "discovery": discovery},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    await until(hass, lambda: mqtt.is_connected(hass))
    return entry
