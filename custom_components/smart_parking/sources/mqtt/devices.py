"""The devices of a node, and the readings that their messages give."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from ...lot.model import Fault, Reading
from ...lot.occupancy.heartbeats import Heartbeat
from ...lot.occupancy.reports import Span
from ..pushed import BATTERY_LOW_PERCENT
from .messages import DeviceReport, Message
from .presets import Preset
from .zones import ZoneMemory

# Clocks of senders may be this far ahead; a later time is ignored.
AHEAD_MAX_S = 300.0
# A message sent longer ago than this is late, and counts for the time at which it was sent.
LATE_S = 60.0
# Copies of a message may come this many messages later.
COPIES_AMONG = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOptions:
    """Options for reading the messages of devices."""

    span: Span
    is_inverted: bool
    silent_after_s: float | None
    """Seconds of silence that are a fault, if the owner has set them."""


@dataclass(slots=True)
class _Device:
    """The state of one bay's device."""

    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    at: float = -inf
    """When its newest message was sent, in seconds on the monotonic clock."""
    sent_at: float = -inf
    """The same by the times in its messages."""
    keys: deque[str] = field(default_factory=lambda: deque(maxlen=COPIES_AMONG))
    last: Reading | None = None
    """Its last reading."""
    pending: Reading | None = None
    """Its retained reading, until the device is known to be online."""
    online: bool | None = None
    state_ports: set[int] = field(default_factory=set)
    """The ports on which its messages have reported the bay as occupied."""


