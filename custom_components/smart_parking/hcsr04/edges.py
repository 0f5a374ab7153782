"""Waiting for edges and reading them, for any file descriptor and without ever blocking."""

from select import POLLIN, poll
from time import sleep

import gpiod

from .chips import EDGES_MAX, lost_if_failing
from .errors import LineLostError

MS_NS = 1_000_000


class EdgeReader:
    """Reads the edges of claimed lines.

    `gpiod.LineRequest.wait_edge_events` uses select(2), which fails for file descriptors from 1024
    on, and its `read_edge_events` blocks when there is nothing to read. Hence poll(2), and a look
    before each read.
    """

    def __init__(self, request: gpiod.LineRequest) -> None:
        """Read from lines that were claimed with edge detection."""
        self._request = request
        # Even when poll asks for no event, it reports that the chip has vanished.
        self._alive = poll()
        self._alive.register(request.fd, 0)
        self._ready = poll()
        self._ready.register(request.fd, POLLIN)

    def wait(self, time_ns: int) -> None:
        """Sleep, however many edges come; end early when the chip vanishes."""
        whole_ms, rest_ns = divmod(time_ns, MS_NS)
        self._alive.poll(whole_ms)
        # poll(2) counts in milliseconds.
        sleep(rest_ns / 1e9)

    def read(self) -> list[gpiod.EdgeEvent]:
        """Return the kernel's buffered edges, oldest first, at once; may raise `LineLostError`."""
        ready = self._ready.poll(0)
        if not ready:
            return []
        if ready[0][1] != POLLIN:
            raise LineLostError("The GPIO chip is gone")
        with lost_if_failing():
            return self._request.read_edge_events(EDGES_MAX)
