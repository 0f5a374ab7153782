"""Whether bays keep their 500 ms, and Home Assistant answers, while strangers besiege the page.

usage: python -m benchmarks.siege, by a Python that has Home Assistant. It takes two minutes.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
import json
import sys
from tempfile import TemporaryDirectory
import time

import aiohttp

from benchmarks.servers import Server, free_port, percentile, running

# That of the demo.
BASE = "/api/smart_parking/v/marketsquare22222222222222/"
SPAN_S = 45.0
SETTLE_S = 5.0
ASK_EVERY_S = 0.1
VISIT_EVERY_S = 2.5
VISITOR = "127.0.0.77"


@dataclass(slots=True)
class Span:
    """What some time was like."""

    gaps_ms: list[float] = field(default_factory=list)
    """From each sweep to the next one."""
    api_ms: list[float] = field(default_factory=list)
    """How long the owner waited for Home Assistant's own API."""
    page_ms: list[float] = field(default_factory=list)
    """How long another visitor waited for the page."""
    page_statuses: set[int] = field(default_factory=set)
    refused: int = 0

    def row(self, name: str) -> str:
        """Return a row of the table."""
        cells = [name]
        for values in (self.gaps_ms, self.api_ms, self.page_ms):
            found = (percentile(values, 50), percentile(values, 99), max(values))
            cells.append(" / ".join(f"{one:.0f}" for one in found))
        cells.append(f"{self.refused / SPAN_S:,.0f}")
        return f"| {' | '.join(cells)} |"


async def timed(session: aiohttp.ClientSession, url: str) -> tuple[float, int]:
    """Ask for something; return how long it took, in ms, and the answer's status."""
    begun = time.monotonic()
    async with session.get(url) as response:
        await response.read()
    return (time.monotonic() - begun) * 1e3, response.status


async def ask_api(span: Span, session: aiohttp.ClientSession, url: str) -> None:
    """Ask Home Assistant's own API all the time, at a pace."""
    while True:
        waited_ms, status = await timed(session, f"{url}/api/")
        assert status == 200
        span.api_ms.append(waited_ms)
        await asyncio.sleep(ASK_EVERY_S)


async def visit(span: Span, session: aiohttp.ClientSession, url: str) -> None:
    """Open the page all the time, as often as one phone may."""
    while True:
        waited_ms, status = await timed(session, f"{url}{BASE}")
        span.page_ms.append(waited_ms)
        span.page_statuses.add(status)
        await asyncio.sleep(VISIT_EVERY_S)


async def watch(server: Server, token: str) -> Span:
    """Return what the next seconds are like."""
    span, url = Span(), server.address
    visitors = aiohttp.TCPConnector(local_addr=(VISITOR, 0))
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as owner,
        aiohttp.ClientSession(connector=visitors) as visitor,
    ):
        _, refused = json.loads(await server.ask("sweeps"))
        work = [
            asyncio.create_task(ask_api(span, owner, url)),
            asyncio.create_task(visit(span, visitor, url)),
        ]
        await asyncio.sleep(SPAN_S)
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    sweeps, refused_then = json.loads(await server.ask("sweeps"))
    span.gaps_ms = [(then - before) * 1e3 for before, then in pairwise(sweeps)]
    span.refused = refused_then - refused
    return span


async def main() -> None:
    """Print the table."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with TemporaryDirectory() as folder:
        home = (sys.executable, "-m", "benchmarks.siege.home", folder, str(port))
        strangers = (sys.executable, "-m", "benchmarks.siege.strangers", str(port), BASE)
        async with running(*home) as (process, token):
            server = Server(process, url)
            await asyncio.sleep(SETTLE_S)
            calm = await watch(server, token.strip())
            async with running(*strangers):
                await asyncio.sleep(SETTLE_S)
                siege = await watch(server, token.strip())
    print(
        "| | a sweep every ms: p50 / p99 / worst | Home Assistant's API ms | the page ms"
        " | refused per s |"
    )
    print("| --- | ---: | ---: | ---: | ---: |")
    print(calm.row("calm"))
    print(siege.row("besieged"))
    print(f"\nThe page was answered to another visitor with {sorted(siege.page_statuses)}.")


if __name__ == "__main__":
    asyncio.run(main())
