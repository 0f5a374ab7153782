"""The ways through a lot whose owner has drawn the lanes."""

import pytest

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Lane, Place, Point, Ramp
from custom_components.smart_parking.lot.routing.directions import Side
from tests.lot.plans import bay, corners, gate, lot_of, pairs_of_rows

WEST = gate("west", 0.0, 8.0)
EAST = gate("east", 30.0, 8.0)
AISLE = (0.0, 8.0), (30.0, 8.0)


def lane(*points: Point, level: str = "1", one_way: bool = False) -> Lane:
    return Lane(level=level, points=points, one_way=one_way)


@pytest.fixture
def lot() -> Lot:
    """Return A01 … A12 above an aisle and B01 … B12 below it, with a gate at either end."""
    return lot_of(pairs_of_rows(1, 12), WEST, EAST)


def stranded(lot: Lot) -> list[str]:
    """Return the labels of the bays to which there is no way."""
    return [bay.label for bay in lot.network.stranded()]


def test_the_way_follows_the_lane_and_is_as_long_as_one_drives(lot: Lot) -> None:
    lot.set_lanes([lane((0, 8), (-5, 8), (-5, 20), (35, 20), (35, 8), (0.5, 8))])

    way = lot.route("west", "a12")

    assert corners(way.points) == [
        (0.0, 8.0),
        (28.75, 8.0),
        (28.75, 13.5),
    ]
    assert way.distance_m == 28.75 + 5.5


def test_one_drives_round_where_the_short_way_is_one_way(lot: Lot) -> None:
    lot.set_lanes([lane((30, 8), (0, 8), one_way=True), lane((0, 8), (0, 20), (30, 20), (30, 8))])

    way = lot.route("west", "a12")

    assert corners(way.points) == [(0, 8), (0, 20), (30, 20), (30, 8), (28.75, 8), (28.75, 13.5)]
    assert way.distance_m == 12.0 + 30.0 + 12.0 + 1.25 + 5.5
    assert lot.route("east", "a12").distance_m == 1.25 + 5.5


def test_the_nearest_bay_is_the_one_that_is_nearest_to_drive_to(lot: Lot) -> None:
    for one in list(lot):
        lot.set_out_of_service(one.bay.bay_id, out=one.bay.label not in ("A01", "B12"))
        lot.remember(one.bay.bay_id, occupied=False)
    assert [lot.ranking("west").__next__().label] == ["A01"]

    lot.set_lanes([lane((30, 8), (0, 8), one_way=True), lane((0, 8), (0, -5), (30, -5), (30, 8))])

    ranking = [one.label for one in lot.ranking("west")]
    assert ranking[:2] == ["A12", "B12"]
    assert ranking[-2:] == ["A01", "B01"]


def test_what_the_owner_has_measured_goes_before_what_one_drives(lot: Lot) -> None:
    lot.set_gate(gate("west", 0.0, 8.0, A12=99.0))
    lot.set_lanes([lane(*AISLE)])

    assert lot.route("west", "a12").distance_m == 99.0
    assert lot.route("west", "a11").distance_m == 26.25 + 5.5


def test_without_lanes_again_distances_are_as_before(lot: Lot) -> None:
    before = lot.route("west", "a12").distance_m
    lot.set_lanes([lane((0, 8), (0, 30), (30, 30), (30, 8.5), (28, 8))])
    assert lot.route("west", "a12").distance_m > before

    lot.set_lanes([])

    assert lot.route("west", "a12").distance_m == before


def test_lanes_that_nearly_touch_are_joined_and_others_are_not(lot: Lot) -> None:
    lot.set_lanes([lane((0, 8), (14, 8)), lane((14.9, 8), (30, 8))])
    assert lot.route("west", "b12").distance_m == pytest.approx(28.75 + 5.5)
    assert stranded(lot) == []

    lot.remove_gate("east")
    lot.set_lanes([lane((0, 8), (14, 8)), lane((15.2, 8), (30, 8))])
    assert stranded(lot) == [f"{row}{number:02}" for row in "AB" for number in range(7, 13)]


def test_lanes_that_cross_are_joined(lot: Lot) -> None:
    lot.set_lanes([lane((0, 8), (10, 8)), lane((9, 4), (9, 30)), lane((0, 20), (30, 20))])

    assert corners(lot.route("west", "a10").points)[:4] == [(0, 8), (9, 8), (9, 20), (23.75, 20)]


def test_a_bay_without_a_way_is_measured_straight_and_is_told_of(lot: Lot) -> None:
    lot.remove_gate("east")
    lot.set_lanes([lane((30, 8), (2.5, 8), one_way=True)])

    way = lot.route("west", "a12")

    assert way.distance_m == 28.75 + 5.5
    assert corners(way.points) == [(0, 8), (28.75, 8), (28.75, 11), (28.75, 13.5)]
    assert stranded(lot) == [f"{row}{number:02}" for row in "AB" for number in range(2, 13)]


