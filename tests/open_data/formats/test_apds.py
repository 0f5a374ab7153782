"""The schemas of the APDS take what is written for it."""

from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given
import pytest

from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.open_data.formats.apds import observations, places
from custom_components.smart_parking.open_data.formats.hours import OpeningHours
from custom_components.smart_parking.open_data.formats.lot import Expected, PublicLot
from tests.open_data.formats.lots import bay, lot, lots
from tests.open_data.formats.schemas import (
    APDS,
    apds,
    apds_place,
    apds_slips,
    names_in,
    needs_apds,
    problems,
    words_of,
)

type Json = dict[str, Any]

# The kinds of places, in the order of the specification.
PLACE, SPACE = 1, 4


def data(document: Any) -> list[Json]:
    """Return the records of a list."""
    found: list[Json] = document["data"]
    return found


def place(published: PublicLot) -> Json:
    """Return the lot."""
    return data(places(published))[0]


def spaces(published: PublicLot) -> dict[str, Json]:
    """Return the bays by their labels."""
    return {one["name"][0]["string"]: one for one in data(places(published))[1:]}


@needs_apds
@given(lots)
def test_the_schemas_take_every_lot(published: PublicLot) -> None:
    written = places(published)
    first, *rest = data(written)
    assert problems(apds_place(PLACE), first) == []
    for one in rest:
        assert problems(apds_place(SPACE), one) == []
    assert problems(apds("places"), written) == []
    assert problems(apds("observations"), observations(published)) == []


@needs_apds
def test_what_is_to_come_is_demand_that_is_expected() -> None:
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    published = lot(expected=(Expected(at, 3, 4),))
    first = place(published)

    now, later = first["hierarchyElementReference"]["demandTable"]
    assert now["demandType"][0]["occupancyCalculation"] == "counted"
    assert later == {
        "timestamp": "2026-11-22T09:30:00Z",
        "demandType": [
            {
                "count": 3,
                "percentage": 75.0,
                "occupancyCalculation": "expected",
                "recordDateTime": now["timestamp"],
            }
        ],
    }
    assert problems(apds_place(PLACE), first) == []


@needs_apds
def test_what_is_mended_in_the_schemas_is_broken() -> None:
    document = json.loads(APDS.read_bytes())
    place, reference = apds_slips(document)
    assert len(reference["required"]) > reference["maxProperties"]
    campus, area = place["oneOf"][0]["allOf"], place["oneOf"][3]["allOf"]
    assert area[0]["$ref"].endswith("/oneOf/0/allOf/0"), "an area is all that a campus is"
    assert len(campus) == 1, "and a campus is nothing more"
    assert "required" not in area[1], "and an area needs no more"


@needs_apds
def test_the_schemas_would_notice() -> None:
    first, space, *_ = data(places(lot()))
    assert not apds_place(PLACE).is_valid({**first, "timeZone": None})
    assert not apds_place(SPACE).is_valid({**space, "detection": "ultrasound"})
    assert not apds_place(SPACE).is_valid({**space, "spaceId": "A01"})
    assert not apds("places").is_valid({"data": [first]})
    (one, *_) = data(observations(lot()))
    for wrong in [("method", "ultrasound"), ("observationStartTime", "noon"), ("location", {})]:
        document: Any = observations(lot())
        document["data"] = [{**one, wrong[0]: wrong[1]}]
        assert not apds("observations").is_valid(document)


@needs_apds
def test_every_attribute_is_one_of_the_specification() -> None:
    first, *rest = data(places(lot()))
    known = words_of(apds("places")) | {"meta", "data"}
    assert {*names_in(first)} <= known
    assert {*names_in(rest)} <= known
    assert {*names_in(observations(lot()))} <= words_of(apds("observations"))


def test_the_lot() -> None:
    found = place(lot())

    assert (found["type"], found["layer"], found["timeZone"]) == (
        "parkingPlace",
        0,
        "Europe/Berlin",
    )
    assert found["name"] == [{"language": "en", "string": "Market Square"}]
    assert found["marketing"] == {"webURLs": ["https://parking.example.com/market"]}
    assert found["characteristics"] == [
        {"spacesTotal": 8, "spacesNonDedicated": 5, "disabledAccess": True, "openToPublic": True}
    ]
    assert [one["id"] for one in found["childIds"]] == [one.uid for one in lot().bays]
    reference = found["hierarchyElementReference"]
    # A closed bay is no supply, and neither is one of which nothing is known.
    assert reference["supply"] == [{"supplyViewType": "spaceView", "supplyQuantity": 6}]
    (demand,) = reference["demandTable"][0]["demandType"]
    assert (demand["count"], demand["percentage"]) == (3, 50.0)
    times = reference["demandTable"][0]["timestamp"], demand["recordDateTime"]
    assert set(times) == {"2026-11-20T17:30:00Z"}
    assert found["occupancyLevel"]["occupancyIndicator"] == {"entryDefinedValue": "spacesAvailable"}


