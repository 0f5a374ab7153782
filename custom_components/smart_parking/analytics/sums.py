"""Sums of a batch, which reports are read from."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Any, Final

from sqlalchemy import Integer, Table

from ..lot.analytics.dwell import class_of
from ..lot.analytics.periods import bucket_of, split_by_day, split_by_hour
from ..lot.analytics.records import FaultSpell, GuidanceRecord, Stay, StayOrigin
from ..lot.model import BayState
from . import schema as s

STATES: Final = tuple((state, state.value) for state in BayState)


def month_of(day: int) -> int:
    """Return the month of a day."""
    of = date.fromordinal(day)
    return of.year * 12 + of.month - 1


class Sums:
    """The changes of sums by a batch."""

    def __init__(self, zone: tzinfo) -> None:
        """Initialize without changes."""
        self._zone = zone
        self._tables: defaultdict[Table, defaultdict[tuple[Any, ...], defaultdict[str, float]]] = (
            defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
        )

    def add_stay(self, stay: Stay, group_id: int, bay_key: int) -> None:
        """Add a stay that has ended."""
        ended = stay.ended or stay.began
        day, hour = bucket_of(stay.began, self._zone)
        duration_s = ended - stay.began
        of_stay = {
            "vehicles": 1,
            "estimated": int(stay.is_estimated),
            "measured": int(stay.is_measured),
            "overstays": int(stay.over_s > 0.0),
            "stay_s": duration_s,
            "measured_s": duration_s if stay.is_measured else 0.0,
            "fee": stay.fee,
        }
        self._add(
            s.HOURS, (day, hour, group_id), **of_stay, guided=stay.origin is not StayOrigin.CHANCE
        )
        if stay.is_measured:
            self._add(s.DWELL_DAYS, (day, group_id, class_of(duration_s)), stays=1)
        self._add_bay(day, bay_key, **of_stay)
        for bucket, seconds in split_by_hour(stay.began, ended, self._zone):
            self._add(s.HOURS, (bucket.day, bucket.hour, group_id), occupied_s=seconds)
        for of_day, seconds in split_by_day(stay.began, ended, self._zone):
            self._add_bay(of_day, bay_key, occupied_s=seconds)

    def _add_bay(self, day: int, bay_key: int, **sums: float) -> None:
        """Add to a bay's day and month."""
        self._add(s.BAY_DAYS, (day, bay_key), **sums)
        self._add(s.BAY_MONTHS, (month_of(day), bay_key), **sums)

    def add_fault(self, spell: FaultSpell, bay_key: int) -> None:
        """Add a fault that has ended."""
        ended = spell.ended or spell.began
        day = bucket_of(spell.began, self._zone).day
        self._add(s.FAULT_DAYS, (day, bay_key, spell.fault), faults=1)
        for of_day, seconds in split_by_day(spell.began, ended, self._zone):
            self._add(s.FAULT_DAYS, (of_day, bay_key, spell.fault), seconds=seconds)

    def add_counts(self, at: float, rows: Iterable[dict[str, Any]]) -> None:
        """Add counts."""
        bucket = bucket_of(at, self._zone)
        for row in rows:
            of_states = {name: row[name] for _, name in STATES}
            is_full = not row["vacant"] and any(of_states.values())
            self._add(
                s.HOURS,
                (bucket.day, bucket.hour, row["group_id"]),
                samples=1,
                full_samples=is_full,
                **of_states,
            )

    def add_guidance(self, record: GuidanceRecord) -> None:
        """Add an event of guidance."""
        bucket = bucket_of(record.at, self._zone)
        self._add(
            s.GUIDANCE_HOURS,
            (bucket.day, bucket.hour, record.event.value, record.reason, record.kind),
            events=1,
            waits=record.waited_s is not None,
            waited_s=record.waited_s or 0.0,
        )

    def _add(self, table: Table, key: tuple[Any, ...], **sums: float) -> None:
        """Add to a row."""
        row = self._tables[table][key]
        for name, value in sums.items():
            row[name] += value

    def rows(self) -> dict[Table, list[dict[str, Any]]]:
        """Return the rows to add, by table, without the lot."""
        found: dict[Table, list[dict[str, Any]]] = {}
        for table, rows in self._tables.items():
            names = [column.name for column in table.primary_key if column.name != "lot_id"]
            kinds = {
                column.name: int if isinstance(column.type, Integer) else float
                for column in table.columns
            }
            found[table] = [
                dict(zip(names, key, strict=True))
                | {name: kinds[name](value) for name, value in sums.items()}
                for key, sums in rows.items()
            ]
        return found
