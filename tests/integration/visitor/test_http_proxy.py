"""A real nginx before the page, set up as the documentation says, and what a proxy may keep."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import time

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import stream
from custom_components.smart_parking.visitor.static_files import read_files
from tests.integration.clock import until
from tests.integration.lots import CAR_M, EMPTY_M, add, data_of, gate, lot, node, row, set_up
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.nginx import running
from tests.integration.visitor.phones import BASE, ON, SECRET, TIMEOUT_S, Phone, set_options

FILES = read_files()
FILE = f"{FILES.address}/visitor/app.js"
FEED = "feeds/apds-places.json"
ULM = {"latitude": 48.4, "longitude": 10.0}
# From its own memory, at least for now.
KEPT = {"HIT", "STALE", "UPDATING", "REVALIDATED"}

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="not installed: nginx")


@pytest.fixture(name="home")
async def home_fixture(
    hass: HomeAssistant, hand: Hand, hass_client_no_auth: ClientSessionGenerator
) -> URL:
    """Serve a lot behind a proxy that is trusted."""
    trusted = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": trusted})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, feeds=["apds"], feeds_location=ULM)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    await hass.async_block_till_done()
    return (await hass_client_no_auth()).make_url("/")


@pytest.fixture(name="nginx")
def nginx_fixture(home: URL, tmp_path: Path) -> Iterator[URL]:
    """Run nginx before it, and give its address."""
    assert home.host is not None
    assert home.port is not None
    with running(tmp_path, home.host, home.port) as (port, _):
        yield URL(f"http://127.0.0.1:{port}/")


@pytest.fixture(name="outside")
async def outside_fixture(nginx: URL) -> AsyncGenerator[Phones]:
    """Give phones that come by nginx."""
    async with AsyncExitStack() as stack:

        def make(address: str = "127.0.0.1", **headers: str) -> Phone:
            phone = Phone(nginx, address, **headers)
            stack.push_async_exit(phone)
            return phone

        yield make


@pytest.fixture(name="looks")
def looks_fixture(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the times at which Home Assistant itself was asked for the lot."""
    looks: list[float] = []
    look = stream.Streams.async_look

    def note(streams: stream.Streams) -> object:
        looks.append(time.monotonic())
        return look(streams)

    monkeypatch.setattr(stream.Streams, "async_look", note)
    return looks


@needs_nginx
async def test_however_many_look_home_assistant_is_asked_once_a_second(
    outside: Phones, looks: list[float]
) -> None:
    phones = [outside(f"127.0.0.{number}") for number in range(1, 101)]
    began = time.monotonic()
    for _ in range(5):
        answers = await asyncio.gather(*(phone.get("lot") for phone in phones))
        assert {answer.status for answer in answers} == {200}
    lasted_s = time.monotonic() - began
    # The kept one is a second old at most when another is fetched.
    assert 1 <= len(looks) <= lasted_s + 2
    assert {answer.headers["X-Cache"] for answer in answers} & KEPT
    assert not any("Set-Cookie" in answer.headers for answer in answers)


@needs_nginx
async def test_what_changes_is_seen_through_the_proxy(outside: Phones, hand: Hand) -> None:
    phone = outside()
    assert (await (await phone.get("lot")).json())["states"] == "vv"
    hand.settle("North", A01=CAR_M)
    states = ""
    async with asyncio.timeout(TIMEOUT_S):
        while states != "ov":
            states = (await (await phone.get("lot")).json())["states"]


@needs_nginx
async def test_who_has_seen_it_is_sent_nothing_anew(outside: Phones) -> None:
    phone = outside()
    tag = (await phone.get("lot")).headers["ETag"]
    again = await phone.get("lot", headers={"If-None-Match": tag})
    assert (again.status, await again.read()) == (304, b"")


@needs_nginx
async def test_the_pages_files_are_kept(outside: Phones) -> None:
    first, other = outside("127.0.0.2"), outside("127.0.0.3")
    assert (await first.get(FILE)).headers["X-Cache"] == "MISS"
    again = await other.get(FILE)
    assert again.headers["X-Cache"] == "HIT"
    assert await again.read() == FILES.by_name["visitor/app.js"].body


@needs_nginx
async def test_what_is_asked_beside_it_does_not_make_it_another(outside: Phones) -> None:
    """Whoever asks for ever new addresses would get past what is kept."""
    phone = outside()
    await phone.get(f"{FILE}?one")
    assert (await phone.get(f"{FILE}?another")).headers["X-Cache"] == "HIT"


@needs_nginx
async def test_everybody_has_a_page_of_their_own(outside: Phones) -> None:
    one, other = outside("127.0.0.2"), outside("127.0.0.3")
    forms = [(await phone.look()).hidden["form"] for phone in (one, other)]
    assert forms[0] != forms[1]
    assert (await one.tap("guide")).status == "held"
    assert (await other.look()).status == "none"


