"""schema.org for search engines and assistants: a ParkingFacility.

The vocabulary has no property for a vacant bay; `additionalProperty` is its place for such data.
"""

from collections.abc import Mapping

from ...lot.model import BayKind
from .lot import Overview
from .values import Json, Record, known

CONTEXT = "https://schema.org"

type Names = Mapping[str, str]
"""The names of the kinds of bays, and of "free"."""

FREE = "free"
NAMES: Names = {
    BayKind.STANDARD: "ordinary bays",
    BayKind.ACCESSIBLE: "accessible bays",
    BayKind.EV: "charging bays",
    BayKind.FAMILY: "family bays",
    BayKind.MOTORCYCLE: "motorcycle bays",
    FREE: "Free bays",
}


def facility(lot: Overview, names: Names = NAMES) -> Record:
    """Return the lot, with names in the reader's language."""
    facts = lot.facts
    return known(
        {
            "@context": CONTEXT,
            "@type": "ParkingFacility",
            "identifier": lot.uid,
            "name": lot.name,
            "url": facts.website,
            "geo": _place(lot),
            "openingHours": _hours(lot),
            "publicAccess": True,
            "amenityFeature": [
                {
                    "@type": "LocationFeatureSpecification",
                    "name": names[kind],
                    "value": lot.count(kind).total,
                }
                for kind in BayKind
                if lot.count(kind).total
            ],
            "additionalProperty": _free(lot, names[FREE]),
        }
    )


def _place(lot: Overview) -> Record:
    """Return the position of the lot."""
    latitude, longitude = lot.position
    return {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}


def _hours(lot: Overview) -> Json:
    """Return the opening hours of the lot: `Mo-Su` alone is always."""
    hours = lot.facts.hours
    if hours is None:
        return None
    return [rule.written for rule in hours.rules] or "Mo-Su"


def _free(lot: Overview, name: str) -> Json:
    """Return the numbers of vacant and all standard bays; nothing while none is known."""
    counts = lot.count(BayKind.STANDARD)
    if not counts.total or not counts.is_known:
        return None
    return [
        {
            "@type": "PropertyValue",
            "propertyID": FREE,
            "name": name,
            "value": counts.free,
            "minValue": 0,
            "maxValue": counts.total,
        }
    ]
