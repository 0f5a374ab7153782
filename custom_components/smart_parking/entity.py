"""Base of all entities of a lot; entities are added and removed with their parts."""

from collections.abc import Callable, Iterable, Iterator
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import LOT, LotCoordinator
from .data import SmartParkingData
from .devices import identifier
from .lot.lot import BayStatus
from .slices import in_slices
from .sources.node import Node


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
    """An entity of the lot as a whole."""

    def __init__(self, coordinator: LotCoordinator, key: str) -> None:
        """Initialize for the lot."""
        super().__init__(coordinator, LOT, key)

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
    """An entity of a bay."""

    @override
    def _device_info(self, device: tuple[str, str]) -> ChildDeviceInfo:
        """Return the bay's device, a child of its node's."""
        node = self.coordinator.node_of(self._part_id)
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
    bay: Make | None = None,
    promotion: Make | None = None,
) -> None:
    """Add the entities of all parts of the lot, now and whenever parts are added."""
    # With the subentry: a bay that another node measures now belongs to that one's device.
    known: set[tuple[str, str]] = set()

    async def build() -> None:
        now = list(_parts(data, node, gate, bay, promotion))
        known.intersection_update([(part_id, subentry_id) for part_id, subentry_id, _ in now])
        fresh = [one for one in now if one[:2] not in known]
        async for part_id, subentry_id, make in in_slices(fresh):
            known.add((part_id, subentry_id))
            add(make(part_id), config_subentry_id=subentry_id)

    await data.coordinator.async_build(build)


def _parts(
    data: SmartParkingData,
    node: Make | None,
    gate: Make | None,
    bay: Make | None,
    promotion: Make | None,
) -> Iterator[tuple[str, str, Make]]:
    """Yield each part's id, the id of its subentry, and the factory of its entities."""
    for node_id, one in data.coordinator.nodes.items():
        if node is not None:
            yield node_id, node_id, node
        if bay is not None:
            yield from ((bay_id, node_id, bay) for bay_id in one.bay_ids)
    if gate is not None:
        for of_lot in data.lot.gates:
            yield of_lot.gate_id, of_lot.gate_id, gate
    if promotion is not None:
        for shown in data.promotions:
            yield shown.promotion_id, shown.promotion_id, promotion
