"""Tracker of the bays of one node: readings in, changed observations out.

A tracker belongs to the thread that calls it with readings: the sensors' own thread, or Home
Assistant's event loop. So the arithmetic of a sweep is done where the sweep is made, and only
changes leave the thread. Orders from other threads wait in a queue until the next readings.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise
from queue import SimpleQueue
from statistics import median
from typing import NamedTuple, Protocol

from .model import OUT_OF_REACH, Fault, Observation, Reading
from .occupancy.filter import OccupancyFilter

# A distance is published again when it has moved this far.
DISTANCE_STEP_M = 0.05
# Calibration: 10 s of sweeps, most of them good, and steady.
CALIBRATION_READINGS = 20
CALIBRATION_GOOD = 12
CALIBRATION_SPREAD_M = 0.03
# Readings further apart are of different surfaces; a small group of them is outliers.
CALIBRATION_APART_M = 0.10
CALIBRATION_SURFACE = 4


class Calibration(NamedTuple):
    """Result of the calibration of one bay: with an empty distance in metres, or None.

    Where the floor has two surfaces, `far_m` is the distance of the farther one.
    """

    bay_id: str
    empty_m: float | None
    far_m: float | None = None


class Outcome(NamedTuple):
    """The changes that readings have made."""

    observations: list[Observation]
    calibrations: list[Calibration]
    doubtful: Collection[str] = ()
    """Bays for which another reading at once would help."""

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.observations or self.calibrations)


class Past(NamedTuple):
    """What happened while a node could not be heard, told when all of it is over."""

    observations: list[Observation]
    """In order of time, with the times at which they were made."""
    since: float
    """Since when nothing is missing in them, in seconds on the monotonic clock."""
    arrivals: int
    """How many vehicles came that are not seen in what is believed now."""
    may_repeat: bool = False
    """Whether some of it may have been told before a restart of who listens."""


class Tracker(Protocol):
    """The beliefs of one node's bays, whoever works them out."""

    def begin(self, at: float = 0.0) -> list[Observation]:
        """Return what is believed before any reading, at a time on the monotonic clock."""

    def empty_distances(self) -> dict[str, float]:
        """Return the empty distances, in metres, as learnt so far."""

    def far_distances(self) -> dict[str, float]:
        """Return the distances, in metres, of farther surfaces of empty bays."""

    def calibrate(self, bay_ids: Collection[str]) -> None:
        """Order the empty distance of bays to be learnt from the next readings."""

    def end_calibrations(self, bay_ids: Collection[str]) -> None:
        """Order what `calibrate` has begun to be given up."""

    def learn(self, calibration: Calibration) -> Calibration:
        """Set the empty distance that was found, if any was, and return it."""

    def confirm_vehicle(self, bay_id: str) -> None:
        """Order what a bay's sensor measures to be taken for a vehicle."""

    def steady_m(self, bay_id: str) -> float | None:
        """Return the distance, in metres, that a bay's sensor keeps giving beside the floor's."""

    def fail(self, fault: Fault, at: float) -> Outcome:
        """Return what follows from the failure of the whole node."""

    def observe(self, readings: Iterable[Reading]) -> Outcome:
        """Learn from readings, in order of time, and return what changed."""


