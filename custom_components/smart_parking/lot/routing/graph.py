"""Graph of the lanes that cross and touch, and of the ramps between levels.

Points are complex numbers, x + iy in metres, in the plane of their level.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from math import ceil, floor, hypot, inf
from typing import NamedTuple

from ..model import Lane, Place

# A lane that ends nearer than this to another one is joined to it.
JOIN_M = 1.0
# The finest detail of a drawn plan.
GRAIN_M = 0.01

_CELL_M = 16.0
_RINGS = 4
# Directions whose sine is less than this are the same.
_PARALLEL = 1e-9


class LaneSegment(NamedTuple):
    """A straight piece of a lane."""

    start: complex
    end: complex
    one_way: bool

    def part(self, place: complex) -> float:
        """Return how far along it a place is: 0 at its start, 1 at its end."""
        return ((place - self.start) / (self.end - self.start)).real

    def nearest(self, place: complex) -> complex:
        """Return the point on it that is nearest to a place."""
        return self.start + (self.end - self.start) * min(1.0, max(0.0, self.part(place)))


class LaneLayer:
    """The lanes of one level, and the nodes on them."""

    def __init__(self, lanes: Iterable[Lane]) -> None:
        """Cut lanes into straight segments, and these where they cross or touch."""
        self._stretches = [
            LaneSegment(start, end, lane.one_way)
            for lane in lanes
            for start, end in pairwise(complex(*point) for point in lane.points)
            if abs(end - start) > GRAIN_M
        ]
        self._points: list[list[complex]] = [[one.start, one.end] for one in self._stretches]
        self._cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for number, one in enumerate(self._stretches):
            for cell in _cells_along(one.start, one.end):
                self._cells[cell].append(number)
        self.gaps = [*self._join()]

    def foot(self, place: complex, reach_m: float = inf) -> complex | None:
        """Return the point of the lanes nearest to a place, and make it a node.

        None where there are no lanes, or none within reach.
        """
        best: complex | None = None
        number, away_m, covered_m = 0, reach_m, -1.0
        around = self._around(place)
        while away_m > covered_m:
            covered_m, candidates = next(around)
            for one in candidates:
                point = self._stretches[one].nearest(place)
                if (metres := abs(place - point)) < away_m:
                    best, number, away_m = point, one, metres
        if best is not None:
            self._points[number].append(best)
        return best

    def foot_ahead(self, place: complex, reach: complex) -> complex | None:
        """Return where a short line straight ahead first meets a lane, and make it a node."""
        ahead = LaneSegment(place, place + reach, one_way=True)
        met = [
            (ahead.part(point), number, point)
            for number in self._near(place)
            if (point := _crossing(ahead, self._stretches[number])) is not None
        ]
        if not met:
            return None
        _, number, point = min(met)
        self._points[number].append(point)
        return point

    def lines(self) -> Iterator[tuple[list[complex], bool]]:
        """Yield the nodes of every segment in order, and whether it is one-way."""
        for stretch, points in zip(self._stretches, self._points, strict=True):
            yield sorted(points, key=stretch.part), stretch.one_way

    def _join(self) -> Iterator[tuple[complex, complex]]:
        """Join segments where they cross; yield the gaps where they nearly do."""
        met = {pair for cell in self._cells.values() for pair in combinations(cell, 2)}
        for one, other in sorted(met):
            point = _crossing(self._stretches[one], self._stretches[other])
            if point is not None:
                self._points[one].append(point)
                self._points[other].append(point)
        for number, stretch in enumerate(self._stretches):
            for end in (stretch.start, stretch.end):
                for other in self._near(end) - {number}:
                    point = self._stretches[other].nearest(end)
                    if abs(point - end) <= JOIN_M:
                        self._points[other].append(point)
                        yield end, point

    def _near(self, place: complex) -> set[int]:
        """Return at least the segments that are less than a cell away from a place."""
        column, line = _cell(place)
        return {
            number
            for cell in ((column + x, line + y) for x in (-1, 0, 1) for y in (-1, 0, 1))
            for number in self._cells.get(cell, ())
        }

    def _around(self, place: complex) -> Iterator[tuple[float, Iterable[int]]]:
        """Yield segments further and further away; none within the distance is left out."""
        column, line = _cell(place)
        yield _CELL_M, self._near(place)
        for ring in range(2, _RINGS):
            yield (
                ring * _CELL_M,
                [
                    number
                    for x in range(-ring, ring + 1)
                    for y in range(-ring, ring + 1)
                    if max(abs(x), abs(y)) == ring
                    for number in self._cells.get((column + x, line + y), ())
                ],
            )
        yield inf, range(len(self._stretches))


class LaneGraph:
    """Nodes, and from each the others that vehicles can drive to."""

    def __init__(self) -> None:
        """Initialize without any."""
        self.places: list[Place] = []
        self.links: list[dict[int, float]] = []
        self._nodes: dict[tuple[str, int, int], int] = {}

    def node(self, level: str, point: complex) -> int:
        """Return the number of the node at a place, which is added if it is missing."""
        key = level, round(point.real / GRAIN_M), round(point.imag / GRAIN_M)
        node = self._nodes.setdefault(key, len(self.places))
        if node == len(self.places):
            self.places.append(Place(level, round(point.real, 2), round(point.imag, 2)))
            self.links.append({})
        return node

    def link(
        self, start: int, end: int, *, metres: float | None = None, one_way: bool = False
    ) -> None:
        """Link a node to another, by a straight line unless its length is given."""
        if start == end:
            return
        if metres is None:
            metres = apart_m(self.places[start], self.places[end])
        self.links[start][end] = min(metres, self.links[start].get(end, inf))
        if not one_way:
            self.link(end, start, metres=metres, one_way=True)

    def add_sheet(self, level: str, sheet: LaneLayer) -> None:
        """Add the lanes of a level."""
        for points, one_way in sheet.lines():
            for start, end in pairwise(self.node(level, point) for point in points):
                self.link(start, end, one_way=one_way)
        for one, other in sheet.gaps:
            self.link(self.node(level, one), self.node(level, other))


def apart_m(one: Place, other: Place) -> float:
    """Return the distance between two places on the plan."""
    return hypot(one.x - other.x, one.y - other.y)


def _cell(place: complex) -> tuple[int, int]:
    """Return the cell of a place."""
    return floor(place.real / _CELL_M), floor(place.imag / _CELL_M)


def _cells_along(start: complex, end: complex) -> set[tuple[int, int]]:
    """Return the cells that a straight line passes, and some beside them."""
    steps = ceil(abs(end - start) / _CELL_M)
    corners = [_cell(start + (end - start) * step / steps) for step in range(steps + 1)]
    return {
        (column, line)
        for (left, low), (right, high) in pairwise(corners)
        for column in range(min(left, right), max(left, right) + 1)
        for line in range(min(low, high), max(low, high) + 1)
    }


def _crossing(one: LaneSegment, other: LaneSegment) -> complex | None:
    """Return where two segments cross, or None where they do not, or are parallel."""
    way, across, gap = one.end - one.start, other.end - other.start, other.start - one.start
    slant = _cross(way, across)
    if abs(slant) <= _PARALLEL * abs(way) * abs(across):
        return None
    part, of_other = _cross(gap, across) / slant, _cross(gap, way) / slant
    if 0.0 <= part <= 1.0 and 0.0 <= of_other <= 1.0:
        return one.start + way * part
    return None


def _cross(one: complex, other: complex) -> float:
    """Return the cross product of two vectors: positive when the second turns to the left."""
    return (one.conjugate() * other).imag
