"""Whether a bay is occupied, and whether a node measures."""

from collections.abc import Mapping
from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .bay_entities import OCCUPANCY
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry, SmartParkingData
from .entity import BayEntity, NodeEntity, async_add_bay_entities, async_add_entities_of

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a lot."""
    data = entry.runtime_data
    coordinator = data.coordinator
    await async_add_entities_of(
        data,
        async_add_entities,
        node=lambda node_id: [NodeConnectivity(coordinator, node_id)],
    )
    await async_add_bay_entities(
        data, async_add_entities, OCCUPANCY, lambda bay_id: BayOccupancy(data, bay_id)
    )


class BayOccupancy(BayEntity, BinarySensorEntity):
    """On while a vehicle stands in the bay; unavailable while that is not known."""

    _attr_device_class = BinarySensorDeviceClass.OCCUPANCY
    _attr_translation_key = "bay"
    _unrecorded_attributes = frozenset({"held_from", "held_until"})

    def __init__(self, data: SmartParkingData, bay_id: str) -> None:
        """Initialize for a bay."""
        super().__init__(data.coordinator, bay_id, OCCUPANCY)
        self._guidance = data.guidance

    @property
    @override
    def available(self) -> bool:
        """Whether it is known: an unknown bay is never shown free."""
        return super().available and self.status.occupied is not None

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether a vehicle stands there."""
        return self.status.occupied

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object]:
        """Whether a driver may be sent there, and for when the bay is promised to somebody.

        A bay without a vehicle may be held or closed, and a promise hides no vehicle.
        """
        status: dict[str, object] = {"status": self.status.state.value}
        if (hold := self._guidance.of_bay(self._part_id)) is not None:
            status["held_from"] = dt_util.utc_from_timestamp(round(hold.starts))
            status["held_until"] = dt_util.utc_from_timestamp(round(hold.until))
        return status


class NodeConnectivity(NodeEntity, BinarySensorEntity):
    """On while the node measures."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: LotCoordinator, node_id: str) -> None:
        """Initialize for a node."""
        super().__init__(coordinator, node_id, "connectivity")

    @property
    @override
    def is_on(self) -> bool:
        """Whether readings come in."""
        return self.node.connected
