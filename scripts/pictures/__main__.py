"""Take the pictures in docs/images: the same lot, the same vehicles, another form in each.

usage: python -m scripts.pictures, from the repository's root; scripts/screenshots does it.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser.corner import corner_home, look_everywhere
from tests.browser.draftsman import Hand
from tests.browser.engines import ENGINES
from tests.browser.home import ROOT, Home, running
from tests.browser.lots import Bay, thousand_bays
from tests.browser.test_engines import FOLLOWS, NAMED
from tests.browser.test_promotions import add_promotion
from tests.browser.test_sign_to_print import A4_PX, OPTIONS, open_sign
from tests.browser.visitors import button, follows, left, open_to_visitors, phone
from tests.browser.window import DESKTOP, PHONE, browsing, open_window, ready, save_dashboard

IMAGES = ROOT / "docs" / "images"

# 9 of 24 are free; B08 is out of service, and the sensor of A11 is dead.
OCCUPIED = [
    *("A01", "A02", "A03", "A05", "A06", "A08", "A12"),
    *("B01", "B02", "B04", "B06", "B09", "B12"),
]
CLOSED = "B08"
DEAD = "A11"

# As owners may have it; the picture is not taken there.
ADDRESS = "http://192.168.1.5:8123"

WAY_ENTITY = "image.north_gate_way_to_the_nearest_free_bay"

# Beside the Chromium of today; a phone's width is not to be had of the others.
SIDE_BY_SIDE = ("firefox", "webkit", "chromium-87")

NARROW = ViewportSize(width=900, height=900)

# Whole pictures: the last car has arrived, and graphs are drawn.
SETTLE_MS = 2_500

THOUSAND_OCCUPIED_PERCENT = 72
THOUSAND_SEEN_S = 8.0
"""Sweeps until a thousand parked cars are seen; a late one would hardly show."""


@asynccontextmanager
async def at_home(bays: list[Bay] | None = None) -> AsyncGenerator[Home]:
    """Run a home in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        async with running(Path(folder), bays) as home:
            yield home


async def take(page: Page, name: str, locator: str | None = None) -> None:
    """Capture the page, or of a part of it."""
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(SETTLE_MS)
    path = IMAGES / f"{name}.png"
    if locator:
        await page.locator(locator).first.screenshot(path=path)
    else:
        await page.screenshot(path=path)
    print(path.relative_to(ROOT), flush=True)


@asynccontextmanager
async def looking(
    browser: Browser,
    home: Home,
    path: str = "/",
    *,
    size: ViewportSize = DESKTOP,
    dark: bool = False,
    scale: float = 1,
) -> AsyncGenerator[Page]:
    """Open a page of the home."""
    async with open_window(browser, home, size=size, dark=dark, scale=scale) as (page, _):
        await page.goto(path)
        yield page


async def dashboards(browser: Browser, home: Home) -> None:
    """Capture the dashboard, on a desk and in a hand."""
    for name, dark in {"dashboard": False, "dashboard-dark": True}.items():
        async with looking(browser, home, dark=dark) as page:
            await ready(page)
            await take(page, name)
    async with looking(browser, home, size=PHONE, scale=2) as page:
        await ready(page)
        await take(page, "phone")


async def forms(browser: Browser, home: Home) -> None:
    """Capture the card's other forms."""
    async with looking(browser, home) as page:
        await ready(page)
        for view, where in {"sign": "ha-card", "compact": "ha-card", "owner": "ha-card"}.items():
            await save_dashboard(page, {"type": "custom:smart-parking-card", "view": view})
            await page.goto("/our-home")
            card = f"smart-parking-card[data-view={view}]"
            await page.locator(card).wait_for()
            if view == "owner":
                await page.locator(f'{card} .bay[data-bay="{CLOSED}"]').click()
            await take(page, view, f"{card} {where}")


async def way(browser: Browser, home: Home) -> None:
    """Capture what phones and displays are sent."""
    async with looking(browser, home) as page:
        await ready(page)
        address = await page.evaluate(
            "(id) => document.querySelector('home-assistant').hass.states[id].attributes"
            ".entity_picture",
            WAY_ENTITY,
        )
        image = await page.request.get(address)
        path = IMAGES / "way.png"
        path.write_bytes(await image.body())
        print(path.relative_to(ROOT), flush=True)


async def holds(browser: Browser, home: Home) -> None:
    """Capture what a driver sees whose bay is kept, on a desk and in a hand at night."""
    await home.act("smart_parking.guide")
    for name, size, dark in (("park-me", NARROW, False), ("park-me-phone", PHONE, True)):
        async with looking(browser, home, size=size, dark=dark, scale=2) as page:
            await page.get_by_role("button", name="Park me").click()
            await page.locator(".driver.mine").wait_for()
            await take(page, name, "smart-parking-card ha-card")
            await page.get_by_role("button", name="Give it back").click()
            await page.locator(".driver:not(.mine)").wait_for()


async def visitors(browser: Browser, home: Home) -> None:
    """Capture what a stranger's phone shows: on the way, led elsewhere, and back at the car."""
    address = await open_to_visitors(home)
    await add_promotion(home, "Two minutes from the car park, behind the town hall.")
    async with phone(browser, scale=2) as page:
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await left(page).wait_for()
        await take(page, "visitor")
        await button(page, "I parked here").click()
        await page.get_by_text("Your car is here").wait_for()
        await take(page, "visitor-car")
        await button(page, "I have my car").click()
        await button(page, "Take me there").wait_for()
    async with phone(browser, scale=2, dark=True) as page:
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await left(page).wait_for()
        bay = await page.locator("#bay").text_content() or ""
        await home.simulate([bay], traffic="park")
        await page.locator("#notice:not([hidden])").wait_for()
        await take(page, "visitor-dark")
        await button(page, "Give it back").click()
        await button(page, "Take me there").wait_for()
        await home.leave(bay)


