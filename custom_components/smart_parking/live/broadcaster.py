"""Broadcaster of a lot's changes to its subscribers.

Without subscribers it does nothing. The changes of a step are put into one message, which all
subscribers share; the next one follows no sooner than `GAP_S` later. A slow subscriber gets nothing
until it has caught up, and then all that it missed in one message.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from math import inf
import time
from typing import ClassVar, Protocol

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.helpers import entity_registry as er

from ..coordinator import LotCoordinator
from ..data import SmartParkingConfigEntry
from ..listeners import Listeners
from ..lot.lot import Changes
from ..permissions import Caller
from ..slices import SLICE_S
from .snapshot import LotSnapshot

# Nodes sweep every 500 ms, but not at the same moment: changes within this time are sent together.
GAP_S = 0.1
# As entities come, a new picture is taken only after so many times as long as the last one took.
PICTURE_GAPS = 20
# Number of deltas that a subscriber may leave unacknowledged.
WINDOW = 16

GONE = b'{"gone":true,"lot":null}'

# Fields of an entity's registry entry that the snapshot uses.
SHOWN = {"entity_id", "disabled_by"}


class Snapshot(Protocol):
    """The state of a lot as it was sent."""

    shows_entities: ClassVar[bool]
    seq: int
    edition: int
    """The lot's edition when the snapshot was made."""
    coordinator: LotCoordinator

    def step(self, bay_ids: Collection[str], gate_ids: Collection[str]) -> bool:
        """Read possible changes; return whether any of them has to be sent."""


