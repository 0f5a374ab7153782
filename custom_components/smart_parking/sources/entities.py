"""Existing entities of Home Assistant as sensors: ESPHome, Zigbee, LoRaWAN, a camera."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
import time
from typing import override

from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfLength,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.selector import EntitySelector
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DistanceConverter
import voluptuous as vol

from ..const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ..lot.model import Fault, Reading
from ..lot.occupancy.reports import (
    DistanceReports,
    ReportOptions,
    Reports,
    StateReports,
)
from .base import (
    Columns,
    FreeSensor,
    NodeConfig,
    Row,
    Schema,
    SensorSearch,
    Value,
)
from .entity_selectors import ANY, MANY, check_entity, find_suitable, of_class, says_state
from .pushed import BATTERY_LOW_PERCENT, PushedSource, check_each_once, wire_each
from .pushed_settings import (
    CONF_INVERTED,
    EMPTY_SELECTOR,
    SETTINGS,
)

CONF_ENTITY = "entity_id"
CONF_BATTERY = "battery_entity"
CONF_LAST_SEEN = "last_seen_entity"
_ENTITIES = (CONF_ENTITY, CONF_BATTERY, CONF_LAST_SEEN)

type _Reported = Event[EventStateChangedData] | Event[EventStateReportedData]


class EntitySource(PushedSource):
    """A node of entities that give occupied or vacant, or a distance."""

    key = "entities"
    model = "Home Assistant entities"

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; no entity is tracked yet."""
        super().__init__(hass, node)
        self._unsub: list[CALLBACK_TYPE] = []
        self._bays: dict[str, str] = {}
        self._beside: dict[str, list[tuple[str, str]]] = {}
        """Bays and columns of entities besides the one that measures."""
        self._wire()
        self._on = STATE_OFF if node.settings.get(CONF_INVERTED) else STATE_ON

    def _wire(self) -> None:
        """Index the entities of the bays."""
        rows = self.node.rows
        self._bays = {str(row[CONF_ENTITY]): str(row[CONF_BAY_ID]) for row in rows}
        self._beside = {}
        for row in rows:
            for column in (CONF_BATTERY, CONF_LAST_SEEN):
                if entity_id := row.get(column):
                    bays = self._beside.setdefault(str(entity_id), [])
                    bays.append((str(row[CONF_BAY_ID]), column))

    # Configuration.

    @classmethod
    @override
    def settings_schema(cls) -> Schema:
        return SETTINGS

    @classmethod
    @override
    def columns(cls) -> Columns:
        return {
            CONF_ENTITY: {"selector": EntitySelector(ANY), "required": True},
            CONF_EMPTY_M: {"selector": EMPTY_SELECTOR},
            CONF_BATTERY: {"selector": of_class(SensorDeviceClass.BATTERY)},
            CONF_LAST_SEEN: {"selector": of_class(SensorDeviceClass.TIMESTAMP)},
        }

    @classmethod
    @override
    def row_schema(cls) -> Schema:
        return {
            vol.Required("entities"): EntitySelector(MANY),
            vol.Optional(CONF_EMPTY_M): EMPTY_SELECTOR,
        }

    @classmethod
    @override
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        return wire_each(rows, answers, "entities", CONF_ENTITY, "entity_count")

    @classmethod
    @override
    async def async_get_free_sensors(
        cls, hass: HomeAssistant, search: SensorSearch
    ) -> list[FreeSensor]:
        taken = {str(row.get(CONF_ENTITY)) for row in search.used}
        return [
            FreeSensor(
                key=state.entity_id,
                name=state.name,
                wiring={CONF_ENTITY: state.entity_id},
                entity_id=state.entity_id,
            )
            for state in find_suitable(hass)
            if state.entity_id not in taken
        ]

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        def senders() -> Iterator[tuple[str, str, str]]:
            for row in node.rows:
                entity_id, label = str(row[CONF_ENTITY]), str(row[CONF_LABEL])
                check_entity(hass, entity_id, label)
                yield entity_id, entity_id, label

        check_each_once(senders(), "entity_twice", "entity")

    @classmethod
    @override
    def _measures(cls, node: NodeConfig, row: Row) -> bool:
        return not says_state(str(row[CONF_ENTITY]))

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        now = time.monotonic()
        return {bay_id: self._read(entity_id, now) for entity_id, bay_id in self._bays.items()}

    # Measuring.

    @override
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        for entity_id, bay_id in self._bays.items():
            reports = StateReports if says_state(entity_id) else DistanceReports
            yield reports(bay_id, options)

    @override
    def _async_subscribe(self) -> list[Reading]:
        self._unsub = [
            *self._async_track(),
            async_at_started(self.hass, self._async_started),
        ]
        return [one for entity_id in self._bays for one in self._last_reported(entity_id)]

    @callback
    def _async_track(self) -> list[CALLBACK_TYPE]:
        """Track the entities and their entries in the registry."""
        return [
            async_track_state_change_event(self.hass, list(self._bays), self._async_changed),
            async_track_state_report_event(self.hass, list(self._bays), self._async_reported),
            async_track_state_change_event(self.hass, list(self._beside), self._async_beside),
            async_track_entity_registry_updated_event(
                self.hass, [*self._bays, *self._beside], self._async_registry_updated
            ),
        ]

    @override
    def _async_unsubscribe(self) -> None:
        for unsub in self._unsub:
            unsub()
        self._unsub = []

    @callback
    def _async_reported(self, event: _Reported) -> None:
        """Report the state of an entity."""
        self.async_report(self._read(event.data["entity_id"], time.monotonic()))

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        """Report the state of an entity, also when it is added or removed."""
        self._async_reported(event)
        if self.sink is not None and None in (event.data["old_state"], event.data["new_state"]):
            self.sink.changed()

    @callback
    def _async_beside(self, event: Event[EventStateChangedData]) -> None:
        """Update a sensor's battery, or the time of its last signal."""
        state = event.data["new_state"]
        for bay_id, column in self._beside[event.data["entity_id"]]:
            if column == CONF_BATTERY and self.sink is not None:
                self.sink.changed()
            elif state is not None and (seen := dt_util.parse_datetime(state.state)) is not None:
                self._async_seen(bay_id, _monotonic_of(seen))

    @callback
    def _async_seen(self, bay_id: str, at: float) -> None:
        """Record a signal of a sensor; after silence its last report counts again."""
        if self.async_alive(bay_id, at):
            entity_id = next(one for one, bay in self._bays.items() if bay == bay_id)
            self.async_report(self._read(entity_id, max(at, time.monotonic())))

    @callback
    def _async_registry_updated(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow an entity that is renamed; report one that is removed."""
        data = event.data
        if data["action"] == "update" and (old := data.get("old_entity_id")) is not None:
            rows = [
                {
                    column: data["entity_id"] if column in _ENTITIES and cell == old else cell
                    for column, cell in row.items()
                }
                for row in self.node.rows
            ]
            self.node = replace(self.node, rows=rows)
            self._wire()
            self._async_unsubscribe()
            self._unsub = self._async_track()
            if self.sink is not None:
                self.sink.rewired()
        elif data["entity_id"] in self._bays:
            self.async_report(self._read(data["entity_id"], time.monotonic()))
            if self.sink is not None:
                self.sink.changed()

    @callback
    def _async_started(self, _hass: HomeAssistant) -> None:
        """Check again for missing entities, once everything has been set up."""
        for entity_id in self._bays:
            if self.hass.states.get(entity_id) is None:
                self.async_report(self._read(entity_id, time.monotonic()))
        if self.sink is not None:
            self.sink.changed()

    @override
    def missing(self) -> list[str]:
        return [entity_id for entity_id in self._bays if self._is_missing(entity_id)]

    @override
    def low_batteries(self) -> Mapping[str, float | None]:
        low: dict[str, float | None] = {}
        for entity_id, bays in self._beside.items():
            state = self.hass.states.get(entity_id)
            percent = None if state is None else _number(state.state)
            for bay_id, column in bays:
                if column == CONF_BATTERY and percent is not None and percent < BATTERY_LOW_PERCENT:
                    low[bay_id] = percent
        return low

    # States of entities.

    def _last_reported(self, entity_id: str) -> list[Reading]:
        """Return the readings of an entity before it was tracked: the first and the last."""
        state = self.hass.states.get(entity_id)
        if state is None:
            return [self._read(entity_id, time.monotonic())]
        times = dict.fromkeys((state.last_changed, state.last_reported))
        return [self._read(entity_id, _monotonic_of(at)) for at in times]

    def _is_missing(self, entity_id: str) -> bool:
        """Return whether an entity is missing and will not be added without the owner."""
        if self.hass.states.get(entity_id) is not None:
            return False
        entry = er.async_get(self.hass).async_get(entity_id)
        return self.hass.is_running or (entry is not None and entry.disabled)

    def _read(self, entity_id: str, at: float) -> Reading:
        """Return the reading of an entity."""
        bay_id, state = self._bays[entity_id], self.hass.states.get(entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            missing = self._is_missing(entity_id)
            return Reading(bay_id, at, fault=Fault.MISSING if missing else Fault.UNAVAILABLE)
        if says_state(entity_id):
            if state.state not in (STATE_ON, STATE_OFF):
                return Reading(bay_id, at, fault=Fault.UNAVAILABLE)
            return Reading(bay_id, at, occupied=state.state == self._on)
        distance = _distance_of(state)
        if isinstance(distance, Fault):
            return Reading(bay_id, at, fault=distance)
        return self._span.reading_of(bay_id, at, distance)


def _distance_of(state: State) -> float | Fault:
    """Return the distance of a sensor, in metres, or the fault for a state without one."""
    value = None if state.state == STATE_UNKNOWN else _number(state.state)
    if value is None and state.state != STATE_UNKNOWN:
        return Fault.IMPLAUSIBLE
    if value is None or not isfinite(value) or value <= 0.0:
        return Fault.NO_TARGET
    distance_m = _metres(value, state.attributes.get(ATTR_UNIT_OF_MEASUREMENT))
    return Fault.IMPLAUSIBLE if distance_m is None else distance_m


def _number(text: str) -> float | None:
    """Return the number in a text, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def _metres(value: float, unit: object) -> float | None:
    """Return a length in metres from any unit; None when the unit is none of length."""
    if unit is None:
        return value
    try:
        return DistanceConverter.convert(value, str(unit), UnitOfLength.METERS)
    except HomeAssistantError:
        return None


def _monotonic_of(at: datetime) -> float:
    """Return a time on the monotonic clock."""
    return time.monotonic() - max(0.0, (dt_util.utcnow() - dt_util.as_utc(at)).total_seconds())
