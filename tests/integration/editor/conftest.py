"""A lot at work, and who draws it."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.editor.draftsman import Draftsman
from tests.integration.lots import CAR_M, EMPTY_M, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

type Open = Callable[[], Awaitable[Draftsman]]


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand, folder: object) -> SmartParkingConfigEntry:
    """Set up a lot of two nodes."""
    assert await async_setup_component(hass, "http", {})
    entry = lot(node("North", row("A", 2)), node("South", row("B", 2, 100.0)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    hand.settle("South", B01=EMPTY_M, B02=CAR_M)
    return entry


@pytest.fixture(name="open_plan")
def open_plan_fixture(
    entry: SmartParkingConfigEntry, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> Open:
    """Return what opens the plan once more."""

    async def open_plan() -> Draftsman:
        draftsman = Draftsman(await hass_ws_client(hass))
        await draftsman.open()
        return draftsman

    return open_plan


@pytest.fixture(name="draftsman")
async def draftsman_fixture(open_plan: Open) -> Draftsman:
    """Open the plan."""
    return await open_plan()
