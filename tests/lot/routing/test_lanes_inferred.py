"""Inferred lanes: in the aisles, around the rows."""

from itertools import pairwise
from math import ceil, cos, hypot, radians, sin

import pytest

from custom_components.smart_parking.lot.model import Bay, Gate, Place
from custom_components.smart_parking.lot.routing.geometry import geometries
from custom_components.smart_parking.lot.routing.network import Network
from tests.lot.plans import bay, corners, gate, lot_of, pairs_of_rows, turned

SLACK_M = 0.3
STEP_M = 0.1


def steps(way: tuple[Place, ...]) -> list[tuple[float, float]]:
    """Return points of a way, 10 cm apart."""
    return [
        (a.x + (b.x - a.x) * step / count, a.y + (b.y - a.y) * step / count)
        for a, b in pairwise(way)
        for count in [ceil(hypot(b.x - a.x, b.y - a.y) / STEP_M) or 1]
        for step in range(count + 1)
    ]


def crossed(way: tuple[Place, ...], bays: list[Bay], gates: list[Gate]) -> set[str]:
    """Return the labels of the bays that a way leads through."""
    shapes = geometries(bays, gates)
    found = set()
    for one in bays:
        shape = shapes[one.bay_id]
        forth, aside = cos(radians(shape.heading)), sin(radians(shape.heading))
        for x, y in steps(way):
            along = (x - one.x) * forth + (y - one.y) * aside
            across = (x - one.x) * aside - (y - one.y) * forth
            if abs(along) < shape.length / 2 - SLACK_M and abs(across) < shape.width / 2 - SLACK_M:
                found.add(one.label)
                break
    return found


@pytest.mark.parametrize(
    "entrance",
    [gate("west", -2, 8), gate("south", 12, -3), gate("north", 25, 50), gate("in", 0, 8)],
    ids=lambda one: one.gate_id,
)
def test_a_way_runs_at_right_angles_and_through_no_other_bay(entrance: Gate) -> None:
    bays = pairs_of_rows(3, 10)
    network = Network(bays, [entrance])
    for to in bays:
        way = network.points(entrance.gate_id, to.bay_id)
        assert way[0] == (entrance.level, entrance.x, entrance.y)
        assert way[-1] == (to.level, to.x, to.y)
        for a, b in pairwise(way):
            assert min(abs(a.x - b.x), abs(a.y - b.y)) < 0.01, f"{to.label}: slanting"
        assert crossed(way, bays, [entrance]) == {to.label}


@pytest.mark.parametrize("degrees", [17.0, 45.0, 90.0, 133.0])
def test_a_lot_that_lies_askew_on_its_plan_has_the_same_ways(degrees: float) -> None:
    bays = turned(pairs_of_rows(2, 8), degrees)
    x, y = -2.0 * cos(radians(degrees)), -2.0 * sin(radians(degrees))
    entrance = gate("in", x, y)
    network = Network(bays, [entrance])
    for to in bays:
        assert crossed(network.points("in", to.bay_id), bays, [entrance]) == {to.label}


def test_bays_at_an_angle_are_reached_from_their_aisle() -> None:
    row = [bay(f"A{n:02}", 3.0 * n, 10.0, heading=60.0) for n in range(8)]
    entrance = gate("in", -6.0, 6.0)
    network = Network(row, [entrance])
    for to in row:
        assert crossed(network.points("in", to.bay_id), row, [entrance]) == {to.label}


def test_a_way_is_straight_along_the_aisle_with_one_bend_where_that_is_all_it_takes() -> None:
    lot = lot_of(pairs_of_rows(1, 12), gate("west", 0.0, 8.0))

    assert corners(lot.route("west", "a07").points) == [(0, 8), (16.25, 8), (16.25, 13.5)]


def test_a_way_has_no_more_turns_than_it_needs() -> None:
    """All ways around the rows are equally long, and only one has but two turns."""
    lot = lot_of(pairs_of_rows(4, 10), gate("in", -2.0, -2.0))

    way = corners(lot.route("in", "h05").points)

    assert way == [(-2, -2), (-2, 56), (11.25, 56), (11.25, 50.5)]


@pytest.mark.parametrize("at", [(1.25, 2.5), (300.0, 400.0), (1.25, -0.2)])
def test_a_way_is_found_in_a_lot_of_one_bay_and_from_any_gate(at: tuple[float, float]) -> None:
    network = Network([bay("A1", 1.25, 2.5)], [gate("in", *at)])

    assert network.stranded() == []
    assert len(network.points("in", "a1")) >= 2


def test_a_bay_that_is_shut_in_has_a_way_all_the_same() -> None:
    """Bays on all sides, as on a plan with mistakes in it: the way goes straight for it."""
    bays = [bay(f"A{x}{y}", 2.5 * x, 5.0 * y, heading=90.0) for x in range(5) for y in range(5)]
    lot = lot_of(bays, gate("in", -3.0, 0.0))

    assert lot.network.stranded() == []
    assert lot.route("in", "a22").points[-1] == Place("1", 5.0, 10.0)
    assert lot.route("in", "a22").distance_m == 8.0 + 10.0


def test_distances_are_not_those_of_the_inferred_way() -> None:
    lot = lot_of(pairs_of_rows(2, 10), gate("in", 0.0, 8.0))

    assert lot.route("in", "d10").distance_m == 23.75 + 10.5


def test_something_passes_between_rows_with_a_gap() -> None:
    left = [bay(f"A{n}", 2.5 * n, 0.0, heading=270.0) for n in range(6)]
    right = [bay(f"B{n}", 22.0 + 2.5 * n, 0.0, heading=270.0) for n in range(6)]
    far = [bay(f"C{n}", 17.2 + 2.5 * n, -16.0, heading=270.0) for n in range(2)]
    lot = lot_of(left + right + far, gate("in", 17.2, 20.0, heading=270.0))

    xs = {x for x, y in corners(lot.route("in", "c0").points) if -3.0 < y < 3.0 or y == -11.5}

    assert all(13.5 < x < 21.0 for x in xs)


def test_a_plan_of_scattered_bays_is_searched_in_good_time() -> None:
    """Hundreds of rows of one bay: the number of crossings of their lanes is limited."""
    bays = [
        bay(f"A{n}", (n * 37) % 499, (n * 61) % 487, heading=float(n * 83 % 4 * 90))
        for n in range(600)
    ]
    network = Network(bays, [gate("in", 0.0, 0.0)])

    assert len(network.plan().places) < 20_000
    assert len(network.stranded()) < 60
