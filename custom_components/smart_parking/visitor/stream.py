"""What happens in a lot, told to every open page as server-sent events.

There are no queues: a page that falls behind is sent what differs from what it has, once it can
take more. A page that takes nothing for long is dropped.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice

from aiohttp import web
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.json import json_bytes

from ..coordinator import LotCoordinator
from ..listeners import async_call
from ..live.broadcaster import SnapshotBroadcaster
from ..live.snapshot import Json
from ..rate_limit import Places
from ..texts import DriverTexts
from .send_timeout import send_timeout_s
from .snapshot import PublicSnapshot

# Phones, and what is between them and here, take a silent line for dead after 30 s and more.
BEAT_S = 20.0
# So many pages are told at a time before anything else in this Home Assistant has its turn.
BATCH = 50
# What the kernel does not take is kept up to this size.
BUFFER_MAX = 32_768
SLOW_CHECK_S = 1.0

# Of a comment a page would hear nothing.
BEAT = b"event: beat\ndata:\n\n"
GONE = b"event: gone\ndata: {}\n\n"
# A browser that tries again by itself does so after this many ms.
RETRY = b"retry: 3000\n\n"

type State = Callable[[str, DriverTexts], Mapping[str, Json]]
"""Returns what is promised to a visitor, as it is sent."""


class Stream:
    """One open page."""

    def __init__(self, streams: Streams, driver: str, texts: DriverTexts) -> None:
        """Initialize for a visitor; nothing has been sent yet."""
        self.driver = driver
        self.state_due = False
        self.beat_due = False
        self._streams = streams
        self._texts = texts
        self._news = asyncio.Event()
        self._picture: PublicSnapshot | None = None
        self._seq = 0
        self._state: Mapping[str, Json] | None = None
        self._last: bytes | None = None

    @callback
    def async_wake(self) -> None:
        """Wake the stream: there may be something to send."""
        self._news.set()

    @callback
    def async_end(self, last: bytes) -> None:
        """Send no more after these last words."""
        self._last = last
        self._news.set()

    async def async_run(self, response: web.StreamResponse, transport: asyncio.Transport) -> bool:
        """Send what there is until the end; return whether the page has kept up."""
        await response.write(RETRY)
        while True:
            if (data := self.take()) and not await _is_taken(response, transport, data):
                return False
            if self._last is not None:
                return True
            await self._news.wait()
            self._news.clear()

    def take(self) -> bytes:
        """Return what the page does not know yet."""
        if self._last is not None:
            return self._last
        picture, is_beat = self._streams.picture, self.beat_due
        self.beat_due = False
        if picture is None:
            return BEAT if is_beat else b""
        data = b""
        if picture is not self._picture:
            data = b"event: picture\ndata: %b\n\n" % picture.whole()
            self._picture, self._seq = picture, picture.seq
            self._state, self.state_due = None, True
        elif picture.seq > self._seq:
            data = b"data: %b\n\n" % picture.delta(self._seq)
            self._seq = picture.seq
        if self.state_due:
            data += self._state_if_new()
        return data or (BEAT if is_beat else b"")

    def _state_if_new(self) -> bytes:
        """Return what is promised to the visitor, if that is new."""
        self.state_due = False
        state = self._streams.state(self.driver, self._texts)
        if {**state, "now": None} == self._state:
            return b""
        # What has happened is said once, and nothing has happened next time.
        self._state = {**state, "now": None, "text": None}
        return b"event: mine\ndata: %b\n\n" % json_bytes(state)


async def _is_taken(
    response: web.StreamResponse, transport: asyncio.Transport, data: bytes
) -> bool:
    """Send something, and return whether most of it is soon on its way."""
    try:
        async with asyncio.timeout(send_timeout_s(len(data))):
            # Of much, this waits itself until there is room for it.
            await response.write(data)
            while (  # noqa: ASYNC110  (a transport tells of this by no event)
                not transport.is_closing() and transport.get_write_buffer_size() > BUFFER_MAX
            ):
                await asyncio.sleep(SLOW_CHECK_S)
    except TimeoutError:
        return False
    return True


class Streams:
    """All open pages of one lot."""

    def __init__(self, coordinator: LotCoordinator, state: State) -> None:
        """Initialize with none."""
        self.state = state
        self.places = Places(0, 0)
        self.dropped = 0
        """How many were too slow, since the start."""
        self._hass = coordinator.hass
        self._open: defaultdict[str, set[Stream]] = defaultdict(set)
        self._feed = SnapshotBroadcaster(coordinator, lambda seq: PublicSnapshot(coordinator, seq))
        self._leave_feed: CALLBACK_TYPE | None = None
        self._due: dict[Stream, None] = {}
        self._failed: set[str] = set()
        """What has failed when it was woken, and was logged."""
        self._waking: asyncio.Handle | None = None
        self._beating: asyncio.TimerHandle | None = None

    @property
    def picture(self) -> PublicSnapshot | None:
        """What there is to be told."""
        return self._feed.picture

    @property
    def drivers(self) -> Iterable[str]:
        """The visitors who have a page open."""
        return self._open

    async def async_serve(
        self, response: web.StreamResponse, request: web.Request, driver: str, texts: DriverTexts
    ) -> None:
        """Stream to a page what happens, until it is closed."""
        assert request.transport is not None  # noqa: S101  who asks is connected
        transport = request.transport
        stream = Stream(self, driver, texts)
        # Before the answer begins: who is shown out in between must know.
        self._async_join(stream)
        try:
            with suppress(ConnectionError):
                await response.prepare(request)
                if not await stream.async_run(response, transport):
                    self.dropped += 1
                    # To end it in good order would take as long as everything else.
                    transport.abort()
        finally:
            self._async_leave(stream)

    @callback
    def async_update(self) -> None:
        """Notify all pages what is new."""
        self._async_wake(stream for streams in self._open.values() for stream in streams)

    @callback
    def async_send_state(self, driver: str) -> None:
        """Notify a visitor's pages what is promised to them."""
        for stream in self._open.get(driver, ()):
            stream.state_due = True
            stream.async_wake()

    @callback
    def async_close(self, *, gone: bool = False) -> None:
        """Close all pages: for good, if what they were opened at is gone."""
        for streams in self._open.values():
            for stream in streams:
                stream.async_end(GONE if gone else b"")

    @callback
    def _async_join(self, stream: Stream) -> None:
        """Add a page."""
        self._open[stream.driver].add(stream)
        if self._leave_feed is None:
            self._leave_feed = self._feed.async_join(self.async_update)
            self._beating = self._hass.loop.call_later(BEAT_S, self._async_beat)

    @callback
    def _async_leave(self, stream: Stream) -> None:
        """Remove a page; with the last one, there is nothing more to be told."""
        self._due.pop(stream, None)
        of_driver = self._open[stream.driver]
        of_driver.remove(stream)
        if not of_driver:
            del self._open[stream.driver]
        if not self._open and self._leave_feed is not None and self._beating is not None:
            self._leave_feed()
            self._beating.cancel()
            self._leave_feed = self._beating = None

    @callback
    def _async_beat(self) -> None:
        """Send all pages a sign of life."""
        self._beating = self._hass.loop.call_later(BEAT_S, self._async_beat)
        # When a bay is likely becomes another as time goes by.
        self._feed.async_refresh()
        for streams in self._open.values():
            for stream in streams:
                stream.beat_due = True
        self.async_update()

    @callback
    def _async_wake(self, streams: Iterable[Stream]) -> None:
        """Wake streams, some at a time."""
        self._due.update(dict.fromkeys(streams))
        if self._waking is None and self._due:
            self._waking = self._hass.loop.call_soon(self._async_wake_some)

    @callback
    def _async_wake_some(self) -> None:
        """Wake some of those that are due; the others have their turn after what is waiting now."""
        self._waking = None
        for stream in [*islice(self._due, BATCH)]:
            del self._due[stream]
            async_call(stream.async_wake, failed=self._failed)
        self._async_wake(())
