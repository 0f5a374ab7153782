"""The connection to the broker, by paho-mqtt.

It is what Home Assistant itself uses, needs no other package, and brings a thread of its own, as
the bank does; aiomqtt wraps it for programs that have an event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
import logging
from pathlib import Path
import ssl
from typing import override

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from .agent import Agent, Link
from .fields import PAYLOAD_MAX
from .topics import OFFLINE, Said, Told, read_told, said_topic, told_filter

_LOGGER = logging.getLogger(__name__)

# The broker takes a node for gone after one and a half of this.
KEEPALIVE_S = 15
RETRY_MAX_S = 30
# What waits for the broker to confirm it; changes are remembered until Home Assistant has them.
QUEUED_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is, and how it is spoken to."""

    host: str
    port: int = 1883
    user: str | None = None
    password: str | None = None
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def context(self) -> ssl.SSLContext | None:
        """Return how the connection is encrypted, if it is; raises `OSError` for files."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.cert_file is not None:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context


class MqttLink(Link):
    """Connects an agent with a broker, again and again."""

    def __init__(self, broker: Broker, agent: Agent) -> None:
        """Prepare the connection; `open` makes it. Raises `OSError` for files of certificates."""
        self._broker = broker
        self._agent = agent
        self._is_up = False
        self._failed = ""
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"smart-parking-node-{agent.name}",
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self._client.max_queued_messages_set(QUEUED_MAX)
        self._client.reconnect_delay_set(1, RETRY_MAX_S)
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        if (context := broker.context()) is not None:
            self._client.tls_set_context(context)
        self._client.will_set(said_topic(agent.name, Said.STATUS), OFFLINE, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def open(self) -> None:
        """Connect in a thread, now and whenever the connection is lost."""
        self._client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        self._client.loop_start()

    def close(self) -> None:
        """Say good-bye, and disconnect."""
        status = said_topic(self._agent.name, Said.STATUS)
        gone = self._client.publish(status, OFFLINE, qos=1, retain=True)
        if self._is_up:
            gone.wait_for_publish(2.0)
        self._client.disconnect()
        self._client.loop_stop()
        self._client.on_connect = self._client.on_connect_fail = None
        self._client.on_disconnect = self._client.on_subscribe = self._client.on_message = None

    @override
    def say(self, said: Said, payload: bytes, *, retain: bool) -> None:
        qos = 0 if said is Said.HEARTBEAT else 1
        self._client.publish(said_topic(self._agent.name, said), payload, qos, retain)

    # What the client's thread calls.

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        """Subscribe to what the node is told."""
        if reason.is_failure:
            self._warn(f"The broker refuses the connection: {reason}")
            return
        client.subscribe(told_filter(self._agent.name), qos=1)

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        """Tell the agent that it will hear everything."""
        if any(reason.is_failure for reason in reasons):
            self._warn("The broker does not allow the node to hear what it is told")
            return
        self._is_up, self._failed = True, ""
        _LOGGER.info("Connected to %s", self._broker.host)
        self._agent.connected()

    def _on_connect_fail(self, _client: Client, _userdata: object) -> None:
        """Say once that there is no broker."""
        doubt = ", or it is not to be trusted" if self._broker.tls else ""
        self._warn(f"There is no broker at {self._broker.host}:{self._broker.port}{doubt}")

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        """Tell the agent that the broker is gone."""
        if self._is_up:
            self._is_up = False
            _LOGGER.warning("Disconnected from %s: %s", self._broker.host, reason)
            self._agent.disconnected()

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        """Hand over what the node is told."""
        told = read_told(message.topic)
        # What was asked while nobody was there is old.
        is_old = message.retain and told in (Told.REQUEST, Told.ACK)
        if told is not None and not is_old and len(message.payload) <= PAYLOAD_MAX:
            self._agent.told(told, message.payload)

    def _warn(self, text: str) -> None:
        """Log what keeps the connection from being made, once."""
        if text != self._failed:
            self._failed = text
            _LOGGER.warning(text)
