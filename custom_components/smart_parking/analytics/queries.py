"""Queries of a lot's history, answered from sums, so that a year takes less than a second.

Days are ordinals; the end of a span is exclusive.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from ..lot.analytics.records import BayRecord, Group
from ..lot.analytics.usage import Usage
from . import schema as s
from .sums import month_of

# Up to this many stays, medians are exact; beyond, they are estimated from classes of durations.
EXACT_MAX = 20_000
OVERSTAYS_MAX = 100


class Days(NamedTuple):
    """Local days, as ordinals."""

    first: int
    end: int


class Duration(NamedTuple):
    """The duration of a stay, with its arrival."""

    arrived: float
    duration_s: float
    bay: BayRecord


@dataclass(frozen=True, slots=True)
class Names:
    """The objects behind the ids in the tables."""

    bays: Mapping[int, BayRecord]
    """The newest record of each bay, by bay key."""
    places: Mapping[int, BayRecord]
    groups: Mapping[int, Group]


class FaultSum(NamedTuple):
    """Number and duration of a bay's faults."""

    faults: int
    seconds: float


class Overstay(NamedTuple):
    """A stay that was too long."""

    bay: BayRecord
    arrived: float
    left: float | None
    over_s: float
    is_estimated: bool


def names(connection: Connection, lot_id: int) -> Names:
    """Return the objects behind the ids of a lot."""
    groups = {
        one.group_id: Group(kind=one.kind, level=one.level, zone=one.zone)
        for one in connection.execute(select(s.GROUPS).where(s.GROUPS.c.lot_id == lot_id))
    }
    bays = connection.execute(select(s.BAYS).where(s.BAYS.c.lot_id == lot_id)).all()
    bay_ids = {one.bay_key: one.bay_id for one in bays}
    places: dict[int, BayRecord] = {}
    newest: dict[int, BayRecord] = {}
    of_lot = select(s.PLACES).where(s.PLACES.c.lot_id == lot_id).order_by(s.PLACES.c.place_id)
    for one in connection.execute(of_lot):
        group = groups[one.group_id]
        places[one.place_id] = newest[one.bay_key] = BayRecord(
            bay_id=bay_ids[one.bay_key],
            label=one.label,
            kind=group.kind,
            level=group.level,
            zone=group.zone,
        )
    newest |= {one.bay_key: places[one.place_id] for one in bays if one.place_id in places}
    return Names(newest, places, groups)


def _sums(table: Table) -> list[ColumnElement[Any]]:
    """Return the sums of all columns of a table that can be added up."""
    keys = {column.name for column in table.primary_key}
    return [func.sum(one).label(one.name) for one in table.columns if one.name not in keys]


def _usage(
    connection: Connection, lot_id: int, days: Days, *by: ColumnElement[Any]
) -> Sequence[Row[Any]]:
    """Return the sums of hours."""
    hours = s.HOURS.c
    return connection.execute(
        select(*by, *_sums(s.HOURS))
        .where(hours.lot_id == lot_id, hours.day >= days.first, hours.day < days.end)
        .group_by(*by)
    ).all()


def _named(row: Row[Any]) -> dict[str, Any]:
    """Return the columns of a row by name."""
    return row._asdict()


def _mapped(rows: Sequence[Row[Any]]) -> dict[int, Usage]:
    """Return sums by the first column."""
    return {int(row[0]): Usage.of(_named(row)) for row in rows}


def usage_by_day(connection: Connection, lot_id: int, days: Days) -> dict[int, Usage]:
    """Return the usage of each day."""
    return _mapped(_usage(connection, lot_id, days, s.HOURS.c.day))


def usage_by_hour(connection: Connection, lot_id: int, days: Days) -> dict[int, Usage]:
    """Return the usage of each hour of the day; -1 is the rest of old days."""
    return _mapped(_usage(connection, lot_id, days, s.HOURS.c.hour))


def usage_by_group(connection: Connection, lot_id: int, days: Days) -> dict[int, Usage]:
    """Return the usage of each group, by its id."""
    return _mapped(_usage(connection, lot_id, days, s.HOURS.c.group_id))


def usage_by_week_hour(
    connection: Connection, lot_id: int, days: Days
) -> dict[tuple[int, int], Usage]:
    """Return the usage by weekday (Monday is 0) and hour."""
    weekday = ((s.HOURS.c.day + 6) % 7).label("weekday")
    return {
        (int(row[0]), int(row[1])): Usage.of(_named(row))
        for row in _usage(connection, lot_id, days, weekday, s.HOURS.c.hour)
        if row[1] >= 0
    }


