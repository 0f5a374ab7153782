"""MQTT devices as sensors: LoRaWAN, Zigbee, ESPHome, Tasmota, cameras, and an owner's own."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
import re
from typing import ClassVar, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import voluptuous as vol

from ...const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ...lot.model import Fault, Reading
from ...lot.occupancy.heartbeats import BeatingDistanceReports, BeatingStateReports
from ...lot.occupancy.reports import ReportOptions, Reports
from ..base import (
    Columns,
    DeviceOffer,
    NodeConfig,
    Row,
    Schema,
    Sink,
    SourceError,
    Value,
)
from ..pushed import PushedSource, check_each_once, wire_each
from ..pushed_settings import (
    CONF_INVERTED,
    EMPTY_SELECTOR,
)
from .client import BROKER_GRACE_S, async_watch_broker, mqtt_lacking
from .devices import DeviceOptions, Devices
from .listener import TopicListener, async_listen
from .messages import Message
from .offer import DiscoveredDevices
from .settings import MQTT_SETTINGS, make_preset, measures

CONF_DEVICE = "device"
CONF_DEVICES = "devices"

# Id of a device on LoRaWAN.
_EUI = re.compile(r"[0-9a-f]{16}")
# Seconds that the test of the sensors waits for devices without a message so far.
PROBE_S = 3.0


class MqttSource(PushedSource):
    """A node of devices that publish on the topics of one broker."""

    key = "mqtt"
    model = "MQTT"
    device_fields: ClassVar = frozenset([CONF_DEVICE, CONF_DEVICES])

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; no topic is subscribed to yet."""
        super().__init__(hass, node)
        self._preset = make_preset(hass, node.settings)
        self._bays = {
            self._named(str(row[CONF_DEVICE])): str(row[CONF_BAY_ID]) for row in node.rows
        }
        # Only messages contain the second name of a device; foreign messages are read for nothing
        # else.
        self._has_aliases = self._preset.has_aliases and any(map(_EUI.fullmatch, self._bays))
        self._devices = self._make_devices()
        self._listener: TopicListener | None = None
        self._unsub: CALLBACK_TYPE | None = None
        self._cancel_grace: CALLBACK_TYPE | None = None

    # Configuration.

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
        try:
            return DiscoveredDevices(hass, await async_listen(hass, settings))
        except SourceError:
            # The form can be filled in without MQTT; its test shows what is missing.
            return None

    @classmethod
    @override
    def wiring_of(cls, device: str) -> Row:
        return {CONF_DEVICE: device}

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
        return wire_each(rows, answers, CONF_DEVICES, CONF_DEVICE, "device_count")

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        preset = make_preset(hass, node.settings)

        def senders() -> Iterator[tuple[str, str, str]]:
            for row in node.rows:
                device, label = str(row.get(CONF_DEVICE) or "").strip(), str(row[CONF_LABEL])
                if not device:
                    raise SourceError("device_needed", {"label": label})
                yield device.casefold() if preset.ignores_case else device, device, label

        check_each_once(senders(), "device_twice", "device")

    @classmethod
    @override
    def _measures(cls, node: NodeConfig, row: Row) -> bool:
        # Most senders show only in their messages whether they measure a distance.
        return measures(node.settings, str(row[CONF_DEVICE]))

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        listener = await async_listen(self.hass, self.node.settings)
        try:
            await _async_read(listener, self._bays)
            # The node itself may be measuring, and is not disturbed.
            devices = self._make_devices(is_asked=True)
            for message in self._restore_devices(listener):
                for _ in devices.take(message):
                    pass
        finally:
            listener.async_close()
        return devices.last_readings()

    def _make_devices(self, *, is_asked: bool = False) -> Devices:
        """Return the devices without messages; with `is_asked`, only for a probe."""
        options = DeviceOptions(
            span=self._span,
            is_inverted=bool(self.node.settings.get(CONF_INVERTED)),
            silent_after_s=self._silent_after_s,
        )
        alive = _never_silent if is_asked else self._note_alive
        return Devices(self._preset, self._bays, options, alive)

    def _named(self, device: str) -> str:
        """Return a device's id as messages are compared with it."""
        return device.strip().casefold() if self._preset.ignores_case else device.strip()

    # Measuring.

    @override
    async def async_start(self, sink: Sink) -> None:
        self._listener = await async_listen(self.hass, self.node.settings)
        self._devices = self._make_devices()
        await super().async_start(sink)
        if self._devices.undecoded or self._devices.low:
            sink.changed()

    @override
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        for bay_id in self._bays.values():
            yield BeatingStateReports(bay_id, options, self._devices.heartbeat_of(bay_id))

    @override
    def _async_subscribe(self) -> list[Reading]:
        listener = self._listener
        if listener is None:
            return []
        self._unsub = listener.async_subscribe(self)
        before = [
            one
            for message in self._restore_devices(listener)
            for one in self._devices.take(message)
        ]
        return sorted(before, key=lambda reading: reading.at)

    @override
    def _async_unsubscribe(self) -> None:
        self._async_start_grace(connected=True)
        if self._unsub is not None:
            self._unsub()
            self._unsub = None
        if self._listener is not None:
            self._listener.async_close()
            self._listener = None

    @callback
    @override
    def async_watch_ready(self, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
        return async_watch_broker(self.hass, ready)

    @override
    def low_batteries(self) -> Mapping[str, float | None]:
        return self._devices.low

    @override
    def undecoded(self) -> Collection[str]:
        return self._devices.undecoded

    def _restore_devices(self, listener: TopicListener) -> list[Message]:
        """Return the messages received so far: those that concern many devices first."""
        known = listener.known()
        devices = known if self._has_aliases else self._bays
        messages = [one for device in devices for one in known.get(device, {}).values()]
        messages.sort(key=lambda one: one.at)
        return [*listener.common().values(), *messages]

    # Calls from the listener.

    def wants(self, device: str) -> bool:
        """Return whether a device measures a bay of this node."""
        return device in self._bays

    @callback
    def async_message(self, device: str, message: Message) -> None:
        """Receive a message of a device, or of many of them."""
        if device and device not in self._bays and not self._has_aliases:
            return
        received = self._devices
        lacks = set(received.undecoded), dict(received.low)
        for reading in [*received.take(message)]:
            self.async_report(reading)
        if self.sink is not None and lacks != (received.undecoded, received.low):
            self.sink.changed()

    @callback
    def async_connection(self, *, connected: bool) -> None:
        """Receive that the broker is connected or disconnected."""
        self._async_start_grace(connected=connected)

    @callback
    def _async_start_grace(self, *, connected: bool) -> None:
        """Start the grace period of a broker that is disconnected, or cancel it."""
        if self._cancel_grace is not None:
            self._cancel_grace()
            self._cancel_grace = None
        if not connected:
            self._cancel_grace = async_call_later(self.hass, BROKER_GRACE_S, self._async_end_grace)

    @callback
    def _async_end_grace(self, _now: object) -> None:
        """Give up on a broker that stays disconnected."""
        self._cancel_grace = None
        if self.sink is not None:
            self.sink.lost(Fault.NODE_SILENT)

    def _note_alive(self, bay_id: str, at: float) -> bool:
        """Record a signal of a device; return whether its sensor was silent before."""
        was_silent = self.async_alive(bay_id, at)
        # The rhythm of its heartbeats may have just been learnt.
        self._async_schedule(bay_id)
        return was_silent

    @override
    def _take(self, reading: Reading) -> list[Reading]:
        reports = self._reports[reading.bay_id]
        is_distance = reading.distance_m is not None or reading.fault in (
            Fault.NO_TARGET,
            Fault.TOO_NEAR,
        )
        # The kind of a sensor is known only from its messages.
        heartbeat = self._devices.heartbeat_of(reading.bay_id)
        if is_distance and not isinstance(reports, BeatingDistanceReports):
            reports = BeatingDistanceReports(reading.bay_id, self._options, heartbeat)
        elif reading.occupied is not None and not isinstance(reports, BeatingStateReports):
            reports = BeatingStateReports(reading.bay_id, self._options, heartbeat)
        self._reports[reading.bay_id] = reports
        return super()._take(reading)


def _device_field(*, multiple: bool = False) -> SelectSelector:
    """Return a field for any devices, with the discovered ones as options."""
    return SelectSelector(SelectSelectorConfig(options=[], custom_value=True, multiple=multiple))


def _never_silent(_bay_id: str, _at: float) -> bool:
    """Return False, because a probe does not know whether a device was silent."""
    return False


class _Awaited:
    """Waits until each of some devices has sent a message."""

    def __init__(self, devices: set[str]) -> None:
        """Initialize with the devices."""
        self._devices = devices
        self.received = asyncio.Event()

    def wants(self, device: str) -> bool:
        """Return whether a device is still waited for."""
        return device in self._devices

    @callback
    def async_message(self, device: str, message: Message) -> None:
        """Remove a device that has sent a message."""
        self._devices.discard(device)
        if not self._devices:
            self.received.set()

    @callback
    def async_connection(self, *, connected: bool) -> None:
        """Do nothing, because a reconnection changes nothing for a probe."""


async def _async_read(listener: TopicListener, devices: Collection[str]) -> None:
    """Wait briefly for devices without a message so far."""
    if missing := set(devices) - listener.known().keys():
        awaited = _Awaited(missing)
        end = listener.async_subscribe(awaited)
        try:
            async with asyncio.timeout(PROBE_S):
                await awaited.received.wait()
        except TimeoutError:
            pass
        finally:
            end()
