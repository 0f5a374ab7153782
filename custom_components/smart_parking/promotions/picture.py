"""Picture of a promotion, from a media source or a file.

Only local files are shown: a picture from elsewhere would reveal the visitors to its server.
"""

import asyncio
from functools import lru_cache
import io
import os
from pathlib import Path
import stat
from typing import Any, NamedTuple, override

from homeassistant.components.media_source import (
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..errors import InvalidInputError
from ..web_address import read_address

LOCAL = "/local/"
# A phone on a mobile network loads it in a moment.
BYTES_MAX = 2 * 1024 * 1024
# Pictures of the promotions that are shown now. All responses share the bytes: a slow client needs
# no copy.
CACHED_MAX = 8

# Formats that browsers show and that hold no script, by the first bytes of a file.
KINDS = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
)


class Picture(NamedTuple):
    """A picture for a browser."""

    content_type: str
    body: bytes


async def async_read_picture(hass: HomeAssistant, where: str) -> Picture:
    """Return a promotion's picture, or raise `InvalidInputError`."""
    if is_media_source_id(where):
        try:
            media = await async_resolve_media(hass, where, None)
        except Exception as err:
            # Media sources of others may raise any error for an invalid id.
            raise InvalidInputError("no_picture", {"picture": where}) from err
        if media.path is None:
            raise InvalidInputError("picture_elsewhere")
        path, root = media.path, None
    elif where.startswith(LOCAL):
        root = Path(hass.config.path("www"))
        try:
            path = root / read_address(where).path.removeprefix(LOCAL)
        except ValueError as err:
            raise InvalidInputError("no_picture", {"picture": where}) from err
    else:
        raise InvalidInputError("picture_elsewhere")
    return await _async_read_together(hass, path, root, where)


READING: HassKey[dict[str, asyncio.Future[Picture]]] = HassKey(f"{DOMAIN}_pictures_being_read")
"""Pictures that are being read, by path."""


async def _async_read_together(
    hass: HomeAssistant, path: Path, root: Path | None, where: str
) -> Picture:
    """Return the picture in a file; callers that ask at the same time share one read.

    A slow file delays no other one.
    """
    reading = hass.data.setdefault(READING, {})
    if (one := reading.get(where)) is None:
        one = reading[where] = hass.async_add_executor_job(_read, path, root, where)
        one.add_done_callback(lambda _: reading.pop(where))
    return await asyncio.shield(one)


class PictureFile(Path):
    """A file that is opened only if it is a regular one, and read only up to a limit.

    A pipe might block, a device might never end; between the check of a name and its opening, the
    file may be replaced.
    """

    @override
    def open(self, *_args: Any, **_more: Any) -> Any:
        """Open the file, and return its content; raise `OSError` when it is no regular file."""
        descriptor = os.open(self, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError("This is no regular file")
            return io.BytesIO(file.read(BYTES_MAX + 1))


def _read(path: Path, root: Path | None, where: str) -> Picture:
    """Return the picture in a file, which must be below a root. Blocks: for the executor."""
    try:
        path = PictureFile(path).resolve()
        if root is not None and not path.is_relative_to(root.resolve()):
            raise InvalidInputError("picture_elsewhere")
        file = path.lstat()
        if not stat.S_ISREG(file.st_mode):
            raise InvalidInputError("not_a_picture")
        if file.st_size > BYTES_MAX:
            raise InvalidInputError("big_picture", {"most": f"{BYTES_MAX // 1024**2} MB"})
        picture = _read_once(path, (file.st_ino, file.st_mtime_ns, file.st_size))
    except (OSError, ValueError) as err:
        raise InvalidInputError("no_picture", {"picture": where}) from err
    if picture is None:
        raise InvalidInputError("not_a_picture")
    return picture


@lru_cache(CACHED_MAX)
def _read_once(path: Path, _version: tuple[int, ...]) -> Picture | None:
    """Return the picture in a file, cached until the file changes."""
    body = path.read_bytes()
    if len(body) > BYTES_MAX:
        return None
    for offset, begin, content_type in KINDS:
        if body.startswith(begin, offset):
            return Picture(content_type, body)
    return None
