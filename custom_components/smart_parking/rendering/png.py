"""Drawings as PNG, for phones and displays that show only images.

Painted with Pillow, which every Home Assistant has: in three times the size, then reduced, so that
edges are smooth.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from math import cos, hypot, radians, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .colours import colour
from .looks import LOOKS
from .marks import Drawing, Look, Shape, Text
from .paths import Point, contours

FONT = Path(__file__).parent / "font" / "NotoSans-Bold.ttf"

_FINER = 3
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def to_png(drawing: Drawing, width_px: int) -> bytes:
    """Return a drawing as PNG of a width in pixels. Takes some 50 ms: for the executor."""
    window = drawing.window
    scale = _FINER * width_px / window.width
    size = (_FINER * width_px, _FINER * round(width_px * window.height / window.width))
    image = Image.new("RGB", size, colour("paper"))
    brush = _Brush(ImageDraw.Draw(image), scale, -window.left * scale, -window.top * scale)
    for mark in drawing.marks:
        if isinstance(mark, Shape):
            brush.shape(mark)
        else:
            brush.text(mark)
    file = BytesIO()
    image.reduce(_FINER).save(file, "PNG")
    return file.getvalue()


class _Brush:
    """Paints marks."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float, x: float, y: float) -> None:
        """Initialize with a scale in px per unit, and the place of the origin."""
        self._draw = draw
        self._scale = scale
        self._origin = (x, y)

    def shape(self, shape: Shape) -> None:
        """Paint a path."""
        look = LOOKS[shape.look]
        for contour in contours(shape.path):
            points = [*self._placed(shape, contour.points)]
            if look.fill is not None:
                self._draw.polygon(points, fill=colour(look.fill))
            if look.stroke is not None:
                if contour.closed:
                    points += points[:2]
                self._line(points, look, shape.scale * self._scale)

    def text(self, text: Text) -> None:
        """Paint a text, with a rim if its look has one."""
        look = LOOKS[text.look]
        self._draw.text(
            (self._origin[0] + text.x * self._scale, self._origin[1] + text.y * self._scale),
            text.text,
            fill=_paint(look.fill),
            font=_font(max(1, round(text.size * self._scale))),
            anchor=_ANCHORS[text.anchor],
            stroke_width=look.width * self._scale / 2.0,
            stroke_fill=_paint(look.stroke),
        )

    def _placed(self, shape: Shape, points: Sequence[Point]) -> Iterator[Point]:
        """Yield points in pixels."""
        angle, scale = radians(shape.turn), shape.scale * self._scale
        along, across = cos(angle) * scale, sin(angle) * scale
        x0 = self._origin[0] + shape.x * self._scale
        y0 = self._origin[1] + shape.y * self._scale
        for x, y in points:
            yield x0 + x * along - y * across, y0 + x * across + y * along

    def _line(self, points: Sequence[Point], look: Look, scale: float) -> None:
        """Paint a line with round ends."""
        width = max(1, round(look.width * scale))
        pieces = (
            [points] if look.dash is None else dashes(points, *(one * scale for one in look.dash))
        )
        for piece in pieces:
            if len(piece) > 1:
                self._draw.line(piece, fill=_paint(look.stroke), width=width, joint="curve")
            if look.dash is not None or width > 2 * _FINER:
                for end in (piece[0], piece[-1]):
                    self._draw.circle(end, width / 2.0, fill=_paint(look.stroke))


def _paint(name: str | None) -> str | None:
    """Return a colour of the light palette, which images use."""
    return None if name is None else colour(name)


def dashes(points: Sequence[Point], on: float, off: float) -> Iterator[list[Point]]:
    """Yield the pieces of a dashed line, each by its corners; dots have one."""
    piece, left, is_on = [points[0]], on, True
    for (x, y), end in pairwise(points):
        here = (x, y)
        length = hypot(end[0] - x, end[1] - y)
        done = 0.0
        while length - done > left:
            done += left
            here = (x + (end[0] - x) * done / length, y + (end[1] - y) * done / length)
            if is_on:
                yield [*piece, here] if on else [here]
            piece, is_on = [here], not is_on
            left = on if is_on else off
        left -= length - done
        if is_on:
            piece.append(end)
    if is_on and len(piece) > 1 and on:
        yield piece


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font in a size in px."""
    return ImageFont.truetype(FONT, size)
