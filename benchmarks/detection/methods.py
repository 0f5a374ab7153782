"""Ways to tell from distances which bays are occupied."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from statistics import median
from typing import Protocol, override

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.tracker import BayTracker

# Hobby projects take what is this much nearer than the floor for a car.
MARGIN_M = 0.10
# gpiozero's DistanceSensor takes the median of so many.
QUEUE = 9


class Method(Protocol):
    """A way to tell from readings which bays are occupied; None is "not known"."""

    states: dict[str, bool | None]

    def observe(self, readings: Iterable[Reading]) -> None:
        """Learn from readings."""


class Threshold(Method):
    """What is nearer than the floor is a car; without an echo everything stays as it was."""

    def __init__(self, empty_m: Mapping[str, float], margin_m: float = MARGIN_M) -> None:
        """Initialize with nothing known."""
        self.states = dict.fromkeys(empty_m)
        self._below_m = {bay_id: metres - margin_m for bay_id, metres in empty_m.items()}

    @override
    def observe(self, readings: Iterable[Reading]) -> None:
        for bay_id, _, distance_m, _, _ in readings:
            if distance_m is not None:
                self.states[bay_id] = distance_m < self._below_m[bay_id]


class Median(Threshold):
    """A threshold on the median of the last distances."""

    def __init__(self, empty_m: Mapping[str, float]) -> None:
        """Initialize with nothing known."""
        super().__init__(empty_m)
        self._last = {bay_id: deque[float](maxlen=QUEUE) for bay_id in empty_m}

    @override
    def observe(self, readings: Iterable[Reading]) -> None:
        for bay_id, _, distance_m, _, _ in readings:
            if distance_m is not None:
                last = self._last[bay_id]
                last.append(distance_m)
                self.states[bay_id] = median(last) < self._below_m[bay_id]


class Belief(Method):
    """The lot's own filter."""

    def __init__(
        self, empty_m: Mapping[str, float], far_m: Mapping[str, float] | None = None
    ) -> None:
        """Initialize with nothing known but the floors."""
        self.states = dict.fromkeys(empty_m)
        self.faults: dict[str, Fault | None] = dict.fromkeys(empty_m)
        self.doubtful: Collection[str] = ()
        """Bays of which another reading at once would tell more."""
        self._watch = BayTracker(empty_m, far_m=far_m)

    @override
    def observe(self, readings: Iterable[Reading]) -> None:
        outcome = self._watch.observe(readings)
        self.doubtful = outcome.doubtful
        for seen in outcome.observations:
            self.states[seen.bay_id] = seen.occupied
            self.faults[seen.bay_id] = seen.fault
