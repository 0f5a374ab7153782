"""The lot is changed under drivers who are on their way."""

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.guidance.drivers import Ears, ask, do
from tests.integration.lots import EMPTY_M, add, bay, change, look, node, remove, said
from tests.integration.sources.driven import Hand


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


async def test_a_bay_that_becomes_accessible_is_not_for_who_comes_without_need(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    await do(hass, "guide", driver="ann")
    bays = [dict(one) for one in entry.subentries["north"].data["bays"]]
    await change(hass, entry, "north", bays=[bays[0] | {"kind": "accessible"}, *bays[1:]])
    assert len(ears.heard) == 1, "nothing is known yet of bays whose node begins anew"
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await hass.async_block_till_done()
    assert ears.heard[-1] == ("re_guided", "ann", "A02")
    assert (ears.last["reason"], ears.last["previous_bay"]) == ("closed", "A01")
    assert said(hass, "a01", "occupancy") == "off"
    assert look(hass, "a01", "occupancy").attributes["status"] == "vacant"


async def test_who_needs_such_a_bay_keeps_it(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    await do(hass, "guide", driver="ann", kind="accessible")
    bays = [dict(one) for one in entry.subentries["north"].data["bays"]]
    await change(hass, entry, "north", bays=[bays[0] | {"kind": "accessible"}, *bays[1:]])
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await hass.async_block_till_done()
    assert ears.heard == [("guided", "ann", "A01")]
