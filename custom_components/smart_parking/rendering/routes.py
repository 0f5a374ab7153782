"""Drawing of routes, and conversion of points of a plan."""

from collections.abc import Iterable
from math import atan2, degrees, hypot

from ..lot.model import Place, Point
from .marks import UNITS_PER_M, number
from .view import Spot

# The route ends this far before a bay's mouth.
MOUTH_M = 0.15
# Radius of the route's corners, in units.
BEND = 18.0


def route_on_level(way: Iterable[Place], target: Spot) -> list[Point]:
    """Return the corners of the last part of a route, on the bay's level, up to its mouth."""
    points: list[Point] = []
    for level, x, y in way:
        if level != target.bay.level:
            points = []
        else:
            points.append((x, y))
    while points and target.holds(points[-1], MOUTH_M):
        points.pop()
    return [*points, target.at(-target.shape.length / 2.0 - MOUTH_M)] if points else []


def turn_of(start: Point, end: Point) -> float:
    """Return the direction from a point to another, in degrees clockwise from right."""
    return degrees(-atan2(end[1] - start[1], end[0] - start[0]))


def bent(corners: Iterable[Point], scale: float = 1.0) -> str:
    """Return a path through corners, rounded as a car drives, for a scale."""
    points = [(x / scale, y / scale) for x, y in map(units, corners)]
    path = f"M{_pair(points[0])}"
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        path += f"L{_pair(_towards(point, before))}Q{_pair(point)} {_pair(_towards(point, after))}"
    return f"{path}L{_pair(points[-1])}"


def _towards(start: Point, end: Point) -> Point:
    """Return where a bend begins between two corners."""
    distance = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    part = min(BEND, distance / 2.0) / distance
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def units(point: Point) -> Point:
    """Return a point of the plan in units of a drawing."""
    return point[0] * UNITS_PER_M, -point[1] * UNITS_PER_M


def _pair(point: Point) -> str:
    """Return a point as paths write it."""
    return f"{number(point[0])} {number(point[1])}"


def polygon(corners: Iterable[Point]) -> str:
    """Return a path around corners."""
    return f"M{'L'.join(_pair(corner) for corner in corners)}Z"
