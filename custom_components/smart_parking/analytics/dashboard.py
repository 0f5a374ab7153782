"""Data of the statistics view for a period, and for the one that it is compared with."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from homeassistant.util.json import JsonObjectType, JsonValueType
from sqlalchemy import Connection

from ..lot.analytics.dwell import shown_histogram
from ..lot.analytics.periods import Period, split_by_day
from ..lot.analytics.records import GuidanceEventType
from ..lot.analytics.usage import GroupBy, Usage
from . import queries
from .queries import FaultSum, GuidanceSum, Names
from .report import (
    Cell,
    ReportQuery,
    Table,
    availability,
    query_table,
    rounded,
    table_rows,
    total_row,
)

_TOP: Final = 10
# By hour on a single day, by day up to a quarter, by week up to a year and a half, then by month.
_DAYS_MAX: Final = 92
_WEEKS_MAX: Final = 550
# A sensor gets worse when it fails at least this often, and more than twice as often as before.
_WORSE_FAULTS: Final = 3

# Data for the dashboard.


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The data of the statistics view for one period."""

    query: ReportQuery
    days: Table
    bays: Table
    kinds: Table
    zones: Table
    levels: Table
    weekdays: Table
    week_hours: Mapping[tuple[int, int], Usage]
    full: Sequence[tuple[float, float]]
    guidance: Sequence[GuidanceSum]
    faults: Mapping[tuple[int, str], FaultSum]
    overstays: Sequence[queries.Overstay]
    wifi_visits: int


def query_dashboard(connection: Connection, lot_id: int, query: ReportQuery) -> Dashboard:
    """Return the data of the statistics view for a period."""

    def table(by: GroupBy) -> Table:
        return query_table(connection, lot_id, query, by)

    days = table(GroupBy.DAY)
    return Dashboard(
        query,
        days,
        table(GroupBy.BAY),
        table(GroupBy.KIND),
        table(GroupBy.ZONE),
        table(GroupBy.LEVEL),
        table(GroupBy.WEEKDAY),
        query.once(queries.usage_by_week_hour, connection, lot_id),
        queries.full_spells(connection, lot_id, query.span, query.now),
        query.once(queries.guidance_by_day, connection, lot_id),
        query.once(queries.faults, connection, lot_id),
        queries.overstays(connection, lot_id, query.span, days.names),
        queries.wifi_visits(connection, lot_id, query.days),
    )


def series_unit(period: Period) -> GroupBy:
    """Return the unit into which a chart divides a period."""
    if period.days == 1:
        return GroupBy.HOUR
    if period.days <= _DAYS_MAX:
        return GroupBy.DAY
    return GroupBy.WEEK if period.days <= _WEEKS_MAX else GroupBy.MONTH


def period_data(period: Period | None) -> JsonObjectType | None:
    """Return a period as data."""
    if period is None:
        return None
    return {
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
        "days": period.days,
    }


def dashboard_data(shown: Dashboard, series: Table, before: Table | None) -> JsonObjectType:
    """Return the view of a period as JSON data; `before` is the period to compare with."""
    query = shown.query
    bays = table_rows(shown.bays)
    # What has been removed is neither busy nor idle.
    present = [row for row in bays if row["bay_id"] in query.bays]
    return {
        "totals": total_row(shown.days),
        "totals_before": None if before is None else total_row(before),
        "is_exact": shown.days.is_exact,
        "unit": series.by.value,
        "series": _list(table_rows(series)),
        "series_before": None if before is None else _list(table_rows(before)),
        "histogram": [
            {"from_s": begins, "until_s": ends, "stays": stays}
            for begins, ends, stays in shown_histogram(shown.days.total.histogram)
        ],
        "by_weekday": _list(table_rows(shown.weekdays)),
        "by_kind": _list(table_rows(shown.kinds)),
        "by_zone": _list(table_rows(shown.zones)),
        "by_level": _list(table_rows(shown.levels)),
        "week_hours": _week_hours(shown.week_hours),
        "first_full": _first_full(query, shown.full),
        "bays": _list(bays),
        "busiest": _ends(present, is_most=True),
        "idle": _ends(present, is_most=False),
        "overstays": _overstays(shown),
        "guidance": _guidance(shown),
        "lost_revenue": _lost_revenue(shown),
        "wifi_visits": shown.wifi_visits,
        "faults": _faults(shown),
    }


def _list(rows: Sequence[JsonObjectType]) -> JsonValueType:
    """Return rows as data."""
    return list(rows)


def _week_hours(usages: Mapping[tuple[int, int], Usage]) -> JsonValueType:
    """Return the occupancy of each weekday (Monday first) and hour; null where it is unknown."""
    nothing = Usage()
    return [
        [rounded(usages.get((weekday, hour), nothing).occupancy, 4) for hour in range(24)]
        for weekday in range(7)
    ]


def _first_full(query: ReportQuery, full: Sequence[tuple[float, float]]) -> JsonValueType:
    """Return when the lot was first full, for each day on which it was."""
    first: dict[int, float] = {}
    seconds: defaultdict[int, float] = defaultdict(float)
    for began, ended in full:
        at = began
        for day, some in split_by_day(began, ended, query.zone):
            first.setdefault(day, at)
            seconds[day] += some
            at += some
    return [
        {
            "day": date.fromordinal(day).isoformat(),
            "at": datetime.fromtimestamp(at, query.zone).isoformat(timespec="seconds"),
            "full_s": round(seconds[day], 1),
        }
        for day, at in sorted(first.items())
    ]


