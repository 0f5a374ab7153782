"""The nearest vacant bay: bays ranked by their distance from a gate."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ..labels import name_key
from ..model import Bay, BayKind, Gate

# Another level is reached by a ramp; a usual one is 60 m long with its turns.
LEVEL_M = 60.0

# Drivers of a kind may also use bays of these kinds, in this order.
SUITABLE: Mapping[BayKind, tuple[BayKind, ...]] = {
    kind: (kind,) if kind is BayKind.STANDARD else (kind, BayKind.STANDARD) for kind in BayKind
}


class Route(NamedTuple):
    """A bay that a driver could take, and its distance from the gate, in metres."""

    bay: Bay
    distance_m: float


def distance_m(gate: Gate, bay: Bay, driven_m: float | None = None) -> float:
    """Return the distance of a bay from a gate, in metres.

    A distance measured by the owner overrides the one along the drawn lanes. Without either, aisles
    are taken to stand at right angles: the distance is the sum along both axes.
    """
    measured = gate.distances.get(bay.label)
    if measured is not None:
        return measured
    if driven_m is not None:
        return driven_m
    return abs(bay.x - gate.x) + abs(bay.y - gate.y) + LEVEL_M * _levels_between(gate, bay)


def _levels_between(gate: Gate, bay: Bay) -> int:
    """Return how many levels apart gate and bay are; levels without numbers count as neighbours."""
    if gate.level == bay.level:
        return 0
    try:
        return abs(int(gate.level) - int(bay.level))
    except ValueError:
        return 1


def _as_labelled(gate: Gate, bays: Iterable[Bay]) -> Gate:
    """Return a gate with its measured distances under the labels that the bays have."""
    if not gate.distances:
        return gate
    measured = {name_key(label): metres for label, metres in gate.distances.items()}
    labels = (bay.label for bay in bays)
    return replace(
        gate,
        distances={
            label: metres
            for label in labels
            if (metres := measured.get(name_key(label))) is not None
        },
    )


class Ranking:
    """The vacant bays of a lot in order of their distance from one gate."""

    def __init__(
        self,
        gate: Gate,
        bays: Collection[Bay],
        driven_m: Callable[[str, str], float | None] | None = None,
    ) -> None:
        """Rank bays by the driven distance from a gate if it is known; no bay is vacant yet."""
        self.gate = gate = _as_labelled(gate, bays)
        ways = [
            Route(
                bay,
                distance_m(gate, bay, driven_m and driven_m(gate.gate_id, bay.bay_id)),
            )
            for bay in bays
        ]
        ways.sort(key=lambda way: (way.distance_m, way.bay.label, way.bay.bay_id))
        self._ways = ways
        self._ranks = {way.bay.bay_id: rank for rank, way in enumerate(ways)}
        self._free: dict[BayKind, list[int]] = {way.bay.kind: [] for way in ways}
        """The ranks of the vacant bays of each kind, in order."""

    def set_free(self, bay: Bay, *, free: bool) -> bool:
        """Set whether a bay can be offered. Return whether the nearest changed."""
        ranks, rank = self._free[bay.kind], self._ranks[bay.bay_id]
        before = ranks[:1]
        index = bisect_left(ranks, rank)
        was_free = ranks[index : index + 1] == [rank]
        if free and not was_free:
            ranks.insert(index, rank)
        elif was_free and not free:
            del ranks[index]
        return bay.kind is BayKind.STANDARD and ranks[:1] != before

    def distance_m(self, bay_id: str) -> float:
        """Return the distance of a bay, in metres."""
        return self._ways[self._ranks[bay_id]].distance_m

    def nearest(self) -> Route | None:
        """Return the nearest vacant standard bay, or None."""
        ranks = self._free.get(BayKind.STANDARD)
        return self._ways[ranks[0]] if ranks else None

    def find(self, kind: BayKind) -> Iterator[Route]:
        """Yield the vacant bays that suit a kind, the kind's own first, each by distance."""
        for suitable in SUITABLE[kind]:
            ranks, rank = self._free.get(suitable, []), -1
            # Looked up anew each time, because the caller may take the bay that is yielded.
            while (index := bisect_right(ranks, rank)) < len(ranks):
                rank = ranks[index]
                yield self._ways[rank]

    def ranking(self, kind: BayKind) -> Iterator[Bay]:
        """Yield all bays that suit a kind, vacant or not, its own kind first, each by distance."""
        for suitable in SUITABLE[kind]:
            for way in self._ways:
                if way.bay.kind is suitable:
                    yield way.bay
