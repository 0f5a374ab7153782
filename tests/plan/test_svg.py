"""A drawing as SVG."""

from xml.etree import ElementTree as ET

from hypothesis import given, settings, strategies as st
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.smart_parking.lot.model import Bay, BayKind, BayState
from custom_components.smart_parking.plan.looks import LOOKS
from custom_components.smart_parking.plan.scene import draw
from custom_components.smart_parking.plan.svg import to_svg
from tests.plan.lots import gate, lot_of, put, row, sight, small, two_levels

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    """Return a picture as a reader of XML understands it."""
    return ET.fromstring(svg)  # noqa: S314  (it is our own)


def texts(svg: str) -> list[str]:
    """Return the texts of a picture."""
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def test_a_small_lot(snapshot: SnapshotAssertion) -> None:
    bays = row("A", 3, 10.0) + row("B", 3, -1.0)
    bays[0] = Bay(bay_id="a01", label="A01", level="1", x=1.25, y=10.0, kind=BayKind.EV)
    lot = lot_of(bays, gate(-1.0, 4.5))
    put(lot, "a03", BayState.OCCUPIED)
    put(lot, "b01", BayState.HELD)
    put(lot, "b02", BayState.OUT_OF_SERVICE)
    put(lot, "b03", BayState.UNKNOWN)
    svg = to_svg(draw(sight(lot, "a02", note="Level 1")))
    assert svg.replace("><", ">\n<").replace("}.", "}\n.") == snapshot


def test_it_says_what_it_shows() -> None:
    root = parsed(to_svg(draw(sight(small(), "a04"))))
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

    said = texts(to_svg(draw(sight(lot, "a", gate_id))))

    def printable(text: str) -> str:
        return "".join(letter for letter in text if letter.isprintable())

    assert said.count(printable(label)) == 2, "on the bay and on the flag"
    assert printable(gate_id) in said


@pytest.mark.parametrize(
    "svg",
    [
        to_svg(draw(sight(small(list(BayKind)), "a04"))),
        to_svg(draw(sight(small(), None, sign="Full"))),
        to_svg(draw(sight(two_levels(), "b02"))),
    ],
    ids=["way", "full", "level"],
)
def test_it_needs_nothing_but_itself(svg: str) -> None:
    root = parsed(svg)
    (style,) = root.findall(f"{SVG}style")
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    classes = {element.get("class") for element in root if element is not style}
    assert classes <= LOOKS.keys()
    assert all(f".plan .{name}{{" in (style.text or "") for name in classes)
