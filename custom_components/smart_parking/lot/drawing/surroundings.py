"""What an owner has drawn around the bays: ways, walls, areas and pictures below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from math import hypot

from ..model import Lane, Place, Point, Ramp
from .model import DrawnGround, DrawnWall, DrawnZone

RAMP_M = 4.0
"""The end of a ramp is drawn so wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that is drawn of a lot, or of one of its levels, but for bays and gates."""

    lanes: tuple[Lane, ...] = ()
    ramps: tuple[Ramp, ...] = ()
    walls: tuple[DrawnWall, ...] = ()
    zones: tuple[DrawnZone, ...] = ()
    grounds: tuple[DrawnGround, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is drawn."""
        return any((self.lanes, self.ramps, self.walls, self.zones, self.grounds))

    def on(self, level: str) -> Surroundings:
        """Return what there is on a level; of ramps, those that begin or end there."""
        return Surroundings(
            lanes=tuple(one for one in self.lanes if one.level == level),
            ramps=tuple(one for one in self.ramps if level in (one.start.level, one.end.level)),
            walls=tuple(one for one in self.walls if one.level == level),
            zones=tuple(one for one in self.zones if one.level == level),
            grounds=tuple(one for one in self.grounds if one.level == level),
        )

    def points(self, level: str) -> Iterator[Point]:
        """Yield what must be seen so that all on a level is; a picture below need not be."""
        lines: Iterable[Lane | DrawnWall | DrawnZone] = chain(self.lanes, self.walls, self.zones)
        for line in lines:
            if line.level == level:
                yield from line.points
        for end, _ in self.ramp_ends(level):
            yield end.x - RAMP_M / 2.0, end.y - RAMP_M / 2.0
            yield end.x + RAMP_M / 2.0, end.y + RAMP_M / 2.0

    def ramp_ends(self, level: str) -> Iterator[tuple[Place, str]]:
        """Yield where ramps leave a level, and to which one."""
        for ramp in self.ramps:
            for end, other in ((ramp.start, ramp.end), (ramp.end, ramp.start)):
                if end.level == level:
                    yield end, other.level


def arrows(points: tuple[Point, ...], spacing_m: float) -> Iterator[tuple[Point, Point]]:
    """Yield where arrows stand along a line, and their direction: one for every piece at least."""
    for (x, y), (to_x, to_y) in pairwise(points):
        length = hypot(to_x - x, to_y - y)
        if not length:
            continue
        ahead = (to_x - x) / length, (to_y - y) / length
        count = max(1, round(length / spacing_m))
        for number in range(count):
            at = length * (number + 0.5) / count
            yield (x + ahead[0] * at, y + ahead[1] * at), ahead
