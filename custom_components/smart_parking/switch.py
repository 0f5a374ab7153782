"""Taking a bay out of service, and showing a promotion."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bay_entities import OUT_OF_SERVICE
from .data import SmartParkingConfigEntry, SmartParkingData
from .entity import BayEntity, PromotionEntity, async_add_bay_entities, async_add_entities_of

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of a lot."""
    data = entry.runtime_data
    await async_add_bay_entities(
        data, async_add_entities, OUT_OF_SERVICE, lambda bay_id: OutOfService(data, bay_id)
    )
    await async_add_entities_of(
        data,
        async_add_entities,
        promotion=lambda promotion_id: [PromotionShown(data, promotion_id)],
    )


class OutOfService(BayEntity, SwitchEntity):
    """On while the bay is closed and offered to nobody."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_translation_key = "out_of_service"

    def __init__(self, data: SmartParkingData, bay_id: str) -> None:
        """Initialize for a bay."""
        super().__init__(data.coordinator, bay_id, OUT_OF_SERVICE)
        self._guidance = data.guidance

    @property
    @override
    def is_on(self) -> bool:
        """Whether the bay is closed."""
        return self.status.out_of_service

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Close the bay."""
        await self._async_set(out=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Open the bay."""
        await self._async_set(out=False)

    async def _async_set(self, *, out: bool) -> None:
        """Close or open the bay; that outlives whatever happens once it is answered."""
        self.coordinator.async_set_out_of_service(self._part_id, out=out)
        await self.coordinator.store.async_save()
        await self._guidance.async_store()


class PromotionShown(PromotionEntity, SwitchEntity):
    """On while the promotion takes its turns; off, it pauses."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_translation_key = "shown"

    def __init__(self, data: SmartParkingData, promotion_id: str) -> None:
        """Initialize for a promotion."""
        super().__init__(data, promotion_id, "shown")

    @property
    @override
    def is_on(self) -> bool:
        """Whether the promotion takes its turns."""
        return not self.promotions.is_paused(self._part_id)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Resume the promotion."""
        await self._async_set(paused=False)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Stop to show the promotion."""
        await self._async_set(paused=True)

    async def _async_set(self, *, paused: bool) -> None:
        """Stop to show the promotion, or go on with it, also after whatever happens then."""
        self.promotions.async_set_paused(self._part_id, paused=paused)
        await self.promotions.async_store()
