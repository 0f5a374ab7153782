"""Lots of 500, 5,000 and 20,000 bays: by this project, and by a binary sensor for each bay.

usage: python -m benchmarks.scale [--bays N …] [--ways remote own discovery counted]
[--entities all|none] [--profile FOLDER], by a Python that has Home Assistant; needs mosquitto.

Each lot has a broker, a process with its nodes, and a real Home Assistant, which is started twice:
first it makes what it needs of the lot, then it is measured.
"""

import argparse
import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

import aiohttp

from benchmarks.scaling.lots import Way, nodes_of
from benchmarks.servers import Server, free_port, percentile, running

BAYS = (500, 5_000, 20_000)
# One percent of the bays in a minute, and five percent in ten seconds.
CALM_SHARE_PER_S = 0.01 / 60.0
CALM_S = 60.0
RUSH_SHARE = 0.05
RUSH_S = 10.0
SETTLE_S = 4.0
# What a start leaves to be done is no part of what is calm: so long for 20,000 bays.
CALM_AFTER_S = 10.0
CALM_AFTER_EACH_S = 65.0 / 20_000
# The recorder writes what it has after 5 s.
RECORDER_S = 6.0
LATE_S = 60.0
DAY_S = 86_400.0

type Change = tuple[str, bool, float]


@dataclass(slots=True)
class Result:
    """What a lot of some size is like in some way."""

    bays: int
    way: Way
    start_s: float = 0.0
    """From the start of the process until all bays are known."""
    memory_mb: float = 0.0
    empty_mb: float = 0.0
    """Of a Home Assistant without a lot."""
    calm_share: float = 0.0
    """Of a core."""
    rush_share: float = 0.0
    state_ms: list[float] = field(default_factory=list)
    screen_ms: list[float] = field(default_factory=list)
    lost: int = 0
    """Changes of which no state, or no screen, has told."""
    rows_day: float = 0.0
    first_s: float = 0.0
    """Until a screen has the first picture."""
    first_kb: float = 0.0
    change_bytes: float = 0.0
    """What a screen is sent for a change."""

    def row(self) -> str:
        """Return a row of the table."""
        cells = [
            f"{self.bays:,}",
            str(self.way),
            f"{self.start_s:.1f}",
            f"{self.memory_mb:.0f} (+{self.memory_mb - self.empty_mb:.0f})",
            f"{self.calm_share:.1%}",
            f"{self.rush_share:.0%}",
            _spread(self.state_ms),
            _spread(self.screen_ms),
            str(self.lost),
            f"{self.rows_day:,.0f}",
            f"{self.first_s * 1e3:.0f} / {self.first_kb:,.0f}",
            f"{self.change_bytes:.0f}",
        ]
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| bays | way | start-up s | memory MB (more than without) | calm: of a core | rush: of a core"
    " | publish → state ms: p50 / p99 | publish → browser ms: p50 / p99 | not told"
    " | recorder rows a day | first picture ms / kB | bytes a change |\n"
    "| ---: | --- " + "| ---: " * 10 + "|"
)


def _spread(values_ms: list[float]) -> str:
    """Return what is printed of times."""
    if len(values_ms) < 2:
        return "-"
    return " / ".join(f"{percentile(values_ms, share):.0f}" for share in (50, 99))


