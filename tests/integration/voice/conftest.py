"""A lot that one can talk to."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import EMPTY_M, bay, gate, lot, node, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.voice.talk import BAYS


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> SmartParkingConfigEntry:
    """Set up a lot of four vacant bays, and the part of Home Assistant that understands speech."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    rows = [bay(label, x, kind=kind) for label, x, kind in BAYS]
    entry = lot(node("North", rows), gate("Main gate"), gate("Back gate", x=100.0))
    assert await set_up(hass, entry)
    hand.settle("North", **{label: EMPTY_M for label, _, _ in BAYS})
    await hass.async_block_till_done()
    return entry
