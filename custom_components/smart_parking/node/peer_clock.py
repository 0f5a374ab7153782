"""When something happened elsewhere, on the clock of here."""

from __future__ import annotations

# Quartz clocks differ by less than this; delays that are forgotten at this pace do no harm.
DRIFT = 0.0002


class PeerClock:
    """Maps the monotonic clock of one run of a node to that of this machine, in seconds.

    The message that took least time tells how the clocks stand; what took longer was on its way
    for the rest.
    """

    def __init__(self, run: str) -> None:
        """Initialize without a message of the run."""
        self.run = run
        self._ahead_s: float | None = None
        self._heard_at = 0.0

    def hear(self, up_ms: int, at: float) -> None:
        """Learn that a message came at a time that was sent at a time of the node's clock."""
        ahead_s = at - up_ms / 1e3
        if self._ahead_s is None:
            self._ahead_s = ahead_s
        else:
            passed_s = max(0.0, at - self._heard_at)
            self._ahead_s = min(ahead_s, self._ahead_s + DRIFT * passed_s)
        self._heard_at = at

    def at(self, up_ms: int) -> float:
        """Return when it was so late on the node's clock; never later than a message was heard."""
        if self._ahead_s is None:
            return self._heard_at
        return min(self._heard_at, up_ms / 1e3 + self._ahead_s)
