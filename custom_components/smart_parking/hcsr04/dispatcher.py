"""One thread that waits for the edges of all watched pins and calls their handlers."""

from collections.abc import Callable
import logging
from os import close as close_fd, eventfd, eventfd_read, eventfd_write
from select import POLLIN, poll
from threading import Lock, Thread, current_thread

import gpiod

from .edges import EdgeReader
from .errors import LineLostError

_LOGGER = logging.getLogger(__name__)

type Handler = Callable[[gpiod.EdgeEvent], None]


class Dispatcher:
    """Calls handlers when lines change.

    Its thread lives as long as there is a line to watch. Handlers run in that thread, and without
    a lock, so they may start and stop watching.
    """

    def __init__(self) -> None:
        """Start with nothing to watch and no thread."""
        self._lock = Lock()
        self._watched: dict[int, tuple[EdgeReader, Handler]] = {}
        self._thread: Thread | None = None
        self._wake_fd = -1

    def watch(self, request: gpiod.LineRequest, handler: Handler) -> None:
        """Call a handler for every edge of a request, from now on."""
        with self._lock:
            self._watched[request.fd] = (EdgeReader(request), handler)
            if self._thread is None:
                self._wake_fd = eventfd(0)
                self._thread = Thread(target=self._run, name="gpio edges", daemon=True)
                self._thread.start()
            self._wake()

    def forget(self, request: gpiod.LineRequest) -> None:
        """Stop watching a request, which may be released as soon as this returns."""
        with self._lock:
            self._watched.pop(request.fd, None)
            self._wake()

    def close(self) -> None:
        """Stop watching all requests and wait for the thread to end."""
        with self._lock:
            self._watched.clear()
            self._wake()
            thread = self._thread
        if thread is not None and thread is not current_thread():
            thread.join()

    def _wake(self) -> None:
        """Wake the thread to read its list again."""
        if self._thread is not None:
            eventfd_write(self._wake_fd, 1)

    def _run(self) -> None:
        while self._wait():
            for handler, event in self._read():
                try:
                    handler(event)
                except Exception:
                    _LOGGER.exception("A handler of GPIO%s failed", event.line_offset)

    def _wait(self) -> bool:
        """Sleep until an event; return whether there is still a line to watch."""
        with self._lock:
            if not self._watched:
                close_fd(self._wake_fd)
                self._thread = None
                return False
            sleeper = poll()
            sleeper.register(self._wake_fd, POLLIN)
            for fd in self._watched:
                sleeper.register(fd, POLLIN)
        if any(fd == self._wake_fd for fd, _ in sleeper.poll()):
            eventfd_read(self._wake_fd)
        return True

    def _read(self) -> list[tuple[Handler, gpiod.EdgeEvent]]:
        """Return the handlers to call, with their events.

        Lines may have come and gone during the sleep, so each is asked afresh; the lock prevents
        that they are released meanwhile.
        """
        calls: list[tuple[Handler, gpiod.EdgeEvent]] = []
        with self._lock:
            for fd, (reader, handler) in list(self._watched.items()):
                try:
                    calls += [(handler, event) for event in reader.read()]
                except LineLostError:
                    # The next user of the pin gets the error; a lost line would wake the thread
                    # forever.
                    del self._watched[fd]
        return calls