@needs_nginx
async def test_the_stream_passes_as_it_comes(outside: Phones, hand: Hand) -> None:
    async with outside().listen() as ears:
        await ears.hear_of("mine")
        hand.settle("North", A01=CAR_M)
        assert (await ears.hear_of("delta"))["b"] == [[0, "o"]]


@needs_nginx
async def test_a_phone_is_known_by_its_own_address(
    hass: HomeAssistant, home: URL, outside: Phones
) -> None:
    """And by no address that it makes up."""
    entry = data_of(hass).coordinator.entry
    await set_options(hass, entry, visitors_streams=1)
    one, other = outside("127.0.0.2"), outside("127.0.0.3")
    liar = outside("127.0.0.2", **{"X-Forwarded-For": "127.0.0.9"})
    async with one.listen(), other.listen():
        assert (await liar.get("stream")).status == 429


@needs_nginx
async def test_nothing_else_of_the_house_is_to_be_seen(nginx: URL, outside: Phones) -> None:
    phone = outside()
    for path in ("/", "/api/", "/auth/providers", "/api/smart_parking/promotion/x/y/picture"):
        assert (await phone.session.get(path)).status == 404
    short = await phone.session.get(f"/park/{SECRET[:8]}", allow_redirects=False)
    assert short.headers["Location"] == BASE


# What a proxy may keep, also another one than nginx.


async def test_only_what_is_the_same_for_all_may_be_kept(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    folder: Path,
    phones: Phones,
    hand: Hand,
) -> None:
    keep(str(folder), "www/cake.png", PNG)
    link, picture_path = "https://bakery.example/", "/local/cake.png"
    await add(hass, entry, promotion("Bakery", link=link, picture_path=picture_path))
    await set_options(hass, entry, feeds=["apds"], feeds_location=ULM)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M, A04=EMPTY_M)
    phone = phones()
    shown = (await phone.look()).get("promotion")["data-id"]
    kept = {
        path: (await phone.get(path, allow_redirects=False)).headers for path in ("lot", FILE, FEED)
    }
    own = [
        (await phone.get(path, allow_redirects=False)).headers
        for path in ("", "?kind=ev", "plan.svg", "manifest.webmanifest", "captive", f"p/{shown}")
    ]
    async with phone.session.get(f"{BASE}stream") as opened:
        own.append(opened.headers)
    own += [(await phone.post("guide")).headers, (await phone.get("nothing")).headers]

    for path, headers in kept.items():
        assert headers["Cache-Control"].startswith("public"), path
        assert "Set-Cookie" not in headers, path
        assert "Cookie" not in headers.get("Vary", ""), path
    assert "max-age=1," in kept["lot"]["Cache-Control"]
    for headers in own:
        assert "public" not in headers.get("Cache-Control", "no-store")
    picture = await phone.get(f"p/{shown}/picture")
    assert "private" in picture.headers["Cache-Control"]


async def test_who_looks_sees_what_who_follows_is_told(phone: Phone, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M)
    seen = await (await phone.get("lot")).json()
    async with phone.listen() as ears:
        told = await ears.hear_of("picture")
    assert {**seen, "now": 0} == {**told, "now": 0}


async def test_whoever_has_it_is_told_so_until_something_changes(
    hass: HomeAssistant, phone: Phone, hand: Hand
) -> None:
    tag = (await phone.get("lot")).headers["ETag"]
    assert (await phone.get("lot", headers={"If-None-Match": tag})).status == 304
    hand.settle("North", A01=CAR_M)
    async with asyncio.timeout(TIMEOUT_S):
        while (await phone.get("lot", headers={"If-None-Match": tag})).status == 304:
            await hass.async_block_till_done()


async def test_after_a_while_the_lot_is_followed_for_nobody(
    hass: HomeAssistant, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHECK_INTERVAL_S", 0.1)
    assert (await phone.get("lot")).status == 200
    assert (await phone.session.head(f"{BASE}lot")).status == 200
    await until(hass, lambda: data_of(hass).visitor.streams.picture is None)


async def test_a_lot_that_rests_is_looked_at_by_nobody(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    assert (await phone.get("lot")).status == 200
    streams = data_of(hass).visitor.streams
    await hass.config_entries.async_unload(entry.entry_id)
    assert streams.picture is None
    assert (await phone.get("lot")).status == 404


async def test_when_all_pages_are_open_some_more_may_be_of_those_who_are_promised_something(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_streams_total=9)
    async with AsyncExitStack() as stack:
        for number in range(2, 5):
            for _ in range(3):
                await stack.enter_async_context(phones(f"127.0.0.{number}").listen())
        late = phones("127.0.0.9")
        assert (await late.get("stream")).status == 429
        await late.tap("guide")
        ears = await stack.enter_async_context(late.listen())
        assert (await ears.hear_of("mine"))["status"] == "held"
        assert (await late.get("stream")).status == 429