def test_a_version_is_of_the_layout_and_not_of_what_stands_in_it() -> None:
    empty, full = lot([bay("A01")]), lot([bay("A01", BayState.OCCUPIED)])
    assert place(empty)["version"] == place(full)["version"] == 1790841600


@pytest.mark.parametrize("state", BayState)
def test_a_bay(state: BayState) -> None:
    space = spaces(lot([bay("A01", state)]))["A01"]

    assert space["occupancyLevel"]["occupancyIndicator"] == {"entryDefinedValue": state.value}
    (table,) = space["hierarchyElementReference"]["demandTable"]
    assert table["timestamp"] == "2026-11-20T17:30:00Z"
    (demand,) = table["demandSpaceType"]
    assert demand["detectionUpdateTime"] == "2026-11-20T12:00:00Z"
    assert ("occupancyStartTime" in demand) is (state is BayState.OCCUPIED)


def test_whom_a_bay_is_for() -> None:
    found = spaces(lot())
    assert "operatingRestrictions" not in found["A01"]
    assert found["A06"]["operatingRestrictions"] == [
        {"operatingRestriction": "disabledPersonPermitOnly"}
    ]
    assert found["A07"]["operatingRestrictions"] == [
        {"operatingRestriction": "electricVehicleOnly"}
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (BayKind.STANDARD, None),
        (BayKind.FAMILY, "Families only"),
        (BayKind.MOTORCYCLE, "Motorcycles only"),
    ],
)
def test_whom_a_bay_is_for_is_described_where_there_is_no_word_for_it(
    kind: BayKind, said: str | None
) -> None:
    space = spaces(lot([bay("A01", kind=kind)], language="de"))["A01"]
    assert "operatingRestrictions" not in space
    written = None if said is None else [{"language": "en", "string": said}]
    assert space.get("description") == written


def test_english_is_not_called_an_owner_s_language() -> None:
    (one,) = data(observations(lot([bay("A01", BayState.OCCUPIED)], language="de")))
    assert one["description"][0]["language"] == "en"
    assert one["location"]["observedLocationTextual"][0]["language"] == "de"


def test_only_vehicles_are_observed() -> None:
    found = data(observations(lot()))
    assert [one["location"]["observedLocationTextual"][0]["string"] for one in found] == [
        "A02",
        "A07",
    ]
    assert [one["elementIds"]["id"] for one in found] == [
        spaces(lot())["A02"]["id"],
        spaces(lot())["A07"]["id"],
    ]
    assert {one["observationStartTime"] for one in found} == {"2026-11-20T12:00:00Z"}


def test_hours() -> None:
    assert place(lot(hours=OpeningHours.read("24/7")))["times"] == {
        "available24hours": True,
        "openAllYear": True,
        "openingTimesNotSpecified": False,
        "openingTimesUnknown": False,
    }
    assert place(lot())["times"]["openingTimesNotSpecified"] is True
    assert "times" not in place(lot(hours=None))


@pytest.mark.parametrize(
    ("states", "is_open", "indicator"),
    [
        ([BayState.VACANT], None, "spacesAvailable"),
        ([BayState.HELD], True, "full"),
        ([BayState.UNKNOWN], True, "unknown"),
        ([BayState.VACANT], False, "closed"),
    ],
)
def test_whether_there_is_room(
    states: list[BayState], is_open: bool | None, indicator: str
) -> None:
    found = place(lot((bay(f"A{n}", state) for n, state in enumerate(states)), is_open=is_open))
    assert found["occupancyLevel"]["occupancyIndicator"]["entryDefinedValue"] == indicator


def test_of_a_lot_of_silent_sensors_no_percentage_is_told() -> None:
    reference = place(lot([bay("A01", BayState.UNKNOWN)]))["hierarchyElementReference"]
    assert reference["supply"][0]["supplyQuantity"] == 0
    assert "percentage" not in reference["demandTable"][0]["demandType"][0]
