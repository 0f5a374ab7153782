"""What was learnt is kept over restarts, and learnt anew only when it has to be."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.forecast import manager, store
from custom_components.smart_parking.forecast.options import CONF_CALENDAR
from custom_components.smart_parking.lot.analytics.forecast import Counts, Learned, learn
from tests.integration.forecast.usual import BAYS, FakeCounts, start
from tests.integration.lots import LOT_ID, add, data_of, node, row, said
from tests.integration.sources.driven import Hand

FILE = f"{DOMAIN}.{LOT_ID}.forecast"


@pytest.fixture(name="lessons", autouse=True)
def lessons_fixture(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note each time that something is learnt."""
    lessons: list[float] = []

    def note(counts: Mapping[str, Counts], until: float, *args: Any, **more: Any) -> Learned:
        lessons.append(until)
        return learn(counts, until, *args, **more)

    monkeypatch.setattr(manager, "learn", note)
    return lessons


async def reload(hass: HomeAssistant) -> None:
    """Load the lot again, as a restart does."""
    assert await hass.config_entries.async_reload(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_after_a_restart_the_same_is_expected_and_nothing_is_learnt(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    lessons: list[float],
    freezer: FrozenDateTimeFactory,
) -> None:
    forecast = await start(hass)
    before = [(point.at, point.free, point.low) for point in forecast.get_path()]
    written = hass_storage[FILE]
    assert len(lessons) == 1

    await reload(hass)

    again = data_of(hass).forecast
    assert again is not forecast
    assert [(point.at, point.free, point.low) for point in again.get_path()] == before
    assert again.days == forecast.days
    assert len(lessons) == 1
    # It is written when it was learnt, and only then.
    freezer.tick(timedelta(minutes=30))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass_storage[FILE] is written


@pytest.mark.parametrize(
    ("passed", "times"),
    [(timedelta(hours=23), 1), (timedelta(hours=25), 2), (timedelta(hours=-1), 2)],
)
async def test_what_is_older_than_a_day_or_of_another_time_is_learnt_anew(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    lessons: list[float],
    freezer: FrozenDateTimeFactory,
    passed: timedelta,
    times: int,
) -> None:
    await start(hass)
    assert await hass.config_entries.async_unload(LOT_ID)
    freezer.tick(passed)
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(lessons) == times


async def test_other_bays_are_learnt_at_the_next_forecast_and_after_a_restart_no_more(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    lessons: list[float],
    freezer: FrozenDateTimeFactory,
) -> None:
    await start(hass)
    await add(hass, data_of(hass).entry, node("South", row("B", 5)))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(lessons) == 1

    freezer.tick(timedelta(minutes=5, seconds=20))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(lessons) == 2
    await reload(hass)
    assert len(lessons) == 2
    assert hass_storage[FILE]["data"]["bays"]["lot"] == BAYS + 5


async def test_another_time_zone_or_calendar_is_learnt_anew(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    lessons: list[float],
) -> None:
    await start(hass)
    await hass.config.async_set_time_zone("Europe/London")
    await reload(hass)
    assert len(lessons) == 2

    await hass.config_entries.async_unload(LOT_ID)
    entry = hass.config_entries.async_get_known_entry(LOT_ID)
    hass.config_entries.async_update_entry(entry, options={CONF_CALENDAR: "calendar.holidays"})
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(lessons) == 3


@pytest.mark.parametrize("damage", ["part", "version", "newer", "empty"])
async def test_what_cannot_be_read_is_learnt_anew(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    lessons: list[float],
    damage: str,
) -> None:
    await start(hass)
    file = hass_storage[FILE]
    match damage:
        case "part":
            file["data"]["model"]["sizes"]["data"] = "AAAA"
        case "version":
            file["version"] = 0
        case "newer":
            file["version"] = store.VERSION + 1
        case "empty":
            file["data"] = {"model": []}

    await reload(hass)

    assert len(lessons) == 2
    assert data_of(hass).forecast.is_learned
    assert hass_storage[FILE]["version"] == store.VERSION
    await reload(hass)
    assert len(lessons) == 2


async def test_a_disk_that_is_full_costs_no_forecast(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_learned: object) -> dict[str, Any]:
        raise OSError("no space left")

    monkeypatch.setattr(store, "_encode", fail)
    forecast = await start(hass)

    assert forecast.is_learned
    assert said(hass, "full_at") != "unknown"
    assert "cannot be written: no space left" in caplog.text
    caplog.clear()


async def test_a_young_lot_has_no_file_and_a_deleted_one_has_none_any_more(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    counts.begin += 11 * 86_400.0
    await start(hass)
    assert FILE not in hass_storage

    freezer.tick(timedelta(days=6))
    await data_of(hass).forecast.async_learn()
    assert FILE in hass_storage
    await hass.config_entries.async_remove(LOT_ID)
    assert FILE not in hass_storage


async def test_while_the_record_is_away_what_was_learnt_is_kept(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    lessons: list[float],
) -> None:
    async def nothing(_begin: float, _end: float) -> Mapping[str, Counts]:
        return {}

    with monkeypatch.context() as away:
        away.setattr(counts, "async_counts", nothing)
        assert (await start(hass)).is_learned is False
        assert said(hass, "full_at") == "unknown"

    # As soon as it is back, there is something to learn from.
    freezer.tick(timedelta(minutes=5))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    forecast = data_of(hass).forecast
    assert forecast.is_learned
    times = len(lessons)

    with monkeypatch.context() as away:
        away.setattr(counts, "async_counts", nothing)
        await forecast.async_learn()
    assert len(lessons) == times
    assert forecast.is_learned
