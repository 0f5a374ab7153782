"""Timeout for slow clients, which occupy memory while they receive a response."""

import asyncio
from contextlib import suppress

from aiohttp import web

# A phone that sleeps for a moment, or is carried around a corner.
SLOW_S = 20.0
# A phone at the edge of a Wi-Fi is faster.
SLOWEST_BYTES_S = 16_384.0


def send_timeout_s(size: int) -> float:
    """Return the seconds within which a client has to receive a number of bytes."""
    return SLOW_S + size / SLOWEST_BYTES_S


async def async_send(request: web.Request, response: web.StreamResponse) -> None:
    """Send a whole response; a client that is too slow is disconnected."""
    body = response.body if isinstance(response, web.Response) else None
    size = len(body) if isinstance(body, bytes) else 0
    try:
        with suppress(ConnectionError):
            async with asyncio.timeout(send_timeout_s(size)):
                await response.prepare(request)
                await response.write_eof()
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
