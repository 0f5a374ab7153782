"""Feeds, and the documents in each."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from . import apds, geo_json, ngsi_ld, park_api, schema_org
from .lot import PublicLot
from .values import Json

JSON = "application/json"
JSON_LD = "application/ld+json"
GEO_JSON = "application/geo+json"


class Feed(StrEnum):
    """Feed that an owner can switch on."""

    PARK_API = "park_api"
    NGSI_LD = "ngsi_ld"
    APDS = "apds"
    SCHEMA_ORG = "schema_org"
    GEO_JSON = "geo_json"


@dataclass(frozen=True, slots=True)
class Document:
    """One document with an address of its own."""

    name: str
    feed: Feed
    content_type: str
    write: Callable[[PublicLot], Json]
    is_dated: bool = False
    """Whether it has the time for which it is valid, so that it changes with time."""


DOCUMENTS = {
    document.name: document
    for document in (
        Document("parking-sites.json", Feed.PARK_API, JSON, park_api.parking_sites, is_dated=True),
        Document("parking-spots.json", Feed.PARK_API, JSON, park_api.parking_spots, is_dated=True),
        Document("ngsi-ld.jsonld", Feed.NGSI_LD, JSON_LD, ngsi_ld.entities, is_dated=True),
        Document("apds-places.json", Feed.APDS, JSON, apds.places, is_dated=True),
        Document("apds-observations.json", Feed.APDS, JSON, apds.observations),
        Document("schema-org.jsonld", Feed.SCHEMA_ORG, JSON_LD, schema_org.facility),
        Document("lot.geojson", Feed.GEO_JSON, GEO_JSON, geo_json.features),
    )
}
