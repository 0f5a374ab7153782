"""The files of the page, held in memory: scripts, styles and pictures, by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
import gzip
from hashlib import sha256
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..rendering.colours import css
from ..rendering.level import level_css

FOLDER = Path(__file__).parents[1] / "frontend"
OWN = "visitor"
# What the page has in common with the card.
SHARED = ("shared/dom.js", "shared/ticking.js")
STYLE = "app.css"

CONTENT_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
COMPRESSED = (".css", ".js", ".svg")


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file, as it is sent."""

    content_type: str
    body: bytes
    compressed: bytes | None
    tag: str


@dataclass(frozen=True, slots=True)
class PageFiles:
    """All files of the page."""

    by_name: Mapping[str, PageFile]
    """As they lie beside each other, such as `visitor/app.js` and `way.js`."""
    version: str
    """Changes whenever a file does."""

    @property
    def address(self) -> str:
        """Where they are, seen from the page."""
        return f"files/{self.version}"


FILES: HassKey[PageFiles] = HassKey(f"{DOMAIN}_visitor_files")


def read_files(folder: Path = FOLDER) -> PageFiles:
    """Read the files. Blocks: for the executor."""
    own = (path for path in folder.joinpath(OWN).glob("*") if path.suffix in CONTENT_TYPES)
    paths = sorted([*own, *(folder / name for name in SHARED)])
    by_name = {path.relative_to(folder).as_posix(): read_file(path) for path in paths}
    tags = "".join(f"{name}{file.tag}" for name, file in by_name.items())
    return PageFiles(by_name, _digest(tags.encode()))


def read_file(path: Path) -> PageFile:
    """Read a file; the style has the palette and the plan's looks before it. Blocks."""
    body = path.read_bytes()
    if path.name == STYLE:
        body = f"{css()}{level_css()}".encode() + body
    return PageFile(
        CONTENT_TYPES[path.suffix],
        body,
        gzip.compress(body, mtime=0) if path.suffix in COMPRESSED else None,
        _digest(body),
    )


def _digest(data: bytes) -> str:
    """Return what stands for some bytes."""
    return sha256(data).hexdigest()[:12]


async def async_setup_files(hass: HomeAssistant) -> None:
    """Load the files."""
    hass.data[FILES] = await hass.async_add_executor_job(read_files)
