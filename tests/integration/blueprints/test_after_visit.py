"""A driver who was guided is thanked after the visit."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.blueprints.phones import Phone, quiet
from tests.integration.blueprints.shipped import ask, automate, have_no_promotions, let, pass_time
from tests.integration.lots import CAR_M, EMPTY_M, add
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand

BLUEPRINT = "after_visit"
ON_THE_WAY_S = 60.0
HOUR_S = 3600.0
THANKS = "Thank you for parking at Garage"


async def visit(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, driver: str
) -> None:
    """Make a driver be guided, arrive and say so."""
    await ask(hass, "guide", driver=driver)
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    await ask(hass, "confirm", driver=driver)
    await quiet(hass)


async def test_who_leaves_is_thanked(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    ben: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people})
    await anna.come()
    await visit(hass, hand, freezer, "person.anna")
    await pass_time(hass, freezer, HOUR_S)
    await anna.leave()
    await pass_time(hass, freezer, HOUR_S)
    assert anna.heard == 0
    await let(hass, hand, A01=EMPTY_M)
    assert anna.heard == 0
    await pass_time(hass, freezer, 120.0)
    assert (anna.title, anna.text) == (THANKS, "Have a safe journey.")
    assert (anna.heard, ben.heard) == (1, 0)


async def test_who_reverses_once_more_has_not_left(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 60.0)
    await let(hass, hand, A01=CAR_M)
    await pass_time(hass, freezer, HOUR_S)
    assert anna.heard == 0
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.title == THANKS


async def test_leaving_the_zone_may_be_the_end(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people, "ends": "either"})
    await anna.come()
    await visit(hass, hand, freezer, "person.anna")
    await anna.leave()
    await pass_time(hass, freezer, 120.0)
    assert anna.title == THANKS
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.heard == 1


async def test_who_stays_for_days_is_not_thanked(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people})
    await visit(hass, hand, freezer, "person.anna")
    await pass_time(hass, freezer, 24 * HOUR_S)
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.heard == 0


async def test_only_the_drivers_of_the_automation_are_thanked(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    ben: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": [ben.entity_id]})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    await visit(hass, hand, freezer, "person.ben")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert (anna.heard, ben.heard) == (0, 1)


async def test_the_text_is_the_owners(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(
        hass,
        BLUEPRINT,
        {"drivers": people, "title": "Bye, {{ name }}", "text": "{{ bay }} is free again."},
    )
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert (anna.title, anna.text) == ("Bye, Anna", "A01 is free again.")


@pytest.mark.parametrize("promotions", [True, False])
async def test_the_message_ends_with_a_promotion(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    promotions: bool,
) -> None:
    await add(hass, entry, promotion("Bakery"))
    await automate(hass, BLUEPRINT, {"drivers": people, "promotions": promotions})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.text == "Have a safe journey." + "\nAd: Bakery" * promotions


async def test_the_promotion_has_its_picture_and_a_button_that_opens_its_page(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    shop = promotion("Bakery", link="https://bakery.example/", picture_path="/local/cake.png")
    await add(hass, entry, shop)
    await automate(hass, BLUEPRINT, {"drivers": people})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.screen is not None
    image = anna.screen["data"]["image"]
    assert image.startswith("/api/smart_parking/promotion/garage/bakery/picture?")
    client = await hass_client_no_auth()
    address = URL(anna.opens("Ad: Bakery")).raw_path_qs
    response = await client.get(address, allow_redirects=False)
    assert response.headers["Location"] == "https://bakery.example/"
    assert entry.runtime_data.promotions.counts("bakery").clicks == 1


async def test_without_a_promotion_there_is_neither_picture_nor_button(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    assert anna.screen is not None
    assert anna.screen["data"].keys() == {"tag", "channel", "notification_icon"}


async def test_a_promotion_that_cannot_be_had_keeps_no_message_back(
    hass: HomeAssistant,
    hand: Hand,
    anna: Phone,
    people: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people})
    await visit(hass, hand, freezer, "person.anna")
    await let(hass, hand, A01=EMPTY_M)
    have_no_promotions(hass)
    await pass_time(hass, freezer, 120.0)
    assert anna.text == "Have a safe journey."
