"""What is written for search engines is in the vocabulary of schema.org."""

from typing import Any

from hypothesis import given
import pytest
import schema_org
from schema_org.base import SchemaModel

from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.open_data.formats.hours import OpeningHours
from custom_components.smart_parking.open_data.formats.lot import PublicLot
from custom_components.smart_parking.open_data.formats.schema_org import FREE, NAMES, facility
from tests.open_data.formats.lots import bay, lot, lots

type Json = dict[str, Any]

# How the vocabulary's types of values are written in JSON.
VALUES: dict[str, tuple[type, ...]] = {
    "Text": (str,),
    "URL": (str,),
    "Number": (int, float),
    "Boolean": (bool,),
}


@pytest.fixture(scope="module", autouse=True)
def vocabulary() -> None:
    """Load the vocabulary, which takes seconds, before anything is measured by the clock."""
    check(facility(lot()))


def check(record: Json) -> None:
    """Fail unless everything in a record is in the vocabulary, and of a type it may have."""
    model: type[SchemaModel] = getattr(schema_org, record["@type"])
    ranges = {one.schema_name: one.ranges for one in model.SCHEMA_PROPERTIES}
    for name, value in record.items():
        if name not in ("@type", "@context"):
            assert name in ranges, f"{record['@type']} has no {name}"
            for one in value if isinstance(value, list) else [value]:
                _check_value(name, one, ranges[name])


def _check_value(name: str, value: Any, ranges: tuple[str, ...]) -> None:
    """Fail unless a value is of one of some types."""
    if isinstance(value, dict):
        kinds = getattr(schema_org, value["@type"]).SCHEMA_TYPES
        # A value that has properties is a StructuredValue, whatever else it may be.
        assert {*kinds, "StructuredValue"} & {*ranges}, f"{name} is no {value['@type']}"
        check(value)
    else:
        assert type(value) in {kind for one in ranges for kind in VALUES.get(one, ())}, name


@given(lots)
def test_the_vocabulary_has_words_for_every_lot(published: PublicLot) -> None:
    check(facility(published))


@pytest.mark.parametrize("wrong", [{"freeSpaces": 3}, {"geo": 3}, {"geo": {"@type": "Person"}}])
def test_the_vocabulary_would_notice(wrong: Json) -> None:
    with pytest.raises(AssertionError):
        check({**facility(lot()), **wrong})


def test_a_lot() -> None:
    assert facility(lot()) == {
        "@context": "https://schema.org",
        "@type": "ParkingFacility",
        "identifier": lot().uid,
        "name": "Market Square",
        "url": "https://parking.example.com/market",
        "geo": {"@type": "GeoCoordinates", "latitude": 48.4011, "longitude": 9.9876},
        "openingHours": ["Mo-Fr 06:00-22:00", "Sa,Su 08:00-20:00"],
        "publicAccess": True,
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": name, "value": count}
            for name, count in [
                ("ordinary bays", 5),
                ("accessible bays", 1),
                ("charging bays", 1),
                ("motorcycle bays", 1),
            ]
        ],
        "additionalProperty": [
            {
                "@type": "PropertyValue",
                "propertyID": "free",
                "name": "Free bays",
                "value": 1,
                "minValue": 0,
                "maxValue": 5,
            }
        ],
    }


def test_always_open() -> None:
    assert facility(lot(hours=OpeningHours.read("24/7")))["openingHours"] == "Mo-Su"
    assert "openingHours" not in facility(lot(hours=None))


def test_while_nothing_is_known_no_number_is_told() -> None:
    assert "additionalProperty" not in facility(lot([bay("A01", BayState.UNKNOWN)]))
    assert "additionalProperty" not in facility(lot([bay("A01", kind=BayKind.EV)]))


def test_the_page_says_it_in_the_visitor_s_language() -> None:
    names = {**NAMES, FREE: "Frei"}
    found: Any = facility(lot(), names)
    assert found["additionalProperty"][0]["name"] == "Frei"
