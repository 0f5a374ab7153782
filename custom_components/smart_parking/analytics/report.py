"""Reports of a period: a table with one of several groupings, and its totals."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
import csv
from dataclasses import dataclass, field
from datetime import date, tzinfo
import io
from typing import Any

from homeassistant.util.json import JsonObjectType
from sqlalchemy import Connection

from ..lot.analytics.dwell import class_of, quantile, quantile_of_classes
from ..lot.analytics.periods import Period, bucket_of, split_by_day, split_by_hour
from ..lot.analytics.records import BayRecord, GuidanceEventType, Stay
from ..lot.analytics.usage import GroupBy, Usage
from ..text_input import as_cell
from . import queries
from .queries import EXACT_MAX, Days, Names

type Key = int | str
"""A day's ordinal, an hour, a weekday, a month, a bay id, or the name of a group."""


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """A query, with the current state that is not in the database."""

    period: Period
    zone: tzinfo
    now: float
    first_at: float
    stays: Sequence[Stay]
    """The open stays."""
    bays: Mapping[str, BayRecord]
    """The current bays."""
    limit_s: Callable[[BayRecord], float | None]
    answers: dict[object, Any] = field(default_factory=dict)
    """Answers so far, by question: tables have many questions in common."""

    def once[T](
        self, question: Callable[[Connection, int, Days], T], connection: Connection, lot_id: int
    ) -> T:
        """Return the answer to a question about the period, which is asked once."""
        if question not in self.answers:
            self.answers[question] = question(connection, lot_id, self.days)
        answer: T = self.answers[question]
        return answer

    @property
    def span(self) -> tuple[float, float]:
        """Begin and end, in seconds since the epoch."""
        return self.period.bounds(self.zone)

    @property
    def days(self) -> Days:
        """The days, as ordinals."""
        return Days(self.period.first.toordinal(), self.period.last.toordinal() + 1)

    @property
    def observed(self) -> tuple[float, float]:
        """The part of it that lies in the past, since the history began."""
        began, ended = self.span
        began = max(began, self.first_at)
        return began, max(began, min(ended, self.now))

    @property
    def observed_s(self) -> float:
        """Its duration, in seconds."""
        return self.observed[1] - self.observed[0]

    @property
    def observed_days(self) -> list[int]:
        """The days with a history, as ordinals."""
        return [day for day, _ in split_by_day(*self.observed, self.zone)]

    def key_of_day(self, day: int, by: GroupBy) -> Key:
        """Return the key of a day."""
        of = date.fromordinal(day)
        match by:
            case GroupBy.WEEKDAY:
                return of.weekday()
            case GroupBy.WEEK:
                return day - of.weekday()
            case GroupBy.MONTH:
                return day - of.day + 1
        return day

    def key_of_bay(self, bay: BayRecord, by: GroupBy) -> Key:
        """Return the key of a bay."""
        match by:
            case GroupBy.LEVEL:
                return bay.level
            case GroupBy.KIND:
                return bay.kind
            case GroupBy.ZONE:
                return bay.zone
        return bay.bay_id

    def key_at(self, at: float, bay: BayRecord, by: GroupBy) -> Key:
        """Return the key of an event in a bay at a time."""
        if not by.is_of_time:
            return self.key_of_bay(bay, by)
        bucket = bucket_of(at, self.zone)
        return bucket.hour if by is GroupBy.HOUR else self.key_of_day(bucket.day, by)


@dataclass(slots=True)
class Cell:
    """One row of a table."""

    usage: Usage = field(default_factory=Usage)
    durations: list[float] = field(default_factory=list)
    classes: Counter[int] = field(default_factory=Counter)
    full_s: float = 0.0
    turned_away: int = 0
    faults: int = 0
    fault_s: float = 0.0

    def quantile(self, share: float) -> float | None:
        """Return the quantile of the durations for a share, in seconds."""
        if self.durations:
            return quantile(sorted(self.durations), share)
        return quantile_of_classes(self.classes, share)

    @property
    def histogram(self) -> Counter[int]:
        """The number of stays in each class of durations."""
        return Counter(map(class_of, self.durations)) if self.durations else self.classes


@dataclass(slots=True)
class Table:
    """A table of a period, and its total."""

    query: ReportQuery
    by: GroupBy
    cells: defaultdict[Key, Cell]
    total: Cell
    names: Names
    is_exact: bool
    """Whether medians are of the stays themselves."""

    _days: Counter[Key] = field(init=False)
    _bays: Counter[Key] = field(init=False)

    def __post_init__(self) -> None:
        """Count the days and the bays of each row."""
        query, by = self.query, self.by
        days, bays = query.observed_days, query.bays.values()
        self._days = Counter(query.key_of_day(day, by) for day in days)
        self._bays = Counter(query.key_of_bay(bay, by) for bay in bays)

    def days_of(self, key: Key | None) -> int:
        """Return the number of recorded days of a row; of all without a key."""
        if key is not None and self.by.is_of_time and self.by is not GroupBy.HOUR:
            return self._days[key]
        return self._days.total()

    def bays_of(self, key: Key | None) -> int:
        """Return the number of bays of a row; of all without a key."""
        is_of_all = key is None or self.by.is_of_time
        return self._bays.total() if is_of_all or key is None else self._bays[key]


