"""Network of routes through a lot: from every gate along lanes and ramps to every bay.

On levels where the owner has drawn lanes, these are used; elsewhere they are inferred from the
rows. A bay is reached from the lane straight before it, if there is one; otherwise, like a gate,
from the nearest point of a lane of its level.
"""

from cmath import rect
from collections import defaultdict
from collections.abc import Iterable
from math import inf, radians
from typing import NamedTuple

from ..model import Bay, Gate, Lane, Place, Ramp
from .directions import Side, side_from_gate, side_of_lane
from .geometry import Geometry, gate_heading, geometries
from .graph import LaneGraph, LaneLayer, apart_m
from .lanes import infer_lanes
from .ranking import LEVEL_M
from .shortest_paths import CORNER_M, NOWHERE, ShortestPaths, corners, length_m, shortest_paths

# A lane no further than this before a bay's mouth is the one that leads to it.
AHEAD_M = 8.0
# A lane further than this from a bay's mouth does not lead to it.
REACH_M = 25.0


class RoutePath(NamedTuple):
    """A route from a gate to a bay, and its length in metres."""

    distance_m: float
    points: tuple[Place, ...]


class Plan(NamedTuple):
    """The routes for a drawing; gates, bays and parents are numbers of nodes."""

    places: list[Place]
    gates: list[int]
    """Where the routes from each gate begin."""
    bays: list[int]
    """Where the routes to each bay end."""
    parents: list[list[int]]
    """For each gate the node before each node."""


