"""A stranger's phone, and the owner's card, in other browsers than the Chromium of today."""

import asyncio
from collections.abc import AsyncGenerator
import json

import pytest
import pytest_socket
from yarl import URL

from custom_components.smart_parking.visitor.page import REFRESH_S
from tests.browser.conftest import clean, together
from tests.browser.engines import ENGINES, WIDTH_PX, Window
from tests.browser.home import PACE_M_S, ROOT, Home
from tests.browser.visitors import open_to_visitors
from tests.browser.wire import Wire, wired

# From the North gate to B01; and some way more.
DRIVE_S = 6.8 / PACE_M_S + 1.0
SOON_S = 2
# Scripts have this long to end the refresh, on a busy machine, too.
SCRIPTS_S = 8
GERMAN = json.loads((ROOT / "custom_components/smart_parking/texts/de.json").read_text())

# Home Assistant's own dashboard cards fail in it, without an error message.
OLD_WEBKIT = "Uncaught error from Safari 16.0"

NAMED = """
[...document.querySelectorAll("button, summary, nav a")].find(
  one => one.textContent.trim() === %s && one.getClientRects().length)
"""
SHOWS = """
document.getElementById("bay").textContent === %s &&
document.getElementById("say").textContent.includes(%s) &&
document.querySelector("#plan svg").textContent.includes(%s)
"""
# Only the script says so.
FOLLOWS = 'document.body && "follows" in document.body.dataset'
NOTICE = 'document.getElementById("notice").textContent'
IS_OFFLINE = 'document.getElementById("line").textContent.startsWith("No connection")'
IS_SLOW = f"document.querySelector('[http-equiv]').content.startsWith('{REFRESH_S};')"
FITS = "document.documentElement.scrollWidth <= innerWidth"

# Home Assistant's pages are elements in elements.
DEEP = """
(() => {
  const all = root => [...root.querySelectorAll("*")].flatMap(
    one => one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]);
  return all(document).%s;
})()
"""
BAYS = DEEP % "filter(one => one.matches('.bay')).length"
BAY = DEEP % "some(one => one.matches('.bay.%s[data-bay=%s]'))"
BUTTON = (
    DEEP
    % """find(
  one => one.localName === "button" && one.textContent.trim() === "%s")"""
)
KEEP = "Object.entries(%s).forEach(([key, value]) => localStorage.setItem(key, value))"


def refreshed_after(seconds: int) -> tuple[bytes, bytes]:
    """Return what a page says of when it is loaded again, and what it is to say."""
    return f'content="{REFRESH_S};'.encode(), f'content="{seconds};'.encode()


class Phone:
    """A visitor's phone."""

    def __init__(self, window: Window) -> None:
        """Prepare a window."""
        self.window = window

    async def tap(self, name: str) -> None:
        """Tap what has a name."""
        await self.window.tap(NAMED % json.dumps(name))

    async def shows(self, bay: str, say: str) -> None:
        """Wait until the page says something of a bay, on top and on the plan."""
        await self.window.wait_for(SHOWS % tuple(map(json.dumps, (bay, say, bay))))

    async def says(self, text: str) -> None:
        """Wait until something has happened."""
        await self.window.wait_for(f"{NOTICE} === {json.dumps(text)}")


