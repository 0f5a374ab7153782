"""The shortest paths from one place to all others, and their corners."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import inf
from typing import NamedTuple

from ..model import Place
from .graph import LaneGraph, apart_m

# On inferred lanes, one turn less is worth a detour of this many metres.
TURN_M = 6.0
# A point nearer than this to the line between its neighbours is no corner.
CORNER_M = 0.02

NOWHERE = -1


class ShortestPaths(NamedTuple):
    """For each node the one before it on the path, and the length of the path."""

    parents: Sequence[int]
    metres: Sequence[float]

    def nodes(self, node: int) -> list[int]:
        """Return the nodes on the path to one, the last first; none where there is no path."""
        nodes = []
        if node != NOWHERE and self.metres[node] < inf:
            while node != NOWHERE:
                nodes.append(node)
                node = self.parents[node]
        return nodes

    def leading_to(self, nodes: Iterable[int]) -> Iterator[int]:
        """Yield each node on the paths to some nodes, once."""
        seen = {NOWHERE}
        for last in nodes:
            node = last if last != NOWHERE and self.metres[last] < inf else NOWHERE
            while node not in seen:
                seen.add(node)
                yield node
                node = self.parents[node]


def shortest_paths(
    roads: LaneGraph, root: int, start: Place, is_loose: Sequence[bool]
) -> ShortestPaths:
    """Return the paths from a place beside a node, by Dijkstra's search.

    At loose nodes, those of inferred lanes, turns are avoided.
    """
    places, links = roads.places, roads.links
    parents, metres, prices = [NOWHERE] * len(places), [inf] * len(places), [inf] * len(places)
    if root == NOWHERE:
        return ShortestPaths(parents, metres)
    prices[root] = metres[root] = apart_m(start, places[root])
    heap = [(prices[root], root)]
    while heap:
        price, node = heappop(heap)
        if price > prices[node]:
            continue
        before = places[parents[node]] if parents[node] != NOWHERE and is_loose[node] else None
        for other, way_m in links[node].items():
            dearer = price + way_m
            if before is not None and bend_m(before, places[node], places[other]) > CORNER_M:
                dearer += TURN_M
            if dearer < prices[other]:
                prices[other], parents[other] = dearer, node
                metres[other] = metres[node] + way_m
                heappush(heap, (dearer, other))
    return ShortestPaths(parents, metres)


def bend_m(before: Place, here: Place, after: Place) -> float:
    """Return the distance of a place from the line between its neighbours."""
    way = complex(after.x - before.x, after.y - before.y)
    gone = complex(here.x - before.x, here.y - before.y)
    if not way or not 0.0 <= (gone / way).real <= 1.0:
        return abs(gone)
    return abs((gone * way.conjugate()).imag) / abs(way)


def corners(places: Sequence[Place]) -> Iterator[Place]:
    """Yield the places where the path turns or changes the level, the first and the last."""
    corner = places[0]
    yield corner
    for here, after in pairwise(places[1:]):
        if here == corner:
            continue
        is_level = corner.level == here.level == after.level
        if not is_level or bend_m(corner, here, after) > CORNER_M:
            yield here
            corner = here
    yield places[-1]


def length_m(places: Iterable[Place]) -> float:
    """Return the length of a path on one level."""
    return sum(apart_m(one, other) for one, other in pairwise(places))
