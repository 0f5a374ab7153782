"""Detection of changes of the wall clock, by the monotonic clock."""

import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

# A clock that is synchronized by the network moves by less at a time.
STEP_S = 1.0
# Seconds between checks, for code that depends on times of day.
CHECK_INTERVAL_S = 30.0


def epoch_s() -> float:
    """Return the time, in seconds since the epoch."""
    return dt_util.utcnow().timestamp()


def epoch_of(monotonic_s: float) -> float:
    """Return a time of the monotonic clock in seconds since the epoch.

    The result is never later than now, because nothing is measured in the future.
    """
    return epoch_s() - max(0.0, time.monotonic() - monotonic_s)


class ClockWatch:
    """Compares the wall clock with the time that has passed."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize; the clock counts as right now."""
        self._hass = hass
        self._ahead_s = self._difference_s()

    def set_by_s(self) -> float:
        """Return by how many seconds the clock was set since the last call."""
        difference_s = self._difference_s()
        set_by_s = difference_s - self._ahead_s
        if abs(set_by_s) < STEP_S:
            return 0.0
        self._ahead_s = difference_s
        return set_by_s

    def _difference_s(self) -> float:
        """Return how many seconds the wall clock is ahead of the monotonic clock."""
        return epoch_s() - self._hass.loop.time()
