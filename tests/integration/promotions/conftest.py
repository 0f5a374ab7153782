"""A lot with two shops beside it, on a Friday at noon."""

from datetime import UTC, datetime
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, folder: Path
) -> SmartParkingConfigEntry:
    """Set up the lot; the bakery has twice the weight of the zoo, and a page."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    entry = lot(
        node("North", row("A", 2)),
        gate("Main"),
        promotion(
            "Bakery", text="Coffee and cake\nfor 4 €.", link="https://bakery.example/", weight=2
        ),
        promotion("Zoo", weight=1),
    )
    assert await set_up(hass, entry)
    return entry
