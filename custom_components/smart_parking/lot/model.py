"""The words of the car park: bays, gates, readings and states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class BayKind(StrEnum):
    """Whom a bay is for."""

    STANDARD = "standard"
    ACCESSIBLE = "accessible"
    EV = "ev"
    FAMILY = "family"
    MOTORCYCLE = "motorcycle"
    STAFF = "staff"


class BayState(StrEnum):
    """What a driver may think of a bay."""

    VACANT = "vacant"
    OCCUPIED = "occupied"
    HELD = "held"
    OUT_OF_SERVICE = "out_of_service"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """Why nothing is known of a bay."""

    NO_READING = "no_reading"
    """Nothing has been measured yet."""
    NO_RESPONSE = "no_response"
    """The ultrasonic sensor does not answer."""
    STUCK_HIGH = "stuck_high"
    """The sensor's echo line does not come down."""
    NO_TARGET = "no_target"
    """The sensor hears no echo where the floor or a car should give one."""
    GLITCH = "glitch"
    """The sensor's signal is no echo."""
    LINE_LOST = "line_lost"
    """The GPIO chip is gone."""
    UNAVAILABLE = "unavailable"
    """The entity that stands for the sensor is unavailable."""
    IMPLAUSIBLE = "implausible"
    """The sensor says what cannot be."""
    SILENT = "silent"
    """The node has stopped reporting."""

    @property
    def is_of_one_sensor(self) -> bool:
        """Whether it is a single sensor that needs somebody's hands."""
        return self not in (Fault.NO_READING, Fault.LINE_LOST, Fault.SILENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """A space for one vehicle. Places are in metres, in the plane of its level.

    What is None has not been written down; `layout` then tells it from the plan.
    """

    bay_id: str
    label: str
    kind: BayKind = BayKind.STANDARD
    level: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float | None = None
    length: float | None = None
    heading: float | None = None
    """Which way a vehicle in it points, in degrees counter-clockwise from +x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An entrance from which "nearest" is counted.

    `distances` holds what the owner has measured, in metres by bay label; it goes before what the
    coordinates say.
    """

    gate_id: str
    name: str
    level: str = ""
    x: float = 0.0
    y: float = 0.0
    distances: Mapping[str, float] = field(default_factory=dict)


class Reading(NamedTuple):
    """What a source says of one bay at one time: a distance, an occupancy or a fault."""

    bay_id: str
    at: float
    """When it was taken, in seconds on the monotonic clock."""
    distance_m: float | None = None
    occupied: bool | None = None
    fault: Fault | None = None


class Observation(NamedTuple):
    """What is believed of one bay after its readings."""

    bay_id: str
    occupied: bool | None
    """None while it is not known; `fault` then says why."""
    fault: Fault | None
    confidence: float
    """Probability, 0.5 to 1, that `occupied` is right; 0 while it is not known."""
    distance_m: float | None
    """The newest distance, in steps that are worth telling."""
