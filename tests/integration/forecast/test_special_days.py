"""Days that are not as usual, from a calendar of this Home Assistant."""

from datetime import date, datetime, timedelta
from typing import cast, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.const import CONF_PLATFORM
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    setup_test_component_platform,
)

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.forecast.manager import ForecastManager
from custom_components.smart_parking.forecast.options import CONF_CALENDAR
from custom_components.smart_parking.forecast.special_days import SpecialDays
from tests.integration.forecast.usual import BEGIN, ZONE, FakeCounts
from tests.integration.lots import LOT_ID, data_of, lot, node, row
from tests.integration.sources.driven import Hand

HOLIDAYS = "calendar.holidays"
TODAY = BEGIN.date() + timedelta(days=14)


class Calendar(CalendarEntity):
    """A calendar with entries that a test writes."""

    _attr_name = "Holidays"
    _attr_unique_id = "holidays"

    def __init__(self) -> None:
        """Initialize without entries."""
        self.entries: list[tuple[date | datetime, date | datetime]] = []
        self.failure: Exception | None = None
        self.asked = 0

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return [CalendarEvent(start=start, end=end, summary="-") for start, end in self.entries]


@pytest.fixture(name="calendar")
async def calendar_fixture(hass: HomeAssistant, counts: FakeCounts) -> Calendar:
    """Set up a calendar."""
    calendar = Calendar()
    setup_test_component_platform(hass, "calendar", [calendar])
    assert await async_setup_component(hass, "calendar", {"calendar": {CONF_PLATFORM: "test"}})
    await hass.async_block_till_done()
    assert calendar.entity_id == HOLIDAYS
    return calendar


async def start(hass: HomeAssistant) -> ForecastManager:
    """Set up a lot whose owner has named a calendar."""
    entry = lot(node("North", row("A", 10)))
    assert await set_up_with(hass, entry, {CONF_CALENDAR: HOLIDAYS})
    return data_of(hass).forecast


async def set_up_with(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, options: dict[str, str]
) -> bool:
    """Set up a lot with options."""
    cast("MockConfigEntry", entry).add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options)
    done = await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return done


def special_days(forecast: ForecastManager) -> set[date]:
    """Return the days that the forecast takes for special."""
    learned = forecast._learned  # noqa: SLF001  (the model is shown to nobody)
    assert learned is not None
    assert learned.model is not None
    return set(learned.model.special_days)


def issues(hass: HomeAssistant) -> set[str]:
    """Return the calendar's issues."""
    found = {one.translation_key for _, one in ir.async_get(hass).issues.items()}
    return {one for one in found if one is not None and one.startswith("forecast_")}


@pytest.mark.parametrize(
    ("start_at", "end_at", "days"),
    [
        (TODAY, TODAY + timedelta(days=1), {0}),
        (TODAY - timedelta(days=2), TODAY + timedelta(days=2), {-2, -1, 0, 1}),
        (
            datetime(2026, 5, 18, 20, 0, tzinfo=ZONE),
            datetime(2026, 5, 19, 1, 0, tzinfo=ZONE),
            {0, 1},
        ),
        (datetime(2026, 5, 18, 20, 0, tzinfo=ZONE), datetime(2026, 5, 19, 0, 0, tzinfo=ZONE), {0}),
    ],
)
async def test_days_with_entries_are_special(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
    start_at: date,
    end_at: date,
    days: set[int],
) -> None:
    calendar.entries = [(start_at, end_at)]
    forecast = await start(hass)

    assert special_days(forecast) == {TODAY + timedelta(days=day) for day in days}
    assert issues(hass) == set()


