"""Home Assistant with MQTT and a real broker."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
import shutil
import time

from homeassistant.components.mqtt import client as mqtt_client
from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.sources import pushed
from custom_components.smart_parking.sources.mqtt import listener
from tests.integration.clock import skip
from tests.integration.sources.mqtt.broker import Broker, connect


@pytest.fixture(name="broker")
def broker_fixture(
    tmp_path: Path, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Broker]:
    """Run a broker, to which Home Assistant soon connects again."""
    if shutil.which("mosquitto") is None:
        pytest.skip("not installed: mosquitto")
    monkeypatch.setattr(mqtt_client, "RECONNECT_INTERVAL_SECONDS", 1)
    broker = Broker(tmp_path)
    yield broker
    broker.close()


@pytest_asyncio.fixture(name="mqtt_entry")
async def mqtt_entry_fixture(
    hass: HomeAssistant, broker: Broker, folder: Path
) -> AsyncGenerator[MockConfigEntry]:
    """Set up MQTT with the broker."""
    (folder / "configuration.yaml").touch()
    entry = await connect(hass, broker)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


class Clock:
    """The clock by which messages come: it runs as it does, and leaps when a test wants it to."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with the right time."""
        self._hass = hass
        self._ahead_s = 0.0

    def monotonic(self) -> float:
        """Return the time that never goes back."""
        return time.monotonic() + self._ahead_s

    def time(self) -> float:
        """Return the time of day."""
        return time.time() + self._ahead_s

    async def leap(self, seconds: float) -> None:
        """Make time pass at once, and everything happen that waits for it."""
        self._ahead_s += seconds
        # Timers count from when they were set; one that rings too early sets itself anew.
        await skip(self._hass, self._ahead_s)


@pytest.fixture(name="clock")
def clock_fixture(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock by which messages come."""
    clock = Clock(hass)
    for module in (listener, pushed):
        monkeypatch.setattr(module, "time", clock)
    return clock
