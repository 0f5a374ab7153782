"""What a driver is told of the way to a bay, before it is put into words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..model import Bay

# Nearer than this to the driver's line, a bay lies ahead and not to a side.
AHEAD_M = 1.5
# Longer names than this are words, not rows.
ROW_MAX = 3
# Nobody at a wheel tells 35 m from 37 m, nor 120 m from 125 m.
STEP_M = 5
FAR_M = 100.0
STEP_FAR_M = 10
# 5 m are 16 ft.
FOOT_M = 0.3048
STEP_FT = 10


class Unit(StrEnum):
    """In what a driver is told distances."""

    METRES = "metres"
    FEET = "feet"


class LevelChange(StrEnum):
    """How a driver gets to a bay that lies on another level than the gate."""

    UP = "up"
    DOWN = "down"
    OTHER = "other"
    """The names of the levels do not tell."""


class Side(StrEnum):
    """Where a bay lies for a driver."""

    LEFT = "left"
    RIGHT = "right"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """The way from a gate to a bay, as one would tell it."""

    level: str | None
    """None where there is but one."""
    row: str | None
    """None where the labels do not tell rows."""
    metres: int
    side: Side | None
    """None where it is not known from which side one comes."""
    level_change: LevelChange | None = None
    """None where the bay lies on the gate's level."""

    def distance(self, unit: Unit) -> int:
        """Return how far it is, in round figures."""
        if unit is Unit.METRES:
            return self.metres
        return max(STEP_FT, round(self.metres / FOOT_M / STEP_FT) * STEP_FT)


def rows_of(bays: Iterable[Bay]) -> dict[str, str]:
    """Return the names of rows by bay id, as far as labels such as A07 tell them.

    What all bays of a level have in common, or one bay has alone, names no row.
    """
    names = {bay.bay_id: (bay.level, _row_name(bay.label)) for bay in bays}
    bays_of = Counter(names.values())
    rows_on = Counter(level for level, name in bays_of if name)
    return {
        bay_id: name
        for bay_id, (level, name) in names.items()
        if name and name != level and bays_of[level, name] > 1 and rows_on[level] > 1
    }


def _row_name(label: str) -> str:
    """Return what a label begins with before its number, or nothing."""
    name = label.rstrip("0123456789")
    row = name.rstrip(" -._/")
    return row if name != label and len(row) <= ROW_MAX else ""


def rounded_m(metres: float) -> int:
    """Return a distance as one tells it: in steps of 5 m, from 100 m on of 10 m."""
    step = STEP_M if metres < FAR_M else STEP_FAR_M
    return max(STEP_M, round(metres / step) * step)


def level_change(start: str, end: str) -> LevelChange | None:
    """Return how one gets from one level to another; None where both are the same."""
    if start == end:
        return None
    try:
        return LevelChange.UP if int(end) > int(start) else LevelChange.DOWN
    except ValueError:
        return LevelChange.OTHER


def side_from_gate(heading: complex, way: complex) -> Side | None:
    """Return on which side of a driver who has just come in a bay lies.

    What lies straight behind lies on none.
    """
    along, across = _seen(heading, way)
    if abs(across) >= AHEAD_M:
        return Side.LEFT if across > 0.0 else Side.RIGHT
    return Side.AHEAD if along > 0.0 else None


def side_of_lane(driving: complex, way: complex) -> Side:
    """Return on which side of a lane a bay lies for who drives by, or at its end."""
    along, across = _seen(driving, way)
    if abs(across) < along:
        return Side.AHEAD
    return Side.LEFT if across > 0.0 else Side.RIGHT


def _seen(looking: complex, way: complex) -> tuple[float, float]:
    """Return how far a way goes ahead, and how far to the left."""
    seen = way * looking.conjugate() / abs(looking)
    return seen.real, seen.imag
