"""The editor with a thousand bays: opening it, dragging a row of fifty, publishing.

usage: python -m benchmarks.editor [--runs N], with the environments and the browser of
scripts/setup.
"""

import argparse
import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.async_api import Page, expect

from tests.browser.draftsman import Hand
from tests.browser.home import Home, running
from tests.browser.lots import thousand_bays
from tests.browser.window import browsing, open_window, save_dashboard

TIMEOUT_MS = 120_000
BAYS = 1_000
ROW = 50
# As many moves as a hand makes in two seconds.
MOVES = 120

EMPTY = {"type": "markdown", "content": "An empty page"}

# Goes to a page as a tap on a link does, and returns how long it took until something stands there.
GO = """
async ([path, host, selector, count]) => {
  const find = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.localName === host) return one;
      const found = one.shadowRoot && find(one.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  const began = performance.now();
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  for (;;) {
    const root = find(document.body)?.shadowRoot;
    if (root && root.querySelectorAll(selector).length >= count) break;
    if (performance.now() - began > 60_000) throw new Error(`${path} does not open`);
    await new Promise((done) => setTimeout(done, 5));
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - began) / 1000;
}
"""
FRAMES = """
() => {
  const frames = (window.frames_drawn = []);
  const draw = (now) => {
    frames.push(now);
    window.frames_asked = requestAnimationFrame(draw);
  };
  window.frames_asked = requestAnimationFrame(draw);
}
"""
FRAMES_END = """
() => {
  cancelAnimationFrame(window.frames_asked);
  const frames = window.frames_drawn;
  const gaps = frames.slice(1).map((at, index) => at - frames[index]).sort((a, b) => a - b);
  const length = frames[frames.length - 1] - frames[0];
  return [((frames.length - 1) * 1000) / length, gaps[Math.floor(gaps.length * 0.95)]];
}
"""
MIDDLE = """
({ editor }, id) => {
  const { left, top } = editor.stage.root.getBoundingClientRect();
  const at = editor.stage.onScreen(editor.draft.drawing.bays.get(id));
  return [left + at.x, top + at.y];
}
"""
SELECT = "({ editor }, keys) => editor.select(keys)"


async def go(page: Page, path: str, host: str, selector: str, count: int) -> float:
    """Return how long a page takes to open, in seconds."""
    took: float = await page.evaluate(GO, [path, host, selector, count])
    return took


async def frames(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return the frames a second while a hand moves, and the gap that 95 % are shorter than."""
    await page.evaluate(FRAMES)
    for move in range(MOVES):
        await page.mouse.move(x + 1.5 * move, y + (move % 20))
    rate, gap = await page.evaluate(FRAMES_END)
    return rate, gap


async def drag(page: Page, hand: Hand) -> tuple[float, float]:
    """Return the same while a row of fifty is dragged."""
    bays = [f"bays/{one['bay_id']}" for one in thousand_bays()[:ROW]]
    await hand.editor.evaluate(SELECT, bays)
    await expect(hand.part(".bay.selected")).to_have_count(ROW)
    x, y = await hand.editor.evaluate(MIDDLE, thousand_bays()[ROW // 2]["bay_id"])
    await page.mouse.move(x, y)
    await page.mouse.down()
    found = await frames(page, x, y)
    await page.mouse.up()
    await hand.settle()
    return found


async def publish(hand: Hand) -> float:
    """Return how long publishing takes, in seconds."""
    began = perf_counter()
    await hand.publish()
    return perf_counter() - began


def row(what: str, values: list[float], peers: list[float] | None, digits: int) -> str:
    """Return a row of the table."""
    cells = [
        what,
        f"{median(values):.{digits}f}",
        f"{min(values):.{digits}f} to {max(values):.{digits}f}",
        "-" if peers is None else f"{median(peers):.{digits}f}",
    ]
    return f"| {' | '.join(cells)} |"


async def measure(page: Page, home: Home, runs: int) -> None:
    """Print the table."""
    opened, empty, dragged, still, gaps, still_gaps, published = ([] for _ in range(7))
    hand = Hand(page)
    for _ in range(runs):
        empty.append(await go(page, "/our-home", "hui-markdown-card", "ha-card", 1))
        rate, gap = await frames(page, 400.0, 500.0)
        still.append(rate)
        still_gaps.append(gap)
        path = f"/smart-parking-editor/{home.entry_id}"
        opened.append(await go(page, path, "smart-parking-editor", ".bay", BAYS))
        rate, gap = await drag(page, hand)
        dragged.append(rate)
        gaps.append(gap)
        published.append(await publish(hand))
    print("| | editor | from, to | empty page |")
    print("| --- | ---: | ---: | ---: |")
    print(row("opening, s", opened, empty, 2))
    print(row("dragging a row of 50, frames a second", dragged, still, 0))
    print(row("95 % of the frames come within, ms", gaps, still_gaps, 0))
    print(row("publishing, s", published, None, 2))


async def main() -> None:
    """Open a home with a thousand bays, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with TemporaryDirectory() as folder:
        async with (
            running(Path(folder), thousand_bays()) as home,
            browsing() as browser,
            open_window(browser, home) as (page, _),
        ):
            page.set_default_timeout(TIMEOUT_MS)
            expect.set_options(timeout=TIMEOUT_MS)
            await page.goto("/config")
            await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
            await save_dashboard(page, EMPTY)
            await measure(page, home, runs)


if __name__ == "__main__":
    asyncio.run(main())