def usage_by_bay(connection: Connection, lot_id: int, days: Days) -> dict[int, Usage]:
    """Return the usage of each bay, by its key: sums of whole months, and of the other days."""
    found: defaultdict[int, Usage] = defaultdict(Usage)
    months, singly = _whole_months(days)
    if months is not None:
        _add_bays(connection, found, s.BAY_MONTHS, lot_id, s.BAY_MONTHS.c.month, months)
    for span in singly:
        _add_bays(connection, found, s.BAY_DAYS, lot_id, s.BAY_DAYS.c.day, span)
    return dict(found)


def _add_bays(
    connection: Connection,
    found: defaultdict[int, Usage],
    table: Table,
    lot_id: int,
    column: ColumnElement[int],
    span: Days,
) -> None:
    """Add the sums of bays within a span of days or months."""
    rows = connection.execute(
        select(table.c.bay_key, *_sums(table))
        .where(table.c.lot_id == lot_id, column >= span.first, column < span.end)
        .group_by(table.c.bay_key)
    )
    for row in rows:
        found[row.bay_key].add(Usage.of(_named(row)))


def _whole_months(days: Days) -> tuple[Days | None, list[Days]]:
    """Return the whole months in a span of days, and the days before and after them."""
    first, end = date.fromordinal(days.first), date.fromordinal(days.end)
    begins = first if first.day == 1 else _next_month(first)
    ends = end.replace(day=1)
    if begins >= ends:
        return None, [days]
    months = Days(month_of(begins.toordinal()), month_of(ends.toordinal()))
    around = [Days(days.first, begins.toordinal()), Days(ends.toordinal(), days.end)]
    return months, [one for one in around if one.first < one.end]


