"""A place on the plan is a place on the Earth."""

from math import atan2, degrees, hypot

from hypothesis import given, strategies as st
from pyproj import Geod
import pytest

from custom_components.smart_parking.open_data.formats.earth import Anchor, Position
from tests.open_data.formats.lots import ULM

EARTH = Geod(ellps="WGS84")
# Positions are written to a centimetre.
CLOSE_M = 0.03

metres = st.floats(-1000.0, 1000.0)


@given(
    st.builds(Position, st.floats(-70.0, 70.0), st.floats(-179.0, 179.0)),
    st.tuples(metres, metres),
    st.tuples(metres, metres),
    st.floats(0.0, 360.0),
)
def test_a_point_is_where_a_surveyor_would_find_it(
    position: Position, at: tuple[float, float], point: tuple[float, float], turn: float
) -> None:
    anchor = Anchor(position=position, x=at[0], y=at[1], bearing=turn)

    found = anchor.locate(*point)

    right, up = point[0] - at[0], point[1] - at[1]
    distance = hypot(right, up)
    longitude, latitude, _ = EARTH.fwd(
        position.longitude, position.latitude, turn + degrees(atan2(right, up)), distance
    )
    _, _, off_m = EARTH.inv(found.longitude, found.latitude, longitude, latitude)
    # On a net of degrees a straight line bends: 2 cm in two hundred metres at 70 degrees.
    assert off_m <= CLOSE_M + distance**2 / 2e6


@pytest.mark.parametrize(
    ("bearing", "north", "east"), [(0.0, 1, 0), (90.0, 0, 1), (180.0, -1, 0), (270.0, 0, -1)]
)
def test_up_on_the_plan_points_to_the_bearing(bearing: float, north: int, east: int) -> None:
    found = Anchor(position=ULM, bearing=bearing).locate(0.0, 100.0)

    # 111.2 km and, at this latitude, 74.0 km are a degree.
    assert (found.latitude - ULM.latitude) * 1112 == pytest.approx(north, abs=0.01)
    assert (found.longitude - ULM.longitude) * 740.2 == pytest.approx(east, abs=0.01)


def test_the_anchor_is_at_the_location() -> None:
    assert Anchor(position=ULM, x=12.0, y=34.0, bearing=77.0).locate(12.0, 34.0) == ULM


def test_without_a_bearing_everything_is_at_the_location() -> None:
    assert Anchor(position=ULM).locate(100.0, 50.0) == ULM
