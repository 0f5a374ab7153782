"""A promotion on the page: what is counted of whom."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import add, change
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import Page, Phone

LINK = "https://bakery.example/"


@pytest.fixture(name="bakery", autouse=True)
async def bakery_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Make a bakery be shown."""
    await add(hass, entry, promotion("Bakery", link=LINK))


def counted(entry: SmartParkingConfigEntry, promotion_id: str = "bakery") -> tuple[int, int, int]:
    """Return impressions, visits and clicks."""
    counts = entry.runtime_data.promotions.counts(promotion_id)
    return counts.impressions, counts.visits, counts.clicks


async def look_without_cookies(phone: Phone, query: str = "") -> Page:
    """Open the page as a program does, or a browser that keeps no cookies."""
    page = await phone.look(query)
    phone.jar.clear()
    return page


def refreshed_from(page: Page) -> str:
    """Return from where the page is loaded again where no script does it."""
    (refresh,) = [one for one in page.all("meta") if one.get("http-equiv") == "refresh"]
    seconds, _, address = str(refresh["content"]).partition(";url=")
    assert seconds == "20"
    return address


# Who is counted.


async def test_a_program_that_looks_every_minute_counts_once(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    for _ in range(5):
        assert (await look_without_cookies(phone)).get("promotion")["data-id"] == "bakery"
        freezer.tick(60)

    assert counted(entry) == (1, 1, 0)


async def test_a_program_that_follows_the_link_every_minute_counts_once(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    for _ in range(5):
        response = await phone.get("p/bakery", allow_redirects=False)
        assert response.headers["Location"] == LINK
        phone.jar.clear()
        freezer.tick(60)

    assert counted(entry) == (0, 0, 1)


async def test_who_follows_the_link_first_is_no_stranger_on_the_page(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.get("p/bakery", allow_redirects=False)
    await phone.look()
    await phone.get("p/bakery", allow_redirects=False)

    assert counted(entry) == (1, 1, 1)


async def test_a_phone_that_looks_and_acts_is_one_visit(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.look()
    freezer.tick(5)
    await phone.ask("guide")
    assert counted(entry) == (1, 1, 0)
    freezer.tick(60)
    await phone.ask("parked")
    await phone.get("p/bakery", allow_redirects=False)

    assert counted(entry) == (2, 1, 1)


async def test_two_phones_with_one_address_are_two_visits_when_they_act(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phones: Phones
) -> None:
    ann, bob = phones(), phones()
    await ann.look()
    await bob.look()
    freezer.tick(60)
    await bob.ask("guide")
    await ann.ask("guide")

    assert counted(entry)[1] == 2


async def test_a_phone_that_loads_the_picture_leaves_room_for_the_next(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, folder: Path, phones: Phones
) -> None:
    keep(str(folder), "www/cake.png", PNG)
    await change(hass, entry, "bakery", picture_path="/local/cake.png")
    for _ in range(3):
        phone = phones()
        await phone.look()
        assert (await phone.get("p/bakery/picture")).status == 200
    phone.jar.clear()
    assert (await phone.get("p/bakery/picture")).status == 200

    assert counted(entry) == (3, 3, 0)


async def test_a_phone_that_follows_the_lot_leaves_room_for_the_next(
    entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    for _ in range(3):
        phone = phones()
        await phone.look()
        async with phone.listen() as ears:
            await ears.hear_of("mine")

    assert counted(entry) == (3, 3, 0)


async def test_who_is_forgotten_has_seen_nothing(
    entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.look()
    token = next(one.value for one in phone.jar if one.key == "smart_parking")
    assert (await phone.ask("forget"))[0] == 200
    phone.jar.clear()
    # Even by a phone that has not forgotten itself.
    await phone.get(headers={"Cookie": f"smart_parking={token}"})

    assert counted(entry) == (2, 2, 0)


# Without a script.


async def test_a_page_that_loads_itself_again_counts_nothing_more(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
) -> None:
    await add(hass, entry, promotion("Zoo"))
    page = await phone.look()
    for _ in range(5):
        freezer.tick(20)
        page = await phone.look(refreshed_from(page))
        assert page.get("promotion")["data-id"] == "bakery"
    assert (counted(entry), counted(entry, "zoo")) == ((1, 1, 0), (0, 0, 0))

    # Who taps looks.
    assert (await phone.tap("guide")).get("promotion")["data-id"] == "zoo"


async def test_a_page_that_loads_itself_again_keeps_what_was_chosen(phone: Phone) -> None:
    page = await look_without_cookies(phone, "?kind=ev&gate=back")

    page = await look_without_cookies(phone, refreshed_from(page))

    assert (page.chosen["kind"], page.chosen["gate"]) == ("ev", "back")
    page = await look_without_cookies(phone)
    page = await look_without_cookies(phone, refreshed_from(page))
    assert (page.chosen["kind"], page.chosen["gate"]) == ("standard", "main")
    assert refreshed_from(page) == "?still"
