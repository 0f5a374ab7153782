"""Bays are counted to the area that they lie in."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..model import Point
from .model import Drawing, DrawnBay, DrawnZone


def with_zones(drawing: Drawing, before: Drawing) -> Drawing:
    """Return a drawing on which each bay has the zone of the area that it lies in.

    A bay that lies in none keeps what was typed, but not the name of an area, now or `before`: it
    has been moved out of that, or the area is gone. Of areas in one another the smallest counts.
    """
    names = {zone.name for one in (before, drawing) for zone in one.zones.values()}
    if not names:
        return drawing
    areas = sorted(drawing.zones.values(), key=lambda zone: area_m2(zone.points))
    bays: dict[str, DrawnBay] = {}
    for bay_id, bay in drawing.bays.items():
        zone = _zone_of(bay, areas)
        if zone is None:
            zone = "" if bay.zone in names else bay.zone
        bays[bay_id] = bay if bay.zone == zone else replace(bay, zone=zone)
    return replace(drawing, bays=bays)


def _zone_of(bay: DrawnBay, areas: Sequence[DrawnZone]) -> str | None:
    """Return the name of the first area that the middle of a bay lies in."""
    return next(
        (
            zone.name
            for zone in areas
            if zone.level == bay.level and is_inside((bay.x, bay.y), zone.points)
        ),
        None,
    )


def is_inside(point: Point, corners: Sequence[Point]) -> bool:
    """Return whether a point lies within an area."""
    x, y = point
    is_in = False
    for (x1, y1), (x2, y2) in pairwise((*corners, corners[0])):
        if (y1 > y) is not (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            is_in = not is_in
    return is_in


def area_m2(corners: Sequence[Point]) -> float:
    """Return how large an area is."""
    around = pairwise((*corners, corners[0]))
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)) / 2.0
