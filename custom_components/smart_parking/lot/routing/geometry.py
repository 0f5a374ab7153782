"""Geometry of bays on the plan: their sizes, and the direction in which vehicles point.

Owners enter the middle of a bay and seldom more. The rest is inferred from the plan: bays side by
side make a row, rows stand back to back or face each other over an aisle, and a vehicle points away
from its aisle, or from the lane if there is one drawn.
"""

from cmath import phase
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import ceil, degrees, floor, inf
from typing import NamedTuple

from ..model import Bay, BayKind, Gate, Lane
from .graph import LaneLayer

# A usual bay in Europe and North America is 2.3 to 2.7 m by 5.0 m; one for wheelchairs 3.5 m wide.
LENGTH_M = 5.0
WIDTH_M = 2.5
WIDTH_ACCESSIBLE_M = 3.5
WIDTH_MIN_M = 2.2
WIDTH_MAX_M = 3.6
MOTORCYCLE_LENGTH_M = 2.5
MOTORCYCLE_WIDTH_M = 1.2
MOTORCYCLE_WIDTH_MIN_M = 0.8
MOTORCYCLE_WIDTH_MAX_M = 1.5

# Bays of one row are at most this far apart, pillars and trees between them included.
REACH_M = 8.0
# The middles of a row's bays lie on a line within this.
LINE_M = 0.8
# Directions whose sine is less than this, some 20°, count as parallel.
PARALLEL = 0.35
# Rows back to back are a bay's length apart; over an aisle, a length and at least 3.5 m more.
BACK_TO_BACK_M = 7.0
# A row further away than this faces no row, and one further along is not opposite.
FACING_M = 20.0
OPPOSITE_M = 3.0
# A lane nearer to the middle of a row than this is the lane of its aisle.
LANE_M = 12.0
# Two middles nearer than this are one place, and a point nearer than this is on a row's line.
SAME_PLACE_M = 0.05
ON_LINE_M = 1.0

_CELL_M = 5.0


class Geometry(NamedTuple):
    """Area of a bay: sizes in metres, the heading in degrees counter-clockwise from +x."""

    width: float
    length: float
    heading: float


type _Point = tuple[str, float, float]
"""A level, x and y."""


def geometries(
    bays: Iterable[Bay], gates: Iterable[Gate], lanes: Iterable[Lane] = ()
) -> dict[str, Geometry]:
    """Return the geometry of each bay, by bay id: as given, else inferred from the plan."""
    entrances = tuple((gate.level, gate.x, gate.y) for gate in gates)
    return _infer(tuple(bays), entrances, tuple(lanes))


def gate_heading(gate: Gate, bays: Iterable[Bay]) -> float:
    """Return the direction of entry at a gate, in degrees: as given, else towards the bays.

    The bays are taken to lie away from the side of the level to which the gate is nearest.
    """
    if gate.heading is not None:
        return gate.heading
    here = [bay for bay in bays if bay.level == gate.level]
    if not here:
        return 0.0
    sides = (
        (gate.x - min(bay.x for bay in here), 0.0),
        (max(bay.x for bay in here) - gate.x, 180.0),
        (gate.y - min(bay.y for bay in here), 90.0),
        (max(bay.y for bay in here) - gate.y, 270.0),
    )
    return min(sides)[1]


# Cached, because every new client asks for the same plan.
@lru_cache(maxsize=4)
def _infer(
    bays: tuple[Bay, ...], entrances: tuple[_Point, ...], lanes: tuple[Lane, ...]
) -> dict[str, Geometry]:
    """Return the inferred geometry of each bay."""
    plan = _Plan(bays, entrances, lanes)
    found: dict[str, Geometry] = {}
    for row in plan.rows():
        given = next((turn for one in sorted(row) if (turn := bays[one].heading) is not None), None)
        heading = plan.heading(row) if given is None else given
        for one in row:
            bay = bays[one]
            found[bay.bay_id] = Geometry(
                plan.width(one) if bay.width is None else bay.width,
                _usual_length(bay) if bay.length is None else bay.length,
                (heading if bay.heading is None else bay.heading) % 360.0,
            )
    return found


