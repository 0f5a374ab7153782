"""Event entities: what happens to drivers, and whether the lot is full."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import LOT
from .data import SmartParkingConfigEntry, SmartParkingData
from .entity import SmartParkingEntity
from .guidance.capacity import CapacityEvent
from .guidance.manager import ALL
from .lot.holds.events import HoldEvent, HoldEventType

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of a lot."""
    data = entry.runtime_data
    async_add_entities([GuidanceEventEntity(data), CapacityEventEntity(data)])


class GuidanceEventEntity(SmartParkingEntity, EventEntity):
    """The newest event of a hold; the driver's name is private, and left out."""

    _attr_translation_key = "guidance"

    def __init__(self, data: SmartParkingData) -> None:
        """Initialize for the lot."""
        super().__init__(data.coordinator, LOT, "guidance")
        self._guidance = data.guidance
        self._attr_event_types = [event_type.value for event_type in HoldEventType]

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes."""
        self.async_on_remove(self._guidance.async_listen(ALL, self._async_hold_event))

    @callback
    def _async_hold_event(self, hold_event: HoldEvent) -> None:
        """Write the event."""
        bay_id = hold_event.hold.bay_id
        bay = None if bay_id is None or bay_id not in self.lot else self.lot[bay_id].bay
        shown = {
            "bay": bay.label if bay else None,
            "level": bay.level if bay else None,
            "kind": hold_event.hold.kind.value,
            "reason": hold_event.reason.value if hold_event.reason else None,
        }
        self._trigger_event(hold_event.event_type.value, shown)
        self.async_write_ha_state()


class CapacityEventEntity(SmartParkingEntity, EventEntity):
    """The newest change between a full lot and vacant bays."""

    _attr_translation_key = "capacity"

    def __init__(self, data: SmartParkingData) -> None:
        """Initialize for the lot."""
        super().__init__(data.coordinator, LOT, "capacity")
        self._capacity = data.capacity
        self._attr_event_types = [capacity_event.value for capacity_event in CapacityEvent]

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes."""
        self.async_on_remove(self._capacity.async_listen(self._async_capacity_event))

    @callback
    def _async_capacity_event(self, capacity_event: CapacityEvent, free: int) -> None:
        """Write the event."""
        self._trigger_event(capacity_event.value, {"free": free})
        self.async_write_ha_state()
