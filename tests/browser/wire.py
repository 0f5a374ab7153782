"""The way between a phone and Home Assistant, which can be cut, whatever the browser."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import hdrs, web
from yarl import URL

HOP_BY_HOP = {hdrs.CONNECTION, hdrs.TRANSFER_ENCODING, hdrs.CONTENT_LENGTH, hdrs.KEEP_ALIVE}


@dataclass(slots=True)
class Wire:
    """Passes on each request unchanged, unless configured otherwise."""

    there: URL
    session: aiohttp.ClientSession
    here: URL = field(default_factory=URL)
    is_cut: bool = False
    has_scripts: bool = True
    """Whether scripts come through."""
    hurry: tuple[bytes, bytes] | None = None
    """What a page says of the time that a test has no patience for, and what it is to say."""
    _open: set[asyncio.Transport] = field(default_factory=set)

    def cut(self) -> None:
        """Make nothing through any more, not even what is on its way."""
        self.is_cut = True
        for connection in self._open:
            connection.abort()

    def mend(self) -> None:
        """Make everything through again."""
        self.is_cut = False

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Ask Home Assistant, and hand on its answer as it comes."""
        connection = request.transport
        if connection is None:
            return web.Response()
        if self.is_cut or (request.path.endswith(".js") and not self.has_scripts):
            connection.abort()
            return web.Response()
        self._open.add(connection)
        try:
            return await self._ask(request)
        except aiohttp.ClientError, ConnectionError:
            connection.abort()  # One of both has hung up.
            return web.Response()
        finally:
            self._open.discard(connection)

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        """Return Home Assistant's answer."""
        headers = {**request.headers, hdrs.ACCEPT_ENCODING: "identity"}
        async with self.session.request(
            request.method,
            self.there.join(request.rel_url),
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            response = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name.title() not in HOP_BY_HOP:
                    response.headers.add(name, value)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk.replace(*self.hurry) if self.hurry else chunk)
            return response


@asynccontextmanager
async def wired(there: str) -> AsyncGenerator[Wire]:
    """Lay a wire to a Home Assistant."""
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        wire = Wire(URL(there), session)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", wire.pass_on)
        runner = web.AppRunner(
            app, shutdown_timeout=1.0, access_log=None, handler_cancellation=True
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            wire.here = URL(f"http://{host}:{port}")
            yield wire
        finally:
            wire.cut()
            await runner.cleanup()