async def test_a_day_is_expected_to_be_like_other_special_ones(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    calendar: Calendar,
    hass_storage: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    closed = [TODAY - timedelta(days=one) for one in (3, 6, 9, 11)]
    counts.closed = {*closed, TODAY + timedelta(days=1)}
    calendar.entries = [(day, day + timedelta(days=1)) for day in counts.closed]
    freezer.move_to(BEGIN + timedelta(days=14, hours=16))
    forecast = await start(hass)
    noon = (BEGIN + timedelta(days=15, hours=12)).timestamp()

    expected = forecast.get_expectation_at(noon)
    assert expected is not None
    assert expected.free > 7


async def test_what_is_entered_later_counts_within_the_hour(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    past = TODAY - timedelta(days=7)
    calendar.entries = [(past, past + timedelta(days=1))]
    forecast = await start(hass)
    assert special_days(forecast) == {past}

    tomorrow = TODAY + timedelta(days=1)
    calendar.entries.append((tomorrow, tomorrow + timedelta(days=1)))
    freezer.move_to(BEGIN + timedelta(days=14, hours=10, seconds=20))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert special_days(forecast) == {past, tomorrow}

    # When the calendar itself says that something has changed, at once.
    calendar.entries.pop()
    hass.states.async_set(HOLIDAYS, "on")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert special_days(forecast) == {past}


@pytest.mark.parametrize("failure", [HomeAssistantError("away"), TimeoutError()])
async def test_while_a_calendar_does_not_answer_its_days_are_those_of_before(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
    failure: Exception,
) -> None:
    calendar.entries = [(TODAY, TODAY + timedelta(days=1))]
    forecast = await start(hass)
    calendar.failure = failure

    await forecast.async_learn()
    assert special_days(forecast) == {TODAY}
    hass.states.async_set(HOLIDAYS, "on")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert special_days(forecast) == {TODAY}

    # Nothing is known from before when it does not answer the first time.
    assert await hass.config_entries.async_unload(LOT_ID)
    hass_storage.pop(f"{DOMAIN}.{LOT_ID}.forecast")
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert special_days(data_of(hass).forecast) == set()


async def test_a_calendar_that_is_renamed_is_followed(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
) -> None:
    calendar.entries = [(TODAY, TODAY + timedelta(days=1))]
    forecast = await start(hass)
    asked = calendar.asked

    er.async_get(hass).async_update_entity(HOLIDAYS, new_entity_id="calendar.days_off")
    await hass.async_block_till_done(wait_background_tasks=True)

    entry = data_of(hass).entry
    assert entry.options[CONF_CALENDAR] == "calendar.days_off"
    assert issues(hass) == set()
    assert special_days(forecast) == {TODAY}
    await forecast.async_learn()
    assert calendar.asked > asked
    assert special_days(forecast) == {TODAY}


async def test_the_owner_is_told_of_a_calendar_that_is_gone(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
) -> None:
    calendar.entries = [(TODAY, TODAY + timedelta(days=1))]
    forecast = await start(hass)

    er.async_get(hass).async_remove(HOLIDAYS)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == {"forecast_calendar_missing"}
    assert special_days(forecast) == {TODAY}

    hass.states.async_set(HOLIDAYS, "off")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == set()

    hass.states.async_remove(HOLIDAYS)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == {"forecast_calendar_missing"}
    # Another one is named, or none.
    hass.config_entries.async_update_entry(data_of(hass).entry, options={})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == set()
    assert special_days(forecast) == set()
    # A lot that is not at work has no trouble.
    hass.config_entries.async_update_entry(
        data_of(hass).entry, options={CONF_CALENDAR: "calendar.none"}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == {"forecast_calendar_missing"}
    assert await hass.config_entries.async_unload(LOT_ID)
    assert issues(hass) == set()


async def test_a_calendar_full_of_entries_is_no_calendar_of_exceptions(
    hass: HomeAssistant,
    hand: Hand,
    calendar: Calendar,
    hass_storage: dict[str, object],
) -> None:
    calendar.entries = [(TODAY - timedelta(days=300), TODAY + timedelta(days=2))]
    forecast = await start(hass)
    assert special_days(forecast) == set()
    assert issues(hass) == {"forecast_calendar_busy"}

    calendar.entries = [(TODAY - timedelta(days=3), TODAY)]
    await forecast.async_learn()
    assert len(special_days(forecast)) == 3
    assert issues(hass) == set()


async def test_without_a_calendar_nobody_is_asked(
    hass: HomeAssistant, hand: Hand, calendar: Calendar, hass_storage: dict[str, object]
) -> None:
    entry = lot(node("North", row("A", 10)))
    assert await set_up_with(hass, entry, {})
    days = SpecialDays(hass, entry, lambda: None)
    days.async_follow()

    assert await days.async_get(TODAY, TODAY + timedelta(days=3)) == frozenset()
    assert calendar.asked == 0
