"""Measures bays with ultrasonic sensors on a Raspberry Pi, and tells Home Assistant over MQTT."""
