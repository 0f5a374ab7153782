"""ParkAPI v3, which German cities and ParkenDD read: a parking site, and its parking spots.

Its records hold static and realtime data together. A spot is available or not: a held or closed one
is not. Realtime data expires after half an hour (`UNSET_REALTIME_AFTER_MINUTES`), so records have
the time for which they are valid, and not the time of the last change. The models are those of the
package `parkapi-sources`.
"""

from collections.abc import Mapping

from ...lot.model import BayKind, BayState
from .earth import DECIMALS, Position
from .lot import Counts, PublicBay, PublicLot, Structure
from .values import Json, Record, iso, known

# The models accept Europe only.
LATITUDES = (34.0, 72.0)
LONGITUDES = (-27.0, 43.0)

_TYPES = {
    Structure.SURFACE: "OFF_STREET_PARKING_GROUND",
    Structure.MULTI_STOREY: "CAR_PARK",
    Structure.UNDERGROUND: "UNDERGROUND",
}
_AUDIENCES = {
    BayKind.ACCESSIBLE: "DISABLED",
    BayKind.EV: "CHARGING",
    BayKind.FAMILY: "FAMILY",
}
_STATUSES: Mapping[BayState, str] = {
    BayState.VACANT: "AVAILABLE",
    BayState.OCCUPIED: "TAKEN",
    BayState.HELD: "TAKEN",
    BayState.OUT_OF_SERVICE: "TAKEN",
    BayState.UNKNOWN: "UNKNOWN",
}
_OPENING = {True: "OPEN", False: "CLOSED", None: "UNKNOWN"}

# A site is for one purpose: motorcycles have a site of their own.
_OF_CARS = (BayKind.STANDARD, BayKind.ACCESSIBLE, BayKind.EV, BayKind.FAMILY)
_CARS, _MOTORCYCLES = "CAR", "MOTORCYCLE"


def parking_sites(lot: PublicLot) -> Json:
    """Return the lot."""
    motorcycles = lot.count(BayKind.MOTORCYCLE)
    sites: list[Json] = []
    if lot.count(*_OF_CARS).total or not motorcycles.total:
        restrictions = [_restriction(kind, lot.count(kind)) for kind in _AUDIENCES]
        sites.append(
            {
                **_site(lot, _CARS, lot.count(*_OF_CARS)),
                "restrictions": [one for one in restrictions if one["capacity"]],
            }
        )
    if motorcycles.total:
        sites.append(_site(lot, _MOTORCYCLES, motorcycles))
    return {"items": sites}


def parking_spots(lot: PublicLot) -> Json:
    """Return the bays."""
    return {"items": [_spot(lot, bay) for bay in lot.bays]}


def _site(lot: PublicLot, purpose: str, counts: Counts) -> Record:
    """Return a site for one purpose."""
    facts = lot.facts
    multiple = len({bay.level for bay in lot.bays}) > 1
    return known(
        {
            "uid": _site_uid(lot, purpose),
            "name": lot.name,
            "operator_name": lot.operator,
            "public_url": facts.website,
            "purpose": purpose,
            "type": _TYPES[facts.structure]
            if facts.structure
            else ("CAR_PARK" if multiple else "OTHER"),
            **_coordinates(lot.position),
            "opening_hours": lot.opening_hours,
            "static_data_updated_at": iso(facts.set_up),
            "has_realtime_data": True,
            "realtime_data_updated_at": iso(facts.as_of),
            "realtime_opening_status": _OPENING[lot.is_open],
            **_numbers(counts),
        }
    )


def _coordinates(position: Position) -> Record:
    """Return a position, in digits: the models do not read 2.4e-05, which is in Greenwich."""
    return {"lat": f"{position.latitude:.{DECIMALS}f}", "lon": f"{position.longitude:.{DECIMALS}f}"}


def _numbers(counts: Counts) -> Record:
    """Return the numbers of bays; an unknown bay is not vacant."""
    return {
        "capacity": counts.total,
        "realtime_capacity": counts.in_service,
        "realtime_free_capacity": counts.free if counts.is_known else None,
    }


def _restriction(kind: BayKind, counts: Counts) -> Record:
    """Return the number of bays of a special kind."""
    return {"type": _AUDIENCES[kind], **known(_numbers(counts))}


def _spot(lot: PublicLot, bay: PublicBay) -> Record:
    """Return a bay."""
    purpose = _MOTORCYCLES if bay.kind is BayKind.MOTORCYCLE else _CARS
    audience = _AUDIENCES.get(bay.kind)
    return known(
        {
            "uid": bay.uid,
            "name": bay.label or None,
            "parking_site_uid": _site_uid(lot, purpose),
            "operator_name": lot.operator,
            "purpose": purpose,
            "type": _TYPES[lot.facts.structure] if lot.facts.structure else None,
            **_coordinates(bay.position),
            "restrictions": [{"type": audience}] if audience else None,
            "static_data_updated_at": iso(lot.facts.set_up),
            "has_realtime_data": True,
            "realtime_data_updated_at": iso(lot.facts.as_of),
            "realtime_status": _STATUSES[bay.state],
        }
    )


def _site_uid(lot: PublicLot, purpose: str) -> str:
    """Return the id of a site."""
    return lot.uid if purpose == _CARS else f"{lot.uid}-{purpose.lower()}"
