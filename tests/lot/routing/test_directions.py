"""Directions to a bay."""

import pytest

from custom_components.smart_parking.lot.model import Bay
from custom_components.smart_parking.lot.routing.directions import (
    Directions,
    Side,
    rounded_m,
    rows_of,
)
from tests.lot.plans import bay, gate, lot_of, pairs_of_rows


@pytest.mark.parametrize(
    ("heading", "bay_id", "side"),
    [
        (None, "a12", Side.LEFT),
        (None, "b12", Side.RIGHT),
        (180.0, "a12", Side.RIGHT),
        (90.0, "a12", Side.RIGHT),
        (90.0, "a01", Side.AHEAD),
        (270.0, "a01", None),
    ],
)
def test_the_side_is_that_which_a_driver_sees_who_comes_in(
    heading: float | None, bay_id: str, side: Side | None
) -> None:
    lot = lot_of(pairs_of_rows(1, 12), gate("west", 0.0, 8.0, heading=heading))

    assert lot.directions("west", bay_id).side is side


@pytest.mark.parametrize(
    ("at", "heading"),
    [((0.0, 8.0), 0.0), ((30.0, 8.0), 180.0), ((15.0, -3.0), 90.0), ((15.0, 20.0), 270.0)],
)
def test_drivers_come_in_towards_the_bays(at: tuple[float, float], heading: float) -> None:
    lot = lot_of(pairs_of_rows(1, 12), gate("in", *at), gate("roof", *at, "roof"))

    assert lot.network.headings == {"in": heading, "roof": 0.0}


def test_the_level_is_told_where_there_are_several() -> None:
    lot = lot_of(pairs_of_rows(1, 3), gate("in", 0.0, 8.0))
    assert lot.directions("in", "a01").level is None

    lot.set_bays([*pairs_of_rows(1, 3), bay("U1", 0.0, 0.0, "2"), bay("X1", 0.0, 0.0, "")])
    assert lot.directions("in", "a01").level == "1"
    assert lot.directions("in", "u1").level == "2"
    assert lot.directions("in", "x1").level is None


def test_the_level_is_told_where_the_gate_leads_to_another() -> None:
    lot = lot_of(pairs_of_rows(1, 3), gate("in", 0.0, 8.0, "0"))

    assert lot.directions("in", "a01").level == "1"


def test_all_that_is_told() -> None:
    lot = lot_of(pairs_of_rows(2, 12), gate("in", 0.0, 8.0))

    assert lot.directions("in", "c12") == Directions(level=None, row="C", metres=50, side=Side.LEFT)


def rows(*labels: str, level: str = "1") -> list[str | None]:
    """Return the rows of bays with such labels."""
    bays = [Bay(bay_id=label, label=label, level=level) for label in labels]
    named = rows_of(bays)
    return [named.get(label) for label in labels]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("A01", "A02", "B01", "B02"), ["A", "A", "B", "B"]),
        (("2-01", "2-02", "3-01", "3-02"), ["2", "2", "3", "3"]),
        (("EV 1", "EV 2", "A1", "A2"), ["EV", "EV", "A", "A"]),
        (("A1", "A2", "B1"), ["A", "A", None]),
        (("P1", "P2", "P3"), [None, None, None]),
        (("1", "2", "3"), [None, None, None]),
        (("North", "South"), [None, None]),
        (("Visitor 1", "Visitor 2", "A1", "A2"), [None, None, None, None]),
    ],
)
def test_labels_tell_rows(labels: tuple[str, ...], names: list[str | None]) -> None:
    assert rows(*labels) == names


def test_what_is_the_level_is_no_row() -> None:
    assert rows("2-01", "2-02", "3-01", "3-02", level="2") == [None, None, "3", "3"]


@pytest.mark.parametrize(
    ("metres", "told"),
    [(0.0, 5), (6.8, 5), (7.6, 10), (34.2, 35), (97.4, 95), (99.0, 100), (104.0, 100), (156, 160)],
)
def test_distances_are_told_in_round_figures(metres: float, told: int) -> None:
    assert rounded_m(metres) == told
