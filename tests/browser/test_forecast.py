"""What is to come, on the card, the sign and the visitors' page."""

from collections.abc import AsyncGenerator
import re
import time

from playwright.async_api import Browser, Page, WebSocketRoute, expect
from yarl import URL

from tests.browser.conftest import OpenPage, together
from tests.browser.home import Home
from tests.browser.visitors import follows, open_to_visitors, phone
from tests.browser.window import ready, save_dashboard
from tests.browser.wire import wired

BAYS = [f"{row}{number:02d}" for row in "AB" for number in range(1, 13)]
FORMS = {"plan": ".lot .soon", "compact": ".compact .second", "sign": ".sign .soon"}


def at(minutes: float) -> int:
    """Return a time from now, in seconds since 1970."""
    return round(time.time() + minutes * 60)


async def learn(page: Page, full_from: int) -> None:
    """Make the server know from when the lot is usually full: it takes weeks to learn that."""

    def handle(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        known = f'"full_from":{full_from},"states":"'
        server.on_message(lambda told: socket.send(str(told).replace('"states":"', known)))

    await page.route_web_socket(re.compile("/api/websocket"), handle)


async def test_cards_say_from_when_the_lot_is_usually_full(open_page: OpenPage, home: Home) -> None:
    cards = [{"type": "custom:smart-parking-card", "view": view} for view in FORMS]

    async with open_page(home) as page:

        async def said(count: int, within_ms: int | None = None) -> None:
            for soon in FORMS.values():
                told = page.locator(soon, has_text="usually full from")
                await expect(told).to_have_count(count, timeout=within_ms)

        await ready(page)
        await save_dashboard(page, *cards)
        await page.goto("/our-home")
        for view in FORMS:
            await expect(page.locator(f'smart-parking-card[data-view="{view}"]')).to_be_visible()
        await ready(page)
        await said(0)

        await learn(page, at(60))
        await page.goto("/our-home")
        await said(1)
        await expect(page.get_by_text(re.compile(r"usually full from \d?\d:\d\d"))).to_have_count(3)

        # Its time comes while somebody looks.
        await learn(page, at(0.4))
        await page.goto("/our-home")
        await said(1)
        await said(0, within_ms=60_000)


@together
async def address(home: Home) -> AsyncGenerator[str]:
    """The address of the visitors' page; whatever happens to the bays, all are free after it."""
    yield await open_to_visitors(home)
    await home.clear()


async def test_the_page_of_a_full_lot_says_when_a_bay_is_likely(
    browser: Browser, address: str, home: Home
) -> None:
    await home.simulate(BAYS, traffic="park")
    async with wired(home.url) as wire, phone(browser) as page:
        # How long vehicles stay takes days to learn: the wire knows it.
        wire.hurry = (b'"seq":', f'"likely":[{at(5.5)},null,null,null],"seq":'.encode())
        await page.goto(str(wire.here.join(URL(address).relative())))
        await follows(page)
        likely = page.locator("#likely")
        await expect(page.locator("#bay")).to_have_text("Full")
        await expect(likely).to_have_text(re.compile(r"^A bay is likely in [56] minutes\.$"))

        await home.leave("A01")
        await expect(page.locator("#bay")).to_have_text("A01")
        await expect(likely).to_be_hidden()
