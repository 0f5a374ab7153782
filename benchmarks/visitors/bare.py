"""The usual way: an aiohttp server with a handler that streams, and a queue for each page.

usage: python -m benchmarks.visitors.bare BAYS. It prints its port, and answers each line that it
reads: `cpu` with the processor time used so far, in ms; `rss` with its memory, in MB; `timed N
PER_S` by letting N bays change, with the times at which they did, in seconds of the machine's
monotonic clock.
"""

import asyncio
from collections.abc import Mapping
import json
from random import Random
import sys
import time

from aiohttp import web

from benchmarks.servers import memory_mb

BEAT_S = 20.0

type Message = Mapping[str, object]


class Lot:
    """Bays, and the pages that are told of them."""

    def __init__(self, bays: int) -> None:
        """Initialize with vacant bays."""
        self.occupied = [False] * bays
        self.pages: set[asyncio.Queue[Message]] = set()
        self._number = 0
        self._random = Random(1)

    def change(self) -> None:
        """Park or remove a vehicle, and tell all pages."""
        self._number += 1
        bay = self._random.randrange(len(self.occupied))
        self.occupied[bay] = not self.occupied[bay]
        for page in self.pages:
            page.put_nowait({"s": self._number, "bay": bay, "occupied": self.occupied[bay]})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Stream to a page what happens, until it is closed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        page: asyncio.Queue[Message] = asyncio.Queue()
        self.pages.add(page)
        try:
            await _send(response, {"seq": self._number, "occupied": self.occupied})
            while True:
                try:
                    async with asyncio.timeout(BEAT_S):
                        message = await page.get()
                except TimeoutError:
                    await response.write(b": beat\n\n")
                else:
                    await _send(response, message)
        finally:
            self.pages.remove(page)


async def _send(response: web.StreamResponse, message: Message) -> None:
    """Send a message as a server-sent event; its number comes first, as this project's does."""
    text = json.dumps(message, separators=(",", ":"))
    await response.write(f"data: {text}\n\n".encode())


async def serve(bays: int) -> None:
    """Serve, and answer."""
    lot = Lot(bays)
    app = web.Application()
    app.router.add_get("/", lot.stream)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match line.split():
            case ["cpu"]:
                print(time.process_time() * 1e3, flush=True)
            case ["rss"]:
                print(memory_mb(), flush=True)
            case ["timed", count, per_s]:
                times = []
                for _ in range(int(count)):
                    times.append(time.monotonic())
                    lot.change()
                    await asyncio.sleep(1.0 / float(per_s))
                print(json.dumps(times), flush=True)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
