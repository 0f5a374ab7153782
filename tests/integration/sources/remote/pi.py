"""A spoken node that is connected to a real broker."""

from collections.abc import Callable, Mapping
import threading
import time

from homeassistant.core import HomeAssistant
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.node.topics import OFFLINE
from custom_components.smart_parking.sources.base import Row, Value
from tests.integration.clock import until
from tests.integration.lots import bay, gate, lot, node, set_up
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.remote.spoken import SpokenNode

TIMEOUT_S = 20.0
EMPTY: Mapping[str, Value] = {}


class Pi(SpokenNode):
    """A node at a broker."""

    def __init__(self, broker: Broker, name: str, *, machine: str | None = None) -> None:
        """Start it."""
        super().__init__(name, self._publish, machine=machine)
        self._port = broker.port
        self._subscribed = threading.Event()
        self._client = self._connect()

    def _connect(self) -> Client:
        """Return a client that is connected, and hears what the node is told."""
        client = Client(CallbackAPIVersion.VERSION2)
        client.will_set(self.will, OFFLINE, 1, retain=True)

        def on_connect(
            _client: Client,
            _userdata: object,
            _flags: ConnectFlags,
            _reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            client.subscribe(self.filter, 1)

        def on_subscribe(*_args: object) -> None:
            self._subscribed.set()
            self.connect()

        def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
            self.hear(message.topic, message.payload)

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_message = on_message
        client.reconnect_delay_set(1, 1)
        self._client = client
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        assert self._subscribed.wait(TIMEOUT_S)
        return client

    def _publish(self, topic: str, payload: bytes, retain: bool) -> object:
        """Publish something."""
        return self._client.publish(topic, payload, 1, retain)

    def kill(self) -> None:
        """Cut its power: the broker says its last will."""
        socket = self._client.socket()
        self._client.loop_stop()
        if socket is not None:
            socket.close()
        self._forget()

    def _forget(self) -> None:
        """Drop the client's way back here: in a circle, its sockets would be found open."""
        client = self._client
        client.on_connect = client.on_subscribe = client.on_message = None

    def again(self, *, run: str | None = None) -> None:
        """Switch it on again, as another run of the program or as the same."""
        self.run = run or self.run
        self._subscribed.clear()
        self._client = self._connect()

    def end(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()
        self._forget()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what the node is told."""
        ends = time.monotonic() + TIMEOUT_S
        while not is_so():
            assert time.monotonic() < ends
            time.sleep(0.02)


def bays(prefix: str = "A", count: int = 3, first_pin: int = 4) -> list[Row]:
    """Return bays on the pins of a header."""
    return [
        bay(
            f"{prefix}{number:02d}",
            5.0 * number,
            trigger=first_pin + 2 * (number - 1),
            echo=first_pin + 2 * (number - 1) + 1,
        )
        for number in range(1, count + 1)
    ]


def lot_of(
    rows: list[Row] | None = None, pi: str = "garage-2", settings: Mapping[str, Value] = EMPTY
) -> SmartParkingConfigEntry:
    """Return a lot with a node elsewhere."""
    more: dict[str, Value] = {"range_m": 4.0, "hearing_m": 4.0, "empty_is": "floor", **settings}
    return lot(node("Roof", rows or bays(), "remote", node=pi, **more), gate("Main"))


async def set_up_lot(
    hass: HomeAssistant, pi: Pi, rows: list[Row] | None = None, **settings: Value
) -> SmartParkingConfigEntry:
    """Set up a lot with a node, and wait until all its bays are known."""
    entry = lot_of(rows, pi.name, settings)
    await set_up(hass, entry)
    at_work = entry.runtime_data.coordinator
    await until(hass, lambda: all(status.occupied is not None for status in at_work.lot))
    return entry


def flows(hass: HomeAssistant) -> list[str]:
    """Return the names of the Raspberry Pis that are offered as discovered."""
    return [
        flow["context"]["title_placeholders"]["name"]
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == "mqtt"
    ]
