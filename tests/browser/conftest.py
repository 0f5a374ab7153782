"""A real Home Assistant with its real pages, looked at with a real browser."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import functools
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect
import pytest
import pytest_asyncio
import pytest_socket

from tests.browser.home import ENVIRONMENT, Home, running
from tests.browser.lots import Bay, two_levels
from tests.browser.window import DESKTOP, TIMEOUT_MS, browsing, find_chromium, open_window

HERE = Path(__file__).parent

# Playwright gives up sooner, which a busy machine is slower than.
expect.set_options(timeout=2 * TIMEOUT_MS)

type OpenPage = Callable[..., AbstractAsyncContextManager[Page]]

# All share one Home Assistant, one browser and the event loop that they live in.
together = functools.partial(pytest_asyncio.fixture, loop_scope="session")


def missing() -> str | None:
    """Return why there can be no test in a browser."""
    if find_chromium() is None:
        return "Chromium is not installed and scripts/setup could not do it (apt, root or sudo)"
    if not (ENVIRONMENT / "bin" / "hass").exists():
        return "the demo environment is missing: scripts/setup demo"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run this folder's tests in one event loop, or say why not."""
    reason = missing()
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """Make a test speak with the network: Home Assistant's own test tools forbid it before each."""


@asynccontextmanager
async def clean(
    folder: Path, bays: list[Bay] | None = None, *, has_history: bool = False
) -> AsyncGenerator[Home]:
    """Run a Home Assistant; at its end, its log must be clean."""
    pytest_socket.enable_socket()  # What many share is there before the fixture of the one.
    async with running(folder, bays, has_history=has_history) as home:
        yield home
    assert home.episode() == []


@together(scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant for all."""
    async with clean(tmp_path_factory.mktemp("home")) as home:
        yield home


@together(scope="module")
async def tall_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant whose lot has two levels."""
    async with clean(tmp_path_factory.mktemp("home"), two_levels()) as home:
        yield home


@together
async def own_home(tmp_path: Path) -> AsyncGenerator[Home]:
    """A Home Assistant of a test's own, to be robbed of its lot."""
    async with clean(tmp_path) as home:
        yield home


@together(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """One browser for all."""
    async with browsing() as browser:
        yield browser


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of complaints that a test brings about on purpose."""
    return []


@pytest.fixture
def open_page(browser: Browser, tolerated: list[str]) -> OpenPage:
    """Open a window with the owner logged in; its console must stay clean."""

    @asynccontextmanager
    async def open_it(
        home: Home, path: str = "/", *, size: ViewportSize = DESKTOP, dark: bool = False
    ) -> AsyncGenerator[Page]:
        async with open_window(browser, home, size=size, dark=dark) as (page, complaints):
            await page.goto(path)
            yield page
            unexpected = [
                complaint
                for complaint in complaints
                if not any(part in complaint for part in tolerated)
            ]
            assert unexpected == []

    return open_it


@together
async def page(open_page: OpenPage, home: Home) -> AsyncGenerator[Page]:
    """A window as it opens on the home's address."""
    async with open_page(home) as page:
        yield page
