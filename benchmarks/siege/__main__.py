"""Whether bays keep their 500 ms, and Home Assistant answers, while strangers ask for the page.

usage: python -m benchmarks.siege, by a Python that has Home Assistant. It takes six minutes.

They are 10,000 visitors an hour, each from an address of their own; somebody with 40 addresses who
comes six times as often, for all the bays; and those who mean harm.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
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
# Each is another phone.
VISITOR = "127.0.9.{}"

MODULE = "benchmarks.siege"
CROWDS = {
    "10,000 visitors an hour": (10_000, 10_000),
    "40 addresses, 60,000 visits an hour": (60_000, 40),
}
"""How many come in an hour, and from how many addresses."""


@dataclass(slots=True)
class Span:
    """What some time was like."""

    gaps_ms: list[float] = field(default_factory=list)
    """From each sweep to the next one."""
    api_ms: list[float] = field(default_factory=list)
    """How long the owner waited for Home Assistant's own API."""
    page_ms: list[float] = field(default_factory=list)
    """How long other visitors waited for the page."""
    page_statuses: list[int] = field(default_factory=list)
    refused: int = 0
    cpu_s: float = 0.0
    held: int = 0
    """Holds of visitors at the end."""

    def row(self, name: str) -> str:
        """Return a row of the table."""
        cells = [name]
        for values in (self.gaps_ms, self.api_ms, self.page_ms):
            found = (percentile(values, 50), percentile(values, 99), max(values))
            cells.append(" / ".join(f"{one:.0f}" for one in found))
        answered = f"{self.page_statuses.count(200)} of {len(self.page_statuses)}"
        cells += [
            answered,
            f"{self.refused / SPAN_S:,.0f}",
            f"{self.cpu_s / SPAN_S:.0%}",
            str(self.held),
        ]
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


async def visit(span: Span, url: str) -> None:
    """Open the page now and then, with another phone each time."""
    for number in count(1):
        connector = aiohttp.TCPConnector(local_addr=(VISITOR.format(number), 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            waited_ms, status = await timed(session, f"{url}{BASE}")
        span.page_ms.append(waited_ms)
        span.page_statuses.append(status)
        await asyncio.sleep(VISIT_EVERY_S)


async def watch(server: Server, token: str) -> Span:
    """Return what the next seconds are like."""
    span, url = Span(), server.address
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as owner:
        _, refused, cpu_s, _ = json.loads(await server.ask("sweeps"))
        work = [
            asyncio.create_task(ask_api(span, owner, url)),
            asyncio.create_task(visit(span, url)),
        ]
        await asyncio.sleep(SPAN_S)
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    sweeps, refused_then, cpu_then_s, span.held = json.loads(await server.ask("sweeps"))
    span.cpu_s = cpu_then_s - cpu_s
    span.gaps_ms = [(then - before) * 1e3 for before, then in pairwise(sweeps)]
    span.refused = refused_then - refused
    return span


@asynccontextmanager
async def home() -> AsyncGenerator[tuple[Server, str]]:
    """Run the demo's Home Assistant; give it, and a token."""
    port = free_port()
    with TemporaryDirectory() as folder:
        command = (sys.executable, "-m", f"{MODULE}.home", folder, str(port))
        async with running(*command) as (process, token):
            await asyncio.sleep(SETTLE_S)
            yield Server(process, f"http://127.0.0.1:{port}"), token.strip()


async def besieged() -> tuple[Span, Span]:
    """Return what it is like in calm, and under siege."""
    async with home() as (server, token):
        calm = await watch(server, token)
        port = server.address.rpartition(":")[2]
        async with running(sys.executable, "-m", f"{MODULE}.strangers", port, BASE):
            await asyncio.sleep(SETTLE_S)
            return calm, await watch(server, token)


async def crowded(per_hour: int, addresses: int) -> tuple[Span, Mapping[str, int]]:
    """Return what it is like with many visitors, and what they have been answered."""
    async with home() as (server, token):
        port = server.address.rpartition(":")[2]
        command = (port, BASE, str(per_hour), str(addresses))
        async with running(sys.executable, "-m", f"{MODULE}.crowd", *command) as (process, _):
            crowd = Server(process, BASE)
            await crowd.ask("answers")
            span = await watch(server, token)
            return span, json.loads(await crowd.ask("answers"))


async def main() -> None:
    """Print the table."""
    print(
        "| | a sweep every ms: p50 / p99 / worst | Home Assistant's API ms | the page ms"
        " | answered | refused per s | of a core | bays kept |"
    )
    print("| --- " + "| ---: " * 7 + "|")
    calm, siege = await besieged()
    print(calm.row("calm"))
    answers = {}
    for name, crowd in CROWDS.items():
        span, answers[name] = await crowded(*crowd)
        print(span.row(name), flush=True)
    print(siege.row("besieged"))
    print()
    for name, counts in answers.items():
        print(f"{name}: {', '.join(f'{key}: {counts[key]}' for key in sorted(counts))}")


if __name__ == "__main__":
    asyncio.run(main())
