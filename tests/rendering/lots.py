"""Car parks to be drawn."""

from collections.abc import Iterable
from itertools import cycle

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import (
    Bay,
    BayKind,
    BayState,
    Fault,
    Gate,
    Observation,
    Place,
    Ramp,
)
from custom_components.smart_parking.rendering.scene import SceneData
from custom_components.smart_parking.rendering.surroundings import RampEnd


def row(prefix: str, count: int, y: float, *, level: str = "1", x: float = 1.25) -> list[Bay]:
    """Return bays side by side."""
    return [
        Bay(
            bay_id=(label := f"{prefix}{number:02}").lower(),
            label=label,
            level=level,
            x=x + 2.5 * (number - 1),
            y=y,
        )
        for number in range(1, count + 1)
    ]


def gate(x: float, y: float, name: str = "North gate", *, level: str = "1") -> Gate:
    """Return a gate; its id is its name."""
    return Gate(gate_id=name, name=name, level=level, x=x, y=y)


def lot_of(bays: Iterable[Bay], *gates: Gate, ramps: Iterable[Ramp] = ()) -> Lot:
    """Return a lot whose bays are all free."""
    lot = Lot()
    bays = list(bays)
    lot.set_bays(bays)
    for one in gates:
        lot.set_gate(one)
    lot.set_lanes((), ramps)
    for bay in bays:
        put(lot, bay.bay_id, BayState.VACANT)
    return lot


def put(lot: Lot, bay_id: str, state: BayState) -> None:
    """Bring a bay into a state."""
    occupied = None if state is BayState.UNKNOWN else state is BayState.OCCUPIED
    fault = Fault.NO_RESPONSE if occupied is None else None
    lot.apply([Observation(bay_id, occupied, fault, 0.0 if occupied is None else 1.0, None)])
    lot.set_held(bay_id, held=state is BayState.HELD)
    lot.set_out_of_service(bay_id, out=state is BayState.OUT_OF_SERVICE)


def small(kinds: Iterable[BayKind] = (BayKind.STANDARD,)) -> Lot:
    """Return a car park of 24 bays in two rows, with a gate at either end."""
    bays = row("A", 12, 13.5) + row("B", 12, 2.5)
    bays = [
        Bay(bay_id=bay.bay_id, label=bay.label, level="1", x=bay.x, y=bay.y, kind=kind)
        for bay, kind in zip(bays, cycle(kinds), strict=False)
    ]
    return lot_of(bays, gate(0.0, 8.0), gate(30.0, 8.0, "South gate"))


def thousand() -> Lot:
    """Return a car park of 1,000 bays in twenty rows, back to back."""
    rows = [(chr(65 + one), 16.0 * (one // 2) + 11.0 * (one % 2)) for one in range(20)]
    bays = [
        bay
        for prefix, y in rows
        for bay in row(f"{prefix}1", 25, y) + row(f"{prefix}2", 25, y, x=70.0)
    ]
    return lot_of(bays, gate(-4.0, 5.5), gate(140.0, 5.5, "South gate"))


def two_levels() -> Lot:
    """Return a car park of two levels, joined by a ramp; the gate is on the lower one."""
    bays = row("A", 6, 10.0) + row("B", 6, 10.0, level="2")
    ramp = Ramp(start=Place("1", 18.0, 4.0), end=Place("2", 18.0, 4.0))
    return lot_of(bays, gate(0.0, 4.0), ramps=[ramp])


def scene_data(
    lot: Lot, bay_id: str | None, gate_id: str = "North gate", *, note: str = "", sign: str = ""
) -> SceneData:
    """Return what there is to be seen of a lot: the way to a bay, or a sign."""
    entrance = next(one for one in lot.gates if one.gate_id == gate_id)
    level = entrance.level if bay_id is None else lot[bay_id].bay.level
    return SceneData(
        bays=[*lot],
        shapes=lot.network.shapes,
        gates=lot.gates,
        gate=entrance,
        bay=None if bay_id is None else lot[bay_id].bay,
        way=() if bay_id is None else lot.route(gate_id, bay_id).points,
        note=note,
        sign=sign,
        surroundings=(around := lot.surroundings.on(level)),
        ramps=tuple(RampEnd((end.x, end.y), to) for end, to in around.ramp_ends(level)),
    )
