"""What is expected of a lot, from its counts to the states that people see."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.coordinator import SmartParkingConfigEntry
from custom_components.smart_parking.forecast.entities import SENSORS, async_add_forecast
from custom_components.smart_parking.forecast.manager import ForecastManager
from custom_components.smart_parking.lot.analytics.forecast import (
    LOT_SERIES,
    Counts,
    ForecastOptions,
    GroupCount,
    create_series,
)
from custom_components.smart_parking.lot.analytics.forecast.boosting import BoostingOptions
from tests.integration.lots import look, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand

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
        self._begin = begin.timestamp()
        self.failure: Exception | None = None

    def counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        if self.failure is not None:
            raise self.failure
        first = max(begin, self._begin) // STEP_S * STEP_S
        groups = []
        for time in np.arange(first, end + 1, STEP_S).tolist():
            local = datetime.fromtimestamp(time, ZONE)
            hour = local.hour + local.minute / 60
            taken = round(min(BAYS, max(0.0, BAYS * (1.6 - 0.26 * abs(hour - 12.5)))))
            groups.append(GroupCount(time, "standard", "1", BAYS - taken, taken))
        return create_series(groups)


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(BEGIN + timedelta(days=14, hours=9))
    entry = lot(node("North", row("A", BAYS)))
    assert await set_up(hass, entry)
    return entry


async def start(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    provider: FakeCounts,
    special_days: frozenset[date] | None = None,
) -> ForecastManager:
    async def get_special_days() -> frozenset[date]:
        assert special_days is not None
        return special_days

    manager = ForecastManager(
        hass,
        entry,
        provider,
        options=QUICK,
        get_special_days=None if special_days is None else get_special_days,
    )
    entry.async_on_unload(manager.async_stop)
    (platform,) = [one for one in async_get_platforms(hass, DOMAIN) if one.domain == "sensor"]

    @callback
    def add(
        new_entities: Iterable[Entity],
        update_before_add: bool = False,
        *,
        config_subentry_id: str | None = None,
    ) -> None:
        entry.async_create_task(hass, platform.async_add_entities(new_entities))

    async_add_forecast(manager, entry.runtime_data, add)
    await hass.async_block_till_done()
    await manager.async_start()
    await hass.async_block_till_done(wait_background_tasks=True)
    return manager


def told(hass: HomeAssistant, key: str) -> datetime:
    return datetime.fromisoformat(said(hass, key)).astimezone(ZONE)


async def test_what_is_expected_is_shown_with_its_odds(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    manager = await start(hass, entry, FakeCounts(BEGIN))

    # Ten hours, every quarter of one: at nine, seven of ten are taken.
    assert 0 <= int(said(hass, "free_in_60")) <= int(said(hass, "free_in_30")) <= 4
    attributes = look(hass, "free_in_30").attributes
    assert attributes["low"] <= int(said(hass, "free_in_30")) <= attributes["high"]
    assert 0 < attributes["probability"] <= 100
    assert datetime.fromisoformat(attributes["at"]) == datetime(2026, 5, 18, 7, 30, tzinfo=UTC)
    assert 9 <= told(hass, "full_at").hour <= 11
    assert 14 <= told(hass, "free_again_at").hour <= 16
    assert told(hass, "free_again_at").date() == date(2026, 5, 18)
    assert len(manager.get_path()) == 4 * 48
    assert manager.get_expectation(48 * 60 + 15) is None
    assert manager.get_expectation(30, "level:1") is not None
    assert manager.get_expectation(30, "level:9") is None


async def test_a_young_lot_says_how_many_days_it_knows(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    manager = await start(hass, entry, FakeCounts(BEGIN + timedelta(days=11)))

    for description in SENSORS:
        assert said(hass, description.key) == STATE_UNKNOWN
        assert look(hass, description.key).attributes["days_known"] == 3
        assert look(hass, description.key).attributes["days_needed"] == 8
    assert manager.get_full_at() is None
    assert manager.get_free_again_at() is None


async def test_forecasts_follow_the_counts_and_learning_the_nights(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    manager = await start(hass, entry, FakeCounts(BEGIN))
    full_at = told(hass, "full_at")
    days = manager.days

    freezer.move_to(BEGIN + timedelta(days=14, hours=16, seconds=20))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told(hass, "full_at").date() == full_at.date() + timedelta(days=1)

    freezer.move_to(BEGIN + timedelta(days=15, hours=3, minutes=40, seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert manager.days == days + 1


async def test_a_record_that_cannot_be_read_expects_nothing_and_is_logged(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = FakeCounts(BEGIN)
    provider.failure = OSError("the record is away")
    manager = await start(hass, entry, provider)
    assert "could not be learnt" in caplog.text
    assert said(hass, "full_at") == STATE_UNKNOWN

    provider.failure = None
    await manager.async_learn()
    assert said(hass, "full_at") != STATE_UNKNOWN

    provider.failure = OSError("the record is away")
    await manager.async_predict()
    assert "is not known" in caplog.text
    assert said(hass, "full_at") == STATE_UNKNOWN
    assert look(hass, "free_in_30").attributes.get("probability") is None
    caplog.clear()


async def test_a_special_day_is_expected_to_be_special(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    manager = await start(hass, entry, FakeCounts(BEGIN), frozenset({date(2026, 5, 14)}))

    assert manager.is_learned
    assert manager.get_expectation(15, LOT_SERIES) is not None
