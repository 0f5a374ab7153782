"""The lot is changed under drivers who are on their way."""

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.coordinator import SmartParkingConfigEntry
from tests.integration.driven import Hand
from tests.integration.guidance.drivers import Ears, ask, do
from tests.integration.lots import EMPTY_M, add, bay, node, remove


async def test_who_loses_a_bay_with_its_node_is_told_which_it_was(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    await add(hass, entry, node("South", [bay("S01", 90.0)]))
    hand.settle("South", S01=EMPTY_M)
    await do(hass, "guide", driver="ann")
    await do(hass, "guide", driver="bob")
    await remove(hass, entry, "north")
    assert ears.heard[-2:] == [("re_guided", "ann", "S01"), ("queued", "bob", None)]
    assert (ears.last["reason"], ears.last["previous_bay"]) == ("closed", "A02")