class Screen:
    """A browser that shows the lot: it notes when it is told of each bay."""

    def __init__(self, way: Way, bays: Sequence[str], entities: Sequence[str]) -> None:
        """Initialize; `open` connects."""
        self.changes: list[Change] = []
        self.received = 0
        self.first_s = 0.0
        self.first_kb = 0.0
        self._way = way
        self._bays = bays
        self._entities = entities
        self._names = {one: one.rpartition("_")[2] for one in entities}
        self._is_first = asyncio.Event()

    async def follow(self, url: str, token: str) -> None:
        """Follow until cancelled."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{url}/api/websocket", max_msg_size=0) as socket,
        ):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            began = time.monotonic()
            await socket.send_json({"id": 1, **self._subscription})
            number = 1
            async for message in socket:
                now, text = time.monotonic(), str(message.data)
                if '"type":"result"' in text:
                    continue
                if not self._is_first.is_set():
                    self.first_s, self.first_kb = now - began, len(text) / 1e3
                    self._bays = self._order(text)
                    self._is_first.set()
                    continue
                self.received += len(text) + (2 if len(text) < 126 else 4)
                for seq in self._read(text, now):
                    number += 1
                    said = {"type": "smart_parking/ack", "subscription": 1, "seq": seq}
                    await socket.send_json({"id": number, **said})

    async def wait(self) -> None:
        """Wait for the first picture."""
        await self._is_first.wait()

    @property
    def _subscription(self) -> dict[str, Any]:
        """What is asked for."""
        if not self._way.is_ours:
            return {"type": "subscribe_entities", "entity_ids": [*self._entities]}
        return {"type": "smart_parking/subscribe"}

    def _order(self, text: str) -> Sequence[str]:
        """Return the bays in the order in which changes speak of them."""
        if not self._way.is_ours:
            return self._bays
        return [one["id"] for one in json.loads(text)["event"]["lot"]["bays"]]

    def _read(self, text: str, now: float) -> list[int]:
        """Note what is told, and return the numbers to be acknowledged."""
        messages = json.loads(text)
        seqs = []
        for message in messages if isinstance(messages, list) else [messages]:
            event = message.get("event", {})
            if not self._way.is_ours:
                for entity, changed in event.get("c", {}).items():
                    if (state := changed.get("+", {}).get("s")) is not None:
                        self.changes.append((self._names[entity], state == "on", now))
            elif "b" in event:
                for index, letter, *_ in event["b"]:
                    self.changes.append((self._bays[index], letter == "o", now))
                seqs.append(event["s"])
        return seqs


def late_ms(said: Sequence[Change], heard: Sequence[Change]) -> tuple[list[float], int]:
    """Return how long after each change it was heard of, and how many were not."""
    by_bay: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    for bay, occupied, at in heard:
        by_bay[bay, occupied].append(at)
    found, lost = [], 0
    for bay, occupied, at in said:
        times = by_bay[bay, occupied]
        place = bisect_left(times, at)
        if place < len(times) and times[place] - at < LATE_S:
            found.append((times[place] - at) * 1e3)
        else:
            lost += 1
    return found, lost


@asynccontextmanager
async def broker(folder: str) -> AsyncGenerator[int]:
    """Run a mosquitto, and give its port."""
    port = free_port()
    config = write(
        folder,
        "mosquitto.conf",
        f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence false\n"
        # What waits for Home Assistant when it starts is as much as all bays say.
        "max_queued_messages 0\nmax_inflight_messages 1000\nlog_type error\n",
    )
    process = await asyncio.create_subprocess_exec("mosquitto", "-c", config)
    try:
        await asyncio.sleep(1.0)
        yield port
    finally:
        process.terminate()
        await process.wait()


def write(folder: str, name: str, text: str) -> str:
    """Write a file, and return its path."""
    path = Path(folder, name)
    path.write_text(text)
    return str(path)


@asynccontextmanager
async def home(
    folder: str, port: int, mqtt: int, bays: int, way: Way, entities: str, *profile: str
) -> AsyncGenerator[tuple[Server, dict[str, Any]]]:
    """Run Home Assistant, and give what it says when all bays are known."""
    command = (sys.executable, "-m", "benchmarks.scaling.home", folder, str(port), str(mqtt))
    async with running(*command, str(bays), way, entities, *profile) as (process, line):
        yield Server(process, f"http://127.0.0.1:{port}"), json.loads(line)


async def ask(server: Server, question: str) -> Any:
    """Return what a server answers."""
    return json.loads(await server.ask(question))


async def measure(bays: int, way: Way, entities: str, profile: str | None) -> Result:
    """Measure a lot of some size in some way."""
    result = Result(bays, way)
    names = [bay for node in nodes_of(bays) for bay in node.bays]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with broker(folder) as mqtt:
            command = (sys.executable, "-m", "benchmarks.scaling.nodes", str(mqtt), str(bays), way)
            async with running(*command) as (process, _):
                nodes, place = Server(process, ""), (f"{folder}/home", free_port(), mqtt)
                async with home(*place, bays, way, entities):
                    await asyncio.sleep(SETTLE_S)
                began = time.monotonic()
                profiles = [f"{profile}/{way}-{bays}-start.pstats"] if profile else []
                async with home(*place, bays, way, entities, *profiles) as (server, ready):
                    result.start_s = time.monotonic() - began
                    await asyncio.sleep(SETTLE_S)
                    screen = Screen(way, names, ready["entities"])
                    looking = asyncio.create_task(screen.follow(server.address, ready["token"]))
                    await screen.wait()
                    result.first_s, result.first_kb = screen.first_s, screen.first_kb
                    await asyncio.sleep(CALM_AFTER_S + CALM_AFTER_EACH_S * bays)
                    await observe(result, nodes, server, screen, profile)
                    looking.cancel()
                    with suppress(asyncio.CancelledError):
                        await looking
    return result


async def observe(
    result: Result, nodes: Server, server: Server, screen: Screen, profile: str | None
) -> None:
    """Change bays, calmly and in a rush, and measure."""
    rows = await ask(server, "rows")
    await ask(server, "changes")
    screen.changes.clear()
    count = max(1, round(result.bays * CALM_SHARE_PER_S * CALM_S))
    if profile:
        await ask(server, "profile")
    received, cpu_s = screen.received, await ask(server, "cpu")
    await ask(nodes, f"change {count} {CALM_S}")
    result.calm_share = (await ask(server, "cpu") - cpu_s) / CALM_S
    result.change_bytes = (screen.received - received) / count
    result.memory_mb = await ask(server, "rss")
    await asyncio.sleep(RECORDER_S)
    rows = await ask(server, "rows") - rows
    result.rows_day = rows / count * result.bays * CALM_SHARE_PER_S * DAY_S
    if profile:
        await ask(server, f"profile {profile}/{result.way}-{result.bays}-calm.pstats")
        await ask(server, "profile")
    cpu_s = await ask(server, "cpu")
    rush = await ask(nodes, f"change {round(result.bays * RUSH_SHARE)} {RUSH_S}")
    result.rush_share = (await ask(server, "cpu") - cpu_s) / RUSH_S
    if profile:
        await ask(server, f"profile {profile}/{result.way}-{result.bays}-rush.pstats")
    await asyncio.sleep(RECORDER_S)
    heard = await ask(server, "changes")
    result.state_ms, not_there = late_ms(rush, heard)
    result.screen_ms, not_shown = late_ms(rush, screen.changes)
    result.lost = not_there + not_shown


async def empty_mb() -> float:
    """Return the memory of a Home Assistant with the same parts, and no lot."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with broker(folder) as mqtt:
            place = (f"{folder}/home", free_port(), mqtt)
            async with home(*place, 0, Way.DISCOVERY, "all") as (server, _):
                await asyncio.sleep(SETTLE_S)
                return float(await ask(server, "rss"))


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--bays", type=int, nargs="+", default=BAYS)
    parser.add_argument("--ways", type=Way, nargs="+", default=[Way.REMOTE, Way.DISCOVERY])
    parser.add_argument("--entities", default="", help="of this project's bays")
    parser.add_argument("--profile", help="a folder for profiles, which make everything slower")
    arguments = parser.parse_args()
    without_mb = await empty_mb()
    print(f"A Home Assistant without a lot: {without_mb:.0f} MB\n\n{HEAD}", flush=True)
    for bays in arguments.bays:
        entities = arguments.entities or ("none" if bays >= ENTITIES_MAX else "all")
        for way in arguments.ways:
            result = await measure(bays, way, entities, arguments.profile)
            result.empty_mb = without_mb
            print(result.row(), flush=True)


# More bays than these are no entities of their own any more, unless somebody says otherwise.
ENTITIES_MAX = 10_000

if __name__ == "__main__":
    asyncio.run(main())
