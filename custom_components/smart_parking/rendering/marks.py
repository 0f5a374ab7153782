"""Marks, the elements of a drawing: paths and texts, each in one of a few looks."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

UNITS_PER_M = 20.0
"""Units of drawings, as in the card: x to the right, y down."""

LETTER = 0.62
"""Approximate width of letters, as a share of their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colours and lines of a mark; lengths are in units."""

    fill: str | None = None
    stroke: str | None = None
    """The line of a path, the rim of a text."""
    width: float = 0.0
    dash: tuple[float, float] | None = None
    """Lengths of line and gap; a line of length 0 is a dot."""


class Shape(NamedTuple):
    """A path as in SVG, around its own origin: scaled, turned clockwise, moved to its place."""

    look: str
    path: str
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    scale: float = 1.0


class Text(NamedTuple):
    """A line of text; y is its baseline."""

    look: str
    text: str
    x: float
    y: float
    size: float
    anchor: Literal["start", "middle", "end"] = "middle"


type Mark = Shape | Text


def number(value: float) -> str:
    """Return a number as drawings write it: to a tenth, half a centimetre on the plan."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


class Window(NamedTuple):
    """The part of the plan that is seen."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Marks, the lowest first, and the window of the plan in which they are seen."""

    title: str
    window: Window
    marks: tuple[Mark, ...]
