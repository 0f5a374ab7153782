"""Where a visitor's car stands, and that it has left."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, EMPTY_M
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import Phone


async def see(hass: HomeAssistant, hand: Hand, **said: float) -> None:
    """Report for all sensors something until it is believed."""
    hand.settle("North", **said)
    await hass.async_block_till_done()


@pytest.fixture(name="parked")
async def parked_fixture(hass: HomeAssistant, hand: Hand, phone: Phone) -> Phone:
    """Give a phone whose car stands in A01."""
    await phone.tap("guide")
    await phone.tap("parked")
    await see(hass, hand, A01=CAR_M)
    assert (await phone.look()).status == "parked"
    return phone


async def test_a_car_that_has_left_is_not_there(
    hass: HomeAssistant, hand: Hand, parked: Phone
) -> None:
    async with parked.listen() as ears:
        assert (await ears.hear_of("mine"))["status"] == "parked"
        await see(hass, hand, A01=EMPTY_M)
        state = await ears.hear_of("mine")
    assert (state["status"], state["label"], state["bay"]) == ("departed", "A01", None)
    page = await parked.look()
    assert (page.text("say"), page.text("bay")) == ("Your car has left. It stood here:", "A01")
    assert page.buttons["found"] == "I have my car"
    assert (await parked.tap("found")).status == "none"


async def test_before_the_sensor_sees_it_the_drivers_word_counts(
    hass: HomeAssistant, hand: Hand, phone: Phone
) -> None:
    await phone.look()
    assert (await phone.tap("parked", bay="A03")).status == "parked"
    await see(hass, hand, A02=CAR_M, A03=EMPTY_M)
    assert (await phone.look()).status == "parked"


async def test_who_only_parks_once_more_is_still_there(
    hass: HomeAssistant, hand: Hand, parked: Phone
) -> None:
    await see(hass, hand, A01=EMPTY_M)
    await see(hass, hand, A01=CAR_M)
    page = await parked.look()
    assert (page.status, page.text("say")) == ("parked", "Your car is here")


async def test_another_car_in_the_bay_is_not_the_visitors(
    hass: HomeAssistant, hand: Hand, parked: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await see(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 120.0)
    await see(hass, hand, A01=CAR_M)
    page = await parked.look()
    assert (page.status, page.text("bay")) == ("none", "A02")


async def test_after_a_while_nobody_asks_for_it_any_more(
    hass: HomeAssistant, hand: Hand, parked: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await see(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 21 * 60.0)
    assert (await parked.look()).status == "none"


async def test_a_restart_changes_nothing(
    hass: HomeAssistant,
    hand: Hand,
    parked: Phone,
    entry: SmartParkingConfigEntry,
) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await see(hass, hand, A01=CAR_M)
    assert (await parked.look()).status == "parked"
    await see(hass, hand, A01=EMPTY_M)
    assert (await parked.look()).status == "departed"
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert (await parked.look()).status == "departed"


async def test_of_several_in_one_bay_each_is_told(
    hass: HomeAssistant, hand: Hand, parked: Phone, phones: Phones
) -> None:
    other = phones("127.0.0.2")
    await other.look()
    await other.tap("parked", bay="a01")
    await see(hass, hand, A01=EMPTY_M)
    assert [(await one.look()).status for one in (parked, other)] == ["departed"] * 2
