"""One bay under its sensor: vehicles that drive in, people who walk by, and what a ping meets."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from random import Random
from typing import NamedTuple

from .chain import TwoStateChain
from .defects import Defect
from .vehicles import Vehicle

DAY_S = 86_400.0
# Number of stays that are stored, so that the truth of a little while ago can be asked.
STAYS_MAX = 4
# One vehicle clears the bay before the next one enters.
GAP_S = 2.0
# Seconds for which the distance of something that stands may be reused while dust gathers.
DRIFT_STEP_S = 600.0
# Recorded over an empty bay: two surfaces, heard in irregular runs of half a minute, 40 : 60.
FARTHER_SHARE = 0.6
SURFACE_RUN_S = 30.0
# A head is small and round, shoulders slope: under the 0.5 m2 that the data sheet asks of a target.
WALKER_HEARD = 0.7


class Presence(StrEnum):
    """What is truly in a bay."""

    EMPTY = "empty"
    MOVING = "moving"
    STANDING = "standing"


class Truth(NamedTuple):
    """What is truly in a bay, and since when, in ns on the world's clock."""

    presence: Presence
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Place of a sensor, and the properties that only this one has."""

    sensor_id: str
    height_m: float = 2.5
    """Over the floor of its bay."""
    drift_m_per_day: float = 0.0
    """How much farther everything seems each day, by dirt on the sensor."""
    farther_m: float | None = None
    """A second surface of the empty bay, beyond the floor, that is heard instead at times."""
    silence_s: float = 0.038
    """How long the echo lasts when nothing is heard: data sheets say 38 ms, some do 48 or 70 ms."""

    @property
    def deepest_m(self) -> float:
        """The distance of the farthest surface."""
        return max(self.height_m, self.farther_m or 0.0)


@dataclass(slots=True)
class Stay:
    """One vehicle's visit. Times are in seconds since the world began, `inf` when not known yet."""

    vehicle: Vehicle
    stop_m: float
    """How far the nose is past the sensor when the vehicle stands."""
    speed_m_s: float
    enters_s: float
    leaves_s: float = inf
    stands_s: float = inf
    gone_s: float = inf

    def __post_init__(self) -> None:
        """Compute when it will stand."""
        self.stands_s = self.enters_s + self.stop_m / self.speed_m_s

    def leave(self, at_s: float) -> None:
        """Reverse out the way it came, not before it stood."""
        self.leaves_s = max(at_s, self.stands_s)
        self.gone_s = self.leaves_s + self.stop_m / self.speed_m_s

    def nose_m(self, at_s: float) -> float:
        """Return how far the nose is past the sensor."""
        driven_s = min(at_s - self.enters_s, self.stands_s - self.enters_s, self.gone_s - at_s)
        return driven_s * self.speed_m_s

    def presence(self, at_s: float) -> tuple[Presence, float]:
        """Return what is there at a time from `enters_s` on, and since when."""
        if at_s >= self.gone_s:
            return Presence.EMPTY, self.gone_s
        if at_s >= self.leaves_s:
            return Presence.MOVING, self.leaves_s
        if at_s >= self.stands_s:
            return Presence.STANDING, self.stands_s
        return Presence.MOVING, self.enters_s


class Walker(NamedTuple):
    """A person who crosses the bay."""

    height_m: float
    until_s: float


