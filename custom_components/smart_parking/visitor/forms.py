"""Forms of strangers: limited in size and time, and from the page itself."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

# Ten times what the page ever sends.
BODY_MAX = 2_048
FIELDS_MAX = 12
# A form is one packet; a client that needs longer occupies a connection on purpose.
BODY_S = 10.0

FORM_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form.

    Raises an `HTTPException` when it is none, too big, or too slow.
    """
    if request.content_type != FORM_TYPE:
        raise web.HTTPUnsupportedMediaType
    body = await read_body(request, BODY_MAX)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError:
        raise web.HTTPBadRequest from None


async def read_body(request: web.Request, most: int) -> bytes:
    """Return a body of at most this many bytes.

    Raises an `HTTPException` when it is too big, or too slow.
    """
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
    try:
        async with asyncio.timeout(BODY_S):
            return await _read(request, most)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except HttpProcessingError, web.RequestPayloadError:
        raise web.HTTPBadRequest from None


async def _read(request: web.Request, most: int) -> bytes:
    """Return a body, whose length may be missing in its headers."""
    body = b""
    async for chunk in request.content.iter_chunked(most):
        body += chunk
        if len(body) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(body))
    return body


def is_from_here(request: web.Request) -> bool:
    """Return whether a browser reports that a form was sent by a page of this host.

    A form of a page without a referrer comes from the origin `null`: then the form's own token is
    the proof, as it is in browsers that report nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get(hdrs.ORIGIN, "null")
    try:
        return origin == "null" or urlsplit(origin).netloc == request.host
    except ValueError:
        return False
