"""Conversion of metres on the plan to positions on the Earth."""

from dataclasses import dataclass
from math import cos, degrees, radians, sin, sqrt
from typing import NamedTuple

# WGS 84: NIMA TR8350.2, table 3.1 and 3.3.
SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_SQUARED = 6.694_379_990_14e-3

# A degree has 111 km: seven decimals are a centimetre.
DECIMALS = 7

# Closer to a pole, degrees of longitude are useless.
LATITUDE_MAX = 89.0


class Position(NamedTuple):
    """A position on the Earth, in degrees of WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Position and direction of a plan on the Earth."""

    position: Position
    x: float = 0.0
    y: float = 0.0
    bearing: float | None = None
    """Direction of "up" on the plan, in degrees clockwise from north; None if it is unknown."""

    def locate(self, x: float, y: float) -> Position:
        """Return the position of a point of the plan; without a bearing that of the anchor."""
        latitude, longitude = self.position
        if self.bearing is None:
            return _rounded(latitude, longitude)
        turn = radians(self.bearing)
        right, up = x - self.x, y - self.y
        east = right * cos(turn) + up * sin(turn)
        north = up * cos(turn) - right * sin(turn)
        parallel = radians(max(-LATITUDE_MAX, min(LATITUDE_MAX, latitude)))
        # The radii of curvature along the meridian and across it: within a car park, the Earth is
        # flat, but not a sphere.
        flat = 1.0 - ECCENTRICITY_SQUARED * sin(parallel) ** 2
        across_m = SEMI_MAJOR_M / sqrt(flat)
        along_m = across_m * (1.0 - ECCENTRICITY_SQUARED) / flat
        return _rounded(
            latitude + degrees(north / along_m),
            longitude + degrees(east / (across_m * cos(parallel))),
        )


def _rounded(latitude: float, longitude: float) -> Position:
    """Return a position in a sensible precision."""
    return Position(round(latitude, DECIMALS), round(longitude, DECIMALS))
