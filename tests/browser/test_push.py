"""A stranger's phone that wants to be told what happens while the page is closed.

A push service is beyond reach of a test: what the browser gets from it, its subscription, is put
in its place, and a message is handed to the browser as the push service would. All else is real.
"""

import asyncio
from collections.abc import AsyncGenerator
import json

from playwright.async_api import Browser, CDPSession, Page, expect
import pytest

from tests.browser.conftest import together
from tests.browser.home import Home
from tests.browser.test_accessibility import AXE, GRAVE, INSPECT
from tests.browser.visitors import button, follows, open_to_visitors, phone
from tests.integration.visitor.push.browsers import Browser as Receiver

TELL_ME = "Tell me when something changes"
NO_MORE = "Stop telling me"
TOLD = "You will be told when something changes."

# What a push service gives to a browser.
SUBSCRIBE = """
(() => {
  const { endpoint, ...keys } = %s;
  let subscription = null;
  PushManager.prototype.subscribe = async options => {
    globalThis.subscribedWith = options;
    subscription = {
      toJSON: () => ({ endpoint, keys }),
      unsubscribe: async () => ((subscription = null), true),
    };
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => subscription;
})();
"""
NO_SERVICE = """
PushManager.prototype.subscribe = async () => {
  throw new DOMException("Registration failed - push service not available", "AbortError");
};
"""
SHOWN = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const all = await registration.getNotifications();
  return all.map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }));
}
"""
REGISTERED = "async () => (await navigator.serviceWorker.getRegistration())?.scope ?? null"


@together
async def address(home: Home) -> AsyncGenerator[str]:
    """The address of a page that offers it."""
    yield await open_to_visitors(home, may_push=True)
    await home.clear()
    await open_to_visitors(home)


@together
async def page(browser: Browser, address: str) -> AsyncGenerator[Page]:
    """A phone on the page, with a bay."""
    async with phone(browser) as page:
        receiver = {**Receiver().form}
        del receiver["do"]
        await page.add_init_script(SUBSCRIBE % json.dumps(receiver))
        await page.goto(address)
        await follows(page)
        await expect(page.locator("#push")).to_be_hidden()
        await button(page, "Take me there").click()
        yield page
        await button(page, "Give it back").click()
        await expect(button(page, "Take me there")).to_be_visible()


async def deliver(page: Page, letter: dict[str, str]) -> None:
    """Hand a message to the browser, as the push service does."""
    session: CDPSession = await page.context.new_cdp_session(page)
    known = asyncio.get_running_loop().create_future()

    def on_registrations(event: dict[str, list[dict[str, str]]]) -> None:
        for one in event["registrations"]:
            if not known.done():
                known.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", on_registrations)
    await session.send("ServiceWorker.enable")
    to = {"origin": await page.evaluate("origin"), "registrationId": await known}
    await session.send("ServiceWorker.deliverPushMessage", {**to, "data": json.dumps(letter)})
    await session.detach()


async def test_visitor_is_told_while_the_page_is_closed(page: Page, address: str) -> None:
    await page.context.grant_permissions(["notifications"])
    assert await page.evaluate(REGISTERED) is None
    await page.get_by_role("button", name=TELL_ME).click()
    await expect(page.locator("#push-said")).to_have_text(TOLD)
    # The worker is for this page only, and not for Home Assistant's own.
    assert await page.evaluate(REGISTERED) == address
    key = await page.locator("#push").get_attribute("data-key")
    assert await page.evaluate("subscribedWith") == {
        "userVisibleOnly": True,
        "applicationServerKey": key,
    }

    letter = {"title": "Garage", "body": "A01 was taken.", "tag": "bay-", "lang": "en"}
    await deliver(page, {**letter, "to": "", "icon": ""})
    await page.wait_for_function(f"({SHOWN})().then(all => all.length)")
    assert await page.evaluate(SHOWN) == [{**letter, "data": {"to": ""}}]

    # A newer one about the same takes its place.
    await deliver(page, {**letter, "body": "A02 was taken.", "to": "", "icon": ""})
    await page.wait_for_function(f"({SHOWN})().then(all => all[0].body === 'A02 was taken.')")
    assert len(await page.evaluate(SHOWN)) == 1


async def test_visitor_who_comes_back_is_still_told_until_it_is_enough(page: Page) -> None:
    await page.context.grant_permissions(["notifications"])
    await page.get_by_role("button", name=TELL_ME).click()
    await expect(page.locator("#push-said")).to_have_text(TOLD)

    await page.reload()
    await follows(page)
    await expect(page.locator("#push-said")).to_have_text(TOLD)
    await page.get_by_role("button", name=NO_MORE).click()

    await expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()


async def test_browser_that_does_not_allow_it_says_so(page: Page) -> None:
    await page.get_by_role("button", name=TELL_ME).click()

    await expect(page.locator("#push-said")).to_have_text(
        "Your browser does not allow messages from this page."
    )
    assert await page.evaluate(REGISTERED) is None


async def test_browser_without_a_push_service_says_so(browser: Browser, address: str) -> None:
    async with phone(browser) as page:
        await page.context.grant_permissions(["notifications"])
        await page.add_init_script(NO_SERVICE)
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await page.get_by_role("button", name=TELL_ME).click()
        await expect(page.locator("#push-said")).to_have_text("That is not possible at the moment.")
        await button(page, "Give it back").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_offer_leaves_nobody_out(browser: Browser, address: str, dark: bool) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    async with phone(browser, dark=dark) as page:
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await page.get_by_role("button", name=TELL_ME).wait_for()
        await page.evaluate(AXE.read_text())
        found = await page.locator("#push").evaluate(INSPECT, GRAVE)
        assert found["faults"] == []
        assert found["checked"] > 0
        await button(page, "Give it back").click()
