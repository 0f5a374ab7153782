"""What is expected of a lot, as sensors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..coordinator import LOT, LotCoordinator
from ..data import SmartParkingData
from ..entity import SmartParkingEntity
from .manager import ForecastManager


@dataclass(frozen=True, kw_only=True)
class ForecastSensorDescription(SensorEntityDescription):
    """Something that is expected."""

    value_fn: Callable[[ForecastManager], int | datetime | None]
    minutes: int | None = None


def _free_in(minutes: int) -> ForecastSensorDescription:
    def get_free(manager: ForecastManager) -> int | None:
        expected = manager.get_expectation(minutes)
        return None if expected is None else round(expected.free)

    return ForecastSensorDescription(
        key=f"free_in_{minutes}",
        translation_key=f"free_in_{minutes}",
        value_fn=get_free,
        minutes=minutes,
    )


SENSORS = (
    _free_in(30),
    _free_in(60),
    ForecastSensorDescription(
        key="full_at",
        translation_key="full_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda manager: manager.get_full_at(),
    ),
    ForecastSensorDescription(
        key="free_again_at",
        translation_key="free_again_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda manager: manager.get_free_again_at(),
    ),
)


@callback
def async_add_forecast(
    data: SmartParkingData, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what is expected of a lot."""
    if data.forecast.is_open:
        async_add_entities(ForecastSensor(data.forecast, data.coordinator, one) for one in SENSORS)


class ForecastSensor(SmartParkingEntity, SensorEntity):
    """Something that is expected of the lot; unknown as long as too few days are known."""

    entity_description: ForecastSensorDescription

    def __init__(
        self,
        manager: ForecastManager,
        coordinator: LotCoordinator,
        description: ForecastSensorDescription,
    ) -> None:
        """Show what a description says."""
        super().__init__(coordinator, LOT, description.key)
        self.entity_description = description
        self._manager = manager

    @override
    async def async_added_to_hass(self) -> None:
        """Start to listen to the forecast, and to nothing else."""
        self.async_on_remove(self._manager.async_listen(self._async_handle_update))

    @property
    @override
    def native_value(self) -> int | datetime | None:
        """The number or the time."""
        return self.entity_description.value_fn(self._manager)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """How sure it is, or how many days are known of those that are needed."""
        manager = self._manager
        if not manager.is_learned:
            return {"days_known": manager.days, "days_needed": manager.needed_days}
        minutes = self.entity_description.minutes
        if minutes is None or (expected := manager.get_expectation(minutes)) is None:
            return None
        return {
            "at": dt_util.utc_from_timestamp(expected.at).isoformat(),
            "low": round(expected.low),
            "high": round(expected.high),
            "probability": round(100.0 * expected.get_probability()),
        }
