"""ParkAPI's own models take what is written for it."""

from typing import Any

from hypothesis import given
from parkapi_sources.models import (  # type: ignore[import-untyped]  # ships no types
    CombinedParkingSiteInput,
    CombinedParkingSpotInput,
    RealtimeParkingSiteInput,
    RealtimeParkingSpotInput,
    StaticParkingSiteInput,
    StaticParkingSpotInput,
)
import pytest
from validataclass.validators import DataclassValidator

from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.open_data.formats.lot import PublicLot, Structure
from custom_components.smart_parking.open_data.formats.park_api import parking_sites, parking_spots
from tests.open_data.formats.lots import bay, lot, lots

SITE_MODELS = (StaticParkingSiteInput, RealtimeParkingSiteInput, CombinedParkingSiteInput)
SPOT_MODELS = (StaticParkingSpotInput, RealtimeParkingSpotInput, CombinedParkingSpotInput)

type Json = dict[str, Any]


def items(document: Any) -> list[Json]:
    """Return the records of a document."""
    found: list[Json] = document["items"]
    return found


def site(published: PublicLot) -> Json:
    """Return the only site."""
    (found,) = items(parking_sites(published))
    return found


def spots(published: PublicLot) -> dict[str, Json]:
    """Return the spots by their names."""
    return {one["name"]: one for one in items(parking_spots(published))}


@given(lots)
def test_its_models_take_every_lot(published: PublicLot) -> None:
    for documents, models in (
        (parking_sites(published), SITE_MODELS),
        (parking_spots(published), SPOT_MODELS),
    ):
        for record in items(documents):
            for model in models:
                DataclassValidator(model).validate(record)
            names = models[2].__dataclass_fields__
            assert record.keys() <= names.keys(), "nothing is written that the models pass over"


@given(lots)
def test_numbers_add_up(published: PublicLot) -> None:
    sites, all_spots = items(parking_sites(published)), items(parking_spots(published))
    assert sum(one["capacity"] for one in sites) == len(all_spots)
    assert {one["parking_site_uid"] for one in all_spots} <= {one["uid"] for one in sites}
    for one in sites:
        free = one.get("realtime_free_capacity", 0)
        assert free <= one["realtime_capacity"] <= one["capacity"]
        available = [
            spot
            for spot in all_spots
            if spot["parking_site_uid"] == one["uid"] and spot["realtime_status"] == "AVAILABLE"
        ]
        assert len(available) == free


def test_a_site() -> None:
    cars, motorcycles = items(parking_sites(lot()))

    assert cars == {
        "uid": lot().uid,
        "name": "Market Square",
        "operator_name": "Stadtwerke",
        "public_url": "https://parking.example.com/market",
        "purpose": "CAR",
        "type": "OFF_STREET_PARKING_GROUND",
        "lat": "48.4011000",
        "lon": "9.9876000",
        "opening_hours": "Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00",
        "static_data_updated_at": "2026-10-01T08:00:00Z",
        "has_realtime_data": True,
        "realtime_data_updated_at": "2026-11-20T17:30:00Z",
        "realtime_opening_status": "OPEN",
        "capacity": 7,
        "realtime_capacity": 6,
        "realtime_free_capacity": 2,
        "restrictions": [
            {
                "type": "DISABLED",
                "capacity": 1,
                "realtime_capacity": 1,
                "realtime_free_capacity": 1,
            },
            {
                "type": "CHARGING",
                "capacity": 1,
                "realtime_capacity": 1,
                "realtime_free_capacity": 0,
            },
        ],
    }
    assert motorcycles["purpose"] == "MOTORCYCLE"
    assert (motorcycles["capacity"], motorcycles["realtime_free_capacity"]) == (1, 1)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BayState.VACANT, "AVAILABLE"),
        (BayState.OCCUPIED, "TAKEN"),
        (BayState.HELD, "TAKEN"),
        (BayState.OUT_OF_SERVICE, "TAKEN"),
        (BayState.UNKNOWN, "UNKNOWN"),
    ],
)
def test_status(state: BayState, status: str) -> None:
    assert spots(lot([bay("A01", state)]))["A01"]["realtime_status"] == status


def test_what_has_not_changed_for_hours_still_holds() -> None:
    everything = [*items(parking_sites(lot())), *items(parking_spots(lot()))]
    assert {one["realtime_data_updated_at"] for one in everything} == {"2026-11-20T17:30:00Z"}


def test_whom_a_spot_is_for() -> None:
    found = spots(lot())
    assert "restrictions" not in found["A01"]
    assert found["A06"]["restrictions"] == [{"type": "DISABLED"}]
    assert found["A07"]["restrictions"] == [{"type": "CHARGING"}]
    assert found["M01"]["purpose"] == "MOTORCYCLE"


def test_while_nothing_is_known_no_number_is_told() -> None:
    assert "realtime_free_capacity" not in site(lot([bay("A01", BayState.UNKNOWN)]))
    half = site(lot([bay("A01", BayState.UNKNOWN), bay("A02")]))
    assert half["realtime_free_capacity"] == 1


@pytest.mark.parametrize(("is_open", "status"), [(False, "CLOSED"), (None, "UNKNOWN")])
def test_opening(is_open: bool | None, status: str) -> None:
    assert site(lot([bay("A01")], is_open=is_open))["realtime_opening_status"] == status


def test_a_lot_for_motorcycles_only() -> None:
    assert site(lot([bay("M01", kind=BayKind.MOTORCYCLE)]))["purpose"] == "MOTORCYCLE"


def test_what_nobody_has_said_is_not_made_up() -> None:
    found = site(lot([bay("A01")], operator=None, website=None, hours=None, structure=None))
    assert found["type"] == "OTHER"
    assert found.keys().isdisjoint({"operator_name", "public_url", "opening_hours"})

    underground = spots(lot([bay("A01")], structure=Structure.UNDERGROUND))["A01"]
    assert underground["type"] == "UNDERGROUND"
    assert "type" not in spots(lot([bay("A01")], structure=None))["A01"]


def test_a_lot_of_several_levels_is_a_building() -> None:
    above = bay("B01")._replace(bay=bay("B01").bay)
    upper = above._replace(bay=type(above.bay)(bay_id="b01", label="B01", level="2"))
    assert site(lot([bay("A01"), upper], structure=None))["type"] == "CAR_PARK"
