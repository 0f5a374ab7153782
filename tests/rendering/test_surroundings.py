"""What an owner has drawn around the bays is on every picture of the plan."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from custom_components.smart_parking.lot.drawing.model import DrawnGround, DrawnWall, DrawnZone
from custom_components.smart_parking.lot.drawing.surroundings import Surroundings
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Lane, Place, Ramp
from custom_components.smart_parking.rendering.level import LotPlan, draw_level
from custom_components.smart_parking.rendering.marks import Drawing, Text
from custom_components.smart_parking.rendering.png import to_png
from custom_components.smart_parking.rendering.scene import draw
from custom_components.smart_parking.rendering.view import PAGE
from tests.rendering.lots import gate, lot_of, row, scene_data, thousand

SVG = "{http://www.w3.org/2000/svg}"
GROUND = DrawnGround(
    level="1", picture="lot.svg", x=10.0, y=5.0, width=40.0, height=30.0, turn=90.0, public=True
)
AROUND = Surroundings(
    lanes=(
        Lane(level="1", points=((-4.0, 5.0), (36.0, 5.0)), one_way=True),
        Lane(level="2", points=((0.0, 5.0), (10.0, 5.0))),
    ),
    ramps=(Ramp(start=Place("1", 36.0, 5.0), end=Place("2", 0.0, 5.0)),),
    walls=(DrawnWall(level="1", points=((-6.0, 16.0), (40.0, 16.0))),),
    zones=(
        DrawnZone(
            level="1",
            name="Staff <1>",
            points=((0.0, 8.0), (5.0, 8.0), (5.0, 14.0), (0.0, 14.0)),
        ),
    ),
    grounds=(GROUND, replace(GROUND, picture="secret.png", public=False)),
)


def drawn_lot(around: Surroundings = AROUND) -> Lot:
    """Return a lot of two levels with things around its bays."""
    lot = lot_of(row("A", 8, 10.0) + row("B", 3, 10.0, level="2"), gate(-4.0, 5.0))
    lot.set_surroundings(around)
    return lot


def looks(drawing: Drawing) -> list[str]:
    """Return the looks of all marks."""
    return [mark.look for mark in drawing.marks]


def test_it_lies_below_the_bays_of_its_level() -> None:
    marks = looks(draw(scene_data(drawn_lot(), "a04")))
    for look in ("zone", "road", "ramp", "wall"):
        assert marks.count(look) == 1
        assert marks.index(look) < marks.index("free")
    # Forty metres of road, an arrow every eight.
    assert marks.count("road-arrow") == 5
    second = looks(draw(scene_data(drawn_lot(), "b02")))
    assert (second.count("road"), second.count("ramp"), second.count("road-arrow")) == (1, 1, 0)
    assert "wall" not in second


def test_names_stand_beside_it() -> None:
    texts = {
        mark.look: mark.text
        for mark in draw(scene_data(drawn_lot(), "a04")).marks
        if isinstance(mark, Text)
    }
    assert texts["zone-name"] == "Staff <1>"
    assert texts["ramp-name"] == "2"


def test_all_of_it_is_seen() -> None:
    window = draw(scene_data(drawn_lot(), None)).window
    assert window.left <= -6.0 * 20.0
    assert window.left + window.width >= 40.0 * 20.0
    bare = draw(scene_data(drawn_lot(Surroundings()), None)).window
    assert bare.width < window.width


def test_from_afar_no_names_and_arrows() -> None:
    lot = thousand()
    lot.set_surroundings(AROUND)
    marks = looks(draw(scene_data(lot, None)))
    assert "road" in marks
    assert not {"road-arrow", "zone-name", "ramp-name"} & {*marks}


def test_it_can_be_painted() -> None:
    bare, drawn = (
        to_png(draw(scene_data(drawn_lot(around), "a04")), 400)
        for around in (Surroundings(lanes=AROUND.lanes, ramps=AROUND.ramps), AROUND)
    )
    assert bare.startswith(b"\x89PNG")
    assert bare != drawn


@pytest.mark.parametrize(
    ("path", "alone", "seen"),
    [("", False, []), ("ground/", True, []), ("ground/", False, ["ground/lot.svg"])],
    ids=["nowhere to be found", "a picture of its own", "in a page"],
)
def test_a_page_shows_pictures_that_visitors_may_see(
    path: str, alone: bool, seen: list[str]
) -> None:
    shown = replace(scene_data(drawn_lot(), "a04"), frame=PAGE, ground_path=path)
    root = ET.fromstring(draw_level(shown, "plan", alone=alone))  # noqa: S314  (it is our own)
    images = [*root.iter(f"{SVG}image")]
    assert [one.get("href") for one in images] == seen
    for image in images:
        assert image.get("width") == "800"
        assert image.get("transform") == "translate(200 -100)rotate(-90)"


def test_a_page_knows_that_it_has_to_draw_anew() -> None:
    lot = drawn_lot()
    before = LotPlan(lot).name
    lot.set_surroundings(replace(AROUND, walls=()))
    assert LotPlan(lot).name != before


def test_nothing_is_drawn_around_where_nothing_is() -> None:
    assert not Surroundings()
    assert AROUND
    assert not AROUND.on("3")
    still = Lane(level="1", points=((0.0, 5.0), (0.0, 5.0), (4.0, 5.0)), one_way=True)
    marks = looks(draw(scene_data(drawn_lot(Surroundings(lanes=(still,))), "a04")))
    assert marks.count("road-arrow") == 1