def _names(connection: Connection, lot_id: int, _days: Days) -> Names:
    """Return the objects behind the ids."""
    return queries.names(connection, lot_id)


def query_table(connection: Connection, lot_id: int, query: ReportQuery, by: GroupBy) -> Table:
    """Return a table of a period."""
    known = query.once(_names, connection, lot_id)
    table = Table(query, by, defaultdict(Cell), Cell(), known, is_exact=True)
    _add_usage(connection, lot_id, table)
    _add_open(table)
    _add_durations(connection, lot_id, table)
    _add_full(connection, lot_id, table)
    _add_turned_away(connection, lot_id, table)
    _add_faults(connection, lot_id, table)
    return table


def _add_usage(connection: Connection, lot_id: int, table: Table) -> None:
    """Add the sums of stays and counts."""
    query, by, names = table.query, table.by, table.names
    match by:
        case GroupBy.BAY:
            of_bays = query.once(queries.usage_by_bay, connection, lot_id)
            for key, usage in of_bays.items():
                table.cells[names.bays[key].bay_id].usage.add(usage)
        case GroupBy.HOUR:
            for hour, usage in query.once(queries.usage_by_hour, connection, lot_id).items():
                if hour >= 0:
                    table.cells[hour].usage.add(usage)
        case _ if by.is_of_time:
            for day, usage in query.once(queries.usage_by_day, connection, lot_id).items():
                table.cells[query.key_of_day(day, by)].usage.add(usage)
        case _:
            of_groups = query.once(queries.usage_by_group, connection, lot_id)
            for group_id, usage in of_groups.items():
                group = names.groups[group_id]
                table.cells[str(getattr(group, by.value))].usage.add(usage)
    for cell in table.cells.values():
        table.total.usage.add(cell.usage)


def _add_open(table: Table) -> None:
    """Add the open stays, as far as they are within the period."""
    query, by = table.query, table.by
    began, ended = query.observed
    for stay in query.stays:
        has_arrived = query.span[0] <= stay.began < query.span[1]
        if has_arrived:
            cell = table.cells[query.key_at(stay.began, stay.bay, by)]
            cell.usage.add_open(stay, arrived=True, occupied_s=0.0)
            table.total.usage.add_open(stay, arrived=True, occupied_s=0.0)
        for key, seconds in _parts(query, by, stay, max(stay.began, began), ended):
            table.cells[key].usage.occupied_s += seconds
            table.total.usage.occupied_s += seconds


def _parts(
    query: ReportQuery, by: GroupBy, stay: Stay, began: float, ended: float
) -> Iterable[tuple[Key, float]]:
    """Yield the keys of a stay's seconds."""
    if not by.is_of_time:
        if began < ended:
            yield query.key_of_bay(stay.bay, by), ended - began
    elif by is GroupBy.HOUR:
        for bucket, seconds in split_by_hour(began, ended, query.zone):
            yield bucket.hour, seconds
    else:
        for day, seconds in split_by_day(began, ended, query.zone):
            yield query.key_of_day(day, by), seconds


def _add_durations(connection: Connection, lot_id: int, table: Table) -> None:
    """Add the durations of stays: each one of them, unless there are too many."""
    query, by, names = table.query, table.by, table.names
    if table.total.usage.measured <= EXACT_MAX:
        for one in queries.durations(connection, lot_id, query.span, names):
            table.cells[query.key_at(one.arrived, one.bay, by)].durations.append(one.duration_s)
            table.total.durations.append(one.duration_s)
        return
    table.is_exact = False
    total = table.total.classes
    if by in (GroupBy.LEVEL, GroupBy.KIND, GroupBy.ZONE):
        for group_id, classes in query.once(queries.classes_by_group, connection, lot_id).items():
            table.cells[str(getattr(names.groups[group_id], by.value))].classes.update(classes)
            total.update(classes)
        return
    for day, classes in query.once(queries.classes_by_day, connection, lot_id).items():
        total.update(classes)
        if by.is_of_time and by is not GroupBy.HOUR:
            table.cells[query.key_of_day(day, by)].classes.update(classes)


def _add_full(connection: Connection, lot_id: int, table: Table) -> None:
    """Add the time in which the lot was full."""
    query, by = table.query, table.by
    for began, ended in queries.full_spells(connection, lot_id, query.span, query.now):
        table.total.full_s += max(0.0, ended - began)
        if by is GroupBy.HOUR:
            for bucket, seconds in split_by_hour(began, ended, query.zone):
                table.cells[bucket.hour].full_s += seconds
        elif by.is_of_time:
            for day, seconds in split_by_day(began, ended, query.zone):
                table.cells[query.key_of_day(day, by)].full_s += seconds


