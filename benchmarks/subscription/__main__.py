"""Bytes and processor time of many screens: this project's subscription, and two other ways.

usage: python -m benchmarks.subscription, by a Python that has Home Assistant; needs node and npm.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
import json
from statistics import fmean, median
import sys
from tempfile import TemporaryDirectory

from benchmarks.servers import (
    MODULES,
    Server,
    changes_per_min,
    free_port,
    install_broadcast,
    running,
)
from benchmarks.subscription.screens import AskHome, AskLot, Listen, Screens, Talk

BAYS = (24, 1000)
SCREENS = (1, 50, 500)
# Measured so many times: a server has other things to do at times, which the median leaves out.
TIMES = 5
# As many as three acknowledgements of every screen.
CHANGES = 24
CHANGES_PER_S = 6.0
# Long enough for a heartbeat of every screen, which Home Assistant sends after 55 s.
IDLE_S = 60.0
BROADCAST_S = 3.0
# What is left to do after a start: caches, and a compiler that learns.
WARM_S = 20.0
SETTLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way costs: bytes per screen, processor time of the server for all screens, in ms."""

    received: float
    cpu_ms: float

    def __sub__(self, other: Cost) -> Cost:
        """Return what is left without something else."""
        return Cost(self.received - other.received, self.cpu_ms - other.cpu_ms)

    def __add__(self, other: Cost) -> Cost:
        """Return both together."""
        return Cost(self.received + other.received, self.cpu_ms + other.cpu_ms)

    def __mul__(self, times: float) -> Cost:
        """Return what it costs so many times."""
        return Cost(self.received * times, self.cpu_ms * times)


async def cost_of(server: Server, screens: Screens | None, count: int, what: str | float) -> Cost:
    """Return what it costs while something happens, or while time passes, in seconds."""
    before = await server.cpu_ms()
    received = screens.received if screens else 0
    if isinstance(what, str):
        assert await server.ask(what) == "done"
    else:
        await asyncio.sleep(what)
    await asyncio.sleep(SETTLE_S)
    got = (screens.received if screens else 0) - received
    return Cost(got / max(1, count), await server.cpu_ms() - before)


def typical(costs: list[Cost]) -> Cost:
    """Return the cost of what was measured several times."""
    return Cost(fmean(cost.received for cost in costs), median(cost.cpu_ms for cost in costs))


@asynccontextmanager
async def looking(address: str, talks: list[Talk]) -> AsyncGenerator[Screens]:
    """Connect screens."""
    screens = Screens(address, talks)
    await screens.open()
    await asyncio.sleep(SETTLE_S)
    yield screens
    await screens.close()
    await asyncio.sleep(SETTLE_S)


async def of_broadcast(bays: int) -> dict[int, Cost]:
    """Return the cost of a minute when the whole lot is sent to all, by number of screens."""
    costs: dict[int, Cost] = {}
    async with running("node", str(MODULES / "broadcast.mjs"), str(bays)) as (process, port):
        server = Server(process, f"ws://127.0.0.1:{port.strip()}")
        await asyncio.sleep(WARM_S)
        for count in SCREENS:
            async with looking(server.address, [Listen() for _ in range(count)]) as screens:
                windows = [await cost_of(server, screens, count, BROADCAST_S) for _ in range(TIMES)]
                costs[count] = typical(windows) * (60.0 / (BROADCAST_S + SETTLE_S))
    return costs


async def of_home(bays: int) -> tuple[dict[str, dict[int, Cost]], Cost]:
    """Return what a change costs with Home Assistant, by way and screens; and a quiet minute.

    The home itself works, too: what it does without screens is taken off. Both ways take turns, so
    that whatever else the machine does falls on both. Between changes they are alike: a heartbeat
    for each screen.
    """
    changed: dict[str, dict[int, Cost]] = {"ours": {}, "entities": {}}
    change = f"change {CHANGES} {CHANGES_PER_S}"
    command = (sys.executable, "-m", "benchmarks.subscription.home")
    with TemporaryDirectory() as folder:
        port = free_port()
        async with running(*command, folder, str(port), str(bays)) as (process, line):
            token, entities = json.loads(line)
            assert len(entities) == bays
            server = Server(process, f"ws://127.0.0.1:{port}/api/websocket")
            talks: dict[str, Callable[[], Talk]] = {
                "ours": lambda: AskLot(token),
                "entities": lambda: AskHome(token, type="subscribe_entities", entity_ids=entities),
            }
            await asyncio.sleep(WARM_S)
            alone_quiet = await cost_of(server, None, 0, IDLE_S)
            alone = typical([await cost_of(server, None, 0, change) for _ in range(TIMES)])
            for count in SCREENS:
                costs: dict[str, list[Cost]] = {way: [] for way in changed}
                for _, (way, talk) in product(range(TIMES), talks.items()):
                    async with looking(server.address, [talk() for _ in range(count)]) as screens:
                        costs[way].append(await cost_of(server, screens, count, change))
                for way, by_count in changed.items():
                    by_count[count] = (typical(costs[way]) - alone) * (1.0 / CHANGES)
            most = max(SCREENS)
            async with looking(server.address, [talks["ours"]() for _ in range(most)]) as screens:
                quiet = await cost_of(server, screens, most, IDLE_S) - alone_quiet
    return changed, Cost(0.0, quiet.cpu_ms / most)


def print_row(bays: int, count: int, ours: Cost, broadcast: Cost, entities: Cost) -> None:
    """Print a row of the table."""
    cells = [str(bays), str(count)]
    for pick in ("received", "cpu_ms"):
        state, first, second = (getattr(cost, pick) for cost in (ours, broadcast, entities))
        cells += [f"{state:,.1f}", f"{first:,.1f}", f"{second:,.1f}"]
        cells += [f"{first / state:,.0f}x, {second / state:,.1f}x" if state > 0.0 else "-"]
    print("|", " | ".join(cells), "|", flush=True)


async def main() -> None:
    """Print the table."""
    for bays in BAYS:
        day, busiest = changes_per_min(bays)
        print(f"{bays} bays: {day:.2f} changes a minute over a day, {busiest:.2f} at its busiest")
    print()
    print(
        "| bays | screens | bytes/min: ours | broadcast | entities | less by"
        " | CPU ms/min: ours | broadcast | entities | less by |"
    )
    print("| ---: " * 10 + "|")
    each: list[str] = []
    for bays in BAYS:
        broadcast = await of_broadcast(bays)
        changed, quiet = await of_home(bays)
        busiest = changes_per_min(bays)[1]
        for count in SCREENS:
            ours, entities = (
                changed[way][count] * busiest + quiet * count for way in ("ours", "entities")
            )
            print_row(bays, count, ours, broadcast[count], entities)
        most = max(SCREENS)
        us = {way: by_count[most].cpu_ms / most * 1e3 for way, by_count in changed.items()}
        each.append(
            f"{bays} bays, {most} screens: a change costs {us['ours']:.1f} us a screen with ours,"
            f" {us['entities']:.1f} us with entities; a quiet minute {quiet.cpu_ms * 1e3:.0f} us"
        )
    print(*["", *each], sep="\n")


install_broadcast()
asyncio.run(main())
