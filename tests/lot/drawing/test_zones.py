"""Bays are counted to the area that they lie in, wherever they and the area are moved."""

from dataclasses import replace

from hypothesis import given

from custom_components.smart_parking.lot.drawing.model import Drawing, DrawnBay, DrawnZone
from custom_components.smart_parking.lot.drawing.zones import area_m2, is_inside, with_zones
from tests.lot.drawing.drawings import drawings

STAFF = DrawnZone(
    name="Staff", level="1", points=((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
)
SHOW = DrawnZone(name="Show", level="1", points=((2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 4.0)))


def bay(x: float, y: float, zone: str = "", level: str = "1") -> DrawnBay:
    """Return a bay."""
    return DrawnBay(label="A01", level=level, x=x, y=y, zone=zone)


def zone_of(one: DrawnBay, *zones: DrawnZone, before: Drawing | None = None) -> str:
    """Return what a bay is counted to on a drawing with areas."""
    drawing = Drawing(bays={"a": one}, zones={str(at): zone for at, zone in enumerate(zones)})
    return with_zones(drawing, before or drawing).bays["a"].zone


def test_a_bay_is_counted_to_the_area_around_it() -> None:
    assert zone_of(bay(8, 8), STAFF) == "Staff"
    assert zone_of(bay(8, 8, "Typed"), STAFF) == "Staff"
    assert zone_of(bay(8, 8, level="2"), STAFF) == ""
    assert zone_of(bay(3, 3), STAFF, SHOW) == zone_of(bay(3, 3), SHOW, STAFF) == "Show"


def test_what_is_typed_stays_where_no_area_says_otherwise() -> None:
    assert zone_of(bay(20, 8, "Typed"), STAFF) == "Typed"
    assert zone_of(bay(20, 8, "Typed")) == "Typed"


def test_a_bay_that_has_left_an_area_is_not_counted_to_it() -> None:
    assert zone_of(bay(20, 8, "Staff"), STAFF) == ""
    assert zone_of(bay(8, 8, "Staff"), before=Drawing(zones={"0": STAFF})) == ""
    assert zone_of(bay(8, 8, "Staff"), replace(STAFF, name="Crew"), before=Drawing()) == "Crew"


def test_areas() -> None:
    corner = ((0.0, 0.0), (10.0, 0.0), (10.0, 2.0), (2.0, 2.0), (2.0, 10.0), (0.0, 10.0))
    assert is_inside((1.0, 9.0), corner)
    assert is_inside((9.0, 1.0), corner)
    assert not is_inside((5.0, 5.0), corner)
    assert area_m2(corner) == 36.0
    assert area_m2(corner[::-1]) == 36.0


@given(drawings)
def test_it_is_said_once_and_for_all(drawing: Drawing) -> None:
    once = with_zones(drawing, drawing)
    assert with_zones(once, drawing) == once
    assert replace(once, bays=drawing.bays) == drawing
