"""A drawing from what a lot's forms have written, and back.

What is drawn as it was stays written as it was, to the letter: a node that nothing has changed of
goes on undisturbed.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry

from ..const import (
    CONF_BAY_ID,
    CONF_BAYS,
    CONF_DISTANCES,
    CONF_DRAWING,
    CONF_FROM_LEVEL,
    CONF_FROM_POINT,
    CONF_HEADING,
    CONF_KIND,
    CONF_LABEL,
    CONF_LANES,
    CONF_LENGTH,
    CONF_LEVEL,
    CONF_ONE_WAY,
    CONF_POINTS,
    CONF_RAMPS,
    CONF_SOURCE,
    CONF_TO_LEVEL,
    CONF_TO_POINT,
    CONF_WIDTH,
    CONF_X,
    CONF_Y,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
)
from ..lot.drawing.model import (
    Collection,
    Drawing,
    DrawnBay,
    DrawnGate,
    DrawnGround,
    DrawnLane,
    DrawnLevel,
    DrawnNode,
    DrawnRamp,
    DrawnWall,
    DrawnZone,
    Thing,
    thing_data,
)
from ..lot.model import Point
from ..lot.stored import Stored
from ..options import read_lanes, read_ramps
from ..sources.base import NodeConfig, Row
from ..sources.bay_table import bay_of, gate_of

OF_ALL_BAYS: Final = frozenset(
    {
        CONF_BAY_ID,
        CONF_LABEL,
        CONF_KIND,
        CONF_LEVEL,
        CONF_X,
        CONF_Y,
        CONF_HEADING,
        CONF_WIDTH,
        CONF_LENGTH,
    }
)
# What nothing else has a place for.
ONLY_DRAWN: Final = (Collection.ROWS, Collection.WALLS, Collection.ZONES, Collection.GROUNDS)
# Levels whose names are no numbers come after those that have some.
_NAMED_LEVEL = 1000


type _OnLevel = DrawnBay | DrawnGate | DrawnLane | DrawnWall | DrawnZone | DrawnGround


class Parts(NamedTuple):
    """What is written down of a drawing; nodes and gates by the ids of their subentries."""

    nodes: Mapping[str, tuple[str, Mapping[str, Any]]]
    """Title and data."""
    gates: Mapping[str, tuple[str, Mapping[str, Any]]]
    options: Mapping[str, Any]


def drawing_of(entry: ConfigEntry, known: Drawing | None = None) -> Drawing:
    """Return the drawing of a lot as it is written down.

    Lanes and ramps have no ids there: those that `known` has as well are called as there.
    """
    known = known or Drawing()
    nodes = entry.get_subentries_of_type(SUBENTRY_NODE)
    drawing = Drawing.from_data(Stored(entry.options.get(CONF_DRAWING, {}))).with_things(
        {
            Collection.NODES: {one.subentry_id: _node(one.title, one.data) for one in nodes},
            Collection.BAYS: {
                str(row[CONF_BAY_ID]): draw_bay(one.subentry_id, row)
                for one in nodes
                for row in one.data[CONF_BAYS]
            },
            Collection.GATES: {
                one.subentry_id: draw_gate(one.title, one.data)
                for one in entry.get_subentries_of_type(SUBENTRY_GATE)
            },
            Collection.LANES: _with_ids(
                (_lane(row) for row in entry.options.get(CONF_LANES, ())), known.lanes
            ),
            Collection.RAMPS: _with_ids(
                (_ramp(row) for row in entry.options.get(CONF_RAMPS, ())), known.ramps
            ),
        }
    )
    return drawing.with_things({Collection.LEVELS: {**levels_of(drawing), **drawing.levels}})


def levels_of(drawing: Drawing) -> dict[str, DrawnLevel]:
    """Return the levels that there is anything on, in the order that their names suggest."""
    placed: list[_OnLevel] = [
        *drawing.bays.values(),
        *drawing.gates.values(),
        *drawing.lanes.values(),
        *drawing.walls.values(),
        *drawing.zones.values(),
        *drawing.grounds.values(),
    ]
    named: dict[str, None] = dict.fromkeys(one.level for one in placed)
    for ramp in drawing.ramps.values():
        named |= {ramp.start.level: None, ramp.end.level: None}
    return {
        name: DrawnLevel(order=int(name) if name.removeprefix("-").isdecimal() else _NAMED_LEVEL)
        for name in named
    }


def draw_bay(node_id: str, row: Row) -> DrawnBay:
    """Return a bay as it is drawn."""
    bay = bay_of(row)
    return DrawnBay(
        label=bay.label,
        kind=bay.kind,
        level=bay.level,
        x=bay.x,
        y=bay.y,
        heading=bay.heading,
        width=bay.width,
        length=bay.length,
        node=node_id,
        wiring={key: value for key, value in row.items() if key not in OF_ALL_BAYS},
    )


def row_of(bay_id: str, bay: DrawnBay) -> Row:
    """Return a bay as it is written down."""
    optional = {
        CONF_LEVEL: bay.level or None,
        CONF_HEADING: bay.heading,
        CONF_WIDTH: bay.width,
        CONF_LENGTH: bay.length,
    }
    return {
        CONF_KIND: bay.kind.value,
        CONF_LABEL: bay.label,
        CONF_X: bay.x,
        CONF_Y: bay.y,
        **{key: value for key, value in optional.items() if value is not None},
        **bay.wiring,
        CONF_BAY_ID: bay_id,
    }


def draw_gate(name: str, data: Mapping[str, Any]) -> DrawnGate:
    """Return a gate as it is drawn."""
    gate = gate_of("", name, {key: data[key] for key in data if key != CONF_DISTANCES})
    return DrawnGate(
        name=gate.name,
        level=gate.level,
        x=gate.x,
        y=gate.y,
        heading=gate.heading,
        distances=str(data.get(CONF_DISTANCES) or ""),
    )


def gate_data(gate: DrawnGate) -> dict[str, Any]:
    """Return a gate as it is written down, but for its name."""
    optional = {
        CONF_LEVEL: gate.level or None,
        CONF_HEADING: gate.heading,
        CONF_DISTANCES: gate.distances or None,
    }
    return {
        CONF_X: gate.x,
        CONF_Y: gate.y,
        **{key: value for key, value in optional.items() if value is not None},
    }


def lane_row(lane: DrawnLane) -> Row:
    """Return a lane as it is written down."""
    row: Row = {CONF_POINTS: "; ".join(map(_point, lane.points))}
    if lane.level:
        row[CONF_LEVEL] = lane.level
    if lane.one_way:
        row[CONF_ONE_WAY] = True
    return row


def ramp_row(ramp: DrawnRamp) -> Row:
    """Return a ramp as it is written down."""
    row: Row = {
        CONF_FROM_POINT: _point((ramp.start.x, ramp.start.y)),
        CONF_TO_POINT: _point((ramp.end.x, ramp.end.y)),
    }
    for key, level in ((CONF_FROM_LEVEL, ramp.start.level), (CONF_TO_LEVEL, ramp.end.level)):
        if level:
            row[key] = level
    if ramp.one_way:
        row[CONF_ONE_WAY] = True
    if ramp.length is not None:
        row[CONF_LENGTH] = ramp.length
    return row


def parts_of(drawing: Drawing, entry: ConfigEntry) -> Parts:
    """Return what is to be written down for a drawing; nodes without bays are none."""
    bays: dict[str, list[Row]] = {node_id: [] for node_id in drawing.nodes}
    before = {
        str(row[CONF_BAY_ID]): row
        for one in entry.get_subentries_of_type(SUBENTRY_NODE)
        for row in one.data[CONF_BAYS]
    }
    for bay_id, bay in drawing.bays.items():
        row = before.get(bay_id)
        is_as_before = row is not None and draw_bay(bay.node, row) == bay
        bays[bay.node].append(row if row is not None and is_as_before else row_of(bay_id, bay))
    return Parts(
        {
            node_id: (node.name, NodeConfig(node.name, _settings(node), bays[node_id]).to_data())
            for node_id, node in drawing.nodes.items()
            if bays[node_id]
        },
        {
            gate_id: (gate.name, _gate(gate_id, gate, entry))
            for gate_id, gate in drawing.gates.items()
        },
        _options(drawing, entry),
    )


def _options(drawing: Drawing, entry: ConfigEntry) -> dict[str, Any]:
    """Return a lot's options with what is drawn."""
    options = dict(entry.options)
    lanes = {_lane(row): row for row in options.get(CONF_LANES, ())}
    ramps = {_ramp(row): row for row in options.get(CONF_RAMPS, ())}
    usual = levels_of(drawing)
    only_drawn: dict[Collection, Mapping[str, Thing]] = {
        Collection.LEVELS: {
            name: level for name, level in drawing.levels.items() if usual.get(name) != level
        },
        **{collection: drawing.things(collection) for collection in ONLY_DRAWN},
    }
    written: dict[str, Any] = {
        CONF_LANES: [lanes.get(lane) or lane_row(lane) for lane in drawing.lanes.values()],
        CONF_RAMPS: [ramps.get(ramp) or ramp_row(ramp) for ramp in drawing.ramps.values()],
        CONF_DRAWING: Drawing().with_things(only_drawn).to_data(),
    }
    for key, value in written.items():
        if value or key in options:
            options[key] = value
    return options


