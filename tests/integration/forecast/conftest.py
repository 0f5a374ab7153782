"""A record of two weeks, from which a lot learns quickly."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.forecast import manager
from tests.integration.forecast.usual import BEGIN, QUICK, FakeCounts


@pytest.fixture(name="counts")
async def counts_fixture(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> FakeCounts:
    """Replace the record of the lot that is set up next by one of two weeks."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(BEGIN + timedelta(days=14, hours=9))
    counts = FakeCounts(BEGIN)
    monkeypatch.setattr("custom_components.smart_parking.RecordedCounts", lambda _record: counts)
    monkeypatch.setattr(manager, "ForecastOptions", lambda: QUICK)
    return counts
