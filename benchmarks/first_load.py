"""How soon the card stands after Home Assistant's own tile, when nothing is in the browser's cache.

usage: python -m benchmarks.first_load [--runs N], with the environments and the browser of
scripts/setup.
"""

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, CDPSession, Page, Response, ViewportSize

from tests.browser.home import Home, running
from tests.browser.window import DESKTOP, PHONE, browsing, open_window, save_dashboard

TIMEOUT_MS = 120_000
SETTLE_MS = 3_000
# As the developer tools of Chromium define it.
FAST_3G: Mapping[str, object] = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 180_000,
    "uploadThroughput": 84_375,
}
CARDS = {
    "type": "vertical-stack",
    "cards": [
        {"type": "tile", "entity": "sensor.market_square_free_bays"},
        {"type": "custom:smart-parking-card"},
    ],
}

# Notes when a tile and when a bay can be seen first, in ms since the page was asked for.
WATCH = """
() => {
  const stood = (window.stood = {});
  const find = (root, selector) => {
    for (const one of root.querySelectorAll("*"))
      if (one.shadowRoot) {
        const found = one.shadowRoot.querySelector(selector) ?? find(one.shadowRoot, selector);
        if (found) return found;
      }
    return null;
  };
  const look = () => {
    const home = document.querySelector("home-assistant");
    const main = home?.shadowRoot?.querySelector("home-assistant-main");
    if (main?.shadowRoot) {
      if (!stood.tile && find(main.shadowRoot, "ha-tile-icon")) stood.tile = performance.now();
      if (!stood.card) {
        const card = find(main.shadowRoot, "smart-parking-card");
        if (card?.shadowRoot?.querySelector(".bay")) stood.card = performance.now();
      }
    }
    if (!stood.tile || !stood.card) setTimeout(look, 50);
  };
  look();
}
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page."""

    tile_s: float
    card_s: float
    requests: int
    """For files of this integration."""
    kilobytes: float
    """On the wire, for those."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the page is looked at with."""

    name: str
    size: ViewportSize
    slowness: int
    network: Mapping[str, object] | None


DEVICES = (
    Device("phone: 4x slower processor, Fast 3G", PHONE, 4, FAST_3G),
    Device("desktop", DESKTOP, 1, None),
)


async def prepare(browser: Browser, home: Home) -> None:
    """Save a dashboard with a tile and the card."""
    async with open_window(browser, home) as (page, _):
        await page.goto("/config")
        await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
        await save_dashboard(page, CARDS)


async def slow_down(devtools: CDPSession, device: Device) -> None:
    """Make the browser as slow as a device, with nothing in its cache."""
    await devtools.send("Network.enable")
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": False})
    await devtools.send("Network.clearBrowserCache")
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": device.slowness})
    if device.network is not None:
        await devtools.send("Network.emulateNetworkConditions", dict(device.network))


async def load(browser: Browser, home: Home, device: Device) -> Load:
    """Return how one load went."""
    async with open_window(browser, home, size=device.size) as (page, _):
        page.set_default_timeout(TIMEOUT_MS)
        await slow_down(await page.context.new_cdp_session(page), device)
        await page.add_init_script(f"({WATCH})()")
        ours: list[Response] = []
        page.on("response", lambda one: ours.append(one) if is_ours(one) else None)
        await page.goto("/our-home", wait_until="commit")
        await page.wait_for_function("window.stood?.tile && window.stood.card")
        await page.wait_for_timeout(SETTLE_MS)
        return await measured(page, ours)


def is_ours(response: Response) -> bool:
    """Return whether a file is one of this integration."""
    return "/smart_parking/" in response.url and response.url.split("?")[0].endswith(".js")


async def measured(page: Page, ours: list[Response]) -> Load:
    """Return what a page has noted, and what it has fetched."""
    stood = await page.evaluate("window.stood")
    sizes = [(await one.request.sizes())["responseBodySize"] for one in ours]
    return Load(stood["tile"] / 1e3, stood["card"] / 1e3, len(ours), sum(sizes) / 1e3)


def row(device: Device, loads: list[Load]) -> str:
    """Return a row of the table."""
    after = [one.card_s - one.tile_s for one in loads]
    cells = [
        device.name,
        f"{median(one.tile_s for one in loads):.1f}",
        f"{median(one.card_s for one in loads):.1f}",
        f"{median(after):.2f}",
        f"{min(after):.2f} to {max(after):.2f}",
        f"{median(one.requests for one in loads):.0f}",
        f"{median(one.kilobytes for one in loads):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| device | tile s | card s | after the tile s | from, to | requests | kB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with TemporaryDirectory() as folder:
        async with running(Path(folder)) as home, browsing() as browser:
            await prepare(browser, home)
            for device in DEVICES:
                loads = [await load(browser, home, device) for _ in range(runs)]
                print(row(device, loads), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
