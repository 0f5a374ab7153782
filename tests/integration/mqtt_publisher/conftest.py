"""Home Assistant with a real broker, on which it publishes."""

from tests.integration.sources.mqtt.conftest import broker_fixture, mqtt_entry_fixture

__all__ = ("broker_fixture", "mqtt_entry_fixture")
