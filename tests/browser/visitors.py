"""A lot that is open to visitors, and their phones, which are not logged in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
import re

from playwright.async_api import Browser, Locator, Page, ViewportSize

from tests.browser.home import Home
from tests.browser.window import PHONE, TIMEOUT_MS

FLOW = "config/config_entries/options/flow"
# All phones of the tests come from one address, and often.
LIMITS = {
    "visitors_requests": 10_000,
    "visitors_requests_total": 100_000,
    "visitors_streams": 50,
    "visitors_streams_total": 100,
    "visitors_holds": 50,
}
SWITCHED_ON = {
    "visitors": True,
    "visitors_remote": False,
    "push": False,
    "visitors_hours": 24,
    "visitors_rotate": False,
    "limits": LIMITS,
}


async def open_to_visitors(home: Home, *, is_rotated: bool = False, may_push: bool = False) -> str:
    """Switch the visitors' page on as the owner does, and return its address."""
    begun = json.loads(await home.request("POST", FLOW, {"handler": home.entry_id}))
    flow = f"{FLOW}/{begun['flow_id']}"
    asked = json.loads(await home.request("POST", flow, {"next_step_id": "visitors"}))
    fields = {field["name"] for field in asked["data_schema"]}
    wanted = {name: value for name, value in SWITCHED_ON.items() if name in fields}
    wanted |= {"visitors_rotate": is_rotated, "push": may_push}
    told = json.loads(await home.request("POST", flow, wanted))
    address: str = told["description_placeholders"]["address"]
    ended = json.loads(await home.request("POST", flow, {}))
    assert ended["type"] == "create_entry"
    return address


@asynccontextmanager
async def phone(
    browser: Browser,
    *,
    size: ViewportSize = PHONE,
    dark: bool = False,
    scale: float = 1,
    locale: str = "en-US",
    script: bool = True,
    may_miss: bool = False,
) -> AsyncGenerator[Page]:
    """Hand out a phone; at the end its browser must have had nothing to complain of.

    It `may_miss` what it asks for while the lot is away.
    """
    context = await browser.new_context(
        viewport=size,
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
        locale=locale,
        timezone_id="Europe/Berlin",
        java_script_enabled=script,
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    # What a phone without a network says of it is no complaint.
    expected = ("ERR_INTERNET_DISCONNECTED", *(("status of 404",) if may_miss else ()))
    complaints = [one for one in complaints if not any(part in one for part in expected)]
    assert complaints == []
    await page.unroute_all(behavior="ignoreErrors")
    await context.close()


async def follows(page: Page) -> None:
    """Wait until the page's script has taken over."""
    await page.locator("body[data-follows]").wait_for()


def button(page: Page, name: str) -> Locator:
    """Return the button of the page that does something."""
    return page.locator("#acts").get_by_role("button", name=name, exact=True)


def left(page: Page) -> Locator:
    """Return the remaining time of the hold."""
    return page.locator("#left", has_text=re.compile(r"^\d+:\d\d$"))