def _usual_length(bay: Bay) -> float:
    """Return the usual length of such a bay, in metres."""
    return MOTORCYCLE_LENGTH_M if bay.kind is BayKind.MOTORCYCLE else LENGTH_M


def _usual_width(bay: Bay) -> float:
    """Return the usual width of such a bay without neighbours, in metres."""
    match bay.kind:
        case BayKind.MOTORCYCLE:
            return MOTORCYCLE_WIDTH_M
        case BayKind.ACCESSIBLE:
            return WIDTH_ACCESSIBLE_M
    return WIDTH_M


def _width_bounds(bay: Bay) -> tuple[float, float]:
    """Return the least and the largest width of such a bay, in metres."""
    if bay.kind is BayKind.MOTORCYCLE:
        return MOTORCYCLE_WIDTH_MIN_M, MOTORCYCLE_WIDTH_MAX_M
    return WIDTH_MIN_M, WIDTH_MAX_M


class _Plan:
    """All bays, by their places.

    Bays are given by their index. Places and vectors are complex numbers, x + iy in metres: a
    vector times the conjugate of a direction is its part along it (real) and across it (imaginary).
    """

    def __init__(
        self, bays: Sequence[Bay], entrances: Sequence[_Point], lanes: Sequence[Lane]
    ) -> None:
        """Sort bays into cells, so that only near ones are compared."""
        self._bays = bays
        self._entrances = entrances
        self._lanes = {
            level: LaneLayer(lane for lane in lanes if lane.level == level)
            for level in {lane.level for lane in lanes}
        }
        self._places = [complex(bay.x, bay.y) for bay in bays]
        self._cells: defaultdict[tuple[str, int, int], list[int]] = defaultdict(list)
        self._levels: defaultdict[str, list[int]] = defaultdict(list)
        for index, bay in enumerate(bays):
            self._cells[_cell(bay)].append(index)
            self._levels[bay.level].append(index)
        near = [list(self._around(index, REACH_M)) for index in range(len(bays))]
        self._axes = [_axis(ways) for ways in near]
        self._beside = [self._in_line(one, ways) for one, ways in enumerate(near)]
        self._middles = {level: self._middle(on_it) for level, on_it in self._levels.items()}

    def rows(self) -> Iterator[list[int]]:
        """Yield rows of bays side by side; a bay alone is a row, too."""
        left = dict.fromkeys(range(len(self._bays)))
        while left:
            row = [left.popitem()[0]]
            for one in row:
                beside = [other for other, _ in self._beside[one] if other in left]
                for other in beside:
                    del left[other]
                row += beside
            yield row

    def width(self, one: int) -> float:
        """Return the width of a bay, in metres: the distance to the next one's middle."""
        bay = self._bays[one]
        low, high = _width_bounds(bay)
        spacing = min((abs(way) for _, way in self._beside[one]), default=_usual_width(bay))
        return round(min(high, max(low, spacing)), 2)

    def heading(self, row: Sequence[int]) -> float:
        """Return the direction of the vehicles in a row, in degrees."""
        axis = self._axes[row[0]]
        if axis is None:
            return self._heading_alone(row[0])
        in_order = sorted(row, key=lambda one: (self._places[one] * axis.conjugate()).real)
        first, last = in_order[0], in_order[-1]
        # A bay whose neighbours belong to other rows has none to draw a line to.
        along = axis if first == last else _unit(self._places[last] - self._places[first])
        away = 1j * along
        # The choice between both normals must not depend on the order of the bays.
        if (away.imag, away.real) < (0.0, 0.0):
            away = -away
        return _degrees(-away if self._is_reached_from(away, in_order) else away)

    def _is_reached_from(self, side: complex, row: Sequence[int]) -> bool:
        """Return whether a row's aisle is on one side of it, and not on the other."""
        middle = self._middle(row)
        if (lane := self._lane(self._bays[row[0]].level, middle)) is not None:
            across = ((lane - middle) * side.conjugate()).real
            if abs(across) > ON_LINE_M:
                return across > 0.0
        ahead, behind = self._facing(side, row)
        if (ahead <= BACK_TO_BACK_M) is not (behind <= BACK_TO_BACK_M):
            return behind <= BACK_TO_BACK_M
        if round(ahead, 1) != round(behind, 1):
            return ahead < behind
        for place in self._landmarks(self._bays[row[0]].level, middle):
            across = ((place - middle) * side.conjugate()).real
            if abs(across) > ON_LINE_M:
                return across > 0.0
        return False

    def _facing(self, side: complex, row: Sequence[int]) -> tuple[float, float]:
        """Return the distance of the next parallel rows: on a side, and on the other one.

        The ends and the middle of a row are probed.
        """
        ahead = behind = inf
        for one in {row[0], row[len(row) // 2], row[-1]}:
            for other, way in self._around(one, FACING_M):
                turned, axis = way * side.conjugate(), self._axes[other]
                if abs(turned.imag) > OPPOSITE_M or (
                    axis is not None and abs((axis * side.conjugate()).real) > PARALLEL
                ):
                    continue
                if turned.real > LINE_M:
                    ahead = min(ahead, turned.real)
                elif turned.real < -LINE_M:
                    behind = min(behind, -turned.real)
        return ahead, behind

    def _heading_alone(self, one: int) -> float:
        """Return the direction of a vehicle in a bay without neighbours: away from the gate."""
        here = self._places[one]
        for place in self._landmarks(self._bays[one].level, here):
            if abs(here - place) > ON_LINE_M:
                return round(_degrees(here - place) / 90.0) * 90.0 % 360.0
        return 90.0

    def _landmarks(self, level: str, here: complex) -> Iterator[complex]:
        """Yield the places that bays turn away from: a lane, the gates by distance, the middle."""
        if (lane := self._lane(level, here)) is not None:
            yield lane
        gates = [complex(x, y) for of_level, x, y in self._entrances if of_level == level]
        yield from sorted(gates, key=lambda gate: (abs(gate - here), gate.real, gate.imag))
        yield self._middles[level]

    def _lane(self, level: str, here: complex) -> complex | None:
        """Return the nearest point of the drawn lanes, if it is as near as an aisle."""
        lanes = self._lanes.get(level)
        return None if lanes is None else lanes.foot(here, LANE_M)

    def _middle(self, bays: Sequence[int]) -> complex:
        """Return the middle of bays."""
        return sum(self._places[one] for one in bays) / len(bays)

    def _in_line(self, one: int, near: Iterable[tuple[int, complex]]) -> list[tuple[int, complex]]:
        """Return the neighbours of a bay that stand in one line with it, with the vectors there."""
        axis = self._axes[one]
        if axis is None:
            return []
        return [
            (other, way)
            for other, way in near
            if abs((way * axis.conjugate()).imag) < LINE_M
            and (of_other := self._axes[other]) is not None
            and abs((way * of_other.conjugate()).imag) < LINE_M
            and abs((axis * of_other.conjugate()).imag) < PARALLEL
        ]

    def _around(self, one: int, reach_m: float) -> Iterator[tuple[int, complex]]:
        """Yield the bays on a bay's level within a distance, with the vectors there.

        Bays at the same place are left out.
        """
        level, column, line = _cell(self._bays[one])
        here, places, cells = self._places[one], self._places, ceil(reach_m / _CELL_M)
        for x in range(column - cells, column + cells + 1):
            for y in range(line - cells, line + cells + 1):
                for other in self._cells.get((level, x, y), ()):
                    way = places[other] - here
                    if SAME_PLACE_M < abs(way) <= reach_m:
                        yield other, way


def _cell(bay: Bay) -> tuple[str, int, int]:
    """Return the cell that a bay is in."""
    return bay.level, floor(bay.x / _CELL_M), floor(bay.y / _CELL_M)


def _axis(near: Iterable[tuple[int, complex]]) -> complex | None:
    """Return the direction of the row that a bay is in: towards its nearest neighbour."""
    nearest = min((way for _, way in near), key=abs, default=None)
    return None if nearest is None else _unit(nearest)


def _unit(way: complex) -> complex:
    """Return the direction of a vector."""
    return way / abs(way)


def _degrees(way: complex) -> float:
    """Return a direction in degrees from +x, 0 to 360, as exact as vehicles are parked."""
    return round(degrees(phase(way)), 1) % 360.0
