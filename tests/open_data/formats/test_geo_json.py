"""GeoJSON is what RFC 7946 says."""

from typing import Any

from geojson_pydantic import FeatureCollection
from hypothesis import given
import pytest
from shapely import from_geojson  # type: ignore[import-untyped]  # ships no types

from custom_components.smart_parking.lot.model import BayState
from custom_components.smart_parking.open_data.formats.earth import Anchor
from custom_components.smart_parking.open_data.formats.geo_json import features
from custom_components.smart_parking.open_data.formats.lot import PublicLot
from tests.open_data.formats.lots import ULM, bay, lot, lots

type Json = dict[str, Any]

COLLECTION = FeatureCollection.model_validate


def written(published: PublicLot, kind: str) -> list[Json]:
    """Return the features of a kind."""
    document: Any = features(published)
    return [one for one in document["features"] if one["properties"]["feature"] == kind]


@given(lots)
def test_every_lot_is_a_collection_of_features(published: PublicLot) -> None:
    COLLECTION(features(published))


@given(lots)
def test_every_area_is_simple_and_counter_clockwise_and_around_its_bay(
    published: PublicLot,
) -> None:
    for feature, one in zip(written(published, "bay"), published.bays, strict=True):
        if feature["geometry"]["type"] == "Polygon":
            (ring,) = feature["geometry"]["coordinates"]
            assert ring[0] == ring[-1]
            area = from_geojson(str(feature["geometry"]).replace("'", '"'))
            assert area.is_valid
            assert area.exterior.is_ccw, "RFC 7946, 3.1.6"
            middle = area.centroid
            assert (middle.y, middle.x) == pytest.approx(one.position, abs=1e-6)


def test_a_bay_is_where_it_is() -> None:
    (feature,) = written(lot([bay("A01", x=10.0, y=20.0)]), "bay")
    assert feature["properties"] == {
        "feature": "bay",
        "label": "A01",
        "kind": "standard",
        "level": "1",
        "state": "vacant",
        "free": True,
        "since": "2026-11-20T12:00:00Z",
        "located": True,
    }
    # 5 m long from 17.5 to 22.5 m north, 2.5 m wide from 8.75 to 11.25 m east of the anchor.
    (ring,) = feature["geometry"]["coordinates"]
    longitudes, latitudes = zip(*ring, strict=True)
    assert (max(latitudes) - ULM.latitude) * 111_200 == pytest.approx(22.5, abs=0.02)
    assert (min(latitudes) - ULM.latitude) * 111_200 == pytest.approx(17.5, abs=0.02)
    assert (max(longitudes) - ULM.longitude) * 74_020 == pytest.approx(11.25, abs=0.02)
    assert (min(longitudes) - ULM.longitude) * 74_020 == pytest.approx(8.75, abs=0.02)


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (BayState.VACANT, True),
        (BayState.OCCUPIED, False),
        (BayState.HELD, False),
        (BayState.OUT_OF_SERVICE, False),
        (BayState.UNKNOWN, None),
    ],
)
def test_states(state: BayState, free: bool | None) -> None:
    (feature,) = written(lot([bay("A01", state)]), "bay")
    assert feature["properties"]["state"] == state.value
    assert feature["properties"].get("free") is free


def test_without_a_bearing_everything_is_at_the_lot_and_says_so() -> None:
    published = lot(anchor=Anchor(position=ULM))
    found = [*written(published, "bay"), *written(published, "gate")]
    assert len(found) == 9
    for feature in found:
        assert feature["geometry"] == {"type": "Point", "coordinates": [9.9876, 48.4011]}
        assert feature["properties"]["located"] is False


def test_the_lot_and_its_gates() -> None:
    (one,) = written(lot(), "lot")
    assert one["geometry"]["coordinates"] == [9.9876, 48.4011]
    assert one["properties"] == {
        "feature": "lot",
        "name": "Market Square",
        "operator": "Stadtwerke",
        "website": "https://parking.example.com/market",
        "structure": "surface",
        "opening_hours": "Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00",
        "open": True,
        "bays": 8,
        "free": 3,
        "taken": 3,
        "out_of_service": 1,
        "unknown": 1,
        "changed": "2026-11-20T12:00:00Z",
    }
    (gate,) = written(lot(), "gate")
    assert gate["properties"] == {
        "feature": "gate",
        "name": "North gate",
        "level": "1",
        "located": True,
    }
