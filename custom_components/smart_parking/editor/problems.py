"""What keeps a drawing from being published, and what its owner should look at.

The rules are those of the forms, asked of everything at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_DISTANCES, CONF_LABEL, CONF_SOURCE
from ..errors import SmartParkingError
from ..gate_form import CONF_NEW_LEVEL, GateLevels, read_gate
from ..lot.drawing.change import ThingId
from ..lot.drawing.model import Collection, Drawing, DrawnNode
from ..lot.model import Bay, Gate, Lane, Ramp
from ..lot.routing.geometry import Geometry
from ..lot.routing.network import Network, Plan
from ..options import read_ramps
from ..sources import SOURCES
from ..sources.base import NodeConfig, Row, Source, Value
from ..sources.bay_table import find_row_errors
from ..sources.flow import nodes_of_kind
from .conversion import gate_data, ramp_row, row_of


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    """The drawing cannot be published."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with something on a drawing; the words are in the translations."""

    key: str
    severity: Severity = Severity.ERROR
    things: tuple[ThingId, ...] = ()
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "key": self.key,
            "severity": self.severity.value,
            "things": [[collection.value, key] for collection, key in self.things],
            "placeholders": dict(self.placeholders),
        }


type Claim = tuple[str, str]
"""What only one node of all lots may have: its kind, and which machine's sensors."""


class Claims(NamedTuple):
    """What nodes of other lots have that only one node may have."""

    lot: str
    """The title of the lot that is drawn."""
    elsewhere: Mapping[Claim, tuple[str, str]]
    """The titles of the node that has it and of its lot."""


class Ways(NamedTuple):
    """The ways on a drawing, and which bays none leads to."""

    plan: Plan
    shapes: Mapping[str, Geometry]
    headings: Mapping[str, float]
    stranded: tuple[str, ...]


def find_routes(drawing: Drawing) -> Ways:
    """Return the ways on a drawing. Takes a while for a large lot: for the executor."""
    bays = [
        Bay(
            bay_id=bay_id,
            label=bay.label,
            kind=bay.kind,
            level=bay.level,
            x=bay.x,
            y=bay.y,
            width=bay.width,
            length=bay.length,
            heading=bay.heading,
        )
        for bay_id, bay in drawing.bays.items()
    ]
    gates = [
        Gate(gate_id=gate_id, name=one.name, level=one.level, x=one.x, y=one.y, heading=one.heading)
        for gate_id, one in drawing.gates.items()
    ]
    lanes = [
        Lane(level=one.level, points=one.points, one_way=one.one_way)
        for one in drawing.lanes.values()
    ]
    ramps = [
        Ramp(start=one.start, end=one.end, one_way=one.one_way, length=one.length)
        for one in drawing.ramps.values()
    ]
    network = Network(bays, gates, lanes, ramps)
    stranded = tuple(bay.bay_id for bay in network.stranded()) if gates else ()
    return Ways(network.plan(), network.shapes, network.headings, stranded)


def claim_of(kind: type[Source], settings: Mapping[str, Value]) -> Claim | None:
    """Return what only one node of all lots may have; None where there is no such."""
    identity = "" if kind.only_one else kind.identity(settings)
    return None if identity is None else (kind.key, identity)


@callback
def claims_around(hass: HomeAssistant, entry: ConfigEntry) -> Claims:
    """Return what nodes of other lots have, for the rules of a lot."""
    return Claims(
        entry.title,
        {
            claim: (subentry.title, other.title)
            for kind in SOURCES.values()
            for other, subentry in nodes_of_kind(hass, kind)
            if other.entry_id != entry.entry_id
            and (claim := claim_of(kind, subentry.data)) is not None
        },
    )


def find_problems(
    hass: HomeAssistant, drawing: Drawing, claims: Claims, stranded: Iterable[str] = ()
) -> list[Problem]:
    """Return what is wrong with a drawing; `stranded` are the bays that no way leads to."""
    return [
        *_of_bays(drawing),
        *_of_claims(drawing, claims),
        *_of_nodes(hass, drawing),
        *_of_gates(drawing),
        *_of_lanes(drawing),
        *_of_ramps(drawing),
        *_warnings(drawing, stranded),
    ]


def node_configs(drawing: Drawing) -> Iterator[tuple[str, NodeConfig]]:
    """Yield the nodes that have bays, with their ids."""
    rows: dict[str, list[Row]] = {}
    for bay_id, bay in drawing.bays.items():
        rows.setdefault(bay.node, []).append(row_of(bay_id, bay))
    for node_id, node in drawing.nodes.items():
        if node_id in rows:
            settings = {CONF_SOURCE: node.source, **node.settings}
            yield node_id, NodeConfig(node.name, settings, rows[node_id])


def _of_bays(drawing: Drawing) -> Iterator[Problem]:
    """Yield what the rules for all bays say."""
    if not drawing.bays:
        yield Problem(key="no_bays")
    ids = list(drawing.bays)
    for index, err in find_row_errors(row_of(bay_id, bay) for bay_id, bay in drawing.bays.items()):
        yield Problem(
            key=err.key, things=((Collection.BAYS, ids[index]),), placeholders=err.placeholders
        )
    for bay_id, bay in drawing.bays.items():
        if bay.node and bay.node not in drawing.nodes:
            yield Problem(
                key="unknown_node",
                things=((Collection.BAYS, bay_id),),
                placeholders={"label": bay.label},
            )


