"""Pictures look as the card does: the same drawings, the same colours."""

from pathlib import Path
import re

import pytest

from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.plan import glyphs, looks

FRONTEND = Path(glyphs.__file__).parents[1] / "frontend"
# A long text of JavaScript is written as several, joined by a plus.
GLYPHS = re.sub(r'"\s*\+\s*"', "", (FRONTEND / "glyphs.js").read_text())
STYLE, DARK, *_ = (FRONTEND / "style.js").read_text().split(":host([dark])")
HEX = r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b"
# Home Assistant's light theme has no others than the card falls back to.
MIX = rf"color-mix\(in srgb, (?:var\([\w-]+, )?({HEX})\)? (\d+)%, (?:({HEX})|var\(--sp-card\))\)"


def channels(colour: str) -> list[int]:
    """Return red, green and blue."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def of_card(name: str) -> list[int]:
    """Return a colour of the card in the light theme."""
    found = re.search(rf"--sp-{name}: (?:var\([\w-]+, ({HEX})\)|({HEX})|{MIX});", STYLE)
    assert found, f"the card has no {name} that could be understood"
    plain = found[1] or found[2]
    if plain:
        return channels(plain)
    first, percent, second = found.group(3, 4, 5)
    parts = zip(channels(first), channels(second or "#ffffff"), strict=True)
    return [
        round((one * int(percent) + other * (100 - int(percent))) / 100) for one, other in parts
    ]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        (looks.FREE, "free"),
        (looks.FREE_PALE, "free-bg"),
        (looks.BUSY, "busy"),
        (looks.CAR, "car"),
        (looks.HELD, "held"),
        (looks.HELD_PALE, "held-bg"),
        (looks.WAY, "way"),
        (looks.KIND, "kind"),
        (looks.INK, "ink"),
        (looks.DIM, "dim"),
    ],
)
def test_colours_are_the_cards(colour: str, name: str) -> None:
    assert channels(colour) == pytest.approx(of_card(name), abs=2)


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
