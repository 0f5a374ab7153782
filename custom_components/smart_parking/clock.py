"""Notices that the wall clock has been set, by one that cannot be."""

import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

# A clock that is kept right by the network is moved by less at a time, and nobody sees it.
STEP_S = 1.0
# So often somebody looks who has times of day to keep.
LOOK_S = 30.0


def epoch_s() -> float:
    """Return the time, in seconds since the epoch."""
    return dt_util.utcnow().timestamp()


def epoch_of(monotonic_s: float) -> float:
    """Return a time of the monotonic clock, as sensors have it, in seconds since the epoch.

    Nothing has been measured later than now.
    """
    return epoch_s() - max(0.0, time.monotonic() - monotonic_s)


class ClockWatch:
    """Compares the wall clock with the time that has passed."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize; the clock counts as right now."""
        self._hass = hass
        self._ahead_s = self._difference_s()

    def set_by_s(self) -> float:
        """Return by how much the clock was set since somebody last asked, in seconds."""
        difference_s = self._difference_s()
        set_by_s = difference_s - self._ahead_s
        if abs(set_by_s) < STEP_S:
            return 0.0
        self._ahead_s = difference_s
        return set_by_s

    def _difference_s(self) -> float:
        """Return how much the one clock is ahead of the other."""
        return epoch_s() - self._hass.loop.time()
