"""How soon thousands of visitors know, and what that costs: this project's page and other ways.

usage: python -m benchmarks.visitors [--pages N …] [--minutes N], by a Python that has Home
Assistant; needs node and npm for up to 2,000 pages. With --minutes, 1,000 pages are kept open for
so long while visitors come and go, and the server's memory is printed every minute.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
import json
import resource
import sys
from tempfile import TemporaryDirectory

from benchmarks.servers import (
    MODULES,
    Server,
    changes_per_min,
    free_port,
    install_broadcast,
    percentile,
    running,
)
from benchmarks.subscription.home import SECRET
from benchmarks.visitors.pages import Pages, is_another, number_of

BAYS = 24
PAGES = (1_000, 2_000)
# More than that, and who broadcasts is never through.
BROADCAST_MAX = 2_000

# Longer than the other way's 500 ms, so that changes are distinguishable.
CHANGES = 60
CHANGES_PER_S = 1.0
# Long enough for heartbeats, which come every 20 s.
IDLE_S = 60.0
BROADCAST_IDLE_S = 10.0
WARM_S = 20.0
SETTLE_S = 2.0

LONG_PAGES = 1_000
# In a minute, as many visitors open the page anew.
LONG_TURNOVER = 200

WEBSOCKET = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What keeping pages up to date was like."""

    last_ms: list[float]
    """For each change, when the last page received it."""
    each_ms: list[float]
    """For each change and page, when it was received."""
    bytes_min: float
    """What a page is sent in a minute of the busiest hour."""
    cpu_ms_min: float
    """Of the server, for all pages, in such a minute."""
    kb_page: float
    """Of the server's memory."""
    cpu_ms_change: float
    """Of the server, until all pages have been told of a change."""
    calm_ms: list[float] = field(default_factory=list)
    """From each sweep to the next one, before any page was open."""
    sweeps_ms: list[float] = field(default_factory=list)
    """The same while all pages are told of changes."""

    def cells(self) -> list[str]:
        """Return what is printed."""
        return [
            " / ".join(f"{percentile(self.each_ms, share):.0f}" for share in (50, 99)),
            " / ".join(f"{percentile(self.last_ms, share):.0f}" for share in (50, 99)),
            f"{self.bytes_min:,.0f}",
            f"{self.cpu_ms_min:,.0f}",
            f"{self.cpu_ms_change:,.0f}",
            f"{self.kb_page:.0f}",
            *(_gaps(values) for values in (self.calm_ms, self.sweeps_ms)),
        ]


def _gaps(gaps_ms: list[float]) -> str:
    """Return what is printed of the time between sweeps."""
    return f"{percentile(gaps_ms, 99):.0f} / {max(gaps_ms):.0f}" if gaps_ms else "-"


@asynccontextmanager
async def home(bays: int) -> AsyncGenerator[tuple[Server, Pages]]:
    """Run Home Assistant with a page for visitors."""
    command = (sys.executable, "-m", "benchmarks.subscription.home")
    with TemporaryDirectory() as folder:
        port = free_port()
        async with running(*command, folder, str(port), str(bays), "swept") as (process, _):
            path = f"/api/smart_parking/v/{SECRET}/stream"
            yield Server(process, path), Pages(port, path, "", number_of)


@asynccontextmanager
async def broadcast(bays: int) -> AsyncGenerator[tuple[Server, Pages]]:
    """Run the server that sends the whole lot to all clients, every 500 ms."""
    async with running("node", str(MODULES / "broadcast.mjs"), str(bays)) as (process, line):
        yield Server(process, line), Pages(int(line), "/", WEBSOCKET, is_another)


@asynccontextmanager
async def bare(bays: int) -> AsyncGenerator[tuple[Server, Pages]]:
    """Run an aiohttp server with nothing but a handler that streams."""
    command = (sys.executable, "-m", "benchmarks.visitors.bare")
    async with running(*command, str(bays)) as (process, line):
        yield Server(process, line), Pages(int(line), "/", "", number_of)


async def gaps_ms(server: Server, *, is_swept: bool) -> list[float]:
    """Return the time from each sweep to the next one, since this was asked last."""
    sweeps = json.loads(await server.ask("sweeps")) if is_swept else []
    return [(then - before) * 1e3 for before, then in pairwise(sweeps)]


