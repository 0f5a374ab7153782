"""Held bays: for a driver who taps "Park me", and by the owner."""

import asyncio
import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.home import PACE_M_S, Home, bay_entity
from tests.browser.window import PHONE, bay, ready, save_dashboard

OWN = "smart_parking.hold."
RECOVERED_WITHIN_MS = 20_000

# From the North gate to A01, and as far to B01 on the other side; and some way more.
DRIVE_S = 6.8 / PACE_M_S + 1.0

TOUCH_PX = 38


def driver(page: Page) -> Locator:
    """Return what the card says to the driver."""
    return page.locator("smart-parking-card .driver").first


def own_bay(page: Page) -> Locator:
    """Return the label of the driver's bay."""
    return driver(page).locator(".mybay b")


async def tap(page: Page, name: str) -> None:
    """Tap a button of the card, which only one has."""
    await page.locator("smart-parking-card").get_by_role("button", name=name, exact=True).click()


async def remembered(page: Page) -> list[str]:
    """Return the holds that the browser has stored."""
    keys = await page.evaluate("Object.keys(localStorage)")
    return [key for key in keys if key.startswith(OWN)]


async def test_driver_is_led_and_led_elsewhere_and_asked(page: Page, home: Home) -> None:
    await tap(page, "Park me")
    await expect(own_bay(page)).to_have_text("A01")
    await expect(bay(page, "A01")).to_contain_class("h mine target")
    await expect(bay(page, "A01")).to_have_accessible_name(re.compile("kept for a driver, until"))
    for countdown in (driver(page).locator(".timer"), page.locator('.marks [data-bay="A01"]')):
        before = await countdown.text_content()
        assert before is not None
        assert re.fullmatch(r"[34]:\d\d", before)
        await expect(countdown).not_to_have_text(before)
    await home.wait_for_status("A01", "held")

    await home.simulate(["A01"], traffic="park")
    await expect(driver(page)).to_contain_text("A01 was taken → B01")
    await expect(own_bay(page)).to_have_text("B01")
    await expect(bay(page, "B01")).to_contain_class("h mine target")
    await home.wait_for_status("B01", "held")

    await page.reload()
    await expect(own_bay(page)).to_have_text("B01")
    await home.reload()
    await expect(bay(page, "B01")).to_contain_class("mine", timeout=RECOVERED_WITHIN_MS)
    await home.wait_for_state(bay_entity("B01"), "off")
    await asyncio.sleep(DRIVE_S)
    await home.park("B01")
    await expect(driver(page)).to_contain_text("Parked in B01?")
    await tap(page, "Yes")
    await expect(driver(page)).to_contain_text("Parked in B01. Have a good time!")
    await expect(bay(page, "B01")).not_to_contain_class("mine")
    assert await remembered(page) == []
    await home.wait_for_status("B01", "occupied")
    await home.leave("A01", "B01")


async def test_driver_changes_their_mind(open_page: OpenPage, home: Home) -> None:
    async with open_page(home, size=PHONE) as page:
        await driver(page).get_by_role("combobox").select_option("accessible")
        await tap(page, "Park me")
        await expect(own_bay(page)).to_have_text("B02")
        for button in await driver(page).get_by_role("button").all():
            box = await button.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= PHONE["width"]
            assert box["height"] >= TOUCH_PX
        await tap(page, "Another bay")
        await expect(own_bay(page)).to_have_text("B03")
        await tap(page, "Give it back")
        await expect(driver(page)).to_contain_text("B03 is free for others again.")
        await home.wait_for_status("B03", "vacant")
        await page.reload()
        await expect(driver(page).get_by_role("combobox")).to_have_value("accessible")


async def test_hold_that_ended_meanwhile_is_forgotten_with_a_word(page: Page, home: Home) -> None:
    await tap(page, "Park me")
    await expect(own_bay(page)).to_have_text("A01")
    await page.goto("/config")
    async with page.context.expect_page() as opened:
        await page.evaluate("window.open('/smart-parking/health')")
    owner = await opened.value
    await owner.get_by_role("button", name="Release A01").click()
    await home.wait_for_status("A01", "vacant")
    await owner.close()
    await page.goto("/smart-parking/overview")
    await expect(driver(page)).to_contain_text("Your bay is kept no longer.")
    assert await remembered(page) == []


async def test_shared_screen_remembers_nobody(page: Page, home: Home) -> None:
    await ready(page)
    await save_dashboard(page, {"type": "custom:smart-parking-card", "shared": True})
    await page.goto("/our-home")
    await tap(page, "Park me")
    await expect(own_bay(page)).to_have_text("A01")
    assert await remembered(page) == []
    await tap(page, "Done")
    await expect(driver(page).get_by_role("button", name="Park me")).to_be_visible()
    await expect(bay(page, "A01")).to_contain_class("h")
    await home.wait_for_status("A01", "held")
    await tap(page, "Park me")
    await expect(own_bay(page)).to_have_text("B01")
    await tap(page, "Give it back")
    await page.goto("/smart-parking/health")
    await page.get_by_role("button", name="Release A01").click()
    await home.wait_for_status("A01", "vacant")


async def test_owner_keeps_frees_and_closes_a_bay(open_page: OpenPage, home: Home) -> None:
    async with open_page(home, "/smart-parking/health") as page:
        await bay(page, "A05").click()
        await page.get_by_role("textbox", name="For whom").fill("Ann")
        await tap(page, "15 min")
        await expect(bay(page, "A05")).to_contain_class("h")
        kept = page.locator("smart-parking-card .hold").filter(has_text="Kept for Ann")
        await expect(kept).to_have_count(2)  # of the bay, and in the list
        await expect(kept.first).to_contain_text(re.compile(r"until \d+:\d\d"))
        await home.wait_for_status("A05", "held")
        await kept.first.get_by_role("button").click()
        await expect(kept).to_have_count(0)
        await home.wait_for_status("A05", "vacant")
        await tap(page, "Close this bay")
        await expect(bay(page, "A05")).to_contain_class("x")
        await tap(page, "Open this bay again")
        await expect(bay(page, "A05")).to_contain_class("v")


async def test_owner_reads_why_a_bay_cannot_be_kept(open_page: OpenPage, home: Home) -> None:
    refusal = "A bay is kept for this driver already. Release it first"
    home.tolerated.append(refusal)
    async with open_page(home, "/smart-parking/health") as page:
        await bay(page, "A06").click()
        await page.get_by_role("textbox", name="For whom").fill("Bob")
        await tap(page, "1 hr")
        await expect(bay(page, "A06")).to_contain_class("h")
        await bay(page, "A05").click()
        await page.get_by_role("textbox", name="For whom").fill("Bob")
        await tap(page, "15 min")
        await expect(page.get_by_role("alert")).to_have_text(f"{refusal}.")
        await page.get_by_role("button", name="Release A06 Bob").click()
        await expect(bay(page, "A06")).to_contain_class("v")
