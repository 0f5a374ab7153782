"""Values, paths and topics as others write them."""

import json
from math import isfinite

from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.sources.base import Value
from custom_components.smart_parking.sources.mqtt.lorawan import read_battery
from custom_components.smart_parking.sources.mqtt.presets import PRESETS
from custom_components.smart_parking.sources.mqtt.settings import make_preset
from custom_components.smart_parking.sources.mqtt.topics import is_filter, wildcards
from custom_components.smart_parking.sources.mqtt.values import (
    Json,
    follow,
    length_of,
    number_of,
    path_of,
    state_of,
    time_of,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
SOME_OBJECT = st.dictionaries(
    st.sampled_from(
        [
            "occupied",
            "free",
            "type",
            "code",
            "status",
            "distance",
            "battery",
            "keepAlive",
            "Good_Battery",
            "battery_health",
            "temperature",
            "resetCause",
        ]
    ),
    ANYTHING,
)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (True, True),
        ("true", True),
        (" ON ", True),
        (1, True),
        (1.0, True),
        ("1", True),
        (False, False),
        ("false", False),
        ("Free", False),
        (0, False),
        ("nan", None),
        ("", None),
        (None, None),
        (2, None),
        (0.5, None),
        ([1], None),
        ({}, None),
    ],
)
def test_strings_that_look_like_values(value: Json, state: bool | None) -> None:
    assert state_of(value) is state


@pytest.mark.parametrize(
    ("value", "unit", "length"),
    [
        (2116, "mm", 2.116),
        ("16.754", "cm", 0.16754),
        ("2116 mm", "cm", 2.116),
        ("1,2 m", "mm", 1.2),
        ("39.37in", "m", 1.0),
        (3, "ft", 0.9144),
        (0, "cm", Fault.NO_TARGET),
        (-1, "cm", Fault.NO_TARGET),
        (None, "m", Fault.NO_TARGET),
        ("nan", "m", Fault.NO_TARGET),
        (float("inf"), "m", Fault.NO_TARGET),
        (10**400, "m", Fault.NO_TARGET),
        ("", "m", Fault.NO_TARGET),
        ("unknown", "m", Fault.NO_TARGET),
        ("unavailable", "m", Fault.UNAVAILABLE),
        ("Invalid Reading", "mm", Fault.TOO_NEAR),
        ("No Sensor", "mm", Fault.IMPLAUSIBLE),
        ("2 miles", "m", Fault.IMPLAUSIBLE),
        (True, "m", Fault.IMPLAUSIBLE),
        ([2], "m", Fault.IMPLAUSIBLE),
    ],
)
def test_lengths(value: Json, unit: str, length: float | Fault) -> None:
    said = length_of(value, unit)
    assert said == length if isinstance(length, Fault) else said == pytest.approx(length, abs=1e-4)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T01:01:00.123456789+01:00", 60.123456),
        ("1970-01-01T00:01:00", None),
        ("yesterday", None),
        (1_700_000_000, 1_700_000_000.0),
        (1_700_000_000_123, 1_700_000_000.123),
        (-1, None),
        (None, None),
    ],
)
def test_times(value: Json, at: float | None) -> None:
    assert time_of(value) == (None if at is None else pytest.approx(at))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("$.a.b", 1),
        ("list[1].c", 2),
        ("list.1.c", 2),
        ('["x.y"]', 3),
        ("['x.y']", 3),
        ("", ...),
        ("a.c", ...),
        ("a.b.c", ...),
        ("list[7]", ...),
    ],
)
def test_paths(path: str, value: object) -> None:
    content: Json = {"a": {"b": 1}, "list": [0, {"c": 2}], "x.y": 3}
    is_there, found = follow(content, path_of(path))
    if path == "":
        assert (is_there, found) == (True, content)
    else:
        assert (is_there, found) == ((False, None) if value is ... else (True, value))


@pytest.mark.parametrize("path", ["a[", "a]b", "[x]", "a..b["])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError):
        path_of(path)


@pytest.mark.parametrize(
    ("one", "is_one"),
    [
        ("a/b", True),
        ("+/b/#", True),
        ("#", True),
        ("", False),
        ("a/#/b", False),
        ("a+/b", False),
        ("a/b#", False),
        ("a\0b", False),
        ("x" * 70_000, False),
    ],
)
def test_filters(one: str, *, is_one: bool) -> None:
    assert is_filter(one) is is_one