class WebSocketSubscriber:
    """A subscription of a connection to a lot; the connection calls it to end it.

    It belongs to the connection and outlives the lot, which may be reloaded.
    """

    def __init__(
        self, connection: ActiveConnection, message_id: int, entry: SmartParkingConfigEntry
    ) -> None:
        """Initialize for a lot, loaded or not; nothing is sent yet."""
        self._connection = connection
        self._message_id = message_id
        self._entry = entry
        self._broadcaster: SnapshotBroadcaster[LotSnapshot] | None = None
        self._leave: CALLBACK_TYPE | None = None
        self._unsub = entry.async_on_state_change(self._async_state_changed)
        self._picture: LotSnapshot | None = None
        self._begun = False
        self._blind = False
        self._seq = 0
        self._unacknowledged: deque[int] = deque()

    def __call__(self) -> None:
        """Unsubscribe."""
        self._unsub()
        self._async_leave()

    @callback
    def async_begin(self) -> None:
        """Send a snapshot of the lot, and its changes from now on."""
        if self._entry.state is ConfigEntryState.LOADED:
            self._broadcaster = self._entry.runtime_data.live
            self._leave = self._broadcaster.async_join(self.async_update, self._seq)
        else:
            self.async_update()

    @callback
    def _async_state_changed(self) -> None:
        """Join the lot's broadcaster while it is loaded; it has a new one after each reload."""
        is_loaded = self._entry.state is ConfigEntryState.LOADED
        if not is_loaded and self._broadcaster is not None:
            self._async_leave()
            self.async_update()
        elif is_loaded and self._broadcaster is None and self._begun:
            self.async_begin()

    @callback
    def _async_leave(self) -> None:
        """Leave the broadcaster."""
        if self._leave is not None:
            self._leave()
        self._broadcaster = self._leave = None

    @callback
    def async_acknowledge(self, seq: int) -> None:
        """Record how far the subscriber has come, and send what it has missed."""
        while self._unacknowledged and self._unacknowledged[0] <= seq:
            self._unacknowledged.popleft()
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Send the changes, unless too many are unacknowledged."""
        if len(self._unacknowledged) >= WINDOW:
            return
        picture = None if self._broadcaster is None else self._broadcaster.picture
        if not self._begun or picture is not self._picture:
            self._begin(picture)
        elif picture is not None and picture.seq > self._seq and not self._blind:
            self._send(picture.delta(self._seq))
            self._seq = picture.seq
            self._unacknowledged.append(picture.seq)

    def _begin(self, picture: LotSnapshot | None) -> None:
        """Send a new snapshot, or that there is none."""
        user = self._connection.user
        self._begun, self._picture = True, picture
        self._unacknowledged.clear()
        self._blind = picture is None or not Caller(user).may_read(picture.coordinator)
        if picture is None or self._blind:
            self._send(GONE)
        else:
            self._send(picture.whole(user))
            self._seq = picture.seq

    def _send(self, event: bytes) -> None:
        """Send an event."""
        self._connection.send_message(construct_event_message(self._message_id, event))


class SnapshotBroadcaster[PictureT: Snapshot]:
    """All subscribers of one lot. It works from the first listener to the last."""

    def __init__(self, coordinator: LotCoordinator, take: Callable[[int], PictureT]) -> None:
        """Initialize; `take` returns a snapshot of the lot whose numbers continue from a number."""
        self.picture: PictureT | None = None
        """The snapshot as it was sent; None without listeners."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._create_snapshot = take
        self._listeners = Listeners[()]()
        self._changes = Changes()
        self._timer: asyncio.Handle | None = None
        self._sent_at = -inf
        self._picture_s = 0.0
        """How long it took to take the picture."""
        self._unsubs: list[CALLBACK_TYPE] = []

    @callback
    def async_join(self, listener: CALLBACK_TYPE, seq: int = 0) -> CALLBACK_TYPE:
        """Call a listener now and on every change; return a function that removes it.

        The message numbers of the first listener continue from `seq`.
        """
        if self.picture is None:
            self._async_attach(seq)
        remove = self._listeners.async_add(listener)

        @callback
        def leave() -> None:
            remove()
            if not self._listeners:
                self._async_detach()

        try:
            listener()
        except BaseException:
            leave()
            raise
        return leave

    @callback
    def _async_attach(self, seq: int) -> None:
        """Subscribe to the lot."""
        self.picture = self._create_snapshot(seq)
        self._unsubs = [
            self._coordinator.async_follow(self._async_changed),
            self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registered),
        ]

    @callback
    def async_refresh(self) -> None:
        """Tell what is shown beside the lot's own state, if that has changed."""
        if self.picture is not None:
            self._async_changed(Changes())

    @callback
    def _async_detach(self) -> None:
        """Unsubscribe from the lot."""
        for unsub in self._unsubs:
            unsub()
        if self._timer is not None:
            self._timer.cancel()
        self.picture = self._timer = None
        self._unsubs = []
        self._changes = Changes()

    @callback
    def _async_registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Update when entities of the lot are added, renamed, enabled or disabled."""
        entry = er.async_get(self._hass).async_get(event.data["entity_id"])
        if (
            self.picture is not None
            and self.picture.shows_entities
            and entry is not None
            and entry.config_entry_id == self._coordinator.entry.entry_id
            and _is_shown(event.data)
        ):
            # While thousands of entities are added, that is not what the time is for.
            is_large = self._picture_s > SLICE_S
            gap_s = PICTURE_GAPS * self._picture_s if is_large else 0.0
            self._async_changed(Changes(layout=True), gap_s)

    @callback
    def _async_changed(self, changes: Changes, gap_s: float = 0.0) -> None:
        """Record changes, and schedule the next message."""
        self._changes.bays |= changes.bays
        self._changes.gates |= changes.gates
        self._changes.layout |= changes.layout
        if self._timer is None:
            loop = self._hass.loop
            wait_s = self._sent_at + max(GAP_S, gap_s) - loop.time()
            self._timer = (
                loop.call_later(wait_s, self._async_send_changes)
                if wait_s > 0.0
                else loop.call_soon(self._async_send_changes)
            )

    @callback
    def _async_send_changes(self) -> None:
        """Notify all subscribers of the changes."""
        self._timer = None
        changes, self._changes = self._changes, Changes()
        if self.picture is not None and self._take(self.picture, changes):
            self._sent_at = self._hass.loop.time()
            self._listeners.async_notify()

    def _take(self, picture: PictureT, changes: Changes) -> bool:
        """Update the snapshot; return whether there is anything to send."""
        if changes.layout:
            began = time.thread_time()
            self.picture = self._create_snapshot(picture.seq + 1)
            self._picture_s = time.thread_time() - began
            return True
        if picture.edition != picture.coordinator.lot.edition:
            # The lot is being rebuilt, and a new snapshot will follow.
            return False
        return picture.step(changes.bays, changes.gates)


def _is_shown(data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether a change of a registry entry shows in the snapshot."""
    return data["action"] == "create" or (
        data["action"] == "update" and not SHOWN.isdisjoint(data["changes"])
    )
