"""APDS, the data model of ISO/TS 5206-1: the lot and its bays as places, and observed vehicles.

A hierarchy element is versioned by the owner's last change of the lot; its demand table has the
time for which it is valid. Only vehicles are observed: an observation is of a bay in which a
vehicle stands.
"""

from ...lot.model import BayKind, BayState
from .earth import Position
from .lot import PublicBay, PublicLot
from .values import Json, Record, iso, known

_RESTRICTIONS = {
    BayKind.ACCESSIBLE: "disabledPersonPermitOnly",
    BayKind.EV: "electricVehicleOnly",
}
# The standard's list of restrictions has no entries for these.
_DESCRIPTIONS = {BayKind.FAMILY: "Families only", BayKind.MOTORCYCLE: "Motorcycles only"}


def places(lot: PublicLot) -> Json:
    """Return the lot and its bays."""
    return _listed(lot, [_place(lot), *(_space(lot, bay) for bay in lot.bays)])


def observations(lot: PublicLot) -> Json:
    """Return the vehicles in the bays."""
    return _listed(
        lot, [_observation(lot, bay) for bay in lot.bays if bay.state is BayState.OCCUPIED]
    )


def _listed(lot: PublicLot, records: list[Record]) -> Record:
    """Return records as a list of one page."""
    return {
        "meta": {
            "referenceInstant": _epoch_s(lot),
            "offset": 0,
            "pageSize": len(records),
            "total": len(records),
        },
        "data": [*records],
    }


def _place(lot: PublicLot) -> Record:
    """Return the lot."""
    facts, counts = lot.facts, lot.count()
    at = iso(facts.as_of)
    seen = counts.free + counts.taken
    demand: list[Json] = [{"timestamp": at, "demandType": [_demand(counts.taken, seen, at)]}]
    for one in facts.expected:
        expected = _demand(one.taken, one.bays, at, "expected")
        demand.append({"timestamp": iso(one.at), "demandType": [expected]})
    return known(
        {
            **_element(lot, lot.uid, lot.name),
            "layer": 0,
            "type": "parkingPlace",
            "timeZone": facts.time_zone,
            "childIds": [_reference(lot, bay.uid, "Space") for bay in lot.bays],
            "indicativePlacePointLocation": [_point(lot.position)],
            "characteristics": [
                {
                    "spacesTotal": counts.total,
                    "spacesNonDedicated": lot.count(BayKind.STANDARD).total,
                    "disabledAccess": bool(lot.count(BayKind.ACCESSIBLE).total),
                    "openToPublic": True,
                }
            ],
            "marketing": {"webURLs": [facts.website]} if facts.website else None,
            "times": _times(lot),
            "hierarchyElementReference": {
                "elementId": _reference(lot, lot.uid),
                # An unknown bay must not be taken for a vacant one, so it is no supply.
                "supply": [
                    {"supplyViewType": "spaceView", "supplyQuantity": seen},
                ],
                "demandTable": demand,
            },
            "occupancyLevel": _level(_fullness(lot)),
        }
    )


def _fullness(lot: PublicLot) -> str:
    """Return the fullness of the lot."""
    if lot.is_open is False:
        return "closed"
    return {True: "full", False: "spacesAvailable", None: "unknown"}[lot.count().is_full]


def _demand(taken: int, seen: int, at: str, how: str = "counted") -> Record:
    """Return how many bays are taken, or will be, of those of which anything is known."""
    return known(
        {
            "count": taken,
            "percentage": round(100.0 * taken / seen, 1) if seen else None,
            "occupancyCalculation": how,
            "recordDateTime": at,
        }
    )


def _times(lot: PublicLot) -> Record | None:
    """Return the opening times of the lot: always, or at times that are not in this document."""
    hours = lot.facts.hours
    if hours is None:
        return None
    return {
        "available24hours": hours.is_always,
        "openAllYear": hours.is_always,
        "openingTimesNotSpecified": not hours.is_always,
        "openingTimesUnknown": False,
    }


def _space(lot: PublicLot, bay: PublicBay) -> Record:
    """Return a bay."""
    space_id: Record = {"className": "Space", "id": bay.uid}
    restriction = _RESTRICTIONS.get(bay.kind)
    since = iso(bay.since)
    demand = known(
        {
            "detectionUpdateTime": since,
            "occupancyStartTime": since if bay.state is BayState.OCCUPIED else None,
            "spaceId": space_id,
            "occupancyLevel": _level(bay.state.value),
        }
    )
    return known(
        {
            **_element(lot, bay.uid, bay.label),
            "description": _english(_DESCRIPTIONS.get(bay.kind)),
            "layer": 1,
            "type": "space",
            "parentId": _reference(lot, lot.uid, "Place"),
            "spaceId": space_id,
            "detection": "spaceSensor",
            "indicativePointLocation": _point(bay.position),
            "spaceDimension": {
                "dimensionWidth": _metres(bay.width),
                "dimensionLength": _metres(bay.length),
            },
            "operatingRestrictions": [{"operatingRestriction": restriction}]
            if restriction
            else None,
            "hierarchyElementReference": {
                "elementId": _reference(lot, bay.uid),
                "demandTable": [{"timestamp": iso(lot.facts.as_of), "demandSpaceType": [demand]}],
            },
            "occupancyLevel": _level(bay.state.value),
        }
    )


def _observation(lot: PublicLot, bay: PublicBay) -> Record:
    """Return the vehicle in a bay, and since when it stands there."""
    since = iso(bay.since)
    return {
        "id": f"{bay.uid}-{int(bay.since.timestamp())}",
        "version": 1,
        # Of the five methods of the standard, this is the one of a mounted device.
        "method": "scanner",
        "description": _english("Sensor of the bay"),
        "observationStartTime": since,
        "creationDateTime": since,
        "location": {
            "observedLocation": _point(bay.position),
            "observedLocationTextual": _texts(lot, bay.label),
            "observerLocation": _point(bay.position),
        },
        "elementIds": _reference(lot, bay.uid, "Space"),
        "observerOrganisation": _reference(lot, f"{lot.uid}-operator", "Organisation"),
    }


def _element(lot: PublicLot, uid: str, name: str) -> Record:
    """Return the fields of every place."""
    return {
        "id": uid,
        "version": _version(lot),
        "name": _texts(lot, name),
        "hierarchyElementRecord": {"creationTime": iso(lot.facts.set_up)},
    }


def _reference(lot: PublicLot, uid: str, name: str | None = None) -> Record:
    """Return a reference to an element."""
    return known({"id": uid, "version": _version(lot), "className": name})


def _version(lot: PublicLot) -> int:
    """Return the version of the lot's layout."""
    return int(lot.facts.set_up.timestamp())


def _epoch_s(lot: PublicLot) -> int:
    """Return when the lot changed."""
    return int(lot.facts.changed.timestamp())


def _texts(lot: PublicLot, text: str) -> list[Json]:
    """Return a text of the owner, with its language."""
    return [{"language": lot.facts.language, "string": text}]


def _english(text: str | None) -> list[Json] | None:
    """Return a text of this project, if it is not empty."""
    return [{"language": "en", "string": text}] if text else None


def _level(name: str) -> Record:
    """Return a state. The standard has no list of them: the names are this project's own."""
    return {"occupancyIndicator": {"entryDefinedValue": name}}


def _metres(length: float) -> Record:
    """Return a length."""
    return {"measure": round(length, 2), "unitOfMeasure": "metres"}


def _point(position: Position) -> Record:
    """Return a place, as GeoJSON."""
    return {"type": "Point", "coordinates": [position.longitude, position.latitude]}
