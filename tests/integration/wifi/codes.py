"""What a phone reads from the codes of a page, painted as a browser would."""

import re

from PIL import Image, ImageDraw
import zxingcpp

# As the drawings have it: strokes of one unit, in runs to the right, each begun relatively.
_DRAWING = re.compile(
    r'<svg viewBox="0 0 (\d+) \d+" class="segno">.*?class="qrline".*? d="([^"]+)"'
)
_STEP = re.compile(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")
_UNIT_PX = 8


def read_codes(html: str) -> list[str]:
    """Return what the codes of a page say, in their order."""
    return [_read(int(size), path) for size, path in _DRAWING.findall(html)]


def _read(size: int, path: str) -> str:
    """Return what one code says."""
    picture = Image.new("L", (size * _UNIT_PX, size * _UNIT_PX), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for letter, first, second in _STEP.findall(path):
        if letter == "h":
            box = (x, y - 0.5, x + float(first), y + 0.5)
            left, top, right, bottom = (edge * _UNIT_PX for edge in box)
            pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
            x += float(first)
        else:
            start = (0.0, 0.0) if letter == "M" else (x, y)
            x, y = start[0] + float(first), start[1] + float(second)
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)
