"""Nodes of every kind; some of them hear a real broker."""

from tests.integration.sources.mqtt.conftest import broker_fixture, mqtt_entry_fixture

__all__ = ("broker_fixture", "mqtt_entry_fixture")
