"""GeoJSON (RFC 7946): the lot, its gates and its bays for any map."""

from ...lot.model import BayState
from .earth import Position
from .lot import PublicBay, PublicGate, PublicLot
from .values import Json, Record, iso, known


def features(lot: PublicLot) -> Json:
    """Return the lot, its gates and its bays.

    `located` is whether a gate or a bay has its own position, or only that of the lot.
    """
    return {
        "type": "FeatureCollection",
        "features": [
            _lot(lot),
            *(_gate(lot, gate) for gate in lot.gates),
            *(_bay(lot, bay) for bay in lot.bays),
        ],
    }


def _lot(lot: PublicLot) -> Record:
    """Return the lot itself."""
    facts, counts = lot.facts, lot.count()
    return _feature(
        lot.uid,
        _point(lot.position),
        {
            "feature": "lot",
            "name": lot.name,
            "operator": lot.operator,
            "website": facts.website,
            "structure": facts.structure,
            "opening_hours": lot.opening_hours,
            "open": lot.is_open,
            "bays": counts.total,
            "free": counts.free if counts.is_known else None,
            "taken": counts.taken,
            "out_of_service": counts.closed,
            "unknown": counts.unknown,
            "changed": iso(facts.changed),
        },
    )


def _gate(lot: PublicLot, gate: PublicGate) -> Record:
    """Return a gate."""
    return _feature(
        gate.uid,
        _point(gate.position),
        {
            "feature": "gate",
            "name": gate.name,
            "level": gate.level,
            "located": lot.is_located,
        },
    )


def _bay(lot: PublicLot, bay: PublicBay) -> Record:
    """Return a bay; its state is one of five."""
    return _feature(
        bay.uid,
        _polygon(bay.corners) if bay.corners else _point(bay.position),
        {
            "feature": "bay",
            "label": bay.label,
            "kind": bay.kind.value,
            "level": bay.level,
            "state": bay.state.value,
            "free": None if bay.state is BayState.UNKNOWN else bay.state is BayState.VACANT,
            "since": iso(bay.since),
            "located": lot.is_located,
        },
    )


def _feature(uid: str, geometry: Record, properties: dict[str, Json]) -> Record:
    """Return a feature with a geometry."""
    return {
        "type": "Feature",
        "id": uid,
        "geometry": geometry,
        "properties": known(properties),
    }


def _point(position: Position) -> Record:
    """Return a position: longitude first."""
    return {"type": "Point", "coordinates": [position.longitude, position.latitude]}


def _polygon(corners: tuple[Position, ...]) -> Record:
    """Return an area; its last corner repeats the first."""
    ring: list[Json] = [[one.longitude, one.latitude] for one in (*corners, corners[0])]
    return {"type": "Polygon", "coordinates": [ring]}
