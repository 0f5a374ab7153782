"""A lot with two levels: on the plan, on a dashboard that builds itself, and in fewer words."""

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.home import Home
from tests.browser.lots import LEVEL_PER_ROW, LEVELS
from tests.browser.window import bay, ready, save_dashboard

BAYS_PER_LEVEL = 2 * LEVEL_PER_ROW


def card(page: Page, part: str) -> Locator:
    """Return a part of the card."""
    return page.locator(f"smart-parking-card {part}")


async def test_chips_lead_from_level_to_level(open_page: OpenPage, tall_home: Home) -> None:
    async with open_page(tall_home) as page:
        await expect(card(page, ".bay")).to_have_count(BAYS_PER_LEVEL)
        await expect(bay(page, "A01")).to_be_visible()
        up = page.get_by_role("button", name="Level 2")
        await expect(up).to_have_attribute("aria-pressed", "false")
        await up.click()
        await expect(up).to_have_attribute("aria-pressed", "true")
        await expect(bay(page, "C01")).to_be_visible()
        await expect(bay(page, "A01")).to_have_count(0)
        await page.get_by_role("button", name="Level 1").click()
        await expect(bay(page, "A01")).to_be_visible()


async def test_chip_of_a_kind_leads_to_the_level_that_has_it(
    open_page: OpenPage, tall_home: Home
) -> None:
    async with open_page(tall_home) as page:
        await ready(page)
        await page.get_by_role("button", name="electric vehicle").click()
        await expect(bay(page, "D08")).to_be_visible()


async def test_every_level_has_a_view_of_its_own(open_page: OpenPage, tall_home: Home) -> None:
    async with open_page(tall_home) as page:
        await ready(page)
        await page.get_by_role("tab", name="Level 2").click()
        await expect(page.get_by_role("heading", name="Market Square · Level 2")).to_be_visible()
        await expect(card(page, ".bay")).to_have_count(BAYS_PER_LEVEL)
        free = await card(page, ".bay.v").count()
        await expect(card(page, ".count")).to_have_text(f"{free} of {BAYS_PER_LEVEL} free")
        # Both gates are below, and so are the bays next to them.
        await expect(card(page, ".gateline").locator("visible=true")).to_have_count(0)


async def test_full_level_sends_drivers_up(open_page: OpenPage, tall_home: Home) -> None:
    below = [f"{row}{number:02}" for row in LEVELS["1"] for number in range(1, LEVEL_PER_ROW + 1)]
    await tall_home.park(*below)
    async with open_page(tall_home) as page:
        await ready(page)
        forms = ("compact", "sign", "plan")
        await save_dashboard(
            page, *({"type": "custom:smart-parking-card", "view": form} for form in forms)
        )
        await page.goto("/our-home")
        await expect(card(page, ".compact .second")).to_contain_text("Level 2")
        await expect(card(page, ".sign .go")).to_have_text("Level 2")
        await expect(card(page, ".sign .where")).to_have_text(re.compile(r"^[CD]\d\d, \d+"))
        await expect(card(page, ".sign .more")).to_contain_text("Level 1: 0")
        await expect(card(page, ".gateline .where").first).to_contain_text("Level 2")
    await tall_home.leave(*below)


async def test_driver_is_led_to_another_level(open_page: OpenPage, tall_home: Home) -> None:
    async with open_page(tall_home) as page:
        await card(page, ".driver").get_by_role("combobox").select_option("ev")
        await page.get_by_role("button", name="Park me").click()
        await expect(card(page, ".mybay")).to_contain_text("Level 2")
        await expect(bay(page, "D08")).to_contain_class("mine")
        await page.get_by_role("button", name="Give it back").click()
