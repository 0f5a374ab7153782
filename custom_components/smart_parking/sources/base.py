"""Base of all kinds of sensors.

A source turns one node's sensors into readings. It has bay ids and its own wiring, and does not
know the lot. A new kind of sensor is a class like the ones beside this file and its line in
`SOURCES`.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelectorField,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_BAY_ID, CONF_BAYS, CONF_EMPTY_M, CONF_SOURCE
from ..errors import SmartParkingError
from ..lot.model import OUT_OF_REACH, Fault, Reading
from ..lot.tracker import BayTracker, Past, Tracker
from ..node.messages import Refusal
from ..node.sweeping import BLIND_M

# No bay is further from the origin of its car park.
PLACE_MAX_M = 5000.0

# Options for what sensors measure when a bay is empty.
CONF_EMPTY_IS = "empty_is"
EMPTY_IS_FLOOR = "floor"
EMPTY_IS_NOTHING = "nothing"
CONF_BLIND_M = "blind_m"
BLIND_MAX_M = 1.0

type Value = str | int | float | bool | list[str] | None
"""Values of a form or a table cell."""
type Row = dict[str, Value]
"""One configured bay: the columns that all bays have, and those of its source."""
type Schema = dict[vol.Marker, object]
"""Fields of a form, and the selectors of their values."""
type Columns = dict[str, ObjectSelectorField]
"""Fields of a bay, in the order in which they are shown."""


def number_in(cells: Mapping[str, Value], key: str) -> float | None:
    """Return a cell that holds a number, or None."""
    value = cells.get(key)
    return float(value) if isinstance(value, int | float) else None


def metres(low: float = 0.0, high: float = PLACE_MAX_M) -> NumberSelector:
    """Return a field for a length in metres."""
    return NumberSelector(
        NumberSelectorConfig(
            min=low, max=high, step="any", unit_of_measurement="m", mode=NumberSelectorMode.BOX
        )
    )


def empty_is_field(default: str = EMPTY_IS_FLOOR) -> Schema:
    """Return the field for what sensors measure when a bay is empty."""
    return {
        vol.Required(CONF_EMPTY_IS, default=default): SelectSelector(
            SelectSelectorConfig(
                options=[EMPTY_IS_FLOOR, EMPTY_IS_NOTHING],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_EMPTY_IS,
            )
        )
    }


def blind_field() -> Schema:
    """Return the field for the blind zone of a node's sensors."""
    return {vol.Required(CONF_BLIND_M, default=BLIND_M): metres(0.0, BLIND_MAX_M)}


class SourceError(SmartParkingError):
    """A node's sensors cannot be used."""


def refused(refusal: Refusal) -> SourceError:
    """Return why sensors cannot be measured, as an owner is told."""
    return SourceError(refusal.error, refusal.placeholders)


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """A node as configured: settings of its source, and its bays."""

    name: str
    settings: Mapping[str, Value]
    rows: Sequence[Row]

    @classmethod
    def from_data(cls, name: str, data: Mapping[str, object]) -> NodeConfig:
        """Return the node of a configuration subentry."""
        settings = {key: value for key, value in data.items() if key != CONF_BAYS}
        return cls(name, settings, data[CONF_BAYS])  # type: ignore[arg-type]  # JSON in, typed from here

    def to_data(self) -> dict[str, object]:
        """Return the data of the node's configuration subentry."""
        return {**self.settings, CONF_BAYS: [dict(row) for row in self.rows]}

    def own_settings(self) -> dict[str, Value]:
        """Return the settings of its source."""
        return {key: value for key, value in self.settings.items() if key != CONF_SOURCE}

    @property
    def source(self) -> str:
        """The key of its source."""
        return str(self.settings[CONF_SOURCE])

    @property
    def empty_is(self) -> str | None:
        """What its sensors measure when a bay is empty; None where the source does not ask."""
        value = self.settings.get(CONF_EMPTY_IS)
        return value if isinstance(value, str) else None

    def number(self, key: str, default: float) -> float:
        """Return a setting that is a number."""
        value = number_in(self.settings, key)
        return default if value is None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSearch:
    """What is searched for sensors that no bay has: a node, or one that could be made."""

    settings: Mapping[str, Value]
    used: Sequence[Row] = ()
    """The bays that have a sensor of the kind already."""
    given_up: Sequence[Row] = ()
    """Those that have one only as the lot is at work.

    Where nothing else is in the way, it is offered as it is wired.
    """
    shares_triggers: bool = False
    """Whether several sensors may share a trigger line, where there are such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSensor:
    """A sensor that is there and that no bay has yet."""

    key: str
    """What tells it from others of its kind."""
    name: str
    wiring: Row
    """The cells of a bay that has it."""
    entity_id: str | None = None
    """What shows what it says, if anything does."""
    endless: bool = False
    """Whether as many bays can have one like it as there are."""
    said: str = ""
    """What it said last, where nothing else shows that."""
    bay_id: str | None = None
    """The bay that it looks at as the lot is at work, if it does."""


class Sink(Protocol):
    """Receiver of a source's measurements. The source may call it from any one thread."""

    def sweep(
        self, readings: Iterable[Reading], duration_s: float | None = None
    ) -> Collection[str]:
        """Receive readings, in order of time, and how long they took.

        Returns the bays for which another reading at once would help.
        """

    def lost(self, fault: Fault, problem: SourceError | None = None) -> None:
        """Learn that the source can go no further; it will be stopped and started again.

        `problem` are better words for why than those that the fault has.
        """

    def past(self, past: Past) -> None:
        """Learn what happened while the node could not be heard."""

    def rewired(self) -> None:
        """Receive that the source has changed its `node`, which has to be stored."""

    def changed(self) -> None:
        """Receive that the source's missing parts or low batteries have changed."""


