"""What is said of the whole of a lot in which something changes all the time."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking import entity
from tests.integration.clock import skip
from tests.integration.lots import CAR_M, EMPTY_M, entry_of, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand


@pytest.fixture(name="busy", autouse=True)
async def busy_fixture(hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up a lot that counts as a large one, whose bays are vacant."""
    monkeypatch.setattr(entity, "BUSY_BAYS", 3)
    monkeypatch.setattr(entity, "BUSY_PAUSE_S", 60.0)
    assert await set_up(hass, lot(node("North", row("A", 4)), gate("Main")))
    hand.settle("North", **dict.fromkeys(("A01", "A02", "A03", "A04"), EMPTY_M))
    await skip(hass, 61.0)
    await skip(hass, 61.0)


async def test_a_change_is_said_at_once_and_what_follows_together(
    hass: HomeAssistant, hand: Hand
) -> None:
    hand.settle("North", A01=CAR_M)
    assert said(hass, "free") == "3"
    hand.settle("North", A02=CAR_M)
    hand.settle("North", A03=CAR_M)
    assert said(hass, "free") == "3"
    # Bays of their own are as new as ever, and so is the way.
    assert said(hass, "a03", "occupancy") == "on"
    assert said(hass, "main", "nearest") == "A04"
    await skip(hass, 61.0)
    assert (said(hass, "free"), said(hass, "occupied")) == ("1", "3")


async def test_when_it_has_been_quiet_the_next_change_is_said_at_once_again(
    hass: HomeAssistant, hand: Hand
) -> None:
    hand.settle("North", A01=CAR_M)
    await skip(hass, 61.0)
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "free") == "4"


async def test_a_lot_that_rests_says_nothing_more(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M)
    hand.settle("North", A02=CAR_M)
    free = entry_of(hass, "free")
    assert free is not None
    assert free.config_entry_id is not None
    await hass.config_entries.async_unload(free.config_entry_id)
    await skip(hass, 61.0)
    assert said(hass, "free") == "unavailable"
