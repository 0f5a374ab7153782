"""The words of the car park: bays, gates, readings and states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot, inf
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
    FLOOR_NOT_SEEN = "floor_not_seen"
    """What is measured is neither the floor nor a vehicle."""
    MISCALIBRATED = "miscalibrated"
    """The same distance all the time, and none that fits the empty bay's or a vehicle's."""
    TOO_NEAR = "too_near"
    """The distance lies within the sensor's blind zone."""
    NOISE = "noise"
    """The sensor answers, and hardly ever the same twice."""
    CONTRADICTORY = "contradictory"
    """What the sensor says takes turns with what excludes it."""
    FLAPPING = "flapping"
    """The bay seems to be taken and left more often than vehicles can."""
    GLITCH = "glitch"
    """The sensor's signal is no echo."""
    LINE_LOST = "line_lost"
    """The GPIO chip is gone."""
    MISSING = "missing"
    """There is no entity where one should stand for the sensor."""
    UNAVAILABLE = "unavailable"
    """The entity that stands for the sensor is unavailable."""
    IMPLAUSIBLE = "implausible"
    """The sensor says what cannot be."""
    UNDECODED = "undecoded"
    """The sensor speaks, but nobody has made its messages readable; what was known stays."""
    SILENT = "silent"
    """The sensor has stopped reporting."""
    NODE_SILENT = "node_silent"
    """The node has stopped reporting."""

    @property
    def is_of_one_sensor(self) -> bool:
        """Whether it is a single sensor that needs somebody's hands."""
        return self not in (
            Fault.NO_READING,
            Fault.LINE_LOST,
            Fault.NODE_SILENT,
            Fault.UNDECODED,
        )

    @property
    def is_certain(self) -> bool:
        """Whether it needs no repeating to be believed, or has been seen to last already."""
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
"""The empty distance of a bay in which the sensor hears nothing when it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """A space for one vehicle. Places are in metres, in the plane of its level.

    What is None has not been written down; `layout` then tells it from the plan.
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
    """Which way a vehicle in it points, in degrees counter-clockwise from +x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An entrance from which "nearest" is counted.

    `distances` holds what the owner has measured, in metres by bay label; it goes before what the
    plan says.
    """

    gate_id: str
    name: str
    level: str = ""
    x: float = 0.0
    y: float = 0.0
    distances: Mapping[str, float] = field(default_factory=dict)
    heading: float | None = None
    """Which way a driver drives in, in degrees counter-clockwise from +x."""


type Point = tuple[float, float]
"""x and y in metres, in the plane of a level."""


class Place(NamedTuple):
    """A point on a level."""

    level: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where one drives on a level, from point to point; lanes that cross or touch are joined."""

    level: str = ""
    points: tuple[Point, ...]
    one_way: bool = False
    """Whether one drives it only in the order of its points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A way from one level to another."""

    start: Place
    end: Place
    one_way: bool = False
    """Whether one drives it only from start to end."""
    length: float | None = None
    """In metres, with its turns; None when nobody has measured it."""

    @property
    def straight_m(self) -> float:
        """How far its ends are apart on the plan."""
        return hypot(self.end.x - self.start.x, self.end.y - self.start.y)


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
    at: float = 0.0
    """When the reading that led to it was taken, in seconds on the monotonic clock."""
