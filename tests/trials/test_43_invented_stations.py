"""A caller with the access points' webhook cannot flood the lot with invented phones."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.test_utils import TestClient, make_mocked_request
from homeassistant.components.webhook import async_handle_webhook
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest_asyncio
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.rate_limit import FairBuckets
from custom_components.smart_parking.wifi.webhook import ALL_REPORTS_PER_MINUTE, REPORTS_PER_MINUTE
from tests.integration.lots import gate, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.hook import HOOK, HOOK_ID, HOOK_PATH, PHONE, hear

type Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture(name="client")
async def client_fixture(
    hass: HomeAssistant, hand: Hand, hass_client_no_auth: ClientSessionGenerator
) -> Client:
    """Set up a lot with a hook, and give an access point."""
    assert await async_setup_component(hass, "http", {})
    entry: SmartParkingConfigEntry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **HOOK)
    return await hass_client_no_auth()


async def test_43_invented_stations_are_limited(hass: HomeAssistant, client: Client) -> None:
    """As many as cannot all be taken within the time that a test has."""
    heard, statuses, begun = hear(hass), [], hass.loop.time()
    for number in range(2_000):
        station = ":".join(f"{byte:02x}" for byte in (2, 0, *number.to_bytes(4)))
        answer = await client.post(HOOK_PATH, data={"type": "joined", "station": station})
        statuses.append(answer.status)
        assert answer.status == HTTPStatus.NO_CONTENT or int(answer.headers["Retry-After"]) > 0
    minutes = (hass.loop.time() - begun) / 60.0
    await hass.async_block_till_done()
    taken = statuses.count(HTTPStatus.NO_CONTENT)
    assert set(statuses) == {HTTPStatus.NO_CONTENT, HTTPStatus.TOO_MANY_REQUESTS}
    assert taken <= REPORTS_PER_MINUTE * (1 + minutes) + 1
    assert len(heard) == taken == int(said(hass, "visits_today"))


async def test_43_who_has_no_address_is_limited_too(hass: HomeAssistant, client: Client) -> None:
    """Home Assistant can be asked through a socket in a file, too."""
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    await set_options(hass, entry, visitors_remote=True)
    statuses = []
    for _ in range(REPORTS_PER_MINUTE + 200):
        path = f"{HOOK_PATH}?type=joined&station={PHONE}"
        request = make_mocked_request("POST", path, app=hass.http.app, payload=EMPTY_PAYLOAD)
        statuses.append((await async_handle_webhook(hass, HOOK_ID, request)).status)
    assert set(statuses) == {HTTPStatus.NO_CONTENT, HTTPStatus.TOO_MANY_REQUESTS}


def test_43_ten_thousand_in_ten_seconds() -> None:
    buckets = FairBuckets(REPORTS_PER_MINUTE, ALL_REPORTS_PER_MINUTE)
    taken = sum(not buckets.wait_s("liar", number / 1000) for number in range(10_000))
    assert REPORTS_PER_MINUTE <= taken <= REPORTS_PER_MINUTE * (1 + 10 / 60)


def test_43_ten_thousand_visitors_an_hour_are_not_limited() -> None:
    buckets, refused = FairBuckets(REPORTS_PER_MINUTE, ALL_REPORTS_PER_MINUTE), 0
    for number in range(10_000):
        at = number * 0.36
        # Each comes, and goes; now and then a whole row does at once.
        refused += bool(buckets.wait_s("ap", at)) + bool(buckets.wait_s("ap", at))
    refused += sum(bool(buckets.wait_s("ap", 3700.0)) for _ in range(200))
    assert refused == 0


def test_43_who_floods_leaves_room_for_the_real_access_point() -> None:
    buckets, refused = FairBuckets(REPORTS_PER_MINUTE, ALL_REPORTS_PER_MINUTE), 0
    for number in range(60_000):
        at = number / 1000
        for liar in ("a", "b"):
            buckets.wait_s(liar, at)
        if number % 400 == 0:
            refused += bool(buckets.wait_s("ap", at))
    assert refused == 0
