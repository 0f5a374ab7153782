"""A browser window in which the owner is logged in, and which notices what goes wrong in it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
import json
import shutil

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
)

from tests.browser.home import Home

# No sandbox for root; nothing but this machine may be reached.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TIMEOUT_MS = 15_000
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)

REMEMBER = """
for (const [key, value] of Object.entries(%s))
  if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
"""

# Resolves with the moment, in ms since 1970, in which the bay's drawing becomes another one.
CHANGE = """
bay => new Promise(resolve => {
  const letter = () => ["v", "o", "h", "x", "u"].find(one => bay.classList.contains(one));
  const before = letter();
  const observer = new MutationObserver(() => {
    if (letter() === before) return;
    observer.disconnect();
    resolve(performance.timeOrigin + performance.now());
  });
  observer.observe(bay, { attributeFilter: ["class"] });
})
"""

SAVE = """
async config => {
  const { hass } = document.querySelector("home-assistant");
  const url_path = "our-home";
  if (!hass.panels[url_path])
    await hass.callWS({ type: "lovelace/dashboards/create", url_path, title: "Our home" });
  await hass.callWS({ type: "lovelace/config/save", url_path, config });
}
"""


def find_chromium() -> str | None:
    """Return where Chromium is, as Debian and others call it."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def browsing() -> AsyncGenerator[Browser]:
    """Run the system's own Chromium, without a screen."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def open_window(
    browser: Browser,
    home: Home,
    *,
    size: ViewportSize = DESKTOP,
    dark: bool = False,
    scale: float = 1,
) -> AsyncGenerator[tuple[Page, list[str]]]:
    """Open a window; give its page, and the list of what its console complains about."""
    context = await browser.new_context(
        base_url=home.url,
        viewport=size,
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
        locale="en-US",
        timezone_id="Europe/Berlin",
        service_workers="block",
    )
    await context.add_init_script(REMEMBER % json.dumps(home.remembered))
    context.set_default_timeout(TIMEOUT_MS)
    page = await context.new_page()
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def on_page_error(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_page_error)
    yield page, complaints
    await page.unroute_all(behavior="ignoreErrors")
    await context.close()


def bay(page: Page, label: str) -> Locator:
    """Return a bay of the plan."""
    return page.locator(f'smart-parking-card .bay[data-bay="{label}"]')


async def ready(page: Page) -> None:
    """Wait until the plan is drawn."""
    await page.locator("smart-parking-card .bay").first.wait_for()


async def save_dashboard(page: Page, *cards: Mapping[str, object]) -> None:
    """Save a dashboard of the owner's own under /our-home, one section per card."""
    sections = [{"type": "grid", "column_span": 4, "cards": [card]} for card in cards]
    view = {"type": "sections", "max_columns": 4, "sections": sections or [{"type": "grid"}]}
    await page.evaluate(SAVE, {"views": [view]})
