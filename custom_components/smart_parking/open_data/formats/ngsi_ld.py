"""NGSI-LD for FIWARE's context brokers: an OffStreetParking, and its ParkingSpots.

Entities are in the simplified form (key-values) of the Smart Data Models. They have no state for a
held bay: it counts as occupied. The kind of a bay is given by its ParkingGroup; standard bays have
none.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ...lot.model import BayKind, BayState
from .earth import Position
from .lot import PublicBay, PublicLot, Structure
from .values import Json, Record, iso, known

CONTEXT: list[Json] = [
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
]

_STATUSES: Mapping[BayState, str] = {
    BayState.VACANT: "free",
    BayState.OCCUPIED: "occupied",
    BayState.HELD: "occupied",
    BayState.OUT_OF_SERVICE: "closed",
    BayState.UNKNOWN: "unknown",
}
_CATEGORIES = {BayKind.ACCESSIBLE: "forDisabled", BayKind.EV: "forElectricalCharging"}


class _Group(NamedTuple):
    """Properties that bays of a kind share."""

    category: str
    vehicle: str
    description: str


_GROUPS = {
    BayKind.ACCESSIBLE: _Group("onlyDisabled", "car", "Accessible bays"),
    BayKind.EV: _Group("onlyElectricalCharging", "car", "Charging bays"),
    BayKind.FAMILY: _Group("particularConditionsSpaces", "car", "Family bays"),
    BayKind.MOTORCYCLE: _Group("vehicleTypeSpaces", "motorcycle", "Motorcycle bays"),
}
_BUILT = {
    Structure.SURFACE: ("ground", "surface"),
    Structure.MULTI_STOREY: ("parkingGarage", "multiStorey"),
    Structure.UNDERGROUND: ("underground", None),
}


def entities(lot: PublicLot) -> Json:
    """Return the lot, the groups of bays of special kinds, and the bays."""
    groups = [_group(lot, kind) for kind in _GROUPS if lot.count(kind).total]
    return [_parking(lot), *groups, *(_spot(lot, bay) for bay in lot.bays)]


def _parking(lot: PublicLot) -> Record:
    """Return the lot."""
    facts, counts = lot.facts, lot.count()
    category, layout = _BUILT[facts.structure] if facts.structure else (None, None)
    categories: list[Json] = [
        *([category] if category else []),
        *(name for kind, name in _CATEGORIES.items() if lot.count(kind).total),
    ]
    is_certain = counts.is_known and not counts.unknown
    return known(
        {
            "@context": CONTEXT,
            "id": _urn("OffStreetParking", lot.uid),
            "type": "OffStreetParking",
            "name": lot.name,
            "dataProvider": lot.operator,
            "seeAlso": facts.website,
            "location": _point(lot.position),
            "category": categories or None,
            "layout": [layout] if layout else None,
            "openingHours": lot.opening_hours,
            "status": _status(lot),
            "allowedVehicleType": _vehicles(lot),
            "occupancyDetectionType": ["singleSpaceDetection"],
            # The schema requires at least one spot.
            "totalSpotNumber": counts.total or None,
            "availableSpotNumber": counts.free if counts.is_known else None,
            "occupiedSpotNumber": counts.taken if counts.is_known else None,
            "extraSpotNumber": _extra(lot) if counts.is_known else None,
            "outOfServiceSlotNumber": counts.closed,
            "occupancy": round(counts.taken / counts.total, 3)
            if is_certain and counts.total
            else None,
            "observationDateTime": iso(facts.as_of),
            "occupancyModified": iso(max(bay.since for bay in lot.bays)) if lot.bays else None,
            "dateModified": iso(facts.set_up),
        }
    )


def _status(lot: PublicLot) -> list[Json] | None:
    """Return whether the lot is open, and whether it is full, as far as known."""
    if lot.is_open is False:
        return ["closed"]
    room = {True: "full", False: "spacesAvailable", None: None}[lot.count().is_full]
    status: list[Json] = [*(["open"] if lot.is_open else []), *([room] if room else [])]
    return status or None


def _vehicles(lot: PublicLot) -> list[Json] | None:
    """Return the vehicles that may park there, the usual first."""
    motorcycles = lot.count(BayKind.MOTORCYCLE).total
    vehicles: list[Json] = ["car"] if motorcycles < lot.count().total else []
    return [*vehicles, *(["motorcycle"] if motorcycles else [])] or None


def _extra(lot: PublicLot) -> int:
    """Return the number of vacant bays of special kinds."""
    return lot.count().free - lot.count(BayKind.STANDARD).free


def _group(lot: PublicLot, kind: BayKind) -> Record:
    """Return the bays of a kind, as a group."""
    group, counts = _GROUPS[kind], lot.count(kind)
    return known(
        {
            "@context": CONTEXT,
            "id": _group_urn(lot, kind),
            "type": "ParkingGroup",
            "description": group.description,
            "location": _point(lot.position),
            "category": ["offStreet", group.category],
            "allowedVehicleType": group.vehicle,
            "occupancyDetectionType": ["singleSpaceDetection"],
            "totalSpotNumber": counts.total,
            "availableSpotNumber": counts.free if counts.is_known else None,
            "refParkingSite": _urn("OffStreetParking", lot.uid),
        }
    )


def _spot(lot: PublicLot, bay: PublicBay) -> Record:
    """Return a bay."""
    return known(
        {
            "@context": CONTEXT,
            "id": _urn("ParkingSpot", bay.uid),
            "type": "ParkingSpot",
            "name": bay.label or None,
            "location": _point(bay.position),
            "status": _STATUSES[bay.state],
            "category": ["offStreet"],
            "width": bay.width,
            "length": bay.length,
            "refParkingSite": _urn("OffStreetParking", lot.uid),
            "refParkingGroup": _group_urn(lot, bay.kind) if bay.kind in _GROUPS else None,
            "timeInstant": iso(lot.facts.as_of),
            "dateModified": iso(max(bay.since, lot.facts.set_up)),
        }
    )


def _group_urn(lot: PublicLot, kind: BayKind) -> str:
    """Return the name of the group of bays of a kind."""
    return _urn("ParkingGroup", f"{lot.uid}-{kind.value}")


def _urn(kind: str, uid: str) -> str:
    """Return the name of an entity."""
    return f"urn:ngsi-ld:{kind}:{uid}"


def _point(position: Position) -> Record:
    """Return a place."""
    return {"type": "Point", "coordinates": [position.longitude, position.latitude]}
