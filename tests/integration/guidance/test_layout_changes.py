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


async def test_who_loses_a_gate_is_told_the_way_from_another(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    before = await ask(hass, "guide", driver="ann", gate="Main")
    await remove(hass, entry, "main")
    assert ears.heard == [("guided", "ann", "A01"), ("re_guided", "ann", "A01")]
    assert (ears.last["reason"], ears.last["gate"]) == ("gate", "Back")
    assert ears.last["directions"] != before["directions"]
    await add(hass, entry, node("South", [bay("S01", 90.0)]))
    assert len(ears.heard) == 2, "it is told once"


async def test_the_last_gate_leaves_nothing_to_tell(
    hass: HomeAssistant, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    await do(hass, "guide", driver="ann")
    await remove(hass, entry, "back")
    await remove(hass, entry, "main")
    assert ears.heard == [("guided", "ann", "A01")]