class Bay:
    """One bay under its sensor.

    `look` computes what a ping meets, which then stands in `nearest_m`, `heard` and `behind_m` and
    holds until `steady_until_s`: where nothing moves, a ping costs no geometry.
    """

    __slots__ = (
        "_farther",
        "behind_m",
        "defect",
        "defect_since_ns",
        "heard",
        "manual",
        "mount",
        "nearest_m",
        "scheduled",
        "stays",
        "steady_until_s",
        "walker",
    )

    def __init__(self, mount: Mount, seed: int = 0) -> None:
        """Initialize empty."""
        self.mount = mount
        self._farther: TwoStateChain | None = None
        if mount.farther_m is not None:
            own = Random(f"surfaces {seed} {mount.sensor_id}")
            self._farther = TwoStateChain(own, FARTHER_SHARE, 2 * FARTHER_SHARE * SURFACE_RUN_S)
        self.defect: Defect | None = None
        self.defect_since_ns = 0
        self.manual = False
        self.scheduled: Vehicle | None = None
        """The vehicle that traffic has here, in spite of manual control."""
        self.stays: deque[Stay] = deque(maxlen=STAYS_MAX)
        self.walker: Walker | None = None
        self.nearest_m = mount.height_m
        self.heard = 1.0
        """Share of pings that the nearest surface sends back."""
        self.behind_m: float | None = None
        """Surface that the other pings meet; None when they are lost."""
        self.steady_until_s = -inf

    @property
    def taken(self) -> bool:
        """Whether a vehicle is here or on its way in, and not yet on its way out."""
        return bool(self.stays) and self.stays[-1].leaves_s == inf

    def arrive(self, vehicle: Vehicle, at_s: float, stop_m: float, speed_m_s: float) -> None:
        """Drive a vehicle in, as soon as the one before it is gone."""
        if self.stays:
            at_s = max(at_s, self.stays[-1].gone_s + GAP_S)
        self.stays.append(Stay(vehicle, stop_m, speed_m_s, at_s))
        self.steady_until_s = -inf

    def leave(self, at_s: float) -> None:
        """Drive the vehicle off."""
        self.stays[-1].leave(at_s)
        self.steady_until_s = -inf

    def walk(self, walker: Walker) -> None:
        """Send a person across, from now on."""
        self.walker = walker
        self.steady_until_s = -inf

    def presence(self, at_s: float) -> tuple[Presence, float]:
        """Return what was here at a time, and since when; -inf when that is no longer stored."""
        for stay in reversed(self.stays):
            if at_s >= stay.enters_s:
                return stay.presence(at_s)
        return Presence.EMPTY, -inf

    def look(self, at_s: float) -> None:
        """Compute what a ping meets now, and for how long that stays so."""
        floor_m = self.mount.height_m
        until_s = self._show_floor(at_s)
        for stay in self.stays:
            if at_s < stay.enters_s:
                until_s = min(until_s, stay.enters_s)
            elif at_s < stay.gone_s:
                height_m, self.heard = stay.vehicle.outline(stay.nose_m(at_s))
                self.nearest_m = floor_m - height_m
                self.behind_m = floor_m if stay.vehicle.floor_shows else None
                stands = stay.stands_s <= at_s < stay.leaves_s
                until_s = min(until_s, stay.leaves_s) if stands else at_s
        if self.walker is not None:
            until_s = self._pass(self.walker, at_s, until_s)
        drift_m = self.mount.drift_m_per_day * at_s / DAY_S
        self.nearest_m += drift_m
        if self.behind_m is not None:
            self.behind_m += drift_m
        self.steady_until_s = until_s

    def _show_floor(self, at_s: float) -> float:
        """Set the surface of the empty bay; return until when it is the one that is heard."""
        self.nearest_m, self.heard, self.behind_m = self.mount.height_m, 1.0, None
        until_s = at_s + DRIFT_STEP_S
        farther, farther_m = self._farther, self.mount.farther_m
        if farther is None or farther_m is None:
            return until_s
        if farther.at(at_s):
            self.nearest_m = farther_m
        return min(until_s, farther.until_s)

    def _pass(self, walker: Walker, at_s: float, until_s: float) -> float:
        """Set a person under the sensor, and return until when nothing changes."""
        if at_s >= walker.until_s:
            self.walker = None
            return until_s
        head_m = self.mount.height_m - walker.height_m
        if head_m < self.nearest_m:
            self.nearest_m, self.heard, self.behind_m = head_m, WALKER_HEARD, self.nearest_m
        return min(until_s, walker.until_s)
