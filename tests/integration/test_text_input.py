"""What people type is read by screens and table programs, and steers neither."""

import csv
import io
from typing import Any
import unicodedata

from homeassistant.core import HomeAssistant
from hypothesis import example, given, strategies as st
import pytest
import voluptuous as vol

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_GATE, SUBENTRY_PROMOTION
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.sources.bay_table import (
    check_rows,
    common_columns,
    from_text,
    to_text,
)
from custom_components.smart_parking.text_input import as_cell, from_cell, has_controls
from tests.integration.lots import bay, change, gate, lot, node, row, set_up
from tests.integration.promotions.shops import promotion, show
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk

FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u2212 1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\ufe661", "\ufe6b1", "\u207a1", "\u00ad=1"),
    *("\u200b=1", "\u200d\u200c=1", "\ufeff=1", "\u2060+1", "\u202e-1", "\u180e=1", "\u034f=1"),
    *("\ufe0f=1", "\u3164=1", "\U000e0001=1", "\x00=1", "\u2028=1", "\ud800=1", "\u2800\uff1d"),
)
HARMLESS = (
    "Bakery",
    "A01",
    "1+1=2",
    "4 € - cheap",
    "Bäckerei @ home",
    "'tis",
    "\u200bA=1",
    "",
    "…",
)


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_what_a_table_program_may_take_for_a_formula_is_marked_as_text(text: str) -> None:
    assert as_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert as_cell(text) == from_cell(text) == text


signs = st.sampled_from("=+-@\u2212\uff1d\uff0b\uff0d\uff20'\t\r\u200b\ufeff \u034f")


@given(st.text(st.one_of(signs, st.characters()), max_size=12))
@example("'=1")
@example("''\u200b=1")
def test_no_cell_is_a_formula_and_every_cell_can_be_read_again(text: str) -> None:
    cell = as_cell(text)
    assert from_cell(cell) == text
    seen = unicodedata.normalize("NFKC", cell).lstrip()
    seen = "".join(one for one in seen if unicodedata.category(one)[0] not in "CM").lstrip()
    assert not seen.startswith(("=", "+", "-", "@", "\u2212"))
    assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("title", [one for one in FORMULAS if one.isprintable()], ids=ascii)
async def test_a_bill_is_safe_to_open(hass: HomeAssistant, hand: Hand, title: str) -> None:
    entry = lot(node("North", row("A", 1)), gate("Main"), promotion("Bakery"))
    assert await set_up(hass, entry)
    await change(hass, entry, "bakery", title=title)
    show(entry)
    report: Any = await hass.services.async_call(
        DOMAIN, "promotion_report", {}, blocking=True, return_response=True
    )
    (one,) = csv.DictReader(io.StringIO(report["csv"]))
    assert one["title"] == f"'{title}"
    assert report["rows"][0]["title"] == title


@given(
    st.lists(
        st.text(st.sampled_from("=+-@A1'\uff1d"), min_size=1, max_size=4), max_size=5, unique=True
    )
)
def test_bays_as_text_are_safe_to_open_and_stay_what_they_are(labels: list[str]) -> None:
    rows = [bay(label, 2.5 * number, y=-1.0) for number, label in enumerate(labels, 1)]
    columns = common_columns()
    text = to_text(rows, columns)
    for cells in csv.reader(io.StringIO(text)):
        assert not cells[0].startswith(("=", "+", "-", "@", "\uff1d"))
    if labels:
        assert [one["label"] for one in from_text(text, columns)] == labels
        assert [one["y"] for one in from_text(text, columns)] == [-1.0] * len(labels)


# Control characters.

CONTROLS = (
    *("\x00", "\x07", "\x08", "\x1b[31m", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\ud83d"),
    *("\u202e", "\u2066"),
)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"])))
@example("👩\u200d🚒 निःशुल्क र\u094d\u200d Çäß\u00a0\u200f")
def test_what_people_write_is_no_control_character(text: str) -> None:
    assert not has_controls(text)


@pytest.mark.parametrize("control", [*CONTROLS, "\n", "\r", "\t"], ids=ascii)
def test_what_steers_is_one(control: str) -> None:
    assert has_controls(f"A{control}B")
    assert has_controls(f"A{control}B", lines=True) is (control in CONTROLS)
    for key in ("label", "level"):
        with pytest.raises(InvalidInputError):
            check_rows([bay("A1", 0.0) | {key: f"A{control}"}])


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot."""
    entry = lot(node("North", row("A", 2)), gate("Main"), promotion("Bakery"))
    assert await set_up(hass, entry)
    return entry


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
async def test_names_have_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, control: str
) -> None:
    name = f"A{control}B"
    walk = await Walk.through_a_lot(hass, entry)
    await walk.fill(name=name)
    assert walk.errors == {"name": "control_characters"}
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_GATE)
    await walk.fill(x=0, y=0, name=name)
    assert walk.errors == {"name": "control_characters"}
    await walk.fill(x=0, y=0, name="Side", level=name)
    assert walk.errors == {"level": "control_in_level"}
    walk = await Walk.through_a_part(hass, entry, "north")
    await walk.pick("settings")
    await walk.fill(name=name)
    assert (walk.step, walk.errors) == ("settings", {"name": "control_characters"})
    assert walk.suggested["name"] == name
    await walk.fill(name="North")
    assert walk.step == "bays"


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
async def test_promotions_have_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, control: str
) -> None:
    always: dict[str, Any] = {"times": {"when": "both"}, "share": {"weight": 1}}
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
    await walk.fill(title=f"Cin{control}ema", text="Tonight", **always)
    assert walk.errors == {"title": "control_characters"}
    await walk.fill(title="Cinema", text=f"To{control}night", **always)
    assert walk.errors == {"text": "control_characters"}
    await walk.fill(title="Cinema", link=f"https://cinema.example/{control}a", **always)
    assert walk.errors == {"link": "bad_link"}
    await walk.fill(title="Cinema", text="To\n\tnight", **always)
    assert walk.step == "create_entry"


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
async def test_drivers_have_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, control: str
) -> None:
    for action in ("guide", "release", "promotion"):
        with pytest.raises(vol.Invalid):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"driver": f"ann{control}a"},
                blocking=True,
                return_response=True,
            )
