"""Automations that begin before a lot is full."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.automations import when
from tests.integration.forecast.usual import BEGIN, FakeCounts, start, told
from tests.integration.lots import CAR_M, EMPTY_M, data_of, device_id
from tests.integration.sources.driven import DrivenSource, Hand

pytestmark = pytest.mark.usefixtures("hass_storage")

FULL_AT = "sensor.garage_full_at"


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sensors report only what changes, so that time may pass in silence."""
    monkeypatch.setattr(DrivenSource, "period_s", None)


async def go(hass: HomeAssistant, freezer: FrozenDateTimeFactory, to: datetime) -> None:
    """Pass time, five minutes at a time."""
    while freezer().timestamp() < to.timestamp():
        freezer.tick(300.0)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)


async def test_it_runs_once_as_soon_as_the_lot_is_near_to_being_full(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    runs = await when(
        hass, "lot_will_be_full", {"device_id": device_id(hass)}, within={"minutes": 30}
    )
    full_at = told(hass, "full_at")
    assert full_at - timedelta(minutes=30) > BEGIN + timedelta(days=14, hours=9, minutes=10)

    await go(hass, freezer, full_at - timedelta(minutes=50))
    assert runs == []
    await go(hass, freezer, full_at - timedelta(minutes=10))
    assert runs == [FULL_AT]
    # The next day it is news again.
    await go(hass, freezer, full_at + timedelta(hours=7))
    assert runs == [FULL_AT]
    await go(hass, freezer, full_at + timedelta(hours=23, minutes=50))
    assert runs == [FULL_AT, FULL_AT]


async def test_what_is_near_when_it_begins_is_no_news(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    runs = await when(
        hass, "lot_will_be_full", {"entity_id": "sensor.garage_free_bays"}, within={"hours": 3}
    )
    await go(hass, freezer, freezer() + timedelta(minutes=20))
    assert runs == []


async def test_after_a_restart_it_does_not_run_again(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    runs = await when(hass, "lot_will_be_full", {"entity_id": FULL_AT}, within={"hours": 3})
    assert await hass.config_entries.async_reload("garage")
    await hass.async_block_till_done(wait_background_tasks=True)
    await go(hass, freezer, freezer() + timedelta(minutes=10))
    assert runs == []
    # What was not known when the lot was gone cannot be told.
    assert await hass.config_entries.async_unload("garage")
    hass.states.async_set(FULL_AT, (freezer() + timedelta(hours=9)).isoformat())
    await hass.async_block_till_done()
    hass.states.async_set(FULL_AT, (freezer() + timedelta(hours=1)).isoformat())
    await hass.async_block_till_done()
    assert runs == []


async def test_a_lot_that_is_full_already_will_not_be(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    area = ar.async_get(hass).async_create("Town").id
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area)
    runs = await when(hass, "lot_will_be_full", {"area_id": area})
    hand.settle("North", **{f"A{number:02d}": CAR_M for number in range(1, 11)})
    await hass.async_block_till_done()
    assert data_of(hass).lot.is_full

    await go(hass, freezer, told(hass, "full_at") - timedelta(minutes=5))
    assert runs == []


async def test_a_lot_that_leaves_the_target_is_watched_no_longer(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    area = ar.async_get(hass).async_create("Town").id
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area)
    runs = await when(hass, "lot_will_be_full", {"area_id": area})
    dr.async_get(hass).async_update_device(device_id(hass), area_id=None)
    await hass.async_block_till_done()
    await go(hass, freezer, told(hass, "full_at") - timedelta(minutes=5))
    assert runs == []


async def test_an_automation_that_is_switched_off_waits_for_nothing(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    await start(hass)
    runs = await when(hass, "lot_will_be_full", {"entity_id": FULL_AT})
    (automation,) = hass.states.async_entity_ids("automation")
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": automation}, blocking=True
    )
    await go(hass, freezer, told(hass, "full_at") - timedelta(minutes=5))
    assert runs == []


async def test_a_forecast_that_is_named_is_no_count_of_free_bays(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    await start(hass)
    named = {"entity_id": "sensor.garage_free_bays_in_30_minutes"}
    full = await when(hass, "lot_became_full", named, kind="any")
    hand.settle("North", **{f"A{number:02d}": EMPTY_M for number in range(1, 11)})
    await hass.async_block_till_done()
    hand.settle("North", **{f"A{number:02d}": CAR_M for number in range(1, 11)})
    await hass.async_block_till_done()
    # It stands for its lot, as other sensors do.
    assert full == ["sensor.garage_free_bays"]
