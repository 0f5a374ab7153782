"""A promotion on the sign at the entrance."""

from collections.abc import AsyncGenerator
from functools import partial
import json
import re

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage, together
from tests.browser.home import Home, until
from tests.browser.window import ready, save_dashboard

TITLE = "Bakery Krume"
TEXT = "<b>Two minutes</b> from the car park, behind the town hall."
IMPRESSIONS = "sensor.bakery_krume_impressions"
SIGN = {"type": "custom:smart-parking-card", "view": "sign"}
SCREEN = {"width": 1920, "height": 1080}

DELETE = """
async title => {
  const { hass } = document.querySelector("home-assistant");
  const [entry] = await hass.callWS({ type: "config_entries/get", domain: "smart_parking" });
  const { entry_id } = entry;
  const all = await hass.callWS({ type: "config_entries/subentries/list", entry_id });
  const { subentry_id } = all.find(one => one.title === title);
  await hass.callWS({ type: "config_entries/subentries/delete", entry_id, subentry_id });
}
"""
SIZES = """
sign => Object.fromEntries(
  [".number", ".go", ".where"].map(part => [
    part,
    parseFloat(getComputedStyle(sign.querySelector(part)).fontSize) / sign.clientWidth,
  ]),
)
"""

ABOVE_THE_STRIP = """
sign => {
  const boxOf = part => sign.querySelector(part).getBoundingClientRect();
  const strip = boxOf(".promotion");
  return strip.height > 0
    && [".number", ".go", ".where"].every(part => boxOf(part).bottom <= strip.top);
}
"""


async def add_promotion(home: Home, text: str = TEXT) -> None:
    """Add a promotion as its form does."""
    flows = "config/config_entries/subentries/flow"
    begun = await home.request("POST", flows, {"handler": [home.entry_id, "promotion"]})
    answers = {"title": TITLE, "text": text, "times": {"when": "both"}, "share": {"weight": 1}}
    ended = await home.request("POST", f"{flows}/{json.loads(begun)['flow_id']}", answers)
    assert json.loads(ended)["type"] == "create_entry"


@together
async def sign(open_page: OpenPage, home: Home) -> AsyncGenerator[Page]:
    """A page with a sign, before there is any promotion."""
    async with open_page(home, size=SCREEN) as page:
        await ready(page)
        await save_dashboard(page, SIGN)
        await page.goto("/our-home")
        await expect(page.locator(".sign .go")).to_have_text(re.compile(r"^[AB]\d\d$"))
        yield page
        await page.evaluate(DELETE, TITLE)


async def test_sign_shows_a_promotion_below_the_way(sign: Page, home: Home) -> None:
    strip = sign.locator(".sign .promotion")
    await expect(strip).to_be_hidden()
    before = await sign.locator(".sign").evaluate(SIZES)
    await add_promotion(home)
    await expect(strip).to_be_visible()
    await expect(strip.locator(".mark")).to_have_text("Ad")
    await expect(strip.locator("strong")).to_have_text(TITLE)
    # What a shop writes is text.
    await expect(strip).to_contain_text(TEXT)

    async def is_as_large() -> bool:
        """Return whether everything is as large as before."""
        return bool(await sign.locator(".sign").evaluate(SIZES) == before)

    # The card draws its sign anew when the lot's configuration has changed.
    await until(is_as_large)
    # Letters extend below the baseline: none of them is cut off.
    assert await strip.evaluate("strip => strip.scrollHeight <= strip.clientHeight")
    await until(partial(sign.locator(".sign").evaluate, ABOVE_THE_STRIP))
    await sign.reload()
    await expect(strip).to_be_visible()
    # It is one screen, and still the same moment.
    await home.wait_for_state(IMPRESSIONS, "1")
