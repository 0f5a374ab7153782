"""Sensors of today's analytics, with long-term statistics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..clock import epoch_s
from ..coordinator import LOT, LotCoordinator
from ..data import SmartParkingData
from ..entity import SmartParkingEntity
from .manager import AnalyticsManager


@dataclass(frozen=True, kw_only=True)
class AnalyticsSensorDescription(SensorEntityDescription):
    """Description of a sensor of today's analytics."""

    value_fn: Callable[[AnalyticsManager], StateType]
    attributes_fn: Callable[[AnalyticsManager], Mapping[str, object] | None] | None = None


def _minutes(seconds: float | None) -> float | None:
    """Return seconds as minutes."""
    return None if seconds is None else round(seconds / 60.0, 1)


def _longest_min(manager: AnalyticsManager) -> float | None:
    """Return the duration of the longest open stay, in minutes."""
    stay = manager.longest
    return 0.0 if stay is None else _minutes(stay.duration_s(epoch_s()))


def _longest(manager: AnalyticsManager) -> Mapping[str, object] | None:
    """Return the bay of the longest open stay, and its beginning."""
    if (stay := manager.longest) is None:
        return None
    return {
        "bay": stay.bay.label,
        "bay_id": stay.bay.bay_id,
        "since": dt_util.utc_from_timestamp(round(stay.began)).isoformat(),
        "is_estimated": stay.is_estimated,
    }


def _share_full(manager: AnalyticsManager) -> float | None:
    """Return the share of today in which the lot was full, in %."""
    share = manager.share_full_today
    return None if share is None else round(100.0 * share, 1)


def _turnover(manager: AnalyticsManager) -> float | None:
    """Return the number of today's vehicles for each bay."""
    vehicles = manager.vehicles_per_bay_today
    return None if vehicles is None else round(vehicles, 2)


SENSORS = (
    AnalyticsSensorDescription(
        key="average_stay_today",
        translation_key="average_stay_today",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda manager: _minutes(manager.average_stay_today_s),
    ),
    AnalyticsSensorDescription(
        key="vehicles_per_bay_today",
        translation_key="vehicles_per_bay_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value_fn=_turnover,
    ),
    AnalyticsSensorDescription(
        key="full_today",
        translation_key="full_today",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_share_full,
    ),
    AnalyticsSensorDescription(
        key="longest_stay",
        translation_key="longest_stay",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_longest_min,
        attributes_fn=_longest,
    ),
    AnalyticsSensorDescription(
        key="turned_away_today",
        translation_key="turned_away_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda manager: manager.today.turned_away,
    ),
)


@callback
def async_add_analytics(data: SmartParkingData, add: AddConfigEntryEntitiesCallback) -> None:
    """Add the analytics sensors of a lot."""
    if data.analytics.is_open:
        add(AnalyticsSensor(data.coordinator, data.analytics, one) for one in SENSORS)


class AnalyticsSensor(SmartParkingEntity, SensorEntity):
    """A sensor of today's analytics."""

    entity_description: AnalyticsSensorDescription
    _unrecorded_attributes = frozenset({"bay", "bay_id", "since", "is_estimated"})

    def __init__(
        self,
        coordinator: LotCoordinator,
        manager: AnalyticsManager,
        description: AnalyticsSensorDescription,
    ) -> None:
        """Initialize for the lot."""
        super().__init__(coordinator, LOT, description.key)
        self._manager = manager
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the analytics manager, which notifies every five minutes."""
        self.async_on_remove(self._manager.async_listen(self._async_handle_update))

    @property
    @override
    def available(self) -> bool:
        """Whether today's history has been read."""
        return self._manager.is_known

    @property
    @override
    def native_value(self) -> StateType:
        """The number."""
        return self.entity_description.value_fn(self._manager)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """Details of the number."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self._manager)
