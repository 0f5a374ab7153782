"""Image entities: the route from a gate to its nearest vacant bay."""

from typing import override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .data import SmartParkingConfigEntry, SmartParkingData
from .entity import SmartParkingEntity, async_add_entities_of
from .lot.lot import Changes

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the images of all gates."""
    data = entry.runtime_data
    await async_add_entities_of(
        data,
        async_add_entities,
        gate=lambda gate_id: [WayToNearest(data, gate_id)],
    )


class WayToNearest(SmartParkingEntity, ImageEntity):
    """The route from a gate; the state is when it last changed."""

    _attr_content_type = "image/png"
    _attr_translation_key = "way"

    def __init__(self, data: SmartParkingData, gate_id: str) -> None:
        """Initialize for a gate."""
        SmartParkingEntity.__init__(self, data.coordinator, gate_id, "way")
        ImageEntity.__init__(self, data.coordinator.hass)
        self._pictures = data.route_images
        self._shown = self._nearest
        self._attr_available = self._is_known
        self._attr_image_last_updated = dt_util.utcnow()

    @property
    def _nearest(self) -> str | None:
        """The id of the nearest bay, if one is vacant."""
        if not self.lot.has_gate(self._part_id):
            return None
        way = self.lot.nearest(self._part_id)
        return None if way is None else way.bay.bay_id

    @property
    def _is_known(self) -> bool:
        """Whether the lot's state is known."""
        return self.lot.has_gate(self._part_id) and self.lot.is_known

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_follow(self._async_followed))

    @callback
    def _async_followed(self, changes: Changes) -> None:
        """Update after a change of the layout."""
        if changes.layout:
            self._async_renew()

    @override
    @callback
    def _async_handle_update(self) -> None:
        """Update when another bay may be the nearest."""
        if self._nearest != self._shown:
            self._async_renew()
        elif self._is_known is not self._attr_available:
            self._attr_available = self._is_known
            self.async_write_ha_state()

    @callback
    def _async_renew(self) -> None:
        """Renew the image."""
        self._shown = self._nearest
        self._attr_available = self._is_known
        self._attr_image_last_updated = dt_util.utcnow()
        self.async_write_ha_state()

    @override
    async def async_image(self) -> bytes | None:
        """Return the image."""
        if not self._is_known:
            return None
        return await self._pictures.async_get(self._part_id, self._nearest)
