"""Pictures below a plan: photos, scans and drawings that an owner has, kept with the lot."""

from collections.abc import Collection
from pathlib import Path
import re
import shutil
import time
from typing import Final, NamedTuple
from uuid import uuid4
from xml.etree import ElementTree as ET

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import InvalidInputError

BYTES_MAX: Final = 12 * 1024 * 1024
# What somebody has just sent is not on any drawing yet.
UNUSED_S: Final = 3600.0

# By how such files begin; an SVG is looked at more closely.
_KINDS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (0, b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (8, b"WEBP", "webp", "image/webp"),
)
_SVG: Final = "image/svg+xml"
_TYPES: Final = {suffix: content_type for _, _, suffix, content_type in _KINDS} | {"svg": _SVG}

_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp|svg)")

# What draws, and nothing that acts, links or fetches.
_SVG_ELEMENTS: Final = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "marker", "pattern", "mask", "clipPath"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "title", "desc", "linearGradient", "radialGradient", "stop"),
    )
)
_SVG_FOLDER: Final = "http://www.w3.org/2000/svg"


class PictureFile(NamedTuple):
    """A picture as it is sent to a browser."""

    content_type: str
    body: bytes


async def async_save_picture(hass: HomeAssistant, entry_id: str, body: bytes) -> str:
    """Save a picture and return its id, or raise `InvalidInputError`."""
    return await hass.async_add_executor_job(_save, _folder(hass, entry_id), body)


async def async_read_picture(hass: HomeAssistant, entry_id: str, name: str) -> PictureFile | None:
    """Return a picture, if there is such a one."""
    if not (found := _NAME.fullmatch(name)):
        return None
    path = _folder(hass, entry_id) / name

    def read() -> bytes | None:
        return path.read_bytes() if path.is_file() else None

    body = await hass.async_add_executor_job(read)
    return None if body is None else PictureFile(_TYPES[found[1]], body)


async def async_remove_pictures(
    hass: HomeAssistant, entry_id: str, *, keep: Collection[str] | None
) -> None:
    """Remove the pictures of a lot but some, and new ones; with None all of them."""
    await hass.async_add_executor_job(_remove, _folder(hass, entry_id), keep)


def _folder(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where the pictures of a lot are."""
    return Path(hass.config.path(DOMAIN, entry_id))


def _save(folder: Path, body: bytes) -> str:
    """Save a picture. Blocks: for the executor."""
    if len(body) > BYTES_MAX:
        raise InvalidInputError("big_picture", {"most": f"{BYTES_MAX // 1024**2} MB"})
    suffix = next((kind for at, begin, kind, _ in _KINDS if body.startswith(begin, at)), None)
    if suffix is None:
        suffix, body = "svg", _safe_svg(body)
    name = f"{uuid4().hex}.{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)
    return name


def _remove(folder: Path, keep: Collection[str] | None) -> None:
    """Remove pictures. Blocks: for the executor."""
    if keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.is_dir():
        for path in folder.iterdir():
            if path.name not in keep and time.time() - path.stat().st_mtime > UNUSED_S:
                path.unlink(missing_ok=True)


def _safe_svg(body: bytes) -> bytes:
    """Return a drawing without anything that acts or fetches, or raise `InvalidInputError`.

    What declares entities is refused before it is parsed: they could grow without bounds.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise InvalidInputError("not_a_picture")
    try:
        root = ET.fromstring(body)  # noqa: S314 - entities are refused above, nothing else grows
    except (ET.ParseError, ValueError, LookupError) as err:
        raise InvalidInputError("not_a_picture") from err
    if _local(root.tag) != "svg":
        raise InvalidInputError("not_a_picture")
    ET.register_namespace("", _SVG_FOLDER)
    _clean(root)
    return b'<?xml version="1.0"?>' + ET.tostring(root, encoding="unicode").encode()


def _clean(element: ET.Element) -> None:
    """Remove from a part of a drawing what does not draw."""
    for name, value in list(element.attrib.items()):
        local = _local(name).lower()
        is_link = local == "href" and not value.strip().startswith("#")
        fetches = re.search(r"url\(\s*['\"]?\s*(?!#|['\"\s])", value, re.IGNORECASE)
        if local.startswith("on") or is_link or fetches or "\\" in value:
            del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and _local(child.tag) in _SVG_ELEMENTS:
            _clean(child)
        else:
            element.remove(child)


def _local(name: object) -> str:
    """Return a name without its namespace."""
    return str(name).rpartition("}")[2]
