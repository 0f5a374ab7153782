"""Presets: the topics and messages of eight kinds of MQTT senders.

A preset does not know bays. It returns the device of a message, and the report in it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar, override

from ...lot.model import Fault
from .lorawan import as_distance, read_battery, read_uplink
from .messages import DeviceReport
from .topics import wildcards
from .values import (
    OFFLINE,
    ONLINE,
    Json,
    number_of,
    object_of,
    read_json,
    state_of,
    text_of,
    time_of,
    word_of,
)

# Keys under which home sensors report presence.
_PRESENCE_KEYS = ("occupancy", "occupied", "presence", "vehicle", "parked")
# For Home Assistant, open is on: a vehicle has moved away from the magnet.
_CONTACT_KEYS = ("contact",)
# Vehicles as Frigate's models call them.
VEHICLES = frozenset(["car", "truck", "bus", "motorcycle", "van"])
# Tasmota's sensors that measure in millimetres; the others use centimetres.
_MILLIMETRE_SENSORS = ("VL53", "TOF10120", "HRXL", "VL6180")
_CENTIMETRE_SENSORS = ("SR04", "ME007", "JSN", "A02YY", "DYP")
# Prefix of a key that such a sensor also has, in any language of the firmware.
_TEMPERATURE = "temp"

ALL = ""
"""The device of messages for all devices."""


class Preset(ABC):
    """The messages of one kind of sender."""

    key: ClassVar[str]
    topics: ClassVar[str] = ""
    """Filters that are subscribed to by default; empty where the owner has to set them."""
    unit: ClassVar[str] = "m"
    """The unit of distances without one."""
    ignores_case: ClassVar[bool] = False
    """Whether device ids are case-insensitive."""
    by_topic: bool = True
    """Whether the topic alone gives the device of a message."""
    has_aliases: ClassVar[bool] = False
    """Whether a device has a second name that only its messages contain."""

    def __init__(self, filters: tuple[str, ...] = (), unit: str | None = None) -> None:
        """Initialize with topic filters and a unit of distances."""
        self.filters = filters or filters_of(self.topics)
        self.own_unit = unit
        self.distance_unit = unit or self.unit

    @abstractmethod
    def device_of(self, topic: str, payload: bytes) -> str | None:
        """Return the device of a message, `ALL` when it concerns many; None when it is useless."""

    @abstractmethod
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        """Yield the reports of a message; none for an invalid one."""

    def measures(self, device: str) -> bool:
        """Return whether a device certainly measures distances."""
        return False


def filters_of(text: str) -> tuple[str, ...]:
    """Return the configured topic filters, separated by commas."""
    return tuple(filter(None, (one.strip() for one in text.split(","))))


def _online(device: str, payload: bytes, *, whole: bool = False) -> Iterator[DeviceReport]:
    """Yield whether a device is online, from a word or from `{"state": word}`."""
    content = read_json(payload)
    word = content.get("state") if isinstance(content, dict) else text_of(payload)
    if (online := state_of(word, ONLINE, OFFLINE)) is not None:
        yield DeviceReport(device=device, whole=whole, online=online)


class TheThingsStack(Preset):
    """The Things Stack v3, and The Things Network."""

    key = "ttn"
    topics = "v3/+/devices/+/up"
    unit = "mm"
    ignores_case = True
    has_aliases = True

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        levels = topic.split("/")
        if len(levels) < 3 or levels[-1] != "up" or levels[-3] != "devices":
            return None
        return levels[-2].casefold()

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        content = object_of(read_json(payload))
        uplink = object_of(content.get("uplink_message"))
        if not uplink:
            return
        ids = object_of(content.get("end_device_ids"))
        device = self.device_of(topic, payload) or ""
        versions = object_of(uplink.get("version_ids"))
        port = int(number_of(uplink.get("f_port")) or 0)
        values = uplink.get("decoded_payload")
        sent_at = content.get("received_at", uplink.get("received_at"))
        count = word_of(uplink.get("f_cnt"))
        if isinstance(values, dict):
            report = read_uplink(port, values, _joined(versions), self.distance_unit)
        else:
            report = DeviceReport(undecoded=port > 0)
        percent = number_of(object_of(uplink.get("last_battery_percentage")).get("value"))
        yield replace(
            report,
            device=device,
            alias=word_of(ids.get("dev_eui")),
            sent_at=time_of(sent_at),
            key=f"{uplink.get('session_key_id')}/{count}" if count else word_of(sent_at),
            battery_percent=percent if report.battery_percent is None else report.battery_percent,
        )


class ChirpStack(Preset):
    """ChirpStack v4."""

    key = "chirpstack"
    topics = "application/+/device/+/event/+"
    unit = "mm"
    ignores_case = True

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        levels = topic.split("/")
        if len(levels) < 4 or levels[-4] != "device" or levels[-1] not in ("up", "status", "log"):
            return None
        return levels[-3].casefold()

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        content = object_of(read_json(payload))
        if not content:
            return
        kind = topic.rpartition("/")[2]
        if kind == "up":
            report = self._read_uplink(content)
        elif kind == "status":
            is_measured = content.get("batteryLevelUnavailable") is not True
            percent = number_of(content.get("batteryLevel")) if is_measured else None
            report = DeviceReport(battery_percent=percent)
        else:
            report = DeviceReport(undecoded="CODEC" in str(content.get("code")))
        yield replace(
            report,
            device=self.device_of(topic, payload) or "",
            sent_at=time_of(content.get("time")),
            key=f"{kind}/{copy}" if (copy := word_of(content.get("deduplicationId"))) else "",
        )

    def _read_uplink(self, content: Mapping[str, Json]) -> DeviceReport:
        """Return the report of an uplink."""
        port = int(number_of(content.get("fPort")) or 0)
        values, device = content.get("object"), object_of(content.get("deviceInfo"))
        if not isinstance(values, dict):
            return DeviceReport(undecoded=port > 0)
        model = (
            f"{word_of(device.get('deviceProfileName'))} {_joined(object_of(device.get('tags')))}"
        )
        return read_uplink(port, values, model, self.distance_unit)


def _joined(values: Mapping[str, Json]) -> str:
    """Return all values as one text in small letters."""
    return " ".join(word_of(value) for value in values.values())


class Zigbee2Mqtt(Preset):
    """Zigbee2MQTT."""

    key = "zigbee2mqtt"
    topics = "zigbee2mqtt/#"

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        name = _last_wildcard(self.filters, topic)
        if not name or name.endswith(("/set", "/get")):
            return None
        if name == "bridge" or name.startswith("bridge/"):
            return ALL if name == "bridge/state" else None
        return name.removesuffix("/availability")

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        device = self.device_of(topic, payload) or ""
        if not device or topic.endswith("/availability"):
            yield from _online(device, payload, whole=not device)
            return
        content = read_json(payload)
        if isinstance(content, dict):
            yield replace(
                _things(content), device=device, sent_at=time_of(content.get("last_seen"))
            )


def _things(content: Mapping[str, Json]) -> DeviceReport:
    """Return the report of a home sensor."""
    percent, is_low = read_battery(content)
    report = DeviceReport()
    for key in (*_PRESENCE_KEYS, *_CONTACT_KEYS):
        value = content.get(key)
        if value is not None:
            state = state_of(value)
            report = (
                DeviceReport(fault=Fault.IMPLAUSIBLE)
                if state is None
                else DeviceReport(occupied=state is not (key in _CONTACT_KEYS))
            )
            break
    return replace(report, battery_percent=percent, battery_low=is_low)


class Tasmota(Preset):
    """Tasmota."""

    key = "tasmota"
    topics = "tele/#"
    unit = "cm"

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        levels = topic.split("/")
        if levels.pop() not in ("SENSOR", "LWT", "STATE") or "tele" not in levels:
            return None
        levels.remove("tele")
        return "/".join(levels)

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        device = self.device_of(topic, payload) or ""
        if topic.endswith("/LWT"):
            yield from _online(device, payload)
            return
        content = read_json(payload)
        if not isinstance(content, dict):
            return
        report = self._measured(content) if topic.endswith("/SENSOR") else None
        yield replace(report or DeviceReport(), device=device, heartbeat=True)

    def _measured(self, content: Mapping[str, Json]) -> DeviceReport | None:
        """Return the report of the first sensor that fits a bay; its keys are localised."""
        for name, part in content.items():
            kind = name.upper()
            if kind.startswith("SWITCH") and (state := state_of(part)) is not None:
                return DeviceReport(occupied=state)
            if isinstance(part, dict) and kind.startswith(
                (*_CENTIMETRE_SENSORS, *_MILLIMETRE_SENSORS)
            ):
                unit = "mm" if kind.startswith(_MILLIMETRE_SENSORS) else self.unit
                for key, value in part.items():
                    if not key.casefold().startswith(_TEMPERATURE):
                        return as_distance(value, self.own_unit or unit)
        return None


class EspHome(Preset):
    """ESPHome over MQTT."""

    key = "esphome"
    topics = "+/+/+/state, +/status"

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        if topic.endswith("/status"):
            return ALL
        levels = topic.split("/")
        is_sensor = len(levels) > 3 and levels[-3] in ("sensor", "binary_sensor")
        return "/".join(levels[:-1]) if is_sensor and levels[-1] == "state" else None

    @override
    def measures(self, device: str) -> bool:
        return device.split("/")[-2:-1] == ["sensor"]

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        if topic.endswith("/status"):
            yield from _online(topic.removesuffix("status"), payload, whole=True)
            return
        device, word = self.device_of(topic, payload) or "", text_of(payload)
        if not word:
            return
        if self.measures(device):
            yield replace(as_distance(word, self.distance_unit), device=device)
            return
        state = state_of(word)
        fault = Fault.UNAVAILABLE if state is None else None
        yield DeviceReport(device=device, occupied=state, fault=fault)


class OpenMqttGateway(Preset):
    """OpenMQTTGateway."""

    key = "openmqttgateway"
    topics = "home/#"
    unit = "cm"

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        levels = topic.split("/")
        if levels[-1] == "LWT" and len(levels) > 1:
            return levels[-2]
        for number, level in enumerate(levels):
            if level.endswith("toMQTT") and number:
                return "/".join(levels[number + 1 :]) or levels[number - 1]
        return None

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        device = self.device_of(topic, payload) or ""
        if topic.endswith("/LWT"):
            yield from _online(device, payload)
            return
        content = read_json(payload)
        if not isinstance(content, dict):
            return
        report = (
            as_distance(content["distance"], self.distance_unit)
            if "distance" in content
            else _things(content)
        )
        yield replace(report, device=device, heartbeat="SYStoMQTT" in topic)


class Frigate(Preset):
    """Zones of Frigate: the vehicles that a camera sees in them."""

    key = "frigate"
    topics = "frigate/+/+, frigate/available, frigate/events"

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        levels = topic.split("/")
        if levels[-1] in ("available", "events"):
            return ALL
        return levels[-2] if levels[-1] in VEHICLES and len(levels) > 1 else None

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        kind = topic.rpartition("/")[2]
        if kind == "available":
            yield from _online(ALL, payload, whole=True)
        elif kind == "events":
            yield from self._read_event(object_of(read_json(payload)))
        else:
            device, count = self.device_of(topic, payload) or "", text_of(payload)
            number = number_of(count) if count and count.isdecimal() else None
            fault = Fault.IMPLAUSIBLE if number is None else None
            is_there = None if number is None else number > 0
            yield DeviceReport(device=device, fault=fault, occupied=is_there, vehicle=kind)

    def _read_event(self, event: Mapping[str, Json]) -> Iterator[DeviceReport]:
        """Yield the zones of a vehicle that a camera tracks."""
        after = object_of(event.get("after"))
        is_vehicle = word_of(after.get("label")) in VEHICLES
        if not is_vehicle or after.get("false_positive") is True:
            return
        before = object_of(event.get("before"))
        is_over = event.get("type") == "end" or after.get("end_time") is not None
        yield DeviceReport(
            whole=True,
            vehicle=f"{word_of(after.get('camera'))}/{word_of(after.get('id'))}",
            zones=frozenset() if is_over else _zones(after),
            zones_before=_zones(before) if before.get("stationary") is True else frozenset(),
            moving=after.get("stationary") is False,
        )


def _zones(tracked: Mapping[str, Json]) -> frozenset[str]:
    """Return the zones of a vehicle."""
    zones = tracked.get("current_zones")
    return frozenset(map(str, zones)) if isinstance(zones, list) else frozenset()


def _last_wildcard(filters: tuple[str, ...], topic: str) -> str | None:
    """Return the match of the last wildcard of the filter that fits a topic."""
    for one in filters:
        if (found := wildcards(one, topic)) is not None:
            return found[-1] if found else topic
    return None


PRESETS: dict[str, type[Preset]] = {
    preset.key: preset
    for preset in (
        TheThingsStack,
        ChirpStack,
        Zigbee2Mqtt,
        Tasmota,
        EspHome,
        OpenMqttGateway,
        Frigate,
    )
}
