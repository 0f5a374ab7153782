"""A lot that is full from ten to three on every day, and what is expected of it."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import numpy as np

from custom_components.smart_parking.forecast.manager import ForecastManager
from custom_components.smart_parking.lot.analytics.forecast import (
    Counts,
    ForecastOptions,
    GroupCount,
    create_series,
)
from custom_components.smart_parking.lot.analytics.forecast.boosting import BoostingOptions
from tests.integration.lots import data_of, lot, node, row, said, set_up

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 5, 4, tzinfo=ZONE)
BAYS = 10
STEP_S = 900
QUICK = ForecastOptions(
    step_s=STEP_S,
    horizons_min=(30, 60, 240, 1440),
    examples=3_000,
    trees=BoostingOptions(rounds=20, depth=4),
    proof_trees=BoostingOptions(rounds=20, depth=4),
    error_trees=BoostingOptions(rounds=10, depth=2),
)


class FakeCounts:
    """A lot that is full from ten to three on every day, and empty at night."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin.timestamp()
        self.failure: Exception | None = None
        self.closed: set[date] = set()
        """Days on which nobody comes."""

    async def async_counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        if self.failure is not None:
            raise self.failure
        first = max(begin, self.begin) // STEP_S * STEP_S
        groups = []
        for time in np.arange(first, end + 1, STEP_S).tolist():
            local = datetime.fromtimestamp(time, ZONE)
            hour = local.hour + local.minute / 60
            if local.date() in self.closed:
                groups.append(GroupCount(time, "standard", "1", BAYS, 0))
                continue
            taken = round(min(BAYS, max(0.0, BAYS * (1.6 - 0.26 * abs(hour - 12.5)))))
            groups.append(GroupCount(time, "standard", "1", BAYS - taken, taken))
        return create_series(groups)


async def start(hass: HomeAssistant) -> ForecastManager:
    """Set up the lot, and wait until it has learnt."""
    assert await set_up(hass, lot(node("North", row("A", BAYS))))
    await hass.async_block_till_done(wait_background_tasks=True)
    return data_of(hass).forecast


def told(hass: HomeAssistant, key: str) -> datetime:
    return datetime.fromisoformat(said(hass, key)).astimezone(ZONE)
