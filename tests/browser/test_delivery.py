"""What a browser fetches for the cards, and when."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import PurePosixPath

from playwright.async_api import Browser, Page, Response, Route, expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.home import Home
from tests.browser.window import TIMEOUT_MS, open_window, ready, save_dashboard

LOADER, CARD = "smart-parking.js", "card.js"
EVERY_PAGE_BYTES, CARD_BYTES = 3_000, 60_000

PLAN = {"type": "custom:smart-parking-card"}
HOURS = {"type": "custom:smart-parking-hours-card", "entity": "sensor.market_square_occupancy"}
TILE = {"type": "tile", "entity": "sensor.market_square_free_bays"}
GERMAN = "localStorage.setItem('selectedLanguage', '\"de\"')"


class Fetched(dict[str, Response]):
    """What a page has fetched of this integration, by the names of the files."""

    def note(self, response: Response) -> None:
        """Record an answer."""
        path = PurePosixPath(response.url.split("?")[0])
        if "smart_parking" in path.parts and path.suffix == ".js":
            assert path.name not in self, f"{path.name} is fetched twice"
            self[path.name] = response

    async def sent_bytes(self, name: str) -> int:
        """Return how much of a file went over the wire, which must be compressed."""
        assert self[name].headers["content-encoding"] in {"gzip", "br"}
        return (await self[name].request.sizes())["responseBodySize"]


type Visit = Callable[..., AbstractAsyncContextManager[tuple[Page, Fetched]]]


@pytest.fixture
def visit(browser: Browser, open_page: OpenPage, home: Home) -> Visit:
    """Open a dashboard in a browser that has nothing in its cache."""

    @asynccontextmanager
    async def open_it(
        *cards: dict[str, str], path: str = "/our-home", before: str = ""
    ) -> AsyncGenerator[tuple[Page, Fetched]]:
        async with open_page(home, "/config") as page:
            await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
            await save_dashboard(page, *cards)
        async with open_window(browser, home) as (page, complaints):
            await page.add_init_script(before)
            files = Fetched()
            page.on("response", files.note)
            await page.goto(path)
            yield page, files
            assert complaints == []

    return open_it


async def test_page_without_a_card_loads_one_small_file(visit: Visit) -> None:
    async with visit(TILE) as (page, files):
        await expect(page.locator("hui-tile-card")).to_contain_text("Free bays", timeout=TIMEOUT_MS)
        await page.wait_for_load_state("networkidle")
        assert [*files] == [LOADER]
        assert await files.sent_bytes(LOADER) <= EVERY_PAGE_BYTES


@pytest.mark.parametrize("view", ["plan", "compact", "sign"])
async def test_page_with_cards_loads_one_more(visit: Visit, view: str) -> None:
    async with visit(PLAN | {"view": view}, PLAN) as (page, files):
        await ready(page)
        await page.wait_for_load_state("networkidle")
        assert [*files] == [LOADER, CARD]
        assert await files.sent_bytes(CARD) <= CARD_BYTES


async def test_another_language_costs_no_file(visit: Visit) -> None:
    async with visit(PLAN, before=GERMAN) as (page, files):
        await expect(page.get_by_role("button", name="Stellplatz für mich")).to_be_visible(
            timeout=TIMEOUT_MS
        )
        assert [*files] == [LOADER, CARD]


@pytest.mark.parametrize(
    ("card", "file", "shows"),
    [
        (PLAN | {"view": "owner"}, "owner-view.js", "Choose a bay on the plan"),
        (HOURS, "hours.js", "Busiest hours"),
    ],
)
async def test_what_few_use_is_loaded_when_it_is_used(
    visit: Visit, card: dict[str, str], file: str, shows: str
) -> None:
    async with visit(card) as (page, files):
        await expect(page.get_by_text(shows)).to_be_visible(timeout=TIMEOUT_MS)
        assert {*files} == {LOADER, CARD, file}


async def test_dashboard_of_all_lots_loads_its_builder(visit: Visit) -> None:
    async with visit(path="/smart-parking/overview") as (page, files):
        await ready(page)
        assert {*files} == {LOADER, CARD, "strategy.js"}


@pytest.mark.parametrize("tolerated", [["404", "Failed to fetch"]])
async def test_file_that_is_gone_is_no_red_box(page: Page) -> None:
    """After an update, an old page has the address of files that are no more."""
    await page.route(f"**/smart_parking/*/{CARD}", lambda route: route.fulfill(status=404))
    await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
    await save_dashboard(page, PLAN)
    await page.goto("/our-home")
    await expect(page.locator("smart-parking-card")).to_have_text(
        "The integration has been updated. Load this page anew.", timeout=TIMEOUT_MS
    )
    await page.goto("/smart-parking/overview")
    await expect(page.locator("hui-markdown-card")).to_contain_text(
        "Load this page anew.", timeout=TIMEOUT_MS
    )


@pytest.mark.parametrize("tolerated", [["SyntaxError", "Unexpected"]])
async def test_browser_that_does_not_understand_it_says_so(page: Page) -> None:
    await page.route(
        f"**/smart_parking/*/{CARD}",
        lambda route: route.fulfill(content_type="text/javascript", body="let x = = 1;"),
    )
    await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
    await save_dashboard(page, PLAN)
    await page.goto("/our-home")
    await expect(page.locator("smart-parking-card")).to_contain_text(
        "This browser is too old", timeout=TIMEOUT_MS
    )


async def test_slow_file_loses_nothing(page: Page, home: Home) -> None:
    """What happens to the element meanwhile counts: its settings, its place on the page."""
    held = asyncio.Queue[Route]()
    await page.route(f"**/smart_parking/*/{CARD}", held.put)
    await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
    await save_dashboard(page, PLAN | {"title": "Behind the town hall"})
    await page.goto("/our-home")
    route = await held.get()
    await page.locator("smart-parking-card").evaluate(
        "card => { const { parentNode: at } = card; card.remove(); at.append(card); }"
    )
    await route.continue_()
    await expect(page.get_by_role("heading", name="Behind the town hall")).to_be_visible(
        timeout=TIMEOUT_MS
    )
    await ready(page)
    await home.park("A02")
    await expect(page.locator('.bay[data-bay="A02"]')).to_contain_class("o")
    await home.leave("A02")
