"""The Smart Data Models' own schemas take what is written for NGSI-LD."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
import pytest

from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.open_data.formats.lot import PublicLot, Structure
from custom_components.smart_parking.open_data.formats.ngsi_ld import CONTEXT, entities
from tests.open_data.formats.lots import bay, lot, lots
from tests.open_data.formats.schemas import names_in, needs_ngsi_ld, ngsi_ld, problems, words_of

type Json = dict[str, Any]


def written(published: PublicLot) -> list[Json]:
    """Return the entities."""
    found: Any = entities(published)
    assert isinstance(found, list)
    return found


def parking(published: PublicLot) -> Json:
    """Return the lot."""
    return written(published)[0]


def groups(published: PublicLot) -> list[Json]:
    """Return the groups of bays."""
    return [one for one in written(published) if one["type"] == "ParkingGroup"]


@needs_ngsi_ld
@given(lots)
def test_the_schemas_take_every_lot(published: PublicLot) -> None:
    for entity in written(published):
        assert problems(ngsi_ld(entity["type"]), entity) == []


@needs_ngsi_ld
def test_the_schemas_would_notice() -> None:
    first, spot = written(lot([bay("A01")]))
    (group,) = groups(lot([bay("A01", kind=BayKind.EV)]))
    assert not ngsi_ld("OffStreetParking").is_valid({**first, "status": ["spaces"]})
    assert not ngsi_ld("OffStreetParking").is_valid({**first, "observationDateTime": "noon"})
    assert not ngsi_ld("ParkingSpot").is_valid({**spot, "status": "held"})
    assert not ngsi_ld("ParkingGroup").is_valid({**group, "category": ["onlyFamilies"]})


@needs_ngsi_ld
@pytest.mark.parametrize("entity", ["OffStreetParking", "ParkingGroup", "ParkingSpot"])
def test_every_attribute_is_one_of_the_model(entity: str) -> None:
    known = words_of(ngsi_ld(entity)) | {"@context"}
    for one in written(lot()):
        if one["type"] == entity:
            assert {*names_in(one)} <= known


def test_a_lot() -> None:
    assert parking(lot()) == {
        "@context": CONTEXT,
        "id": f"urn:ngsi-ld:OffStreetParking:{lot().uid}",
        "type": "OffStreetParking",
        "name": "Market Square",
        "dataProvider": "Stadtwerke",
        "seeAlso": "https://parking.example.com/market",
        "location": {"type": "Point", "coordinates": [9.9876, 48.4011]},
        "category": ["ground", "forDisabled", "forElectricalCharging"],
        "layout": ["surface"],
        "openingHours": "Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00",
        "status": ["open", "spacesAvailable"],
        "allowedVehicleType": ["car", "motorcycle"],
        "occupancyDetectionType": ["singleSpaceDetection"],
        "totalSpotNumber": 8,
        "availableSpotNumber": 3,
        "occupiedSpotNumber": 3,
        "extraSpotNumber": 2,
        "outOfServiceSlotNumber": 1,
        "observationDateTime": "2026-11-20T17:30:00Z",
        "occupancyModified": "2026-11-20T12:00:00Z",
        "dateModified": "2026-10-01T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BayState.VACANT, "free"),
        (BayState.OCCUPIED, "occupied"),
        (BayState.HELD, "occupied"),
        (BayState.OUT_OF_SERVICE, "closed"),
        (BayState.UNKNOWN, "unknown"),
    ],
)
def test_a_spot(state: BayState, status: str) -> None:
    published = lot([bay("A01", state, y=100.0)])
    first, spot = written(published)
    assert (spot["name"], spot["status"]) == ("A01", status)
    assert spot["refParkingSite"] == first["id"]
    assert spot["location"]["coordinates"] == [9.9876, 48.4019993]
    assert spot["timeInstant"] == "2026-11-20T17:30:00Z"


def test_a_spot_is_modified_by_who_parks_and_by_the_owner() -> None:
    _, spot = written(lot([bay("A01")]))
    assert spot["dateModified"] == "2026-11-20T12:00:00Z"
    _, renamed = written(lot([bay("A01")], set_up=datetime(2026, 11, 20, 13, 0, tzinfo=UTC)))
    assert renamed["dateModified"] == "2026-11-20T13:00:00Z"


def test_occupancy_is_modified_by_the_last_bay_that_is() -> None:
    early = bay("A02")._replace(since=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    assert parking(lot([bay("A01"), early]))["occupancyModified"] == "2026-11-20T12:00:00Z"
    assert parking(lot([early]))["occupancyModified"] == "2026-11-20T09:00:00Z"
    assert "occupancyModified" not in parking(lot([]))


@pytest.mark.parametrize(
    ("kind", "category", "vehicle"),
    [
        (BayKind.ACCESSIBLE, "onlyDisabled", "car"),
        (BayKind.EV, "onlyElectricalCharging", "car"),
        (BayKind.FAMILY, "particularConditionsSpaces", "car"),
        (BayKind.MOTORCYCLE, "vehicleTypeSpaces", "motorcycle"),
    ],
)
def test_a_free_bay_that_is_not_for_everybody_says_so(
    kind: BayKind, category: str, vehicle: str
) -> None:
    parking, group, ordinary, spot = written(lot([bay("A01"), bay("A02", kind=kind)]))
    assert "refParkingGroup" not in ordinary
    assert spot["refParkingGroup"] == group["id"]
    assert (group["type"], group["refParkingSite"]) == ("ParkingGroup", parking["id"])
    assert group["category"] == ["offStreet", category]
    assert group["allowedVehicleType"] == vehicle
    assert (group["totalSpotNumber"], group["availableSpotNumber"]) == (1, 1)


def test_there_is_one_group_of_a_kind_that_there_is() -> None:
    found = groups(lot([bay("A01", kind=BayKind.EV), bay("A02", BayState.HELD, BayKind.EV)]))
    assert [(one["description"], one["availableSpotNumber"]) for one in found] == [
        ("Charging bays", 1)
    ]
    assert groups(lot([bay("A01"), bay("S01", kind=BayKind.STAFF)])) == []


def test_of_a_group_of_silent_sensors_no_number_is_told() -> None:
    (silent,) = groups(lot([bay("A01"), bay("A02", BayState.UNKNOWN, BayKind.FAMILY)]))
    assert "availableSpotNumber" not in silent


@pytest.mark.parametrize(
    ("states", "is_open", "status"),
    [
        ([BayState.VACANT], None, ["spacesAvailable"]),
        ([BayState.VACANT], True, ["open", "spacesAvailable"]),
        ([BayState.OCCUPIED], None, ["full"]),
        ([BayState.HELD], True, ["open", "full"]),
        ([BayState.VACANT], False, ["closed"]),
        ([BayState.OUT_OF_SERVICE], True, ["closed"]),
        ([BayState.UNKNOWN], True, ["open"]),
        ([BayState.UNKNOWN, BayState.OCCUPIED], None, None),
    ],
)
def test_status_of_a_lot(
    states: list[BayState], is_open: bool | None, status: list[str] | None
) -> None:
    found = parking(lot((bay(f"A{n}", state) for n, state in enumerate(states)), is_open=is_open))
    assert found.get("status") == status


def test_how_full_it_is_only_if_it_is_certain() -> None:
    taken, free = bay("A01", BayState.OCCUPIED), bay("A02")
    unknown = bay("A03", BayState.UNKNOWN)
    assert parking(lot([taken, free]))["occupancy"] == 0.5
    assert "occupancy" not in parking(lot([taken, free, unknown]))
    numbers = {"availableSpotNumber", "occupiedSpotNumber", "extraSpotNumber", "occupancy"}
    assert parking(lot([unknown])).keys().isdisjoint(numbers)


def test_what_nobody_has_said_is_not_made_up() -> None:
    found = parking(
        lot([bay("A01")], operator=None, website=None, hours=None, structure=None, is_open=None)
    )
    assert found.keys().isdisjoint(
        {"category", "layout", "openingHours", "dataProvider", "seeAlso"}
    )
    assert found["allowedVehicleType"] == ["car"]
    underground = parking(lot([bay("A01")], structure=Structure.UNDERGROUND))
    assert underground["category"] == ["underground"]
    assert "layout" not in underground


def test_vehicles() -> None:
    only = parking(lot([bay("M01", kind=BayKind.MOTORCYCLE)]))
    assert only["allowedVehicleType"] == ["motorcycle"]
    assert parking(lot([])).keys().isdisjoint({"allowedVehicleType", "totalSpotNumber"})
