"""Plans of car parks, as owners write them down."""

from math import cos, radians, sin

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Bay, Gate, Place

type Corners = list[tuple[float, float]]

LENGTH_M = 5.0
WIDTH_M = 2.5


def bay(label: str, x: float, y: float, level: str = "1", heading: float | None = None) -> Bay:
    """Return a bay; its id is its label in small letters."""
    return Bay(bay_id=label.lower(), label=label, level=level, x=x, y=y, heading=heading)


def gate(
    gate_id: str,
    x: float,
    y: float,
    level: str = "1",
    heading: float | None = None,
    **measured: float,
) -> Gate:
    """Return a gate."""
    return Gate(
        gate_id=gate_id,
        name=gate_id.title(),
        level=level,
        x=x,
        y=y,
        heading=heading,
        distances=measured,
    )


def pairs_of_rows(pairs: int, per_row: int, level: str = "1") -> list[Bay]:
    """Return rows A, C … above and B, D … below aisles, which run along x at y = 8, 24 …."""
    return [
        bay(
            f"{chr(ord('A') + 2 * pair + below)}{number:02}",
            (number - 0.5) * WIDTH_M,
            16.0 * pair + (2.5 if below else 13.5),
            level,
        )
        for pair in range(pairs)
        for below in (0, 1)
        for number in range(1, per_row + 1)
    ]


def turned(bays: list[Bay], degrees: float) -> list[Bay]:
    """Return bays that are turned about the corner of the plan."""
    forth, aside = cos(radians(degrees)), sin(radians(degrees))
    return [
        bay(one.label, one.x * forth - one.y * aside, one.x * aside + one.y * forth, one.level)
        for one in bays
    ]


def lot_of(bays: list[Bay], *gates: Gate) -> Lot:
    """Return a lot without lanes."""
    lot = Lot()
    lot.set_bays(bays)
    for one in gates:
        lot.set_gate(one)
    return lot


def corners(places: tuple[Place, ...]) -> Corners:
    """Return a way that stays on one level."""
    assert len({place.level for place in places}) == 1
    return [(round(place.x, 2), round(place.y, 2)) for place in places]
