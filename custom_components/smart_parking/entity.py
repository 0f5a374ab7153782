"""Base of all entities of a lot; entities are added and removed with their parts."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import slugify

from .bay_entities import ENTITIES_MAX, LOT_ENTITIES, OCCUPANCY, BayEntityKey
from .coordinator import LOT, LotCoordinator
from .data import SmartParkingData
from .devices import async_get_bay_entity_id, identifier, level_part_id
from .lot.lot import BayStatus
from .slices import in_slices
from .sources.node import Node

# A lot of more bays has always something to tell: what is said of the whole is written so seldom.
BUSY_BAYS = 1_000
BUSY_PAUSE_S = 1.0


class SmartParkingEntity(Entity):
    """An entity of one part of a lot, updated when that part changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: LotCoordinator, part_id: str, key: str) -> None:
        """Initialize for a part of the lot: a bay, node, gate or promotion id, or `LOT`."""
        self.coordinator = coordinator
        self.lot = coordinator.lot
        self._part_id = part_id
        device = identifier(coordinator.entry, None if part_id == LOT else part_id)
        self._attr_unique_id = f"{device[1]}_{key}"
        self._attr_device_info = self._device_info(device)

    def _device_info(self, device: tuple[str, str]) -> DeviceInfo | ChildDeviceInfo:
        """Return the device of the entity."""
        return DeviceInfo(identifiers={device})

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes."""
        self.async_on_remove(
            self.coordinator.async_listen(self._part_id, self._async_handle_update)
        )

    @callback
    def _async_handle_update(self) -> None:
        """Write the state."""
        self.async_write_ha_state()


class LotEntity(SmartParkingEntity):
    """Shows something of the lot as a whole.

    In a lot of thousands of bays something changes all the time: its state is written at once, and
    what follows within a second is written together.
    """

    def __init__(self, coordinator: LotCoordinator, key: str) -> None:
        """Initialize for the lot."""
        super().__init__(coordinator, LOT, key)
        self._pause: asyncio.TimerHandle | None = None
        self._is_due = False

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Write nothing any more."""
        if self._pause is not None:
            self._pause.cancel()

    @callback
    @override
    def _async_handle_update(self) -> None:
        if self._pause is not None:
            self._is_due = True
            return
        self.async_write_ha_state()
        if len(self.lot) > BUSY_BAYS:
            self._pause = self.hass.loop.call_later(BUSY_PAUSE_S, self._async_end_pause)

    @callback
    def _async_end_pause(self) -> None:
        """Write what has changed meanwhile."""
        self._pause = None
        if self._is_due:
            self._is_due = False
            self._async_handle_update()

    @property
    @override
    def available(self) -> bool:
        """Whether there is anything to count."""
        return self.lot.is_known


class NodeEntity(SmartParkingEntity):
    """An entity of a node."""

    @property
    def node(self) -> Node:
        """The node."""
        return self.coordinator.nodes[self._part_id]

    @property
    @override
    def available(self) -> bool:
        """Whether the node exists; it stays available while it is replaced after a change."""
        return self._part_id in self.coordinator.nodes


class BayEntity(SmartParkingEntity):
    """Shows something of a bay; it is called after the lot."""

    def __init__(self, coordinator: LotCoordinator, bay_id: str, what: BayEntityKey) -> None:
        """Initialize for a bay."""
        platform, key = what
        super().__init__(coordinator, bay_id, key)
        bay = self.status.bay
        suffix = "" if what == OCCUPANCY else f"_{key}"
        object_id = slugify(f"{coordinator.entry.title} bay {bay.label}")
        # A proposal: an entity that is in the registry has its id from there.
        self.entity_id = f"{platform}.{object_id}{suffix}"
        self._attr_translation_placeholders = {"label": bay.label}
        if not coordinator.bay_entities.has_devices:
            # The device is that of the level, so the name says which bay it is.
            self._attr_translation_key = "bay" if what == OCCUPANCY else f"bay_{key}"
        elif what == OCCUPANCY:
            self._attr_name = None

    @override
    def _device_info(self, device: tuple[str, str]) -> ChildDeviceInfo:
        """Return the bay's device, else its level's; both are children of its node's."""
        coordinator = self.coordinator
        node = coordinator.node_of(self._part_id)
        if not coordinator.bay_entities.has_devices:
            level = level_part_id(node.node_id, self.lot[self._part_id].bay.level)
            device = identifier(coordinator.entry, level)
        return ChildDeviceInfo(identifiers={device}, parent_device_id=node.device_id)

    @property
    def status(self) -> BayStatus:
        """The status of the bay."""
        return self.lot[self._part_id]

    @property
    @override
    def available(self) -> bool:
        """Whether the lot has the bay."""
        return self._part_id in self.lot


