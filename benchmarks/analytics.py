"""A year of a large lot: how big it is, what writing costs, and how long each report takes.

benchmarks/analytics.py [--bays 5000] [--days 365] [--per-day 8] [--database URL] [--keep FILE]

Vehicles come by a believable day; their stays, and the sums of them, are made by the array and
written in bulk. What is measured then goes through the integration's own writer and queries.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from itertools import batched
from pathlib import Path
import tempfile
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, event, insert, text, update

from custom_components.smart_parking.analytics import queries, schema as s
from custom_components.smart_parking.analytics.dashboard import (
    dashboard_data,
    query_dashboard,
    series_unit,
)
from custom_components.smart_parking.analytics.engine import Address, file_address, parse_address
from custom_components.smart_parking.analytics.report import ReportQuery, query_table
from custom_components.smart_parking.analytics.store import Batch, HistoryStore, new_batch_id
from custom_components.smart_parking.analytics.sums import month_of
from custom_components.smart_parking.lot.analytics.dwell import EDGES_S
from custom_components.smart_parking.lot.analytics.periods import Period
from custom_components.smart_parking.lot.analytics.records import BayKnown, BayRecord, Stay
from custom_components.smart_parking.lot.analytics.usage import GroupBy

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

LAST = date(2026, 10, 31)
KINDS = ("standard", "standard", "standard", "ev", "accessible")
LEVELS = ("0", "1", "2", "3")
ZONES = ("Short stay", "Long stay")
DAY_S, HOUR_S = 86_400, 3_600
CHUNK = 20_000
BATCHES = 400
RUNS = 3


def bay_record(number: int) -> BayRecord:
    """Return one of the bays."""
    return BayRecord(
        bay_id=f"b{number:05d}",
        label=f"B{number:05d}",
        kind=KINDS[number % len(KINDS)],
        level=LEVELS[number % len(LEVELS)],
        zone=ZONES[number // 7 % 2],
    )


class Year:
    """Makes the history of a lot, day by day."""

    def __init__(
        self, connection: Connection, store: HistoryStore, bays: int, per_day: int
    ) -> None:
        """Write down the bays."""
        self._connection = connection
        self._lot = store.lot_id
        self._random = np.random.default_rng(1)
        self._per_day = per_day
        self._bays = [bay_record(number) for number in range(bays)]
        # Ids are the places in these, from 1, in an empty database.
        groups = sorted({bay.group for bay in self._bays}, key=str)
        self._group_of = np.array([groups.index(bay.group) + 1 for bay in self._bays])
        self._groups = len(groups)
        self._bay_keys = np.arange(1, bays + 1)
        self._sum_months: dict[int, list[Floats]] = {}
        self._id = 0
        self._insert(
            s.GROUPS,
            ({"kind": one.kind, "level": one.level, "zone": one.zone} for one in groups),
        )
        self._insert(
            s.BAYS,
            (
                {"bay_id": bay.bay_id, "place_id": key, "is_occupied": False}
                for key, bay in enumerate(self._bays, 1)
            ),
        )
        self._insert(
            s.PLACES,
            (
                {"bay_key": key, "label": bay.label, "group_id": int(self._group_of[key - 1])}
                for key, bay in enumerate(self._bays, 1)
            ),
        )

    def _insert(self, table: Any, rows: Iterator[dict[str, Any]] | Any) -> None:
        """Insert rows."""
        for some in batched(rows, CHUNK, strict=False):
            self._connection.execute(insert(table), [{**row, "lot_id": self._lot} for row in some])

    def add_day(self, day: int) -> int:
        """Write a day; return how many stays that were."""
        bays, per_day = len(self._bays), self._per_day
        began = (day - date(1970, 1, 1).toordinal()) * DAY_S
        # Each bay's stays and gaps fill the day, most of it between seven and nineteen.
        shares = self._random.gamma(2.0, 1.0, (bays, 2 * per_day + 1))
        times = np.cumsum(shares, axis=1)
        times = 6.5 * HOUR_S + times / times[:, -1:] * 13.0 * HOUR_S
        arrived = np.floor(times[:, 0:-1:2].ravel() * 10) / 10 + began
        left = np.floor(times[:, 1::2].ravel() * 10) / 10 + began
        bay = np.repeat(np.arange(bays), per_day)
        order = np.argsort(arrived, kind="stable")
        arrived, left, bay = arrived[order], left[order], bay[order]
        self._write_stays(arrived, left, bay)
        self._write_sums(day, arrived - began, left - began, bay)
        return len(arrived)

    def _write_stays(self, arrived: Floats, left: Floats, bay: Ints) -> None:
        """Write the stays themselves."""
        names = "lot_id, stay_id, place_id, arrived, left, arrived_error_s, left_error_s, unknown_s"
        marks = ":l, :i, :p, :a, :e, 0, 0, 0, :f, 'chance', NULL, 2.0, 0"
        statement = text(
            f"INSERT INTO {s.STAYS.name} ({names.replace(' left,', ' "left",')}, is_estimated,"  # noqa: S608  (names of ours)
            f" origin, outcome, fee, over_s) VALUES ({marks})"
        )
        if self._connection.dialect.name in ("mysql", "mariadb"):
            statement = text(str(statement).replace('"left"', "`left`"))
        rows = zip(arrived.tolist(), left.tolist(), (bay + 1).tolist(), strict=True)
        for some in batched(rows, CHUNK, strict=False):
            values = []
            for at, ended, place in some:
                self._id += 1
                values.append(
                    {"l": self._lot, "i": self._id, "p": place, "a": at, "e": ended, "f": False}
                )
            self._connection.execute(statement, values)

    def _write_sums(self, day: int, arrived: Floats, left: Floats, bay: Ints) -> None:
        """Write what the writer would have summed up."""
        lasted, group = left - arrived, self._group_of[bay]
        hours, width = 24, self._groups + 1
        sums = np.zeros((4, hours, width))
        hour = (arrived // HOUR_S).astype(np.int64)
        np.add.at(sums[0], (hour, group), 1.0)
        np.add.at(sums[1], (hour, group), lasted)
        at = arrived.copy()
        while (alive := at < left).any():
            until = np.minimum(left, (at // HOUR_S + 1) * HOUR_S)
            of_hour = (at // HOUR_S).astype(np.int64)
            np.add.at(sums[2], (of_hour[alive], group[alive]), (until - at)[alive])
            at = np.where(alive, until, at)
        size = np.bincount(self._group_of, minlength=width)
        self._insert(s.HOURS, self._hour_rows(day, sums, size))
        self._write_dwell(day, lasted, group)
        of_bay: list[Floats] = [
            np.asarray(np.bincount(bay, minlength=len(self._bays)), dtype=np.float64),
            np.asarray(np.bincount(bay, lasted, minlength=len(self._bays)), dtype=np.float64),
        ]
        self._insert(s.BAY_DAYS, self._bay_rows("day", day, of_bay))
        month = month_of(day)
        before = self._sum_months.get(month)
        self._sum_months[month] = (
            of_bay
            if before is None
            else [np.add(a, b) for a, b in zip(before, of_bay, strict=True)]
        )

    def _hour_rows(self, day: int, sums: Floats, size: Ints) -> Iterator[dict[str, Any]]:
        """Yield the rows of a day's hours."""
        for hour in range(24):
            for group in range(1, self._groups + 1):
                vehicles, stay_s, occupied_s = (float(one[hour, group]) for one in sums[:3])
                bays = int(size[group])
                occupied = min(12 * bays, round(occupied_s / 300.0))
                yield {
                    "day": day,
                    "hour": hour,
                    "group_id": group,
                    "vehicles": int(vehicles),
                    "measured": int(vehicles),
                    "stay_s": stay_s,
                    "measured_s": stay_s,
                    "occupied_s": occupied_s,
                    "fee": 2.0 * vehicles,
                    "samples": 12,
                    "occupied": occupied,
                    "vacant": 12 * bays - occupied,
                }

    def _write_dwell(self, day: int, lasted: Floats, group: Ints) -> None:
        """Write how many stays of each class there were."""
        number = np.searchsorted(np.array(EDGES_S), lasted, side="right") - 1
        counts = np.zeros((self._groups + 1, len(EDGES_S)), dtype=np.int64)
        np.add.at(counts, (group, number), 1)
        self._insert(
            s.DWELL_DAYS,
            (
                {"day": day, "group_id": int(one), "class": int(of), "stays": int(counts[one, of])}
                for one, of in zip(*np.nonzero(counts), strict=True)
            ),
        )

    def _bay_rows(self, name: str, at: int, sums: list[Floats]) -> Iterator[dict[str, Any]]:
        """Yield the rows of all bays for a day or a month."""
        for key, vehicles, stay_s in zip(
            self._bay_keys.tolist(), sums[0].tolist(), sums[1].tolist(), strict=True
        ):
            yield {
                name: at,
                "bay_key": key,
                "vehicles": int(vehicles),
                "measured": int(vehicles),
                "stay_s": stay_s,
                "measured_s": stay_s,
                "occupied_s": stay_s,
                "fee": 2.0 * vehicles,
            }

    def finish(self) -> None:
        """Write the months."""
        for month, sums in self._sum_months.items():
            self._insert(s.BAY_MONTHS, self._bay_rows("month", month, sums))


