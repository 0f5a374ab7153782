"""A stranger's phone on the page for visitors."""

import asyncio
from collections.abc import AsyncGenerator
import json

from playwright.async_api import Browser, Page, Response, Route, ViewportSize, expect
import pytest

from custom_components.smart_parking.visitor.page import SIZES
from tests.browser.conftest import OpenPage, together
from tests.browser.home import PACE_M_S, ROOT, Home
from tests.browser.test_accessibility import AXE, INSPECT
from tests.browser.test_promotions import DELETE, TITLE, add_promotion
from tests.browser.visitors import button, follows, left, open_to_visitors, phone
from tests.browser.window import ready

TEXTS = ROOT / "custom_components" / "smart_parking" / "texts"
LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.json"))

# From the North gate to B01; and some way more.
DRIVE_S = 6.8 / PACE_M_S + 1.0

SIZE_LIMIT_BYTES = 40_000
NARROW = ViewportSize(width=320, height=568)
TOUCH_PX = 44

# All that is to be read, as a reader of the page's source sees it.
SOURCE = """
async () => {
  const answer = await fetch(location.href);
  // A style of another page may not come in here.
  const text = (await answer.text()).replace(/<style.*?<\\/style>/s, "");
  const page = new DOMParser().parseFromString(text, "text/html");
  return Object.fromEntries(["free", "say", "bay", "way", "where", "acts"].map(
    id => [id, page.getElementById(id).textContent.replace(/\\d:\\d\\d/, "").trim()]));
}
"""
SHOWN = """
() => Object.fromEntries(["free", "say", "bay", "way", "where", "acts"].map(
  id => [id, document.getElementById(id).textContent.replace(/\\d:\\d\\d/, "").trim()]))
"""


# Whether the biggest word, of a size, stands in one line, and in its box.
IS_WHOLE = """
([size, text]) => {
  const bay = document.getElementById("bay");
  bay.dataset.size = size;
  bay.textContent = text;
  const line = parseFloat(getComputedStyle(bay).lineHeight);
  return bay.scrollWidth <= bay.clientWidth && bay.clientHeight < 1.5 * line;
}
"""


@together
async def address(home: Home) -> AsyncGenerator[str]:
    """The address of the page; whatever happens to the bays, all are free after it."""
    yield await open_to_visitors(home)
    await home.clear()


@together
async def page(browser: Browser, address: str) -> AsyncGenerator[Page]:
    """A phone on the page, whose script has taken over."""
    async with phone(browser) as page:
        await page.goto(address)
        await follows(page)
        yield page


async def shows(page: Page, bay: str, say: str) -> None:
    """Wait until the page says something of a bay, on top and on the plan."""
    await expect(page.locator("#bay")).to_have_text(bay)
    await expect(page.locator("#say")).to_contain_text(say)
    await expect(page.locator("#plan .target .label")).to_have_text(bay)


async def test_visitor_is_led_loses_the_bay_parks_and_finds_the_car(page: Page, home: Home) -> None:
    await shows(page, "A01", "The nearest free bay")
    await expect(page.locator("#way")).to_have_text("5 m, on the left")
    await expect(page.locator("#where")).to_have_text("Row A")
    await button(page, "Take me there").click()
    await shows(page, "A01", "Your bay, kept for you")
    before = await left(page).text_content()
    assert before is not None
    assert before[0] in "34"
    await expect(left(page)).not_to_have_text(before)
    await home.wait_for_status("A01", "held")

    await home.simulate(["A01"], traffic="park")
    await shows(page, "B01", "Your bay, kept for you")
    message = page.get_by_role("status").filter(has_text="A01")
    await expect(message).to_have_text("A01 was taken. Please go to B01.")
    await home.wait_for_status("B01", "held")

    await asyncio.sleep(DRIVE_S)
    await home.park("B01")
    await expect(page.locator("#say")).to_have_text(
        "A vehicle has parked in your bay. Is it yours?"
    )
    await expect(message).to_have_count(0)
    await button(page, "Yes, I have parked").click()
    await shows(page, "B01", "Your car is here")

    await page.goto("about:blank")
    await page.go_back()
    await shows(page, "B01", "Your car is here")
    await expect(page.locator("#plan .way")).to_have_count(1)
    await button(page, "I have my car").click()
    await expect(button(page, "Take me there")).to_be_visible()
    await home.leave("A01", "B01")
    await shows(page, "A01", "The nearest free bay")


