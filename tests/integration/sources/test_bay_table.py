"""Bays as an owner writes them down: as text, and by a generator."""

from hypothesis import example, given, strategies as st
import pytest

from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.sources.base import Row
from custom_components.smart_parking.sources.bay_table import (
    BAYS_MAX,
    check_rows,
    common_columns,
    from_text,
    make_row,
    read_distances,
    to_text,
    with_ids,
)
from tests.integration.lots import bay

COLUMNS = {**common_columns(), **SOURCES["gpio"].columns()}

labels = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
metres = st.floats(-5000, 5000).map(lambda x: round(x, 3))
rows_of_a_node = st.lists(
    st.fixed_dictionaries(
        {
            "label": labels,
            "kind": st.sampled_from([kind.value for kind in BayKind]),
            "x": metres,
            "y": metres,
            "trigger": st.integers(0, 63).map(float),
            "echo": st.integers(0, 63).map(float),
        },
        optional={"level": labels, "zone": labels, "empty_m": st.floats(0.2, 4.0)},
    ),
    min_size=1,
    max_size=8,
)


def error(action: object, *args: object) -> tuple[str, dict[str, str]]:
    """Return the error message for the owner."""
    assert callable(action)
    with pytest.raises(InvalidInputError) as refused:
        action(*args)
    return refused.value.key, refused.value.placeholders


@given(rows_of_a_node)
def test_what_is_exported_can_be_imported(rows: list[Row]) -> None:
    assert from_text(to_text(rows, COLUMNS), COLUMNS) == rows


def read(text: str) -> list[Row] | str:
    """Return the rows of a text, or the error message for the owner."""
    try:
        return from_text(text, COLUMNS)
    except InvalidInputError as err:
        return err.key


@given(st.text())
@example(" , \n;\n")
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    told = read(text)
    assert isinstance(told, list) or told in {
        "no_bays",
        "text_columns",
        "text_missing",
        "text_line",
        "text_cells",
    }


@given(st.text(alphabet='abekly,;\t"\n\r 0129.-naif'))
def test_text_below_a_good_header_is_read_or_refused_in_words(text: str) -> None:
    told = read(f"label,x,y,trigger,echo\n{text}")
    assert isinstance(told, list) or told in {"text_line", "text_cells"}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheets_text_may_have_decimal_commas(delimiter: str) -> None:
    text = "\ufeffLabel,x,y,trigger,echo\nA01,2.5,0,4,14\n"
    european = text.replace(",", delimiter).replace("2.5", "2,5")
    assert from_text(european, COLUMNS) == from_text(text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "key", "placeholders"),
    [
        ("", "no_bays", {}),
        ("label,colour\nA01,red", "text_columns", {"column": "colour"}),
        ("label,x\nA01,1", "text_missing", {"column": "y"}),
        ("label,x,y,trigger,echo\nA01,1,2", "text_cells", {"line": "2"}),
        ("label,x,y,trigger,echo\nA01,1,2,3,4,5", "text_cells", {"line": "2"}),
        ("label,x,y,trigger,echo\nA01,far,2,3,4", "text_line", {"line": "2", "column": "x"}),
        ("label,x,y,trigger,echo\nA01,nan,2,3,4", "text_line", {"line": "2", "column": "x"}),
        ("label,x,y,trigger,echo\nA01,,2,3,4", "text_line", {"line": "2", "column": "x"}),
        ("label,kind,x,y,trigger,echo\nA01,boat,1,2,3,4", "text_line", {"column": "kind"}),
        ('label,x,y,trigger,echo\n"A01,1,2,3,4', "text_line", {}),
        ('"label,x,y,trigger,echo', "text_line", {"line": "1"}),
    ],
)
def test_text_is_refused_in_words(text: str, key: str, placeholders: dict[str, str]) -> None:
    told, said = error(from_text, text, COLUMNS)
    assert told == key
    assert placeholders.items() <= said.items()


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([], "no_bays"),
        ([bay("", 0.0)], "bad_label"),
        ([bay("A" * 13, 0.0)], "bad_label"),
        ([bay("A\n1", 0.0)], "bad_label"),
        ([bay("A1", 0.0), bay("A1", 5.0)], "duplicate_label"),
        ([bay("B1", 0.0)], "duplicate_label"),
        ([bay("A1", 0.0), bay("A2", 0.0)], "same_place"),
        ([bay("A1", 0.0, zone="Z" * 41)], "bad_zone"),
        ([bay("A1", 0.0, zone="Staff\x07")], "control_characters"),
        ([bay("A1", 0.0)] * (BAYS_MAX + 1), "too_many_bays"),
    ],
)
def test_rows_that_cannot_be_bays_are_refused(rows: list[Row], key: str) -> None:
    assert error(check_rows, rows, {"B1"})[0] == key


def test_a_bay_without_a_label_is_refused_and_not_mistaken() -> None:
    rows = with_ids([{"label": " ", "x": 0.0, "y": 0.0}], [bay("A01", 0.0)], ())
    assert error(check_rows, rows)[0] == "bad_label"


@given(rows_of_a_node.filter(lambda rows: len({row["label"] for row in rows}) == len(rows)))
def test_bays_keep_their_ids_when_they_are_edited(rows: list[Row]) -> None:
    first = with_ids(rows, [], ("trigger", "echo"))
    moved = [{**row, "x": 7.0, "trigger": 1.0} for row in reversed(first)]
    again = with_ids(moved, first, ("trigger", "echo"))
    assert {row["label"]: row["bay_id"] for row in again} == {
        row["label"]: row["bay_id"] for row in first
    }
    assert len({row["bay_id"] for row in first}) == len(first)


def test_a_renamed_bay_is_recognised_by_its_wires() -> None:
    before = [bay("A01", 0.0, trigger=4, echo=14), bay("A02", 2.5, trigger=5, echo=15)]
    after = with_ids(
        [
            {"label": "Z1", "x": 0.0, "y": 0.0, "trigger": 4, "echo": 14},
            {"label": "Z2", "x": 2.5, "y": 0.0, "trigger": 6, "echo": 16},
        ],
        before,
        ("trigger", "echo"),
    )
    assert after[0]["bay_id"] == "a01"
    assert after[1]["bay_id"] not in {"a01", "a02"}


@given(
    st.fixed_dictionaries(
        {
            "prefix": st.sampled_from(["A", "", " B "]),
            "first_number": st.integers(0, 1000),
            "count": st.integers(1, 200),
            "spacing": st.floats(0.1, 100),
            "direction": st.sampled_from(["x", "y"]),
            "x": st.floats(-100, 100),
            "y": st.floats(-100, 100),
        }
    )
)
def test_a_generated_row_is_as_long_as_wanted_and_can_be_used(answers: Row) -> None:
    rows = make_row(answers)
    assert len(rows) == answers["count"]
    check_rows(rows)
    fixed = "y" if answers["direction"] == "x" else "x"
    assert {row[fixed] for row in rows} == {answers[fixed]}


def test_a_generated_row_ends_where_a_lot_does() -> None:
    assert len(make_row({"count": 10**9})) == BAYS_MAX


def test_distances_are_read() -> None:
    text = "A01 = 35\n\nB 2: 12,5 m\n"
    assert read_distances(text) == {"A01": 35.0, "B 2": 12.5}
    for wrong in ("A01", "= 3", "A01 = far", "A01 = -1", "A01 = nan", "A01 = 1e9"):
        assert error(read_distances, f"A00 = 1\n{wrong}") == ("bad_distance", {"line": "2"})
