"""The lot on MQTT: for signs, lamps, other systems, and another Home Assistant."""