@together(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant of their own: where all come and go, a bay would seem to flap."""
    async with clean(tmp_path_factory.mktemp("home")) as home:
        home.tolerated.append(OLD_WEBKIT)
        yield home


@together(scope="module", params=ENGINES)
async def window(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Window]:
    """The window of each engine that there is here."""
    engine = ENGINES[request.param]
    if engine.missing:
        pytest.skip(f"{engine.missing} is not installed, and scripts/setup could not do it")
    pytest_socket.enable_socket()  # What many share is there before the fixture of the one.
    async with engine.run(tmp_path_factory.mktemp(request.param)) as window:
        if engine.is_narrow:
            assert await window.evaluate("innerWidth") == WIDTH_PX
        yield window


@together(autouse=True)
async def empty(home: Home) -> AsyncGenerator[None]:
    """Whatever happens to the bays, all are free after it."""
    yield
    await home.clear()


@together
async def phone(window: Window) -> Phone:
    """A phone with the engine."""
    return Phone(window)


@together
async def wire(home: Home) -> AsyncGenerator[Wire]:
    """What leads to the page."""
    async with wired(home.url) as wire:
        yield wire


@together
async def address(home: Home, wire: Wire) -> str:
    """The address of the page, over the wire."""
    address = URL(await open_to_visitors(home))
    return str(wire.here.join(address.relative()))


async def test_visitor_is_led_parks_and_finds_the_car(
    phone: Phone, address: str, wire: Wire, home: Home
) -> None:
    window = phone.window
    wire.hurry = refreshed_after(SCRIPTS_S)
    await window.open(address)
    await window.wait_for(FOLLOWS)
    await phone.shows("A01", "The nearest free bay")
    assert await window.evaluate(FITS)
    assert await window.evaluate("globalThis.isOld = true")
    await phone.tap("Take me there")
    await phone.shows("A01", "Your bay, kept for you")
    await home.wait_for_status("A01", "held")

    await home.simulate(["A01"], traffic="park")
    await phone.shows("B01", "Your bay, kept for you")
    await phone.says("A01 was taken. Please go to B01.")

    wire.cut()
    await window.wait_for(IS_OFFLINE)
    await asyncio.sleep(DRIVE_S)
    await home.park("B01")
    wire.mend()
    await phone.shows("B01", "A vehicle has parked in your bay. Is it yours?")
    await phone.tap("Yes, I have parked")
    await phone.shows("B01", "Your car is here")
    # Had it been loaded anew by itself, this would be another page.
    await window.wait_for(f"performance.now() > {(SCRIPTS_S + 1) * 1000}")
    assert await window.evaluate("globalThis.isOld")

    await phone.tap("English")
    await phone.tap("Deutsch")
    await phone.shows("B01", GERMAN["page_parked"])
    await phone.tap("Deutsch")
    await phone.tap("English")
    await phone.shows("B01", "Your car is here")
    await window.wait_for(FOLLOWS)
    await window.open(f"{address}?lang=en")
    await phone.shows("B01", "Your car is here")
    await phone.tap("I have my car")
    await home.leave("A01", "B01")
    await phone.shows("A01", "The nearest free bay")


async def test_page_whose_scripts_do_not_run_is_up_to_date(
    phone: Phone, address: str, wire: Wire, home: Home
) -> None:
    wire.has_scripts = False
    await phone.window.open(address)
    wire.hurry = refreshed_after(SOON_S)
    await phone.tap("Take me there")
    await phone.shows("A01", "Your bay, kept for you")
    await home.close("A01")
    await phone.shows("B01", "Your bay, kept for you")
    # A page that lives so short might go just when it is tapped.
    wire.hurry = None
    await phone.window.wait_for(IS_SLOW)
    await phone.tap("I parked here")
    await phone.shows("B01", "Your car is here")
    await phone.tap("I have my car")
    await phone.shows("B01", "The nearest free bay")


async def test_card_follows_the_lot_and_keeps_a_bay(window: Window, home: Home) -> None:
    await window.open(f"{home.url}/robots.txt")
    await window.evaluate(KEEP % json.dumps(home.remembered))
    await window.open(home.url)
    await window.wait_for(f"{BAYS} === 24")
    await home.close("A01")
    await window.wait_for(BAY % ("x", "A01"))
    await window.tap(BUTTON % "Park me")
    await window.wait_for(BAY % ("h", "B01"))
    await home.wait_for_status("B01", "held")
    await window.tap(BUTTON % "Give it back")
    await window.wait_for(BAY % ("v", "B01"))
