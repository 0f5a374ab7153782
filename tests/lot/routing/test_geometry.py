"""Inferred sizes and headings of bays."""

from collections.abc import Sequence
from math import cos, hypot, isfinite, radians, sin

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Bay, BayKind, Gate, Lane
from custom_components.smart_parking.lot.routing.geometry import Geometry, geometries


def row(
    prefix: str, count: int, x: float, y: float, *, along: float = 0.0, spacing: float = 2.5
) -> list[Bay]:
    """Return bays side by side, in a direction in degrees."""
    return [
        Bay(
            bay_id=f"{prefix}{number}",
            label=f"{prefix}{number}",
            x=x + number * spacing * cos(radians(along)),
            y=y + number * spacing * sin(radians(along)),
        )
        for number in range(count)
    ]


def gate(x: float, y: float, level: str = "") -> Gate:
    return Gate(gate_id="gate", name="Gate", level=level, x=x, y=y)


def headings(bays: Sequence[Bay], *gates: Gate) -> dict[str, set[float]]:
    """Return the headings of rows, by the first letter of their bays."""
    found: dict[str, set[float]] = {}
    for bay_id, one in geometries(bays, gates).items():
        found.setdefault(bay_id[0], set()).add(one.heading)
    return found


def test_rows_that_face_each_other_share_the_aisle_between_them() -> None:
    bays = row("A", 12, 1.25, 13.5) + row("B", 12, 1.25, 2.5)
    gates = gate(0.0, 8.0), gate(30.0, 8.0)
    assert headings(bays, *gates) == {"A": {90.0}, "B": {270.0}}
    assert headings(bays) == {"A": {90.0}, "B": {270.0}}
    assert set(geometries(bays, gates).values()) == {
        Geometry(2.5, 5.0, 90.0),
        Geometry(2.5, 5.0, 270.0),
    }


def test_rows_back_to_back_have_their_aisles_outside() -> None:
    bays = row("A", 6, 0.0, 0.0) + row("B", 6, 0.0, 5.0) + row("C", 6, 0.0, 16.0)
    assert headings(bays) == {"A": {90.0}, "B": {270.0}, "C": {90.0}}


def test_a_garage_of_many_rows() -> None:
    bays = row("A", 8, 0.0, 0.0) + row("B", 8, 0.0, 11.0)
    bays += row("C", 8, 0.0, 16.0) + row("D", 8, 0.0, 27.0)
    assert headings(bays) == {"A": {270.0}, "B": {90.0}, "C": {270.0}, "D": {90.0}}


def test_a_row_between_two_aisles_turns_from_the_gate() -> None:
    bays = row("A", 6, 0.0, 0.0) + row("B", 6, 0.0, 11.0) + row("C", 6, 0.0, 22.0)
    assert headings(bays, gate(-3.0, 5.5))["B"] == {90.0}
    assert headings(bays, gate(-3.0, 16.5))["B"] == {270.0}


@pytest.mark.parametrize(
    ("x", "y", "expected"), [(0.0, -6.0, 90.0), (0.0, 6.0, 270.0), (-9.0, 0.3, 90.0)]
)
def test_a_single_row_turns_from_the_gate(x: float, y: float, expected: float) -> None:
    assert headings(row("A", 6, 0.0, 0.0), gate(x, y)) == {"A": {expected}}


def test_gates_and_rows_of_other_levels_do_not_count() -> None:
    above = [
        Bay(bay_id=bay.bay_id, label=bay.label, level="2", x=bay.x, y=bay.y)
        for bay in row("B", 6, 0.0, -11.0)
    ]
    bays = row("A", 6, 0.0, 0.0)
    assert headings(bays + above, gate(0.0, 6.0), gate(0.0, -6.0, "2"))["A"] == {270.0}


def test_a_row_turns_from_the_middle_of_its_level() -> None:
    bays = row("A", 6, 0.0, 0.0) + row("B", 6, 30.0, 0.0, along=90.0)
    assert headings(bays) == {"A": {270.0}, "B": {0.0}}


def test_a_row_along_the_other_axis() -> None:
    bays = row("A", 6, 0.0, 0.0, along=90.0) + row("B", 6, 11.0, 0.0, along=90.0)
    assert headings(bays) == {"A": {180.0}, "B": {0.0}}


def test_a_row_around_a_corner_is_two_rows() -> None:
    bays = row("A", 6, 0.0, 0.0) + row("B", 6, 17.0, 4.0, along=90.0)
    assert headings(bays, gate(5.0, 10.0)) == {"A": {270.0}, "B": {0.0}}


def test_a_pillar_does_not_part_a_row() -> None:
    bays = row("A", 3, 0.0, 0.0) + row("B", 3, 10.0, 0.0)
    assert headings(bays, gate(6.0, 6.0)) == {"A": {270.0}, "B": {270.0}}


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(0.0, -6.0, 90.0), (6.0, 1.0, 180.0), (-6.0, 1.0, 0.0), (0.0, 6.0, 270.0), (0.0, 0.0, 90.0)],
)
def test_a_bay_alone_turns_from_the_gate(x: float, y: float, expected: float) -> None:
    assert headings(row("A", 1, 0.0, 0.0), gate(x, y)) == {"A": {expected}}


def test_a_bay_alone_turns_from_the_others() -> None:
    bays = row("A", 4, 0.0, 0.0) + row("B", 1, 50.0, 3.0)
    assert headings(bays)["B"] == {0.0}


