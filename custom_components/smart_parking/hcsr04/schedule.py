"""Schedule of the pings: sensors that can hear one another never ping together.

Sensors that share a trigger always fire together, so the unit of the schedule is the trigger. Two
units are neighbours when any two of their sensors can hear one another; units get slots as a map
gets colours, by DSATUR (Brélaz 1979), which is exact on the bipartite maps that rows of bays are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from itertools import product
from math import ceil, floor, hypot

from .acoustics import COLDEST_C, speed_of_sound
from .model import Sensor

# HC-SR04 data sheets: the echo of the ping before must have died away. Below 29 ms errors begin;
# long-standing drivers advise 33 ms.
SLOT_MIN_S = 0.033
# From the trigger's fall to the echo's rise: 0.3-0.7 ms on HC-SR04 and JSN-SR04T, more on clones.
RISE_MAX_S = 0.005
# Time for waking up and writing lines.
MARGIN_S = 0.002
# Two pings of one sensor need 60 ms between them (data sheet).
REPEAT_MIN_S = 0.060
# A share of the period is left to the machine.
PERIOD_USE = 0.9
# 2 cm to 4 m, although boxes promise more.
RANGE_MAX_M = 4.0
# In a cone of 30 degrees to either side, a ceiling sensor at 2.5 m is heard up to 2.9 m away, the
# car roofs between them scatter a little more.
HEARING_M = 4.0


class PlanProblem(StrEnum):
    """Why a schedule cannot be made."""

    TOO_LONG = "too_long"
    SHARED_TRIGGER = "shared_trigger"
    LINE_TWICE = "line_twice"
    NO_SENSORS = "no_sensors"


class PlanError(ValueError):
    """The sensors cannot be measured within the period.

    `placeholders` holds the parts of the explanation, which a translation puts into a sentence.
    """

    def __init__(self, problem: PlanProblem, message: str, **placeholders: str) -> None:
        """Initialize with the problem and a message for the log."""
        super().__init__(message)
        self.problem = problem
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True)
class Slot:
    """Sensors that ping together, and their trigger lines."""

    triggers: tuple[int, ...]
    sensors: tuple[Sensor, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The order of pings in one sweep."""

    slots: tuple[Slot, ...]
    slot_s: float
    range_m: float

    @property
    def duration_s(self) -> float:
        """Duration of a sweep, in seconds."""
        return len(self.slots) * self.slot_s


def hears(a: Sensor, b: Sensor, hearing_m: float) -> bool:
    """Return whether two sensors are so near that one hears the other's ping."""
    return a.level == b.level and hypot(a.x - b.x, a.y - b.y) < hearing_m