@pytest.mark.parametrize(
    ("one", "topic", "found"),
    [
        ("a/+/c", "a/b/c", ["b"]),
        ("a/#", "a/b/c", ["b/c"]),
        ("+/+/#", "a/b/c/d", ["a", "b", "c/d"]),
        ("a/b", "a/b", []),
        ("a/b", "a/c", None),
        ("a/+", "a", None),
        ("a", "a/b", None),
    ],
)
def test_wildcards(one: str, topic: str, found: list[str] | None) -> None:
    assert wildcards(one, topic) == found


@given(ANYTHING)
def test_no_value_is_too_odd(value: Json) -> None:
    number = number_of(value)
    assert number is None or isfinite(number)
    length = length_of(value, "m")
    assert isinstance(length, Fault) or length > 0.0
    state_of(value)
    time_of(value)


@given(st.sampled_from(sorted(PRESETS)), SOME_OBJECT | ANYTHING, st.integers(0, 255))
def test_no_message_is_too_odd(key: str, values: Json, port: int) -> None:
    preset = PRESETS[key]()
    topics = {
        "ttn": ["v3/a@b/devices/d/up"],
        "chirpstack": [f"application/1/device/d/event/{kind}" for kind in ("up", "status", "log")],
        "zigbee2mqtt": ["zigbee2mqtt/d", "zigbee2mqtt/d/availability", "zigbee2mqtt/bridge/state"],
        "tasmota": ["tele/d/SENSOR", "tele/d/STATE", "tele/d/LWT"],
        "esphome": ["d/sensor/x/state", "d/binary_sensor/x/state", "d/status"],
        "openmqttgateway": ["home/d/HCSR04toMQTT", "home/d/BTtoMQTT/x", "home/d/LWT"],
        "frigate": ["frigate/d/car", "frigate/events", "frigate/available"],
    }[key]
    for topic in topics:
        for content in (
            values,
            {"uplink_message": {"f_port": port, "decoded_payload": values}},
            {"fPort": port, "object": values},
            {"SR04": values},
            {"after": values},
            {"after": {"label": "car", "current_zones": values}},
        ):
            for heard in preset.read(topic, json.dumps(content).encode()):
                told = (heard.occupied, heard.distance_m, heard.fault)
                assert sum(one is not None for one in told) <= 1


@pytest.mark.parametrize("key", sorted(PRESETS))
@pytest.mark.parametrize("topic", ["", "/", "a", "a/b", "up", "x/devices/", "LWT", "available/x"])
def test_no_topic_is_too_odd(key: str, topic: str) -> None:
    preset = PRESETS[key]()
    preset.device_of(topic, b"")
    assert all(heard is not None for heard in preset.read(topic, b"1"))


@pytest.mark.parametrize(
    ("topics", "topic", "device"),
    [
        ("lot/+/state", "lot/a/state", "a"),
        ("+/lot/+", "x/lot/a", "x/a"),
        ("lot/+/#", "lot/a/b/c", "a"),
        ("lot/#", "lot/a/b", "a/b"),
        ("lot/a", "lot/a", "lot/a"),
        ("lot/a, lot/b/+", "lot/b/c", "c"),
        ("lot/+", "elsewhere", None),
    ],
)
async def test_my_own_device_is_what_stands_for_the_wildcard(
    hass: HomeAssistant, topics: str, topic: str, device: str | None
) -> None:
    own = make_preset(hass, {"preset": "own", "topic": topics})
    assert own.device_of(topic, b"1") == device
    assert [one.device for one in own.read(topic, b"on")] == [device] * (device is not None)


async def test_my_own_device_may_be_in_the_message(hass: HomeAssistant) -> None:
    settings: dict[str, Value] = {"preset": "own", "topic": "lot"}
    by_path = make_preset(hass, {**settings, "own_device": "id", "own_value": "v"})
    assert by_path.device_of("lot", b'{"id": 7}') == "7"
    assert by_path.device_of("lot", b'{"it": 7}') is None
    assert [*by_path.read("lot", b"nonsense")] == []
    by_template = make_preset(hass, {**settings, "own_device": "{{ 1 / value | int }}"})
    assert by_template.device_of("lot", b"0") is None
    assert by_template.device_of("lot", b"1") == "1.0"


@pytest.mark.parametrize(
    ("known", "battery"),
    [
        ({"good_battery": 0}, (None, True)),
        ({"good_battery": "odd"}, (None, None)),
        ({"battery_low": "true", "battery": 8}, (8.0, True)),
        ({"battery_low": "odd", "battery": 80}, (80.0, None)),
        ({"battery_health": "critical"}, (None, True)),
        ({"battery_health": 55}, (55.0, None)),
        ({"battery": "92 %"}, (92.0, None)),
        ({"battery": 3.6}, (None, None)),
        ({"battery": 3600}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_batteries(known: dict[str, Json], battery: tuple[float | None, bool | None]) -> None:
    assert read_battery(known) == battery
