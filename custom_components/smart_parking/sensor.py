"""Sensors: counts of a lot, the nearest vacant bay of a gate, a node's health, a bay's distance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfLength, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .analytics.entities import async_add_analytics
from .bay_entities import DISTANCE
from .const import DOMAIN
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry, SmartParkingData
from .entity import (
    BayEntity,
    LotEntity,
    NodeEntity,
    PromotionEntity,
    SmartParkingEntity,
    async_add_bay_entities,
    async_add_entities_of,
)
from .forecast.entities import async_add_forecast
from .lot.lot import Lot
from .lot.model import BayKind, BayState
from .lot.promotions.ledger import Counts
from .lot.routing.ranking import Route
from .sources.node import Node
from .wifi.entities import async_add_visits

PARALLEL_UPDATES = 0

NONE_FREE = "none_free"


@dataclass(frozen=True, kw_only=True)
class LotSensorDescription(SensorEntityDescription):
    """Description of a sensor of the lot."""

    value_fn: Callable[[Lot], StateType]
    kind: BayKind | None = None
    """The sensor exists while the lot has bays of this kind, standard ones only beside others."""


@dataclass(frozen=True, kw_only=True)
class NodeSensorDescription(SensorEntityDescription):
    """Description of a sensor of a node."""

    value_fn: Callable[[Node], StateType]
    attributes_fn: Callable[[Node, Lot], Mapping[str, object]] | None = None


@dataclass(frozen=True, kw_only=True)
class PromotionSensorDescription(SensorEntityDescription):
    """Description of a sensor of a promotion."""

    value_fn: Callable[[Counts], int]


def _occupancy_percent(lot: Lot) -> float | None:
    """Return the share of the known bays that is occupied, in %."""
    occupied = lot.count(BayState.OCCUPIED)
    known = occupied + lot.count(BayState.VACANT) + lot.count(BayState.HELD)
    return round(100.0 * occupied / known, 1) if known else None


def _free_of_kind(kind: BayKind) -> LotSensorDescription:
    """Return the description of a count of vacant bays of a kind."""
    return LotSensorDescription(
        key=f"free_{kind}",
        translation_key=f"free_{kind}",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda lot: lot.count(BayState.VACANT, kind=kind),
        kind=kind,
    )


def _is_counted(lot: Lot, kind: BayKind | None) -> bool:
    """Return whether bays of a kind have a count; a lot of standard bays only has none."""
    if kind is None:
        return True
    return 0 < lot.count(kind=kind) < len(lot) + (kind is not BayKind.STANDARD)


LOT_SENSORS = (
    LotSensorDescription(
        key="free",
        translation_key="free",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda lot: lot.count(BayState.VACANT),
    ),
    LotSensorDescription(
        key="occupied",
        translation_key="occupied",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda lot: lot.count(BayState.OCCUPIED),
    ),
    LotSensorDescription(
        key="occupancy",
        translation_key="occupancy",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_occupancy_percent,
    ),
    LotSensorDescription(
        key="arrivals",
        translation_key="arrivals",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda lot: lot.arrivals,
    ),
    *map(_free_of_kind, BayKind),
)

NODE_SENSORS = (
    NodeSensorDescription(
        key="sweep_time",
        translation_key="sweep_time",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda node: None if node.sweep_s is None else round(node.sweep_s * 1e3),
    ),
    NodeSensorDescription(
        key="faulty",
        translation_key="faulty",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda node: len(node.all_faults),
        attributes_fn=lambda node, lot: {
            "bays": {
                lot[bay_id].bay.label: fault.value for bay_id, fault in node.all_faults.items()
            }
        },
    ),
)

PROMOTION_SENSORS = (
    PromotionSensorDescription(
        key="impressions",
        translation_key="impressions",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda counts: counts.impressions,
    ),
    PromotionSensorDescription(
        key="visits",
        translation_key="visits",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda counts: counts.visits,
    ),
    PromotionSensorDescription(
        key="clicks",
        translation_key="clicks",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda counts: counts.clicks,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a lot."""
    data = entry.runtime_data
    coordinator = data.coordinator
    await _async_add_lot_sensors(coordinator, async_add_entities)
    async_add_visits(data, async_add_entities)
    async_add_analytics(data, async_add_entities)
    await async_add_forecast(data, async_add_entities)
    await async_add_entities_of(
        data,
        async_add_entities,
        node=lambda node_id: _node_sensors(coordinator, node_id),
        gate=lambda gate_id: [NearestBay(coordinator, gate_id)],
        promotion=lambda promotion_id: [
            PromotionSensor(data, promotion_id, description) for description in PROMOTION_SENSORS
        ],
    )
    await async_add_bay_entities(
        data, async_add_entities, DISTANCE, lambda bay_id: BayDistance(coordinator, bay_id)
    )