def in_earshot(sensors: Iterable[Sensor], hearing_m: float) -> Iterator[tuple[Sensor, Sensor]]:
    """Yield every pair of sensors of which one hears the other, once."""
    if hearing_m <= 0.0:
        return
    # A near sensor is in the same square or in the next one, so no other is compared.
    squares: defaultdict[tuple[str, int, int], list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        column, row = floor(sensor.x / hearing_m), floor(sensor.y / hearing_m)
        for x, y in product((column - 1, column, column + 1), (row - 1, row, row + 1)):
            for other in squares.get((sensor.level, x, y), ()):
                if hears(other, sensor, hearing_m):
                    yield other, sensor
        squares[sensor.level, column, row].append(sensor)


def make_plan(
    sensors: Sequence[Sensor],
    *,
    range_m: float = RANGE_MAX_M,
    hearing_m: float = HEARING_M,
    period_s: float = 0.5,
) -> Plan:
    """Return slots for all sensors that fit into a period, or raise `PlanError`.

    `range_m` is the largest distance to be measured and makes the slots longer when it is large,
    `hearing_m` is how far a ping carries from sensor to sensor.
    """
    _check_lines(sensors)
    units: dict[int, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        units[sensor.trigger].append(sensor)
    neighbours: dict[int, set[int]] = {trigger: set() for trigger in units}
    for a, b in in_earshot(sensors, hearing_m):
        if a.trigger == b.trigger:
            raise _shared_trigger(a, b, hearing_m)
        neighbours[a.trigger].add(b.trigger)
        neighbours[b.trigger].add(a.trigger)
    together: dict[int, list[int]] = defaultdict(list)
    for trigger, colour in _colour(neighbours).items():
        together[colour].append(trigger)
    slots = [
        Slot(
            triggers=tuple(triggers),
            sensors=tuple(sensor for trigger in triggers for sensor in units[trigger]),
        )
        for _, triggers in sorted(together.items())
    ]
    slot_s = slot_length_s(range_m)
    plan = Plan(slots=tuple(slots), slot_s=slot_s, range_m=range_m)
    if plan.duration_s > period_s * PERIOD_USE or period_s < REPEAT_MIN_S:
        message = (
            f"{len(sensors)} bays need {len(slots)} slots of {slot_s * 1e3:.0f} ms, together "
            f"{plan.duration_s * 1e3:.0f} ms, and a sweep has {period_s * PERIOD_USE * 1e3:.0f} "
            f"ms: too many of them can hear one another"
        )
        raise PlanError(
            PlanProblem.TOO_LONG,
            message,
            bays=str(len(sensors)),
            slots=str(len(slots)),
            slot_ms=f"{slot_s * 1e3:.0f}",
            total_ms=f"{plan.duration_s * 1e3:.0f}",
            limit_ms=f"{period_s * PERIOD_USE * 1e3:.0f}",
        )
    return plan


def slot_length_s(range_m: float) -> float:
    """Return how long to listen after a ping, in seconds, for targets up to a distance in m."""
    flight_s = 2.0 * range_m / speed_of_sound(COLDEST_C)
    return max(SLOT_MIN_S, ceil((flight_s + RISE_MAX_S) * 1e3) / 1e3) + MARGIN_S


def _check_lines(sensors: Sequence[Sensor]) -> None:
    """Raise `PlanError` unless every echo line serves one sensor and no trigger is an echo."""
    if not sensors:
        raise PlanError(PlanProblem.NO_SENSORS, "There are no sensors to measure")
    triggers = {sensor.trigger: sensor.sensor_id for sensor in sensors}
    echoes: dict[int, str] = {}
    for sensor in sensors:
        other = echoes.get(sensor.echo) or triggers.get(sensor.echo)
        if other is not None:
            raise PlanError(
                PlanProblem.LINE_TWICE,
                f"GPIO{sensor.echo} is used twice: by {other} and by {sensor.sensor_id}",
                bay_a=other,
                bay_b=sensor.sensor_id,
                pin=str(sensor.echo),
            )
        echoes[sensor.echo] = sensor.sensor_id


def _shared_trigger(a: Sensor, b: Sensor, hearing_m: float) -> PlanError:
    """Return the error for two sensors on one trigger."""
    message = (
        f"{a.sensor_id} and {b.sensor_id} share trigger GPIO{a.trigger}, so they ping "
        f"together, and they are near enough to hear one another"
    )
    return PlanError(
        PlanProblem.SHARED_TRIGGER,
        message,
        bay_a=a.sensor_id,
        bay_b=b.sensor_id,
        trigger=str(a.trigger),
        distance=f"{hypot(a.x - b.x, a.y - b.y):.1f}",
        hearing=f"{hearing_m:.1f}",
    )


def _colour(neighbours: Mapping[int, Collection[int]]) -> dict[int, int]:
    """Return a slot number for every trigger, none shared by neighbours (DSATUR)."""
    colours: dict[int, int] = {}
    taken: dict[int, set[int]] = {trigger: set() for trigger in neighbours}
    order = {trigger: place for place, trigger in enumerate(neighbours)}
    # The trigger with the most slots ruled out comes first; an outdated entry finds its trigger
    # coloured.
    queue = [(0, -len(near), order[trigger], trigger) for trigger, near in neighbours.items()]
    heapify(queue)
    while queue:
        trigger = heappop(queue)[-1]
        if trigger in colours:
            continue
        colour = colours[trigger] = _first_free(taken[trigger])
        for other in neighbours[trigger]:
            if other not in colours and colour not in taken[other]:
                taken[other].add(colour)
                entry = (-len(taken[other]), -len(neighbours[other]), order[other], other)
                heappush(queue, entry)
    return colours


def _first_free(taken: Collection[int]) -> int:
    """Return the smallest number from 0 that is not taken."""
    return next(number for number in range(len(taken) + 1) if number not in taken)
