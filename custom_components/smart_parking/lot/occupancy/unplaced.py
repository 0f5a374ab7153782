"""Readings that show neither the floor nor a vehicle: how long they last, and their fault."""

from ..model import Fault
from .steadiness import SteadyDistance

# A missing floor is a fault when it lasts; over a vehicle it is usual, as windscreens deflect
# sound.
UNPLACED_VACANT_S = 10.0
UNPLACED_OCCUPIED_S = 3600.0
# The least number of such readings in a row, for slow sensors.
UNPLACED_READINGS = 6

_VAGUEST_FIRST = (Fault.NO_TARGET, Fault.TOO_NEAR, Fault.FLOOR_NOT_SEEN, Fault.MISCALIBRATED)


class Unplaced:
    """The readings of one bay since the last one of its floor or a vehicle."""

    __slots__ = ("_count", "since", "steady")

    def __init__(self) -> None:
        """Initialize without any."""
        self.steady = SteadyDistance()
        """The distance that such readings repeat."""
        self.since: float | None = None
        """When the first of them came, in seconds on the monotonic clock."""
        self._count = 0

    def clear(self) -> None:
        """Reset when the floor or a vehicle is heard again."""
        self.since, self._count = None, 0

    def add(self, distance_m: float) -> Fault:
        """Add a distance, in metres, that is neither; return its fault."""
        self.steady.add(distance_m)
        return Fault.MISCALIBRATED if self.steady else Fault.FLOOR_NOT_SEEN

    def lasts(
        self, fault: Fault, at: float, *, occupied: bool | None, before: Fault | None
    ) -> Fault | None:
        """Return the fault once such readings have lasted; `before` is the current one."""
        if self.since is None:
            self.since = at
        self._count += 1
        timeout_s = UNPLACED_OCCUPIED_S if occupied else UNPLACED_VACANT_S
        if at - self.since < timeout_s or self._count < UNPLACED_READINGS:
            return None
        if before in _VAGUEST_FIRST:
            return max(fault, before, key=_VAGUEST_FIRST.index)
        return fault
