"""Hears all nodes elsewhere with one subscription, and tells them apart.

Whoever wants to hear a node shares the hub, and with it what has been heard of all of them.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import logging
from math import inf
import time

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ...node.fields import PAYLOAD_MAX, MessageError
from ...node.messages import Announcement, ConfigResult
from ...node.peer_clock import PeerClock
from ...node.topics import (
    FROM_NODES,
    OFFLINE,
    ONLINE,
    RETAINED,
    Said,
    Told,
    read_said,
    told_topic,
)
from ..mqtt.client import (
    Heard,
    async_follow_connection,
    async_publish,
    async_subscribe,
    mqtt_lacking,
)

_LOGGER = logging.getLogger(__name__)

# Nodes that are remembered while nobody has asked for them, and what is logged of each at most.
FOREIGN_MAX = 2_000
LOGGED_MAX = 8
# How long the broker may take to say what it has kept.
KEPT_S = 2.0

type Listener = Callable[[Said, bytes, float], None]
"""Is called with what a node says, and when it came on the monotonic clock."""


@dataclass(slots=True)
class RemoteNode:
    """What has been heard of one node."""

    name: str
    announcement: Announcement | None = None
    is_online: bool = False
    result: ConfigResult | None = None
    clock: PeerClock = field(default_factory=lambda: PeerClock(""))
    seq: int = 0
    """The number of the newest change that was taken, in the run of the clock."""
    is_followed: bool = False
    """Whether all that its newest run has said was taken, from some state on."""
    listeners: list[Listener] = field(default_factory=list)
    watchers: list[CALLBACK_TYPE] = field(default_factory=list)
    """Who wants to know when a node that could not be heard may be there."""
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is known what the node is, and whether it is there."""
    logged: set[str] = field(default_factory=set)

    @property
    def run(self) -> str:
        """What tells this start of the node's program from others."""
        return "" if self.announcement is None else self.announcement.run

    def log_once(self, what: str, text: object) -> None:
        """Log what is wrong with what a node says, the first time."""
        if what not in self.logged and len(self.logged) < LOGGED_MAX:
            self.logged.add(what)
            _LOGGER.warning(
                "What came from the node %s (%s) is not read: %s; more like it is not told of",
                self.name,
                what,
                text,
            )