class BayTracker:
    """The occupancy of one node's bays.

    `bays` maps bay ids to the distance of the empty bay, in metres, `OUT_OF_REACH` or None; `far_m`
    maps some of them to that of a farther surface; `was_occupied` is the occupancy before a
    restart.
    """

    def __init__(
        self,
        bays: Mapping[str, float | None],
        was_occupied: Mapping[str, bool] | None = None,
        far_m: Mapping[str, float] | None = None,
    ) -> None:
        """Initialize the tracker of a node's bays."""
        known, far = was_occupied or {}, far_m or {}
        self._bays = {
            bay_id: OccupancyFilter(empty_m, far_m=far.get(bay_id), was_occupied=known.get(bay_id))
            for bay_id, empty_m in bays.items()
        }
        self._observed = {bay_id: self._observation(bay_id, 0.0) for bay_id in bays}
        self._calibrating: dict[str, list[Reading]] = {}
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def begin(self, at: float = 0.0) -> list[Observation]:
        """Return the observations before any reading, at a time on the monotonic clock."""
        return [observation._replace(at=at) for observation in self._observed.values()]

    def empty_distances(self) -> dict[str, float]:
        """Return the empty distances, in metres, as learnt so far."""
        return {
            bay_id: bay.empty_m
            for bay_id, bay in self._bays.items()
            if bay.empty_m is not None and bay.empty_m != OUT_OF_REACH
        }

    def far_distances(self) -> dict[str, float]:
        """Return the distances, in metres, of farther surfaces of empty bays."""
        return {bay_id: bay.far_m for bay_id, bay in self._bays.items() if bay.far_m is not None}

    def calibrate(self, bay_ids: Collection[str]) -> None:
        """Order the calibration of bays, from the next readings. Any thread may call this."""
        wanted = [bay_id for bay_id in bay_ids if bay_id in self._bays]
        self._orders.put(lambda: self._calibrating.update((bay_id, []) for bay_id in wanted))

    def end_calibrations(self, bay_ids: Collection[str]) -> None:
        """Cancel the calibration of bays. Any thread may call this."""

        def mark_unknown() -> None:
            for bay_id in bay_ids:
                self._calibrating.pop(bay_id, None)

        self._orders.put(mark_unknown)

    def learn(self, calibration: Calibration) -> Calibration:
        """Set the empty distance of a calibration, if one was found, and return the calibration."""
        if calibration.empty_m is not None:
            self._bays[calibration.bay_id].calibrate(calibration.empty_m, calibration.far_m)
        return calibration

    def confirm_vehicle(self, bay_id: str) -> None:
        """Order that a bay's steady distance is set as a vehicle's. Any thread may call this."""
        self._orders.put(self._bays[bay_id].confirm_vehicle)

    def steady_m(self, bay_id: str) -> float | None:
        """Return the distance, in metres, that a bay's sensor repeats without being the floor's."""
        return self._bays[bay_id].steady_m

    def fail(self, fault: Fault, at: float) -> Outcome:
        """Return the changes when the whole node has failed."""
        return self.observe(Reading(bay_id, at, fault=fault) for bay_id in self._bays)

    def observe(self, readings: Iterable[Reading]) -> Outcome:
        """Update the bays with readings, in order of time, and return the changes."""
        while not self._orders.empty():
            self._orders.get()()
        observations: list[Observation] = []
        doubtful: set[str] = set()
        for reading in readings:
            bay = self._bays.get(reading.bay_id)
            if bay is None:
                continue
            if self._calibrating and reading.bay_id in self._calibrating:
                self._calibrating[reading.bay_id].append(reading)
            if bay.update(reading):
                doubtful.add(reading.bay_id)
            if self._has_changed(bay, self._observed[reading.bay_id]):
                observation = self._observation(reading.bay_id, reading.at)
                self._observed[reading.bay_id] = observation
                observations.append(observation)
        calibrations = self._finish_calibrations() if self._calibrating else []
        return Outcome(observations, calibrations, doubtful or ())

    @staticmethod
    def _has_changed(bay: OccupancyFilter, observation: Observation) -> bool:
        """Return whether a bay differs from its last observation."""
        if bay.occupied is not observation.occupied or bay.fault is not observation.fault:
            return True
        now, then = bay.distance_m, observation.distance_m
        if now is None or then is None:
            # One lost echo is not worth an observation; a fault that lasts sets the bay unknown.
            return now is not None
        return abs(now - then) >= DISTANCE_STEP_M

    def _observation(self, bay_id: str, at: float) -> Observation:
        """Return the observation of a bay after a reading of a time."""
        bay = self._bays[bay_id]
        distance_m = None if bay.distance_m is None else round(bay.distance_m, 2)
        return Observation(bay_id, bay.occupied, bay.fault, bay.confidence, distance_m, at)

    def _finish_calibrations(self) -> list[Calibration]:
        """Return the calibrations that have enough readings, and apply them."""
        done: list[Calibration] = []
        for bay_id, readings in list(self._calibrating.items()):
            if len(readings) < CALIBRATION_READINGS:
                continue
            del self._calibrating[bay_id]
            done.append(self.learn(Calibration(bay_id, *_surfaces(readings))))
        return done


def _surfaces(readings: Iterable[Reading]) -> tuple[float | None, float | None]:
    """Return the distances, in metres, of the nearer and the farther surface that readings show.

    Nearly all floors have one surface. The nearer one is None when readings do not agree.
    """
    distances = sorted(one.distance_m for one in readings if one.distance_m is not None)
    edges = [
        number
        for number, (nearer, farther) in enumerate(pairwise(distances), 1)
        if farther - nearer > CALIBRATION_APART_M
    ]
    parts = [distances[a:b] for a, b in pairwise([0, *edges, len(distances)])]
    surfaces = [part for part in parts if len(part) >= CALIBRATION_SURFACE]
    if sum(map(len, surfaces)) < CALIBRATION_GOOD or len(surfaces) > 2:
        return None, None
    middles: list[float | None] = []
    for part in surfaces:
        middle = median(part)
        if median(abs(distance - middle) for distance in part) > CALIBRATION_SPREAD_M:
            return None, None
        middles.append(round(middle, 3))
    return middles[0], middles[1] if len(middles) > 1 else None
