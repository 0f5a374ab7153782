"""Coherence of the distances of one bay: noise and contradictions, whatever the occupancy."""

from ..model import Fault
from .steadiness import SAME_SURFACE_M
from .surfaces import Place

# Number of readings that the shares are taken over: at 500 ms, noise is named after 10 to 20 s.
WINDOW_READINGS = 40
# Share of odd readings that names a fault. A good sensor gives up to 12 % outliers on a bad
# surface; of a sensor that hears only noise, nine readings in ten are odd.
ODD_SHARE = 0.4
NEGLIGIBLE_SHARE = 0.01
# Number of coherent readings in a row that clears a fault.
CALM_READINGS = 20


# A distance beyond the floor excludes a vehicle. A floor that alternates with a vehicle may be a
# motorcycle that has just come, so it is odd only when nothing else is heard.
_CONTRARY = {
    (Place.VEHICLE, Place.BEYOND): 1.0,
    (Place.BEYOND, Place.VEHICLE): 1.0,
    (Place.VEHICLE, Place.FLOOR): 0.5,
    (Place.FLOOR, Place.VEHICLE): 0.5,
}


class Coherence:
    """Shares of readings that repeat no earlier one, and of readings that contradict the last."""

    __slots__ = (
        "_calm",
        "_contrary",
        "_last_m",
        "_last_place",
        "_noise",
        "_second_last_m",
        "fault",
    )

    def __init__(self) -> None:
        """Initialize with nothing odd."""
        self.fault: Fault | None = None
        self._noise = 0.0
        self._contrary = 0.0
        self._last_m = self._second_last_m = -1.0
        self._last_place = Place.FLOOR
        self._calm = 0
        """Number of readings since the newest odd one."""

    def __bool__(self) -> bool:
        """Return whether a recent reading was odd, so that normal readings have to be counted."""
        return self._noise > NEGLIGIBLE_SHARE or self._contrary > NEGLIGIBLE_SHARE

    def add(self, distance_m: float, place: Place, *, is_expected: bool, is_occupied: bool) -> None:
        """Add a distance; it is expected when it is the floor's or the vehicle's."""
        repeats = (
            is_expected
            or abs(distance_m - self._last_m) < SAME_SURFACE_M
            or abs(distance_m - self._second_last_m) < SAME_SURFACE_M
        )
        contrary = _CONTRARY.get((place, self._last_place), 0.0)
        if is_occupied and Place.FLOOR in (place, self._last_place):
            # The floor may show beside a vehicle, so a gap is no contradiction.
            contrary = 0.0
        self._noise += ((not repeats) - self._noise) / WINDOW_READINGS
        self._contrary += (contrary - self._contrary) / WINDOW_READINGS
        self._last_m, self._second_last_m = distance_m, self._last_m
        self._last_place = place
        self._judge(is_odd=not repeats or contrary > 0.0)

    def _judge(self, *, is_odd: bool) -> None:
        """Set the fault, or clear it after enough coherent readings."""
        self._calm = 0 if is_odd else self._calm + 1
        if self.fault is not None:
            if self._calm >= CALM_READINGS:
                self.fault, self._noise, self._contrary = None, 0.0, 0.0
        elif self._noise > ODD_SHARE:
            self.fault = Fault.NOISE
        elif self._contrary > ODD_SHARE:
            self.fault = Fault.CONTRADICTORY