class NodeHub:
    """Hears all nodes, while somebody wants to."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize; nothing is subscribed to yet."""
        self._hass = hass
        self._nodes: dict[str, RemoteNode] = {}
        self._users = 0
        self._unsub: list[CALLBACK_TYPE] = []
        self._opening = asyncio.Lock()
        self._opened_at = -inf
        self.connection_listeners: list[Callable[[bool], None]] = []
        self.presence_listeners: list[CALLBACK_TYPE] = []
        """Who wants to know when any node announces something else, comes or goes."""

    def node(self, name: str) -> RemoteNode:
        """Return what has been heard of a node; of too many, one that nobody wants is dropped."""
        found = self._nodes.get(name)
        if found is None:
            if len(self._nodes) >= FOREIGN_MAX:
                self._drop_one()
            found = self._nodes[name] = RemoteNode(name)
        return found

    def _drop_one(self) -> None:
        """Forget the node of which was heard first, and that nobody listens to."""
        for name, one in self._nodes.items():
            if not one.listeners and not one.watchers:
                del self._nodes[name]
                return

    def announced(self) -> Mapping[str, RemoteNode]:
        """Return the nodes that have said what they are, by name."""
        return {name: one for name, one in self._nodes.items() if one.announcement is not None}

    async def async_open(self) -> None:
        """Listen for one more who wants to; raise `SourceError` when that cannot be."""
        if (lacking := mqtt_lacking(self._hass)) is not None:
            raise lacking
        self._users += 1
        async with self._opening:
            if self._unsub:
                return
            self._unsub = [
                async_follow_connection(self._hass, self._async_connection),
                await async_subscribe(self._hass, FROM_NODES, self._async_message),
            ]
            self._opened_at = time.monotonic()

    @callback
    def async_close(self) -> None:
        """Listen no longer for one of those who wanted to."""
        self._users -= 1
        # Whoever waits for a node that cannot be heard begins to do so in the same turn.
        self._hass.loop.call_soon(self._close_if_unused)

    @callback
    def _close_if_unused(self) -> None:
        """Unsubscribe when nobody wants to hear anything."""
        if self._users or any(one.watchers for one in self._nodes.values()):
            return
        while self._unsub:
            self._unsub.pop()()
        # Meanwhile nodes may come and go; the broker will say again what it has kept.
        self._opened_at = -inf
        for one in self._nodes.values():
            one.is_online, one.announcement, one.result = False, None, None
            one.kept.clear()

    async def async_look(self, seconds: float) -> None:
        """Wait until nodes have been listened to for a while."""
        left_s = self._opened_at + seconds - time.monotonic()
        if left_s > 0.0:
            await asyncio.sleep(left_s)

    async def async_wait_for(self, name: str) -> RemoteNode:
        """Return what is known of a node, once the broker had time to say what it has kept."""
        node = self.node(name)
        try:
            async with asyncio.timeout(KEPT_S):
                await node.kept.wait()
        except TimeoutError:
            pass
        return node

    async def async_tell(
        self, name: str, told: Told, payload: bytes, *, retain: bool = False
    ) -> None:
        """Tell a node something."""
        await async_publish(self._hass, told_topic(name, told), payload, retain=retain)

    @callback
    def _async_connection(self, connected: bool) -> None:
        """Notify of a broker that has come or gone."""
        for listener in [*self.connection_listeners]:
            listener(connected)

    @callback
    def _async_message(self, heard: Heard) -> None:
        """Take what a node says, and pass it on to those who listen to it."""
        said, payload = read_said(heard.topic), heard.payload
        if said is None:
            return
        name, word = said
        known = self._nodes.get(name)
        if known is None and word not in RETAINED:
            return
        node = known or self.node(name)
        if heard.retained and word not in RETAINED:
            return
        if len(payload) > PAYLOAD_MAX:
            node.log_once(word, f"{len(payload)} bytes are more than {PAYLOAD_MAX}")
            return
        before = node.announcement, node.is_online, node.result
        try:
            self._remember(node, word, payload)
        except MessageError as err:
            node.log_once(word, err)
            return
        at = time.monotonic()
        for listener in [*node.listeners]:
            listener(word, payload, at)
        after = node.announcement, node.is_online, node.result
        # A node that says again what it has said is no more worth a try than before.
        watchers = [*node.watchers] if before != after else []
        if before[:2] != after[:2]:
            watchers += self.presence_listeners
        for watcher in watchers:
            watcher()

    @staticmethod
    def _remember(node: RemoteNode, said: Said, payload: bytes) -> None:
        """Store what a node says of itself."""
        match said:
            case Said.ANNOUNCE:
                node.announcement = Announcement.parse(node.name, payload) if payload else None
            case Said.STATUS:
                if payload.decode(errors="replace") not in (ONLINE, OFFLINE, ""):
                    raise MessageError("it is neither online nor offline")
                node.is_online = payload == ONLINE.encode()
            case Said.CONFIG_RESULT:
                node.result = ConfigResult.parse(payload) if payload else None
            case _:
                return
        if node.announcement is not None and (said is Said.STATUS or node.is_online):
            node.kept.set()


_HUB: HassKey[NodeHub] = HassKey(f"{DOMAIN}_node_hub")


@callback
def get_hub(hass: HomeAssistant) -> NodeHub:
    """Return the hub of this Home Assistant."""
    if _HUB not in hass.data:
        hass.data[_HUB] = NodeHub(hass)
    return hass.data[_HUB]
