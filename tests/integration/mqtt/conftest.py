"""Home Assistant with MQTT and a real broker."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
import shutil

from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.mqtt.broker import Broker, connect


@pytest.fixture(name="broker")
def broker_fixture(tmp_path: Path, socket_enabled: None) -> Iterator[Broker]:
    """Run a broker."""
    if shutil.which("mosquitto") is None:
        pytest.skip("not installed: mosquitto")
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
