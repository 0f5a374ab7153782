"""Who looks at a lot, and how they are kept up to date.

Nothing happens here while nobody looks. What a step changed is put into one message, which all
share; the next one follows no sooner than `GAP_S` later. A subscriber that does not keep up is sent
nothing until it does, and then all that it missed at once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from math import inf
from typing import ClassVar, Protocol

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import LotCoordinator, SmartParkingConfigEntry
from .listeners import async_call
from .lot.lot import Changes
from .permissions import Caller
from .picture import Picture

# Nodes sweep every 500 ms, but not at the same moment: what they change within this goes together.
GAP_S = 0.1
# So many deltas may be on their way to a subscriber.
WINDOW = 16

GONE = b'{"gone":true,"lot":null}'

# What of an entity's entry in the registry the picture shows.
SHOWN = {"entity_id", "disabled_by"}

FEEDS: HassKey[dict[str, Feed[Picture]]] = HassKey(f"{DOMAIN}_feeds")


class Pictured(Protocol):
    """What has been told of a lot."""

    shows_entities: ClassVar[bool]
    seq: int
    edition: int
    """That of the lot when the picture was taken."""
    coordinator: LotCoordinator

    def step(self, bay_ids: Collection[str], gate_ids: Collection[str]) -> bool:
        """Take over what may have changed; return whether anything did that is worth telling."""


class Looker(Protocol):
    """One who is told when there is anything new."""

    def async_update(self) -> None:
        """Send what is new."""


class Subscriber:
    """One who looks at a lot: a subscription of a connection, which is called to end it."""

    def __init__(self, connection: ActiveConnection, message_id: int, feed: Feed[Picture]) -> None:
        """Belong to a feed; nothing is sent yet."""
        self._connection = connection
        self._message_id = message_id
        self._feed = feed
        self._picture: Picture | None = None
        self._begun = False
        self._blind = False
        self._seq = 0
        self._unacknowledged: deque[int] = deque()

    def __call__(self) -> None:
        """Look no longer."""
        self._feed.async_leave(self)

    @callback
    def async_acknowledge(self, seq: int) -> None:
        """Learn how far the subscriber has come, and send what it has missed."""
        while self._unacknowledged and self._unacknowledged[0] <= seq:
            self._unacknowledged.popleft()
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Send what is new, unless the subscriber has enough to do."""
        if len(self._unacknowledged) >= WINDOW:
            return
        picture = self._feed.picture
        if not self._begun or picture is not self._picture:
            self._begin(picture)
        elif picture is not None and picture.seq > self._seq and not self._blind:
            self._send(picture.delta(self._seq))
            self._seq = picture.seq
            self._unacknowledged.append(picture.seq)

    def _begin(self, picture: Picture | None) -> None:
        """Send a new picture, or that there is none to be seen; what was before is void."""
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


class Feed[PictureT: Pictured]:
    """All who look at one lot. It lives from the first subscriber to the last."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: SmartParkingConfigEntry,
        take: Callable[[LotCoordinator, int], PictureT],
        left: Callable[[], object],
    ) -> None:
        """Follow a lot, whether it is at work now or not.

        `take` takes a picture whose numbers go on from one, `left` is called when nobody looks.
        """
        self.picture: PictureT | None = None
        self._hass = hass
        self._entry = entry
        self._take_picture = take
        self._left = left
        self._subscribers: dict[Looker, None] = {}
        self._failed: set[str] = set()
        self._seq = 0
        self._changes = Changes()
        self._timer: asyncio.Handle | None = None
        self._sent_at = -inf
        self._unfollow: CALLBACK_TYPE | None = None
        self._unsubs = (
            entry.async_on_state_change(self._async_state_changed),
            hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registered),
        )
        self._async_state_changed()

    @callback
    def async_join(self, subscriber: Looker) -> None:
        """Have one more who looks."""
        self._subscribers[subscriber] = None
        subscriber.async_update()

    @callback
    def async_leave(self, subscriber: Looker) -> None:
        """Have one less; the last one takes the feed along."""
        del self._subscribers[subscriber]
        if not self._subscribers:
            self._async_detach()
            for unsub in self._unsubs:
                unsub()
            self._left()

    @callback
    def _async_state_changed(self) -> None:
        """Follow the lot while it is at work; it has a new coordinator each time."""
        is_loaded = self._entry.state is ConfigEntryState.LOADED
        if is_loaded and self.picture is None:
            coordinator = self._entry.runtime_data
            self._unfollow = coordinator.async_follow(self._async_changed)
            self.picture = self._take_picture(coordinator, self._seq)
        elif not is_loaded and self.picture is not None:
            self._async_detach()
        self._async_update()

    @callback
    def _async_detach(self) -> None:
        """Follow the lot no longer."""
        if self._unfollow is not None and self.picture is not None:
            self._unfollow()
            self._seq = self.picture.seq
        if self._timer is not None:
            self._timer.cancel()
        self._unfollow = self.picture = self._timer = None
        self._changes = Changes()

    @callback
    def _async_registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Mind that entities of the lot come, and are renamed, enabled and disabled."""
        entry = er.async_get(self._hass).async_get(event.data["entity_id"])
        if (
            self.picture is not None
            and self.picture.shows_entities
            and entry is not None
            and entry.config_entry_id == self._entry.entry_id
            and _is_shown(event.data)
        ):
            self._async_changed(Changes(layout=True))

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Note what has changed, and tell it soon."""
        self._changes.bays |= changes.bays
        self._changes.gates |= changes.gates
        self._changes.layout |= changes.layout
        if self._timer is None:
            loop = self._hass.loop
            wait_s = self._sent_at + GAP_S - loop.time()
            self._timer = (
                loop.call_later(wait_s, self._async_tell)
                if wait_s > 0.0
                else loop.call_soon(self._async_tell)
            )

    @callback
    def _async_tell(self) -> None:
        """Tell all subscribers what has changed."""
        self._timer = None
        changes, self._changes = self._changes, Changes()
        if self.picture is not None and self._take(self.picture, changes):
            self._sent_at = self._hass.loop.time()
            self._async_update()

    def _take(self, picture: PictureT, changes: Changes) -> bool:
        """Take over what has changed; return whether there is anything to tell."""
        if changes.layout:
            self.picture = self._take_picture(picture.coordinator, picture.seq + 1)
            return True
        if picture.edition != picture.coordinator.lot.edition:
            # The lot is being rebuilt, and a new picture will follow.
            return False
        return picture.step(changes.bays, changes.gates)

    @callback
    def _async_update(self) -> None:
        """Let all subscribers have what is new."""
        for subscriber in list(self._subscribers):
            if subscriber in self._subscribers:
                async_call(subscriber.async_update, failed=self._failed)


def _is_shown(data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether a picture differs after what happened to an entity's entry."""
    return data["action"] == "create" or (
        data["action"] == "update" and not SHOWN.isdisjoint(data["changes"])
    )


@callback
def async_feed(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Feed[Picture]:
    """Return the feed of a lot for those who are logged in, who share it."""
    feeds, entry_id = hass.data[FEEDS], entry.entry_id
    if (feed := feeds.get(entry_id)) is None:
        feed = feeds[entry_id] = Feed(hass, entry, Picture, lambda: feeds.pop(entry_id))
    return feed
