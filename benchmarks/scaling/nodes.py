"""Simulated nodes, each with a connection of its own to a broker.

usage: python -m benchmarks.scaling.nodes BROKER_PORT BAYS WAY

It prints a line when all are connected and have said what they see. Then it answers each line
`change COUNT SECONDS` that it reads by letting so many bays change, evenly, in so many seconds, and
with a line of JSON: each change's bay, whether it is occupied, and when it was published on the
machine's monotonic clock.
"""

import asyncio
from collections.abc import Callable, Mapping
import json
from random import Random
import resource
import sys
import time
from typing import TYPE_CHECKING, override

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.scaling.lots import NodeOfLot, Way, discovery_of, nodes_of, topic_of
from custom_components.smart_parking.node.fields import Fields
from custom_components.smart_parking.node.messages import (
    Announcement,
    Belief,
    ChangeList,
    ChipInfo,
    Config,
    ConfigResult,
    Heartbeat,
    State,
)
from custom_components.smart_parking.node.topics import (
    OFFLINE,
    ONLINE,
    Said,
    Told,
    read_told,
    said_topic,
    told_filter,
)

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

QOS = 1
# Home Assistant says here that it has started, for who has something to say.
BIRTH = "homeassistant/status"
RUN = "scale"
AT_ONCE = 20
HEARTBEAT_S = 60.0
# The first have been connected for long when the last are.
KEEPALIVE_S = 600
OCCUPIED_SHARE = 0.6
WORDS = {True: b"ON", False: b"OFF"}


