"""No logged-in user can bill a shop for promotions that were not seen."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.setup import async_setup_component
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.ledger import Counts
from custom_components.smart_parking.permissions import IMPRESSIONS_PER_MINUTE
from custom_components.smart_parking.promotions import http as promotion_view
from tests.integration.lots import LOT_ID, gate, lot, node, row, set_up
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher
from tests.trials.users import PLAIN, READ_ONLY, Person, person

LINK = "https://bakery.example/"
WAY = f"/api/smart_parking/promotion/{LOT_ID}/bakery/link/"

type Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    """Set up a lot beside a bakery."""
    for part in ("websocket_api", "auth"):
        assert await async_setup_component(hass, part, {})
    entry = lot(node("North", row("A", 2)), gate("Main"), promotion("Bakery", link=LINK))
    assert await set_up(hass, entry)
    return entry


@pytest_asyncio.fixture(name="phone")
async def phone_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Client:
    """Give a phone that is not logged in."""
    return await hass_client_no_auth()


def counted(entry: SmartParkingConfigEntry) -> Counts:
    """Return what has been counted."""
    return entry.runtime_data.promotions.counts("bakery")


async def show(hass: HomeAssistant, who: Person, **data: object) -> Any:
    """Call the action as a user."""
    return await hass.services.async_call(
        DOMAIN, "promotion", data, blocking=True, return_response=True, context=who.context
    )


async def click(phone: Client, path: str, **more: Any) -> None:
    """Follow a way."""
    answer = await phone.get(path, allow_redirects=False, **more)
    assert (answer.status, answer.headers["Location"]) == (HTTPStatus.FOUND, LINK)


@pytest.mark.parametrize("named", [True, False])
async def test_39_a_read_only_user_counts_nothing_by_the_action(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, named: bool
) -> None:
    who = await person(hass, READ_ONLY)
    for number in range(300):
        with pytest.raises(Unauthorized):
            await show(hass, who, **({"driver": f"driver {number}"} if named else {}))
    assert counted(entry) == Counts()


async def test_39_a_plain_user_is_one_visitor_and_names_nobody(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    who = await person(hass, PLAIN)
    for _ in range(300):
        assert (await show(hass, who))["promotion"]["title"] == "Bakery"
        with pytest.raises(Unauthorized):
            await show(hass, who, driver="person.made_up")
    assert counted(entry) == Counts(impressions=1, visits=1)
    freezer.tick(60)
    await show(hass, who)
    assert counted(entry) == Counts(impressions=2, visits=1)


@pytest.mark.parametrize(("calls", "seconds"), [(200, 14.9), (50, 100.0)])
async def test_39_there_are_as_many_ways_to_click_as_impressions(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Client,
    hass_ws_client: WebSocketGenerator,
    calls: int,
    seconds: float,
) -> None:
    who = await person(hass, READ_ONLY)
    sign = Watcher(hass, await hass_ws_client(hass, await who.token()))
    ways = []
    for _ in range(calls):
        answer = await sign.ask("smart_parking/promotion", entry_id=LOT_ID)
        ways.append(answer["result"]["promotion"]["click"])
        freezer.tick(timedelta(seconds=seconds / calls))
    impressions = counted(entry).impressions
    assert len(set(ways)) == impressions == 1 + int(seconds / 15)
    for path in (*ways, *ways):
        await click(phone, path)
    assert counted(entry).clicks == impressions


async def test_39_one_user_has_no_end_of_displays_only_by_name(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    who = await person(hass, READ_ONLY)
    errors = set()
    for _ in range(2 * IMPRESSIONS_PER_MINUTE):
        sign = Watcher(hass, await hass_ws_client(hass, await who.token()))
        answer = await sign.ask("smart_parking/promotion", entry_id=LOT_ID)
        if not answer["success"]:
            errors.add((answer["error"]["code"], answer["error"]["translation_key"]))
    assert counted(entry).impressions <= IMPRESSIONS_PER_MINUTE + 1
    assert errors == {("too_often", "too_many_impressions")}
    # A promotion that was not shown had no turn.
    other = await person(hass, READ_ONLY)
    sign = Watcher(hass, await hass_ws_client(hass, await other.token()))
    assert (await sign.ask("smart_parking/promotion", entry_id=LOT_ID))["success"]


async def test_39_automations_and_administrators_show_as_much_as_they_like(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    for number in range(100):
        data = {"driver": f"person.{number}"}
        await hass.services.async_call(
            DOMAIN, "promotion", data, blocking=True, return_response=True
        )
    assert counted(entry) == Counts(impressions=100, visits=100)


async def test_39_a_way_that_was_made_up_leads_there_and_counts_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Client,
    hass_ws_client: WebSocketGenerator,
) -> None:
    who = await person(hass, READ_ONLY)
    token = await who.token()
    for number in range(300):
        bearer = {"Authorization": f"Bearer {token}"}
        await click(phone, f"{WAY}{number}", headers=bearer)
    # Home Assistant signs whatever path a user asks for.
    socket = Watcher(hass, await hass_ws_client(hass, token))
    signed = await socket.ask("auth/sign_path", path=f"{WAY}{'0' * 42}", expires=60)
    await click(phone, signed["result"]["path"])
    assert counted(entry) == Counts()


async def test_39_a_way_of_one_promotion_is_none_of_another(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Client
) -> None:
    answer = await hass.services.async_call(
        DOMAIN, "promotion", {}, blocking=True, return_response=True
    )
    assert answer is not None
    shown: Any = answer["promotion"]
    way = shown["click"].partition("?")[0].rpartition("/")[2]
    who = await person(hass, READ_ONLY)
    bearer = {"Authorization": f"Bearer {await who.token()}"}
    for other in (way.upper(), f"{way}0", way[:-1], way[1:], f"é{way[1:]}"):
        await click(phone, f"{WAY}{other}", headers=bearer)
    assert counted(entry).clicks == 0
    await click(phone, f"{WAY}{way}", headers=bearer)
    await click(phone, shown["click"])
    assert counted(entry).clicks == 1


async def test_39_a_way_from_before_the_lot_was_loaded_anew_counts_once(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Client
) -> None:
    ways = []
    for _ in range(2):
        answer: Any = await hass.services.async_call(
            DOMAIN, "promotion", {}, blocking=True, return_response=True
        )
        ways.append(answer["promotion"]["click"])
    await click(phone, ways[0])
    assert await hass.config_entries.async_reload(LOT_ID)
    for path in ways:
        await click(phone, path)
    assert counted(entry).clicks == 2


def test_39_of_very_many_clicks_the_newest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion_view, "CLICKS_MAX", 3)
    clicks = promotion_view.Clicks()
    ways = [clicks.new("lot", "shop") for _ in range(4)]
    assert [clicks.take("lot", "shop", way) for way in ways] == [True] * 4
    assert [clicks.take("lot", "shop", way) for way in ways[1:]] == [False] * 3
    assert not clicks.take("other", "shop", clicks.new("lot", "shop"))
