"""A power cut, and clocks that are wrong for a while, take nothing away."""

from datetime import UTC, date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.ledger import (
    FIRST_DAY,
    RETENTION_DAYS,
    Counts,
    Ledger,
)
from custom_components.smart_parking.wifi.visit_counter import VisitCounter
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, entry_of, said
from tests.integration.promotions.shops import ask, show
from tests.integration.sources.driven import Hand
from tests.integration.wifi.hook import HOOK_PATH
from tests.trials.stored.disk import Disk

# In sweeps of half a second: vehicles that come and go sooner are none.
HALF_AN_HOUR = 3_600

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

STORE = f"smart_parking.{LOT_ID}"


@pytest.fixture(autouse=True)
def stopped_clock(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before anything begins."""
    freezer.move_to(NOON)


async def join(client_factory: ClientSessionGenerator, *phones: int) -> None:
    """Make phones join the lot's Wi-Fi."""
    client = await client_factory()
    for number in phones:
        station = number.to_bytes(6).hex(":")
        answer = await client.post(HOOK_PATH, data={"type": "joined", "station": station})
        assert answer.status == 204


async def test_21_a_closed_bay_is_closed_when_it_is_answered(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, disk: Disk
) -> None:
    switch = entry_of(hass, "a01", "out_of_service")
    assert switch is not None
    target = {ATTR_ENTITY_ID: switch.entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, target, blocking=True)
    await disk.cut_power(entry)
    hand.settle("North", A01=EMPTY_M)

    assert said(hass, "a01", "out_of_service") == STATE_ON
    assert said(hass, "main", "nearest") == "none_free"


async def test_21_a_bay_that_is_closed_by_no_action_is_closed_within_two_seconds(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry.runtime_data.coordinator.async_set_out_of_service("a02", out=True)
    await pass_time(hass, freezer, 2.0)
    await disk.cut_power(entry)

    assert said(hass, "a02", "out_of_service") == STATE_ON


async def test_21_twenty_arrivals_are_twenty_a_minute_later(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(10):
        for distance_m in (CAR_M, EMPTY_M):
            for _ in range(HALF_AN_HOUR):
                hand.sweep("North", A01=distance_m, A02=distance_m)
            await pass_time(hass, freezer, 60.0)
            assert disk.read(STORE)["arrivals"] == int(said(hass, "arrivals"))
    assert said(hass, "arrivals") == "20"
    await disk.cut_power(entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)

    assert said(hass, "arrivals") == "20"


async def test_21_an_empty_distance_that_was_learnt_is_known_a_minute_later(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry.runtime_data.coordinator.async_set_empty_distance("a03", 2.31)
    await pass_time(hass, freezer, 60.0)
    await disk.cut_power(entry)

    watch = entry.runtime_data.coordinator.nodes["north"].tracker
    assert watch.empty_distances()["a03"] == pytest.approx(2.31, abs=0.01)


async def test_21_visits_and_what_a_shop_pays_for_are_known_a_minute_later(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await join(hass_client_no_auth, 1, 2, 3, 4)
    for number in range(6):
        show(entry, f"visitor {number}")
    await pass_time(hass, freezer, 60.0)
    await disk.cut_power(entry)

    assert said(hass, "visits_today") == "4"
    assert (said(hass, "bakery", "impressions"), said(hass, "zoo", "impressions")) == ("3", "3")


async def test_22_a_day_in_the_future_takes_no_other_away(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    for day in ("2026-11-27", "2099-11-29", "2026-11-28"):
        freezer.move_to(f"{day} 12:00:00+00:00")
        show(entry)
    await pass_time(hass, freezer, 60.0)
    await disk.cut_power(entry)

    report = await ask(hass, "promotion_report")
    assert [row["date"] for row in report["rows"]] == ["2026-11-27", "2026-11-28", "2099-11-29"]


@given(
    past=st.sets(st.integers(0, 200), min_size=1, max_size=20),
    future=st.sets(st.integers(201, 100_000), max_size=5),
)
def test_22_whatever_the_clock_was_for_a_while(past: set[int], future: set[int]) -> None:
    first, ledger = date(2026, 11, 27), Ledger()
    days = [first + timedelta(days=number) for number in sorted(past)]
    for number in sorted(future):
        ledger.add(first + timedelta(days=number), "a", Counts(1))
    for day in days:
        ledger.add(day, "a", Counts(1))

    again = Ledger.from_data(ledger.to_data())
    assert set(days) <= {row.day for row in again.rows()}
    assert again.total("a").impressions == len(past) + len(future)


def test_22_a_clock_that_was_never_set_counts_on_no_day() -> None:
    ledger = Ledger()
    ledger.add(date(1970, 1, 1), "a", Counts(1))
    ledger.add(FIRST_DAY, "a", Counts(1))

    assert [row.day for row in ledger.rows()] == [FIRST_DAY]
    assert ledger.total("a") == Counts(2)


def test_22_a_ledger_does_not_grow_for_ever() -> None:
    ledger = Ledger()
    for number in range(3 * RETENTION_DAYS):
        ledger.add(date(2026, 1, 1) + timedelta(days=2 * number), "a", Counts(1))

    assert len(ledger.to_data()["days"]) == RETENTION_DAYS


async def test_23_past_midnight_and_back(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    before_midnight = NOON.replace(hour=23, minute=59, second=30)
    freezer.move_to(before_midnight)
    await join(hass_client_no_auth, 1, 2, 3, 4, 5)
    assert said(hass, "visits_today") == "5"
    await pass_time(hass, freezer, 100.0)
    assert said(hass, "visits_today") == "0"
    freezer.move_to(before_midnight)
    # They are still here, and are not counted again.
    await join(hass_client_no_auth, 2, 5)

    assert said(hass, "visits_today") == "5"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=40))
def test_23_every_visit_is_counted_on_the_day_that_it_was(steps: list[tuple[int, int]]) -> None:
    first = date(2026, 11, 27)
    counter, counted = VisitCounter(60.0, first), dict[date, int]()
    for number, visits in steps:
        day = first + timedelta(days=number)
        counter.begin_day(day, 0.0)
        counter.resume({day: counter.visits + visits})
        counted[day] = counted.get(day, 0) + visits

    assert {day: counter.visits_on(day) for day in counted} == counted