class Connection:
    """A connection with the broker, in this event loop."""

    def __init__(self, port: int, name: str, will: tuple[str, bytes]) -> None:
        """Initialize; `async_open` connects."""
        self._loop = asyncio.get_running_loop()
        self._port = port
        self._ready = asyncio.Event()
        self.client = client = Client(CallbackAPIVersion.VERSION2, client_id=name)
        client.max_inflight_messages_set(1_000)
        client.will_set(*will, QOS, retain=True)
        client.on_socket_open = self._opened
        client.on_socket_register_write = self._write
        client.on_socket_unregister_write = self._no_write
        client.on_connect = lambda *_: self._ready.set()

    async def open(self) -> None:
        """Connect."""
        self.client.connect("127.0.0.1", self._port, KEEPALIVE_S)
        await self._ready.wait()

    def subscribe(self, topic: str, hear: Callable[[MQTTMessage], None]) -> None:
        """Call somebody with what comes on some topics; one at most."""
        self.client.on_message = lambda _client, _data, message: hear(message)
        self.client.subscribe(topic, QOS)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish something."""
        self.client.publish(topic, payload, QOS, retain)

    def _opened(self, _client: Client, _data: object, opened: SocketLike) -> None:
        self._loop.add_reader(opened, self.client.loop_read)

    def _write(self, _client: Client, _data: object, opened: SocketLike) -> None:
        self._loop.add_writer(opened, self.client.loop_write)

    def _no_write(self, _client: Client, _data: object, opened: SocketLike) -> None:
        self._loop.remove_writer(opened)


class SimulatedNode:
    """A node that says of each bay on a topic of its own whether it is occupied."""

    def __init__(self, port: int, node: NodeOfLot, occupied: Mapping[str, bool]) -> None:
        """Initialize; `open` connects."""
        self.node = node
        self.occupied = dict(occupied)
        self.status = topic_of(node.name, "status")
        self.connection = Connection(port, node.name, (self.status, b"offline"))

    async def open(self) -> None:
        """Connect, and say what is seen."""
        await self.connection.open()
        self.connection.publish(self.status, b"online", retain=True)
        self.say_all()
        # What the broker has kept from before a start is no news for Home Assistant.
        self.connection.subscribe(BIRTH, self._born)

    def say_all(self) -> None:
        """Publish what is seen of all bays."""
        for bay in self.node.bays:
            self._say(bay)

    def _born(self, message: MQTTMessage) -> None:
        """Say everything again when Home Assistant has started."""
        if not message.retain and message.payload == b"online":
            self.say_all()

    def change(self, bay: str) -> None:
        """Park a vehicle, or drive it away."""
        self.occupied[bay] = not self.occupied[bay]
        self._say(bay)

    def beat(self) -> None:
        """Say that the node is there."""

    def _say(self, bay: str) -> None:
        """Publish what is seen of a bay."""
        topic = topic_of(self.node.name, bay)
        self.connection.publish(topic, WORDS[self.occupied[bay]], retain=True)


class DiscoveredNode(SimulatedNode):
    """A node that also tells Home Assistant to make an entity of each bay."""

    @override
    async def open(self) -> None:
        """Connect, and say what is there, and what is seen; the broker keeps it."""
        await self.connection.open()
        for topic, payload in discovery_of(self.node):
            self.connection.publish(topic, payload, retain=True)
        self.connection.publish(self.status, b"online", retain=True)
        self.say_all()


class RemoteNode(SimulatedNode):
    """A node that speaks as `smart-parking-node` does."""

    def __init__(self, port: int, node: NodeOfLot, occupied: Mapping[str, bool]) -> None:
        """Initialize; `open` connects."""
        super().__init__(port, node, occupied)
        self.connection = Connection(
            port, node.name, (said_topic(node.name, Said.STATUS), OFFLINE.encode())
        )
        self._seq = 0
        self._config = ""
        self._since_ms = _up_ms()

    @override
    async def open(self) -> None:
        """Connect, and announce the node; it is asked for what it sees."""
        await self.connection.open()
        self.connection.subscribe(told_filter(self.node.name), self._told)
        self._announce()
        self._publish(Said.STATUS, ONLINE.encode(), retain=True)

    def _announce(self) -> None:
        """Say what the node is, and whether it is a part of a lot."""
        announcement = Announcement(
            name=self.node.name,
            machine=self.node.name,
            run=RUN,
            chips=[ChipInfo("/dev/gpiochip0", "pinctrl-bcm2711", 512)],
            is_configured=bool(self._config),
        )
        self._publish(Said.ANNOUNCE, announcement.to_payload(), retain=True)

    @override
    def change(self, bay: str) -> None:
        """Park a vehicle, or drive it away."""
        self.occupied[bay] = not self.occupied[bay]
        self._seq += 1
        changes = [self._belief(bay, self._seq)]
        changed = ChangeList(run=RUN, up_ms=_up_ms(), changes=changes)
        self._publish(Said.CHANGES, changed.to_payload())

    @override
    def beat(self) -> None:
        """Say that the node is there."""
        beat = Heartbeat(
            run=RUN, seq=self._seq, up_ms=_up_ms(), config=self._config, sweep_ms=300.0
        )
        self._publish(Said.HEARTBEAT, beat.to_payload())

    def _told(self, message: MQTTMessage) -> None:
        """Do what Home Assistant says."""
        match read_told(message.topic):
            case Told.CONFIG if message.payload:
                is_first = not self._config
                self._config = Config.read(Fields.parse(message.payload)).version
                if is_first:
                    self._announce()
                result = ConfigResult(version=self._config)
                self._publish(Said.CONFIG_RESULT, result.to_payload(), retain=True)
                self._say_state()
            case Told.REQUEST:
                self._say_state()

    def _say_state(self) -> None:
        """Say what is seen of all bays."""
        state = State(
            run=RUN,
            seq=self._seq,
            up_ms=_up_ms(),
            config=self._config,
            since_ms=self._since_ms,
            bays=[self._belief(bay) for bay in self.node.bays],
        )
        self._publish(Said.STATE, state.to_payload())

    def _belief(self, bay: str, seq: int = 0) -> Belief:
        """Return what is believed of a bay."""
        is_there = self.occupied[bay]
        metres = 1.12 if is_there else 2.5
        return Belief(
            bay_id=bay,
            up_ms=_up_ms(),
            occupied=is_there,
            confidence=0.99,
            distance_m=metres,
            seq=seq,
        )

    def _publish(self, said: Said, payload: bytes, *, retain: bool = False) -> None:
        """Say something."""
        self.connection.publish(said_topic(self.node.name, said), payload, retain=retain)


def _up_ms() -> int:
    """Return how long the machine has been up, in ms."""
    return round(time.monotonic() * 1e3)


type MakeNode = Callable[[int, NodeOfLot, Mapping[str, bool]], SimulatedNode]
KINDS: dict[Way, MakeNode] = {
    Way.OWN: SimulatedNode,
    Way.REMOTE: RemoteNode,
    Way.DISCOVERY: DiscoveredNode,
    Way.COUNTED: DiscoveredNode,
}


async def beat(nodes: list[SimulatedNode]) -> None:
    """Make nodes say that they are there, one after the other."""
    while True:
        for node in nodes:
            node.beat()
            node.connection.client.loop_misc()
            await asyncio.sleep(HEARTBEAT_S / len(nodes))


async def change(
    by_bay: Mapping[str, SimulatedNode], random: Random, count: int, seconds: float
) -> list[tuple[str, bool, float]]:
    """Change so many bays, evenly, and return when each did."""
    began, said = time.monotonic(), []
    for number, bay in enumerate(random.sample(sorted(by_bay), count)):
        await asyncio.sleep(max(0.0, began + number * seconds / count - time.monotonic()))
        node = by_bay[bay]
        said.append((bay, not node.occupied[bay], time.monotonic()))
        node.change(bay)
    await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
    return said


async def main(port: int, bays: int, way: Way) -> None:
    """Run until told no more."""
    random = Random(1)
    nodes = [
        KINDS[way](port, node, {bay: random.random() < OCCUPIED_SHARE for bay in node.bays})
        for node in nodes_of(bays)
    ]
    for first in range(0, len(nodes), AT_ONCE):
        await asyncio.gather(*(node.open() for node in nodes[first : first + AT_ONCE]))
    by_bay = {bay: node for node in nodes for bay in node.node.bays}
    beating = asyncio.create_task(beat(nodes))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        _, count, seconds = line.split()
        said = await change(by_bay, random, int(count), float(seconds))
        print(json.dumps(said), flush=True)
    beating.cancel()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Way(sys.argv[3])))
