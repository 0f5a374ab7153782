"""How long somebody is waited for who takes slowly what is sent, and keeps our memory meanwhile."""

import asyncio
from contextlib import suppress

from aiohttp import web

# A phone that sleeps for a moment, or walks around a corner.
SLOW_S = 20.0
# A phone at the edge of a Wi-Fi takes more.
SLOWEST_BYTES_S = 16_384.0


def send_timeout_s(size: int) -> float:
    """Return within how many seconds so many bytes are to be taken."""
    return SLOW_S + size / SLOWEST_BYTES_S


async def async_send(request: web.Request, response: web.StreamResponse) -> None:
    """Send an answer whole; who does not take it in time is left, and who has left not missed."""
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
