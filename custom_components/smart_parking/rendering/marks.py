"""What a drawing is made of: paths and texts, each in one of a few looks."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

UNITS_PER_M = 20.0
"""Drawings count in these, as the card's does: x to the right, y down."""

LETTER = 0.62
"""Letters are about so wide, as a share of their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How something is painted; lengths are in units."""

    fill: str | None = None
    stroke: str | None = None
    """The line of a path, the rim of a text."""
    width: float = 0.0
    dash: tuple[float, float] | None = None
    """Lengths of line and gap; a line of no length is a dot."""


class Shape(NamedTuple):
    """A path as in SVG, around its own origin: scaled, turned clockwise, put in its place."""

    look: str
    path: str
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    scale: float = 1.0


class Text(NamedTuple):
    """A line of text; y is where its letters stand."""

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
    """Marks, the lowest first, and the part of the plan that they are seen through."""

    title: str
    window: Window
    marks: tuple[Mark, ...]
