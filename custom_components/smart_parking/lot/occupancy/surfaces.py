"""Surfaces that a distance may come from: the floor of an empty bay, a vehicle, or neither."""

from enum import Enum, auto
from math import exp, inf, isfinite, log, pi, sqrt

# Distances of an empty bay: the floor, within noise and a thermometer's error, and at times more
# (air that warmed while the floor was hidden, snow, a kerb).
FLOOR_SIGMA_M = 0.012
FLOOR_SHARE = 0.75
FLOOR_WIDE_SIGMA_M = 0.12
FLOOR_WIDE_SHARE = 0.20
# From a frosty night to a hot noon a floor seems to move by 17 cm; no floor is further off.
FLOOR_REACH_M = 0.30
# Distances of a vehicle: none is lower than 45 cm where a sensor sees it, bonnets and roofs differ
# by some 2 m from the lowest to the highest, and a standing one repeats the distance it gave
# before.
VEHICLE_MIN_HEIGHT_M = 0.45
VEHICLE_BAND_M = 2.0
REPEAT_SHARE = 0.9
REPEAT_SIGMA_M = 0.015
# Readings of neither, spread over the sensor's range.
OUTLIER_SHARE = 0.05
SENSOR_RANGE_M = 4.0
# Share of pings without an echo from a vehicle, and from a bay whose floor is out of reach.
LOST_VEHICLE = 0.12
LOST_OPEN = 1.0 - OUTLIER_SHARE

# The empty distance follows slow drift with a time constant of 10 min, within these limits.
DRIFT_PER_READING = 1 / 1200
DRIFT_REACH_M = 0.25
DRIFT_LIMIT_M = 0.30


def _bell(sigma_m: float) -> tuple[float, float]:
    """Return the peak and the exponent's factor of a normal distribution."""
    return 1.0 / (sigma_m * sqrt(2.0 * pi)), -0.5 / (sigma_m * sigma_m)


_FLOOR_PEAK, _FLOOR_EXP = _bell(FLOOR_SIGMA_M)
_WIDE_PEAK, _WIDE_EXP = _bell(FLOOR_WIDE_SIGMA_M)
_REPEAT_PEAK, _REPEAT_EXP = _bell(REPEAT_SIGMA_M)
_OUTLIER_DENSITY = OUTLIER_SHARE / SENSOR_RANGE_M
_VEHICLE_DENSITY = (1.0 - OUTLIER_SHARE) * (1.0 - REPEAT_SHARE) / VEHICLE_BAND_M
_REPEAT_DENSITY = (1.0 - OUTLIER_SHARE) * REPEAT_SHARE * _REPEAT_PEAK


class Place(Enum):
    """Surface of a bay that a distance belongs to."""

    FLOOR = auto()
    VEHICLE = auto()
    BETWEEN = auto()
    """Higher than the floor, lower than any vehicle."""
    BEYOND = auto()
    """Farther than the floor: an echo over a detour."""


class Surfaces:
    """The surfaces of one empty bay.

    `empty_m` is the floor's distance in metres, `OUT_OF_REACH` where an empty bay gives no echo, or
    None while it is not calibrated. Some bays have two surfaces, a drain or a slope beside the
    floor: the farther one is `far_m`.
    """

    __slots__ = ("_calibrated_m", "_far_off_m", "empty_m")

    def __init__(self, empty_m: float | None, far_m: float | None = None) -> None:
        """Initialize with the calibrated distances."""
        self.calibrate(empty_m, far_m)

    @property
    def far_m(self) -> float | None:
        """The distance of the farther surface, in metres, if there is one."""
        if self.empty_m is None or self._far_off_m is None:
            return None
        return self.empty_m + self._far_off_m

    def calibrate(self, empty_m: float | None, far_m: float | None = None) -> None:
        """Set the distances of the empty bay, in metres."""
        self.empty_m = self._calibrated_m = empty_m
        self._far_off_m = None if empty_m is None or far_m is None else far_m - empty_m

    def off_floor_m(self, distance_m: float) -> float:
        """Return how much farther than the nearest surface of the empty bay a distance is."""
        if self.empty_m is None:
            return inf
        off_m = distance_m - self.empty_m
        if self._far_off_m is not None and abs(off_m - self._far_off_m) < abs(off_m):
            return off_m - self._far_off_m
        return off_m

    def place(self, distance_m: float) -> Place:
        """Return the surface of a distance; `BETWEEN` while the bay is not calibrated."""
        if self.empty_m is None:
            return Place.BETWEEN
        if distance_m < self.empty_m - VEHICLE_MIN_HEIGHT_M:
            return Place.VEHICLE
        off_m = self.off_floor_m(distance_m)
        if abs(off_m) <= FLOOR_REACH_M:
            return Place.FLOOR
        return Place.BEYOND if distance_m > self.empty_m else Place.BETWEEN

    def weigh(self, distance_m: float, moved_m: float, shows: float) -> tuple[float, float]:
        """Return the log-likelihood ratio of a distance, vehicle over empty, and its gap share.

        `moved_m` is how far the distance is from where the vehicle was before, `shows` the share of
        pings that pass beside the vehicle. The gap share is how likely this ping passed the
        vehicle, if there is one.
        """
        off_m = self.off_floor_m(distance_m)
        floor = FLOOR_SHARE * _FLOOR_PEAK * exp(_FLOOR_EXP * off_m * off_m)
        floor += FLOOR_WIDE_SHARE * _WIDE_PEAK * exp(_WIDE_EXP * off_m * off_m)
        seen = _OUTLIER_DENSITY + floor
        vehicle = _OUTLIER_DENSITY + shows * floor
        gap = 1.0 - _OUTLIER_DENSITY / vehicle
        if self.place(distance_m) is Place.VEHICLE:
            vehicle += _VEHICLE_DENSITY
            vehicle += _REPEAT_DENSITY * exp(_REPEAT_EXP * moved_m * moved_m)
        return log(vehicle / seen), gap

    def follow(self, distance_m: float) -> None:
        """Follow a floor that moves slowly."""
        off_m = self.off_floor_m(distance_m)
        if (
            self.empty_m is not None
            and self._calibrated_m is not None
            and abs(off_m) <= DRIFT_REACH_M
        ):
            low, high = self._calibrated_m - DRIFT_LIMIT_M, self._calibrated_m + DRIFT_LIMIT_M
            self.empty_m = min(high, max(low, self.empty_m + DRIFT_PER_READING * off_m))

    @property
    def is_out_of_reach(self) -> bool:
        """Whether an empty bay gives no echo."""
        return self.empty_m is not None and not isfinite(self.empty_m)


def weigh_silence(shows: float) -> tuple[float, float]:
    """Return what `Surfaces.weigh` returns, for no echo over a floor that is out of reach."""
    return log((LOST_VEHICLE + shows) / LOST_OPEN), shows / (shows + LOST_VEHICLE)