def _of_claims(drawing: Drawing, claims: Claims) -> Iterator[Problem]:
    """Yield nodes that have what another node has, here or in another lot."""
    taken = dict(claims.elsewhere)
    for _, config in node_configs(drawing):
        kind = SOURCES.get(config.source)
        claim = None if kind is None else claim_of(kind, config.settings)
        if kind is None or claim is None:
            continue
        if claim in taken:
            node, lot = taken[claim]
            key = "only_one" if kind.only_one else "node_taken"
            placeholders = {"pi": claim[1], "node": node, "lot": lot}
            yield _about(config.rows, Problem(key=key, placeholders=placeholders))
        taken.setdefault(claim, (config.name, claims.lot))


def _of_nodes(hass: HomeAssistant, drawing: Drawing) -> Iterator[Problem]:
    """Yield what the rules of the sensors say."""
    for node_id, config in node_configs(drawing):
        kind = SOURCES.get(config.source)
        if kind is None:
            yield Problem(
                key="unknown_source",
                things=((Collection.NODES, node_id),),
                placeholders={"node": config.name},
            )
            continue
        required = [name for name, column in kind.columns().items() if column.get("required")]
        bare = [row for row in config.rows if any(row.get(name) is None for name in required)]
        if bare:
            yield _about(bare, Problem(key="not_wired"))
            continue
        try:
            kind.check_settings(hass, config.settings)
            kind.check(hass, config)
        except SmartParkingError as err:
            meant = {*err.placeholders.values()}
            rows = [row for row in config.rows if str(row[CONF_LABEL]) in meant]
            placeholders = {"node": config.name, **err.placeholders}
            yield _about(rows, Problem(key=err.key, placeholders=placeholders), node_id)
            continue
        lacking = {*kind.uncalibrated(config)}
        if lacking:
            rows = [row for row in config.rows if row["bay_id"] in lacking]
            yield _about(rows, Problem(key="uncalibrated"))


def _about(rows: Iterable[Row], problem: Problem, node_id: str | None = None) -> Problem:
    """Return a problem of bays, with their number and the label of the first, or of their node."""
    found = list(rows)
    things: tuple[ThingId, ...] = tuple((Collection.BAYS, str(row["bay_id"])) for row in found)
    if not things and node_id is not None:
        things = ((Collection.NODES, node_id),)
    counted = {"count": str(len(found)), "label": str(found[0][CONF_LABEL])} if found else {}
    return Problem(
        key=problem.key,
        severity=problem.severity,
        things=things,
        placeholders={**counted, **problem.placeholders},
    )


def _of_gates(drawing: Drawing) -> Iterator[Problem]:
    """Yield what the form of a gate would say."""
    taken: list[str] = []
    for gate_id, gate in drawing.gates.items():
        answers = {
            CONF_NAME: gate.name,
            CONF_NEW_LEVEL: True,
            CONF_DISTANCES: "",
            **gate_data(gate),
        }
        try:
            name, _ = read_gate(answers, GateLevels(()), taken)
        except SmartParkingError as err:
            yield Problem(
                key=err.key,
                things=((Collection.GATES, gate_id),),
                placeholders={"gate": gate.name, **err.placeholders},
            )
        else:
            taken.append(name)


def _of_lanes(drawing: Drawing) -> Iterator[Problem]:
    """Yield lanes on levels that nothing else is on."""
    known = _levels_of_places(drawing)
    known |= {end.level for ramp in drawing.ramps.values() for end in (ramp.start, ramp.end)}
    for lane_id, lane in drawing.lanes.items():
        if lane.level not in known:
            yield Problem(
                key="lane_level",
                things=((Collection.LANES, lane_id),),
                placeholders={"level": lane.level},
            )


def _of_ramps(drawing: Drawing) -> Iterator[Problem]:
    """Yield what the form of ramps would say."""
    known = _levels_of_places(drawing) | {lane.level for lane in drawing.lanes.values()}
    for ramp_id, ramp in drawing.ramps.items():
        things: tuple[ThingId, ...] = ((Collection.RAMPS, ramp_id),)
        try:
            read_ramps([ramp_row(ramp)])
        except SmartParkingError as err:
            yield Problem(key=err.key, things=things, placeholders=err.placeholders)
        for end in (ramp.start, ramp.end):
            if end.level not in known:
                yield Problem(key="ramp_level", things=things, placeholders={"level": end.level})


def _levels_of_places(drawing: Drawing) -> set[str]:
    """Return the levels of bays and gates."""
    return {bay.level for bay in drawing.bays.values()} | {
        gate.level for gate in drawing.gates.values()
    }


def _warnings(drawing: Drawing, stranded: Iterable[str]) -> Iterator[Problem]:
    """Yield what an owner should look at."""
    if drawing.bays and not drawing.gates:
        yield Problem(key="no_gate", severity=Severity.WARNING)
    rows = {bay_id: row_of(bay_id, bay) for bay_id, bay in drawing.bays.items()}
    if unreachable := [rows[bay_id] for bay_id in stranded if bay_id in rows]:
        yield _about(unreachable, Problem(key="unreachable", severity=Severity.WARNING))
    unpaired = [
        rows[bay_id] for bay_id, bay in drawing.bays.items() if not is_paired(drawing, bay.node)
    ]
    if unpaired:
        yield _about(unpaired, Problem(key="unpaired", severity=Severity.WARNING))


def is_paired(drawing: Drawing, node_id: str) -> bool:
    """Return whether a node has sensors."""
    node = drawing.nodes.get(node_id)
    return node is not None and _measures(node)


def _measures(node: DrawnNode) -> bool:
    """Return whether a node's source has sensors; one that is not known may have."""
    kind = SOURCES.get(node.source)
    return kind is None or kind.measures