def _add_turned_away(connection: Connection, lot_id: int, table: Table) -> None:
    """Add the number of drivers who were turned away."""
    query, by = table.query, table.by
    ask = queries.guidance_by_hour if by is GroupBy.HOUR else queries.guidance_by_day
    for one in query.once(ask, connection, lot_id):
        if one.event != GuidanceEventType.TURNED_AWAY:
            continue
        table.total.turned_away += one.events
        if by is GroupBy.KIND:
            table.cells[one.kind].turned_away += one.events
        elif by.is_of_time and one.at >= 0:
            key = one.at if by is GroupBy.HOUR else query.key_of_day(one.at, by)
            table.cells[key].turned_away += one.events


def _add_faults(connection: Connection, lot_id: int, table: Table) -> None:
    """Add the number and duration of faults."""
    for (bay_key, _), one in table.query.once(queries.faults, connection, lot_id).items():
        table.total.faults += one.faults
        table.total.fault_s += one.seconds
        if not table.by.is_of_time and bay_key in table.names.bays:
            bay = table.names.bays[bay_key]
            cell = table.cells[table.query.key_of_bay(bay, table.by)]
            cell.faults += one.faults
            cell.fault_s += one.seconds


# Response data.


def table_rows(table: Table) -> list[JsonObjectType]:
    """Return the rows of a table, times in order, bays by label, groups by name."""
    query, by = table.query, table.by
    keys: set[Key] = set(table.cells)
    if by is GroupBy.BAY:
        keys |= query.bays.keys()
    elif by.is_of_time and by is not GroupBy.HOUR:
        keys |= {query.key_of_day(day, by) for day in query.observed_days}
    of_bays = {bay.bay_id: bay for bay in table.names.bays.values()} | dict(query.bays)
    rows = [
        {**_named(key, by, of_bays), **_numbers(table, table.cells[key], key)}
        for key in sorted(keys, key=str if not by.is_of_time else None)
    ]
    if by is GroupBy.BAY:
        rows.sort(key=lambda row: str(row["bay"]))
    return rows


def total_row(table: Table) -> JsonObjectType:
    """Return the numbers of the whole period."""
    return _numbers(table, table.total, None)


def _named(key: Key, by: GroupBy, bays: Mapping[str, BayRecord]) -> JsonObjectType:
    """Return the name of a row."""
    match by:
        case GroupBy.BAY:
            bay = bays[str(key)]
            return {
                "bay": bay.label,
                "bay_id": bay.bay_id,
                "level": bay.level,
                "kind": bay.kind,
                "zone": bay.zone,
            }
        case GroupBy.DAY:
            return {"day": date.fromordinal(int(key)).isoformat()}
        case GroupBy.WEEK:
            year, week, _ = date.fromordinal(int(key)).isocalendar()
            return {"week": f"{year}-W{week:02d}"}
        case GroupBy.MONTH:
            return {"month": date.fromordinal(int(key)).isoformat()[:7]}
    return {by.value: key}


def _numbers(table: Table, cell: Cell, key: Key | None) -> JsonObjectType:
    """Return the numbers of a row; of the whole period without a key."""
    query, usage = table.query, cell.usage
    days, bays = table.days_of(key), table.bays_of(key)
    row: JsonObjectType = {
        "vehicles": usage.vehicles,
        "estimated": usage.estimated,
        "guided": usage.guided,
        "turnover": rounded(usage.vehicles / bays / days if bays and days else None, 3),
        "average_stay_s": rounded(usage.average_stay_s, 1),
        "median_stay_s": rounded(cell.quantile(0.5), 1),
        "p90_stay_s": rounded(cell.quantile(0.9), 1),
        "occupied_s": rounded(usage.occupied_s, 3),
        "occupancy": rounded(_occupancy(table, cell, key, bays), 4),
        "overstays": usage.overstays,
        "revenue": rounded(usage.fee, 2),
    }
    if key is None or table.by.is_of_time:
        row["full_s"] = rounded(cell.full_s, 3)
    if key is None or table.by.is_of_time or table.by is GroupBy.KIND:
        row["turned_away"] = cell.turned_away
    if key is None or not table.by.is_of_time:
        row["faults"] = cell.faults
        row["fault_s"] = rounded(cell.fault_s, 1)
        row["availability"] = rounded(availability(query, cell, bays), 4)
    return row


def _occupancy(table: Table, cell: Cell, key: Key | None, bays: int) -> float | None:
    """Return the share of occupied bays: from counts, or of one bay, from its stays."""
    if key is None or table.by is not GroupBy.BAY:
        return cell.usage.occupancy
    observed_s = table.query.observed_s
    return min(1.0, cell.usage.occupied_s / observed_s) if observed_s and bays else None


def availability(query: ReportQuery, cell: Cell, bays: int) -> float | None:
    """Return the share of time in which bays had no fault."""
    observed_s = query.observed_s * bays
    return max(0.0, 1.0 - cell.fault_s / observed_s) if observed_s else None


def rounded(value: float | None, digits: int) -> float | None:
    """Return a rounded number, or None."""
    return None if value is None else round(value, digits)


def as_csv(rows: Sequence[JsonObjectType]) -> str:
    """Return rows as comma-separated values (RFC 4180), with a header line."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: as_cell(one) if isinstance(one, str) else one for name, one in row.items()}
        )
    return text.getvalue()
