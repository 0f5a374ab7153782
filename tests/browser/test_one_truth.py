"""A lot with a corner: card, sign, hold and page lead to the same side, as far."""

from collections.abc import AsyncGenerator
import json
import re

from playwright.async_api import Browser, Page, expect
import pytest

from tests.browser.conftest import OpenPage, clean, together
from tests.browser.home import Home
from tests.browser.lots import corner
from tests.browser.visitors import button, follows, open_to_visitors, phone
from tests.browser.window import ready, save_dashboard

CARD = {"type": "custom:smart-parking-card"}
LANE = {"level": "1", "points": "-1,8; 23,8; 23,28"}
TOLD = re.compile(r"(\d+ m)\b.*(on the left|on the right|straight ahead)")


@together(scope="module")
async def corner_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant whose lot has a corner, and one free bay, beyond it."""
    async with clean(tmp_path_factory.mktemp("home"), corner()) as home:
        flow = "config/config_entries/options/flow"
        begun = json.loads(await home.request("POST", flow, {"handler": home.entry_id}))
        flow = f"{flow}/{begun['flow_id']}"
        await home.request("POST", flow, {"next_step_id": "ways"})
        await home.request("POST", flow, {"lanes": [LANE], "ramps": []})
        taken = [str(one["label"]) for one in corner() if one["label"] != "D04"]
        await home.simulate(taken, traffic="park")
        await home.wait_for_state("sensor.market_square_free_bays", "1")
        yield home


async def told(page: Page, place: str) -> tuple[str, ...]:
    """Return how far, and on which side, it is said to be somewhere on a page."""
    element = page.locator(place).first
    await expect(element).to_have_text(TOLD)
    found = TOLD.search(await element.inner_text())
    assert found is not None
    return found.groups()


async def test_all_screens_agree(corner_home: Home, open_page: OpenPage, browser: Browser) -> None:
    address = await open_to_visitors(corner_home)
    said: dict[str, tuple[str, ...]] = {}
    async with open_page(corner_home) as page:
        await ready(page)
        await save_dashboard(page, CARD, {**CARD, "view": "sign"}, {**CARD, "view": "compact"})
        await page.goto("/our-home")
        await expect(page.locator(".gateline b").first).to_have_text("D04")
        said["card"] = await told(page, ".gateline .where")
        said["sign"] = await told(page, ".sign .where")
        said["one line"] = await told(page, ".compact .second")
        await page.get_by_role("button", name="Park me").click()
        said["hold"] = await told(page, ".mybay .where")
        await page.get_by_role("button", name="Give it back").click()
        await expect(page.locator(".gateline b").first).to_have_text("D04")
    async with phone(browser, script=False) as plain:
        await plain.goto(address)
        said["page without a script"] = await told(plain, "#way")
    async with phone(browser) as visitor:
        await visitor.goto(address)
        await follows(visitor)
        said["page"] = await told(visitor, "#way")
        await button(visitor, "Take me there").click()
        await expect(visitor.locator("body")).to_have_attribute("data-status", "held")
        said["page of the hold"] = await told(visitor, "#way")
        await button(visitor, "Give it back").click()
    (one,) = set(said.values())
    assert one[1] == "on the right", said
