"""The sensors that are there and that no bay has: what they are looked for with, and found."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import DOMAIN
from ..lot.drawing.model import Drawing
from ..sources import SOURCES
from ..sources.base import DeviceOffer, FreeSensor, Row, Schema, Source, Value
from .conversion import drawing_of, row_of


class SensorFinder:
    """Finds sensors for the bays of a draft, while somebody draws."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, get_draft: Callable[[], Drawing]
    ) -> None:
        """Initialize for a lot; nothing is looked for yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._get_draft = get_draft
        self._is_open = False
        self._looking = asyncio.Lock()
        self._device_offers: dict[str, tuple[Mapping[str, Value], DeviceOffer]] = {}
        """What finds devices for nodes, with the settings of each node."""

    @callback
    def async_open(self) -> None:
        """Look for devices from when sensors are asked for, until this is closed."""
        self._is_open = True

    @callback
    def async_close(self) -> None:
        """Look for no more devices."""
        self._is_open = False
        for _, offer in self._device_offers.values():
            offer.close()
        self._device_offers.clear()

    async def async_find(self, *, shares_triggers: bool = False) -> list[dict[str, Any]]:
        """Return the sensors that no bay has, by kind, as JSON."""
        used = self._used_rows()
        found: list[dict[str, Any]] = []
        for key, kind in SOURCES.items():
            node_id, settings = self._node_of(kind)
            if node_id is None and kind.only_one and self._others_have(key):
                continue
            free = await kind.async_get_free_sensors(
                self._hass, settings, used.get(key, ()), shares_triggers=shares_triggers
            )
            found += [_sensor_data(sensor, key, node_id) for sensor in free]
        async with self._looking:
            await self._async_look_for_devices()
        for node_id, (_, offer) in self._device_offers.items():
            # It may have gone while others were looked for.
            if (node := self._get_draft().nodes.get(node_id)) is not None:
                kind = SOURCES[node.source]
                free = [*_free_devices(kind, offer, used.get(node.source, ()))]
                found += [_sensor_data(sensor, node.source, node_id) for sensor in free]
        return found

    async def _async_look_for_devices(self) -> None:
        """Look for devices for the nodes that can have some, as they are set now."""
        nodes = {
            node_id: node
            for node_id, node in self._get_draft().nodes.items()
            if node.source in SOURCES and SOURCES[node.source].device_fields
        }
        for node_id, (settings, offer) in [*self._device_offers.items()]:
            if node_id not in nodes or nodes[node_id].settings != settings:
                offer.close()
                del self._device_offers[node_id]
        for node_id, node in nodes.items():
            if node_id not in self._device_offers:
                offered = await SOURCES[node.source].async_offer(self._hass, node.settings)
                if offered is not None:
                    self._device_offers[node_id] = node.settings, offered
        if not self._is_open:
            # Who asked has gone meanwhile.
            self.async_close()

    def _node_of(self, kind: type[Source]) -> tuple[str | None, Mapping[str, Value]]:
        """Return the draft's first node of a kind and its settings; without one, the usual."""
        for node_id, node in self._get_draft().nodes.items():
            if node.source == kind.key:
                return node_id, node.settings
        return None, default_settings(kind.settings_schema())

    def _others_have(self, source: str) -> bool:
        """Return whether another lot has a node of a kind."""
        return any(
            node.source == source
            for entry in self._hass.config_entries.async_entries(DOMAIN)
            if entry.entry_id != self._entry_id
            for node in drawing_of(entry).nodes.values()
        )

    def _used_rows(self) -> dict[str, list[Row]]:
        """Return the bays of all lots by the kind of their sensors: here, of the draft."""
        drawings = [
            self._get_draft() if entry.entry_id == self._entry_id else drawing_of(entry)
            for entry in self._hass.config_entries.async_entries(DOMAIN)
        ]
        used: dict[str, list[Row]] = {}
        for drawing in drawings:
            for bay_id, bay in drawing.bays.items():
                if (node := drawing.nodes.get(bay.node)) is not None:
                    used.setdefault(node.source, []).append(row_of(bay_id, bay))
        return used


def default_settings(schema: Schema) -> dict[str, Value]:
    """Return what a node's form offers at first, as it is kept."""
    settings: dict[str, Value] = {}
    for marker, selector in schema.items():
        if isinstance(selector, section):
            settings |= default_settings(selector.schema.schema)
        elif isinstance(marker, vol.Required | vol.Optional) and callable(marker.default):
            settings[str(marker)] = marker.default()
    return settings


def _free_devices(
    kind: type[Source], offer: DeviceOffer, used: Sequence[Row]
) -> Iterator[FreeSensor]:
    """Yield the devices that were found, but for those that bays of a draft have."""
    fields = kind.device_fields
    taken = {str(row[name]).casefold() for row in used for name in fields if name in row}
    for device, text in offer.devices().items():
        if device.casefold() not in taken:
            # A bay of another lot is known by its label, a device by its own name.
            name = device if text.startswith(device) else text
            said = text.removeprefix(device).removeprefix(":").strip()
            yield FreeSensor(key=device, name=name, wiring=kind.wiring_of(device), said=said)


def _sensor_data(sensor: FreeSensor, source: str, node_id: str | None) -> dict[str, Any]:
    """Return a sensor that no bay has as JSON."""
    return {
        "key": sensor.key,
        "source": source,
        "node": node_id,
        "name": sensor.name,
        "entity_id": sensor.entity_id,
        "wiring": dict(sensor.wiring),
        "endless": sensor.endless,
        **({"said": sensor.said} if sensor.said else {}),
    }
