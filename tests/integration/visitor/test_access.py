"""Who comes in, and what those see who do not: nothing, as if there were nothing."""

import asyncio
from http.cookies import SimpleCookie
import json
import logging
import re

from aiohttp import ClientResponse, ServerDisconnectedError, web
from aiohttp.test_utils import make_mocked_request
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.const import EVENT
from custom_components.smart_parking.coordinator import LotCoordinator
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import access as the_door, page_data
from custom_components.smart_parking.visitor.http import VIEWS
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, ON, SECRET, Phone, set_options

UNKNOWN = "/api/smart_parking/nothing"
PARTS = {"short": SECRET[:8], "secret": SECRET, "version": "1", "promotion_id": "bakery"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")


def addresses() -> list[str]:
    """Return an address for every view."""
    found = []
    for view in VIEWS:
        for url in (view.url, *view.extra_urls):
            assert url is not None
            found.append(re.sub(r"\{(\w+)[^}]*\}", lambda one: PARTS.get(one[1], "app.css"), url))
    return found


async def seen(response: ClientResponse) -> tuple[object, ...]:
    """Return all that one can see of an answer, but the time."""
    headers = [(name, value) for name, value in response.headers.items() if name != "Date"]
    return response.status, response.reason, headers, await response.read()


async def assert_nothing_is_there(phone: Phone, path: str, method: str = "GET") -> None:
    """Fail unless an address answers just as one that there is not."""
    answer = await phone.session.request(method, path, allow_redirects=False)
    unknown = await phone.session.request(method, UNKNOWN, allow_redirects=False)
    assert await seen(answer) == await seen(unknown)
    assert answer.status == 404 or method == "OPTIONS"


@pytest.mark.parametrize("method", METHODS)
async def test_with_the_page_off_there_is_nothing(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, method: str
) -> None:
    await set_options(hass, entry, visitors=False)

    for path in addresses():
        await assert_nothing_is_there(phone, path, method)


@pytest.mark.parametrize("method", METHODS)
async def test_at_a_wrong_address_there_is_nothing(phone: Phone, method: str) -> None:
    for path in addresses():
        wrong = path.replace(SECRET, f"{SECRET[:-1]}3").replace(SECRET[:8], f"{SECRET[:7]}3")
        await assert_nothing_is_there(phone, wrong, method)


@pytest.mark.parametrize("secret", ["%FF%FE", "%00", "é", SECRET + "2", SECRET[:-1], "{secret}"])
async def test_nor_at_one_that_makes_no_sense(phone: Phone, secret: str) -> None:
    await assert_nothing_is_there(phone, f"/api/smart_parking/v/{secret}/")
    await assert_nothing_is_there(phone, f"/park/{secret}")


async def test_a_new_address_ends_the_old_one(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.look()
    await set_options(hass, entry, visitors_secret="new" * 9)

    for path in addresses():
        await assert_nothing_is_there(phone, path)
    assert (await phone.session.get(f"/api/smart_parking/v/{'new' * 9}/")).status == 200


async def test_a_lot_that_rests_has_no_page(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await assert_nothing_is_there(phone, BASE)

    await hass.config_entries.async_setup(entry.entry_id)
    await phone.look()


async def test_on_without_an_address_is_off(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, visitors_secret="")

    await assert_nothing_is_there(phone, BASE)
    await assert_nothing_is_there(phone, "/api/smart_parking/v//")


async def test_through_the_cloud_there_is_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_options(hass, entry, visitors_remote=True)
    monkeypatch.setattr(the_door, "is_cloud_connection", lambda _: True)

    await assert_nothing_is_there(phone, BASE)


@pytest.fixture(name="proxy")
async def proxy_fixture(
    hass: HomeAssistant, hand: Hand, hass_client_no_auth: ClientSessionGenerator
) -> tuple[SmartParkingConfigEntry, URL]:
    """Serve behind a proxy, which says who asks."""
    http = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": http})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON)
    return entry, (await hass_client_no_auth()).make_url("/")


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("192.168.1.7", True),
        ("10.1.2.3", True),
        ("fd00::7", True),
        ("fe80::1", True),
        ("203.0.113.9", False),
        ("2001:db8::1", False),
        ("::ffff:203.0.113.9", False),
    ],
)
async def test_the_page_is_for_local_networks_unless_the_owner_says_otherwise(
    hass: HomeAssistant,
    proxy: tuple[SmartParkingConfigEntry, URL],
    address: str,
    is_local: bool,
) -> None:
    entry, root = proxy
    async with Phone(root, **{"X-Forwarded-For": address}) as phone:
        assert (await phone.get()).status == (200 if is_local else 404)
        if not is_local:
            await assert_nothing_is_there(phone, BASE)
        await set_options(hass, entry, visitors_remote=True)
        assert (await phone.get()).status == 200


async def test_on_https_cookies_are_for_https_only(
    proxy: tuple[SmartParkingConfigEntry, URL],
) -> None:
    headers = {"X-Forwarded-For": "192.168.1.7", "X-Forwarded-Proto": "https"}
    async with Phone(proxy[1], **headers) as phone:
        cookie = SimpleCookie((await phone.get()).headers["Set-Cookie"])["smart_parking"]

    assert cookie["secure"]


async def test_what_a_phone_is_given_to_remember(phone: Phone) -> None:
    first, second = SimpleCookie(), SimpleCookie()
    first.load((await phone.get()).headers["Set-Cookie"])
    (token,) = first.values()

    assert token["httponly"]
    assert token["samesite"] == "Lax"
    assert token["path"] == BASE.rstrip("/")
    # A day, and as long as it may take until it is written again.
    assert token["max-age"] == str(25 * 3600)
    assert len(token.value) >= 40
    # It is not written again at once.
    second.load((await phone.get()).headers.get("Set-Cookie", ""))
    assert not second


async def test_who_comes_back_is_known_for_as_long_again(
    freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    freezer.tick(20 * 3600.0)
    await phone.tap("parked", bay="A02")
    freezer.tick(20 * 3600.0)

    assert (await phone.look()).status == "parked"


@pytest.mark.parametrize("hours", [1, 24])
async def test_whoever_looks_again_in_time_is_never_forgotten(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
    hours: int,
) -> None:
    await set_options(hass, entry, visitors_hours=hours)
    await phone.tap("parked", bay="A02")
    for _ in range(5):
        await pass_time(hass, freezer, 0.95 * hours * 3600.0)
        assert (await phone.look()).status == "parked"


async def test_an_owner_closes_the_page_at_once_whatever_else_has_to_be_done(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_go_on = asyncio.Event()

    async def slowly(_coordinator: LotCoordinator) -> None:
        await may_go_on.wait()

    monkeypatch.setattr(LotCoordinator, "async_reconcile", slowly)
    hass.config_entries.async_update_entry(entry, options={**entry.options, "visitors": False})

    assert (await phone.get()).status == 404
    may_go_on.set()


async def test_who_waits_for_the_page_when_it_moves_does_not_learn_where_to(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_drawing, may_go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_visit: the_door.VisitorRequest) -> None:
        is_drawing.set()
        await may_go_on.wait()

    monkeypatch.setattr(page_data, "async_drawing", slowly)
    looking = asyncio.create_task(phone.get())
    await is_drawing.wait()
    await set_options(hass, entry, visitors_secret="new" * 9)
    may_go_on.set()

    response = await looking
    assert response.status == 404
    assert "Set-Cookie" not in response.headers


async def test_who_leaves_before_the_answer_is_not_missed(
    entry: SmartParkingConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def leave(visit: the_door.VisitorRequest, _response: web.StreamResponse) -> None:
        assert visit.request.transport is not None
        visit.request.transport.close()

    monkeypatch.setattr(the_door.VisitorRequest, "write_cookies", leave)
    with pytest.raises(ServerDisconnectedError):
        await phone.get()

    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("changed", [{"visitors": False}, {"visitors_secret": "new" * 9}])
async def test_whoever_is_shown_out_keeps_no_bay_and_no_place(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
    phones: Phones,
    changed: dict[str, object],
) -> None:
    guidance = entry.runtime_data.guidance
    guidance.async_guide("main", driver="person.anna")
    hand.settle("North", A02=CAR_M)
    held, waiting = phones("127.0.0.2"), phones("127.0.0.3")
    assert (await held.tap("guide")).text("bay") == "A03"
    assert (await waiting.tap("guide")).status == "waiting"
    guided = async_capture_events(hass, EVENT)

    await set_options(hass, entry, **changed)

    assert [one.driver for one in guidance.all()] == ["person.anna"]
    assert "guided" not in {event.data["type"] for event in guided}


async def test_more_than_a_phone_may_ask_for_is_refused_until_later(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phones: Phones,
) -> None:
    await set_options(hass, entry, visitors_requests=60)
    one, other = phones("127.0.0.2"), phones("127.0.0.3")
    statuses = [(await one.get()).status for _ in range(16)]
    assert statuses == [200] * 15 + [429]
    refused = await one.get()
    assert refused.headers["Retry-After"] == "4"
    assert refused.headers["Cache-Control"] == "no-store"
    assert (await other.get()).status == 200
    freezer.tick(4.0)
    assert (await one.get()).status == 200
    assert (await one.get()).status == 429


async def test_all_phones_together_are_limited(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_requests_total=100)
    statuses = [(await phones(f"127.0.1.{one + 1}").get()).status for one in range(26)]

    assert statuses == [200] * 25 + [429]


async def test_who_asks_for_much_leaves_half_to_those_who_ask_for_little(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phones: Phones,
) -> None:
    """A page counts as four: each phone may have 15, five of them as one that asks for little."""
    await set_options(hass, entry, visitors_requests=60, visitors_requests_total=400)
    had = []
    for one in range(10):
        flooder = phones(f"127.0.1.{one + 1}")
        had.append(sum([(await flooder.get()).status == 200 for _ in range(20)]))

    assert had == [15, 15, 15, 5, 5, 5, 5, 5, 5, 5]
    assert (await phones("127.0.0.2").get()).status == 200


async def test_who_is_refused_waits_for_it(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(the_door, "REFUSAL_S", 2.0)
    await set_options(hass, entry, visitors_requests=30)
    flooder, other = phones("127.0.0.2"), phones("127.0.0.3")
    while (await flooder.get()).status == 200:
        pass
    refused = asyncio.create_task(flooder.get())
    await other.look()

    assert not refused.done()
    assert (await refused).status == 429


async def test_what_all_together_are_refused_does_not_count_for_one(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phones: Phones,
) -> None:
    await set_options(hass, entry, visitors_requests=60, visitors_requests_total=100)
    late = phones("127.0.0.2")
    for one in range(25):
        await phones(f"127.0.1.{one + 1}").get()
    assert {(await late.get()).status for _ in range(30)} == {429}
    freezer.tick(30.0)

    # As a phone that has asked for nothing yet.
    assert [(await late.get()).status for _ in range(5)] == [200] * 5


async def test_other_methods_are_refused_to_those_who_are_in(phone: Phone) -> None:
    for method, path in (("DELETE", ""), ("POST", ""), ("GET", "act"), ("PUT", "stream")):
        response = await phone.session.request(method, f"{BASE}{path}")
        assert response.status == 405
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (await phone.session.put(f"/park/{SECRET[:8]}")).status == 405


async def test_two_lots_have_two_pages_and_visitors_of_their_own(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    other = lot(node("South", row("B", 2)), gate("Side"), title="Yard", lot_id="yard")
    assert await set_up(hass, other)
    await set_options(hass, other, visitors=True, visitors_secret="yard" * 6)
    page = await phone.look()

    response = await phone.session.get(f"/api/smart_parking/v/{'yard' * 6}/")

    assert "<title>Yard</title>" in await response.text()
    # A token of one lot is none of the other.
    token = next(iter(phone.jar)).value
    refused = await phone.session.post(
        f"/api/smart_parking/v/{'yard' * 6}/act",
        data={"do": "guide", **page.hidden},
        headers={"Accept": "application/json", "Cookie": f"smart_parking={token}"},
    )
    assert (refused.status, await refused.json()) == (403, {"error": "session"})


@pytest.fixture(name="diagnostics")
async def diagnostics_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Serve diagnostics, too."""
    assert await async_setup_component(hass, "diagnostics", {})


async def test_the_limits_are_seen_by_who_helps_and_the_address_is_not(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    diagnostics: None,
    phone: Phone,
    hass_client: ClientSessionGenerator,
) -> None:
    await set_options(hass, entry, visitors_requests=40)
    await phone.tap("guide")
    while (await phone.get()).status == 200:
        pass

    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    visitors = told["visitors"]
    assert (visitors["on"], visitors["requests"], visitors["streams_total"]) == (True, 40, 500)
    assert (visitors["sessions"], visitors["open"], visitors["dropped"]) == (1, 0, 0)
    assert visitors["refused"] >= 1
    assert SECRET not in json.dumps(told)
    assert SECRET[:8] not in json.dumps(told)


async def test_who_asks_from_no_address_is_nowhere(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    """Home Assistant can be asked through a socket in a file, too."""
    await set_options(hass, entry, visitors_remote=True)

    with pytest.raises(web.HTTPNotFound):
        await the_door.authorize(make_mocked_request("GET", BASE, app=hass.http.app), SECRET)
