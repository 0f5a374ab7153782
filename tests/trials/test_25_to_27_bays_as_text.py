"""Bays as a spreadsheet, or a person, writes them down: taken, or refused with the reason."""

from datetime import timedelta
import unicodedata

from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.lot.labels import name_key
from custom_components.smart_parking.sources.base import Row
from custom_components.smart_parking.sources.bay_table import (
    LABEL_MAX,
    check_rows,
    common_columns,
    from_text,
    with_ids,
)
from tests.integration.guidance.drivers import ask
from tests.integration.lots import EMPTY_M, bay, gate, look, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import UNTOUCHED, Walk

COMPOSED = "\u00c41"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
COLUMNS = common_columns()


@pytest.fixture(name="walk")
async def walk_fixture(hass: HomeAssistant) -> Walk:
    """Go to where bays of a new lot can be entered."""
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="simulated")
    await walk.fill(name="Demo", height_m=2.5, stay_min=60, occupancy=0, seed=1)
    return walk


async def write(walk: Walk, text: str) -> dict[str, str]:
    """Enter bays as text, and return the error message for the owner."""
    if walk.step == "bays":
        await walk.pick("text")
    await walk.fill(text=text)
    return {} if walk.step == "bays" else walk.errors


def labels(walk: Walk) -> str:
    """Return the labels of the bays that are there now."""
    return str(walk.shown["description_placeholders"]["labels"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("a01", "A01"), (COMPOSED, DECOMPOSED), ("Ma\u00dfe", "MASSE"), ("A 1", "A\u00a01")],
)
async def test_25_what_looks_the_same_is_the_same_label(walk: Walk, one: str, other: str) -> None:
    assert await write(walk, f"label,x,y\n{one},0,0\n{other},5,0") == {"text": "duplicate_label"}
    told = walk.shown["description_placeholders"]
    assert name_key(told["label"]) == name_key(told["other"])


async def test_25_also_in_the_table_and_beside_other_nodes(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", [bay(COMPOSED, 0.0), bay("A01", 5.0)]), gate("Main"))
    await set_up(hass, entry)
    hass.states.async_set("binary_sensor.eye", STATE_OFF)
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="entities")
    await walk.fill(name="Yard", **UNTOUCHED)
    await walk.pick("table")
    for label in (DECOMPOSED, "a01"):
        cells = {"kind": "standard", "x": 9.0, "y": 0.0, "entity_id": "binary_sensor.eye"}
        await walk.fill(bays=[{"label": label, **cells}])
        assert walk.errors == {"bays": "duplicate_label"}


