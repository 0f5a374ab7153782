"""What a sign at the entrance shows beside the way."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.ledger import Counts
from custom_components.smart_parking.promotions.websocket import SHOWN_S
from tests.integration.lots import LOT_ID, change
from tests.integration.watcher import Watcher

PROMOTION = "smart_parking/promotion"


@pytest.fixture(name="sign")
async def sign_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_ws_client: WebSocketGenerator
) -> Watcher:
    """Give a sign."""
    return Watcher(hass, await hass_ws_client(hass))


async def shown(sign: Watcher, **more: object) -> str | None:
    """Return the title that a sign is given."""
    answer = await sign.ask(PROMOTION, entry_id=LOT_ID, **more)
    assert answer["success"], answer
    assert answer["result"]["seconds"] == SHOWN_S
    promotion = answer["result"]["promotion"]
    return promotion and f"{promotion['mark']}: {promotion['title']}"


async def test_a_sign_shows_one_after_the_other(
    sign: Watcher, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    seen = []
    for _ in range(3):
        seen.append(await shown(sign, language="en"))
        freezer.tick(SHOWN_S)
    assert seen == ["Ad: Bakery", "Ad: Zoo", "Ad: Bakery"]
    assert entry.runtime_data.promotions.counts("bakery") == Counts(impressions=2, on_signs=2)


async def test_a_sign_that_asks_too_often_counts_nothing_more(
    sign: Watcher, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(20):
        assert await shown(sign) == "Ad: Bakery"
        freezer.tick(0.5)
    assert entry.runtime_data.promotions.counts("bakery").impressions == 1


async def test_two_signs_are_two(
    hass: HomeAssistant,
    sign: Watcher,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    other = Watcher(hass, await hass_ws_client(hass, hass_read_only_access_token))
    assert await shown(sign) == "Ad: Bakery"
    assert await shown(other, language="de") == "Anzeige: Zoo"


async def test_a_page_that_is_loaded_anew_is_the_same_sign(
    hass: HomeAssistant,
    sign: Watcher,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await shown(sign) == "Ad: Bakery"
    again = Watcher(hass, await hass_ws_client(hass))
    assert await shown(again) == "Ad: Bakery"
    assert entry.runtime_data.promotions.counts("bakery").impressions == 1


async def test_what_is_for_after_parking_is_not_on_a_sign(
    hass: HomeAssistant, sign: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "bakery", when="after")
    await change(hass, entry, "zoo", when="after")
    assert await shown(sign) is None


async def test_a_lot_that_is_not_there(sign: Watcher) -> None:
    answer = await sign.ask(PROMOTION, entry_id="elsewhere")
    assert answer["error"]["code"] == "not_found"


async def test_who_may_not_see_the_lot_sees_no_promotion(
    sign: Watcher, entry: SmartParkingConfigEntry, hass_admin_user: MockUser
) -> None:
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({})
    answer = await sign.ask(PROMOTION, entry_id=LOT_ID)
    assert answer["error"]["code"] == "unauthorized"
    assert entry.runtime_data.promotions.counts("bakery").impressions == 0
