"""A drawing as PNG."""

from collections.abc import Sequence
from io import BytesIO
from itertools import combinations, pairwise
import json
from math import dist
from pathlib import Path
import random

from hypothesis import given, strategies as st
from PIL import Image, ImageChops, ImageFont, ImageStat
import pytest

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Bay, BayKind, BayState
from custom_components.smart_parking.rendering import png
from custom_components.smart_parking.rendering.colours import colour
from custom_components.smart_parking.rendering.marks import Drawing, Shape, Text, Window
from custom_components.smart_parking.rendering.paths import Point
from custom_components.smart_parking.rendering.scene import draw
from tests.rendering.lots import gate, lot_of, put, row, scene_data, small, thousand

TEXTS = Path(png.__file__).parents[1] / "texts"
WIDTH_PX = 1024
MAX_BYTES = 100_000


def painted(drawing: Drawing, width_px: int = WIDTH_PX) -> Image.Image:
    """Return a drawing, painted."""
    return Image.open(BytesIO(png.to_png(drawing, width_px))).convert("RGB")


def pixels(image: Image.Image, colour: str) -> int:
    """Return how many pixels are of a colour."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    found = image.getcolors(WIDTH_PX * WIDTH_PX) or []
    return sum(count for count, one in found if one == wanted)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures differ on average, without their colours; 0 to 255."""
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0]


def crowded(lot: Lot) -> Lot:
    """Prepare some 70 % of a lot's bays occupied."""
    chance = random.Random(1)
    for status in lot:
        if chance.random() < 0.7:
            put(lot, status.bay.bay_id, BayState.OCCUPIED)
    return lot


@pytest.mark.parametrize(
    ("lot", "bay_id"),
    [
        (small(list(BayKind)), "a04"),
        (small(list(BayKind)), None),
        (thousand(), "a103"),
        (thousand(), "t220"),
        (thousand(), None),
    ],
    ids=["small", "small and full", "short way", "long way", "big and full"],
)
def test_it_is_of_a_size_for_phones(lot: Lot, bay_id: str | None) -> None:
    drawing = draw(scene_data(crowded(lot), bay_id, sign="" if bay_id else "Full"))
    image = png.to_png(drawing, WIDTH_PX)
    assert Image.open(BytesIO(image)).size == (WIDTH_PX, WIDTH_PX // 2)
    assert len(image) < MAX_BYTES


@pytest.mark.parametrize("lot", [small(), thousand()], ids=["small", "big"])
def test_the_way_is_on_it(lot: Lot) -> None:
    last = [status.bay.bay_id for status in lot][-1]
    drawing = draw(scene_data(lot, last))
    without = Drawing(
        title=drawing.title,
        window=drawing.window,
        marks=tuple(mark for mark in drawing.marks if mark.look not in ("way", "way-far")),
    )
    assert pixels(painted(drawing), colour("way")) > pixels(painted(without), colour("way")) + 800


def test_a_full_lot_has_no_way_on_it_but_a_sign() -> None:
    image = painted(draw(scene_data(small(), None, sign="Full")))
    of_gate = 2_500
    assert pixels(image, colour("way")) < of_gate
    assert pixels(image, colour("full")) > 20_000


def test_every_state_can_be_told_without_colours() -> None:
    pictures = {}
    for state in BayState:
        lot = lot_of(row("A", 2, 10.0), gate(0.0, 4.0))
        put(lot, "a02", state)
        pictures[state] = painted(draw(scene_data(lot, "a01")), 512)
    for one, other in combinations(BayState, 2):
        assert difference(pictures[one], pictures[other]) > 0.3, f"{one} looks like {other}"


def test_labels_can_be_read() -> None:
    lots = [
        lot_of([Bay(bay_id="a", label=label, level="1", x=0.0, y=6.0)], gate(0.0, 0.0))
        for label in ("A07", "A01", "B07", "")
    ]
    pictures = [painted(draw(scene_data(lot, "a"))) for lot in lots]
    for one, other in combinations(pictures, 2):
        assert difference(one, other) > 0.1


@pytest.mark.parametrize("language", sorted(path.stem for path in TEXTS.glob("*.json")))
def test_the_font_has_the_letters_of_every_language(language: str) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    font = ImageFont.truetype(png.FONT, 40)
    missing = font.getmask("\U0010fffd").getbbox(), bytes(font.getmask("\U0010fffd"))
    for letter in {letter for text in texts.values() for letter in text if letter.isalnum()}:
        mask = font.getmask(letter)
        assert (mask.getbbox(), bytes(mask)) != missing, letter


def test_marks_are_turned_scaled_and_put_in_place() -> None:
    square = Shape("flag-tip", "M0 0H10V5H0Z", x=50.0, y=20.0, turn=90.0, scale=2.0)
    drawing = Drawing(title="", window=Window(0.0, 0.0, 100.0, 50.0), marks=(square,))
    image = painted(drawing, 100)
    # What went 20 to the right and 10 down goes 20 down and 10 to the left.
    assert ImageChops.invert(image).getbbox() == (40, 20, 51, 41)


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_texts_stand_where_they_are_anchored(anchor: str) -> None:
    text = Text("note-text", "HHHH", 50.0, 30.0, 10.0, anchor)  # type: ignore[arg-type]  # parametrised
    drawing = Drawing(title="", window=Window(0.0, 0.0, 100.0, 50.0), marks=(text,))
    box = ImageChops.invert(painted(drawing, 400)).getbbox()
    assert box is not None
    left, top, right, bottom = (side / 4.0 for side in box)
    assert {"start": left, "middle": (left + right) / 2.0, "end": right}[anchor] == pytest.approx(
        50.0, abs=1.5
    )
    assert bottom == pytest.approx(30.0, abs=0.5)
    assert bottom - top == pytest.approx(7.1, abs=0.5)


points = st.tuples(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0))


def length(line: Sequence[Point]) -> float:
    return sum(dist(one, other) for one, other in pairwise(line))


@given(st.lists(points, min_size=2, max_size=6), st.floats(0.5, 20.0), st.floats(0.5, 20.0))
def test_dashes_are_as_long_as_they_should_be(line: list[Point], on: float, off: float) -> None:
    pieces = list(png.dashes(line, on, off))
    whole = length(line)
    for piece in pieces[:-1]:
        assert length(piece) == pytest.approx(on, rel=1e-6, abs=1e-6)
    rounds, rest = divmod(whole, on + off)
    assert sum(map(length, pieces)) == pytest.approx(
        rounds * on + min(on, rest), rel=1e-6, abs=1e-6
    )


@given(st.lists(points, min_size=2, max_size=6), st.floats(0.5, 20.0))
def test_dots_are_as_far_apart_as_they_should_be(line: list[Point], off: float) -> None:
    pieces = list(png.dashes(line, 0.0, off))
    assert all(len(piece) == 1 for piece in pieces)
    assert len(pieces) == pytest.approx(length(line) / off, abs=1.0 + 1e-6)
