"""The dashboard as it opens, and what moves on it."""

from datetime import UTC, datetime
import re

from playwright.async_api import Locator, Page, expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.home import Home, bay_entity
from tests.browser.window import CHANGE, PHONE, bay, ready

VIEWS = {
    "overview": "Nearest free bay",
    "statistics": "Bays on the plan",
    "health": "Needs attention",
}
SEEN_WITHIN_S = 1.0
IS_DARK = "() => document.querySelector('home-assistant').hass?.themes?.darkMode === true"


def more_info(page: Page) -> Locator:
    """Return Home Assistant's dialog about an entity."""
    return page.locator("ha-more-info-dialog")


async def test_home_opens_on_the_map_of_all_bays(page: Page) -> None:
    await expect(page.locator("smart-parking-card .bay")).to_have_count(24)
    await expect(page).to_have_title(re.compile("^Parking"))
    assert page.url.endswith("/smart-parking/overview")


async def test_parked_car_is_seen_within_a_second(page: Page, home: Home) -> None:
    a03 = bay(page, "A03")
    await expect(a03).to_contain_class("v")
    changed = await a03.evaluate_handle(f"bay => ({{ at: ({CHANGE})(bay) }})")
    await home.park("A03")
    at = datetime.fromtimestamp(await changed.evaluate("it => it.at") / 1000.0, UTC)
    since = await home.wait_for_state(bay_entity("A03"), "on")
    assert (at - since).total_seconds() < SEEN_WITHIN_S
    await expect(a03).to_have_accessible_name(re.compile("^Bay A03, occupied"))


async def test_second_window_follows_the_first(page: Page, open_page: OpenPage, home: Home) -> None:
    async with open_page(home, "/smart-parking/health") as second:
        await bay(second, "B11").click()
        await second.get_by_role("button", name="Park a vehicle").click()
        for window in (page, second):
            await expect(bay(window, "B11")).to_contain_class("o")


@pytest.mark.parametrize(("path", "says"), VIEWS.items())
async def test_view_is_whole(open_page: OpenPage, home: Home, path: str, says: str) -> None:
    async with open_page(home, f"/smart-parking/{path}") as page:
        await expect(page.get_by_text(says, exact=True).first).to_be_visible()
        await expect(page.locator("hui-error-card")).to_have_count(0)


async def test_numbers_agree_with_the_plan(page: Page) -> None:
    await ready(page)
    free = await page.locator("smart-parking-card .bay.v").count()
    await expect(page.locator("smart-parking-card .count")).to_have_text(f"{free} of 24 free")


async def test_dark_home_has_a_dark_plan(open_page: OpenPage, home: Home) -> None:
    brightness = "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    async with open_page(home, dark=True) as page:
        await ready(page)
        if not await page.evaluate(IS_DARK):
            # Home Assistant's page stays undecided if its themes come before its configuration.
            await page.reload()
            await page.wait_for_function(IS_DARK)
        card = page.locator("smart-parking-card ha-card")
        await expect(page.locator("smart-parking-card[dark]")).to_be_visible()
        assert max(await card.evaluate(brightness)) < 64


async def test_phone_shows_the_plan_in_its_width(open_page: OpenPage, home: Home) -> None:
    async with open_page(home, size=PHONE) as page:
        for label in ("A01", "A12", "B01", "B12"):
            box = await bay(page, label).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
        width = await page.evaluate("document.scrollingElement.scrollWidth")
        assert width == PHONE["width"]


async def test_zoom_buttons_come_when_needed_and_cover_no_bay(page: Page) -> None:
    buttons = page.locator("smart-parking-card .zoom")
    await bay(page, "A01").focus()
    await expect(buttons).to_be_hidden()
    await page.keyboard.press("+")
    await expect(buttons).to_be_visible()
    below = await buttons.bounding_box()
    plan = await page.locator("smart-parking-card .stage").bounding_box()
    assert below is not None
    assert plan is not None
    assert below["y"] >= plan["y"] + plan["height"]
    await page.keyboard.press("0")
    await expect(buttons).to_be_hidden()


async def test_tap_on_a_closed_bay_shows_more(page: Page, home: Home) -> None:
    await home.close("B10")
    await expect(bay(page, "B10")).to_contain_class("x")
    await bay(page, "B10").click()
    await expect(more_info(page).get_by_role("heading", name="History")).to_be_visible()


async def test_keyboard_walks_over_the_bays(page: Page) -> None:
    await page.locator("smart-parking-card .gateline").last.focus()
    focused = page.locator("smart-parking-card .bay:focus")
    for _ in range(8):  # past what leads a driver, and the chips of kinds
        await page.keyboard.press("Tab")
        if await focused.count():
            break
    await expect(focused).to_have_attribute("data-bay", "A01")
    await page.keyboard.press("ArrowRight")
    await expect(focused).to_have_attribute("data-bay", "A02")
    await page.keyboard.press("ArrowDown")
    await expect(focused).to_have_attribute("data-bay", "B02")
    await page.keyboard.press("End")
    await expect(focused).to_have_attribute("data-bay", "B12")
    await page.keyboard.press("Enter")
    await expect(more_info(page).get_by_role("heading", name="History")).to_be_visible()
    name = more_info(page).get_by_text("Market Square B12", exact=True)
    await expect(name.first).to_be_attached()