class Network:
    """All routes of one layout."""

    def __init__(
        self,
        bays: Iterable[Bay],
        gates: Iterable[Gate],
        lanes: Iterable[Lane] = (),
        ramps: Iterable[Ramp] = (),
    ) -> None:
        """Join lanes and ramps, and connect bays and gates to them."""
        self._bays = {bay.bay_id: bay for bay in bays}
        self._gates = {gate.gate_id: gate for gate in gates}
        self._roads = LaneGraph()
        self._trees: dict[str, ShortestPaths] = {}
        self.headings = {
            gate_id: gate_heading(gate, self._bays.values())
            for gate_id, gate in self._gates.items()
        }
        """Direction of entry at each gate, in degrees counter-clockwise from +x."""
        lanes, ramps = tuple(lanes), tuple(ramps)
        self.shapes = geometries(self._bays.values(), self._gates.values(), lanes)
        """Geometry of each bay, by bay id."""
        self.is_drawn = bool(lanes or ramps)
        drawn = {lane.level for lane in lanes}
        sheets = self._sheets(lanes)
        of_bays = {
            bay_id: _foot(sheets[bay.level], bay, self.shapes[bay_id])
            for bay_id, bay in self._bays.items()
        }
        of_gates = {
            gate_id: sheets[gate.level].foot(complex(gate.x, gate.y))
            for gate_id, gate in self._gates.items()
        }
        of_ramps = [
            (end, sheets[end.level].foot(complex(end.x, end.y)))
            for ramp in ramps
            for end in (ramp.start, ramp.end)
        ]
        for level, sheet in sheets.items():
            self._roads.add_sheet(level, sheet)
        self._stops = {
            bay_id: self._node(self._bays[bay_id].level, foot) for bay_id, foot in of_bays.items()
        }
        self._starts = {
            gate_id: self._node(self._gates[gate_id].level, foot)
            for gate_id, foot in of_gates.items()
        }
        self._add_ramps(ramps, of_ramps)
        self._is_loose = [place.level not in drawn for place in self._roads.places]

    def _sheets(self, lanes: Iterable[Lane]) -> defaultdict[str, LaneLayer]:
        """Return the lanes of each level, drawn or inferred."""
        drawn: defaultdict[str, list[Lane]] = defaultdict(list)
        for lane in lanes:
            drawn[lane.level].append(lane)
        bays: defaultdict[str, list[Bay]] = defaultdict(list)
        for bay in self._bays.values():
            if bay.level not in drawn:
                bays[bay.level].append(bay)
        gates = self._gates.values()
        for level, on_it in bays.items():
            entrances = [gate for gate in gates if gate.level == level]
            drawn[level] = infer_lanes(on_it, self.shapes, entrances)
        return defaultdict(
            lambda: LaneLayer(()), {level: LaneLayer(of_level) for level, of_level in drawn.items()}
        )

    def _node(self, level: str, foot: complex | None) -> int:
        """Return the node at a foot, or -1 without one."""
        return NOWHERE if foot is None else self._roads.node(level, foot)

    def _add_ramps(
        self, ramps: Iterable[Ramp], feet: Iterable[tuple[Place, complex | None]]
    ) -> None:
        """Join levels: the ends of each ramp with each other, and with the lanes beside them."""
        for end, foot in feet:
            if foot is not None:
                here = self._roads.node(end.level, complex(end.x, end.y))
                self._roads.link(here, self._roads.node(end.level, foot))
        for ramp in ramps:
            first, last = (
                self._roads.node(of_ramp.level, complex(of_ramp.x, of_ramp.y))
                for of_ramp in (ramp.start, ramp.end)
            )
            metres = max(LEVEL_M, ramp.straight_m) if ramp.length is None else ramp.length
            self._roads.link(first, last, metres=metres, one_way=ramp.one_way)

    # Queries.

    def driven_m(self, gate_id: str, bay_id: str) -> float | None:
        """Return the length of the route from a gate to a bay, or None where there is none."""
        stop = self._stops[bay_id]
        if stop == NOWHERE or (metres := self._tree(gate_id).metres[stop]) == inf:
            return None
        return metres + length_m((self._roads.places[stop], *self._last(bay_id)))

    def points(self, gate_id: str, bay_id: str) -> tuple[Place, ...]:
        """Return the corners of the route from a gate to a bay.

        Where there is none, these are the gate, the corner of a right angle, and the bay.
        """
        if places := self._way(gate_id, bay_id):
            return tuple(corners(places))
        first, (mouth, last) = self._entrance(gate_id), self._last(bay_id)
        if first.level != last.level:
            return first, last
        return first, mouth._replace(y=first.y), mouth, last

    def side(self, gate_id: str, bay_id: str) -> Side | None:
        """Return on which side a driver from a gate finds a bay, as far as that is known.

        Where lanes are drawn, this is the side of the lane; else the side seen from the gate.
        """
        gate, bay = self._entrance(gate_id), self._last(bay_id)[-1]
        if self.is_drawn and (places := self._way(gate_id, bay_id)):
            *before, foot = places[:-2]
            for place in reversed(before):
                if place.level == foot.level and apart_m(place, foot) > CORNER_M:
                    return side_of_lane(_from(place, foot), _from(foot, bay))
        if gate.level != bay.level:
            return None
        heading = rect(1.0, radians(self.headings[gate_id]))
        return side_from_gate(heading, _from(gate, bay))

    def stranded(self) -> list[Bay]:
        """Return the bays without a route from any gate."""
        return [
            bay
            for bay_id, bay in self._bays.items()
            if all(self.driven_m(gate_id, bay_id) is None for gate_id in self._gates)
        ]

    def plan(self) -> Plan:
        """Return all routes, without dead ends."""
        numbers: dict[int, int] = {NOWHERE: NOWHERE}
        trees = [self._tree(gate_id) for gate_id in self._gates]
        for tree in trees:
            for node in tree.leading_to(self._stops.values()):
                numbers.setdefault(node, len(numbers) - 1)
        del numbers[NOWHERE]
        return Plan(
            [self._roads.places[node] for node in numbers],
            [numbers.get(node, NOWHERE) for node in self._starts.values()],
            [numbers.get(node, NOWHERE) for node in self._stops.values()],
            [[numbers.get(tree.parents[node], NOWHERE) for node in numbers] for tree in trees],
        )

    def _way(self, gate_id: str, bay_id: str) -> list[Place]:
        """Return all places on the route from a gate to a bay, if there is one."""
        nodes = self._tree(gate_id).nodes(self._stops[bay_id])
        if not nodes:
            return []
        places = [self._roads.places[node] for node in reversed(nodes)]
        return [self._entrance(gate_id), *places, *self._last(bay_id)]

    def _entrance(self, gate_id: str) -> Place:
        """Return the place of a gate."""
        gate = self._gates[gate_id]
        return Place(gate.level, gate.x, gate.y)

    def _last(self, bay_id: str) -> tuple[Place, Place]:
        """Return the end of the route to a bay: its mouth and its middle."""
        bay = self._bays[bay_id]
        mouth, _ = _mouth(bay, self.shapes[bay_id])
        return (
            Place(bay.level, round(mouth.real, 3), round(mouth.imag, 3)),
            Place(bay.level, bay.x, bay.y),
        )

    def _tree(self, gate_id: str) -> ShortestPaths:
        """Return the shortest paths from a gate, which are computed once."""
        if (tree := self._trees.get(gate_id)) is None:
            root, start = self._starts[gate_id], self._entrance(gate_id)
            tree = self._trees[gate_id] = shortest_paths(self._roads, root, start, self._is_loose)
        return tree


def _mouth(bay: Bay, shape: Geometry) -> tuple[complex, complex]:
    """Return the middle of a bay's mouth, and the direction out of it."""
    out = -rect(1.0, radians(shape.heading))
    return complex(bay.x, bay.y) + out * shape.length / 2.0, out


def _foot(sheet: LaneLayer, bay: Bay, shape: Geometry) -> complex | None:
    """Return the point of a level's lanes from which a bay is reached."""
    mouth, out = _mouth(bay, shape)
    ahead = sheet.foot_ahead(mouth, out * AHEAD_M)
    return sheet.foot(mouth, REACH_M) if ahead is None else ahead


def _from(one: Place, other: Place) -> complex:
    """Return the vector from a place to another."""
    return complex(other.x - one.x, other.y - one.y)
