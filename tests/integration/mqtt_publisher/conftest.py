"""Home Assistant with a real broker, on which it publishes."""

from collections.abc import Iterator

import pytest

from tests.integration.mqtt_publisher.follower import Follower
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.conftest import broker_fixture, mqtt_entry_fixture

__all__ = ("broker_fixture", "mqtt_entry_fixture")


@pytest.fixture(name="follower")
def follower_fixture(broker: Broker) -> Iterator[Follower]:
    """Follow all that is published."""
    follower = Follower(broker)
    yield follower
    follower.close()
