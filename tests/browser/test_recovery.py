"""What a page shows while something is wrong, and that it recovers by itself."""

from playwright.async_api import Page, expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.home import Home
from tests.browser.window import bay, ready, save_dashboard

# The page hears of a reload as of entities that come and go; a slow machine takes its time.
RECOVERED_WITHIN_MS = 20_000


async def follows(page: Page, home: Home, label: str) -> None:
    """Expect that the page follows what happens."""
    await expect(bay(page, label)).to_contain_class("v", timeout=RECOVERED_WITHIN_MS)
    await home.park(label)
    await expect(bay(page, label)).to_contain_class("o", timeout=RECOVERED_WITHIN_MS)


async def test_page_outlives_a_reload_of_the_integration(page: Page, home: Home) -> None:
    await ready(page)
    await home.reload()
    await follows(page, home, "A07")


@pytest.mark.parametrize("tolerated", [["WebSocket", "ERR_INTERNET_DISCONNECTED"]])
async def test_page_says_that_the_connection_is_lost(page: Page, home: Home) -> None:
    banner = page.locator("smart-parking-card .banner")
    await ready(page)
    await page.context.set_offline(True)
    await page.evaluate("document.querySelector('home-assistant').hass.connection.socket.close()")
    await expect(banner).to_contain_text("Connection lost")
    await page.context.set_offline(False)
    await page.evaluate("document.querySelector('home-assistant').hass.connection.reconnect()")
    await expect(banner).to_be_hidden(timeout=RECOVERED_WITHIN_MS)
    await follows(page, home, "A08")


# Home Assistant's own page fails while no server answers.
@pytest.mark.parametrize("tolerated", [["WebSocket", "Failed to"]])
async def test_page_outlives_a_restart_of_home_assistant(page: Page, home: Home) -> None:
    await ready(page)
    await home.stop()
    await expect(page.locator("smart-parking-card .banner")).to_contain_text("Connection lost")
    await home.start()
    await follows(page, home, "A09")


async def test_card_of_a_removed_lot_says_so(open_page: OpenPage, own_home: Home) -> None:
    async with open_page(own_home) as page:
        await ready(page)
        entry_id = own_home.entry_id
        await save_dashboard(page, {"type": "custom:smart-parking-card", "entry_id": entry_id})
        await page.goto("/our-home")
        await ready(page)
        await own_home.remove()
        await expect(page.locator("smart-parking-card")).to_contain_text(
            "This car park does not exist any more.", timeout=RECOVERED_WITHIN_MS
        )
        await page.goto("/smart-parking")
        await expect(page.get_by_text("No car park yet")).to_be_visible()
