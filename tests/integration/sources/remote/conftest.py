"""Home Assistant with a real broker, and Raspberry Pis elsewhere that say what tests want."""

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.sources.mqtt.broker import Broker, connect
from tests.integration.sources.mqtt.conftest import broker_fixture
from tests.integration.sources.remote.pi import Pi

__all__ = ["broker_fixture"]


@pytest_asyncio.fixture(name="mqtt_entry")
async def mqtt_entry_fixture(
    hass: HomeAssistant, broker: Broker, folder: Path
) -> AsyncGenerator[MockConfigEntry]:
    """Set up MQTT, with discovery, and the broker."""
    (folder / "configuration.yaml").touch()
    entry = await connect(hass, broker, discovery=True)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture(name="make_pi")
def make_pi_fixture(broker: Broker) -> Iterator[Callable[..., Pi]]:
    """Give what starts a Raspberry Pi of a name."""
    started: list[Pi] = []

    def make(name: str = "garage-2", **more: str) -> Pi:
        started.append(Pi(broker, name, **more))
        return started[-1]

    yield make
    for pi in started:
        pi.end()


@pytest.fixture(name="pi")
def pi_fixture(make_pi: Callable[..., Pi]) -> Pi:
    """Give a Raspberry Pi that is there."""
    return make_pi()
