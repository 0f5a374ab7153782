"""View of a plan: the part that is seen, and its scale."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from ..lot.model import Bay, Point
from ..lot.routing.geometry import Geometry
from .marks import UNITS_PER_M, Window

WIDTH_PX = 1024
"""Assumed width of images; details too small to read are left out."""

# Room around a plan, and in a bigger plan around a route, or a bay without a route.
MARGIN_M = 1.6
SURROUNDINGS_M = 8.0
SURROUNDINGS_ALONE_M = 15.0
# A plan is shown as a whole down to the first scale; none is shown larger than the second.
WHOLE_PX_M = 15.0
CLOSEST_PX_M = 44.0
# Below this scale, in px per metre, labels and vehicles are a blur.
FAR_PX_M = 13.0
FARTHER_PX_M = 6.5


class Frame(NamedTuple):
    """The frame in which a plan is shown."""

    tallest: float
    widest: float
    """Largest width for a height."""
    flag_px_m: float
    """Below this scale, in px per metre, a flag marks the target."""


# Phones show images in notifications in this ratio; the image alone has to mark the target.
NOTIFICATION = Frame(2.0, 2.0, inf)
# The page shows the label in big letters, so a flag is needed only where labels cannot be read.
PAGE = Frame(1.6, 3.0, 22.0)


class Box(NamedTuple):
    """A part of a level, in metres, y up."""

    left: float
    bottom: float
    right: float
    top: float

    def grown(self, metres: float) -> Box:
        """Return the box with a margin."""
        return Box(self.left - metres, self.bottom - metres, self.right + metres, self.top + metres)

    def touches(self, other: Box) -> bool:
        """Return whether two boxes have anything in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.bottom <= other.top
            and other.bottom <= self.top
        )


def around(points: Iterable[Point]) -> Box:
    """Return the box around points, of which there is at least one."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def span(boxes: Iterable[Box]) -> Box:
    """Return the box around boxes, of which there is at least one."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return Box(min(lefts), min(bottoms), max(rights), max(tops))


class Spot(NamedTuple):
    """The place of a bay and the direction of a vehicle in it."""

    bay: Bay
    shape: Geometry
    ahead: Point
    """Its direction, of length 1."""

    def at(self, forth_m: float, aside_m: float = 0.0) -> Point:
        """Return the point at a distance ahead of the middle of the bay, and to its left."""
        x, y = self.ahead
        return self.bay.x + x * forth_m - y * aside_m, self.bay.y + y * forth_m + x * aside_m

    def holds(self, point: Point, room_m: float = 0.0) -> bool:
        """Return whether a point lies in the bay, or in a margin around it."""
        (x, y), (dx, dy) = self.ahead, (point[0] - self.bay.x, point[1] - self.bay.y)
        return (
            abs(dx * x + dy * y) <= self.shape.length / 2.0 + room_m
            and abs(dy * x - dx * y) <= self.shape.width / 2.0 + room_m
        )

    @property
    def box(self) -> Box:
        """The box of its corners."""
        x, y = abs(self.ahead[0]), abs(self.ahead[1])
        half_x = (x * self.shape.length + y * self.shape.width) / 2.0
        half_y = (y * self.shape.length + x * self.shape.width) / 2.0
        bay = self.bay
        return Box(bay.x - half_x, bay.y - half_y, bay.x + half_x, bay.y + half_y)


class View(NamedTuple):
    """A view of a level: a box and its scale."""

    box: Box

    @property
    def px_m(self) -> float:
        """Its scale, in px per metre."""
        return WIDTH_PX / (self.box.right - self.box.left)

    @property
    def window(self) -> Window:
        """The view in units."""
        left, bottom, right, top = (side * UNITS_PER_M for side in self.box)
        return Window(left, -top, right - left, top - bottom)

    def units(self, px: float) -> float:
        """Return how many units look as long as a number of px."""
        return px / self.px_m * UNITS_PER_M


def view_of(wanted: Box, frame: Frame) -> View:
    """Return the view with a box in its middle."""
    width, height = wanted.right - wanted.left, wanted.top - wanted.bottom
    ratio = min(max(width / height, frame.tallest), frame.widest)
    width = max(width, ratio * height, WIDTH_PX / CLOSEST_PX_M)
    x, y = (wanted.left + wanted.right) / 2.0, (wanted.bottom + wanted.top) / 2.0
    height = width / ratio
    return View(Box(x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0))


def choose_view(frame: Frame, whole: Box, wanted: Box | None = None) -> View:
    """Return a view of a whole level, or of a wanted box where the level is too big."""
    whole = whole.grown(MARGIN_M)
    view = view_of(whole, frame)
    if wanted is None or view.px_m >= WHOLE_PX_M:
        return view
    left, bottom, right, top = view_of(wanted, frame).box
    dx = _shift(left, right, whole.left, whole.right)
    dy = _shift(bottom, top, whole.bottom, whole.top)
    return View(Box(left + dx, bottom + dy, right + dx, top + dy))


def _shift(low: float, high: float, low_end: float, high_end: float) -> float:
    """Return how to move a view so that it shows no empty space beyond the level."""
    if high - low >= high_end - low_end:
        return (low_end + high_end - low - high) / 2.0
    return max(0.0, low_end - low) + min(0.0, high_end - high)
