"""The devices of a node: what their messages make of its bays."""

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

# Clocks of others may be so far ahead; what claims to be from later has no time at all.
AHEAD_MAX_S = 300.0
# What was sent longer ago than this is late, and tells of the time at which it was sent.
LATE_S = 60.0
# Copies of a message may come in between so many others.
COPIES_AMONG = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingOptions:
    """How what devices say is to be understood."""

    span: Span
    is_inverted: bool
    silent_after_s: float | None
    """When silence is a fault, as far as the owner has said."""


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
    telling_ports: set[int] = field(default_factory=set)
    """The kinds of its messages that have said that the bay is taken."""


class Devices:
    """What is known of the devices of a node's bays.

    `bays` maps device ids to bay ids. `alive` is called with a bay and a time when its device was
    heard of, and returns whether it was taken for silent.
    """

    def __init__(
        self,
        preset: Preset,
        bays: Mapping[str, str],
        options: HearingOptions,
        alive: Callable[[str, float], bool],
    ) -> None:
        """Initialize with nothing heard."""
        self._preset = preset
        self._bays = bays
        self._names = {bay_id: device for device, bay_id in bays.items()}
        self._options = options
        self._alive = alive
        self._devices = {bay_id: _Device() for bay_id in bays.values()}
        self._online: dict[str, bool] = {}
        """Whether devices are there whose names begin like this."""
        self._zones = ZoneMemory()
        self.undecoded: set[str] = set()
        """Bays whose device speaks, and is not understood."""
        self.low: dict[str, float | None] = {}
        """Bays whose device's battery is nearly empty, and what is left in %."""

    def heartbeat_of(self, bay_id: str) -> Heartbeat:
        """Return how often the device of a bay sends signs of life."""
        return self._devices[bay_id].heartbeat

    def texts(self) -> dict[str, Reading]:
        """Return what each device said last, by bay id, or what the broker had kept of it."""
        return {
            bay_id: said
            for bay_id, device in self._devices.items()
            if (said := device.word or device.pending) is not None
        }

    def hear(self, message: Message) -> Iterator[Reading]:
        """Yield what a message makes of the bays."""
        for heard in self._preset.read(message.topic, message.payload):
            if heard.zones is not None:
                for zone, is_there in self._zones.follow(heard, self._bays).items():
                    said = DeviceReport(device=zone, occupied=is_there)
                    yield from self._hear_bay(self._bays[zone], said, message)
            elif heard.whole:
                yield from self._hear_of_all(heard, message)
            elif bay_id := self._bays.get(heard.device) or self._bays.get(heard.alias):
                yield from self._hear_bay(bay_id, self._counted(heard), message)

    def _counted(self, heard: DeviceReport) -> DeviceReport:
        """Return what is to be said of a zone of which one kind of vehicle has been counted."""
        if heard.occupied is None or not heard.vehicle:
            return heard
        is_there = self._zones.count(heard.device, heard.vehicle, is_there=heard.occupied)
        return replace(heard, occupied=is_there)

    def _hear_of_all(self, heard: DeviceReport, message: Message) -> Iterator[Reading]:
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

    def _hear_bay(self, bay_id: str, heard: DeviceReport, message: Message) -> Iterator[Reading]:
        """Capture what a message says of one bay."""
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
        heard: DeviceReport,
        message: Message,
    ) -> Iterator[Reading]:
        """Capture what the broker had kept: a word, but no sign of life."""
        if said is None or (device.word is not None and is_same(said, device.word)):
            return
        age_s = inf if heard.sent_at is None else message.clock - heard.sent_at
        if self._is_there(bay_id) or age_s < (self._options.silent_after_s or 0.0):
            yield self._say(device, said)
        else:
            device.pending = said

    def _hear_live(
        self, bay_id: str, device: _Device, said: Reading | None, heard: DeviceReport, at: float
    ) -> Iterator[Reading]:
        """Take a message that was just sent."""
        if heard.heartbeat:
            device.heartbeat.beat(at)
        if said is not None and said.occupied is not None:
            device.heartbeat.say(at, is_news=device.word is None or not is_same(said, device.word))
        was_silent = self._alive(bay_id, at)
        if heard.online is False:
            return
        if said is None and device.pending is not None:
            said = device.pending._replace(at=at)
        if said is None and was_silent and device.word is not None:
            said = device.word._replace(at=at)
        if said is not None:
            yield self._say(device, said)

    @staticmethod
    def _say(device: _Device, said: Reading) -> Reading:
        """Record what a device says, and return it."""
        device.word, device.pending = said, None
        return said

    def _time_of(self, device: _Device, heard: DeviceReport, message: Message) -> float | None:
        """Return when a message was sent, on the monotonic clock; None when a newer one came."""
        if heard.sent_at is None or heard.sent_at > message.clock + AHEAD_MAX_S:
            return max(message.at, device.at)
        if heard.sent_at < device.sent_at:
            return None
        device.sent_at = heard.sent_at
        late_s = message.clock - heard.sent_at
        return max(device.at, message.at - late_s if late_s > LATE_S else message.at)

    def _note_lacks(self, bay_id: str, heard: DeviceReport) -> None:
        """Record what an owner has to know of a device."""
        if heard.undecoded:
            self.undecoded.add(bay_id)
        elif heard.says_something:
            self.undecoded.discard(bay_id)
        percent = heard.battery_percent
        if heard.battery_low or (percent is not None and percent < BATTERY_LOW_PERCENT):
            self.low[bay_id] = percent
        elif heard.battery_low is False or percent is not None:
            self.low.pop(bay_id, None)

    def _reading_of(
        self, bay_id: str, at: float, device: _Device, heard: DeviceReport
    ) -> Reading | None:
        """Return what a message says of its bay, if it says anything."""
        occupied = heard.occupied
        if occupied:
            device.telling_ports.add(heard.port)
        if heard.omits_false and not heard.says_something and heard.port in device.telling_ports:
            occupied = False
        if occupied is not None:
            return Reading(bay_id, at, occupied=occupied is not self._options.is_inverted)
        if heard.fault is not None:
            return Reading(bay_id, at, fault=heard.fault)
        if heard.distance_m is None:
            return None
        return self._options.span.reading_of(bay_id, at, heard.distance_m)


def is_same(one: Reading, other: Reading) -> bool:
    """Return whether two readings say the same, whenever they do."""
    return one == other._replace(at=one.at)