async def test_25_a_label_written_otherwise_is_the_same_bay(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = lot(node("North", [bay("A01", 0.0), bay("A02", 5.0)]), gate("Main"))
    await set_up(hass, entry)
    walk = await Walk.through_a_part(hass, entry, "north")
    await write(walk, "label,x,y\na02,0,0\na01,5,0")
    await walk.pick("check", "save")
    kept = {one["bay_id"]: one["label"] for one in entry.subentries["north"].data["bays"]}
    assert kept == {"a01": "a01", "a02": "a02"}


@pytest.mark.parametrize("written", [COMPOSED, DECOMPOSED, DECOMPOSED.lower(), f" {COMPOSED} "])
async def test_25_also_in_actions(hass: HomeAssistant, hand: Hand, written: str) -> None:
    await set_up(hass, lot(node("North", [bay(COMPOSED, 0.0)]), gate("Main")))
    hand.settle("North", **{COMPOSED: EMPTY_M})
    await hass.async_block_till_done()
    until = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    assert (await ask(hass, "reserve", bay=written, until=until))["bay"] == COMPOSED


@given(st.text(min_size=1, max_size=LABEL_MAX), st.text(min_size=1, max_size=LABEL_MAX))
def test_25_two_labels_are_the_same_or_both_are_taken(one: str, other: str) -> None:
    places: list[Row] = [{"label": one, "x": 0.0}, {"label": other, "x": 5.0}]
    told = None
    try:
        check_rows(with_ids(places, [], ()))
    except InvalidInputError as err:
        told = err.key
    assert told in {None, "bad_label", "duplicate_label"}
    if told != "bad_label":
        assert (name_key(one) == name_key(other)) is (told == "duplicate_label")
        assert name_key(unicodedata.normalize("NFD", one)) == name_key(one)


@pytest.mark.parametrize("end", [";;", ";;;;;;;;", ";", "; ;\u00a0;"])
async def test_26_what_a_spreadsheet_adds_is_passed_over(walk: Walk, end: str) -> None:
    text = f"label;x;y{end}\nA01;1,5;2{end}\n;;{end}\nA02;5;2\n\n;;\n{end}\n"
    assert await write(walk, text) == {}
    assert labels(walk) == "A01, A02"


async def test_26_an_empty_column_among_others_is_passed_over(walk: Walk) -> None:
    assert await write(walk, "\n\nlabel,,x,y\nA01,,0,0\n") == {}
    assert await write(walk, "label,,x,y\nA01,red,0,0\n") == {"text": "text_cells"}
    assert walk.shown["description_placeholders"]["line"] == "2"


@pytest.mark.parametrize(
    ("text", "error", "texts"),
    [
        ("label,x,y,x\nA01,0,0,1", "text_twice", {"column": "x"}),
        ("label,x,y,Label\nA01,0,0,A02", "text_twice", {"column": "label"}),
        ("label,x,y\nA01,1_000,0", "text_line", {"line": "2", "column": "x", "value": "1_000"}),
        ("\n\nlabel,x,y\n\nA01,0,far", "text_line", {"line": "5", "column": "y"}),
        ("label,kind,x,y\nA01,boat,0,0", "text_line", {"column": "kind", "value": "boat"}),
        ("label,x,y\nA\u0007,0,0", "bad_label", {"row": "1"}),
        ("label,x,y\nA\u202e1,0,0", "bad_label", {"row": "1"}),
        (f"label,x,y\n{FAMILY * 3},0,0", "bad_label", {"row": "1"}),
    ],
)
async def test_26_what_cannot_be_meant_is_refused_with_the_reason(
    walk: Walk, text: str, error: str, texts: dict[str, str]
) -> None:
    assert await write(walk, text) == {"text": error}
    assert texts.items() <= walk.shown["description_placeholders"].items()
    assert walk.suggested == {"text": text}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("label,kind,x,y\nA01,EV,0,0", {"kind": "ev"}),
        ("label;kind;x;y\nA01;Accessible;1\u202f000,5;0", {"kind": "accessible", "x": 1000.5}),
        ("label;x;y\nA01;1\u00a0000;0", {"x": 1000.0}),
        ("label,x,y\nA01,\u22125,0", {"x": -5.0}),
        ("label,x,y\nA\u00a001,0,0", {"label": "A 01"}),
        (f"label,x,y\n{FAMILY},0,0", {"label": FAMILY}),
        (f"label,x,y\n{DECOMPOSED},0,0", {"label": COMPOSED}),
        ("\ufefflabel\tx\ty\nA01\t2,5\t0", {"x": 2.5}),
    ],
)
def test_26_what_can_be_meant_is_taken(text: str, row: Row) -> None:
    (found,) = with_ids(from_text(text, COLUMNS), [], ())
    check_rows([found])
    assert row.items() <= found.items()


@pytest.mark.parametrize(
    ("entity_id", "error"),
    [("cover.gate", "entity_unsuitable"), ("sensor.power", "entity_no_distance")],
)
async def test_27_what_measures_no_bay_is_refused_with_the_reason(
    hass: HomeAssistant, entity_id: str, error: str
) -> None:
    hass.states.async_set("cover.gate", "open")
    hass.states.async_set("sensor.power", "3", {"unit_of_measurement": "W"})
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="entities")
    await walk.fill(name="Yard", **UNTOUCHED)
    assert await write(walk, f"label,x,y,entity_id\nA01,0,0,{entity_id}") == {"text": error}
    assert walk.shown["description_placeholders"]["entity"] == entity_id


async def test_27_the_integrations_own_bay_is_refused(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 1)), gate("Main"))
    await set_up(hass, entry)
    own = look(hass, "a01", "occupancy").entity_id
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="entities")
    await walk.fill(name="Yard", **UNTOUCHED)
    assert await write(walk, f"label,x,y,entity_id\nY01,9,0,{own}") == {"text": "entity_is_ours"}


async def test_25_also_where_distances_are_measured(hass: HomeAssistant, hand: Hand) -> None:
    bays = [bay(COMPOSED, 0.0), bay("B01", 50.0)]
    measured = gate("Main", distances=f"{DECOMPOSED.lower()} = 99\nb01: 7")
    await set_up(hass, lot(node("North", bays), measured))
    hand.settle("North", **{COMPOSED: EMPTY_M, "B01": EMPTY_M})
    await hass.async_block_till_done()
    nearest = look(hass, "main", "nearest")
    assert (nearest.state, nearest.attributes["distance"]) == ("B01", 7.0)
