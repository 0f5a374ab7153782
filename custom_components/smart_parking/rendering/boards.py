"""Boards that must be read at a glance: texts over the plan, and the flag of a bay."""

from collections.abc import Iterator
from math import hypot

from ..lot.model import Point
from .glyphs import rounded
from .marks import LETTER, UNITS_PER_M, Mark, Shape, Text
from .routes import polygon, units
from .view import Box, Spot, View

# Size of letters that can be read on a phone, in px of an image 1024 wide.
FLAG_PX = 64.0
NOTE_PX = 34.0
SIGN_PX = 120.0

# Foot of the flag in its bay, and its distance beyond the bay's end.
FOOT_AT = 0.3
AWAY_M = 0.3


def draw_flag(spot: Spot, view: View) -> Iterator[Mark]:
    """Yield a bay's label, big, at the end of the bay, so that it covers nothing."""
    box = flag_box(spot, view)
    x, y = units(((box.left + box.right) / 2.0, (box.bottom + box.top) / 2.0))
    tip_x, tip_y = units(spot.at(FOOT_AT * spot.shape.length))
    size = view.units(FLAG_PX)
    part = 0.35 * size / (hypot(tip_x - x, tip_y - y) or 1.0)
    aside_x, aside_y = (tip_y - y) * part, (x - tip_x) * part
    tip = polygon([(x + aside_x, y + aside_y), (tip_x, tip_y), (x - aside_x, y - aside_y)])
    board, label = _board("flag", "flag-text", spot.bay.label, (x, y), size)
    yield from (Shape("flag", tip), board, Shape("flag-tip", tip), label)


def flag_box(spot: Spot, view: View) -> Box:
    """Return the place of a bay's flag, in the size that a view needs."""
    size = view.units(FLAG_PX)
    width, height = (side / UNITS_PER_M for side in _room(spot.bay.label, size))
    ahead_x, ahead_y = spot.ahead
    away = spot.shape.length / 2.0 + AWAY_M
    away += (abs(ahead_x) * width + abs(ahead_y) * height) / 2.0
    x, y = spot.at(away)
    box = Box(x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0)
    return box.grown(AWAY_M)


def draw_note(text: str, view: View) -> tuple[Mark, Mark]:
    """Return a text in the corner of a view."""
    size, window = view.units(NOTE_PX), view.window
    width, height = _room(text, size)
    middle = window.left + 0.4 * size + width / 2.0, window.top + 0.4 * size + height / 2.0
    return _board("note", "note-text", text, middle, size)


def draw_sign(text: str, view: View) -> tuple[Mark, Mark]:
    """Return a text across a view."""
    size, window = view.units(SIGN_PX), view.window
    width, _ = _room(text, size)
    size *= min(1.0, 0.8 * window.width / width)
    middle = window.left + window.width / 2.0, window.top + window.height / 2.0
    return _board("full", "flag-text", text, middle, size)


def _room(text: str, size: float) -> tuple[float, float]:
    """Return the width and height of a board for a text."""
    return (LETTER * max(2, len(text)) + 0.7) * size, 1.35 * size


def _board(look: str, text_look: str, text: str, middle: Point, size: float) -> tuple[Shape, Text]:
    """Return a board, and a text on it."""
    x, y = middle
    width, height = _room(text, size)
    board = Shape(look, rounded(width, height, 0.3 * size), x, y)
    return board, Text(text_look, text, x, y + 0.36 * size, size)
