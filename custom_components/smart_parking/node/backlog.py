"""The changes that have not been known to arrive: in order, and not for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from .messages import Belief

# Four weeks of a quiet bay, or an hour of 80 bays that change every half a minute.
BACKLOG_MAX = 10_000


class Backlog:
    """Numbers changes, and remembers them until they are acknowledged."""

    def __init__(self, since_ms: int, most: int = BACKLOG_MAX) -> None:
        """Initialize with nothing; what happened before a time is not in it."""
        self.seq = 0
        self.since_ms = since_ms
        """Since when nothing that happened has been forgotten before it arrived."""
        self._most = most
        self._waiting: deque[Belief] = deque()

    def __len__(self) -> int:
        """Return how many changes wait."""
        return len(self._waiting)

    def next_seq(self) -> int:
        """Return the number of the next change."""
        self.seq += 1
        return self.seq

    def add(self, change: Belief) -> None:
        """Add a change; of too many, the oldest is forgotten."""
        self._waiting.append(change)
        if len(self._waiting) > self._most:
            self.since_ms = max(self.since_ms, self._waiting.popleft().up_ms)

    def acknowledge(self, seq: int) -> None:
        """Forget the changes up to a number: they have arrived."""
        while self._waiting and self._waiting[0].seq <= seq:
            self._waiting.popleft()

    def waiting(self) -> Sequence[Belief]:
        """Return the changes that wait, in order."""
        return [*self._waiting]
