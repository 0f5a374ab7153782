"""Basic types of the car park: bays, gates, readings and states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot, inf
from typing import NamedTuple


class BayKind(StrEnum):
    """Drivers that a bay is meant for."""

    STANDARD = "standard"
    ACCESSIBLE = "accessible"
    EV = "ev"
    FAMILY = "family"
    MOTORCYCLE = "motorcycle"
    STAFF = "staff"


class BayState(StrEnum):
    """State of a bay for drivers."""

    VACANT = "vacant"
    OCCUPIED = "occupied"
    HELD = "held"
    OUT_OF_SERVICE = "out_of_service"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """Why the state of a bay is unknown."""

    NO_READING = "no_reading"
    """Nothing has been measured yet."""
    NO_RESPONSE = "no_response"
    """The ultrasonic sensor does not answer."""
    STUCK_HIGH = "stuck_high"
    """The sensor's echo line does not come down."""
    NO_TARGET = "no_target"
    """The sensor hears no echo where the floor or a car should give one."""
    FLOOR_NOT_SEEN = "floor_not_seen"
    """The distance is neither the floor's nor a vehicle's."""
    MISCALIBRATED = "miscalibrated"
    """The distance is always the same, and neither the empty bay's nor a vehicle's."""
    TOO_NEAR = "too_near"
    """The distance lies within the sensor's blind zone."""
    NOISE = "noise"
    """The sensor's distances hardly ever repeat."""
    CONTRADICTORY = "contradictory"
    """The sensor's readings alternate between states that exclude each other."""
    FLAPPING = "flapping"
    """The bay's state changes more often than vehicles can come and go."""
    GLITCH = "glitch"
    """The sensor's signal is no echo."""
    LINE_LOST = "line_lost"
    """The GPIO chip is gone."""
    MISSING = "missing"
    """The sensor's entity does not exist."""
    UNAVAILABLE = "unavailable"
    """The sensor's entity is unavailable."""
    IMPLAUSIBLE = "implausible"
    """The sensor's value is impossible."""
    UNDECODED = "undecoded"
    """The sensor's messages come without a decoder for them; the known state stays."""
    SILENT = "silent"
    """The sensor has stopped reporting."""
    NODE_SILENT = "node_silent"
    """The node has stopped reporting."""

    @property
    def is_of_one_sensor(self) -> bool:
        """Whether it is a fault of a single sensor that a person has to repair."""
        return self not in (
            Fault.NO_READING,
            Fault.LINE_LOST,
            Fault.NODE_SILENT,
            Fault.UNDECODED,
        )

    @property
    def is_certain(self) -> bool:
        """Whether one reading is enough to believe it, or it has already lasted."""
        return self in _CERTAIN


_CERTAIN = frozenset(
    {
        Fault.LINE_LOST,
        Fault.NODE_SILENT,
        Fault.SILENT,
        Fault.MISSING,
        Fault.UNAVAILABLE,
        Fault.IMPLAUSIBLE,
        Fault.FLAPPING,
        Fault.NOISE,
        Fault.CONTRADICTORY,
    }
)


OUT_OF_REACH = inf
"""The empty distance of a bay whose sensor hears no echo when it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """A space for one vehicle. Places are in metres, in the plane of its level.

    A field that is None is not set; `layout` then infers it from the plan.
    """

    bay_id: str
    label: str
    kind: BayKind = BayKind.STANDARD
    level: str = ""
    zone: str = ""
    """What part of the lot its owner counts it to, such as "Short stay"."""
    x: float = 0.0
    y: float = 0.0
    width: float | None = None
    length: float | None = None
    heading: float | None = None
    """Direction of a vehicle in it, in degrees counter-clockwise from +x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An entrance from which "nearest" is counted.

    `distances` are those that the owner has measured, in metres by bay label; they override those
    of the plan.
    """

    gate_id: str
    name: str
    level: str = ""
    x: float = 0.0
    y: float = 0.0
    distances: Mapping[str, float] = field(default_factory=dict)
    heading: float | None = None
    """Direction in which a driver enters, in degrees counter-clockwise from +x."""


type Point = tuple[float, float]
"""x and y in metres, in the plane of a level."""


class Place(NamedTuple):
    """A point on a level."""

    level: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane on a level, from point to point; lanes that cross or touch are joined."""

    level: str = ""
    points: tuple[Point, ...]
    one_way: bool = False
    """Whether vehicles drive only in the order of its points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A ramp from one level to another."""

    start: Place
    end: Place
    one_way: bool = False
    """Whether vehicles drive only from start to end."""
    length: float | None = None
    """Length with its turns, in metres; None when it is not measured."""

    @property
    def straight_m(self) -> float:
        """The distance between its ends on the plan, in metres."""
        return hypot(self.end.x - self.start.x, self.end.y - self.start.y)


class Reading(NamedTuple):
    """One report of a source on one bay: a distance, an occupancy or a fault."""

    bay_id: str
    at: float
    """When it was measured, in seconds on the monotonic clock."""
    distance_m: float | None = None
    occupied: bool | None = None
    fault: Fault | None = None


class Observation(NamedTuple):
    """The state of one bay after its readings."""

    bay_id: str
    occupied: bool | None
    """None while it is not known; `fault` then says why."""
    fault: Fault | None
    confidence: float
    """Probability, 0.5 to 1, that `occupied` is right; 0 while the bay is unknown."""
    distance_m: float | None
    """The newest distance, in steps that are worth publishing."""
    at: float = 0.0
    """When the reading behind it was measured, in seconds on the monotonic clock."""
