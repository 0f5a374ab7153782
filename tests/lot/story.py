"""One bay under a ceiling sensor, sweep by sweep."""

from copy import deepcopy
from functools import cache

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.filter import OccupancyFilter

FLOOR_M = 2.5
ROOF_M = 1.05
HEAD_M = 0.75
SWEEP_S = 0.5
LOST = Fault.NO_TARGET

type Heard = float | Fault | bool


class Story:
    """A bay, and the time that passes over it in sweeps of 500 ms."""

    def __init__(
        self, empty_m: float | None = FLOOR_M, *, was_occupied: bool | None = None
    ) -> None:
        self.bay = OccupancyFilter(empty_m, was_occupied=was_occupied)
        self.now = 0.0

    def sweep(self, *heard: Heard) -> list[bool | None]:
        """Make the sensor say these, one per sweep; return what is believed after each."""
        states = []
        for one in heard:
            self.now += SWEEP_S
            self.bay.update(reading(one, self.now))
            states.append(self.bay.occupied)
        return states

    def believed(self) -> tuple[bool | None, Fault | None]:
        """Return whether the bay is taken, or why that is not known."""
        return self.bay.occupied, self.bay.fault

    def stay(self, heard: Heard, seconds: float) -> None:
        """Make the sensor say the same for a while."""
        self.sweep(*[heard] * round(seconds / SWEEP_S))


def reading(heard: Heard, at: float) -> Reading:
    """Return what a source makes of a distance, a state or a fault."""
    if isinstance(heard, Fault):
        return Reading("A1", at, fault=heard)
    if isinstance(heard, bool):
        return Reading("A1", at, occupied=heard)
    return Reading("A1", at, heard)


def vacant_bay() -> Story:
    """Return a bay that has been empty for a while."""
    return deepcopy(_told(FLOOR_M))


def occupied_bay(roof_m: float = ROOF_M) -> Story:
    """Return a bay with a car that came and stood for a while."""
    return deepcopy(_told(roof_m))


@cache
def _told(distance_m: float) -> Story:
    """Notify a new bay one distance for five minutes."""
    story = Story()
    story.stay(FLOOR_M, 60)
    story.stay(distance_m, 300)
    assert story.bay.occupied is (distance_m != FLOOR_M)
    return story
