"""Entities that Home Assistant has already, as sensors: ESPHome, Zigbee, LoRaWAN, a camera."""

from collections.abc import Mapping, Sequence
from math import isfinite
import time
from typing import override

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.components.sensor.const import DOMAIN as SENSOR, SensorDeviceClass
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfLength,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
from homeassistant.util.unit_conversion import DistanceConverter
import voluptuous as vol

from ..const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ..lot.model import Fault, Reading
from .base import Columns, NodeConfig, Row, Schema, Sink, Source, SourceError, Value
from .gpio import EMPTY_SELECTOR

CONF_ENTITY = "entity_id"
# An entity speaks only when its value changes. So a distance that stays counts again every 500 ms,
# as often as it takes to be believed.
REPEAT_S = 0.5
REPEATS = 5
# No roof is so high, and no sensor sees so far.
FARTHEST_M = 50.0

_ANY = EntitySelectorConfig(
    filter=[
        {"domain": BINARY_SENSOR},
        {"domain": SENSOR, "device_class": SensorDeviceClass.DISTANCE.value},
    ]
)
_MANY = EntitySelectorConfig(**_ANY, multiple=True)


class EntitySource(Source):
    """A node made of entities: a binary sensor that is on when occupied, or a distance sensor."""

    key = "entities"
    model = "Home Assistant entities"

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Prepare; nothing is listened to yet."""
        super().__init__(hass, node)
        self._bays = {str(row[CONF_ENTITY]): str(row[CONF_BAY_ID]) for row in node.rows}
        self._repeats: dict[str, int] = {}
        self._sink: Sink | None = None
        self._unsub: CALLBACK_TYPE | None = None
        self._unsub_repeat: CALLBACK_TYPE | None = None

    @classmethod
    @override
    def columns(cls) -> Columns:
        return {
            CONF_ENTITY: {"selector": EntitySelector(_ANY), "required": True},
            CONF_EMPTY_M: {"selector": EMPTY_SELECTOR},
        }

    @classmethod
    @override
    def row_schema(cls) -> Schema:
        return {
            vol.Required("entities"): EntitySelector(_MANY),
            vol.Optional(CONF_EMPTY_M): EMPTY_SELECTOR,
        }

    @classmethod
    @override
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        entities = answers.get("entities")
        names = entities if isinstance(entities, list) else []
        if len(names) != len(rows):
            raise SourceError(
                "entity_count", {"count": str(len(rows)), "entities": str(len(names))}
            )
        return [
            {**row, CONF_ENTITY: name, CONF_EMPTY_M: answers.get(CONF_EMPTY_M)}
            for row, name in zip(rows, names, strict=True)
        ]

    @classmethod
    @override
    def check(cls, node: NodeConfig) -> None:
        labels: dict[str, str] = {}
        for row in node.rows:
            entity_id, label = str(row[CONF_ENTITY]), str(row[CONF_LABEL])
            if entity_id in labels:
                raise SourceError(
                    "entity_twice",
                    {"entity": entity_id, "bay_a": labels[entity_id], "bay_b": label},
                )
            labels[entity_id] = label

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        return {bay_id: self._read(entity_id) for entity_id, bay_id in self._bays.items()}

    @override
    async def async_start(self, sink: Sink) -> None:
        self._sink = sink
        self._unsub = async_track_state_change_event(
            self.hass, list(self._bays), self._async_changed
        )
        sink.sweep([self._read(entity_id) for entity_id in self._bays])
        self._async_repeat(list(self._bays))

    @override
    async def async_stop(self) -> None:
        for unsub in (self._unsub, self._unsub_repeat):
            if unsub is not None:
                unsub()
        self._unsub = self._unsub_repeat = None
        self._repeats.clear()

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        """Pass on what an entity says now."""
        entity_id = event.data["entity_id"]
        if self._sink is not None:
            self._sink.sweep([self._read(entity_id)])
            self._async_repeat([entity_id])

    @callback
    def _async_repeat(self, entity_ids: Sequence[str]) -> None:
        """Let distances count again until they have had their say."""
        for entity_id in entity_ids:
            if self._read(entity_id).distance_m is not None:
                self._repeats[entity_id] = REPEATS
        if self._repeats and self._unsub_repeat is None:
            self._unsub_repeat = async_call_later(self.hass, REPEAT_S, self._async_count_again)

    @callback
    def _async_count_again(self, _now: object) -> None:
        """Repeat the distances that are new, and come back while there are any."""
        self._unsub_repeat = None
        if self._sink is not None:
            self._sink.sweep([self._read(entity_id) for entity_id in self._repeats])
        self._repeats = {one: left - 1 for one, left in self._repeats.items() if left > 1}
        self._async_repeat([])

    def _read(self, entity_id: str) -> Reading:
        """Return what an entity says of its bay."""
        bay_id, now, state = (
            self._bays[entity_id],
            time.monotonic(),
            self.hass.states.get(entity_id),
        )
        if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            return Reading(bay_id, now, fault=Fault.UNAVAILABLE)
        if entity_id.startswith(f"{BINARY_SENSOR}."):
            return Reading(bay_id, now, occupied=state.state == STATE_ON)
        distance_m = _distance_m(state)
        if distance_m is None or not 0.0 < distance_m < FARTHEST_M:
            return Reading(bay_id, now, fault=Fault.IMPLAUSIBLE)
        return Reading(bay_id, now, distance_m=distance_m)


def _distance_m(state: State) -> float | None:
    """Return a distance sensor's state in metres, whatever its unit."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfLength.METERS)
    try:
        value = float(state.state)
        if not isfinite(value):
            return None
        return DistanceConverter.convert(value, unit, UnitOfLength.METERS)
    except ValueError, HomeAssistantError:
        return None
