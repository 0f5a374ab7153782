"""MQTT devices as sensors of a node."""

from .source import MqttSource

__all__ = ["MqttSource"]
