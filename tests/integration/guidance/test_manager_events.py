"""What happens to drivers and to the lot, as events that automations can use."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.guidance.drivers import Ears, do
from tests.integration.lots import CAR_M, EMPTY_M, device_id, look, said
from tests.integration.sources.driven import Hand


async def test_an_entity_shows_what_happened_last(hass: HomeAssistant) -> None:
    assert said(hass, "guidance") == STATE_UNKNOWN
    await do(hass, "guide", driver="ann")
    attributes = look(hass, "guidance").attributes
    assert attributes["event_type"] == "guided"
    assert (attributes["bay"], attributes["level"], attributes["reason"]) == ("A01", "1", None)
    await do(hass, "another", driver="ann")
    attributes = look(hass, "guidance").attributes
    assert (attributes["event_type"], attributes["reason"]) == ("re_guided", "declined")


async def test_it_does_not_tell_for_whom(hass: HomeAssistant) -> None:
    await do(hass, "guide", driver="ann")
    attributes = look(hass, "guidance").attributes
    assert "ann" not in str(attributes)
    assert not {"driver", "hold_id", "image"} & set(attributes)


async def test_the_lot_is_full_and_free_again(hass: HomeAssistant, hand: Hand, ears: Ears) -> None:
    assert said(hass, "capacity") == STATE_UNKNOWN
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    await hass.async_block_till_done()
    attributes = look(hass, "capacity").attributes
    assert (attributes["event_type"], attributes["free"]) == ("full", 0)
    hand.settle("North", A01=EMPTY_M)
    await hass.async_block_till_done()
    attributes = look(hass, "capacity").attributes
    assert (attributes["event_type"], attributes["free"]) == ("freed", 1)
    assert ears.turns == [("full", 0), ("freed", 1)]


async def test_the_event_names_the_lot(hass: HomeAssistant, hand: Hand, ears: Ears) -> None:
    await do(hass, "guide", driver="ann")
    assert ears.last["device_id"] == device_id(hass)


async def test_a_kept_bay_is_not_free_either(hass: HomeAssistant, ears: Ears) -> None:
    await do(hass, "guide", driver="ann")
    await do(hass, "guide", driver="bob")
    assert ears.turns == [("full", 0)]


async def test_a_lot_that_is_not_known_yet_is_neither_full_nor_free_again(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hand.settle("North", A01=CAR_M)
    hand.settle("North", A02=EMPTY_M)
    hand.settle("North", A03=EMPTY_M)
    await hass.async_block_till_done()
    assert ears.turns == []
    hand.settle("North", A02=CAR_M)
    await hass.async_block_till_done()
    assert ears.turns == [("full", 0)]