def _next_month(day: date) -> date:
    """Return the first of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def durations(
    connection: Connection, lot_id: int, span: tuple[float, float], known: Names
) -> list[Duration]:
    """Return the measured stays of those that arrived within a time."""
    stays = s.STAYS.c
    rows = connection.execute(
        select(stays.place_id, stays.arrived, stays.left)
        .where(
            stays.lot_id == lot_id,
            stays.arrived >= span[0],
            stays.arrived < span[1],
            stays.left.is_not(None),
        )
        .where(_is_measured())
    )
    return [
        Duration(one.arrived, one.left - one.arrived, known.places[one.place_id]) for one in rows
    ]


def _is_measured() -> ColumnElement[bool]:
    """Return the condition of `Stay.is_measured`."""
    stays = s.STAYS.c
    blur_s = stays.arrived_error_s + stays.left_error_s + stays.unknown_s
    is_near = (blur_s <= 60.0) | (blur_s <= 0.1 * (stays.left - stays.arrived))
    return is_near & (stays.is_estimated.is_(False) | (blur_s > 0.0))


def classes_by_day(connection: Connection, lot_id: int, days: Days) -> dict[int, Counter[int]]:
    """Return the number of stays in each class of durations, by day."""
    return _classes(connection, lot_id, days, s.DWELL_DAYS.c.day)


def classes_by_group(connection: Connection, lot_id: int, days: Days) -> dict[int, Counter[int]]:
    """Return the number of stays in each class of durations, by the id of the group."""
    return _classes(connection, lot_id, days, s.DWELL_DAYS.c.group_id)


def _classes(
    connection: Connection, lot_id: int, days: Days, by: ColumnElement[int]
) -> dict[int, Counter[int]]:
    """Return the number of stays in each class."""
    dwell = s.DWELL_DAYS.c
    rows = connection.execute(
        select(by, dwell["class"], func.sum(dwell.stays))
        .where(dwell.lot_id == lot_id, dwell.day >= days.first, dwell.day < days.end)
        .group_by(by, dwell["class"])
    )
    found: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for key, number, stays in rows:
        found[key][number] += int(stays)
    return dict(found)


def full_spells(
    connection: Connection, lot_id: int, span: tuple[float, float], now: float
) -> list[tuple[float, float]]:
    """Return the times when the lot was full, in order."""
    full = s.FULL.c
    rows = connection.execute(
        select(full.began, full.ended)
        .where(
            full.lot_id == lot_id,
            full.began < span[1],
            full.ended.is_(None) | (full.ended > span[0]),
        )
        .order_by(full.began)
    )
    return [
        (max(began, span[0]), min(now if ended is None else ended, span[1]))
        for began, ended in rows
    ]


class GuidanceSum(NamedTuple):
    """Number of events of guidance; `at` is a day or an hour of the day."""

    at: int
    event: str
    reason: str
    kind: str
    events: int
    waits: int
    waited_s: float


def guidance_by_day(connection: Connection, lot_id: int, days: Days) -> list[GuidanceSum]:
    """Return the events of guidance, by day, event, reason and kind."""
    return _guidance(connection, lot_id, days, s.GUIDANCE_HOURS.c.day)


def guidance_by_hour(connection: Connection, lot_id: int, days: Days) -> list[GuidanceSum]:
    """Return the events of guidance, by hour of the day, event, reason and kind."""
    return _guidance(connection, lot_id, days, s.GUIDANCE_HOURS.c.hour)


def _guidance(
    connection: Connection, lot_id: int, days: Days, by: ColumnElement[int]
) -> list[GuidanceSum]:
    """Return the events of guidance."""
    table = s.GUIDANCE_HOURS.c
    keys = by, table.event, table.reason, table.kind
    rows = connection.execute(
        select(*keys, func.sum(table.events), func.sum(table.waits), func.sum(table.waited_s))
        .where(table.lot_id == lot_id, table.day >= days.first, table.day < days.end)
        .group_by(*keys)
    )
    return [
        GuidanceSum(at, event, reason, kind, int(events), int(waits), float(waited_s))
        for at, event, reason, kind, events, waits, waited_s in rows
    ]


def faults(connection: Connection, lot_id: int, days: Days) -> dict[tuple[int, str], FaultSum]:
    """Return the faults by bay key and kind of fault."""
    table = s.FAULT_DAYS.c
    rows = connection.execute(
        select(table.bay_key, table.fault, func.sum(table.faults), func.sum(table.seconds))
        .where(table.lot_id == lot_id, table.day >= days.first, table.day < days.end)
        .group_by(table.bay_key, table.fault)
    )
    return {(key, fault): FaultSum(int(number), float(sec)) for key, fault, number, sec in rows}


def occupied_counts(
    connection: Connection, lot_id: int, span: tuple[float, float]
) -> list[tuple[int, int]]:
    """Return how many bays were occupied at the times at which that was counted."""
    table = s.COUNTS.c
    rows = connection.execute(
        select(table.at, func.sum(table.occupied))
        .where(table.lot_id == lot_id, table.at >= span[0], table.at < span[1])
        .group_by(table.at)
        .order_by(table.at)
    )
    return [(int(at), int(occupied)) for at, occupied in rows]


def wifi_visits(connection: Connection, lot_id: int, days: Days) -> int:
    """Return how many phones have joined the Wi-Fi."""
    table = s.VISIT_DAYS.c
    visits = select(func.sum(table.visits)).where(
        table.lot_id == lot_id, table.day >= days.first, table.day < days.end
    )
    return int(connection.scalar(visits) or 0)


def overstays(
    connection: Connection, lot_id: int, span: tuple[float, float], known: Names
) -> list[Overstay]:
    """Return the stays that were too long, the longest first."""
    stays = s.STAYS.c
    rows = connection.execute(
        select(stays.place_id, stays.arrived, stays.left, stays.over_s, stays.is_estimated)
        .where(
            stays.lot_id == lot_id,
            stays.over_s > 0.0,
            stays.arrived >= span[0],
            stays.arrived < span[1],
        )
        .order_by(stays.over_s.desc())
        .limit(OVERSTAYS_MAX)
    )
    return [Overstay(known.places[one.place_id], *one[1:]) for one in rows]


def ended_since(
    connection: Connection, lot_id: int, at: float, within_s: float
) -> tuple[int, float]:
    """Return the number of measured stays that ended since a time, and the sum of their durations.

    Those that began more than `within_s` before that are left out.
    """
    stays = s.STAYS.c
    row = connection.execute(
        select(func.count(), func.sum(stays.left - stays.arrived)).where(
            stays.lot_id == lot_id,
            stays.arrived >= at - within_s,
            stays.left >= at,
            _is_measured(),
        )
    ).one()
    return int(row[0]), float(row[1] or 0.0)


def arrived_since(connection: Connection, lot_id: int, at: float) -> int:
    """Return the number of vehicles that have arrived since a time, still there or not."""
    stays = s.STAYS.c
    return int(
        connection.scalar(select(func.count()).where(stays.lot_id == lot_id, stays.arrived >= at))
        or 0
    )