def make(store: HistoryStore, bays: int, days: int, per_day: int) -> int:
    """Fill an empty database; return how many stays there are."""
    store.open(0.0)
    last, stays = LAST.toordinal(), 0
    with store.engine.begin() as connection:
        year = Year(connection, store, bays, per_day)
    for number in range(days):
        with store.engine.begin() as connection:
            year._connection = connection  # noqa: SLF001  (its own file)
            stays += year.add_day(last - days + 1 + number)
    with store.engine.begin() as connection:
        year._connection = connection  # noqa: SLF001  (as above)
        year.finish()
        first_at = (last - days + 1 - date(1970, 1, 1).toordinal()) * DAY_S
        connection.execute(update(s.LOTS).values(first_at=float(first_at)))
    return stays


def timed(store: HistoryStore, question: Any) -> tuple[float, Any]:
    """Return the best of some times that a question takes, in milliseconds, and its answer.

    It is the time of this processor: others may be at work on it as well. What another server does
    is waited for.
    """
    clock = time.perf_counter if store.address.path is None else time.process_time
    best, answer = float("inf"), None
    for _ in range(RUNS):
        began = clock()
        answer = store.read(question)
        best = min(best, clock() - began)
    return best * 1e3, answer


def asked(first: date, last: date, bays: int) -> ReportQuery:
    """Return what a report asks for."""
    days = (last.toordinal() + 1 - date(1970, 1, 1).toordinal()) * DAY_S
    return ReportQuery(
        period=Period(first, last),
        zone=UTC,
        now=float(days),
        first_at=0.0,
        stays=(),
        bays={one.bay_id: one for one in map(bay_record, range(bays))},
        limit_s=lambda _: None,
    )


