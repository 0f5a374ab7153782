"""Who only asks whether there is something is answered as by GET, and nothing is noted of it."""

from http import HTTPStatus
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.ledger import Counts
from tests.integration.lots import CAR_M, add, data_of
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, SECRET, Phone, set_options
from tests.integration.visitor.test_access import assert_nothing_is_there

# What a body says of itself, and what only a page sets.
OF_BODIES = {"Content-Length", "Content-Encoding", "Transfer-Encoding", "Date"}
ADDRESSES = (
    *("", "manifest.webmanifest", "plan.svg", "captive", "p/bakery", "p/bakery/picture", "push.js"),
    *("sw.js", "files/1/visitor/app.css", "feeds/parking-sites.json"),
)


@pytest.fixture(name="bakery", autouse=True)
async def bakery_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry, folder: Path) -> None:
    """Add a bakery's promotion with a picture and a page."""
    keep(str(folder), "www/cake.png", PNG)
    await add(
        hass,
        entry,
        promotion("Bakery", link="https://bakery.example/", picture_path="/local/cake.png"),
    )
    await set_options(
        hass, entry, feeds=["park_api"], feeds_location={"latitude": 52.5, "longitude": 13.4}
    )


@pytest.mark.parametrize("path", ADDRESSES)
async def test_it_is_answered_as_by_get_without_a_body(phones: Phones, path: str) -> None:
    phone = phones()
    head = await phone.session.head(f"{BASE}{path}", allow_redirects=False)
    get = await phone.get(path, allow_redirects=False)
    assert await head.read() == b""
    assert head.status == get.status
    assert head.status in (HTTPStatus.OK, HTTPStatus.FOUND)
    hidden = {*OF_BODIES, "Set-Cookie", "Content-Security-Policy"}
    for name in get.headers.keys() - hidden:
        assert head.headers.get(name) == get.headers[name], name
    assert ("Content-Security-Policy" in head.headers) is ("Content-Security-Policy" in get.headers)


async def test_nothing_counts_and_no_cookie_is_set(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    for path in ("?kind=ev", "p/bakery", "stream", *ADDRESSES):
        head = await phone.session.head(f"{BASE}{path}", allow_redirects=False)
        assert head.status < HTTPStatus.BAD_REQUEST
        assert not head.cookies
    assert entry.runtime_data.promotions.counts("bakery") == Counts()
    visitors = data_of(hass).visitor
    assert (len(visitors.sessions), len(visitors.streams.places)) == (0, 0)
    # They are as much a stranger afterwards as before.
    await phone.look()
    assert entry.runtime_data.promotions.counts("bakery") == Counts(impressions=1, visits=1)


async def test_a_stream_is_not_begun(phone: Phone) -> None:
    head = await phone.session.head(f"{BASE}stream")
    assert (head.status, head.content_type) == (HTTPStatus.OK, "text/event-stream")
    assert await head.read() == b""


async def test_what_a_visitor_has_not_been_told_is_told_afterwards(
    phone: Phone, hand: Hand
) -> None:
    assert (await phone.tap("guide")).text("bay") == "A01"
    hand.settle("North", A01=CAR_M)
    assert (await phone.session.head(BASE)).status == HTTPStatus.OK
    assert "A01" in (await phone.look()).text("notice")


async def test_the_short_address_leads_on(phone: Phone) -> None:
    head = await phone.session.head(f"/park/{SECRET[:8]}", allow_redirects=False)
    assert (head.status, head.headers["Location"]) == (HTTPStatus.SEE_OTHER, BASE)


async def test_where_there_is_nothing_there_is_nothing(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await assert_nothing_is_there(phone, "/api/smart_parking/v/guessed/", "HEAD")
    await set_options(hass, entry, visitors=False)
    for path in ADDRESSES:
        await assert_nothing_is_there(phone, f"{BASE}{path}", "HEAD")


async def test_what_can_only_be_sent_cannot_be_asked_for(phone: Phone) -> None:
    for path in ("act", "push"):
        head = await phone.session.head(f"{BASE}{path}")
        assert head.status == HTTPStatus.METHOD_NOT_ALLOWED
        assert head.headers["Allow"] == "POST"
