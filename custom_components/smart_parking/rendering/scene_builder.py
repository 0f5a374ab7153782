"""Builder of scenes from a lot."""

from dataclasses import replace

from ..lot.lot import Lot
from ..lot.model import Gate
from ..texts import DriverTexts
from .scene import SceneData
from .surroundings import RampEnd


def build_scene(lot: Lot, gate_id: str, bay_id: str | None, texts: DriverTexts) -> SceneData:
    """Return the scene of the route from a gate to a bay; without one, of the gate's level."""
    gate = next(gate for gate in lot.gates if gate.gate_id == gate_id)
    bay = None if bay_id is None else lot[bay_id].bay
    level = gate.level if bay is None else bay.level
    scene_data = build_level(lot, level, texts, gate)
    return replace(
        scene_data,
        bay=bay,
        way=() if bay is None else lot.route(gate_id, bay.bay_id).points,
        directions="" if bay is None else texts.directions(lot.directions(gate_id, bay.bay_id)),
        note=scene_data.note if lot.count(level=level) < len(lot) else "",
    )


def build_level(lot: Lot, level: str, texts: DriverTexts, gate: Gate | None = None) -> SceneData:
    """Return the scene of a level with its name; one gate, perhaps elsewhere, may stand out."""
    network, note = lot.network, texts.level(level)
    gates = {one.gate_id: replace(one, heading=network.headings[one.gate_id]) for one in lot.gates}
    return SceneData(
        bays=[*lot],
        shapes=network.shapes,
        gates=[*gates.values()],
        gate=Gate(gate_id="", name="", level=level) if gate is None else gates[gate.gate_id],
        surroundings=lot.surroundings.on(level),
        ramps=tuple(
            RampEnd((end.x, end.y), texts.level(other) if other else "")
            for end, other in lot.surroundings.ramp_ends(level)
        ),
        note=note[:1].upper() + note[1:] if level else "",
    )