class PromotionEntity(SmartParkingEntity):
    """An entity of a promotion."""

    def __init__(self, data: SmartParkingData, promotion_id: str, key: str) -> None:
        """Initialize for a promotion."""
        super().__init__(data.coordinator, promotion_id, key)
        self.promotions = data.promotions

    @property
    @override
    def available(self) -> bool:
        """Whether the promotion exists."""
        return self._part_id in self.promotions


type Make = Callable[[str], Iterable[Entity]]


async def async_add_entities_of(
    data: SmartParkingData,
    add: AddConfigEntryEntitiesCallback,
    *,
    node: Make | None = None,
    gate: Make | None = None,
    promotion: Make | None = None,
) -> None:
    """Add the entities of all parts of the lot, now and whenever parts are added."""
    known: set[str] = set()

    async def build() -> None:
        now = list(_parts(data, node, gate, promotion))
        known.intersection_update([part_id for part_id, _ in now])
        fresh = [one for one in now if one[0] not in known]
        async for part_id, make in in_slices(fresh):
            if data.coordinator.is_configured(part_id):
                known.add(part_id)
                add(make(part_id), config_subentry_id=part_id)

    await data.coordinator.async_build(build)


async def async_add_bay_entities(
    data: SmartParkingData,
    add: AddConfigEntryEntitiesCallback,
    what: BayEntityKey,
    make: Callable[[str], BayEntity],
) -> None:
    """Add one of the entities that bays have, of those that have it, now and later.

    What Home Assistant would refuse is not added: the owner is told, and asked to choose.
    """
    known: dict[str, tuple[object, BayEntity]] = {}
    coordinator = data.coordinator

    async def build() -> None:
        plan = coordinator.bay_entities
        now = {
            bay_id: node_id
            for node_id, node in coordinator.nodes.items()
            for bay_id in node.bay_ids
            if plan.has(data.lot[bay_id].bay, what)
        }
        for bay_id in known.keys() - now.keys():
            del known[bay_id]
        left_out = 0
        async for bay_id, node_id in in_slices(now.items(), is_told=True):
            if bay_id not in data.lot or not coordinator.is_configured(node_id):
                continue
            bay = data.lot[bay_id].bay
            # A device follows the bay, unless another node measures it now; what is named by itself
            # is made anew.
            shown_as = (node_id,) if plan.has_devices else (node_id, bay.level, bay.label)
            if bay_id in known:
                if known[bay_id][0] == shown_as:
                    continue
                await known.pop(bay_id)[1].async_remove()
            elif not _has_room(coordinator, bay_id, what):
                left_out += 1
                continue
            entity = make(bay_id)
            known[bay_id] = shown_as, entity
            add([entity], config_subentry_id=node_id)
        coordinator.monitor.async_set_left_out(what, left_out, len(data.lot))

    await coordinator.async_build(build)


@callback
def _has_room(coordinator: LotCoordinator, bay_id: str, what: BayEntityKey) -> bool:
    """Return whether a lot may have one more entity of a bay, or has had this one."""
    entry, registry = coordinator.entry, er.async_get(coordinator.hass)
    enabled = registry.entities.get_enabled_count_for_config_entry_id(entry.entry_id)
    return (
        enabled < ENTITIES_MAX - LOT_ENTITIES
        or async_get_bay_entity_id(coordinator.hass, entry, bay_id, what) is not None
    )


def _parts(
    data: SmartParkingData, node: Make | None, gate: Make | None, promotion: Make | None
) -> Iterator[tuple[str, Make]]:
    """Yield the id of each part, which is that of its subentry, and what makes its entities."""
    if node is not None:
        yield from ((node_id, node) for node_id in data.coordinator.nodes)
    if gate is not None:
        yield from ((of_lot.gate_id, gate) for of_lot in data.lot.gates)
    if promotion is not None:
        yield from ((shown.promotion_id, promotion) for shown in data.promotions)
