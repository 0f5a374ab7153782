"""A real Home Assistant with its real pages, looked at with a real browser."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import functools
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize
import pytest
import pytest_asyncio
import pytest_socket

from tests.browser.home import ENVIRONMENT, Home, running
from tests.browser.window import DESKTOP, browsing, find_chromium, open_window

HERE = Path(__file__).parent

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


@pytest.fixture(scope="session")
def network() -> None:
    """Let what all share speak with each other: Home Assistant's own test tools forbid sockets."""
    pytest_socket.enable_socket()


@pytest.fixture(autouse=True)
def network_of_a_test(network: None, socket_enabled: None) -> None:
    """Let each test do so, too: it is forbidden anew before each."""


@together(scope="session")
async def home(network: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant for all; at its end, its log must be clean."""
    async with running(tmp_path_factory.mktemp("home")) as home:
        yield home
    assert home.trouble() == []


@together
async def own_home(tmp_path: Path) -> AsyncGenerator[Home]:
    """A Home Assistant of a test's own, to be robbed of its lot."""
    async with running(tmp_path) as home:
        yield home
    assert home.trouble() == []


@together(scope="session")
async def browser(network: None) -> AsyncGenerator[Browser]:
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