class DeviceOffer(Protocol):
    """Devices that a form offers as sensors; they are discovered while it is open."""

    def devices(self) -> Mapping[str, str]:
        """Return the devices that are not used yet: their ids, and a description of each."""

    def close(self) -> None:
        """Unsubscribe."""


class NodeOffer(Protocol):
    """Machines with sensors of their own that may be nodes; they are discovered while one draws."""

    def nodes(self) -> Mapping[str, Mapping[str, Value]]:
        """Return the settings of nodes that can be made of those that are there, by identity."""

    def is_away(self, identity: str) -> bool:
        """Return whether one cannot be reached now."""

    def close(self) -> None:
        """Unsubscribe."""


class FoundLot(NamedTuple):
    """Another car park, as a form offers it."""

    topic: str
    name: str
    bays: int
    free: int


class BayOffer(DeviceOffer):
    """Other car parks that a form offers, each with all its bays."""

    @abstractmethod
    async def async_lots(self) -> Sequence[FoundLot]:
        """Return the car parks that are there; wait a little if none is yet."""

    @abstractmethod
    async def async_choose(self, topic: str) -> bool:
        """Choose one; return whether its bays could be read."""

    @abstractmethod
    def name(self) -> str:
        """Return what the chosen one is called; empty while there is none."""

    @abstractmethod
    def settings(self, topic: str, prefix: str) -> Mapping[str, Value]:
        """Return the settings of a node that is made of the chosen one."""

    @abstractmethod
    def rows(self, prefix: str, before: Sequence[Row]) -> list[Row]:
        """Return the bays of the chosen one; those that were there before have their ids."""


