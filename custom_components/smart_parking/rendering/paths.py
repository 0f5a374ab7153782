"""Paths of SVG, converted to corners that can be painted."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import batched, pairwise
from math import atan2, ceil, cos, hypot, pi, sin, sqrt
import re
from typing import NamedTuple

type Point = tuple[float, float]

_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d*\.\d+|\d+)")
# Number of parameters of each command.
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "S": 4, "A": 7, "Z": 0}
# Number of straight pieces of a curve, and the angle of each piece of an arc.
_PIECES = 10
_PIECE_RAD = pi / 24.0


class Contour(NamedTuple):
    """Corners in order, and whether the last one is joined to the first."""

    points: tuple[Point, ...]
    closed: bool


@lru_cache(maxsize=512)
def contours(path: str) -> tuple[Contour, ...]:
    """Return the corners of a path: the commands M, L, H, V, Q, C, S, A and Z, relative ones too.

    Raises `ValueError` for any other.
    """
    found: list[Contour] = []
    points: list[Point] = []
    control: Point | None = None
    for command, numbers in _commands(path):
        name = command.upper()
        if name == "Z":
            found.append(Contour(tuple(points), closed=True))
            points = points[:1]
            continue
        here = points[-1] if points else (0.0, 0.0)
        offset = here if command.islower() else (0.0, 0.0)
        if name == "M":
            if len(points) > 1:
                found.append(Contour(tuple(points), closed=False))
            points = [_moved(numbers, offset)]
            continue
        drawn, control = _drawn(name, numbers, here, offset, control)
        points.extend(drawn)
    if len(points) > 1:
        found.append(Contour(tuple(points), closed=False))
    return tuple(found)


def _commands(path: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield each command with its numbers; further numbers repeat the command."""
    command, numbers = "", list[float]()
    for token in (*_TOKEN.findall(path), "M"):
        if not token.isalpha():
            numbers.append(float(token))
            continue
        if command:
            if (takes := _TAKES.get(command.upper())) is None or (takes == 0) is not (not numbers):
                raise ValueError(path)
            yield from (
                ((command, some) for some in batched(numbers, takes, strict=True))
                if (takes)
                else [(command, ())]
            )
        command, numbers = token, []


def _moved(numbers: tuple[float, ...], offset: Point) -> Point:
    """Return the last point of the numbers."""
    return numbers[-2] + offset[0], numbers[-1] + offset[1]


def _drawn(
    name: str,
    numbers: tuple[float, ...],
    here: Point,
    offset: Point,
    control: Point | None,
) -> tuple[list[Point], Point | None]:
    """Return the corners of a command, and the control point for a smooth curve after it."""
    match name:
        case "L":
            return [_moved(numbers, offset)], None
        case "H":
            return [(numbers[0] + offset[0], here[1])], None
        case "V":
            return [(here[0], numbers[0] + offset[1])], None
        case "A":
            return _arc(
                here, numbers[0], bool(numbers[3]), bool(numbers[4]), _moved(numbers, offset)
            ), None
    through = [(x + offset[0], y + offset[1]) for x, y in batched(numbers, 2, strict=True)]
    if name == "S":
        cx, cy = control or here
        through.insert(0, (2.0 * here[0] - cx, 2.0 * here[1] - cy))
    return _curve([here, *through]), through[-2]


def _curve(ends: list[Point]) -> list[Point]:
    """Return points on a Bézier curve, after its first."""
    points = []
    for piece in range(1, _PIECES + 1):
        part, left = piece / _PIECES, ends
        while len(left) > 1:
            left = [
                (x + (to_x - x) * part, y + (to_y - y) * part)
                for (x, y), (to_x, to_y) in pairwise(left)
            ]
        points.append(left[0])
    return points


def _arc(start: Point, radius: float, large: bool, clockwise: bool, end: Point) -> list[Point]:
    """Return points on an arc of a circle, after its first."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    chord = hypot(dx, dy)
    radius = max(radius, chord / 2.0)
    # The middle lies to the right or left of the chord.
    beside = sqrt(max(0.0, radius**2 - (chord / 2.0) ** 2)) / chord
    if large is clockwise:
        beside = -beside
    x, y = (start[0] + end[0]) / 2.0 - dy * beside, (start[1] + end[1]) / 2.0 + dx * beside
    first = atan2(start[1] - y, start[0] - x)
    sweep = (atan2(end[1] - y, end[0] - x) - first) % (2.0 * pi)
    if not clockwise:
        sweep -= 2.0 * pi
    pieces = max(1, ceil(abs(sweep) / _PIECE_RAD))
    angles = (first + sweep * piece / pieces for piece in range(1, pieces + 1))
    return [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]
