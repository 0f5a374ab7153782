"""Pictures, the visitors' page and the card look alike: the same drawings, the same colours."""

from io import BytesIO
from pathlib import Path
import re

from PIL import Image
import pytest

from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.rendering import glyphs
from custom_components.smart_parking.rendering.colours import (
    MODES,
    PALETTE,
    Mode,
    card_js,
    colour,
    css,
)
from custom_components.smart_parking.rendering.looks import LOOKS
from custom_components.smart_parking.rendering.png import to_png
from custom_components.smart_parking.rendering.scene import draw
from custom_components.smart_parking.visitor.static_files import read_files
from tests.rendering.lots import scene_data, small

FRONTEND = Path(glyphs.__file__).parents[1] / "frontend"
# A long text of JavaScript is written as several, joined by a plus.
GLYPHS = re.sub(r'"\s*\+\s*"', "", (FRONTEND / "card/glyphs.js").read_text())
STYLE = (FRONTEND / "card/style.js").read_text()
PAGE = (FRONTEND / "visitor/app.css").read_text()
HEX = r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b"
# What is a sign by itself, and what only masks.
SIGN = re.compile(r"/\* Sign \*/.*?/\* Owner \*/", re.DOTALL)
MASK = re.compile(r"url\(.*?\)")
MIX = re.compile(r"color-mix\(in srgb, (.*) (\d+)%, (.*)\)")


def channels(text: str) -> list[int]:
    """Return red, green and blue."""
    return [int(text[at : at + 2], 16) for at in (1, 3, 5)]


def of_card(name: str, mode: Mode) -> list[int]:
    """Return a colour of the card where Home Assistant has its own theme, as a browser mixes it."""
    light, dark = (FRONTEND / "card/palette.js").read_text().split("DARK")
    sheet = light if mode == "light" else dark
    said = re.search(rf"--sp-{name}: (.*);", sheet)
    assert said, f"the card has no {name}"
    return mixed(said[1], mode)


def mixed(text: str, mode: Mode) -> list[int]:
    """Return what a browser makes of a colour."""
    if found := MIX.fullmatch(text):
        first, share, second = mixed(found[1], mode), int(found[2]), mixed(found[3], mode)
        pairs = zip(first, second, strict=True)
        return [round((one * share + other * (100 - share)) / 100) for one, other in pairs]
    if own := re.fullmatch(r"var\(--sp-([\w-]+)\)", text):
        return of_card(own[1], mode)
    if themed := re.fullmatch(r"var\(--[\w-]+, (.*)\)", text):
        return mixed(themed[1], mode)
    return channels(text)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PALETTE)
def test_the_card_has_the_palette(name: str, mode: Mode) -> None:
    assert of_card(name, mode) == pytest.approx(channels(colour(name, mode)), abs=2)


def test_the_cards_palette_is_written_anew_when_it_changes() -> None:
    assert (FRONTEND / "card/palette.js").read_text() == card_js(), "scripts/palette writes it"


def test_the_card_has_no_colours_beside_it() -> None:
    assert "${LIGHT}" in STYLE
    assert "${DARK}" in STYLE
    assert set(re.findall(r"var\(--sp-([\w-]+)", STYLE)) <= PALETTE.keys()
    # Only the sign, which is read from afar, is black whatever the theme.
    assert re.findall(HEX, SIGN.sub("", STYLE)) == []


@pytest.mark.parametrize("mode", MODES)
def test_the_page_has_the_palette(mode: Mode) -> None:
    served = read_files().by_name["visitor/app.css"].body.decode()
    assert served.startswith(css())
    light, dark = css().split("@media (prefers-color-scheme:dark)")
    sheet = light if mode == "light" else dark
    for name in PALETTE:
        assert f"--{name}:{colour(name, mode)};" in sheet
    assert re.findall(HEX, MASK.sub("", PAGE)) == []
    own = set(re.findall(r"^ *--([\w-]+):", PAGE, re.MULTILINE))
    assert set(re.findall(r"var\(--([\w-]+)", served)) <= PALETTE.keys() | own


def test_pictures_have_the_palette() -> None:
    used = {name for look in LOOKS.values() for name in (look.fill, look.stroke) if name}
    assert used <= PALETTE.keys()
    picture = Image.open(BytesIO(to_png(draw(scene_data(small(), "a01")), 1024))).convert("RGB")
    painted = {found for _, found in picture.getcolors(1 << 24) or []}
    for name in ("paper", "lane", "free", "free-bg", "way", "way-bed"):
        assert tuple(channels(colour(name))) in painted, name


def test_what_is_no_colour_is_refused() -> None:
    assert colour("#123456") == "#123456"
    with pytest.raises(KeyError):
        colour("mauve")


@pytest.mark.parametrize(
    "path",
    [
        glyphs.CAR + glyphs.WINDOWS + glyphs.MIRRORS,
        glyphs.MOTORCYCLE,
        glyphs.QUESTION,
        *(symbol.path for symbol in glyphs.SYMBOLS.values()),
    ],
)
def test_drawings_are_the_cards(path: str) -> None:
    assert f'"{path}"' in GLYPHS


def test_every_special_kind_has_its_symbol() -> None:
    assert glyphs.SYMBOLS.keys() == set(BayKind) - {BayKind.STANDARD}