def anew(of: ReportQuery) -> ReportQuery:
    """Return the same question, of which nothing has been answered."""
    return replace(of, answers={})


def measure_reports(store: HistoryStore, bays: int, days: int) -> None:
    """Print how long each report takes."""
    whole = asked(date.fromordinal(LAST.toordinal() - days + 1), LAST, bays)
    month = asked(LAST.replace(day=1), LAST, bays)
    print(f"\n{'report':<28}{'the whole':>12}{'a month':>12}   ms")
    for by in GroupBy:
        of_whole, _ = timed(store, lambda c, lot, by=by: query_table(c, lot, anew(whole), by))
        of_month, _ = timed(store, lambda c, lot, by=by: query_table(c, lot, anew(month), by))
        print(f"{'by ' + by:<28}{of_whole:>12.0f}{of_month:>12.0f}")

    def dashboard(of: ReportQuery) -> Any:
        def question(connection: Connection, lot: int) -> Any:
            fresh = anew(of)
            shown = query_dashboard(connection, lot, fresh)
            series = query_table(connection, lot, fresh, series_unit(of.period))
            return dashboard_data(shown, series, None)

        return question

    of_whole, _ = timed(store, dashboard(whole))
    of_month, _ = timed(store, dashboard(month))
    print(f"{'everything of the dashboard':<28}{of_whole:>12.0f}{of_month:>12.0f}")
    known = store.read(queries.names)
    of_whole, _ = timed(store, lambda c, lot: queries.overstays(c, lot, whole.span, known))
    print(f"{'overstays':<28}{of_whole:>12.0f}")