async def measure(
    server: Server, pages: Pages, count: int, idle_s: float, *, is_swept: bool = False
) -> Result:
    """Open pages, let bays change, and see."""
    calm_ms = await gaps_ms(server, is_swept=is_swept)
    before_mb = await server.rss_mb()
    await pages.open(count)
    await asyncio.sleep(SETTLE_S)
    kb_page = (await server.rss_mb() - before_mb) * 1e3 / count
    cpu, received = await server.cpu_ms(), pages.received
    await asyncio.sleep(idle_s)
    idle_cpu = (await server.cpu_ms() - cpu) / idle_s * 60.0
    idle_bytes = (pages.received - received) / idle_s * 60.0
    pages.forget()
    await gaps_ms(server, is_swept=is_swept)
    cpu, received = await server.cpu_ms(), pages.received
    times = json.loads(await server.ask(f"timed {CHANGES} {CHANGES_PER_S}"))
    await asyncio.sleep(SETTLE_S)
    told = pages.told(CHANGES)
    sweeps_ms = await gaps_ms(server, is_swept=is_swept)
    length_min = (CHANGES / CHANGES_PER_S + SETTLE_S) / 60.0
    a_change_cpu = max(0.0, await server.cpu_ms() - cpu - idle_cpu * length_min) / CHANGES
    a_change_bytes = max(0.0, pages.received - received - idle_bytes * length_min) / CHANGES
    pages.close()
    await asyncio.sleep(SETTLE_S)
    busiest = changes_per_min(BAYS)[1]
    return Result(
        [1e3 * (max(of_all) - at) for at, of_all in zip(times, told, strict=True)],
        [1e3 * (one - at) for at, of_all in zip(times, told, strict=True) for one in of_all],
        (idle_bytes + a_change_bytes * busiest) / count,
        idle_cpu + a_change_cpu * busiest,
        kb_page,
        a_change_cpu,
        calm_ms,
        sweeps_ms,
    )


async def compare(counts: Sequence[int]) -> None:
    """Print the table."""
    print(f"{BAYS} bays, {changes_per_min(BAYS)[1]:.2f} changes a minute in the busiest hour\n")
    print(
        "| pages | way | told after ms: p50 / p99 | the last page: p50 / p99 | bytes/min a page"
        " | CPU ms/min, all | CPU ms a change, all | kB a page"
        " | a sweep every ms, without pages: p99 / worst | with them |"
    )
    print("| ---: | --- " + "| ---: " * 8 + "|")
    for count in counts:
        async with home(BAYS) as (server, pages):
            await asyncio.sleep(WARM_S)
            await show(count, "this page", measure(server, pages, count, IDLE_S, is_swept=True))
        async with bare(BAYS) as (server, pages):
            await show(count, "bare aiohttp", measure(server, pages, count, IDLE_S))
        if count <= BROADCAST_MAX:
            install_broadcast()
            async with broadcast(BAYS) as (server, pages):
                await asyncio.sleep(WARM_S)
                await show(count, "broadcast", measure(server, pages, count, BROADCAST_IDLE_S))


async def show(count: int, way: str, measuring: Awaitable[Result]) -> None:
    """Print a row."""
    result = await measuring
    print("|", " | ".join([f"{count}", way, *result.cells()]), "|", flush=True)


async def watch_memory(minutes: int) -> None:
    """Print how much memory the server has, minute by minute."""
    per_s = changes_per_min(BAYS)[1] / 60.0
    async with home(BAYS) as (server, pages):
        await pages.open(LONG_PAGES)
        print("| minute | MB | CPU s |\n| ---: | ---: | ---: |")
        for minute in range(minutes + 1):
            cpu_s = await server.cpu_ms() / 1e3
            print(f"| {minute} | {await server.rss_mb():.1f} | {cpu_s:.1f} |", flush=True)
            if minute < minutes:
                changing = asyncio.create_task(server.ask(f"change {round(per_s * 60.0)} {per_s}"))
                for _ in range(10):
                    pages.close(LONG_TURNOVER // 10)
                    await pages.open(LONG_TURNOVER // 10)
                    await asyncio.sleep(5.0)
                await changing
        pages.close()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.visitors")
    parser.add_argument("--minutes", type=int, help="watch the server's memory for so long")
    parser.add_argument("--pages", type=int, nargs="+", default=PAGES, help="so many at a time")
    arguments = parser.parse_args()
    minutes: int | None = arguments.minutes
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if minutes is None:
        asyncio.run(compare(arguments.pages))
    else:
        asyncio.run(watch_memory(minutes))


if __name__ == "__main__":
    main()
