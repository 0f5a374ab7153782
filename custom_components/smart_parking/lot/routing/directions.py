"""Directions to a bay, before they are put into words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..model import Bay

# A bay nearer to the driver's line than this is ahead and not to a side.
AHEAD_M = 1.5
# A longer prefix of a label is a word, not the name of a row.
ROW_MAX = 3
# No driver distinguishes 35 m from 37 m, nor 120 m from 125 m.
STEP_M = 5
FAR_M = 100.0
STEP_FAR_M = 10
# 5 m are 16 ft.
FOOT_M = 0.3048
STEP_FT = 10


class Unit(StrEnum):
    """Unit of the distances in directions."""

    METRES = "metres"
    FEET = "feet"


class LevelChange(StrEnum):
    """Change of level between a gate and a bay."""

    UP = "up"
    DOWN = "down"
    OTHER = "other"
    """The names of the levels have no order."""


class Side(StrEnum):
    """Side on which a driver finds a bay."""

    LEFT = "left"
    RIGHT = "right"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """Directions from a gate to a bay."""

    level: str | None
    """None where there is but one."""
    row: str | None
    """None where the labels name no rows."""
    metres: int
    side: Side | None
    """None where the driver's direction is unknown."""
    level_change: LevelChange | None = None
    """None where the bay lies on the gate's level."""

    def distance(self, unit: Unit) -> int:
        """Return the rounded distance."""
        if unit is Unit.METRES:
            return self.metres
        return max(STEP_FT, round(self.metres / FOOT_M / STEP_FT) * STEP_FT)


def rows_of(bays: Iterable[Bay]) -> dict[str, str]:
    """Return the names of rows by bay id, as far as labels such as A07 have them.

    A prefix that all bays of a level have, or only one bay has, names no row.
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
    """Return the prefix of a label before its number, or nothing."""
    name = label.rstrip("0123456789")
    row = name.rstrip(" -._/")
    return row if name != label and len(row) <= ROW_MAX else ""


def rounded_m(metres: float) -> int:
    """Return a rounded distance: in steps of 5 m, from 100 m on of 10 m."""
    step = STEP_M if metres < FAR_M else STEP_FAR_M
    return max(STEP_M, round(metres / step) * step)


def level_change(start: str, end: str) -> LevelChange | None:
    """Return the change from one level to another; None where both are the same."""
    if start == end:
        return None
    try:
        return LevelChange.UP if int(end) > int(start) else LevelChange.DOWN
    except ValueError:
        return LevelChange.OTHER


def side_from_gate(heading: complex, way: complex) -> Side | None:
    """Return the side of a bay for a driver who has just entered; None for one straight behind."""
    along, across = _seen(heading, way)
    if abs(across) >= AHEAD_M:
        return Side.LEFT if across > 0.0 else Side.RIGHT
    return Side.AHEAD if along > 0.0 else None


def side_of_lane(driving: complex, way: complex) -> Side:
    """Return the side of a bay for a driver on a lane, or ahead at its end."""
    along, across = _seen(driving, way)
    if abs(across) < along:
        return Side.AHEAD
    return Side.LEFT if across > 0.0 else Side.RIGHT


def _seen(looking: complex, way: complex) -> tuple[float, float]:
    """Return how far a vector goes ahead, and how far to the left."""
    seen = way * looking.conjugate() / abs(looking)
    return seen.real, seen.imag
