"""Whatever speaks MQTT, as sensors: LoRaWAN, Zigbee, ESPHome, Tasmota, cameras, and one's own."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import ClassVar, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import voluptuous as vol

from ...const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ...lot.heartbeats import BeatingDistanceReports, BeatingStateReports, Heartbeat
from ...lot.model import Fault, Reading
from ...lot.reports import OFF_AFTER_S, ON_AFTER_S, ReportOptions, Reports
from ..base import (
    BLIND_M,
    CONF_BLIND_M,
    EMPTY_IS_NOTHING,
    Columns,
    DeviceOffer,
    NodeConfig,
    Row,
    Schema,
    Sink,
    SourceError,
    Value,
    number_in,
)
from ..entity_settings import (
    CONF_INVERTED,
    CONF_NOTHING_M,
    CONF_OFF_AFTER_S,
    CONF_ON_AFTER_S,
    CONF_RANGE_M,
    CONF_SILENT_AFTER_H,
    EMPTY_SELECTOR,
    NOTHING_M,
    RANGE_M,
)
from ..pushed import PushedSource
from .heard import Heard, Message
from .listener import TopicListener, async_listen, mqtt_lacking
from .offer import HeardDevices
from .settings import MQTT_SETTINGS, make_preset, measures
from .zones import ZoneMemory

CONF_DEVICE = "device"
CONF_DEVICES = "devices"
BATTERY_LOW_PERCENT = 15.0

# A broker that restarts is back sooner, and says again what it has kept.
BROKER_PATIENCE_S = 30.0
# Clocks of others may be so far ahead; what claims to be from later has no time at all.
AHEAD_MAX_S = 300.0
# What was sent longer ago than this is late, and tells of the time at which it was sent.
LATE_S = 60.0
# Copies of a message may come in between so many others.
COPIES_AMONG = 8
# How long the test of the sensors waits for those that nothing has been heard of.
PROBE_S = 3.0


@dataclass(slots=True)
class _Device:
    """What is known of the device of one bay."""

    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    at: float = -inf
    """When its newest message was sent, in seconds on the monotonic clock."""
    sent_at: float = -inf
    """The same as its messages say it."""
    keys: deque[str] = field(default_factory=lambda: deque(maxlen=COPIES_AMONG))
    word: Reading | None = None
    """What it said last."""
    pending: Reading | None = None
    """What the broker had kept of it, until it is heard to be there."""
    online: bool | None = None
    tells_in_heartbeats: bool = False
    """Whether its signs of life say what the bay is, too."""


class MqttSource(PushedSource):
    """A node made of devices that publish on the topics of one broker."""

    key = "mqtt"
    model = "MQTT"
    device_fields: ClassVar = frozenset([CONF_DEVICE, CONF_DEVICES])

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Prepare; nothing is subscribed to yet."""
        super().__init__(hass, node)
        self._preset = make_preset(hass, node.settings)
        self._bays = {
            self._named(str(row[CONF_DEVICE])): str(row[CONF_BAY_ID]) for row in node.rows
        }
        self._names = {bay_id: device for device, bay_id in self._bays.items()}
        blind_m = node.number(CONF_BLIND_M, BLIND_M)
        farthest_m = node.number(CONF_RANGE_M, RANGE_M)
        if node.empty_is == EMPTY_IS_NOTHING:
            farthest_m = min(farthest_m, node.number(CONF_NOTHING_M, NOTHING_M))
        self._span_m = blind_m, farthest_m
        self._is_inverted = bool(node.settings.get(CONF_INVERTED))
        self._devices: dict[str, _Device] = {}
        self._online: dict[str, bool] = {}
        """Whether devices are there whose names begin like this."""
        self._zones = ZoneMemory()
        self._undecoded: set[str] = set()
        self._low: dict[str, float | None] = {}
        self._listener: TopicListener | None = None
        self._unsub: CALLBACK_TYPE | None = None
        self._cancel_patience: CALLBACK_TYPE | None = None

    # How an owner sets it up.

    @classmethod
    @override
    def settings_schema(cls) -> Schema:
        return MQTT_SETTINGS

    @classmethod
    @override
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        return mqtt_lacking(hass)

    @classmethod
    @override
    def check_settings(cls, hass: HomeAssistant, settings: Mapping[str, Value]) -> None:
        make_preset(hass, settings)

    @classmethod
    @override
    async def async_offer(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> DeviceOffer | None:
        if mqtt_lacking(hass) is not None:
            return None
        return HeardDevices(hass, await async_listen(hass, settings))

    @classmethod
    @override
    def columns(cls) -> Columns:
        return {
            CONF_DEVICE: {"selector": _device_field(), "required": True},
            CONF_EMPTY_M: {"selector": EMPTY_SELECTOR},
        }

    @classmethod
    @override
    def row_schema(cls) -> Schema:
        return {
            vol.Required(CONF_DEVICES): _device_field(multiple=True),
            vol.Optional(CONF_EMPTY_M): EMPTY_SELECTOR,
        }

    @classmethod
    @override
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        devices = answers.get(CONF_DEVICES)
        names = devices if isinstance(devices, list) else []
        if len(names) != len(rows):
            raise SourceError("device_count", {"count": str(len(rows)), "devices": str(len(names))})
        return [
            {**row, CONF_DEVICE: name, CONF_EMPTY_M: answers.get(CONF_EMPTY_M)}
            for row, name in zip(rows, names, strict=True)
        ]

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        preset = make_preset(hass, node.settings)
        labels: dict[str, str] = {}
        for row in node.rows:
            device, label = str(row.get(CONF_DEVICE) or "").strip(), str(row[CONF_LABEL])
            if not device:
                raise SourceError("device_needed", {"label": label})
            name = device.casefold() if preset.ignores_case else device
            if name in labels:
                raise SourceError(
                    "device_twice", {"device": device, "bay_a": labels[name], "bay_b": label}
                )
            labels[name] = label

    @classmethod
    @override
    def uncalibrated(cls, node: NodeConfig) -> list[str]:
        # Of most senders only their messages tell whether they measure a distance.
        if node.empty_is == EMPTY_IS_NOTHING:
            return []
        return [
            str(row[CONF_BAY_ID])
            for row in node.rows
            if number_in(row, CONF_EMPTY_M) is None
            and measures(node.settings, str(row[CONF_DEVICE]))
        ]

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        listener = await async_listen(self.hass, self.node.settings)
        try:
            await _async_hear(listener, self._bays)
            self._begin(listener)
            for _ in self._said_before(listener):
                pass
        finally:
            listener.async_close()
        return {
            bay_id: said
            for bay_id, device in self._devices.items()
            if (said := device.word or device.pending) is not None
        }

    def _named(self, device: str) -> str:
        """Return a device's id as messages are compared with it."""
        return device.strip().casefold() if self._preset.ignores_case else device.strip()

    # At work.

    @property
    def listened_topics(self) -> Sequence[str]:
        """The filters that the node subscribes to."""
        return self._preset.filters

    @property
    def heard_devices(self) -> Collection[str]:
        """The devices that have been heard of, whether they have a bay or not."""
        return () if self._listener is None else self._listener.known()

    @property
    @override
    def _options(self) -> ReportOptions:
        return ReportOptions(
            on_after_s=self.node.number(CONF_ON_AFTER_S, ON_AFTER_S),
            off_after_s=self.node.number(CONF_OFF_AFTER_S, OFF_AFTER_S),
            silent_after_s=self._silent_after_s,
        )

    @property
    def _silent_after_s(self) -> float | None:
        """When silence is a fault, as far as the owner has said."""
        hours = number_in(self.node.settings, CONF_SILENT_AFTER_H)
        return hours * 3600.0 if hours else None

    @override
    async def async_start(self, sink: Sink) -> None:
        self._listener = await async_listen(self.hass, self.node.settings)
        self._begin(self._listener)
        await super().async_start(sink)
        if self._undecoded or self._low:
            sink.changed()

    @override
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        for bay_id, device in self._devices.items():
            yield BeatingStateReports(bay_id, options, device.heartbeat)

    @override
    def _async_subscribe(self) -> list[Reading]:
        listener = self._listener
        if listener is None:
            return []
        self._unsub = listener.async_add(self)
        return sorted(self._said_before(listener), key=lambda reading: reading.at)

    @override
    def _async_unsubscribe(self) -> None:
        self._async_be_patient(connected=True)
        if self._unsub is not None:
            self._unsub()
            self._unsub = None
        if self._listener is not None:
            self._listener.async_close()
            self._listener = None

    @override
    def low_batteries(self) -> Mapping[str, float | None]:
        return self._low

    @override
    def undecoded(self) -> Collection[str]:
        return self._undecoded

    def _begin(self, listener: TopicListener) -> None:
        """Forget what was heard."""
        self._preset = listener.preset
        self._devices = {bay_id: _Device() for bay_id in self._bays.values()}
        self._online.clear()
        self._zones.clear()
        self._undecoded.clear()
        self._low.clear()

    def _said_before(self, listener: TopicListener) -> Iterator[Reading]:
        """Yield what has been heard already."""
        for message in listener.common().values():
            yield from self._hear(message)
        known = listener.known()
        devices = known if self._preset.has_aliases else self._bays
        messages = [one for device in devices for one in known.get(device, {}).values()]
        for message in sorted(messages, key=lambda one: one.at):
            yield from self._hear(message)

    # What the listener calls.

    def wants(self, device: str) -> bool:
        """Return whether a device measures a bay of this node."""
        return device in self._bays

    @callback
    def async_message(self, device: str, message: Message) -> None:
        """Take a message of a device, or of many of them."""
        if device and device not in self._bays and not self._preset.has_aliases:
            return
        lacks = set(self._undecoded), dict(self._low)
        for reading in [*self._hear(message)]:
            self.async_report(reading)
        if self.sink is not None and lacks != (self._undecoded, self._low):
            self.sink.changed()

    @callback
    def async_connection(self, *, connected: bool) -> None:
        """Learn that the broker has come or gone."""
        self._async_be_patient(connected=connected)

    @callback
    def _async_be_patient(self, *, connected: bool) -> None:
        """Wait for a broker that is gone, or no longer."""
        if self._cancel_patience is not None:
            self._cancel_patience()
            self._cancel_patience = None
        if not connected:
            self._cancel_patience = async_call_later(
                self.hass, BROKER_PATIENCE_S, self._async_lose_patience
            )

    @callback
    def _async_lose_patience(self, _now: object) -> None:
        """Give up on a broker that stays away."""
        self._cancel_patience = None
        if self.sink is not None:
            self.sink.lost(Fault.NODE_SILENT)

    # What a message says.

    def _hear(self, message: Message) -> Iterator[Reading]:
        """Yield what a message makes of the bays."""
        for heard in self._preset.read(message.topic, message.payload):
            if heard.zones is not None:
                for zone, is_there in self._zones.follow(heard, self._bays).items():
                    said = Heard(device=zone, occupied=is_there)
                    yield from self._hear_bay(self._bays[zone], said, message)
            elif heard.whole:
                yield from self._hear_of_all(heard, message)
            elif bay_id := self._bays.get(heard.device) or self._bays.get(heard.alias):
                yield from self._hear_bay(bay_id, self._counted(heard), message)

    def _counted(self, heard: Heard) -> Heard:
        """Return what is to be said of a zone of which one kind of vehicle has been counted."""
        if heard.occupied is None or not heard.vehicle:
            return heard
        is_there = self._zones.count(heard.device, heard.vehicle, is_there=heard.occupied)
        return replace(heard, occupied=is_there)

    def _hear_of_all(self, heard: Heard, message: Message) -> Iterator[Reading]:
        """Take that many devices have come or gone."""
        prefix, online = heard.device, heard.online
        if online is None or self._online.get(prefix) is online:
            return
        self._online[prefix] = online
        self._zones.clear()
        for name, bay_id in self._bays.items():
            if name.startswith(prefix):
                yield from self._set_online(bay_id, message.at, online=online)

    def _set_online(self, bay_id: str, at: float, *, online: bool) -> Iterator[Reading]:
        """Take that a device has come or gone; what it said before it went is no longer so."""
        device = self._devices[bay_id]
        if not online:
            device.word = device.pending = None
            device.heartbeat.clear()
            yield Reading(bay_id, max(at, device.at), fault=Fault.UNAVAILABLE)
        elif device.pending is not None and self._is_there(bay_id):
            yield self._say(device, device.pending._replace(at=max(at, device.at)))

    def _is_there(self, bay_id: str) -> bool:
        """Return whether a device is known to be there without having said anything."""
        device = self._devices[bay_id]
        if device.online is not None:
            return device.online
        name = self._names[bay_id]
        said = [online for prefix, online in self._online.items() if name.startswith(prefix)]
        return bool(said) and all(said)

    def _hear_bay(self, bay_id: str, heard: Heard, message: Message) -> Iterator[Reading]:
        """Take what a message says of one bay."""
        device = self._devices[bay_id]
        at = self._time_of(device, heard, message)
        if at is None or (heard.key and heard.key in device.keys):
            return
        device.at = at
        if heard.key:
            device.keys.append(heard.key)
        self._note_lacks(bay_id, heard)
        if heard.online is not None and heard.online is not device.online:
            device.online = heard.online
            yield from self._set_online(bay_id, at, online=heard.online)
        if heard.undecoded:
            return
        said = self._reading_of(bay_id, at, device, heard)
        if message.retained:
            yield from self._hear_kept(bay_id, device, said, heard, message)
        else:
            yield from self._hear_live(bay_id, device, said, heard, at)

    def _hear_kept(
        self,
        bay_id: str,
        device: _Device,
        said: Reading | None,
        heard: Heard,
        message: Message,
    ) -> Iterator[Reading]:
        """Take what the broker had kept: a word, but no sign of life."""
        if said is None or (device.word is not None and is_same(said, device.word)):
            return
        age_s = inf if heard.sent_at is None else message.clock - heard.sent_at
        if self._is_there(bay_id) or age_s < (self._silent_after_s or 0.0):
            yield self._say(device, said)
        else:
            device.pending = said

    def _hear_live(
        self, bay_id: str, device: _Device, said: Reading | None, heard: Heard, at: float
    ) -> Iterator[Reading]:
        """Take a message that was just sent."""
        if heard.heartbeat:
            device.heartbeat.beat(at)
        was_silent = self._note_alive(bay_id, at)
        if heard.online is False:
            return
        if said is None and device.pending is not None:
            said = device.pending._replace(at=at)
        if said is None and was_silent and device.word is not None:
            said = device.word._replace(at=at)
        if said is not None:
            yield self._say(device, said)

    def _note_alive(self, bay_id: str, at: float) -> bool:
        """Note a sign of life; return whether the sensor was taken for silent."""
        if self.sink is None:
            return False
        was_silent = self.async_alive(bay_id, at)
        # The rhythm of its signs of life may have been learnt just now.
        self._schedule(bay_id)
        self._async_arm()
        return was_silent

    @staticmethod
    def _say(device: _Device, said: Reading) -> Reading:
        """Note what a device says, and return it."""
        device.word, device.pending = said, None
        return said

    def _time_of(self, device: _Device, heard: Heard, message: Message) -> float | None:
        """Return when a message was sent, on the monotonic clock; None when a newer one came."""
        if heard.sent_at is None or heard.sent_at > message.clock + AHEAD_MAX_S:
            return max(message.at, device.at)
        if heard.sent_at < device.sent_at:
            return None
        device.sent_at = heard.sent_at
        late_s = message.clock - heard.sent_at
        return max(device.at, message.at - late_s if late_s > LATE_S else message.at)

    def _note_lacks(self, bay_id: str, heard: Heard) -> None:
        """Note what an owner has to know of a device."""
        if heard.undecoded:
            self._undecoded.add(bay_id)
        elif heard.says_something:
            self._undecoded.discard(bay_id)
        percent = heard.battery_percent
        if heard.battery_low or (percent is not None and percent < BATTERY_LOW_PERCENT):
            self._low[bay_id] = percent
        elif heard.battery_low is False or percent is not None:
            self._low.pop(bay_id, None)

    def _reading_of(self, bay_id: str, at: float, device: _Device, heard: Heard) -> Reading | None:
        """Return what a message says of its bay, if it says anything."""
        occupied = heard.occupied
        if heard.heartbeat and occupied:
            device.tells_in_heartbeats = True
        if heard.omits_false and not heard.says_something and device.tells_in_heartbeats:
            occupied = False
        if occupied is not None:
            return Reading(bay_id, at, occupied=occupied is not self._is_inverted)
        if heard.fault is not None:
            return Reading(bay_id, at, fault=heard.fault)
        if heard.distance_m is None:
            return None
        blind_m, farthest_m = self._span_m
        if heard.distance_m <= blind_m:
            return Reading(bay_id, at, fault=Fault.TOO_NEAR)
        if heard.distance_m > farthest_m:
            return Reading(bay_id, at, fault=Fault.NO_TARGET)
        return Reading(bay_id, at, distance_m=heard.distance_m)

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        reports = self._reports[reading.bay_id]
        is_distance = reading.distance_m is not None or reading.fault in (
            Fault.NO_TARGET,
            Fault.TOO_NEAR,
        )
        # Only what a device says tells what it is.
        heartbeat = self._devices[reading.bay_id].heartbeat
        if is_distance and not isinstance(reports, BeatingDistanceReports):
            reports = BeatingDistanceReports(reading.bay_id, self._options, heartbeat)
        elif reading.occupied is not None and not isinstance(reports, BeatingStateReports):
            reports = BeatingStateReports(reading.bay_id, self._options, heartbeat)
        self._reports[reading.bay_id] = reports
        return super()._take(reading)


def _device_field(*, multiple: bool = False) -> SelectSelector:
    """Return a field for devices: any, of which the form offers those that were heard."""
    return SelectSelector(SelectSelectorConfig(options=[], custom_value=True, multiple=multiple))


def is_same(one: Reading, other: Reading) -> bool:
    """Return whether two readings say the same, whenever they do."""
    return one == other._replace(at=one.at)


class _Awaited:
    """Waits until every device of some has been heard."""

    def __init__(self, devices: set[str]) -> None:
        """Wait for devices."""
        self._devices = devices
        self.heard = asyncio.Event()

    def wants(self, device: str) -> bool:
        """Return whether a device is waited for."""
        return device in self._devices

    @callback
    def async_message(self, device: str, message: Message) -> None:
        """Wait for one device less."""
        self._devices.discard(device)
        if not self._devices:
            self.heard.set()

    @callback
    def async_connection(self, *, connected: bool) -> None:
        """Wait on, whether the broker has come or gone."""


async def _async_hear(listener: TopicListener, devices: Collection[str]) -> None:
    """Wait a little for devices of which nothing has been heard yet."""
    if missing := set(devices) - listener.known().keys():
        awaited = _Awaited(missing)
        end = listener.async_add(awaited)
        try:
            async with asyncio.timeout(PROBE_S):
                await awaited.heard.wait()
        except TimeoutError:
            pass
        finally:
            end()
