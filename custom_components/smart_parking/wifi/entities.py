"""Sensor of the phones that have joined the lot's Wi-Fi."""

from typing import override

from homeassistant.components.sensor import RestoreSensor, SensorStateClass
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import LOT, LotCoordinator
from ..data import SmartParkingData
from ..entity import SmartParkingEntity
from .webhook import WifiWebhook

VISITS = "visits_today"


@callback
def async_add_visits(data: SmartParkingData, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the sensor of visits, and keep it while access points can report them."""
    coordinator, joining = data.coordinator, data.wifi
    is_there = False

    @callback
    def build() -> None:
        nonlocal is_there
        if joining.on and not is_there:
            add([VisitsToday(coordinator, joining)])
        elif not joining.on:
            registry = er.async_get(coordinator.hass)
            unique_id = f"{coordinator.entry.entry_id}_{VISITS}"
            if entity_id := registry.async_get_entity_id("sensor", DOMAIN, unique_id):
                registry.async_remove(entity_id)
        is_there = joining.on

    build()
    coordinator.entry.async_on_unload(joining.async_listen(build))


class VisitsToday(SmartParkingEntity, RestoreSensor):
    """Number of phones that have joined the lot's Wi-Fi today."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_translation_key = VISITS

    def __init__(self, coordinator: LotCoordinator, joining: WifiWebhook) -> None:
        """Initialize for the lot."""
        super().__init__(coordinator, LOT, VISITS)
        self._joining = joining

    @override
    async def async_added_to_hass(self) -> None:
        """Restore today's count after a restart of Home Assistant, and subscribe."""
        before, data = await self.async_get_last_state(), await self.async_get_last_sensor_data()
        if (
            before is not None
            and data is not None
            and isinstance(data.native_value, int)
            and dt_util.as_local(before.last_updated).date() == dt_util.now().date()
        ):
            self._joining.async_resume(data.native_value)
        self.async_on_remove(self._joining.async_listen(self._async_handle_update))

    @property
    @override
    def native_value(self) -> int:
        """The count."""
        return self._joining.visits
