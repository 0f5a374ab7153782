"""Taking a bay out of service."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import LotCoordinator, SmartParkingConfigEntry
from .entity import BayEntity, async_add_entities_of

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of a lot."""
    coordinator = entry.runtime_data
    async_add_entities_of(
        coordinator,
        async_add_entities,
        bay=lambda bay_id: [OutOfService(coordinator, bay_id)],
    )


class OutOfService(BayEntity, SwitchEntity):
    """On while the bay is closed and offered to nobody."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_translation_key = "out_of_service"

    def __init__(self, coordinator: LotCoordinator, bay_id: str) -> None:
        """Belong to a bay."""
        super().__init__(coordinator, bay_id, "out_of_service")

    @property
    @override
    def is_on(self) -> bool:
        """Whether the bay is closed."""
        return self.status.out_of_service

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Close the bay."""
        self.coordinator.async_set_out_of_service(self._part_id, out=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Open the bay."""
        self.coordinator.async_set_out_of_service(self._part_id, out=False)
