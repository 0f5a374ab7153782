"""Colours of all drawings: of images, of the visitors' page and of the card.

They are in `palette.json`, light and dark: as colours, or as mixtures of two, such as `["ink", 6,
"paper"]` for 6 % of the ink on the paper. In the card, a colour that names variables of Home
Assistant's theme comes from the theme.
"""

from collections.abc import Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Final, Literal, NotRequired, TypedDict

type Mode = Literal["light", "dark"]
type Mix = tuple[str, int, str]
type Colour = str | Mix

MODES: Final[tuple[Mode, ...]] = ("light", "dark")
FILE = Path(__file__).with_name("palette.json")
_NOTE = "/** The palette, written by scripts/palette from rendering/palette.json. */\n\n"
_CHANNELS = re.compile(r"#(..)(..)(..)")


class Entry(TypedDict):
    """One colour."""

    theme: NotRequired[str]
    """Variables of Home Assistant's theme; the first that exists is used."""
    light: Colour
    dark: Colour


PALETTE: Final[Mapping[str, Entry]] = json.loads(FILE.read_bytes())


@cache
def colour(name: str, mode: Mode = "light") -> str:
    """Return a colour such as `#297235`, by its name; a colour is its own name."""
    if name.startswith("#"):
        return name
    wanted = PALETTE[name][mode]
    if isinstance(wanted, str):
        return wanted
    one, percent, other = wanted
    parts = zip(_channels(colour(one, mode)), _channels(colour(other, mode)), strict=True)
    mixed = (round((a * percent + b * (100 - percent)) / 100) for a, b in parts)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(hex_colour: str) -> list[int]:
    """Return red, green and blue."""
    found = _CHANNELS.fullmatch(hex_colour)
    if found is None:
        raise ValueError(hex_colour)
    return [int(channel, 16) for channel in found.groups()]


def css() -> str:
    """Return the palette as a style sheet without Home Assistant's theme."""
    light, dark = ("".join(f"--{name}:{colour(name, mode)};" for name in PALETTE) for mode in MODES)
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def card_js() -> str:
    """Return the palette as a module of the card, in the colours of Home Assistant's theme."""
    light, dark = (
        "".join(f"  --sp-{name}: {_themed(name, mode)};\n" for name in PALETTE) for mode in MODES
    )
    return f"{_NOTE}export const LIGHT = `\n{light}`;\n\nexport const DARK = `\n{dark}`;\n"


def _themed(name: str, mode: Mode) -> str:
    """Return a colour as the card has it."""
    entry = PALETTE[name]
    wanted = entry[mode]
    first = _reference(wanted if isinstance(wanted, str) else wanted[0])
    for theme in reversed(entry.get("theme", "").split()):
        first = f"var(--{theme}, {first})"
    if isinstance(wanted, str):
        return first
    return f"color-mix(in srgb, {first} {wanted[1]}%, {_reference(wanted[2])})"


def _reference(name: str) -> str:
    """Return the reference to a colour in the card's style sheet."""
    return name if name.startswith("#") else f"var(--sp-{name})"
