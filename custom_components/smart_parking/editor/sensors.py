"""The sensors that are there and that no bay has: what they are looked for with, and found."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import DOMAIN
from ..data import SmartParkingConfigEntry
from ..lot.drawing.model import Drawing, DrawnNode
from ..sources import SOURCES
from ..sources.base import (
    DeviceOffer,
    FreeSensor,
    NodeOffer,
    Row,
    Schema,
    SensorSearch,
    Source,
    Value,
)
from .conversion import drawing_of, row_of
from .problems import Claims

# So long is gathered what comes and goes before those who draw are told of it.
GATHER_S = 0.5
# So many machines that are no nodes yet are offered at once.
MACHINES_MAX = 64

type Rows = Mapping[str, Sequence[Row]]


class _Drawings(NamedTuple):
    """What is drawn and what is at work, with the bays that have sensors."""

    draft: Drawing
    published: Drawing
    used: Rows
    """Of all lots, by the kind of their sensors: here, of the draft."""
    used_here: Rows
    """Those of the draft, by node."""
    given_up: Rows
    """Those at work that have another sensor in the draft, or none, by node."""
    claims: Claims

    def claimed(self, kind: type[Source]) -> set[str]:
        """Return what nodes of a kind have in other lots."""
        return {identity for key, identity in self.claims.elsewhere if key == kind.key}


class _Place(NamedTuple):
    """A node that sensors are offered of, or one that would be made for them."""

    node_id: str | None
    """None where a node would be made for any sensors of the kind."""
    search: SensorSearch
    name: str | None = None
    """What a node is called of which each has sensors of its own."""
    is_away: bool = False


class SensorFinder:
    """Finds sensors for the bays of a draft, while somebody draws.

    `get_draft` and `get_published` return the drawing and what is at work, `get_claims` what other
    lots have; `changed` is called when others may be found, of which nobody who draws would know.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: SmartParkingConfigEntry,
        *,
        get_draft: Callable[[], Drawing],
        get_published: Callable[[], Drawing],
        get_claims: Callable[[], Claims],
        changed: CALLBACK_TYPE,
    ) -> None:
        """Initialize for a lot; nothing is looked for yet."""
        self._hass = hass
        self._entry = entry
        self._get_draft = get_draft
        self._get_published = get_published
        self._get_claims = get_claims
        self._changed = changed
        self._telling: asyncio.TimerHandle | None = None
        self._is_open = False
        self._looking = asyncio.Lock()
        self._device_offers: dict[str, tuple[Mapping[str, Value], DeviceOffer]] = {}
        """What finds devices for nodes, with the settings of each node."""
        self._node_offers: dict[str, NodeOffer] = {}
        """What finds machines that may be nodes, by kind."""
        self._new_ids: dict[tuple[str, str], str] = {}
        """The ids that nodes get by kind and identity, whoever draws them first."""

    @callback
    def async_open(self) -> None:
        """Look for devices from when sensors are asked for, until this is closed."""
        self._is_open = True

    @callback
    def async_close(self) -> None:
        """Look for no more devices."""
        self._is_open = False
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        offers: list[DeviceOffer | NodeOffer] = [one for _, one in self._device_offers.values()]
        offers += self._node_offers.values()
        self._device_offers.clear()
        self._node_offers.clear()
        for offer in offers:
            offer.close()

    @callback
    def async_changed(self) -> None:
        """Notify soon that other sensors may be found; once for many changes."""
        if self._is_open and self._telling is None:
            self._telling = self._hass.loop.call_later(GATHER_S, self._async_tell)

    @callback
    def _async_tell(self) -> None:
        """Notify that other sensors may be found."""
        self._telling = None
        self._changed()

    async def async_find(self, *, shares_triggers: bool = False) -> list[dict[str, Any]]:
        """Return the sensors that no bay has, by kind, as JSON."""
        async with self._looking:
            await self._async_look_for_nodes()
            await self._async_look_for_devices()
            if not self._is_open:
                # Who asked has gone meanwhile.
                self.async_close()
        drawings = self._drawings()
        found: list[dict[str, Any]] = []
        for kind in SOURCES.values():
            for place in self._places(kind, drawings):
                search = replace(place.search, shares_triggers=shares_triggers)
                free = await kind.async_get_free_sensors(self._hass, search)
                found += [self._data(sensor, kind, place) for sensor in free]
        for node_id, (settings, offer) in self._device_offers.items():
            # It may have gone while others were looked for.
            if (node := self._get_draft().nodes.get(node_id)) is not None:
                kind = SOURCES[node.source]
                used = drawings.used.get(kind.key, ())
                place = _Place(node_id, SensorSearch(settings=settings, used=used))
                found += [self._data(one, kind, place) for one in _free_devices(kind, offer, used)]
        return found

    def new_node(self, name: str, kind: type[Source]) -> DrawnNode:
        """Return a node that somebody draws, as it is written down.

        Where each node has sensors of its own, its name is that of what has them.
        """
        settings = default_settings(kind.settings_schema())
        if kind.identity_field is not None:
            offer = self._node_offers.get(kind.key)
            found = {} if offer is None else offer.nodes()
            settings |= {kind.identity_field: name, **found.get(name, {})}
        return DrawnNode(name=name or kind.model, source=kind.key, settings=settings)

    # What finds machines and devices.

    async def _async_look_for_nodes(self) -> None:
        """Look for machines that may be nodes, where there can be such."""
        for key, kind in SOURCES.items():
            if key not in self._node_offers:
                offer = await kind.async_offer_nodes(self._hass, self.async_changed)
                if offer is not None:
                    self._node_offers[key] = offer

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

    # Where sensors may be.

    def _drawings(self) -> _Drawings:
        """Return what is drawn and what is at work, here and in other lots."""
        draft, published = self._get_draft(), self._get_published()
        used: dict[str, list[Row]] = {}
        used_here: dict[str, list[Row]] = {}
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            is_here = entry.entry_id == self._entry.entry_id
            drawing = draft if is_here else drawing_of(entry)
            for bay_id, bay in drawing.bays.items():
                if (node := drawing.nodes.get(bay.node)) is not None:
                    row = row_of(bay_id, bay)
                    used.setdefault(node.source, []).append(row)
                    if is_here:
                        used_here.setdefault(bay.node, []).append(row)
        given_up: dict[str, list[Row]] = {}
        for bay_id, bay in published.bays.items():
            drawn = draft.bays.get(bay_id)
            if drawn is None or (drawn.node, drawn.wiring) != (bay.node, bay.wiring):
                given_up.setdefault(bay.node, []).append(row_of(bay_id, bay))
        return _Drawings(draft, published, used, used_here, given_up, self._get_claims())

    def _places(self, kind: type[Source], drawings: _Drawings) -> Iterable[_Place]:
        """Return where there may be sensors of a kind that bays could have."""
        if kind.identity_field is not None:
            return self._machines(kind, drawings)
        node_id, node = next(_nodes_of(drawings.draft, kind), (None, None))
        if node is None and drawings.claimed(kind):
            return ()
        settings = default_settings(kind.settings_schema()) if node is None else node.settings
        used = drawings.used.get(kind.key, ())
        before = [key for key, _ in _nodes_of(drawings.published, kind)]
        given_up = _of_nodes(drawings.given_up, before)
        return [_Place(node_id, SensorSearch(settings=settings, used=used, given_up=given_up))]

    def _machines(self, kind: type[Source], drawings: _Drawings) -> Iterator[_Place]:
        """Yield the machines with sensors of their own that this lot has, or could have."""
        offer = self._node_offers.get(kind.key)
        taken = {"", *drawings.claimed(kind)}
        nodes: dict[str, tuple[str, DrawnNode]] = {}
        ids: dict[str, set[str]] = {}
        # A node that the draft has no more is the same one when its sensors get bays again.
        for drawing in (drawings.published, drawings.draft):
            for node_id, node in _nodes_of(drawing, kind):
                identity = kind.identity(node.settings) or ""
                nodes[identity] = node_id, node
                ids.setdefault(identity, set()).add(node_id)
        for identity in nodes.keys() - taken:
            node_id, node = nodes[identity]
            search = SensorSearch(
                settings=node.settings,
                used=_of_nodes(drawings.used_here, ids[identity]),
                given_up=_of_nodes(drawings.given_up, ids[identity]),
            )
            is_away = offer is None or offer.is_away(identity)
            yield _Place(node_id, search, node.name, is_away)
        found = {} if offer is None else offer.nodes()
        for identity in sorted(found.keys() - nodes.keys() - taken)[:MACHINES_MAX]:
            node_id = self._new_ids.setdefault((kind.key, identity), uuid4().hex)
            settings = self.new_node(identity, kind).settings
            yield _Place(node_id, SensorSearch(settings=settings), identity)

    # What is said of them.

    def _data(self, sensor: FreeSensor, kind: type[Source], place: _Place) -> dict[str, Any]:
        """Return a sensor that no bay has as JSON."""
        data: dict[str, Any] = {
            "key": sensor.key,
            "source": kind.key,
            "node": place.node_id,
            "name": sensor.name,
            "entity_id": sensor.entity_id,
            "wiring": dict(sensor.wiring),
            "endless": sensor.endless,
        }
        if sensor.said:
            data["said"] = sensor.said
        if place.name is not None:
            data |= {"node_name": place.name, "away": place.is_away}
        if sensor.bay_id is not None:
            data["occupied"] = self._occupied(sensor.bay_id)
        return data

    def _occupied(self, bay_id: str) -> bool | None:
        """Return whether a bay at work is occupied; None where that is not known."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        lot = self._entry.runtime_data.coordinator.lot
        return lot[bay_id].occupied if bay_id in lot else None


def default_settings(schema: Schema) -> dict[str, Value]:
    """Return what a node's form offers at first, as it is kept."""
    settings: dict[str, Value] = {}
    for marker, selector in schema.items():
        if isinstance(selector, section):
            settings |= default_settings(selector.schema.schema)
        elif isinstance(marker, vol.Required | vol.Optional) and callable(marker.default):
            settings[str(marker)] = marker.default()
    return settings


def _nodes_of(drawing: Drawing, kind: type[Source]) -> Iterator[tuple[str, DrawnNode]]:
    """Yield the nodes of a kind on a drawing, with their ids."""
    return ((key, node) for key, node in drawing.nodes.items() if node.source == kind.key)


def _of_nodes(rows: Rows, node_ids: Iterable[str]) -> list[Row]:
    """Return the bays of some nodes."""
    return [row for node_id in node_ids for row in rows.get(node_id, ())]


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
