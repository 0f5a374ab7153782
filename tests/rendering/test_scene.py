"""What is seen of a car park, and how closely."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Bay, BayKind, BayState, Gate
from custom_components.smart_parking.rendering.marks import (
    UNITS_PER_M,
    Drawing,
    Shape,
    Text,
    Window,
)
from custom_components.smart_parking.rendering.paths import Point, contours
from custom_components.smart_parking.rendering.scene import Pointer, draw
from tests.rendering.lots import gate, lot_of, put, row, scene_data, small, thousand, two_levels


def looks(drawing: Drawing) -> list[str]:
    """Return the looks of all marks."""
    return [mark.look for mark in drawing.marks]


def labels(drawing: Drawing) -> list[str]:
    """Return the labels that stand on bays."""
    return [
        mark.text
        for mark in drawing.marks
        if isinstance(mark, Text) and mark.look.startswith("label-")
    ]


def said(drawing: Drawing, look: str) -> list[str]:
    """Return the texts of a look."""
    return [mark.text for mark in drawing.marks if isinstance(mark, Text) and mark.look == look]


def way(drawing: Drawing) -> list[Point]:
    """Return the points of the way, in metres on the plan."""
    (shape,) = [
        mark
        for mark in drawing.marks
        if isinstance(mark, Shape) and mark.look in ("way", "way-far")
    ]
    ((points, _),) = contours(shape.path)
    scale = shape.scale / UNITS_PER_M
    return [(x * scale, -y * scale) for x, y in points]


def holds(window: Window, point: Point, room: float = 0.0) -> bool:
    """Return whether a window shows a point of the plan, with room around it in metres."""
    x, y, room = point[0] * UNITS_PER_M, -point[1] * UNITS_PER_M, room * UNITS_PER_M
    return (
        window.left + room <= x <= window.left + window.width - room
        and window.top + room <= y <= window.top + window.height - room
    )


def test_a_small_lot_is_seen_as_a_whole() -> None:
    lot = small()
    drawing = draw(scene_data(lot, "a04"))
    assert sorted(labels(drawing)) == sorted(status.bay.label for status in lot)
    assert said(drawing, "gate-on-name") == ["North gate"]
    assert said(drawing, "gate-name") == ["South gate"]
    assert drawing.title == "A04"


@given(x=st.floats(-200, 200), y=st.floats(-200, 200), heading=st.none() | st.floats(0, 450))
@settings(max_examples=25, deadline=None)
def test_a_point_is_found_with_the_direction_from_there(
    x: float, y: float, heading: float | None
) -> None:
    scene = scene_data(small(), None)
    drawing = draw(replace(scene, pointer=Pointer((x, y), "N", heading)))
    assert holds(drawing.window, (x, y))
    assert "N" in said(drawing, "gate-on-name")
    plain = looks(draw(scene))
    added = {look: looks(drawing).count(look) - plain.count(look) for look in looks(drawing)}
    assert added["gate-on-name"] == 1
    if heading is None:
        assert added["way-end"] == 1
        return
    arrow = [mark for mark in drawing.marks if mark.look == "gate-on-arrow"][-1]
    assert isinstance(arrow, Shape)
    assert (arrow.x, arrow.y, arrow.turn) == (x * UNITS_PER_M, -y * UNITS_PER_M, -heading)


def test_the_bays_label_stands_on_a_flag() -> None:
    drawing = draw(scene_data(small(), "a04"))
    assert said(drawing, "flag-text") == ["A04"]
    (flag,) = [mark for mark in drawing.marks if mark.look == "flag-text"]
    assert isinstance(flag, Text)
    assert flag.size > 0.1 * drawing.window.height


@pytest.mark.parametrize("bay_id", ["a01", "a12", "b06"])
def test_the_way_leads_from_the_gate_to_the_bays_mouth(bay_id: str) -> None:
    lot = small()
    points = way(draw(scene_data(lot, bay_id)))
    bay = lot[bay_id].bay
    mouth = bay.y - 2.5 if bay.y > 8.0 else bay.y + 2.5
    assert points[0] == (0.0, 8.0)
    assert points[-1] == pytest.approx((bay.x, mouth), abs=0.2)
    assert all(5.0 < y < 11.0 for _, y in points), "it runs in the aisle, not through bays"


def test_nothing_covers_the_bay_that_is_meant() -> None:
    drawn = looks(draw(scene_data(small(), "a04")))
    assert drawn.count("target") == 1
    assert drawn.index("target") > max(at for at, look in enumerate(drawn) if look == "free")


@pytest.mark.parametrize(
    ("state", "drawn"),
    [
        (BayState.VACANT, {"free", "label-free"}),
        (BayState.OCCUPIED, {"occupied", "car", "glass", "label-occupied"}),
        (BayState.HELD, {"held", "stripes", "label-held"}),
        (BayState.OUT_OF_SERVICE, {"closed", "hatching", "label-closed"}),
        (BayState.UNKNOWN, {"unknown", "question", "label-unknown"}),
    ],
)
def test_every_state_has_its_drawing(state: BayState, drawn: set[str]) -> None:
    lot = lot_of(row("A", 2, 10.0), gate(0.0, 4.0))
    put(lot, "a02", state)
    of_bays = {"target", "label-target"} | drawn
    others = {"paper", "lane", "way-bed", "way", "way-end", "gate-on", "gate-on-arrow"}
    others |= {"gate-on-name", "flag", "flag-tip", "flag-text"}
    assert set(looks(draw(scene_data(lot, "a01")))) == of_bays | others


def test_a_bay_that_is_kept_for_the_driver_looks_like_theirs() -> None:
    lot = small()
    put(lot, "a04", BayState.HELD)
    assert "stripes" not in looks(draw(scene_data(lot, "a04")))
    assert "stripes" in looks(draw(scene_data(lot, "a05")))


def test_special_bays_show_what_they_are_for() -> None:
    lot = small([BayKind.STANDARD, BayKind.EV, BayKind.ACCESSIBLE])
    put(lot, "a03", BayState.OCCUPIED)
    put(lot, "a06", BayState.OUT_OF_SERVICE)
    put(lot, "a09", BayState.UNKNOWN)
    drawn = looks(draw(scene_data(lot, "a04")))
    assert drawn.count("kind-solid") == 8
    assert drawn.count("kind") == 8 - 3
    assert drawn.count("kind-on-car") == drawn.count("kind-closed") == 1


def test_a_motorcycle_is_drawn_as_one() -> None:
    lot = small([BayKind.MOTORCYCLE])
    put(lot, "a03", BayState.OCCUPIED)
    drawn = looks(draw(scene_data(lot, "a04")))
    assert "car" in drawn
    assert "glass" not in drawn


def test_in_a_big_lot_the_surroundings_of_a_short_way_are_seen() -> None:
    lot = thousand()
    shown = labels(draw(scene_data(lot, "a103")))
    assert "A103" in shown
    assert len(shown) < 100


def test_a_long_way_is_seen_from_afar() -> None:
    drawing = draw(scene_data(thousand(), "t220"))
    assert labels(drawing) == []
    assert said(drawing, "flag-text") == ["T220"]
    assert way(drawing)[0] == pytest.approx((-4.0, 5.5), abs=0.05)
    assert holds(drawing.window, way(drawing)[-1])
    # As thick as on a small plan, because it is the point of the image.
    (line,) = [mark for mark in drawing.marks if mark.look == "way-far"]
    assert isinstance(line, Shape)
    assert line.scale > 3.0


def test_only_the_bays_level_is_seen_from_where_one_comes_up() -> None:
    drawing = draw(scene_data(two_levels(), "b02", note="Level 2"))
    assert {label[0] for label in labels(drawing)} == {"B"}
    assert said(drawing, "note-text") == ["Level 2"]
    assert way(drawing)[0] == (18.0, 4.0)
    assert said(drawing, "gate-on-name") == []
    assert looks(drawing).count("gate-on") == 1, "an arrow shows where the way begins"


def test_without_a_way_the_bay_is_seen_all_the_same() -> None:
    lot = lot_of([*row("A", 6, 10.0), *row("B", 60, 10.0, level="2")], gate(0.0, 4.0))
    drawing = draw(scene_data(lot, "b30"))
    assert said(drawing, "flag-text") == ["B30"]
    assert "way" not in looks(drawing)
    assert 6 < len(labels(drawing)) < 60


def test_a_full_lot_says_so() -> None:
    drawing = draw(scene_data(small(), None, sign="Full"))
    assert said(drawing, "flag-text") == ["Full"]
    assert drawing.title == "Full"
    assert not {"way", "way-far", "target", "flag"} & set(looks(drawing))


def test_a_long_sign_fits() -> None:
    drawing = draw(scene_data(small(), None, sign="Kein freier Parkplatz mehr"))
    (sign,) = [mark for mark in drawing.marks if mark.look == "flag-text"]
    assert isinstance(sign, Text)
    assert len(sign.text) * 0.5 * sign.size < drawing.window.width


def test_a_level_without_bays_is_paper() -> None:
    lot = lot_of(row("A", 2, 10.0, level="2"), gate(0.0, 4.0))
    assert "free" not in looks(draw(scene_data(lot, None, sign="Full")))


def test_a_gate_points_to_where_one_drives_in() -> None:
    gates = {"W": (-2.0, 5.0), "E": (20.0, 5.0), "S": (9.0, -4.0), "N": (9.0, 14.0)}
    lot = lot_of(
        row("A", 7, 10.0) + row("B", 7, 0.0), *(gate(x, y, name) for name, (x, y) in gates.items())
    )
    drawing = draw(scene_data(lot, None, "W", sign="Full"))
    turns = [
        mark.turn
        for mark in drawing.marks
        if isinstance(mark, Shape) and mark.look.endswith("-arrow")
    ]
    assert turns == [0.0, 180.0, -90.0, 90.0]


def test_a_gate_points_to_where_its_owner_says() -> None:
    entrance = Gate(gate_id="W", name="W", level="1", x=-2.0, y=5.0, heading=30.0)
    lot = lot_of(row("A", 7, 10.0), entrance)
    (arrow,) = [m for m in draw(scene_data(lot, "a01", "W")).marks if m.look == "gate-on-arrow"]
    assert isinstance(arrow, Shape)
    assert arrow.turn == -30.0


places = st.tuples(st.floats(-300.0, 300.0), st.floats(-300.0, 300.0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=30, unique=True),
    places,
    st.floats(0.0, 360.0),
    st.text(min_size=1, max_size=12),
)
def test_what_matters_is_in_the_picture(
    middles: list[Point], at: Point, heading: float, label: str
) -> None:
    bays = [
        Bay(bay_id=str(number), label=label, level="1", x=x, y=y, heading=heading)
        for number, (x, y) in enumerate(middles)
    ]
    lot = lot_of(bays, gate(*at))

    drawing = draw(scene_data(lot, "0"))

    window = drawing.window
    assert window.width == pytest.approx(2.0 * window.height)
    assert holds(window, middles[0], 1.0)
    (flag,) = [mark for mark in drawing.marks if mark.look == "flag-text"]
    assert isinstance(flag, Text)
    # The last try may leave a rim of the flag outside, but never its letters.
    half = 0.5 * len(label) * flag.size / 2.0
    assert window.left <= flag.x - half
    assert flag.x + half <= window.left + window.width
    assert window.top <= flag.y - 0.7 * flag.size
    assert flag.y <= window.top + window.height
    if any(look.startswith("way") for look in looks(drawing)):
        assert all(holds(window, point) for point in way(drawing))
