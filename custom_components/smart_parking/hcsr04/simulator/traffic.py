"""Traffic: lists of arrivals and departures, from the occupancy of a real car park or a demo.

Events are computed one after another as they are asked for, so a demo may run for ever.
"""

from bisect import bisect, insort
from collections.abc import Iterable, Iterator, Sequence
import csv
from datetime import datetime
from enum import StrEnum
from math import ceil, exp, hypot
from random import Random
from typing import NamedTuple

from ..model import Sensor
from .vehicles import VehicleKind

HOUR_S = 3_600.0
# Between two rows of a curve cars come and go in steps of at most this length.
STEP_MAX_S = 300.0
# Vehicles at the start of a curve stand there already at its first row.
HEAD_START_S = 60.0
# Preference of drivers for bays near the entrance: the rank of the bay taken is the number of
# vacant bays times a random share to this power. 1 is "any bay", 2 makes the nearest third three
# times as likely as the farthest.
NEAR_POWER = 2.0

# A weekday in a town's car park, as hour and share of its peak: 8 to 16 h is the mean of the car
# parks in Birmingham City Council's open data, autumn 2016; evening and night are a guess.
DAY_CURVE: tuple[tuple[float, float], ...] = (
    (0.0, 0.12),
    (5.0, 0.08),
    (7.0, 0.15),
    (8.0, 0.35),
    (9.0, 0.55),
    (10.0, 0.74),
    (11.0, 0.89),
    (12.0, 0.97),
    (13.0, 1.00),
    (14.0, 0.99),
    (15.0, 0.92),
    (16.0, 0.82),
    (17.0, 0.65),
    (18.0, 0.46),
    (20.0, 0.42),
    (22.0, 0.25),
    (24.0, 0.12),
)


class Move(StrEnum):
    """What a vehicle does."""

    ARRIVES = "arrives"
    LEAVES = "leaves"


class Event(NamedTuple):
    """One vehicle begins to drive into a bay, or out of it."""

    at_s: float
    """Since the world began; before 0 for vehicles that are there from the start."""
    sensor_id: str
    move: Move
    vehicle: VehicleKind | None = None
    """None: a random vehicle."""


class Row(NamedTuple):
    """Occupancy of a car park at one time."""

    at_s: float
    occupied: float
    capacity: float

    @property
    def share(self) -> float:
        """Share of its bays that are occupied, at most 1 whatever was counted."""
        return min(max(self.occupied / self.capacity, 0.0), 1.0)


def read_rows(lines: Iterable[str], car_park: str) -> Iterator[Row]:
    """Yield one car park's rows of a CSV file, in seconds since its first.

    Columns are those of Birmingham City Council's open data: SystemCodeNumber, Capacity, Occupancy
    and LastUpdated in local time. Rows that do not go forward in time are left out.
    """
    first: datetime | None = None
    last_s = -1.0
    for row in csv.DictReader(lines):
        if row["SystemCodeNumber"] == car_park:
            at = datetime.fromisoformat(row["LastUpdated"])
            first = first or at
            at_s = (at - first).total_seconds()
            if at_s > last_s:
                last_s = at_s
                yield Row(at_s, float(row["Occupancy"]), float(row["Capacity"]))


def demo_rows(*, peak: float, starts_at_h: float = 0.0) -> Iterator[Row]:
    """Yield plausible days without end; `peak` is the largest share of occupied bays."""
    at_s = 0.0
    while True:
        hour = (starts_at_h + at_s / HOUR_S) % 24.0
        yield Row(at_s, peak * _share_of_peak(hour), 1.0)
        at_s += STEP_MAX_S


def nearest_first(sensors: Iterable[Sensor], entrance: tuple[float, float]) -> list[str]:
    """Return the sensors' ids by the distance from an entrance."""
    x, y = entrance
    return [s.sensor_id for s in sorted(sensors, key=lambda s: hypot(s.x - x, s.y - y))]


def follow_curve(
    rows: Iterable[Row], bays: Sequence[str], *, mean_stay_s: float = 7_200.0, seed: int = 0
) -> Iterator[Event]:
    """Yield events after which, at each row, the same share of the bays is occupied.

    Besides the changes from row to row, vehicles leave after a mean stay and others take their
    place. Drivers prefer bays that stand early in `bays`.
    """
    lot = _Lot(bays, Random(f"traffic {seed}"))
    steps = _steps(rows, min(STEP_MAX_S, mean_stay_s / 4.0))
    first = next(steps, None)
    if first is None:
        return
    begins_s = first.at_s - HEAD_START_S
    wanted = round(first.share * len(bays))
    yield from lot.between(begins_s - mean_stay_s, begins_s, arrivals=wanted, departures=0)
    at_s = first.at_s
    for row in steps:
        change = round(row.share * len(bays)) - lot.taken
        leaving = 1.0 - exp(-(row.at_s - at_s) / mean_stay_s)
        departures = max(lot.random.binomialvariate(lot.taken, leaving), -change)
        yield from lot.between(at_s, row.at_s, arrivals=departures + change, departures=departures)
        at_s = row.at_s


class _Lot:
    """The occupied bays, with the longest occupied ones first."""

    def __init__(self, bays: Sequence[str], random: Random) -> None:
        """Initialize empty."""
        self.random = random
        self._bays = bays
        self._free = list(range(len(bays)))
        self._taken: list[int] = []

    @property
    def taken(self) -> int:
        """How many bays are taken."""
        return len(self._taken)

    def between(
        self, from_s: float, to_s: float, *, arrivals: int, departures: int
    ) -> Iterator[Event]:
        """Yield this many of each at random times, in an order that the bays allow."""
        times = sorted(self.random.uniform(from_s, to_s) for _ in range(arrivals + departures))
        for left, at_s in zip(range(len(times), 0, -1), times, strict=True):
            arrives = bool(self._free) and self.random.random() * left < arrivals
            if arrives or not self._taken:
                arrivals -= 1
                yield Event(at_s, self._bays[self._arrive()], Move.ARRIVES)
            else:
                yield Event(at_s, self._bays[self._leave()], Move.LEAVES)

    def _arrive(self) -> int:
        """Choose a vacant bay, a near one more often."""
        rank = self._free.pop(int(len(self._free) * self.random.random() ** NEAR_POWER))
        self._taken.append(rank)
        return rank

    def _leave(self) -> int:
        """Empty a bay: of two random ones, the one that was occupied first."""
        rank = self._taken.pop(min(self.random.randrange(len(self._taken)) for _ in range(2)))
        insort(self._free, rank)
        return rank


def _steps(rows: Iterable[Row], longest_s: float) -> Iterator[Row]:
    """Yield rows, with more rows between them where steps would be too long."""
    before: Row | None = None
    for row in rows:
        if before is not None:
            parts = ceil((row.at_s - before.at_s) / longest_s)
            for part in range(1, parts):
                along = part / parts
                share = before.share + (row.share - before.share) * along
                yield Row(before.at_s + (row.at_s - before.at_s) * along, share, 1.0)
        yield row
        before = row


def _share_of_peak(hour: float) -> float:
    """Return the built-in day at an hour from 0 to 24."""
    after = bisect(DAY_CURVE, (hour, 2.0))
    (from_h, from_share), (to_h, to_share) = DAY_CURVE[after - 1 : after + 1]
    return from_share + (to_share - from_share) * (hour - from_h) / (to_h - from_h)
