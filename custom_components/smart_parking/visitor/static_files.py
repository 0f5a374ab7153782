"""Files of the page, held in memory: scripts, styles and images, by name."""

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
# Files that the page shares with the card.
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
    """One file, ready to be sent."""

    content_type: str
    body: bytes
    compressed: bytes | None
    tag: str


@dataclass(frozen=True, slots=True)
class PageFiles:
    """All files of the page."""

    by_name: Mapping[str, PageFile]
    """By path, such as `visitor/app.js` and `way.js`."""
    version: str
    """Changes whenever a file does."""

    @property
    def address(self) -> str:
        """The address of the files, relative to the page."""
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
    """Read a file; the palette and the plan's looks are put before the style. Blocks."""
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
    """Return the digest of some bytes."""
    return sha256(data).hexdigest()[:12]


async def async_setup_files(hass: HomeAssistant) -> None:
    """Load the files."""
    hass.data[FILES] = await hass.async_add_executor_job(read_files)
