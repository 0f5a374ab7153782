"""Glyphs: vehicles, patterns of states and symbols of kinds, the same as in the card."""

from functools import lru_cache
from typing import NamedTuple

from ..lot.model import BayKind
from .marks import number

# A car from above, nose up, 56 long.
CAR = "M-12-13C-12-25-8-28 0-28S12-25 12-13V20C12 26 9 28 0 28S-12 26-12 20Z"
WINDOWS = (
    "M-9.5-10C-5-13.5 5-13.5 9.5-10L8-3C3-5 -3-5 -8-3Z"
    "M-8.5 19C-4 21.5 4 21.5 8.5 19L7.5 13C3 14.5-3 14.5-7.5 13Z"
)
MIRRORS = "M-12-8.5L-15.5-6.5V-4.5L-12-5ZM12-8.5L15.5-6.5V-4.5L12-5Z"
MOTORCYCLE = (
    "M-2.5-22C-2.5-26 2.5-26 2.5-22V-12L11-9V-6.5L4-8V10L2.5 14V22C2.5 26-2.5 26-2.5 22"
    "V14L-4 10V-8L-11-6.5V-9L-2.5-12Z"
)
QUESTION = "M-6.5-6.5A6.5 6.5 0 1 1 3.2-1C.8.5 0 1.6 0 4.5M0 10.6V10.7"
# Notched, so that it points in one direction only.
GATE_ARROW = "M-6.5-8.5L9.5 0L-6.5 8.5L-3 0Z"


class Symbol(NamedTuple):
    """A drawing in a box of 24 around the origin: an area, or lines."""

    path: str
    solid: bool = False


SYMBOLS = {
    BayKind.ACCESSIBLE: Symbol(
        "M-3.6-9.4a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0"
        "M-2.1-5.2L-1.6 1.6H4.4L7.6 8.8L9.6 8M-1.8-2.2H3.6M-5.2-.6A5.9 5.9 0 1 0 4 6.4"
    ),
    BayKind.EV: Symbol("M2.5-11L-7 1.8H-.8L-2.5 11L7-1.8H.8Z", solid=True),
    BayKind.FAMILY: Symbol(
        "M-6-8.6a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0M-4.4-4.2V3M-4.4 3L-6.6 10M-4.4 3L-2.2 10"
        "M-8.6 1L-4.4-4L1.6 1.6M4-2.6a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0"
        "M5.3 1.4V5.4L3.6 10M5.3 5.4L7 10M1.6 1.6L5.3 2L8.6 4.6"
    ),
    BayKind.MOTORCYCLE: Symbol(
        "M-10.5 4.4a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0-7.4 0"
        "M3.1 4.4a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0-7.4 0"
        "M-6.8 4.4L-2.6-1.6H4L6.8 4.4M4-1.6L2-6.4H-1.4M-2.6-1.6L-7.4-3.4M-2.6-1.6L1 4.4H-6.8"
    ),
    BayKind.STAFF: Symbol(
        "M-6-7.4H6Q8-7.4 8-5.4V8Q8 10 6 10H-6Q-8 10-8 8V-5.4Q-8-7.4-6-7.4ZM-2.4-7.4V-10.4H2.4V-7.4"
        "M-2-1.4a2 2 0 1 0 4 0a2 2 0 1 0-4 0M-4.4 6.4C-4 2.6 4 2.6 4.4 6.4"
    ),
}


@lru_cache(maxsize=128)
def stripes(width: float, height: float, gap: float, slope: int = 1) -> str:
    """Return lines at 45° inside a rectangle around the origin."""
    x, y = width / 2.0, height / 2.0
    path, across = "", -x - y + gap / 2.0
    while across < x + y:
        start, end = max(-x, across - y), min(x, across + y)
        if end - start >= 1.0:
            path += f"M{number(start)} {number(slope * (across - start))}"
            path += f"L{number(end)} {number(slope * (across - end))}"
        across += gap
    return path


def hatching(width: float, height: float, gap: float) -> str:
    """Return lines at 45° both ways inside a rectangle around the origin."""
    return stripes(width, height, gap) + stripes(width, height, gap, -1)


@lru_cache(maxsize=128)
def rounded(width: float, height: float, radius: float) -> str:
    """Return a rectangle with round corners around the origin."""
    round_off = min(radius, width / 2.0, height / 2.0)
    right, bottom = number(width / 2.0), number(height / 2.0)
    left, top = number(-width / 2.0), number(-height / 2.0)
    x, y = number(width / 2.0 - round_off), number(height / 2.0 - round_off)
    to_x, to_y = number(round_off - width / 2.0), number(round_off - height / 2.0)
    return (
        f"M{to_x} {top}H{x}Q{right} {top} {right} {to_y}V{y}Q{right} {bottom} {x} {bottom}"
        f"H{to_x}Q{left} {bottom} {left} {y}V{to_y}Q{left} {top} {to_x} {top}Z"
    )


def disc(radius: float) -> str:
    """Return a circle around the origin."""
    r = number(radius)
    return f"M-{r} 0A{r} {r} 0 1 1 {r} 0A{r} {r} 0 1 1 -{r} 0Z"
