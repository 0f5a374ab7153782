"""Eight believable weeks of a lot, made in seconds and written by the record's own store.

Vehicles come by the hour and the weekday, for errands, for shopping or to work, and stay for as
long as such people do. Some are guided, some find the lot full; a sensor gets worse. The same seed
makes the same weeks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from math import log
from pathlib import Path
from random import Random
from typing import Any, Final

from custom_components.smart_parking.analytics.engine import file_address
from custom_components.smart_parking.analytics.options import read_limits, read_tariff
from custom_components.smart_parking.analytics.store import (
    FULL_KEY,
    Batch,
    HistoryStore,
    new_batch_id,
)
from custom_components.smart_parking.lot.analytics.periods import midnight
from custom_components.smart_parking.lot.analytics.records import (
    BayKnown,
    BayRecord,
    CountRecord,
    FaultSpell,
    Group,
    GuidanceEventType,
    GuidanceRecord,
    Record,
    Stay,
    StayOrigin,
    StayOutcome,
)
from custom_components.smart_parking.lot.analytics.spells import Spell
from custom_components.smart_parking.lot.analytics.tariff import StayLimit, Tariff
from custom_components.smart_parking.lot.model import BayKind, BayState, Fault

WEEKS: Final = 8
SEED: Final = 8
COUNT_S: Final = 300
MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0

# Vehicles that want to come for each bay on a day, Monday first, and in which hours more than on
# average.
PER_BAY: Final = (4.3, 4.5, 4.6, 4.8, 5.6, 6.2, 1.7)
WEEKDAY_HOURS: Final = (
    *(0.05, 0.03, 0.02, 0.02, 0.05, 0.15, 0.5, 1.5, 2.2, 2.1, 2.2, 2.3),
    *(2.4, 2.0, 1.8, 1.8, 1.9, 1.8, 1.2, 0.7, 0.5, 0.3, 0.2, 0.1),
)
WEEKEND_HOURS: Final = (
    *(0.15, 0.1, 0.06, 0.04, 0.04, 0.06, 0.15, 0.4, 0.9, 1.8, 2.6, 3.0),
    *(2.9, 2.6, 2.3, 2.1, 1.7, 1.3, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2),
)
BUSY_DAY_SPREAD: Final = 0.09
# It gets a little busier from week to week.
GROWTH: Final = 0.012

# Median stay and its spread (the standard deviation of its logarithm).
ERRAND: Final = (26 * MINUTE_S, 0.62)
SHOPPING: Final = (92 * MINUTE_S, 0.5)
WORK: Final = (8.1 * HOUR_S, 0.11)
WORK_HOURS: Final = range(6, 10)
WORK_SHARE, SHOPPING_SHARE = 0.22, 0.3
STAY_MIN_S, STAY_MAX_S = 2 * MINUTE_S, 40 * HOUR_S

WISHES: Final = ((0.06, BayKind.ACCESSIBLE), (0.13, BayKind.EV))
# 1 is any bay, 2 makes the nearest third three times as likely as the farthest.
NEAR_POWER: Final = 1.7
GUIDED_SHARE: Final = 0.34
MISLED_SHARE: Final = 0.06
TOLD_SHARE: Final = 0.45
"""Of those who find the lot full, so many have asked the page, and are known."""
HEEDLESS_SHARE: Final = 0.05
"""Of those who stay longer than they may, so many do not look at the sign."""
WORSE_BAY, WORSE_FROM = 10, 0.7
"""The bay whose sensor fails, and after which part of the time it does so often."""


@dataclass(slots=True)
class _Bay:
    """A bay while history is made."""

    record: BayRecord
    stay: Stay | None = None

    @property
    def state(self) -> BayState:
        """What it is counted as."""
        return BayState.VACANT if self.stay is None else BayState.OCCUPIED


@dataclass(slots=True)
class Street:
    """Everybody who wants to park, and what becomes of them."""

    bays: Sequence[BayRecord]
    """The nearest first."""
    options: Mapping[str, Any]
    zone: tzinfo
    seed: int = SEED
    records: list[Record] = field(default_factory=list)
    _random: Random = field(init=False)
    _bays: list[_Bay] = field(init=False)
    _leaving: list[tuple[float, int]] = field(init=False, default_factory=list)
    _tariff: Tariff = field(init=False)
    _limits: tuple[StayLimit, ...] = field(init=False)
    _full: Spell | None = field(init=False, default=None)
    _id: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Start with an empty lot."""
        self._random = Random(self.seed)  # noqa: S311  (the same weeks each time)
        self._bays = [_Bay(one) for one in self.bays]
        self._tariff = read_tariff(self.options)
        self._limits = read_limits(self.options.get("stay_limits", ()))

    def live(self, first: date, until: datetime) -> Iterator[tuple[float, list[Record]]]:
        """Yield what happens, day by day, with the time until which that is all."""
        days = (until.date() - first).days + 1
        for number in range(days):
            day = first + timedelta(days=number)
            began = midnight(day, self.zone)
            ended = min(midnight(day + timedelta(days=1), self.zone), until.timestamp())
            self._fail(began, number / days)
            self._day(day, began, ended, number)
            yield ended, self.records
            self.records = []

    def at_last(self) -> list[Record]:
        """Return what stands in the lot now."""
        open_stays = [bay.stay for bay in self._bays if bay.stay is not None]
        known = [BayKnown(bay=bay.record, is_occupied=bay.stay is not None) for bay in self._bays]
        return [*open_stays, *known, *([] if self._full is None else [self._full])]

    def _day(self, day: date, began: float, ended: float, number: int) -> None:
        """Make a day."""
        arrivals = self._arrivals(day, began, number)
        counts_at = began
        for at, hour in [*arrivals, (ended, -1)]:
            at_last = min(at, ended)
            while counts_at < at_last:
                self._leave_until(counts_at)
                self._count(counts_at)
                counts_at += COUNT_S
            self._leave_until(at_last)
            if hour >= 0 and at < ended:
                self._arrive(at, hour, day)

    def _arrivals(self, day: date, began: float, number: int) -> list[tuple[float, int]]:
        """Return when drivers come on a day, and in which hour that is."""
        weekday = day.weekday()
        wanted = PER_BAY[weekday] * len(self._bays) * (1.0 + GROWTH * number / 7.0)
        wanted *= max(0.5, self._random.gauss(1.0, BUSY_DAY_SPREAD))
        hours = WEEKDAY_HOURS if weekday < 5 else WEEKEND_HOURS
        arrivals: list[tuple[float, int]] = []
        for hour, weight in enumerate(hours):
            rate = wanted * weight / sum(hours) / HOUR_S
            at = hour * HOUR_S + self._random.expovariate(rate)
            while at < (hour + 1) * HOUR_S:
                arrivals.append((round(began + at, 1), hour))
                at += self._random.expovariate(rate)
        return arrivals

    def _duration(self, hour: int, weekday: int) -> float:
        """Return for how long a driver stays."""
        chance = self._random.random()
        median, spread = ERRAND
        if weekday < 5 and hour in WORK_HOURS and chance < WORK_SHARE:
            median, spread = WORK
        elif chance > 1.0 - SHOPPING_SHARE:
            median, spread = SHOPPING
        stay_s = self._random.lognormvariate(log(median), spread)
        return round(min(max(stay_s, STAY_MIN_S), STAY_MAX_S), 1)

    def _wish(self) -> BayKind:
        """Return which kind of bay a driver needs."""
        chance = self._random.random()
        return next((kind for share, kind in WISHES if chance < share), BayKind.STANDARD)

    def _choose(self, kind: BayKind, stay_s: float) -> int | None:
        """Return the place of the bay that a driver takes: the near ones are liked."""
        is_heedless = self._random.random() < HEEDLESS_SHARE
        for wanted in dict.fromkeys((kind, BayKind.STANDARD)):
            free = [
                place
                for place, bay in enumerate(self._bays)
                if bay.stay is None and bay.record.kind == wanted.value
            ]
            allowed = [place for place in free if stay_s <= self._limit_s(place)]
            free = free if is_heedless else allowed
            if free:
                return free[int(len(free) * self._random.random() ** NEAR_POWER)]
        return None

    def _limit_s(self, place: int) -> float:
        """Return how long one may stand in a bay, in seconds."""
        limit_s = StayLimit.of(self._limits, self._bays[place].record)
        return STAY_MAX_S if limit_s is None else limit_s

    def _arrive(self, at: float, hour: int, day: date) -> None:
        """Make a driver come."""
        kind, is_guided = self._wish(), self._random.random() < GUIDED_SHARE
        stay_s = self._duration(hour, day.weekday())
        place = self._choose(kind, stay_s)
        if place is None:
            if self._random.random() < TOLD_SHARE:
                reason = "queue_full" if self._random.random() < 0.6 else "gave_up"
                self._tell(at, GuidanceEventType.TURNED_AWAY, kind, reason)
            return
        bay = self._bays[place]
        stay = bay.stay = Stay(
            spell_id=self._new_id(at), key=bay.record.bay_id, began=at, bay=bay.record
        )
        if is_guided:
            self._guide(at, kind, stay)
        heappush(self._leaving, (at + stay_s, place))
        self._see_full(at)

    def _guide(self, at: float, kind: BayKind, stay: Stay) -> None:
        """Record that a driver was guided to the bay."""
        waited_s = round(self._random.uniform(70.0, 210.0), 1)
        self._tell(at - waited_s, GuidanceEventType.GUIDED, kind, bay=stay.bay)
        if self._random.random() < MISLED_SHARE:
            reason = "taken" if self._random.random() < 0.7 else "declined"
            self._tell(at - waited_s / 2.0, GuidanceEventType.RE_GUIDED, kind, reason, stay.bay)
        self._tell(at, GuidanceEventType.ARRIVED, kind, bay=stay.bay, waited_s=waited_s)
        stay.origin, stay.outcome = StayOrigin.GUIDED, StayOutcome.CONFIRMED

    def _tell(
        self,
        at: float,
        event: GuidanceEventType,
        kind: BayKind,
        reason: str = "",
        bay: BayRecord | None = None,
        waited_s: float | None = None,
    ) -> None:
        """Record what a driver was told."""
        self.records.append(
            GuidanceRecord(
                at=at, event=event, kind=kind.value, reason=reason, bay=bay, waited_s=waited_s
            )
        )

    def _leave_until(self, at: float) -> None:
        """Make everybody leave whose time has come."""
        while self._leaving and self._leaving[0][0] <= at:
            left, place = heappop(self._leaving)
            bay = self._bays[place]
            if (stay := bay.stay) is None:
                continue
            bay.stay = None
            stay.ended = left
            stay.fee = self._tariff.fee(stay.bay.kind, stay.began, left, self.zone)
            limit_s = StayLimit.of(self._limits, stay.bay)
            stay.over_s = 0.0 if limit_s is None else max(0.0, left - stay.began - limit_s)
            self.records.append(stay)
            self._see_full(left)

    def _see_full(self, at: float) -> None:
        """Record that the lot has become full, or is so no longer."""
        is_full = not any(
            bay.stay is None and bay.record.kind == BayKind.STANDARD for bay in self._bays
        )
        if is_full and self._full is None:
            self._full = Spell(spell_id=self._new_id(at), key=FULL_KEY, began=at)
        elif not is_full and self._full is not None:
            self._full.ended = at
            self.records.append(self._full)
            self._full = None

    def _fail(self, began: float, part: float) -> None:
        """Make a sensor fail now and then, and more often in the end."""
        bay = self._bays[WORSE_BAY % len(self._bays)]
        times = self._random.choice((1, 1, 2)) if part > WORSE_FROM else 0
        if part <= WORSE_FROM and self._random.random() < 0.06:
            times, bay = 1, self._random.choice(self._bays)
        for _ in range(times):
            at = round(began + self._random.uniform(0.0, 0.9) * DAY_S, 1)
            fault = self._random.choice((Fault.NO_RESPONSE, Fault.NO_RESPONSE, Fault.NOISE))
            self.records.append(
                FaultSpell(
                    spell_id=self._new_id(at),
                    key=bay.record.bay_id,
                    began=at,
                    ended=at + round(self._random.uniform(4.0, 95.0)) * MINUTE_S,
                    bay=bay.record,
                    fault=fault.value,
                )
            )

    def _count(self, at: float) -> None:
        """Record how many bays are in which state."""
        counts: defaultdict[Group, Counter[BayState]] = defaultdict(Counter)
        for bay in self._bays:
            counts[bay.record.group][bay.state] += 1
        self.records.append(CountRecord(at=at, counts=counts))

    def _new_id(self, at: float) -> int:
        """Return an id such as the record gives."""
        self._id += 1
        return (int(at * 1000) << 20) + self._id % (1 << 20)


def write_history(
    path: Path,
    entry_id: str,
    bays: Sequence[BayRecord],
    options: Mapping[str, Any],
    now: datetime,
) -> int:
    """Write what has happened in a lot until now; return how many changes that were."""
    zone = now.tzinfo
    if zone is None:
        raise ValueError(now)
    first = (now - timedelta(weeks=WEEKS)).date()
    store = HistoryStore(file_address(path), entry_id, zone)
    store.open(midnight(first, zone))
    street, written = Street(bays, options, zone), 0
    for until, records in street.live(first, now):
        store.write(Batch(new_batch_id(), until, records))
        written += len(records)
    store.write(Batch(new_batch_id(), now.timestamp(), street.at_last()))
    store.mark_closed()
    store.close()
    return written
