"""What happens in a lot, told to every open page as server-sent events.

There are no queues and no tasks of a page's own: what is new is written to all connections in turn,
and is the same bytes for all that are as far. A page that falls behind is sent what differs from
what it has, once it can take more. A page that takes nothing for long is dropped.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice
import sys

from aiohttp import HttpVersion11, web
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
# For who asks now and then, the lot is followed for so long.
CHECK_INTERVAL_S = 30.0

# Of a comment a page would hear nothing.
BEAT = b"event: beat\ndata:\n\n"
GONE = b"event: gone\ndata: {}\n\n"
# A browser that tries again by itself does so after this many ms.
RETRY = b"retry: 3000\n\n"

type State = Callable[[str, DriverTexts], Mapping[str, Json]]
"""Returns what is promised to a visitor, as it is sent."""


class Stream:
    """One open page. There may be thousands: each of its fields counts."""

    __slots__ = (
        "_ended",
        "_is_chunked",
        "_last",
        "_picture",
        "_seq",
        "_state",
        "_streams",
        "_texts",
        "_transport",
        "beat_due",
        "driver",
        "state_due",
    )

    def __init__(self, streams: Streams, driver: str, texts: DriverTexts) -> None:
        """Initialize for a visitor; nothing has been sent yet."""
        self.driver = driver
        self.state_due = False
        self.beat_due = False
        self._streams = streams
        self._texts = texts
        self._transport: asyncio.Transport | None = None
        self._is_chunked = False
        self._ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._picture: PublicSnapshot | None = None
        self._seq = 0
        self._state: str | None = None
        self._last: bytes | None = None

    @property
    def is_taken(self) -> bool:
        """Whether most of what was sent is on its way, or nobody is there to take it."""
        transport = self._transport
        return (
            transport is None
            or transport.is_closing()
            or transport.get_write_buffer_size() <= BUFFER_MAX
        )

    async def async_run(self, transport: asyncio.Transport, *, is_chunked: bool) -> bool:
        """Send what there is until the end; return whether the page has kept up."""
        self._transport, self._is_chunked = transport, is_chunked
        self._send()
        return await self._ended

    @callback
    def async_wake(self) -> None:
        """Send what is new, unless the page has enough to take already."""
        if self._transport is not None and not self._streams.is_slow(self):
            self._send()

    @callback
    def async_end(self, last: bytes) -> None:
        """Send no more after these last words."""
        self._last = last
        self.async_wake()

    @callback
    def async_drop(self) -> None:
        """End, whatever has not been sent."""
        self._end(has_kept_up=False)

    def _send(self) -> None:
        """Write what is new to the connection, which takes it now or later."""
        if self._ended.done():
            return
        assert self._transport is not None  # noqa: S101  it has begun
        if self._transport.is_closing():
            self._end(has_kept_up=True)
            return
        is_last = self._last is not None
        if data := self.take():
            self._transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data)
            if not self.is_taken:
                self._streams.async_wait_for(self, len(data))
                return
        if is_last:
            self._end(has_kept_up=True)

    def _end(self, *, has_kept_up: bool) -> None:
        """End the stream."""
        if not self._ended.done():
            self._ended.set_result(has_kept_up)

    def take(self) -> bytes:
        """Return what the page does not know yet."""
        if self._last is not None:
            last, self._last = self._last, b""
            return last
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
        # Most are promised nothing: what is the same for many is in memory once.
        lasting = sys.intern(json_bytes({**state, "now": None, "text": None}).decode())
        if lasting == self._state and state["text"] is None:
            return b""
        # What has happened is said once, and nothing has happened next time.
        self._state = lasting
        return b"event: mine\ndata: %b\n\n" % json_bytes(state)


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
        self._slow: dict[Stream, float] = {}
        """Until when those are waited for who do not take what they were sent."""
        self._checking: asyncio.TimerHandle | None = None
        self._failed: set[str] = set()
        """What has failed when it was woken, and was logged."""
        self._waking: asyncio.Handle | None = None
        self._beating: asyncio.TimerHandle | None = None
        self._look_away: CALLBACK_TYPE | None = None
        self._looking: asyncio.TimerHandle | None = None

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
                if is_chunked := request.version == HttpVersion11:
                    response.enable_chunked_encoding()
                await response.prepare(request)
                await response.write(RETRY)
                if not await stream.async_run(transport, is_chunked=is_chunked):
                    self.dropped += 1
                    # To end it in good order would take as long as everything else.
                    transport.abort()
        finally:
            self._async_leave(stream)

    @callback
    def async_look(self) -> PublicSnapshot:
        """Return what there is to be told, for who does not stay."""
        if self._looking is not None:
            self._looking.cancel()
        if self._look_away is None:
            self._look_away = self._feed.async_join(_look)
        self._looking = self._hass.loop.call_later(CHECK_INTERVAL_S, self._async_look_away)
        assert self.picture is not None  # noqa: S101  somebody has joined
        return self.picture

    @callback
    def _async_look_away(self) -> None:
        """Follow the lot no longer for who asks now and then."""
        if self._looking is not None:
            self._looking.cancel()
        if self._look_away is not None:
            self._look_away()
        self._looking = self._look_away = None

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

    def is_slow(self, stream: Stream) -> bool:
        """Return whether a page has not taken yet what it was sent."""
        return stream in self._slow

    @callback
    def async_wait_for(self, stream: Stream, size: int) -> None:
        """Wait until a page has taken so many bytes, and drop it if it does not."""
        self._slow[stream] = self._hass.loop.time() + send_timeout_s(size)
        if self._checking is None:
            self._checking = self._hass.loop.call_later(SLOW_CHECK_S, self._async_check)

    @callback
    def _async_check(self) -> None:
        """Go on with those who have taken what they were sent, and drop who takes too long."""
        now = self._hass.loop.time()
        for stream, until in [*self._slow.items()]:
            if stream.is_taken:
                del self._slow[stream]
                self._async_wake((stream,))
            elif now > until:
                stream.async_drop()
        self._checking = (
            self._hass.loop.call_later(SLOW_CHECK_S, self._async_check) if self._slow else None
        )

    @callback
    def async_close(self, *, gone: bool = False) -> None:
        """Close all pages: for good, if what they were opened at is gone."""
        self._async_look_away()
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
        if self._slow.pop(stream, None) and not self._slow and self._checking is not None:
            self._checking.cancel()
            self._checking = None
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
            if not async_call(stream.async_wake, failed=self._failed):
                # It asks again, and begins with a new picture.
                stream.async_drop()
        self._async_wake(())


@callback
def _look() -> None:
    """Do nothing about what is new: who looks will ask again."""
