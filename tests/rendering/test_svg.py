"""A drawing as SVG."""

from collections.abc import Callable
from dataclasses import replace
import random
import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings, strategies as st
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Bay, BayKind, BayState
from custom_components.smart_parking.rendering import level
from custom_components.smart_parking.rendering.bays import STATE_LOOKS
from custom_components.smart_parking.rendering.level import LotPlan, draw_level
from custom_components.smart_parking.rendering.view import PAGE
from tests.rendering.lots import gate, lot_of, put, row, scene_data, small, thousand, two_levels

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    """Return an image as an XML reader parses it."""
    return ET.fromstring(svg)  # noqa: S314  (it is our own)


def texts(svg: str) -> list[str]:
    """Return the texts of an image."""
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def test_a_small_lot(snapshot: SnapshotAssertion) -> None:
    bays = row("A", 3, 10.0) + row("B", 3, -1.0)
    bays[0] = Bay(bay_id="a01", label="A01", level="1", x=1.25, y=10.0, kind=BayKind.EV)
    lot = lot_of(bays, gate(-1.0, 4.5))
    put(lot, "a03", BayState.OCCUPIED)
    put(lot, "b01", BayState.HELD)
    put(lot, "b02", BayState.OUT_OF_SERVICE)
    put(lot, "b03", BayState.UNKNOWN)
    svg = draw_level(scene_data(lot, "a02"), "plan")
    assert svg.replace("><", ">\n<").replace("}.", "}\n.") == snapshot


def test_it_says_what_it_shows() -> None:
    root = parsed(draw_level(scene_data(small(), "a04"), "plan"))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "A04"


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=12), st.text(max_size=30))
def test_names_are_text_and_nothing_else(label: str, name: str) -> None:
    lot = lot_of(
        [Bay(bay_id="a", label=label, level="1", x=0.0, y=6.0)],
        gate(0.0, 0.0, f"<b onload='x'>{name}"),
    )
    gate_id = lot.gates[0].gate_id

    said = texts(draw_level(scene_data(lot, "a", gate_id), "plan"))

    def printable(text: str) -> str:
        return "".join(letter for letter in text if letter.isprintable())

    assert said.count(printable(label)) == 2, "on the bay and on the flag"
    assert printable(gate_id) in said


@pytest.mark.parametrize(
    "svg",
    [
        draw_level(scene_data(small(list(BayKind)), "a04"), "plan"),
        draw_level(scene_data(small(), None, sign="Full"), "plan"),
        draw_level(scene_data(two_levels(), "b02"), "plan"),
    ],
    ids=["way", "full", "level"],
)
def test_it_needs_nothing_but_itself(svg: str) -> None:
    root = parsed(svg)
    (style,) = root.findall(f"{SVG}style")
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    rules = style.text or ""
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        look = element.get("class")
        assert look is None or re.search(rf"\.{look}\b", rules) or look in ("bays", "over"), look
        assert element.get("href", "#") == "#" or element.get("href", "")[1:] in ids


@pytest.mark.parametrize("make", [lambda: small([*BayKind]), thousand, two_levels])
def test_a_page_is_sent_what_is_drawn(make: Callable[[], Lot]) -> None:
    """What comes with a way is what the server has drawn over the level before."""
    lot = make()
    plan = LotPlan(lot)
    for bay_id in [None, *(status.bay.bay_id for status in [*lot][::7])]:
        shown = replace(
            scene_data(lot, bay_id), frame=PAGE, gates=plan.gates, gate=plan.gate("North gate")
        )
        root = parsed(draw_level(shown, plan.name))
        seen = plan.seen("North gate", bay_id)
        assert root.get("viewBox") == seen.window
        assert root.get("class") == f"plan {seen.zoom}".strip()
        (over,) = (one for one in root if one.get("class") == "over")
        sent = parsed(f'<g xmlns="http://www.w3.org/2000/svg" class="over">{seen.marks}</g>')
        assert ET.tostring(over) == ET.tostring(sent)
        assert plan.seen("North gate", bay_id) is seen, "it is kept"


def test_every_bay_of_the_level_is_there_by_its_number_and_in_its_state() -> None:
    chance = random.Random(7)
    lot = two_levels()
    states = {status.bay.bay_id: chance.choice([*BayState]) for status in lot}
    for bay_id, state in states.items():
        put(lot, bay_id, state)
    root = parsed(draw_level(scene_data(lot, "b02"), "plan"))
    (bays,) = (one for one in root if one.get("class") == "bays")
    ids = [status.bay.bay_id for status in lot]
    shown = {ids[int(one.get("id", "b")[1:])]: one.get("class") for one in bays}
    on_level = [one for one in ids if one.startswith("b")]
    assert shown == {
        one: "target" if one == "b02" else STATE_LOOKS[states[one]] for one in on_level
    }
    assert bays[-1].get("class") == "target", "nothing covers its outline"


def test_a_plan_has_another_name_when_something_is_built() -> None:
    lot = small()
    name = LotPlan(lot).name
    put(lot, "a01", BayState.OCCUPIED)
    assert LotPlan(lot).name == name == LotPlan(small()).name
    assert LotPlan(small([*BayKind])).name != name


def test_the_last_ways_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level, "SEEN_MAX", 2)
    plan = LotPlan(small())
    first = plan.seen("North gate", "a01")
    for bay_id in ("a02", "a03"):
        plan.seen("North gate", bay_id)
    assert plan.seen("North gate", "a01") is not first
    assert plan.seen("North gate", "a01") == first
