"""Binary sensors that others built: cameras that blink, sensors that die."""

from datetime import timedelta
from itertools import cycle, islice

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.smart_parking.const import DOMAIN, EVENT
from tests.trials.field import EYE, Field


async def find_bay(hass: HomeAssistant) -> object:
    """Return which bay a driver would be sent to."""
    answer = await hass.services.async_call(
        DOMAIN, "find_bay", {}, blocking=True, return_response=True
    )
    assert answer is not None
    return answer["bay"]


async def test_13_a_parked_car_that_a_camera_loses_for_3_s_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, EYE)
    await field.hear([STATE_OFF] * 10)
    await field.hear([STATE_ON] * 10)
    assert field.arrivals == 1
    for _ in range(3):
        await field.hear([STATE_OFF])
        assert await find_bay(hass) is None
    await field.hear([STATE_ON] * 10)
    assert set(field.seen[13:]) == {STATE_ON}
    assert field.arrivals == 1


async def test_14_an_hour_of_flipping_is_a_fault_and_no_traffic(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, EYE)
    await field.hear([STATE_OFF] * 10)
    told = async_capture_events(hass, EVENT)
    await field.hear(islice(cycle([STATE_ON, STATE_OFF]), 1800), 2)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "flapping"}
    assert field.arrivals <= 3
    assert len(told) <= 10
    await field.hear([STATE_OFF] * 30)
    assert field.state == STATE_OFF


async def test_14_flipping_so_slowly_that_each_state_counts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, EYE)
    await field.hear(islice(cycle([STATE_ON, STATE_OFF]), 360), 10)
    assert field.faulty == {"A01": "flapping"}
    assert field.arrivals <= 6


async def test_15_a_sensor_that_is_silent_for_too_long_is_not_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, EYE, silent_after_h=12.0)
    await field.hear([STATE_OFF] * 10)
    await field.wait(11.9 * 3600, 60)
    assert field.state == STATE_OFF
    await field.wait(12 * 3600, 600)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "silent"}
    await field.hear([STATE_OFF] * 6)
    assert field.state == STATE_OFF


async def test_15_it_was_silent_already_when_the_lot_was_loaded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set(EYE, STATE_OFF)
    freezer.tick(24 * 3600)
    field = await Field.of(hass, freezer, EYE, silent_after_h=12.0)
    await field.wait(5)
    assert field.faulty == {"A01": "silent"}


async def test_15_what_is_heard_of_it_elsewhere_counts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, EYE, silent_after_h=1.0, last_seen=True)
    await field.hear([STATE_OFF] * 10)
    for _ in range(5):
        await field.wait(1800, 60)
        seen = dt_util.utcnow() - timedelta(seconds=5)
        hass.states.async_set("sensor.seen", seen.isoformat())
        await hass.async_block_till_done()
    assert field.state == STATE_OFF
    assert isinstance(hass.states.get("sensor.seen"), State)
    await field.wait(3700, 60)
    assert field.faulty == {"A01": "silent"}
