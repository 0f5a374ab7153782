"""What is expected of a lot, from its counts to the states that people see."""

from datetime import UTC, date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.forecast.entities import SENSORS
from custom_components.smart_parking.forecast.history import RecordedCounts
from custom_components.smart_parking.lot.analytics.forecast import LOT_SERIES
from tests.integration.analytics.history import Cars
from tests.integration.forecast.usual import BEGIN, FakeCounts, start, told
from tests.integration.lots import CAR_M, EMPTY_M, data_of, look, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand


async def test_what_is_expected_is_shown_with_its_odds(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    forecast = await start(hass)

    # Ten hours, every quarter of one: at nine, seven of ten are taken.
    assert 0 <= int(said(hass, "free_in_60")) <= int(said(hass, "free_in_30")) <= 4
    attributes = look(hass, "free_in_30").attributes
    assert attributes["low"] <= int(said(hass, "free_in_30")) <= attributes["high"]
    assert 0 < attributes["probability"] <= 100
    assert datetime.fromisoformat(attributes["at"]) == datetime(2026, 5, 18, 7, 30, tzinfo=UTC)
    assert 9 <= told(hass, "full_at").hour <= 11
    assert 14 <= told(hass, "free_again_at").hour <= 16
    assert told(hass, "free_again_at").date() == date(2026, 5, 18)
    assert len(forecast.get_path()) == 4 * 48
    assert forecast.get_expectation(48 * 60 + 15) is None
    assert forecast.get_expectation(30, "level:1") is not None
    assert forecast.get_expectation(30, "level:9") is None
    numbers = forecast.numbers()
    assert (numbers["is_learned"], numbers["days"], numbers["series"]) == (True, 14, 3)


async def test_a_young_lot_says_how_many_days_it_knows(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    counts.begin += 11 * 86_400.0
    forecast = await start(hass)

    for description in SENSORS:
        assert said(hass, description.key) == STATE_UNKNOWN
        assert look(hass, description.key).attributes["days_known"] == 3
        assert look(hass, description.key).attributes["days_needed"] == 8
    assert forecast.get_full_at() is None
    assert forecast.get_free_again_at() is None


async def test_forecasts_follow_the_counts_and_learning_the_nights(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    forecast = await start(hass)
    full_at = told(hass, "full_at")
    days = forecast.days

    freezer.move_to(BEGIN + timedelta(days=14, hours=16, seconds=20))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told(hass, "full_at").date() == full_at.date() + timedelta(days=1)

    freezer.move_to(BEGIN + timedelta(days=15, hours=3, minutes=40, seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert forecast.days == days + 1


async def test_a_record_that_cannot_be_read_expects_nothing_and_is_logged(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    caplog: pytest.LogCaptureFixture,
) -> None:
    counts.failure = OSError("the record is away")
    forecast = await start(hass)
    assert "could not be learnt" in caplog.text
    assert said(hass, "full_at") == STATE_UNKNOWN

    counts.failure = None
    await forecast.async_learn()
    assert said(hass, "full_at") != STATE_UNKNOWN

    counts.failure = OSError("the record is away")
    await forecast.async_predict()
    assert "is not known" in caplog.text
    assert said(hass, "full_at") == STATE_UNKNOWN
    assert look(hass, "free_in_30").attributes.get("probability") is None
    caplog.clear()


async def test_it_learns_from_what_the_lot_has_recorded(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(BEGIN + timedelta(minutes=4, seconds=50))
    assert await set_up(hass, lot(node("North", row("A", 3))))
    cars = Cars(hass, hand, freezer)
    cars.say(A01=EMPTY_M, A02=EMPTY_M, A03=CAR_M)
    await cars.wait(11.0)
    record = data_of(hass).analytics
    at = BEGIN.timestamp()

    found = (await RecordedCounts(record).async_counts(at, at + 600.0))[LOT_SERIES]
    assert (found.occupied.tolist(), found.capacity.tolist()) == ([1.0], [3.0])
    assert await RecordedCounts(record).async_counts(at + 600.0, at + 900.0) == {}

    await record.async_close()
    assert await RecordedCounts(record).async_counts(at, at + 600.0) == {}
