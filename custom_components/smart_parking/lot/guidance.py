"""The nearest free bay: ranks by distance, and a set that always knows its smallest."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from .labels import name_key
from .model import Bay, BayKind, Gate

# Another level is reached by a ramp; a usual one is 60 m long with its turns.
LEVEL_M = 60.0

# Who asks for a kind may also use these, in this order.
SUITABLE: Mapping[BayKind, tuple[BayKind, ...]] = {
    kind: (kind,) if kind is BayKind.STANDARD else (kind, BayKind.STANDARD) for kind in BayKind
}

_FAN = 6
_WORD = 1 << _FAN


class Way(NamedTuple):
    """A bay that could be taken, and how far it is from the gate, in metres."""

    bay: Bay
    distance_m: float


class RankSet:
    """A set of small whole numbers that knows its smallest at once.

    A tree of 64-bit words: each bit of an upper word says whether the word below has any. Adding
    and removing cost O(log n) with base 64, the smallest costs O(1).
    """

    __slots__ = ("_levels", "first")

    def __init__(self, size: int) -> None:
        """Begin empty, for the numbers 0 … size - 1."""
        self._levels: list[list[int]] = []
        while True:
            size = (size + _WORD - 1) >> _FAN
            self._levels.append([0] * size)
            if size <= 1:
                break
        self.first: int | None = None

    def add(self, number: int) -> None:
        """Put a number in; it may be in already."""
        if self.first is None or number < self.first:
            self.first = number
        for words in self._levels:
            bit, number = 1 << (number & (_WORD - 1)), number >> _FAN
            before = words[number]
            words[number] = before | bit
            if before:
                break

    def discard(self, number: int) -> None:
        """Take a number out; it may be out already."""
        was_first = number == self.first
        rank = number
        for words in self._levels:
            bit, number = 1 << (number & (_WORD - 1)), number >> _FAN
            words[number] &= ~bit
            if words[number]:
                break
        if was_first:
            self.first = self._next(rank + 1)

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers in order."""
        number = self.first
        while number is not None:
            yield number
            number = self._next(number + 1)

    def _next(self, number: int) -> int | None:
        """Return the smallest member that is not below a number."""
        for height, words in enumerate(self._levels):
            index = number >> _FAN
            if index >= len(words):
                return None
            rest = words[index] >> (number & (_WORD - 1))
            if rest:
                number += _lowest_bit(rest)
                for below in reversed(self._levels[:height]):
                    number = (number << _FAN) + _lowest_bit(below[number])
                return number
            number = index + 1
        return None


def _lowest_bit(word: int) -> int:
    """Return the place of the lowest bit that is set."""
    return (word & -word).bit_length() - 1


def distance_m(gate: Gate, bay: Bay, driven_m: float | None = None) -> float:
    """Return how far a bay is from a gate, in metres.

    What the owner measured goes before what one drives along the lanes that are drawn. Without
    either, aisles are taken to stand at right angles: the way is the sum of both directions.
    """
    measured = gate.distances.get(bay.label)
    if measured is not None:
        return measured
    if driven_m is not None:
        return driven_m
    return abs(bay.x - gate.x) + abs(bay.y - gate.y) + LEVEL_M * _levels_between(gate, bay)


def _levels_between(gate: Gate, bay: Bay) -> int:
    """Return how many levels apart gate and bay are; levels with names count as neighbours."""
    if gate.level == bay.level:
        return 0
    try:
        return abs(int(gate.level) - int(bay.level))
    except ValueError:
        return 1


def _as_labelled(gate: Gate, bays: Iterable[Bay]) -> Gate:
    """Return a gate with its measured distances under the labels as bays have them."""
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


class Guide:
    """Knows the free bays of a lot in order of their distance from one gate."""

    def __init__(
        self,
        gate: Gate,
        bays: Collection[Bay],
        driven_m: Callable[[str, str], float | None] | None = None,
    ) -> None:
        """Rank bays, by what one drives from a gate to each if that is known; none is free yet."""
        self.gate = gate = _as_labelled(gate, bays)
        ways = [
            Way(
                bay,
                distance_m(gate, bay, driven_m and driven_m(gate.gate_id, bay.bay_id)),
            )
            for bay in bays
        ]
        ways.sort(key=lambda way: (way.distance_m, way.bay.label, way.bay.bay_id))
        self._ways = ways
        self._ranks = {way.bay.bay_id: rank for rank, way in enumerate(ways)}
        self._free = {kind: RankSet(len(ways)) for kind in {way.bay.kind for way in ways}}

    def set_free(self, bay: Bay, *, free: bool) -> bool:
        """Note that a bay can, or cannot, be offered. Return whether the nearest changed."""
        ranks = self._free[bay.kind]
        before = ranks.first
        if free:
            ranks.add(self._ranks[bay.bay_id])
        else:
            ranks.discard(self._ranks[bay.bay_id])
        return bay.kind is BayKind.STANDARD and ranks.first != before

    def distance_m(self, bay_id: str) -> float:
        """Return how far a bay is, in metres."""
        return self._ways[self._ranks[bay_id]].distance_m

    def nearest(self) -> Way | None:
        """Return the nearest free standard bay, or None."""
        ranks = self._free.get(BayKind.STANDARD)
        return None if ranks is None or ranks.first is None else self._ways[ranks.first]

    def find(self, kind: BayKind) -> Iterator[Way]:
        """Yield the free bays that suit a kind, the kind's own first, each by distance."""
        for suitable in SUITABLE[kind]:
            for rank in self._free.get(suitable, ()):
                yield self._ways[rank]

    def ranking(self, kind: BayKind) -> Iterator[Bay]:
        """Yield all bays that suit a kind, free or not, the kind's own first, each by distance."""
        for suitable in SUITABLE[kind]:
            for way in self._ways:
                if way.bay.kind is suitable:
                    yield way.bay
