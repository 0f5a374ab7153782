"""What a node's devices make of messages, one after another, without a broker."""

import json

import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.reports import Span
from custom_components.smart_parking.sources.mqtt.devices import DeviceOptions, Devices
from custom_components.smart_parking.sources.mqtt.messages import Message
from custom_components.smart_parking.sources.mqtt.presets import PRESETS

OPTIONS = DeviceOptions(span=Span(0.02, 6.0), is_inverted=False, silent_after_s=None)


def kept(topic: str, payload: object, at: float = 1.0) -> Message:
    """Return a retained message."""
    said = payload if isinstance(payload, str) else json.dumps(payload)
    return Message(f"zigbee2mqtt/{topic}", said.encode(), at, 1e9 + at, retained=True)


def hear(*messages: Message) -> list[Reading]:
    devices = Devices(PRESETS["zigbee2mqtt"](), {"a": "A01"}, OPTIONS, lambda _bay_id, _at: False)
    return [reading for message in messages for reading in devices.take(message)]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_kept_word_counts_of_a_device_that_is_there(*, is_first: bool) -> None:
    state = kept("a", {"occupancy": False})
    online = kept("a/availability", "online", 2.0)
    readings = hear(*((state, online) if is_first else (online, state)))
    assert [reading.occupied for reading in readings] == [False]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_kept_word_does_not_count_of_a_device_that_is_gone(*, is_first: bool) -> None:
    state = kept("a", {"occupancy": False})
    offline = kept("a/availability", {"state": "offline"}, 2.0)
    readings = hear(*((state, offline) if is_first else (offline, state)))
    assert [reading.fault for reading in readings] == [Fault.UNAVAILABLE]


def test_an_availability_that_says_neither_is_none() -> None:
    assert hear(kept("a/availability", "perhaps"), kept("bridge/state", "7")) == []


def test_of_devices_without_a_bay_nothing_is_said() -> None:
    assert hear(kept("b", {"occupancy": True}), kept("bridge/state", "online")) == []
