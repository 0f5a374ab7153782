"""The picture of a promotion, wherever the owner keeps it.

Only files of this machine are shown: a picture from elsewhere would tell its server who looks.
"""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from homeassistant.components.media_source import (
    MediaSourceError,
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.core import HomeAssistant
from yarl import URL

from .sources.base import SourceError

LOCAL = "/local/"
# A phone on a mobile network has it in a moment.
BYTES_MAX = 2 * 1024 * 1024
# Those of the shops that take turns now. All who are sent a picture share it: who takes it slowly
# keeps no copy.
KEPT_MAX = 8

# What browsers can show that holds no script, by how such files begin.
KINDS = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
)


class Picture(NamedTuple):
    """A picture as it is sent to a browser."""

    content_type: str
    body: bytes


async def async_read_picture(hass: HomeAssistant, where: str) -> Picture:
    """Return a promotion's picture, or raise `SourceError`."""
    if is_media_source_id(where):
        try:
            media = await async_resolve_media(hass, where, None)
        except MediaSourceError as err:
            raise SourceError("no_picture", {"picture": where}) from err
        if media.path is None:
            raise SourceError("picture_elsewhere")
        path, root = media.path, None
    elif where.startswith(LOCAL):
        root = Path(hass.config.path("www"))
        path = root / URL(where).path.removeprefix(LOCAL)
    else:
        raise SourceError("picture_elsewhere")
    return await hass.async_add_executor_job(_read, path, root, where)


# Who asks for the same picture at the same time waits for the same.
_READING = Lock()


def _read(path: Path, root: Path | None, where: str) -> Picture:
    """Return the picture in a file, which must be below a root. Blocks: for the executor."""
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            raise SourceError("picture_elsewhere")
        file = path.stat()
        if file.st_size > BYTES_MAX:
            raise SourceError("big_picture", {"most": f"{BYTES_MAX // 1024**2} MB"})
        with _READING:
            picture = _read_once(path, (file.st_ino, file.st_mtime_ns, file.st_size))
    except (OSError, ValueError) as err:
        raise SourceError("no_picture", {"picture": where}) from err
    if picture is None:
        raise SourceError("not_a_picture")
    return picture


@lru_cache(KEPT_MAX)
def _read_once(path: Path, _version: tuple[int, ...]) -> Picture | None:
    """Return the picture in a file that is as it was, if there is one."""
    body = path.read_bytes()
    for offset, begin, content_type in KINDS:
        if body.startswith(begin, offset):
            return Picture(content_type, body)
    return None