async def test_visitor_whose_bay_was_taken_late_says_so(page: Page, home: Home) -> None:
    await button(page, "Take me there").click()
    await shows(page, "A01", "Your bay, kept for you")
    await asyncio.sleep(DRIVE_S)
    await home.park("A01")
    await button(page, "No, it was taken").click()
    await shows(page, "B01", "Your bay, kept for you")
    await expect(page.locator("#notice")).to_have_text("Sorry. Please go to B01.")
    await button(page, "Another bay").click()
    await shows(page, "A02", "Your bay, kept for you")
    await expect(page.locator("#notice")).to_be_hidden()
    await button(page, "Give it back").click()
    await shows(page, "B01", "The nearest free bay")


async def test_keyboard_does_it_all(page: Page, home: Home) -> None:
    await button(page, "Take me there").focus()
    await page.keyboard.press("Enter")
    await expect(button(page, "I parked here")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(button(page, "Another bay")).to_be_focused()
    await page.keyboard.press("Enter")
    await shows(page, "B01", "Your bay, kept for you")
    await expect(button(page, "Another bay")).to_be_focused()
    await button(page, "Give it back").press("Enter")
    await expect(button(page, "Take me there")).to_be_focused()
    await home.wait_for_status("B01", "vacant")


@together
async def answers_may_come(page: Page) -> asyncio.Event:
    """Hold back what the server answers to taps, until this is set; the stream goes on."""
    may_come = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await may_come.wait()
        await route.fulfill(response=answer)

    await page.route("**/act", late)
    return may_come


async def test_tap_counts_while_the_last_one_is_not_answered_yet(
    page: Page, answers_may_come: asyncio.Event
) -> None:
    await button(page, "Take me there").click()
    await shows(page, "A01", "Your bay, kept for you")
    await button(page, "Another bay").dblclick()
    answers_may_come.set()
    await shows(page, "B01", "Your bay, kept for you")
    await button(page, "Give it back").click()
    await expect(button(page, "Take me there")).to_be_visible()


async def test_late_answer_takes_nothing_back(
    page: Page, home: Home, answers_may_come: asyncio.Event
) -> None:
    await button(page, "Take me there").click()
    await shows(page, "A01", "Your bay, kept for you")
    await home.simulate(["A01"], traffic="park")
    await shows(page, "B01", "Your bay, kept for you")
    answers_may_come.set()
    await expect(page.locator("body[aria-busy]")).to_have_count(0)
    await shows(page, "B01", "Your bay, kept for you")
    await expect(page.locator("#notice")).to_have_text("A01 was taken. Please go to B01.")


async def test_it_all_works_without_a_script(browser: Browser, address: str, home: Home) -> None:
    async with phone(browser, script=False) as page:
        await page.goto(address)
        await shows(page, "A01", "The nearest free bay")
        await button(page, "Take me there").click()
        await shows(page, "A01", "Your bay, kept for you")
        await home.wait_for_status("A01", "held")
        await button(page, "Another bay").click()
        await shows(page, "B01", "Your bay, kept for you")
        await page.get_by_text("I have parked somewhere else").click()
        await page.get_by_role("textbox", name="Which bay?").fill("b07")
        await page.locator("#car").get_by_role("button").click()
        await shows(page, "B07", "Your car is here")
        await home.wait_for_status("B01", "vacant")
        await page.get_by_text("What is remembered").click()
        await page.get_by_role("button", name="Forget me now").click()
        await shows(page, "A01", "The nearest free bay")


async def test_browser_that_is_too_old_has_the_plain_page(browser: Browser, address: str) -> None:
    async with phone(browser) as page:
        await page.add_init_script("delete SubmitEvent.prototype.submitter")
        await page.goto(address)
        await button(page, "Take me there").click()
        await shows(page, "A01", "Your bay, kept for you")
        await button(page, "Give it back").click()
        await shows(page, "A01", "The nearest free bay")
        # It has not been taken over, and goes on being loaded again.
        await expect(page.locator("body[data-follows]")).to_have_count(0)
        await expect(page.locator("meta[http-equiv=refresh]")).to_have_count(1)


async def test_label_stands_in_one_line_however_big_the_letters(
    browser: Browser, address: str
) -> None:
    async with phone(browser, size=NARROW) as page:
        await page.goto(address)
        await follows(page)
        assert await page.evaluate("getComputedStyle(document.body).fontSize") == "16px"
        for root_px in (16, 32):
            await page.evaluate(f"document.documentElement.style.fontSize = '{root_px}px'")
            assert await page.evaluate("getComputedStyle(document.body).fontSize") == f"{root_px}px"
            for size, letters in enumerate(SIZES):
                label = "M" + "0" * (letters - 1)
                is_whole = await page.evaluate(IS_WHOLE, [str(size), label])
                assert is_whole, f"{letters} letters, {root_px} px"


async def test_script_shows_what_the_server_wrote(page: Page) -> None:
    assert await page.evaluate(SHOWN) == await page.evaluate(SOURCE)
    await button(page, "Take me there").click()
    await expect(left(page)).to_be_visible()
    assert await page.evaluate(SHOWN) == await page.evaluate(SOURCE)
    await button(page, "I parked here").click()
    await shows(page, "A01", "Your car is here")
    assert await page.evaluate(SHOWN) == await page.evaluate(SOURCE)
    await button(page, "I have my car").click()
    await expect(button(page, "Take me there")).to_be_visible()


async def test_phone_remembers_what_its_owner_needs(page: Page, address: str) -> None:
    await page.get_by_role("link", name="charging").click()
    await shows(page, "B05", "The nearest free bay")
    await page.goto("about:blank")
    await page.goto(address)
    await shows(page, "B05", "The nearest free bay")
    await expect(page.locator("[aria-current]", has_text="charging")).to_be_visible()
    await page.get_by_text("Coming in by: North gate").click()
    await page.get_by_role("link", name="South gate").click()
    await shows(page, "B06", "The nearest free bay")
    await expect(page.locator("#plan .gate-on-name")).to_have_text("South gate")


async def test_page_says_that_it_is_offline_and_then_what_is_new(page: Page, home: Home) -> None:
    await page.context.set_offline(offline=True)
    line = page.get_by_role("status").filter(has_text="No connection")
    await expect(line).to_be_visible()
    await home.park("A01")
    await expect(page.locator("#bay")).to_have_text("A01")
    await button(page, "Take me there").click()
    await page.context.set_offline(offline=False)
    await shows(page, "B01", "The nearest free bay")
    await expect(line).to_be_hidden()
    await home.leave("A01")
    await shows(page, "A01", "The nearest free bay")


async def test_page_finds_its_way_back_when_the_lot_does(
    browser: Browser, address: str, home: Home
) -> None:
    async with phone(browser, may_miss=True) as page:
        await page.goto(address)
        await follows(page)
        await button(page, "Take me there").click()
        await shows(page, "A01", "Your bay, kept for you")
        await home.reload()
        await shows(page, "A01", "Your bay, kept for you")
        await home.park("A02")
        await expect(page.locator("#plan .occupied .label", has_text="A02")).to_be_visible()
        await button(page, "Give it back").click()
        await expect(button(page, "Take me there")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_page_speaks_the_phones_language(
    browser: Browser, address: str, language: str
) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    async with phone(browser, size=NARROW, locale=language) as page:
        await page.goto(address)
        await follows(page)
        await expect(page.locator("html")).to_have_attribute("lang", language)
        await button(page, texts["page_guide"]).click()
        await expect(page.locator("#say")).to_contain_text(texts["page_held"])
        for summary in await page.locator("details:visible > summary").all():
            await summary.click()
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        for one in await page.locator("button:visible, nav a:visible, summary:visible").all():
            box = await one.bounding_box()
            assert box is not None
            assert box["height"] >= TOUCH_PX, await one.text_content()
        await button(page, texts["page_release"]).click()
        await expect(button(page, texts["page_guide"])).to_be_visible()


async def test_page_is_small_and_asks_nobody_else(browser: Browser, address: str) -> None:
    seen: list[Response] = []

    def note(response: Response) -> None:
        seen.append(response)

    async with phone(browser) as page:
        page.on("response", note)
        await page.goto(address)
        await follows(page)
        await page.wait_for_load_state()
        assert all(one.url.startswith(address) for one in seen)
        bodies = [
            (await one.request.sizes())["responseBodySize"]
            for one in seen
            if not one.url.endswith("/stream")
        ]
    assert len(bodies) > 2
    assert 0 < sum(bodies) < SIZE_LIMIT_BYTES


async def test_page_can_be_kept_among_the_apps(page: Page, address: str) -> None:
    link = page.locator('link[rel="manifest"]')
    href = await link.get_attribute("href")
    manifest = await (await page.request.get(f"{address}{href}")).json()
    assert manifest["display"] == "standalone"
    assert {(one["sizes"], one["purpose"]) for one in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        answer = await page.request.get(f"{address}{icon['src']}")
        assert answer.headers["content-type"] == "image/png"
    # Chromium says what it misses; a window without a past can keep nothing.
    session = await page.context.new_cdp_session(page)
    missing = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [one["errorId"] for one in missing] == ["in-incognito"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_page_leaves_nobody_out(
    browser: Browser, address: str, home: Home, dark: bool
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    await home.park("B09")
    await home.close("B10")
    grave = ["minor", "moderate", "serious", "critical"]
    async with phone(browser, dark=dark) as page:

        async def inspect() -> None:
            # The page's policy lets no other script in, and rightly so.
            await page.evaluate(AXE.read_text())
            found = await page.locator("html").evaluate(INSPECT, grave)
            assert found["faults"] == []
            assert found["checked"] > 0

        await page.goto(address)
        await follows(page)
        for summary in await page.locator("details > summary").all():
            await summary.click()
        await inspect()
        await button(page, "Take me there").click()
        await expect(left(page)).to_be_visible()
        await home.park("A01")
        await expect(page.locator("#notice")).to_be_visible()
        await inspect()
        await button(page, "I parked here").click()
        await expect(page.locator("#say")).to_have_text("Your car is here")
        await inspect()
        await button(page, "I have my car").click()
        await expect(button(page, "Take me there")).to_be_visible()


@together
async def promotion(open_page: OpenPage, home: Home) -> AsyncGenerator[None]:
    """There is a promotion."""
    await add_promotion(home)
    yield
    async with open_page(home) as owner:
        await ready(owner)
        await owner.evaluate(DELETE, TITLE)


@pytest.mark.usefixtures("promotion")
async def test_promotion_says_that_it_is_one_and_stays_below(
    browser: Browser, address: str
) -> None:
    async with phone(browser) as page:
        await page.goto(address)
        await follows(page)
        aside = page.get_by_role("complementary")
        await expect(aside.locator(".mark")).to_have_text("Ad")
        await expect(aside.locator("strong")).to_have_text(TITLE)
        # What a shop writes is text.
        await expect(aside).to_contain_text("<b>")
        for deed in ("Take me there", "I parked here", "I have my car"):
            below = await aside.bounding_box()
            assert below is not None
            for part in ("#answer", "#plan", "#acts", "#choices"):
                box = await page.locator(part).bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= below["y"]
            await button(page, deed).click()
            await expect(button(page, deed)).to_have_count(0)
            await expect(aside.locator("strong")).to_have_text(TITLE)


async def test_page_that_has_moved_says_so_and_asks_no_more(
    browser: Browser, address: str, home: Home
) -> None:
    async with phone(browser) as page:
        await page.goto(address)
        await follows(page)
        assert await open_to_visitors(home, is_rotated=True) != address
        moved = page.get_by_role("status").filter(has_text="This page has moved")
        await expect(moved).to_be_visible()
        await expect(button(page, "Take me there")).to_be_disabled()
