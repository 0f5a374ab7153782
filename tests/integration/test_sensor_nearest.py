"""The nearest free bay of a gate."""

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from custom_components.smart_parking.lot.model import Fault
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    add,
    bay,
    change,
    device_of,
    entry_of,
    gate,
    look,
    lot,
    node,
    remove,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand


def nearest(hass: HomeAssistant, gate_id: str = "main") -> str:
    return said(hass, gate_id, "nearest")


async def test_it_is_the_nearest_one(hass: HomeAssistant, hand: Hand) -> None:
    await set_up(hass, lot(node("North", row("A", 3)), gate("Main"), gate("Back", x=100.0)))
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    assert nearest(hass) == "A01"
    assert nearest(hass, "back") == "A03"
    attributes = look(hass, "main", "nearest").attributes
    assert {key: attributes[key] for key in ("bay_id", "level", "distance", "kind", "x", "y")} == {
        "bay_id": "a01",
        "level": "1",
        "distance": 0.0,
        "kind": "standard",
        "x": 0.0,
        "y": 0.0,
    }
    hand.settle("North", A01=CAR_M)
    assert nearest(hass) == "A02"
    assert nearest(hass, "back") == "A03"


async def test_only_standard_bays_are_named(hass: HomeAssistant, hand: Hand) -> None:
    bays = [bay("A01", 0.0, kind="accessible"), bay("A02", 2.5, kind="ev"), bay("A03", 5.0)]
    await set_up(hass, lot(node("North", bays), gate("Main")))
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    assert nearest(hass) == "A03"


async def test_none_free_is_said_only_when_it_is_known(hass: HomeAssistant, hand: Hand) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    assert nearest(hass) == STATE_UNAVAILABLE
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    assert nearest(hass) == "none_free"
    assert "bay_id" not in look(hass, "main", "nearest").attributes
    hand.settle("North", A01=Fault.NO_RESPONSE)
    assert nearest(hass) == "none_free"
    hand.settle("North", A02=Fault.NO_RESPONSE)
    assert nearest(hass) == STATE_UNAVAILABLE
    hand.settle("North", A02=CAR_M)
    assert nearest(hass) == "none_free"


async def test_a_measured_distance_goes_before_coordinates(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 3)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await change(hass, entry, "main", distances="A01 = 50\nA02 = 60,5 m")
    assert nearest(hass) == "A03"
    hand.settle("North", A03=CAR_M)
    assert look(hass, "main", "nearest").attributes["distance"] == 50.0


async def test_gates_come_and_go(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 3)))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await add(hass, entry, gate("Back", x=100.0))
    assert nearest(hass, "back") == "A03"

    await change(hass, entry, "back", title="Front", x=0.0)
    assert nearest(hass, "back") == "A01"
    device = device_of(hass, "back")
    assert device is not None
    assert device.name == "Front"
    assert look(hass, "back", "nearest").name == "Front Nearest free bay"

    await remove(hass, entry, "back")
    assert entry_of(hass, "back", "nearest") is None
    assert device_of(hass, "back") is None
    assert not hass.states.async_entity_ids("sensor") or not [
        state for state in hass.states.async_all("sensor") if "nearest" in state.entity_id
    ]
    assert len(hand.made["North"]) == 1
    hand.settle("North", A01=CAR_M)
    assert said(hass, "free") == "2"