async def _async_add_lot_sensors(
    coordinator: LotCoordinator, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the lot's sensors, and remove those of a kind without bays."""
    known: set[str] = set()

    async def build() -> None:
        registry = er.async_get(coordinator.hass)
        for description in LOT_SENSORS:
            wanted = _is_counted(coordinator.lot, description.kind)
            if wanted and description.key not in known:
                known.add(description.key)
                add([LotSensor(coordinator, description)])
            elif not wanted:
                known.discard(description.key)
                unique_id = f"{coordinator.entry.entry_id}_{description.key}"
                if entity_id := registry.async_get_entity_id("sensor", DOMAIN, unique_id):
                    registry.async_remove(entity_id)

    await coordinator.async_build(build)


def _node_sensors(coordinator: LotCoordinator, node_id: str) -> Iterator[NodeSensor]:
    """Yield the sensors of a node; a node without sweeps has no sweep time."""
    for description in NODE_SENSORS:
        if description.key != "sweep_time" or coordinator.nodes[node_id].source.period_s:
            yield NodeSensor(coordinator, node_id, description)


class LotSensor(LotEntity, SensorEntity):
    """A sensor of the lot."""

    entity_description: LotSensorDescription

    def __init__(self, coordinator: LotCoordinator, description: LotSensorDescription) -> None:
        """Initialize for a description."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """The number."""
        return self.entity_description.value_fn(self.lot)


class NodeSensor(NodeEntity, SensorEntity):
    """A sensor of a node."""

    entity_description: NodeSensorDescription
    _unrecorded_attributes = frozenset({"bays"})

    def __init__(
        self, coordinator: LotCoordinator, node_id: str, description: NodeSensorDescription
    ) -> None:
        """Initialize for a description."""
        super().__init__(coordinator, node_id, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        """The number."""
        return self.entity_description.value_fn(self.node)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """Details of the number."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.node, self.lot)


class NearestBay(SmartParkingEntity, SensorEntity):
    """The label of the vacant bay nearest to a gate."""

    _attr_translation_key = "nearest"
    _unrecorded_attributes = frozenset({"bay_id", "level", "distance", "kind", "x", "y"})

    def __init__(self, coordinator: LotCoordinator, gate_id: str) -> None:
        """Initialize for a gate."""
        super().__init__(coordinator, gate_id, "nearest")

    @property
    def _way(self) -> Route | None:
        """The bay and its distance."""
        return self.lot.nearest(self._part_id)

    @property
    @override
    def available(self) -> bool:
        """Whether the lot's state is known."""
        return self.lot.has_gate(self._part_id) and self.lot.is_known

    @property
    @override
    def native_value(self) -> str:
        """The label, or a state for none."""
        return NONE_FREE if (way := self._way) is None else way.bay.label

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """Details of the bay."""
        if (way := self._way) is None:
            return None
        return {
            "bay_id": way.bay.bay_id,
            "level": way.bay.level,
            "distance": round(way.distance_m, 1),
            "kind": way.bay.kind.value,
            "x": way.bay.x,
            "y": way.bay.y,
        }


class BayDistance(BayEntity, SensorEntity):
    """The distance of the sensor's target, in steps that are worth publishing."""

    _attr_device_class = SensorDeviceClass.DISTANCE
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_native_unit_of_measurement = UnitOfLength.METERS
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_suggested_display_precision = 2

    def __init__(self, coordinator: LotCoordinator, bay_id: str) -> None:
        """Initialize for a bay."""
        super().__init__(coordinator, bay_id, DISTANCE)

    @property
    @override
    def available(self) -> bool:
        """Whether there is a distance."""
        return super().available and self.status.fault is None

    @property
    @override
    def native_value(self) -> float | None:
        """The distance."""
        return self.status.distance_m


class PromotionSensor(PromotionEntity, SensorEntity):
    """Number of impressions or clicks of a promotion."""

    entity_description: PromotionSensorDescription

    def __init__(
        self,
        data: SmartParkingData,
        promotion_id: str,
        description: PromotionSensorDescription,
    ) -> None:
        """Initialize for a description."""
        super().__init__(data, promotion_id, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> int:
        """The count."""
        return self.entity_description.value_fn(self.promotions.counts(self._part_id))
