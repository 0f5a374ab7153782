"""A lot in which drivers look for bays."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.guidance.drivers import Ears
from tests.integration.lots import EMPTY_M, bay, gate, lot, node, set_up
from tests.integration.sources.driven import DrivenSource, Hand


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> SmartParkingConfigEntry:
    """Set up a lot of three vacant bays, 42 m and more from the gate, the last one for EVs.

    Its sensors report only what changes, so that time may pass in silence.
    """
    monkeypatch.setattr(DrivenSource, "period_s", None)
    bays = [bay("A01", 42.0), bay("A02", 44.5), bay("A03", 47.0, kind="ev")]
    entry = lot(node("North", bays), gate("Main"), gate("Back", x=100.0))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await hass.async_block_till_done()
    return entry


@pytest.fixture(name="ears")
def ears_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Ears:
    """Record all notifications from now on."""
    return Ears(hass)