def show_plans(store: HistoryStore, bays: int) -> None:
    """Print how SQLite goes about each question, once."""
    seen: dict[str, list[str]] = {}
    explain = "EXPLAIN " if store.address.path is None else "EXPLAIN QUERY PLAN "

    def note(
        _connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if statement.startswith("SELECT") and statement not in seen:
            seen[statement] = []
            cursor.execute(explain + statement, parameters)
            seen[statement] = [str(row[-1]) for row in cursor.fetchall()]

    event.listen(store.engine, "before_cursor_execute", note)
    month = asked(LAST.replace(day=1), LAST, bays)
    store.read(lambda c, lot: query_dashboard(c, lot, month))
    event.remove(store.engine, "before_cursor_execute", note)
    print("\nplans")
    for plan in {tuple(one) for one in seen.values()}:
        print("  " + "; ".join(plan))


def measure_writing(store: HistoryStore, bays: int, per_day: int) -> None:
    """Print what writing costs: batches of five seconds, as a busy day makes them."""
    each = max(1, round(bays * per_day / 86_400 * 5.0))
    at = float((LAST.toordinal() - date(1970, 1, 1).toordinal()) * DAY_S)
    began, number = time.process_time(), 0
    for batch in range(BATCHES):
        records: list[Stay | BayKnown] = []
        for _ in range(each):
            number += 1
            bay = bay_record(number % bays)
            stay_id = (1 << 60) + number
            arrived = at + batch
            records += [
                Stay(spell_id=stay_id, key=bay.bay_id, began=arrived, bay=bay),
                BayKnown(bay=bay, is_occupied=True),
            ]
            before = bay_record((number - 7 * each) % bays)
            records += [
                Stay(
                    spell_id=stay_id - 7 * each,
                    key=before.bay_id,
                    began=arrived - 5400.0,
                    ended=arrived,
                    bay=before,
                ),
                BayKnown(bay=before, is_occupied=False),
            ]
        store.write(Batch(new_batch_id(), at + batch, records))
    spent_s = (time.process_time() - began) / BATCHES
    print(
        f"\nwriting: {each} arrivals and {each} departures in 5 s take {spent_s * 1e3:.1f} ms"
        f" of this processor: {spent_s / 5.0:.2%} of one core"
    )


def main() -> None:
    """Make a history, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bays", type=int, default=5000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--per-day", type=int, default=8)
    parser.add_argument("--database", default="", help="another database than a SQLite file")
    parser.add_argument("--keep", type=Path, help="where the file stays, and is found again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "history.db"
        is_made = path.exists()
        address: Address = (
            parse_address(options.database) if options.database else file_address(path)
        )
        store = HistoryStore(address, "benchmark", UTC)
        if is_made:
            store.open(0.0)
        else:
            began = time.perf_counter()
            stays = make(store, options.bays, options.days, options.per_day)
            print(f"{stays:,} stays made in {time.perf_counter() - began:.0f} s")
        if address.path is not None:
            print(f"size: {address.path.stat().st_size / 1e6:,.0f} MB")
        measure_reports(store, options.bays, options.days)
        show_plans(store, options.bays)
        measure_writing(store, options.bays, options.per_day)
        store.close()


if __name__ == "__main__":
    main()
