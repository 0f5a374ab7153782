"""Builder of scenes from a lot."""

from dataclasses import replace

from ..lot.lot import Lot
from ..texts import DriverTexts
from .scene import SceneData
from .surroundings import RampEnd


def build_scene(lot: Lot, gate_id: str, bay_id: str | None, texts: DriverTexts) -> SceneData:
    """Return the scene of the route from a gate to a bay; without one, of the gate's level."""
    network = lot.network
    gates = [replace(gate, heading=network.headings[gate.gate_id]) for gate in lot.gates]
    gate = next(gate for gate in gates if gate.gate_id == gate_id)
    bay = None if bay_id is None else lot[bay_id].bay
    level = gate.level if bay is None else bay.level
    note = texts.level(level)
    return SceneData(
        bays=[*lot],
        shapes=network.shapes,
        gates=gates,
        gate=gate,
        bay=bay,
        way=() if bay is None else lot.route(gate_id, bay.bay_id).points,
        directions="" if bay is None else texts.directions(lot.directions(gate_id, bay.bay_id)),
        surroundings=lot.surroundings.on(level),
        ramps=tuple(
            RampEnd((end.x, end.y), texts.level(other) if other else "")
            for end, other in lot.surroundings.ramp_ends(level)
        ),
        note=note[:1].upper() + note[1:] if lot.count(level=level) < len(lot) else "",
    )
