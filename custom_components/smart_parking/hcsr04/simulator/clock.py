"""Two clocks: real time, and time that passes as fast as it can be computed."""

from threading import Event
from time import monotonic_ns
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock that can be waited on."""

    def now_ns(self) -> int:
        """Return the time, in ns. Never goes back."""

    def wait_until(self, at_ns: int, interrupt: Event | None = None) -> None:
        """Return at a time in ns, or as soon as an event is set; at once when it is past."""


class RealClock:
    """The machine's own clock. Waiting sleeps, and an event set by any thread ends it."""

    def now_ns(self) -> int:
        """Return the machine's monotonic clock, in ns."""
        return monotonic_ns()

    def wait_until(self, at_ns: int, interrupt: Event | None = None) -> None:
        """Sleep until a time in ns, or until the event is set."""
        left_s = (at_ns - monotonic_ns()) * 1e-9
        if left_s > 0.0:
            (interrupt or Event()).wait(left_s)


class VirtualClock:
    """A clock that moves only when it is waited on: a week passes while it is computed."""

    def __init__(self, start_ns: int = 0) -> None:
        """Initialize at a time in ns."""
        self._now_ns = start_ns

    def now_ns(self) -> int:
        """Return the time of the last wait, in ns."""
        return self._now_ns

    def wait_until(self, at_ns: int, interrupt: Event | None = None) -> None:
        """Set the time, unless the event is set."""
        if at_ns > self._now_ns and not (interrupt is not None and interrupt.is_set()):
            self._now_ns = at_ns