async def engines(browser: Browser, home: Home) -> None:
    """Capture the visitors' page in several engines, side by side."""
    address = await open_to_visitors(home)
    pictures: list[bytes] = []
    async with phone(browser) as page:
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await left(page).wait_for()
        pictures.append(await page.screenshot())
        await button(page, "Give it back").click()
        await button(page, "Take me there").wait_for()
    for name in SIDE_BY_SIDE:
        with TemporaryDirectory() as folder:
            async with ENGINES[name].run(Path(folder)) as window:
                await window.open(address)
                await window.wait_for(FOLLOWS)
                await window.tap(NAMED % '"Take me there"')
                await window.wait_for('document.body.dataset.status === "held"')
                await window.evaluate("scrollTo(0, 0)")
                pictures.append(await window.picture())
                await window.tap(NAMED % '"Give it back"')
                await window.wait_for('document.body.dataset.status === "none"')
    side_by_side("visitor-engines", pictures)


async def one_truth(browser: Browser) -> None:
    """Capture what card, hold, sign and the visitors' page say of the same way."""
    with TemporaryDirectory() as folder:
        async with corner_home(Path(folder)) as home:
            said = await look_everywhere(home, browser)
    side_by_side("one-truth", [said[screen].picture for screen in ("card", "hold", "sign", "page")])


def side_by_side(name: str, pictures: Sequence[bytes]) -> None:
    """Retain pictures as one."""
    views = [Image.open(BytesIO(one)).convert("RGB") for one in pictures]
    gap = 20
    size = sum(one.width + gap for one in views) - gap, max(one.height for one in views)
    picture = Image.new("RGB", size, "white")
    left_px = 0
    for view in views:
        picture.paste(view, (left_px, 0))
        left_px += view.width + gap
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    print(path.relative_to(ROOT), flush=True)


async def sign(browser: Browser, home: Home) -> None:
    """Capture the sign as it is printed."""
    async with looking(browser, home, OPTIONS) as page:
        await page.get_by_role("button", name="Configure").first.wait_for()
        await page.evaluate(
            "url => document.querySelector('home-assistant').hass"
            ".callWS({type: 'config/core/update', internal_url: url})",
            ADDRESS,
        )
        sheet = await open_sign(page)
        await sheet.set_viewport_size(A4_PX)
        await sheet.get_by_label("Name of the Wi-Fi").fill("Market Square")
        await sheet.get_by_label("Password").fill("park and relax")
        await sheet.get_by_label("Address on the sign").select_option(ADDRESS)
        await sheet.get_by_role("button", name="Show").click()
        await sheet.locator("#wifi").wait_for()
        await sheet.emulate_media(media="print")
        await take(sheet, "sign-to-print")


async def settings(browser: Browser, home: Home) -> None:
    """Capture the pages of Home Assistant in which a lot is set up and looked into."""
    size = ViewportSize(width=1000, height=760)
    (device,) = await home.devices(["B08"])
    async with looking(browser, home, f"/config/devices/device/{device}", size=size) as page:
        await page.get_by_text("Out of service").first.wait_for()
        await take(page, "device")
        await page.goto("/config/integrations/dashboard/add?domain=smart_parking")
        await page.get_by_role("button", name="OK").click()
        await page.get_by_role("textbox").first.wait_for()
        await take(page, "config-flow")


async def thousand(browser: Browser) -> None:
    """Capture a lot of a thousand bays."""
    bays = thousand_bays()
    labels = [str(one["label"]) for one in bays]
    occupied = [
        label for label in labels if crc32(label.encode()) % 100 < THOUSAND_OCCUPIED_PERCENT
    ]
    async with at_home(bays) as home, looking(browser, home) as page:
        await home.simulate(occupied, traffic="park")
        await asyncio.sleep(THOUSAND_SEEN_S)
        await ready(page)
        await take(page, "thousand-bays")


async def editor(browser: Browser) -> None:
    """Capture the plan of a lot while it is drawn: its last row has no sensors yet."""
    async with at_home() as home, looking(browser, home) as page:
        hand = await Hand.open(page, home)
        await hand.look(15, 1, 19)
        await hand.choose("l")
        await hand.tap((-3, 8), (33, 8), (33, -9), (-3, -9), (-3, -9))
        await hand.choose("w")
        await hand.tap((-7, 17), (37, 17), (37, -13), (-7, -13), (-7, -13))
        await hand.choose("p")
        await page.get_by_role("button", name="Add a level").click()
        await page.get_by_role("tab", name="Level 1").click()
        await hand.look(15, 1, 19)
        await hand.tap((33, 0))
        await hand.look(15, 1, 19)
        await hand.tap((33, 0))
        await hand.choose("l")
        await hand.drag((33, 0), (0, 0))
        await hand.choose("r")
        await hand.drag((0, 6), (25, 6))
        await page.get_by_role("tab", name="Level 1").click()
        await hand.look(15, 1, 19)
        await hand.drag((2.5, -2.5), (27.5, -2.5))
        await hand.choose("v")
        await take(page, "editor")


async def main() -> None:
    """Capture all of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with browsing() as browser:
        async with at_home() as home:
            await home.park(*OCCUPIED)
            await home.close(CLOSED)
            await home.break_sensor(DEAD)
            await dashboards(browser, home)
            await forms(browser, home)
            await holds(browser, home)
            await way(browser, home)
            await visitors(browser, home)
            await engines(browser, home)
            await sign(browser, home)
            await settings(browser, home)
        await editor(browser)
        await one_truth(browser)
        await thousand(browser)


if __name__ == "__main__":
    asyncio.run(main())