class Devices:
    """The devices of a node's bays.

    `bays` maps device ids to bay ids. `alive` is called with a bay and the time of its device's
    signal, and returns whether the device was silent before.
    """

    def __init__(
        self,
        preset: Preset,
        bays: Mapping[str, str],
        options: DeviceOptions,
        alive: Callable[[str, float], bool],
    ) -> None:
        """Initialize without messages."""
        self._preset = preset
        self._bays = bays
        self._names = {bay_id: device for device, bay_id in bays.items()}
        self._options = options
        self._alive = alive
        self._devices = {bay_id: _Device() for bay_id in bays.values()}
        self._online: dict[str, bool] = {}
        """Whether devices are online, by the prefix of their ids."""
        self._zones = ZoneMemory()
        self.undecoded: set[str] = set()
        """Bays whose device sends messages that cannot be decoded."""
        self.low: dict[str, float | None] = {}
        """Bays with a low battery, and the charge in %."""

    def heartbeat_of(self, bay_id: str) -> Heartbeat:
        """Return the heartbeat of a bay's device."""
        return self._devices[bay_id].heartbeat

    def last_readings(self) -> dict[str, Reading]:
        """Return the last reading of each device, by bay id, or the retained one."""
        return {
            bay_id: reading
            for bay_id, device in self._devices.items()
            if (reading := device.last or device.pending) is not None
        }

    def take(self, message: Message) -> Iterator[Reading]:
        """Yield the readings of a message."""
        for report in self._preset.read(message.topic, message.payload):
            if report.zones is not None:
                for zone, is_there in self._zones.follow(report, self._bays).items():
                    reading = DeviceReport(device=zone, occupied=is_there)
                    yield from self._read_bay(self._bays[zone], reading, message)
            elif report.whole:
                yield from self._read_gateway(report, message)
            elif bay_id := self._bays.get(report.device) or self._bays.get(report.alias):
                yield from self._read_bay(bay_id, self._counted(report), message)

    def _counted(self, report: DeviceReport) -> DeviceReport:
        """Return the report of a zone when vehicles of one kind have been counted in it."""
        if report.occupied is None or not report.vehicle:
            return report
        is_there = self._zones.count(report.device, report.vehicle, is_there=report.occupied)
        return replace(report, occupied=is_there)

    def _read_gateway(self, report: DeviceReport, message: Message) -> Iterator[Reading]:
        """Update whether many devices are online."""
        prefix, online = report.device, report.online
        if online is None or self._online.get(prefix) is online:
            return
        self._online[prefix] = online
        self._zones.clear()
        for name, bay_id in self._bays.items():
            if name.startswith(prefix):
                yield from self._set_online(bay_id, message.at, online=online)

    def _set_online(self, bay_id: str, at: float, *, online: bool) -> Iterator[Reading]:
        """Update whether a device is online; when it goes offline, its last reading is invalid."""
        device = self._devices[bay_id]
        if not online:
            device.last = device.pending = None
            device.heartbeat.clear()
            yield Reading(bay_id, max(at, device.at), fault=Fault.UNAVAILABLE)
        elif device.pending is not None and self._is_there(bay_id):
            yield self._set_last(device, device.pending._replace(at=max(at, device.at)))

    def _is_there(self, bay_id: str) -> bool:
        """Return whether a device is known to be online without a message of its own."""
        device = self._devices[bay_id]
        if device.online is not None:
            return device.online
        name = self._names[bay_id]
        reading = [online for prefix, online in self._online.items() if name.startswith(prefix)]
        return bool(reading) and all(reading)

    def _read_bay(self, bay_id: str, report: DeviceReport, message: Message) -> Iterator[Reading]:
        """Yield the readings of a message for one bay."""
        device = self._devices[bay_id]
        at = self._time_of(device, report, message)
        if at is None or (report.key and report.key in device.keys):
            return
        device.at = at
        if report.key:
            device.keys.append(report.key)
        self._update_attention(bay_id, report)
        if report.online is not None and report.online is not device.online:
            device.online = report.online
            yield from self._set_online(bay_id, at, online=report.online)
        if report.undecoded:
            return
        reading = self._reading_of(bay_id, at, device, report)
        if message.retained:
            yield from self._read_retained(bay_id, device, reading, report, message)
        else:
            yield from self._read_live(bay_id, device, reading, report, at)

    def _read_retained(
        self,
        bay_id: str,
        device: _Device,
        reading: Reading | None,
        report: DeviceReport,
        message: Message,
    ) -> Iterator[Reading]:
        """Yield the reading of a retained message, which is no sign that the device is online."""
        if reading is None or (device.last is not None and is_same(reading, device.last)):
            return
        age_s = inf if report.sent_at is None else message.clock - report.sent_at
        if self._is_there(bay_id) or age_s < (self._options.silent_after_s or 0.0):
            yield self._set_last(device, reading)
        else:
            device.pending = reading

    def _read_live(
        self, bay_id: str, device: _Device, reading: Reading | None, report: DeviceReport, at: float
    ) -> Iterator[Reading]:
        """Yield the reading of a message that was just sent."""
        if report.heartbeat:
            device.heartbeat.beat(at)
        if reading is not None and reading.occupied is not None:
            device.heartbeat.add(
                at, is_new=device.last is None or not is_same(reading, device.last)
            )
        was_silent = self._alive(bay_id, at)
        if report.online is False:
            return
        if reading is None and device.pending is not None:
            reading = device.pending._replace(at=at)
        if reading is None and was_silent and device.last is not None:
            reading = device.last._replace(at=at)
        if reading is not None:
            yield self._set_last(device, reading)

    @staticmethod
    def _set_last(device: _Device, reading: Reading) -> Reading:
        """Store the last reading of a device, and return it."""
        device.last, device.pending = reading, None
        return reading

    def _time_of(self, device: _Device, report: DeviceReport, message: Message) -> float | None:
        """Return when a message was sent, on the monotonic clock; None after a newer one."""
        if report.sent_at is None or report.sent_at > message.clock + AHEAD_MAX_S:
            return max(message.at, device.at)
        if report.sent_at < device.sent_at:
            return None
        device.sent_at = report.sent_at
        late_s = message.clock - report.sent_at
        return max(device.at, message.at - late_s if late_s > LATE_S else message.at)

    def _update_attention(self, bay_id: str, report: DeviceReport) -> None:
        """Record whether a device needs the owner: an unknown format, a low battery."""
        if report.undecoded:
            self.undecoded.add(bay_id)
        elif report.has_content:
            self.undecoded.discard(bay_id)
        percent = report.battery_percent
        if report.battery_low or (percent is not None and percent < BATTERY_LOW_PERCENT):
            self.low[bay_id] = percent
        elif report.battery_low is False or percent is not None:
            self.low.pop(bay_id, None)

    def _reading_of(
        self, bay_id: str, at: float, device: _Device, report: DeviceReport
    ) -> Reading | None:
        """Return the reading of a message, if it has one."""
        occupied = report.occupied
        if occupied:
            device.state_ports.add(report.port)
        if report.omits_false and not report.has_content and report.port in device.state_ports:
            occupied = False
        if occupied is not None:
            return Reading(bay_id, at, occupied=occupied is not self._options.is_inverted)
        if report.fault is not None:
            return Reading(bay_id, at, fault=report.fault)
        if report.distance_m is None:
            return None
        return self._options.span.reading_of(bay_id, at, report.distance_m)


def is_same(one: Reading, other: Reading) -> bool:
    """Return whether two readings are equal, whatever their times."""
    return one == other._replace(at=one.at)