def test_a_gate_may_be_far_from_the_lanes_and_a_bay_may_not() -> None:
    bays = [bay("A1", 100.0, 40.0), bay("A2", 100.0, -20.0)]
    lot = lot_of(bays, gate("west", 0.0, 0.0))
    lot.set_lanes([lane((90, 0), (110, 0))])

    assert lot.route("west", "a2").distance_m == 100.0 + 20.0
    assert stranded(lot) == ["A1"]


def test_a_ramp_joins_levels() -> None:
    lot = lot_of(
        [*pairs_of_rows(1, 12, "0"), bay("U01", 5.0, 13.5, "1"), bay("U02", 7.5, 13.5, "1")],
        gate("west", 0.0, 8.0, "0"),
    )
    up = Ramp(start=Place("0", 32.0, 8.0), end=Place("1", 32.0, 10.0), length=25.0)
    lot.set_lanes([lane(*AISLE, (32, 8), level="0"), lane((0, 10.5), (32, 10.5), level="1")], [up])

    way = lot.route("west", "u01")

    assert [place.level for place in way.points] == ["0", "0", "1", "1", "1", "1"]
    assert way.points[2:4] == (Place("1", 32.0, 10.0), Place("1", 32.0, 10.5))
    assert way.distance_m == pytest.approx(32.0 + 25.0 + 0.5 + 27.0 + 3.0)


@pytest.mark.parametrize(("one_way", "reached"), [(False, True), (True, False)])
def test_a_one_way_ramp_leads_but_one_way(one_way: bool, reached: bool) -> None:
    lot = lot_of([bay("A01", 5.0, 5.0, "0"), bay("U01", 5.0, 5.0, "1")], gate("in", 0.0, 0.0, "0"))
    down = Ramp(start=Place("1", 9.0, 0.0), end=Place("0", 9.0, 0.0), one_way=one_way)
    lot.set_lanes((), [down])

    assert stranded(lot) == ([] if reached else ["U01"])


def test_a_ramp_that_nobody_has_measured_is_60_m_long() -> None:
    lot = lot_of([bay("U01", 5.0, 5.0, "1")], gate("in", 0.0, 0.0, "0"))
    ends = Place("0", 0.0, 0.0), Place("1", 5.0, -5.0)
    lanes = [lane((0, 0), (1, 0), level="0"), lane((5, -5), (5, 0), level="1")]
    lot.set_lanes(lanes, [Ramp(start=ends[0], end=ends[1])])
    assert lot.route("in", "u01").distance_m == pytest.approx(60.0 + 10.0)


def test_a_level_without_lanes_keeps_those_between_its_rows() -> None:
    bays = pairs_of_rows(1, 12, "0") + [bay(f"U{n:02}", 2.5 * n, 13.5, "1") for n in range(1, 9)]
    lot = lot_of(bays, gate("in", 0.0, 8.0, "0"))
    lot.set_lanes([lane(*AISLE, level="0")], [Ramp(start=Place("0", 30, 8), end=Place("1", 30, 8))])

    assert stranded(lot) == []
    assert lot.route("in", "u01").points[-1] == Place("1", 2.5, 13.5)


def test_without_a_ramp_another_level_is_60_m_away_and_has_no_way_to_be_drawn() -> None:
    lot = lot_of([bay("U01", 3.0, 4.0, "1")], gate("in", 0.0, 0.0, "0"))

    assert lot.route("in", "u01").distance_m == 67.0
    assert lot.route("in", "u01").points == (Place("0", 0.0, 0.0), Place("1", 3.0, 4.0))
    assert lot.directions("in", "u01").side is None


@pytest.mark.parametrize(
    ("gate_id", "bay_id", "side"),
    [("west", "a06", Side.LEFT), ("west", "b06", Side.RIGHT), ("east", "a06", Side.LEFT)],
)
def test_the_side_is_that_of_the_lane_when_one_drives_by(
    lot: Lot, gate_id: str, bay_id: str, side: Side
) -> None:
    """From the east one is led round, and comes by from the west."""
    lot.set_lanes([lane(*AISLE, one_way=True), lane((30, 8), (32, 8), (32, 20), (0, 20), (0, 8))])

    assert lot.directions(gate_id, bay_id).side is side


def test_a_bay_at_the_end_of_a_lane_lies_ahead() -> None:
    lot = lot_of([bay("A1", 20.0, 8.0, heading=0.0)], WEST)
    lot.set_lanes([lane((0, 8), (15, 8))])

    assert lot.directions("west", "a1").side is Side.AHEAD


def test_a_bay_beside_the_gate_lies_where_a_driver_sees_it_who_comes_in() -> None:
    lot = lot_of([bay("A1", 0.0, 13.5, heading=90.0)], gate("west", 0.0, 8.0, heading=0.0))
    lot.set_lanes([lane(*AISLE)])

    assert lot.directions("west", "a1").side is Side.LEFT


def test_a_gate_whose_level_has_neither_lanes_nor_bays_leads_nowhere() -> None:
    lot = lot_of(pairs_of_rows(1, 3), gate("roof", 0.0, 0.0, "roof"))
    lot.set_lanes([lane(*AISLE)])

    assert len(stranded(lot)) == 6
    assert lot.route("roof", "a01").distance_m == 60.0 + 1.25 + 13.5
