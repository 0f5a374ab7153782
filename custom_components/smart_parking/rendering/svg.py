"""Marks and looks in SVG and its style sheets."""

from collections.abc import Iterable
from html import escape

from .looks import LOOKS
from .marks import Mark, Shape, Text, number

_STYLE = (
    ".plan{stroke-linejoin:round;stroke-linecap:round}"
    ".plan text{font-family:'Noto Sans',system-ui,sans-serif;font-weight:700;paint-order:stroke}"
)
# SVG draws no line of length 0; a dot is a short one with round ends.
_DOT = 0.1


def plan_css(looks: Iterable[str]) -> str:
    """Return the style of looks, for a page that has the palette."""
    return _STYLE + "".join(f".plan .{name}{{{rules_of(name)}}}" for name in sorted(looks))


def rules_of(name: str) -> str:
    """Return the rules of a look in a style sheet."""
    look = LOOKS[name]
    rules = [f"fill:{_paint(look.fill)}"]
    if look.stroke is not None:
        rules.append(f"stroke:{_paint(look.stroke)};stroke-width:{number(look.width)}")
    if look.dash is not None:
        on, off = look.dash
        rules.append(f"stroke-dasharray:{number(max(_DOT, on))} {number(off)}")
    return ";".join(rules)


def _paint(name: str | None) -> str:
    """Return the reference to a colour in a style sheet."""
    return "none" if name is None else f"var(--{name})"


def mark_markup(mark: Mark) -> str:
    """Return the element of a mark."""
    if isinstance(mark, Text):
        anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
        return (
            f'<text class="{mark.look}" x="{number(mark.x)}" y="{number(mark.y)}" '
            f'font-size="{number(mark.size)}"{anchor}>{escape(printable(mark.text))}</text>'
        )
    return f'<path class="{mark.look}" d="{mark.path}"{_transform(mark)}/>'


def _transform(shape: Shape) -> str:
    """Return the transform of a shape."""
    parts = []
    if shape.x or shape.y:
        parts.append(f"translate({number(shape.x)} {number(shape.y)})")
    if shape.turn:
        parts.append(f"rotate({number(shape.turn)})")
    if shape.scale != 1.0:
        parts.append(f"scale({shape.scale:.3g})")
    return f' transform="{"".join(parts)}"' if parts else ""


def printable(text: str) -> str:
    """Return a text without characters that XML forbids."""
    return "".join(letter for letter in text if letter.isprintable())