class Source(ABC):
    """The sensors of one node: their configuration, and their readings."""

    key: ClassVar[str]
    """The kind's key in configuration and translations."""
    model: ClassVar[str]
    """The model of the node's device in the device registry."""
    only_one: ClassVar[bool] = False
    """Whether a machine has such sensors only once, so that all of them belong to one node."""
    identity_field: ClassVar[str | None] = None
    """The setting that says which machine's sensors a node has, where each has its own."""
    device_fields: ClassVar[frozenset[str]] = frozenset()
    """The form fields that hold devices, for which the form offers the ones discovered."""
    finds_bays: ClassVar[bool] = False
    """Whether its bays are found, those of another car park, and not entered one by one."""
    found_settings: ClassVar[frozenset[str]] = frozenset()
    """The settings that come with them, and that no form asks for."""
    is_told_elsewhere: ClassVar[bool] = False
    """Whether somebody else is told what is wrong with its sensors one by one."""
    period_s: ClassVar[float | None] = None
    """Seconds between sweeps, where they come by themselves; silence is then a fault."""
    measures: ClassVar[bool] = True
    """Whether it has any sensors."""

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is claimed yet."""
        self.hass = hass
        self.node = node

    # Configuration.

    @classmethod
    def settings_schema(cls) -> Schema:
        """Return the form of the node's own settings; empty when there are none."""
        return {}

    @classmethod
    async def async_settings_schema(cls, hass: HomeAssistant) -> Schema:
        """Return the form with the choices that this machine has."""
        return cls.settings_schema()

    @classmethod
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        """Return an error with what this machine lacks for such sensors, if it does."""
        return None

    @classmethod
    def check_settings(cls, hass: HomeAssistant, settings: Mapping[str, Value]) -> None:
        """Raise `SourceError` when a node's settings contradict each other."""

    @classmethod
    def identity(cls, settings: Mapping[str, Value]) -> str | None:
        """Return what only one node may have of all that there are; None where there is no such."""
        field = cls.identity_field
        return None if field is None else str(settings.get(field) or "") or None

    @classmethod
    async def async_complete(
        cls,
        hass: HomeAssistant,
        settings: Mapping[str, Value],
        before: Mapping[str, Value],
    ) -> Mapping[str, Value]:
        """Return settings with what nobody is asked for; `before` is how they were."""
        return settings

    @classmethod
    async def async_offer(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> DeviceOffer | None:
        """Return an object that discovers devices, where devices can be discovered."""
        return None

    @classmethod
    async def async_offer_nodes(
        cls, hass: HomeAssistant, changed: CALLBACK_TYPE
    ) -> NodeOffer | None:
        """Return an object that discovers machines that may be nodes, where there can be such.

        `changed` is called when others are there, or away.
        """
        return None

    @classmethod
    def wiring_of(cls, device: str) -> Row:
        """Return the cells of a bay that has a device that was found."""
        return {}

    @classmethod
    async def async_get_free_sensors(
        cls, hass: HomeAssistant, search: SensorSearch
    ) -> list[FreeSensor]:
        """Return the sensors that a node could have, and that no bay has yet."""
        return []

    @classmethod
    def columns(cls) -> Columns:
        """Return the columns that a bay has besides those of all bays."""
        return {}

    @classmethod
    def row_schema(cls) -> Schema:
        """Return the fields of the row generator besides labels and places."""
        return {}

    @classmethod
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        """Return new bays with this source's columns filled in.

        `answers` are those of the form, and the node's settings; `before` are the bays that the
        node has already. Raises `SourceError` when they cannot be wired.
        """
        return list(rows)

    @classmethod
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        """Raise `SourceError` when a node cannot work as configured."""

    @classmethod
    def uncalibrated(cls, node: NodeConfig) -> list[str]:
        """Return the ids of bays that need an empty distance and have none."""
        return []

    async def async_probe(self) -> Mapping[str, Reading]:
        """Return the current reading of each bay, by bay id, or raise `SourceError`.

        Called before a node is saved, while nothing else uses the sensors.
        """
        return {}

    @classmethod
    async def async_forget(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        """Release what there is elsewhere of a node that has been deleted."""

    # Measuring.

    @property
    def is_catching_up(self) -> bool:
        """Whether what happened before what is believed now is still to be told."""
        return False

    def empty_distances(self) -> dict[str, float | None]:
        """Return every bay's distance when it is empty, in metres, as far as configured."""
        nothing = OUT_OF_REACH if self.node.empty_is == EMPTY_IS_NOTHING else None
        return {
            str(row[CONF_BAY_ID]): nothing
            if (empty_m := number_in(row, CONF_EMPTY_M)) is None
            else empty_m
            for row in self.node.rows
        }

    def make_tracker(
        self,
        empty_m: Mapping[str, float | None],
        was_occupied: Mapping[str, bool],
        far_m: Mapping[str, float],
    ) -> Tracker:
        """Return what works out the beliefs of the node's bays.

        `empty_m` are the distances of empty bays, in metres, as learnt so far, `far_m` those of
        farther surfaces; `was_occupied` says what was known before a restart.
        """
        return BayTracker(empty_m, was_occupied, far_m)

    def details(self) -> Mapping[str, str | int | float | bool | None]:
        """Return what helps to find out why a node does not do what it should."""
        return {}

    def missing(self) -> list[str]:
        """Return the names of the missing parts of Home Assistant that the sensors need."""
        return []

    def low_batteries(self) -> Mapping[str, float | None]:
        """Return bays with a low battery, by id, and the charge in %.

        The charge is None where the sensor does not report it.
        """
        return {}

    def undecoded(self) -> Collection[str]:
        """Return the ids of bays whose sensor sends messages that cannot be decoded.

        The known state of these bays stays.
        """
        return ()

    def plan_changes(self) -> Mapping[str, Sequence[str]]:
        """Return in what the bays that were found differ from those that are written down.

        They are labels of bays that are `new`, `gone` and `changed`; nothing where all is the same.
        """
        return {}

    @abstractmethod
    async def async_start(self, sink: Sink) -> None:
        """Claim the sensors and start to measure, or raise `SourceError`."""

    @abstractmethod
    async def async_stop(self) -> None:
        """Release everything. Also after a failed start."""

    def async_watch_ready(self, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
        """Call `ready` when another try is promising after a failed start.

        Returns a function that ends this; None where nothing reports it.
        """
        return None

    def set_temperature(self, celsius: float) -> None:
        """Set the temperature of the air, in °C."""


class UnusableSource(Source):
    """The sensors of a node that cannot be used as configured."""

    key = "unusable"
    model = "Unusable"

    @override
    def empty_distances(self) -> dict[str, float | None]:
        return dict.fromkeys((str(row[CONF_BAY_ID]) for row in self.node.rows), None)

    @override
    async def async_start(self, sink: Sink) -> None:
        raise SourceError("unexpected")

    @override
    async def async_stop(self) -> None:
        """Do nothing, because nothing was claimed."""
