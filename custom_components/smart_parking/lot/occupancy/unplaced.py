"""Readings that show neither the floor nor a vehicle: for how long, and what that is called."""

from ..model import Fault
from .steadiness import SteadyDistance

# A floor out of hearing is a fault when it lasts; over a vehicle it is usual, windscreens deflect.
UNPLACED_VACANT_S = 10.0
UNPLACED_OCCUPIED_S = 3600.0
# Of a sensor that is slow, so many readings in a row are no accident.
UNPLACED_READINGS = 6

_VAGUEST_FIRST = (Fault.NO_TARGET, Fault.TOO_NEAR, Fault.FLOOR_NOT_SEEN, Fault.MISCALIBRATED)


class Unplaced:
    """The readings of one bay since its floor or a vehicle was heard last."""

    __slots__ = ("_count", "since", "steady")

    def __init__(self) -> None:
        """Initialize with nothing missed."""
        self.steady = SteadyDistance()
        """The distance that such readings keep giving."""
        self.since: float | None = None
        """Since when, in seconds on the monotonic clock."""
        self._count = 0

    def clear(self) -> None:
        """Record that floor or vehicle are heard again."""
        self.since, self._count = None, 0

    def add(self, distance_m: float) -> Fault:
        """Return what is wrong with a distance, in metres, that is neither."""
        self.steady.add(distance_m)
        return Fault.MISCALIBRATED if self.steady else Fault.FLOOR_NOT_SEEN

    def lasts(
        self, fault: Fault, at: float, *, occupied: bool | None, before: Fault | None
    ) -> Fault | None:
        """Return what is to be said when this has lasted too long; `before` is what was said."""
        if self.since is None:
            self.since = at
        self._count += 1
        timeout_s = UNPLACED_OCCUPIED_S if occupied else UNPLACED_VACANT_S
        if at - self.since < timeout_s or self._count < UNPLACED_READINGS:
            return None
        if before in _VAGUEST_FIRST:
            return max(fault, before, key=_VAGUEST_FIRST.index)
        return fault
