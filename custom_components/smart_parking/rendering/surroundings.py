"""What an owner has drawn around the bays: roads, ramps, walls and areas."""

from collections.abc import Iterable, Iterator
from math import atan2, degrees
from typing import NamedTuple

from ..lot.drawing.surroundings import RAMP_M, Surroundings, arrows
from ..lot.model import Point
from .glyphs import rounded
from .marks import UNITS_PER_M, Mark, Shape, Text, number
from .routes import polygon, units
from .view import FAR_PX_M, Box, around

LOOKS_AROUND = (
    "zone",
    "zone-name",
    "road",
    "road-arrow",
    "ramp",
    "ramp-arrow",
    "ramp-name",
    "wall",
)
"""The looks of all of it."""

ARROW_SPACING_M = 8.0
# How tall names are, in units.
NAME_UNITS = 15.0
_CHEVRON = "M-14 8L0 -8L14 8"
_ARROW = "M-12 -12L8 0L-12 12"


class RampEnd(NamedTuple):
    """Where a ramp leaves a level, and what the one is called that it leads to."""

    point: Point
    leads_to: str


def seen_around(surroundings: Surroundings, level: str) -> Box | None:
    """Return what all that is drawn on a level spans, if anything is."""
    points = [*surroundings.points(level)]
    return around(points) if points else None


def draw_zones(surroundings: Surroundings) -> Iterator[Mark]:
    """Yield the areas of a level, which lie below all else."""
    for zone in surroundings.zones:
        yield Shape("zone", polygon(map(units, zone.points)))


def draw_roads(surroundings: Surroundings) -> Iterator[Mark]:
    """Yield the lanes of a level."""
    for lane in surroundings.lanes:
        yield Shape("road", line(lane.points))


def draw_around(
    surroundings: Surroundings, ramps: Iterable[RampEnd], px_m: float
) -> Iterator[Mark]:
    """Yield what else is drawn on a level, seen so closely; it lies below the bays."""
    is_near = px_m >= FAR_PX_M
    for lane in surroundings.lanes:
        if lane.one_way and is_near:
            for point, (x, y) in arrows(lane.points, ARROW_SPACING_M):
                yield Shape("road-arrow", _ARROW, *units(point), _turn(x, y))
    for ramp in ramps:
        x, y = units(ramp.point)
        yield Shape("ramp", rounded(RAMP_M * UNITS_PER_M, RAMP_M * UNITS_PER_M, 6.0), x, y)
        yield Shape("ramp-arrow", _CHEVRON, x, y - 8.0)
        if is_near and ramp.leads_to:
            yield Text("ramp-name", ramp.leads_to, x, y + 24.0, NAME_UNITS)
    for wall in surroundings.walls:
        yield Shape("wall", line(wall.points))
    for zone in surroundings.zones if is_near else ():
        box = around(zone.points)
        x, y = units(((box.left + box.right) / 2.0, box.top))
        yield Text("zone-name", zone.name, x, y + 0.36 * NAME_UNITS, NAME_UNITS)


def line(points: Iterable[Point]) -> str:
    """Return a path from point to point."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in map(units, points))


def _turn(x: float, y: float) -> float:
    """Return a direction in degrees clockwise from right."""
    return degrees(-atan2(y, x))
