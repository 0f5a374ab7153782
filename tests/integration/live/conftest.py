"""A lot with a subscriber."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from tests.integration.live.moves import BAYS, LABELS
from tests.integration.lots import EMPTY_M, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every change at once, not together with those of the next moment."""
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of four free bays and two gates."""
    entry = lot(node("North", row("A", BAYS)), gate("Main"), gate("Back", x=20.0))
    assert await set_up(hass, entry)
    hand.settle("North", **dict.fromkeys(LABELS, EMPTY_M))
    return entry


@pytest.fixture(name="watcher")
async def watcher_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_ws_client: WebSocketGenerator
) -> Watcher:
    """Return a subscriber of the lot."""
    watcher = Watcher(hass, await hass_ws_client(hass))
    await watcher.subscribe()
    return watcher
