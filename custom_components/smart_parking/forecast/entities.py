"""What is expected of a lot, its kinds of bays and its levels, as sensors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import LOT, LotCoordinator
from ..data import SmartParkingData
from ..entity import SmartParkingEntity
from ..lot.analytics.forecast import LOT_SERIES, get_kind_series, get_level_series
from ..lot.lot import Lot
from ..lot.model import BayKind
from ..texts import get_texts
from .manager import ForecastManager


class Part(NamedTuple):
    """A part of a lot that is forecast: its series, and what it is called."""

    series: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ForecastSensorDescription(SensorEntityDescription):
    """Something that is expected of a series."""

    value_fn: Callable[[ForecastManager, str], int | datetime | None]
    minutes: int | None = None


def _free_in(minutes: int) -> ForecastSensorDescription:
    def get_free(manager: ForecastManager, series: str) -> int | None:
        expected = manager.get_expectation(minutes, series)
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
        value_fn=lambda manager, series: manager.get_full_at(series),
    ),
    ForecastSensorDescription(
        key="free_again_at",
        translation_key="free_again_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda manager, series: manager.get_free_again_at(series),
    ),
)


async def async_add_forecast(
    data: SmartParkingData, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what is expected of a lot, and of its kinds and levels as long as it has several."""
    if not data.forecast.is_open:
        return
    coordinator = data.coordinator
    async_add_entities(ForecastSensor(data.forecast, coordinator, one) for one in SENSORS)
    known: dict[str, Part] = {}

    async def build() -> None:
        parts = {part.series: part for part in _get_parts(coordinator)}
        for series in known.keys() - parts.keys():
            _async_remove(coordinator, known.pop(series))
        fresh = [part for series, part in parts.items() if series not in known]
        known.update(parts)
        async_add_entities(
            ForecastSensor(data.forecast, coordinator, one, part)
            for part in fresh
            for one in SENSORS
        )

    await coordinator.async_build(build)


def _get_parts(coordinator: LotCoordinator) -> list[Part]:
    """Return the kinds of bays and the levels of a lot that has several."""
    lot: Lot = coordinator.lot
    texts = get_texts(coordinator.hass)
    kinds = [kind for kind in BayKind if lot.count(kind=kind)]
    levels = dict.fromkeys(status.bay.level for status in lot if status.bay.level)
    return [
        *(
            Part(get_kind_series(kind), texts.text(f"bays_{kind}_other"))
            for kind in kinds
            if len(kinds) > 1
        ),
        *(Part(get_level_series(level), texts.level(level)) for level in levels if len(levels) > 1),
    ]


@callback
def _async_remove(coordinator: LotCoordinator, part: Part) -> None:
    """Remove the sensors of a part that the lot has no longer."""
    registry = er.async_get(coordinator.hass)
    for description in SENSORS:
        unique_id = f"{coordinator.entry.entry_id}_{_get_key(description, part)}"
        if entity_id := registry.async_get_entity_id("sensor", DOMAIN, unique_id):
            registry.async_remove(entity_id)


def _get_name(coordinator: LotCoordinator, description: ForecastSensorDescription) -> str:
    """Return what a sensor of the whole lot is called."""
    language = coordinator.hass.config.language
    names = async_get_cached_translations(coordinator.hass, language, "entity", DOMAIN)
    key = f"component.{DOMAIN}.entity.sensor.{description.translation_key}.name"
    return names.get(key, description.key)


def _get_key(description: ForecastSensorDescription, part: Part | None) -> str:
    """Return what tells a sensor from the others of the lot."""
    return description.key if part is None else f"{description.key}_{part.series}"


class ForecastSensor(SmartParkingEntity, SensorEntity):
    """Something that is expected; unknown as long as too few days are known."""

    entity_description: ForecastSensorDescription

    def __init__(
        self,
        manager: ForecastManager,
        coordinator: LotCoordinator,
        description: ForecastSensorDescription,
        part: Part | None = None,
    ) -> None:
        """Show what a description says of the lot, or of a part of it."""
        super().__init__(coordinator, LOT, _get_key(description, part))
        self.entity_description = description
        self._manager = manager
        self._series = LOT_SERIES
        if part is not None:
            self._series = part.series
            self._attr_name = f"{_get_name(coordinator, description)}: {part.name}"
            self._attr_entity_registry_enabled_default = False

    @override
    async def async_added_to_hass(self) -> None:
        """Start to listen to the forecast, and to nothing else."""
        self.async_on_remove(self._manager.async_listen(self._async_handle_update))

    @property
    @override
    def native_value(self) -> int | datetime | None:
        """The number or the time."""
        return self.entity_description.value_fn(self._manager, self._series)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """How sure it is, or how many days are known of those that are needed."""
        manager = self._manager
        if not manager.is_learned:
            return {"days_known": manager.days, "days_needed": manager.needed_days}
        minutes = self.entity_description.minutes
        if minutes is None:
            return None
        expected = manager.get_expectation(minutes, self._series)
        if expected is None:
            return None
        return {
            "at": dt_util.utc_from_timestamp(expected.at).isoformat(),
            "low": round(expected.low),
            "high": round(expected.high),
            "probability": round(100.0 * expected.get_probability()),
        }
