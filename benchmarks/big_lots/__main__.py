"""Adds lots of many bays to a real Home Assistant, and looks at it as its owner and as a browser.

usage: python -m benchmarks.big_lots [--page] [BAYS[:CHOICE] …]
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any

import aiohttp
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.browser.home import ENVIRONMENT, ROOT, free_port
from tests.browser.window import browsing

SIZES = ("24", "500", "1000", "5000", "20000")
PAGE = "/config/integrations/integration/smart_parking"
PAGE_TIMEOUT_MS = 300_000
# The page is there when it shows the lot, and has time for whoever uses it.
IDLE = """
async () => {
  const quiet = () => new Promise(done => requestIdleCallback(done));
  for (let times = 0; times < 3; times++) await quiet();
  return performance.now();
}
"""
ANSWER_LIMIT = 2**20


@dataclass(slots=True)
class Client:
    """A browser's connection: it follows states and registries, and says whether it survived."""

    url: str
    token: str
    messages: int = 0
    is_open: bool = True
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Follow until the connection ends."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket,
        ):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            await socket.receive_json()
            wanted: list[dict[str, Any]] = [
                {"type": "supported_features", "features": {"coalesce_messages": 1}},
                {"type": "subscribe_entities"},
                *(
                    {"type": "subscribe_events", "event_type": event}
                    for event in (
                        "state_changed",
                        "entity_registry_updated",
                        "device_registry_updated",
                    )
                ),
            ]
            for number, one in enumerate(wanted, 1):
                await socket.send_json({"id": number, **one})
            self.ready.set()
            async for message in socket:
                said = json.loads(message.data)
                self.messages += len(said) if isinstance(said, list) else 1
        self.is_open = False


@dataclass(slots=True)
class Run:
    """A Home Assistant that answers."""

    process: asyncio.subprocess.Process
    url: str
    folder: Path
    token: str = ""

    async def ask(self, question: str) -> dict[str, Any]:
        """Return the answer to a question."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n".encode())
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        """Return the next line."""
        assert self.process.stdout is not None
        while not (line := await self.process.stdout.readline()).startswith(b"{"):
            assert line, "Home Assistant has ended"
        said: dict[str, Any] = json.loads(line)
        return said

    def size_mb(self, name: str) -> float:
        """Return how large a stored file is."""
        return (self.folder / ".storage" / name).stat().st_size / 1e6


@asynccontextmanager
async def running() -> AsyncGenerator[Run]:
    """Run a Home Assistant without a lot."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            ENVIRONMENT / "bin" / "python",
            "-m",
            "benchmarks.big_lots.home",
            folder,
            str(port),
            cwd=ROOT,
            env={**os.environ, "PATH": f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=ANSWER_LIMIT,
        )
        run = Run(process, f"http://127.0.0.1:{port}", Path(folder))
        run.token = (await run.answer())["token"]
        yield run
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def open_page(run: Run) -> str:
    """Return how long the integration's page takes to be there and to be idle, in s."""
    tokens = {
        "access_token": run.token,
        "token_type": "Bearer",
        "expires_in": 10**6,
        "hassUrl": run.url,
        "clientId": f"{run.url}/",
        "expires": int(time.time() * 1000) + 10**9,
        "refresh_token": "",
    }
    async with browsing() as browser:
        context = await browser.new_context(base_url=run.url, service_workers="block")
        await context.add_init_script(
            f"localStorage.setItem('hassTokens', JSON.stringify({json.dumps(tokens)}))"
        )
        page = await context.new_page()
        page.set_default_timeout(PAGE_TIMEOUT_MS)
        # Once, so that the frontend's own files are at hand.
        await page.goto("/profile")
        await page.locator("ha-panel-profile").wait_for()
        began = time.monotonic()
        await page.goto(PAGE)
        try:
            await page.get_by_text("Harbour").first.wait_for()
            await page.evaluate(IDLE)
        except PlaywrightTimeout:
            return f"> {PAGE_TIMEOUT_MS / 1e3:.0f}"
        return f"{time.monotonic() - began:.1f}"


async def measure(bays: int, choice: str, *, with_page: bool) -> dict[str, Any]:
    """Return what a lot of so many bays costs."""
    async with running() as run:
        client = Client(run.url, run.token)
        following = asyncio.create_task(client.run())
        await client.ready.wait()
        result = await run.ask(f"add {bays} {choice}")
        result["client"] = client.is_open
        result["messages"] = client.messages
        result |= await run.ask("change")
        result["page_s"] = await open_page(run) if with_page else "-"
        reloaded = await run.ask("reload")
        result |= {f"reload_{key}": value for key, value in reloaded.items()}
        await asyncio.sleep(12.0)  # Registries are written ten seconds after a change at most.
        result["entity_mb"] = round(run.size_mb("core.entity_registry"), 2)
        result["device_mb"] = round(run.size_mb("core.device_registry"), 2)
        removed = await run.ask("remove")
        result |= {f"remove_{key}": value for key, value in removed.items()}
        result["client_at_end"] = client.is_open
        following.cancel()
    return result


HEAD = (
    "| bays | bays have | set-up s | its processor time s | longest hold ms | collector ms "
    "| memory MB | entities + disabled | devices | registries MB | a change ms | page s "
    "| reload s, hold ms | removal s, hold ms | browser |"
)


def line_of(bays: int, choice: str, one: dict[str, Any]) -> str:
    """Return a line of the table."""
    kept = "stays" if one["client"] and one["client_at_end"] else "dropped"
    cells = [
        bays,
        choice,
        one["took_s"],
        one["cpu_s"],
        one["hold_ms"],
        one["collected_ms"],
        one["rss_mb"],
        f"{one['entities']} + {one['disabled']}",
        one["devices"],
        round(one["entity_mb"] + one["device_mb"], 1),
        one["change_ms"],
        one["page_s"],
        f"{one['reload_took_s']}, {one['reload_hold_ms']}",
        f"{one['remove_took_s']}, {one['remove_hold_ms']}",
        kept,
    ]
    return f"| {' | '.join(map(str, cells))} |"


async def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--page", action="store_true", help="open the integration's page, too")
    asked = parser.parse_args()
    print(HEAD, flush=True)
    print("| ---: | --- |" + " ---: |" * 12 + " --- |", flush=True)
    for size in asked.sizes:
        bays, _, choice = size.partition(":")
        one = await measure(int(bays), choice or "devices", with_page=asked.page)
        print(line_of(int(bays), choice or "devices", one), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