@pytest.mark.parametrize(
    ("kind", "spacing", "width"),
    [
        (BayKind.STANDARD, 2.4, 2.4),
        (BayKind.STANDARD, 1.0, 2.2),
        (BayKind.STANDARD, 6.0, 3.6),
        (BayKind.MOTORCYCLE, 2.4, 1.5),
        (BayKind.MOTORCYCLE, 1.0, 1.0),
        (BayKind.MOTORCYCLE, 0.5, 0.8),
        (BayKind.STANDARD, 20.0, 2.5),
        (BayKind.ACCESSIBLE, 20.0, 3.5),
        (BayKind.MOTORCYCLE, 20.0, 1.2),
    ],
)
def test_a_bay_is_as_wide_as_its_row_is_spaced(kind: BayKind, spacing: float, width: float) -> None:
    bays = [Bay(bay_id=str(n), label=str(n), kind=kind, x=n * spacing) for n in range(3)]
    found = geometries(bays, ()).values()
    assert {one.width for one in found} == {width}
    assert {one.length for one in found} == {2.5 if kind is BayKind.MOTORCYCLE else 5.0}


def test_one_heading_that_is_given_turns_the_row() -> None:
    bays = row("A", 4, 0.0, 0.0)
    bays[2] = Bay(bay_id="A2", label="A2", x=5.0, heading=60.0)
    assert headings(bays, gate(0.0, 6.0)) == {"A": {60.0}}


def test_bays_at_the_same_place_do_no_harm() -> None:
    twins = [Bay(bay_id=one, label=one) for one in "AB"]
    assert headings(twins) == {"A": {90.0}, "B": {90.0}}


def test_a_lot_without_bays() -> None:
    assert geometries([], [gate(0.0, 0.0)]) == {}


PLACES = st.floats(-200.0, 200.0).map(lambda value: round(value, 2))
SIZES = st.none() | st.floats(0.5, 25.0)
BAYS = st.lists(
    st.builds(
        Bay,
        bay_id=st.uuids().map(str),
        label=st.just("A"),
        kind=st.sampled_from(BayKind),
        level=st.sampled_from(["", "1", "roof"]),
        x=PLACES,
        y=PLACES,
        width=SIZES,
        length=SIZES,
        heading=st.none() | st.floats(0.0, 359.0),
    ),
    max_size=30,
)
GATES = st.lists(st.builds(gate, PLACES, PLACES, st.sampled_from(["", "1", "roof"])), max_size=3)


@given(bays=BAYS, gates=GATES)
def test_every_bay_has_a_shape_and_what_is_given_stays(bays: list[Bay], gates: list[Gate]) -> None:
    found = geometries(bays, gates)
    assert found.keys() == {bay.bay_id for bay in bays}
    for bay in bays:
        one = found[bay.bay_id]
        assert all(isfinite(value) for value in one)
        assert 0.5 <= one.width <= 25.0
        assert 0.5 <= one.length <= 25.0
        assert 0.0 <= one.heading < 360.0
        assert bay.width in (None, one.width)
        assert bay.length in (None, one.length)
        assert bay.heading in (None, one.heading)


@given(
    count=st.integers(2, 20),
    spacing=st.floats(2.3, 5.0),
    along=st.floats(0.0, 359.9),
    x=PLACES,
    y=PLACES,
    gates=GATES,
    data=st.data(),
)
def test_a_straight_row_has_one_heading_across_it(
    count: int,
    spacing: float,
    along: float,
    x: float,
    y: float,
    gates: list[Gate],
    data: st.DataObject,
) -> None:
    bays = data.draw(st.permutations(row("A", count, x, y, along=along, spacing=spacing)))
    (heading,) = headings(bays, *gates)["A"]
    assert abs(cos(radians(heading - along))) < 0.01
    nearest = min(
        (one for one in gates if not one.level),
        key=lambda one: hypot(one.x - middle(bays)[0], one.y - middle(bays)[1]),
        default=None,
    )
    if nearest is not None:
        way = nearest.x - middle(bays)[0], nearest.y - middle(bays)[1]
        towards = way[0] * cos(radians(heading)) + way[1] * sin(radians(heading))
        assert towards < 1.1, "vehicles point away from the gate"


def middle(bays: Sequence[Bay]) -> tuple[float, float]:
    """Return the middle of bays."""
    return sum(bay.x for bay in bays) / len(bays), sum(bay.y for bay in bays) / len(bays)


def test_a_row_opens_to_the_lane_that_is_drawn_beside_it() -> None:
    bays = row("A", 6, 0.0, 0.0)
    above = Lane(level="", points=((-5.0, 6.0), (20.0, 6.0)))
    far = Lane(level="", points=((-5.0, 60.0), (20.0, 60.0)))
    below = gate(6.0, -20.0)

    assert {one.heading for one in geometries(bays, [below]).values()} == {90.0}
    assert {one.heading for one in geometries(bays, [below], [far]).values()} == {90.0}
    assert {one.heading for one in geometries(bays, [below], [above]).values()} == {270.0}


def test_a_bay_alone_points_away_from_its_lane() -> None:
    lane = Lane(level="", points=((-5.0, 6.0), (20.0, 6.0)))

    (found,) = geometries([Bay(bay_id="a", label="A")], [gate(0.0, -9.0)], [lane]).values()

    assert found.heading == 270.0


def test_a_lane_along_the_middle_of_a_row_tells_nothing() -> None:
    bays = row("A", 6, 0.0, 0.0)
    lane = Lane(level="", points=((-5.0, 0.0), (20.0, 0.0)))

    assert geometries(bays, [gate(6.0, -20.0)], [lane]) == geometries(bays, [gate(6.0, -20.0)])
