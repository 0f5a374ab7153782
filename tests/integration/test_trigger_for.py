"""Automations that begin when something has been so for a time."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.automations import when
from tests.integration.clock import pass_time
from tests.integration.lots import change, device_id
from tests.integration.sources.binary_entities import bay_entity, see, set_up_eyes, watched

HOURS = 3600.0


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    """Set up a lot of two vacant bays."""
    return await set_up_eyes(hass, a01="standard", a02="standard")


async def test_a_vehicle_stays_too_long(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device_id(hass)}
    stayed = await when(hass, "bay_became_occupied", target, **{"for": {"hours": 2}})
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    await pass_time(hass, freezer, 1.9 * HOURS)
    await see(hass, a02=STATE_OFF)
    await pass_time(hass, freezer, 0.2 * HOURS)
    assert stayed == [bay_entity(hass, "a01")]


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
async def test_a_gap_lets_the_time_begin_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, behavior: str
) -> None:
    target = {"device_id": device_id(hass, "a01")}
    stayed = await when(
        hass, "bay_became_occupied", target, **{"for": "02:00:00", "behavior": behavior}
    )
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 1.5 * HOURS)
    await see(hass, a01=STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 1.0 * HOURS)
    assert stayed == []
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 1.9 * HOURS)
    assert stayed == []
    await pass_time(hass, freezer, 0.2 * HOURS)
    assert stayed == [bay_entity(hass, "a01")]


async def test_a_vehicle_that_left_in_a_gap_has_not_stayed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device_id(hass, "a01")}
    stayed = await when(hass, "bay_became_occupied", target, **{"for": "02:00:00"})
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 1.5 * HOURS)
    await see(hass, a01=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_OFF)
    await pass_time(hass, freezer, 2.5 * HOURS)
    assert stayed == []


async def test_a_gap_after_the_time_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device_id(hass, "a01")}
    stayed = await when(hass, "bay_became_occupied", target, **{"for": "02:00:00"})
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 2.1 * HOURS)
    await see(hass, a01=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 2.1 * HOURS)
    assert stayed == [bay_entity(hass, "a01")]


async def test_an_old_gap_does_not_count(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The first stay is cut by a gap; the second one triggers once, whatever happens later."""
    target = {"device_id": device_id(hass, "a01")}
    stayed = await when(hass, "bay_became_occupied", target, **{"for": "02:00:00"})
    await see(hass, a01=STATE_ON)
    await see(hass, a01=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_OFF)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 2.1 * HOURS)
    await see(hass, a01=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 2.1 * HOURS)
    assert stayed == [bay_entity(hass, "a01")]


async def test_a_sensor_fails_for_a_while(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device_id(hass)}
    failed = await when(hass, "bay_sensor_failed", target, **{"for": "00:10:00"})
    await see(hass, a01=STATE_UNAVAILABLE, a02=STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 300.0)
    await see(hass, a02=STATE_OFF)
    await pass_time(hass, freezer, 400.0)
    assert failed == [bay_entity(hass, "a01")]


async def test_the_lot_stays_full(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    target = {"device_id": device_id(hass)}
    full = await when(hass, "lot_became_full", target, **{"for": "00:05:00"})
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    await pass_time(hass, freezer, 200.0)
    await see(hass, a01=STATE_OFF)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 200.0)
    assert full == []
    await pass_time(hass, freezer, 200.0)
    assert full == ["sensor.garage_free_bays"]


async def test_a_bay_that_is_gone_is_no_longer_waited_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: SmartParkingConfigEntry
) -> None:
    target = {"device_id": device_id(hass)}
    stayed = await when(hass, "bay_became_occupied", target, **{"for": "02:00:00"})
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    await change(hass, entry, "field", bays=watched(a02="standard"))
    await see(hass, a02=STATE_ON)
    await pass_time(hass, freezer, 3 * HOURS)
    assert bay_entity(hass, "a02") in stayed
    assert len(stayed) == 1
