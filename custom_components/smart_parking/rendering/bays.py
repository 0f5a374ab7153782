"""Drawings of bays: their kinds and their states."""

from collections.abc import Iterator
from math import radians, sin

from ..lot.model import BayKind, BayState
from .glyphs import CAR, MIRRORS, MOTORCYCLE, QUESTION, SYMBOLS, WINDOWS, hatching, rounded, stripes
from .marks import LETTER, UNITS_PER_M, Mark, Shape, Text
from .routes import polygon, units
from .view import FAR_PX_M, FARTHER_PX_M, Spot

# Distance from the middle, as a share of the length: vehicle towards the nose, label to the mouth.
VEHICLE_AT = 0.13
LABEL_AT = -0.33
# Width of the lane drawn before each bay; an aisle has bays on both sides, or is as wide as this.
LANE_M = 3.6

STATE_LOOKS = {
    BayState.VACANT: "free",
    BayState.OCCUPIED: "occupied",
    BayState.HELD: "held",
    BayState.OUT_OF_SERVICE: "closed",
    BayState.UNKNOWN: "unknown",
}


def draw_every_state(spot: Spot) -> Iterator[Shape]:
    """Yield all drawings of a bay, in every state; each part has a look of its own."""
    turn = _turn(spot)
    x, y = units(spot.at(0.0))
    yield Shape("body", _body(spot, 7.0), x, y, turn)
    for state in BayState:
        yield from _inside(spot, state, x, y, turn)
    for state in (BayState.VACANT, BayState.OCCUPIED):
        yield from _symbol(spot, state)


def draw_label(spot: Spot) -> Text:
    """Return a bay's label, whatever its state."""
    return _label(spot, "label", _turn(spot))


def draw_bay(spot: Spot, state: BayState, px_m: float, *, is_target: bool) -> Iterator[Mark]:
    """Yield a bay as seen from near or far; the target bay is always seen from near."""
    look = "target" if is_target else STATE_LOOKS[state]
    x, y = units(spot.at(0.0))
    turn = _turn(spot)
    if px_m < FARTHER_PX_M:
        far = look if look == "occupied" else f"{look}-far"
        yield Shape(far, _body(spot, 3.0), x, y, turn)
        return
    yield Shape(look, _body(spot, 7.0), x, y, turn)
    if not is_target:
        yield from _inside(spot, state, x, y, turn)
    if px_m >= FAR_PX_M:
        yield from _symbol(spot, BayState.VACANT if is_target else state)
        yield _label(spot, f"label-{look}", turn)


def _turn(spot: Spot) -> float:
    """Return the direction of a bay, in degrees clockwise from up."""
    return (90.0 - spot.shape.heading) % 360.0


def _body(spot: Spot, radius: float) -> str:
    """Return the outline of a bay."""
    width, length = _size(spot)
    gap = 2.0 * min(2.0, width * 0.04)
    return rounded(width - gap, length - gap, radius)


def _size(spot: Spot) -> tuple[float, float]:
    """Return the width and length of a bay's drawing."""
    return spot.shape.width * UNITS_PER_M, spot.shape.length * UNITS_PER_M


def lane_path(spot: Spot) -> str:
    """Return the lane before a bay."""
    mouth, side = -spot.shape.length / 2.0, spot.shape.width / 2.0
    corners = [(mouth, side), (mouth, -side), (mouth - LANE_M, -side), (mouth - LANE_M, side)]
    return polygon(units(spot.at(*corner)) for corner in corners)


def _inside(spot: Spot, state: BayState, x: float, y: float, turn: float) -> Iterator[Shape]:
    """Yield the drawing of a bay's state."""
    width, length = _size(spot)
    scale = min(width / 50.0, length / 100.0)
    at = units(spot.at(VEHICLE_AT * spot.shape.length))
    match state:
        case BayState.OCCUPIED if spot.bay.kind is BayKind.MOTORCYCLE:
            yield Shape("car", MOTORCYCLE, *at, turn, scale)
        case BayState.OCCUPIED:
            yield Shape("car", CAR + MIRRORS, *at, turn, scale)
            yield Shape("glass", WINDOWS, *at, turn, scale)
        case BayState.HELD:
            yield Shape("stripes", stripes(width - 8.0, length - 8.0, 13.0), x, y, turn)
        case BayState.OUT_OF_SERVICE:
            yield Shape("hatching", hatching(width - 8.0, length - 8.0, 11.0), x, y, turn)
        case BayState.UNKNOWN:
            yield Shape("question", QUESTION, *at, scale=1.15 * scale)


def _symbol(spot: Spot, state: BayState) -> Iterator[Shape]:
    """Yield the symbol of a special kind: big on a vacant bay, on the roof of a vehicle."""
    symbol = SYMBOLS.get(spot.bay.kind)
    if symbol is None or state is BayState.UNKNOWN:
        return
    on_roof = state is BayState.OCCUPIED
    scale = min(spot.shape.width / 2.5, spot.shape.length / 5.0) * (0.62 if on_roof else 1.25)
    at = units(spot.at((VEHICLE_AT - (0.045 if on_roof else 0.0)) * spot.shape.length))
    look = "kind-on-car" if on_roof else "kind"
    if state is BayState.OUT_OF_SERVICE:
        look = "kind-closed"
    yield Shape(f"{look}-solid" if symbol.solid else look, symbol.path, *at, scale=scale)


def _label(spot: Spot, look: str, turn: float) -> Text:
    """Return a bay's label, upright, near its mouth."""
    width, length = _size(spot)
    sideways = abs(sin(radians(turn)))
    room = (1.0 - sideways) * width + sideways * length * 0.32
    letters = max(2, len(spot.bay.label))
    size = min(18.0, 0.2 * length, room * 0.8 / (LETTER * letters))
    x, y = units(spot.at(LABEL_AT * spot.shape.length))
    return Text(look, spot.bay.label, x, y + 0.36 * size, size)
