"""Time that passes at once, and waiting for what other threads do."""

from collections.abc import Callable
from datetime import timedelta
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

TIMEOUT_S = 20.0
POLL_S = 0.02


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Run, and everything happen that waits for it."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def skip(hass: HomeAssistant, seconds: float) -> None:
    """Make the timers of the next seconds ring, while the clock goes on as it does."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def until(hass: HomeAssistant, is_so: Callable[[], bool]) -> None:
    """Wait for what another thread brings about, also while the event loop's clock is frozen."""
    for _ in range(round(TIMEOUT_S / POLL_S)):
        if is_so():
            return
        await hass.async_add_executor_job(time.sleep, POLL_S)
    assert is_so()