def _gate(gate_id: str, gate: DrawnGate, entry: ConfigEntry) -> Mapping[str, Any]:
    """Return what is written down of a gate."""
    before = entry.subentries.get(gate_id)
    if before is not None and draw_gate(gate.name, before.data) == gate:
        return before.data
    return gate_data(gate)


def _node(name: str, data: Mapping[str, Any]) -> DrawnNode:
    """Return a node as it is drawn."""
    config = NodeConfig.from_data(name, data)
    return DrawnNode(name=name, source=config.source, settings=config.own_settings())


def _settings(node: DrawnNode) -> dict[str, Any]:
    """Return the settings of a node as they are written down."""
    return {CONF_SOURCE: node.source, **node.settings}


def _lane(row: Row) -> DrawnLane:
    """Return a lane as it is drawn."""
    (lane,) = read_lanes([row])
    return DrawnLane(level=lane.level, points=lane.points, one_way=lane.one_way)


def _ramp(row: Row) -> DrawnRamp:
    """Return a ramp as it is drawn."""
    (ramp,) = read_ramps([row])
    return DrawnRamp(start=ramp.start, end=ramp.end, one_way=ramp.one_way, length=ramp.length)


def _point(point: Point) -> str:
    """Return a point as it is written down, to the millimetre."""
    return ", ".join(f"{metres:.3f}".rstrip("0").rstrip(".") for metres in point)


def _with_ids(things: Iterable[Thing], known: Mapping[str, Thing]) -> dict[str, Thing]:
    """Return things by ids: those that are known, and others that are the same every time."""
    ids: dict[str, list[str]] = {}
    for key, thing in known.items():
        ids.setdefault(repr(thing_data(thing)), []).append(key)
    found: dict[str, Thing] = {}
    for thing in things:
        content = repr(thing_data(thing))
        of_same = ids.get(content)
        key = of_same.pop(0) if of_same else blake2b(content.encode(), digest_size=6).hexdigest()
        while key in found:
            key = f"{key}-"
        found[key] = thing
    return found
