"""From a reading to the screen: when a bay's sensor changes, and when its drawing does.

usage: python -m benchmarks.latency, with the environments and the browser of scripts/setup.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Page, expect

from tests.browser.home import Home, bay_entity, running
from tests.browser.lots import Bay, thousand_bays
from tests.browser.window import browsing, open_window, ready

CHANGES = 200
PAUSE_S = 0.25
# A departure needs some readings to be believed.
LAST_CHANGE_S = 8.0

# Notes when, in ms since 1970, a bay's drawing changes to another state.
WATCH = """
bays => {
  const letter = bay => ["v", "o", "h", "x", "u"].find(one => bay.classList.contains(one));
  const shown = new Map(bays.map(bay => [bay, letter(bay)]));
  window.changes = [];
  const observer = new MutationObserver(records => {
    const now = performance.timeOrigin + performance.now();
    for (const bay of new Set(records.map(record => record.target))) {
      if (letter(bay) === shown.get(bay)) continue;
      shown.set(bay, letter(bay));
      window.changes.push([bay.dataset.bay, now]);
    }
  });
  for (const bay of bays) observer.observe(bay, { attributeFilter: ["class"] });
}
"""
# What the page itself hears of entities has the moment of their change in it.
LISTEN = """
async () => {
  const { connection } = document.querySelector("home-assistant").hass;
  window.sensed = [];
  await connection.subscribeEvents(({ data: { entity_id, new_state } }) => {
    if (new_state && ["on", "off"].includes(new_state.state))
      window.sensed.push([entity_id, Date.parse(new_state.last_changed)]);
  }, "state_changed");
}
"""


def delays(sensed: Sequence[tuple[str, float]], drawn: Sequence[tuple[str, float]]) -> list[float]:
    """Return the ms between each change of a sensor and that of its bay's drawing.

    Bays change one after another, so that the nth change of both is the same one.
    """
    found: list[float] = []
    for label in sorted({label for label, _ in drawn}):
        entity = bay_entity(label)
        starts = [at for entity_id, at in sensed if entity_id == entity]
        ends = [at for one, at in drawn if one == label]
        found += [end - start for start, end in zip(starts, ends, strict=True)]
    return found


async def change(home: Home, labels: Sequence[str]) -> None:
    """Park vehicles in bay after bay, and leave them again."""
    devices = await home.devices(labels)
    for number in range(CHANGES):
        turn, place = divmod(number, len(devices))
        await home.act(
            "smart_parking.set_simulation",
            device_id=devices[place],
            traffic="leave" if turn % 2 else "park",
        )
        await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(LAST_CHANGE_S)


async def measure(browser: Browser, home: Home, labels: Sequence[str]) -> list[float]:
    """Return the delays of all changes, in ms."""
    async with open_window(browser, home) as (page, _):
        await page.goto("/")
        await ready(page)
        await settled(page)
        await page.locator("smart-parking-card .bay").evaluate_all(WATCH)
        await page.evaluate(LISTEN)
        await change(home, labels)
        return delays(await page.evaluate("sensed"), await page.evaluate("changes"))


async def settled(page: Page) -> None:
    """Wait until every bay is known to be free."""
    await expect(page.locator("smart-parking-card .bay:not(.v)")).to_have_count(0, timeout=60_000)


async def main() -> None:
    """Print the table."""
    print("| bays | changes | p50 ms | p95 ms | max ms |")
    print("| ---: " * 5 + "|")
    lots: dict[int, list[Bay] | None] = {24: None, 1000: thousand_bays()}
    for count, bays in lots.items():
        labels = [f"{row}{number:02}" for row in "AB" for number in range(1, 13)]
        if bays is not None:
            labels = [str(bay["label"]) for bay in bays[:: len(bays) // CHANGES]]
        with TemporaryDirectory() as folder:
            async with running(Path(folder), bays) as home, browsing() as browser:
                found = await measure(browser, home, labels)
        percent = quantiles(found, n=100)
        print(
            f"| {count} | {len(found)} | {percent[49]:.0f} | {percent[94]:.0f} "
            f"| {max(found):.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(main())
