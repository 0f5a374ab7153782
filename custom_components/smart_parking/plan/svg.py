"""A drawing as SVG, for pages: complete in itself, or to be put into a page as it is."""

from html import escape

from .looks import LOOKS
from .marks import Drawing, Mark, Shape, Text, number

_STYLE = (
    ".plan *{stroke-linejoin:round;stroke-linecap:round}"
    ".plan text{font-family:'Noto Sans',system-ui,sans-serif;font-weight:700;paint-order:stroke}"
)
# SVG draws no line of no length; a dot is a short one with round ends.
_DOT = 0.1


def to_svg(drawing: Drawing) -> str:
    """Return a drawing as the text of an SVG element."""
    window = " ".join(map(number, drawing.window))
    title = escape(_printable(drawing.title))
    name = f'role="img" aria-label="{title}"' if title else 'aria-hidden="true"'
    looks = sorted({mark.look for mark in drawing.marks})
    style = _STYLE + "".join(f".plan .{name}{{{_rules(name)}}}" for name in looks)
    marks = "".join(map(_mark, drawing.marks))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" viewBox="{window}" '
        f"{name}><style>{style}</style>{marks}</svg>"
    )


def _rules(name: str) -> str:
    """Return how a look is written in a style sheet."""
    look = LOOKS[name]
    rules = [f"fill:{look.fill or 'none'}"]
    if look.stroke is not None:
        rules.append(f"stroke:{look.stroke};stroke-width:{number(look.width)}")
    if look.dash is not None:
        on, off = look.dash
        rules.append(f"stroke-dasharray:{number(max(_DOT, on))} {number(off)}")
    return ";".join(rules)


def _mark(mark: Mark) -> str:
    """Return the element of a mark."""
    if isinstance(mark, Text):
        anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
        return (
            f'<text class="{mark.look}" x="{number(mark.x)}" y="{number(mark.y)}" '
            f'font-size="{number(mark.size)}"{anchor}>{escape(_printable(mark.text))}</text>'
        )
    return f'<path class="{mark.look}" d="{mark.path}"{_transform(mark)}/>'


def _transform(shape: Shape) -> str:
    """Return what puts a shape in its place."""
    parts = []
    if shape.x or shape.y:
        parts.append(f"translate({number(shape.x)} {number(shape.y)})")
    if shape.turn:
        parts.append(f"rotate({number(shape.turn)})")
    if shape.scale != 1.0:
        parts.append(f"scale({shape.scale:.3g})")
    return f' transform="{"".join(parts)}"' if parts else ""


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
