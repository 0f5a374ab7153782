"""The page draws the plan as the server does: nothing jumps when its script takes over."""

from collections import Counter
from collections.abc import Callable
import json
from pathlib import Path
import random
import re
import shutil
import subprocess
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.picture import LETTERS, bay_layout, gate_layout, network_layout
from custom_components.smart_parking.plan.looks import LOOKS
from custom_components.smart_parking.plan.scene import Sight, draw
from custom_components.smart_parking.plan.svg import to_svg
from custom_components.smart_parking.plan.view import PAGE
from tests.plan.lots import put, sight, small, thousand, two_levels

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "custom_components/smart_parking/frontend/visitor"
DRAW = """
import { draw } from "./custom_components/smart_parking/frontend/visitor/scene.js";
import { VisitorLot } from "./custom_components/smart_parking/frontend/visitor/lot.js";
let text = "";
for await (const chunk of process.stdin) text += chunk;
const drawings = JSON.parse(text).map(({ picture, gate, bay }) =>
  draw(new VisitorLot(picture), gate, bay, (level) => `level ${level}`),
);
process.stdout.write(JSON.stringify(drawings));
"""

NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
NUMBER = re.compile(r"-?\d*\.?\d+")
ABOUT = 0.3
"""A centimetre and a half on the plan: both round, each in its own way."""

LAID_OUT = {name for name in LOOKS if name.startswith(("free", "occupied", "held", "closed"))} | {
    *("unknown", "unknown-far", "target", "target-far", "gate", "gate-on")
}
"""What has its place where it stands, as seen in both drawings."""

LOTS: dict[str, tuple[Callable[[], Lot], list[str | None]]] = {
    "small": (lambda: small([*BayKind]), [None, "a01", "a12", "b07"]),
    "big": (thousand, [None, "a101", "j213"]),
    "high": (two_levels, [None, "a03", "b05"]),
}


def messy(lot: Lot) -> Lot:
    """Return a lot with bays in all states."""
    chance = random.Random(7)
    for status in [*lot]:
        put(lot, status.bay.bay_id, chance.choice([*BayState]))
    return lot


def picture(lot: Lot) -> dict[str, Any]:
    """Return a lot as the page is told of it."""
    network = lot.network
    bays = [status.bay for status in lot]
    return {
        "lot": {
            "name": "Market Square",
            "bays": [bay_layout(bay, network.shapes[bay.bay_id]) for bay in bays],
            "gates": [gate_layout(gate, network.headings[gate.gate_id]) for gate in lot.gates],
            "kinds": ["standard"],
            "network": network_layout(network.plan()),
        },
        "states": "".join(LETTERS[status.state] for status in lot),
        "nearest": [],
    }


def drawn_there(cases: list[dict[str, Any]]) -> list[ET.Element]:
    """Return what the page draws."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the card's unit tests need it (version 20 or later)")
    done = subprocess.run(
        [node, "--input-type=module", "--eval", DRAW],
        cwd=ROOT,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    return [parsed(text) for text in json.loads(done.stdout)]


def parsed(svg: str) -> ET.Element:
    """Return a drawing as a reader of XML understands it."""
    return ET.fromstring(svg)  # noqa: S314  (it is our own)


def numbers(text: str | None) -> list[float]:
    """Return the numbers of a text."""
    return [float(number) for number in NUMBER.findall(text or "")]


class Seen:
    """What is in a drawing, by its look: how often, and where."""

    def __init__(self, root: ET.Element) -> None:
        """Go through a drawing."""
        self.window = numbers(root.get("viewBox"))
        self.name = root.get("aria-label")
        self.places: list[tuple[str, float, float]] = []
        self.texts: dict[str, tuple[str, float, float, float]] = {}
        self.paths: dict[str, list[float]] = {}
        self.looks: Counter[str] = Counter()
        self._walk(root, 0.0, 0.0)

    def _walk(self, element: ET.Element, x: float, y: float) -> None:
        """Go through an element and what is in it."""
        moved = re.search(r"translate\(([^)]*)\)", element.get("transform", ""))
        if moved:
            dx, dy = numbers(moved[1])
            x, y = x + dx, y + dy
        look = element.get("class", "")
        self.looks[look] += 1
        if look in LAID_OUT:
            self.places.append((look, x, y))
        if element.text and look:
            place = numbers(f"{element.get('x')} {element.get('y')} {element.get('font-size')}")
            self.texts[element.text] = (look, x + place[0], y + place[1], place[2])
        if look in ("way", "way-bed", "lane"):
            self.paths[look] = numbers(element.get("d"))
        for child in element:
            self._walk(child, x, y)


def server_drawing(lot: Lot, bay_id: str | None) -> Seen:
    """Return what the server draws."""
    gates = lot.gates
    seen = sight(lot, bay_id)
    level = seen.level
    framed = Sight(
        bays=seen.bays,
        shapes=seen.shapes,
        gates=gates,
        gate=seen.gate,
        bay=seen.bay,
        way=seen.way,
        note=f"Level {level}" if lot.count(level=level) < len(lot) else "",
        frame=PAGE,
    )
    return Seen(parsed(to_svg(draw(framed)).replace(NAMESPACE, "")))


@pytest.mark.parametrize("name", LOTS)
def test_page_draws_what_the_server_does(name: str) -> None:
    make, bay_ids = LOTS[name]
    lot = messy(make())
    ids = [status.bay.bay_id for status in lot]
    told = picture(lot)
    cases = [
        {"picture": told, "gate": 0, "bay": None if one is None else ids.index(one)}
        for one in bay_ids
    ]
    for bay_id, root in zip(bay_ids, drawn_there(cases), strict=True):
        ours, theirs = server_drawing(lot, bay_id), Seen(root)
        assert theirs.name == ours.name
        assert theirs.window == pytest.approx(ours.window, abs=ABOUT)
        assert [one[0] for one in theirs.places] == [one[0] for one in ours.places]
        for there, here in zip(theirs.places, ours.places, strict=True):
            assert there[1:] == pytest.approx(here[1:], abs=ABOUT)
        assert theirs.texts.keys() == ours.texts.keys()
        for text, (look, *place) in theirs.texts.items():
            assert look == ours.texts[text][0]
            assert place == pytest.approx(ours.texts[text][1:], abs=ABOUT)
        assert theirs.paths.keys() == ours.paths.keys()
        for look, path in theirs.paths.items():
            assert path == pytest.approx(ours.paths[look], abs=ABOUT)
        # A car is one path there, and its windows are holes; a plan has no paper of its own.
        inside = {"glass", "paper", "", "plan"}
        counts = {look: n for look, n in ours.looks.items() if look not in inside}
        assert counts == {look: n for look, n in theirs.looks.items() if look not in inside}


def test_style_knows_all_that_is_drawn() -> None:
    """Otherwise the server's own colours showed, which suit no dark page."""
    style = (FOLDER / "app.css").read_text()
    assert [look for look in LOOKS if not re.search(rf"\.{look}(?![\w-])", style)] == ["full"]
