"""Pages that are opened while Home Assistant starts, when it has no card to hand out yet."""

from collections.abc import AsyncGenerator
from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from tests.browser.conftest import OpenPage, clean, together
from tests.browser.held_start import RUN, SET_UP
from tests.browser.home import ENVIRONMENT, Home
from tests.browser.window import bay, ready, save_dashboard

PROGRAM = ENVIRONMENT / "bin" / "python", Path(__file__).with_name("held_start.py")
SLOW = "Setup of smart_parking is taking over"
OTHERS_SLOW = "Waiting for integrations to complete setup"

# Home Assistant takes its time to say that something does not come.
GIVEN_UP_WITHIN_MS = 30_000
FOLLOWS_WITHIN_MS = 20_000

CARD = {"type": "custom:smart-parking-card"}
COMPACT = CARD | {"view": "compact"}
# A page that has been loaded anew has forgotten it.
REMEMBER = "window.sameAsBefore = true"
IS_SAME = "window.sameAsBefore === true"


@together
async def starting_home(tmp_path: Path, open_page: OpenPage) -> AsyncGenerator[Home]:
    """A Home Assistant with a dashboard of cards, in the middle of a start."""
    async with clean(tmp_path) as home:
        async with open_page(home, "/config") as page:
            await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
            await save_dashboard(page, CARD, COMPACT)
        await home.stop()
        home.program = PROGRAM
        home.tolerated += [SLOW, OTHERS_SLOW]
        await home.begin()
        yield home


async def follows(page: Page, home: Home) -> None:
    """Expect a plan that follows what happens, on a page that was not loaded anew."""
    await expect(bay(page, "A03")).to_contain_class("v", timeout=FOLLOWS_WITHIN_MS)
    await home.park("A03")
    await expect(bay(page, "A03")).to_contain_class("o", timeout=FOLLOWS_WITHIN_MS)
    assert await page.evaluate(IS_SAME)


@pytest.mark.parametrize("tolerated", [["Timeout waiting for strategy element"]])
async def test_pages_find_what_comes_after_them(open_page: OpenPage, starting_home: Home) -> None:
    async with (
        open_page(starting_home, "/our-home") as cards,
        open_page(starting_home, "/smart-parking") as dashboard,
    ):
        for page in cards, dashboard:
            await page.evaluate(REMEMBER)
        await expect(cards.get_by_text("Configuration error").first).to_be_visible(
            timeout=GIVEN_UP_WITHIN_MS
        )
        await expect(dashboard.get_by_text("Timeout waiting for strategy")).to_be_visible(
            timeout=GIVEN_UP_WITHIN_MS
        )
        (starting_home.folder / SET_UP).touch()
        for page in cards, dashboard:
            await ready(page)  # Home Assistant itself does so only at the end of its start.
        await expect(cards.get_by_text("Configuration error")).to_have_count(0)
        (starting_home.folder / RUN).touch()
        await starting_home.has_started()
        await follows(cards, starting_home)
        await starting_home.leave("A03")
        await follows(dashboard, starting_home)
