"""Visitors as they come on the busiest day, or those who want everything.

usage: python -m benchmarks.siege.crowd PORT BASE VISITORS_PER_HOUR ADDRESSES

Visitors come at an even pace, each with a phone without cookies, by turns at so many addresses.
They open the page with all that it loads, keep it open, take a bay a few seconds later, and give
it back when they go. It prints a line when the first have gone; then it answers each line that it
reads with what has been answered since the last one, and goes on until its standard input is
closed.
"""

import asyncio
from collections import Counter
from contextlib import suppress
import json
import re
import resource
import sys
from urllib.parse import urljoin

import aiohttp

STAY_S = 45.0
THINK_S = 4.0
FILES = re.compile(r'<link [^>]*href="([^"]+\.(?:js|css|svg))"')
FORM = re.compile(r'name="form" value="([^"]*)"')


class Crowd:
    """Visitors, and what they have been answered."""

    def __init__(self, port: int, base: str, addresses: int) -> None:
        """Prepare."""
        self.root = f"http://127.0.0.1:{port}"
        self.base = base
        self.addresses = addresses
        self.answers: Counter[str] = Counter()

    async def visit(self, number: int) -> None:
        """Come, look, take a bay, and go."""
        which = number % self.addresses
        connector = aiohttp.TCPConnector(local_addr=(f"127.2.{which // 250}.{1 + which % 250}", 0))
        jar = aiohttp.CookieJar(unsafe=True)
        with suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession(
                self.root, connector=connector, cookie_jar=jar
            ) as session:
                page = await self.ask(session, "page", self.base)
                if (form := FORM.search(page)) is None:
                    return
                for file in sorted(set(FILES.findall(page))):
                    await self.ask(session, "file", urljoin(self.base, file))
                async with session.get(f"{self.base}stream") as stream:
                    self.answers[f"stream {stream.status}"] += 1
                    await asyncio.sleep(THINK_S)
                    is_held = await self.act(session, form[1], "guide")
                    await asyncio.sleep(STAY_S - THINK_S)
                    if is_held:
                        await self.act(session, form[1], "release")

    async def ask(self, session: aiohttp.ClientSession, what: str, path: str) -> str:
        """Return what is answered."""
        async with session.get(path) as response:
            self.answers[f"{what} {response.status}"] += 1
            return await response.text()

    async def act(self, session: aiohttp.ClientSession, form: str, do: str) -> bool:
        """Tap a button, as the page's script does; return whether it was done."""
        async with session.post(
            f"{self.base}act",
            data={"form": form, "do": do},
            headers={"Accept": "application/json"},
        ) as response:
            self.answers[f"{do} {response.status}"] += 1
            return response.ok

    async def come(self, per_hour: float) -> None:
        """Make one come after the other."""
        async with asyncio.TaskGroup() as group:
            number, loop = 0, asyncio.get_running_loop()
            begun = loop.time()
            while True:
                group.create_task(self.visit(number))
                number += 1
                await asyncio.sleep(max(0.0, begun + number * 3600.0 / per_hour - loop.time()))


async def main() -> None:
    """Send visitors until the stop."""
    port, base, per_hour, addresses = sys.argv[1:]
    crowd = Crowd(int(port), base, int(addresses))
    coming = asyncio.create_task(crowd.come(float(per_hour)))
    await asyncio.wait([coming], timeout=STAY_S)
    print("at work", flush=True)
    while await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        print(json.dumps(crowd.answers), flush=True)
        crowd.answers.clear()
    coming.cancel()
    await asyncio.wait([coming])


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main())