def _ends(bays: Sequence[JsonObjectType], *, is_most: bool) -> JsonValueType:
    """Return the ids of the most used bays, or of the least used."""

    def used(row: JsonObjectType) -> tuple[float, float]:
        vehicles, seconds = row["vehicles"], row["occupied_s"]
        return (
            float(vehicles) if isinstance(vehicles, int) else 0.0,
            float(seconds) if isinstance(seconds, float) else 0.0,
        )

    return [row["bay_id"] for row in sorted(bays, key=used, reverse=is_most)[:_TOP]]


def _overstays(shown: Dashboard) -> JsonObjectType:
    """Return the current stays that are too long, and the past ones."""
    query = shown.query
    return {
        "now": _list([row for row in long_stays(query) if row["over_s"]]),
        "period": [
            {
                "bay": one.bay.label,
                "bay_id": one.bay.bay_id,
                "arrived": _iso(one.arrived, query.zone),
                "left": None if one.left is None else _iso(one.left, query.zone),
                "over_s": round(one.over_s),
                "is_estimated": one.is_estimated,
            }
            for one in shown.overstays
        ],
    }


def long_stays(query: ReportQuery) -> list[JsonObjectType]:
    """Return the open stays, the longest first, and by how much they are too long."""
    rows: list[JsonObjectType] = []
    for stay in sorted(query.stays, key=lambda one: one.began):
        duration_s, limit_s = stay.duration_s(query.now), query.limit_s(stay.bay)
        rows.append(
            {
                "bay": stay.bay.label,
                "bay_id": stay.bay.bay_id,
                "level": stay.bay.level,
                "kind": stay.bay.kind,
                "zone": stay.bay.zone,
                "arrived": _iso(stay.began, query.zone),
                "stay_s": round(duration_s),
                "limit_s": limit_s,
                "over_s": 0 if limit_s is None else max(0, round(duration_s - limit_s)),
                "is_estimated": stay.is_estimated,
            }
        )
    return rows


def _guidance(shown: Dashboard) -> JsonObjectType:
    """Return the numbers of guidance."""
    events, reasons, away = Counter[str](), Counter[str](), Counter[str]()
    waits, waited_s = 0, 0.0
    for one in shown.guidance:
        events[one.event] += one.events
        waits += one.waits
        waited_s += one.waited_s
        if one.event == GuidanceEventType.RE_GUIDED:
            reasons[one.reason] += one.events
        elif one.event == GuidanceEventType.TURNED_AWAY:
            away[one.reason] += one.events
    usage = shown.days.total.usage
    sent = events[GuidanceEventType.GUIDED]
    arrived = events[GuidanceEventType.ARRIVED]
    return {
        "guided_share": rounded(usage.guided / usage.vehicles if usage.vehicles else None, 4),
        "found_share": rounded(min(1.0, arrived / sent) if sent else None, 4),
        "minutes_to_park": rounded(waited_s / waits / 60.0 if waits else None, 1),
        "events": dict(events),
        "re_guided": dict(reasons),
        "turned_away": dict(away),
    }


def _lost_revenue(shown: Dashboard) -> float | None:
    """Return the estimated fees of drivers who were turned away."""
    total = shown.days.total
    if not total.usage.vehicles:
        return None
    return round(total.turned_away * total.usage.fee / total.usage.vehicles, 2)


def _faults(shown: Dashboard) -> JsonObjectType:
    """Return the sensors that fail, and those that get worse."""
    names, query = shown.days.names, shown.query
    kinds: defaultdict[str, FaultSum] = defaultdict(lambda: FaultSum(0, 0.0))
    of_bay: defaultdict[int, dict[str, FaultSum]] = defaultdict(dict)
    for (bay_key, fault), one in shown.faults.items():
        before = kinds[fault]
        kinds[fault] = FaultSum(before.faults + one.faults, before.seconds + one.seconds)
        of_bay[bay_key][fault] = one
    ordered = sorted(
        of_bay.items(), key=lambda item: sum(one.seconds for one in item[1].values()), reverse=True
    )
    return {
        "by_fault": {
            fault: {"faults": one.faults, "seconds": round(one.seconds, 1)}
            for fault, one in kinds.items()
        },
        "bays": [
            {
                "bay": names.bays[bay_key].label,
                "bay_id": names.bays[bay_key].bay_id,
                "faults": sum(one.faults for one in found.values()),
                "fault_s": round(sum(one.seconds for one in found.values()), 1),
                "availability": rounded(
                    availability(
                        query, Cell(fault_s=sum(one.seconds for one in found.values())), 1
                    ),
                    4,
                ),
                "kinds": {fault: one.faults for fault, one in found.items()},
            }
            for bay_key, found in ordered
            if bay_key in names.bays
        ],
    }


def worse_bays(
    now: Mapping[tuple[int, str], FaultSum],
    before: Mapping[tuple[int, str], FaultSum],
    names: Names,
) -> list[str]:
    """Return the ids of bays whose sensors fail clearly more often than in the period before."""
    counts: list[Counter[int]] = [Counter(), Counter()]
    for number, faults in enumerate((now, before)):
        for (bay_key, _), one in faults.items():
            counts[number][bay_key] += one.faults
    return [
        names.bays[bay_key].bay_id
        for bay_key, faults in counts[0].most_common()
        if faults >= _WORSE_FAULTS and faults > 2 * counts[1][bay_key] and bay_key in names.bays
    ]


def _iso(at: float, zone: tzinfo) -> str:
    """Return a time in ISO 8601, as people and templates read it."""
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def without_money(data: JsonValueType) -> JsonValueType:
    """Return data without fees, for users who are no administrators."""
    match data:
        case dict():
            shown_data = {key: one for key, one in data.items() if key not in _MONEY}
            return {key: without_money(one) for key, one in shown_data.items()}
        case list():
            return [without_money(one) for one in data]
    return data


_MONEY: Final = ("revenue", "lost_revenue")
