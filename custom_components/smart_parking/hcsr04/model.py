"""Sensors, their measurements, and the interface of the lines between both."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """An ultrasonic sensor: its two lines and its place.

    Lines are GPIO numbers as Broadcom counts them. Several sensors may share a trigger; an echo
    line belongs to one sensor. Places are in metres, in any plane that suits the car park; sensors
    on different levels never hear one another.
    """

    sensor_id: str
    trigger: int
    echo: int
    x: float = 0.0
    y: float = 0.0
    level: str = ""


class Fault(StrEnum):
    """Why a sensor gave no distance."""

    NO_RESPONSE = "no_response"
    """The echo line never rose: no power, no wire, a dead sensor."""
    STUCK_HIGH = "stuck_high"
    """The echo line was high before the ping: a short, or a sensor that hangs."""
    NO_TARGET = "no_target"
    """The echo rose, yet nothing came back within range."""
    GLITCH = "glitch"
    """Edges that no echo makes: bouncing, too short, too late, or lost on the way."""
    LINE_LOST = "line_lost"
    """The GPIO chip is gone."""


class Measurement(NamedTuple):
    """The measurement of one ping of one sensor: a distance in metres, or a fault."""

    sensor_id: str
    at_ns: int
    """When the ping was sent, on the monotonic clock."""
    distance_m: float | None = None
    fault: Fault | None = None


class Sweep(NamedTuple):
    """One pass over all sensors of a bank."""

    measurements: list[Measurement]
    started_ns: int
    ended_ns: int

    @property
    def duration_s(self) -> float:
        """Duration of the pass, in seconds."""
        return (self.ended_ns - self.started_ns) / 1e9


class Edge(NamedTuple):
    """A change of one echo line."""

    line: int
    rising: bool
    at_ns: int
    """When the hardware saw it, on the monotonic clock."""
    seqno: int
    """Counts the edges of this line from 1; a gap means that edges were lost."""


class Lines(Protocol):
    """The trigger and echo lines of a bank, claimed and ready.

    Used from one thread. Every method may raise `LineLostError`; after that only `close` is of use.
    """

    def now_ns(self) -> int:
        """Return the monotonic clock, in ns."""

    def pulse(self, triggers: Collection[int]) -> int:
        """Raise trigger lines together for at least 10 µs and lower them together.

        Returns the monotonic time, in ns, just before they were lowered: a sensor's echo cannot
        rise earlier.
        """

    def collect(self, until_ns: int) -> list[Edge]:
        """Wait until a time on the monotonic clock and return the edges since the last call.

        The edges of one line are in order of time.
        """

    def high(self) -> set[int]:
        """Return the echo lines that are high now."""

    def close(self) -> None:
        """Release the lines. Further calls do nothing."""
