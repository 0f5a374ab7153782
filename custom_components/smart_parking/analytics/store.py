"""Store of a lot's history in its database; each batch is written completely or not at all.

Everything here blocks: it has to run in an executor. Sums are updated in the same transaction as
the records that they are of, and a batch whose fate is unknown is never applied twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, tzinfo
import logging
from pathlib import Path
import secrets
import threading
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from ..lot.analytics.periods import midnight
from ..lot.analytics.records import (
    BayKnown,
    BayRecord,
    CountRecord,
    FaultSpell,
    Group,
    GuidanceRecord,
    PromotionRecord,
    Record,
    Resumed,
    Stay,
    StayOrigin,
    StayOutcome,
    VisitRecord,
)
from ..lot.analytics.spells import Spell
from ..lot.promotions.ledger import RETENTION_DAYS
from . import schema as s
from .engine import Address, is_damage, is_sound, open_engine, put_aside, remove_file, upsert
from .sums import STATES, Sums

_LOGGER = logging.getLogger(__name__)

FULL_KEY: Final = "full"
# So many days of each are read at the start.
PROMOTION_DAYS: Final = RETENTION_DAYS
VISIT_DAYS: Final = 8
_STAY_CHANGES: Final = (
    "arrived",
    "left",
    "arrived_error_s",
    "left_error_s",
    "unknown_s",
    "is_estimated",
    "origin",
    "outcome",
    "fee",
    "over_s",
)
# Number of rows that are copied at a time when a history is moved.
_CHUNK: Final = 5_000
_MANY_BAYS: Final = 100
_THIN_DAYS: Final = 31


class HistoryDamagedError(Exception):
    """The file is damaged, and has to be renamed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are written together; `at` is the time up to which they are complete."""

    batch_id: int
    at: float
    records: Sequence[Record]


class HistoryStore:
    """The database of one lot's history."""

    def __init__(self, address: Address, entry_id: str, zone: tzinfo) -> None:
        """Initialize; nothing is opened yet."""
        self.address = address
        self._entry_id = entry_id
        self._zone = zone
        self._engine: Engine | None = None
        self._lock: Connection | None = None
        self._turn = threading.Lock()
        self.lot_id = 0
        self._bay_keys: dict[str, int] = {}
        self._group_ids: dict[Group, int] = {}
        self._place_ids: dict[BayRecord, int] = {}

    # Opening and closing.

    @property
    def engine(self) -> Engine:
        """The engine."""
        if self._engine is None:
            self._engine = open_engine(self.address)
        return self._engine

    def open(self, now: float) -> tuple[Resumed, Path | None]:
        """Open the database, create missing tables; return the stored state, and a damaged file."""
        aside = self._check()
        try:
            with self.engine.begin() as connection:
                self._create(connection)
                resumed = self._resume(connection, now)
        except SQLAlchemyError as err:
            if is_damage(err):
                raise HistoryDamagedError from err
            raise
        return resumed, aside

    def put_aside(self) -> Path | None:
        """Rename a damaged file; return its new path."""
        self.close()
        path = self.address.path
        return put_aside(path) if path is not None and path.exists() else None

    def close(self) -> None:
        """Close the database."""
        self.unlock()
        # Whoever writes just now does so to the end.
        with self._turn:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None
            self._forget_ids()

    def _check(self) -> Path | None:
        """Rename a damaged file; a file that was closed properly is not checked."""
        path = self.address.path
        if path is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._was_closed(path) or is_sound(path):
            return None
        return self.put_aside()

    def _was_closed(self, path: Path) -> bool:
        """Return whether a file was closed properly, and its tables can be read."""
        if not path.exists():
            return True
        try:
            with self.engine.connect() as connection:
                closed = connection.scalar(select(func.min(s.LOTS.c.is_closed)))
                for table in s.OF_A_LOT:
                    connection.execute(select(table).limit(1)).all()
        except SQLAlchemyError:
            self.close()
            return False
        return bool(closed)

    def _create(self, connection: Connection) -> None:
        """Create missing tables."""
        s.METADATA.create_all(connection)
        if connection.scalar(select(s.META.c.version)) is None:
            connection.execute(insert(s.META).values(version=s.VERSION))
            self._use_timescale(connection)

    def _use_timescale(self, connection: Connection) -> None:
        """Store the counts by TimescaleDB, where it is installed."""
        if connection.dialect.name != "postgresql" or not connection.scalar(
            text("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'")
        ):
            return
        with connection.begin_nested():
            connection.execute(
                text(
                    f"SELECT create_hypertable('{s.COUNTS.name}', 'at',"
                    " chunk_time_interval => 2592000)"
                )
            )

    def _resume(self, connection: Connection, now: float) -> Resumed:
        """Return the stored state of the lot, and mark the database as in use."""
        row = connection.execute(
            select(s.LOTS).where(s.LOTS.c.entry_id == self._entry_id)
        ).one_or_none()
        if row is None:
            connection.execute(
                insert(s.LOTS).values(entry_id=self._entry_id, first_at=now, is_closed=False)
            )
            row = connection.execute(
                select(s.LOTS).where(s.LOTS.c.entry_id == self._entry_id)
            ).one()
        self.lot_id = row.lot_id
        connection.execute(
            update(s.LOTS).where(s.LOTS.c.lot_id == self.lot_id).values(is_closed=False)
        )
        places = self._load_places(connection)
        return Resumed(
            seen_at=row.seen_at,
            first_at=row.first_at,
            stays=[
                _stay(one, places[one.place_id])
                for one in self._all(connection, s.STAYS, s.STAYS.c.left.is_(None))
            ],
            known=[
                BayKnown(bay=places[one.place_id], is_occupied=one.is_occupied, lost_at=one.lost_at)
                for one in self._all(connection, s.BAYS, s.BAYS.c.is_occupied.is_not(None))
            ],
            faults=[
                FaultSpell(
                    spell_id=one.spell_id,
                    key=places[one.place_id].bay_id,
                    began=one.began,
                    is_estimated=one.is_estimated,
                    bay=places[one.place_id],
                    fault=one.fault,
                )
                for one in self._all(connection, s.FAULTS, s.FAULTS.c.ended.is_(None))
            ],
            full=[
                Spell(
                    spell_id=one.spell_id,
                    key=FULL_KEY,
                    began=one.began,
                    is_estimated=one.is_estimated,
                )
                for one in self._all(connection, s.FULL, s.FULL.c.ended.is_(None))
            ],
            promotions=[
                PromotionRecord(**_without_lot(one))
                for one in self._last_days(connection, s.PROMOTION_DAYS, PROMOTION_DAYS)
            ],
            visits=[
                VisitRecord(**_without_lot(one))
                for one in self._last_days(connection, s.VISIT_DAYS, VISIT_DAYS)
            ],
        )

    def _last_days(self, connection: Connection, table: Table, days: int) -> Sequence[Any]:
        """Return the rows of the last days of which there are any, in order."""
        of_lot = table.c.lot_id == self.lot_id
        newest = select(table.c.day).where(of_lot).distinct().order_by(table.c.day.desc())
        first = connection.scalars(newest.limit(days)).all()[-1:]
        rows = select(table).where(of_lot, table.c.day >= (first[0] if first else 0))
        return connection.execute(rows.order_by(table.c.day)).all()

    def _all(self, connection: Connection, table: Table, *where: Any) -> Sequence[Any]:
        """Return rows of the lot."""
        return connection.execute(select(table).where(table.c.lot_id == self.lot_id, *where)).all()

    def _load_places(self, connection: Connection) -> dict[int, BayRecord]:
        """Return the bays, current and earlier ones."""
        self._forget_ids()
        bay_ids = {one.bay_key: one.bay_id for one in self._all(connection, s.BAYS)}
        groups = {
            one.group_id: Group(kind=one.kind, level=one.level, zone=one.zone)
            for one in self._all(connection, s.GROUPS)
        }
        places: dict[int, BayRecord] = {}
        for one in self._all(connection, s.PLACES):
            group = groups[one.group_id]
            places[one.place_id] = BayRecord(
                bay_id=bay_ids[one.bay_key],
                label=one.label,
                kind=group.kind,
                level=group.level,
                zone=group.zone,
            )
        self._bay_keys = {bay_id: key for key, bay_id in bay_ids.items()}
        self._group_ids = {group: number for number, group in groups.items()}
        self._place_ids = {bay: number for number, bay in places.items()}
        return places

    def _forget_ids(self) -> None:
        """Discard cached ids, because their rows may never have been committed."""
        self._bay_keys, self._group_ids, self._place_ids = {}, {}, {}

    def seen_at(self) -> float | None:
        """Return the time up to which the history is complete."""
        with self.engine.connect() as connection:
            return connection.scalar(select(s.LOTS.c.seen_at).where(s.LOTS.c.lot_id == self.lot_id))

    def checkpoint(self) -> None:
        """Return when all that was written outlasts a power failure."""
        with self._turn:
            # By the time that it is its turn, it may have been closed.
            if self.address.path is not None and self._engine is not None:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)")

    # Backups.

    def lock(self) -> None:
        """Prevent writes into a SQLite file until `unlock`, with all data in the file."""
        if self.address.path is None or self._lock is not None:
            return
        with self._turn:
            lock = self.engine.connect()
            try:
                lock.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                lock.exec_driver_sql("BEGIN IMMEDIATE")
            except SQLAlchemyError:
                lock.close()
                raise
            self._lock = lock

    def unlock(self) -> None:
        """Allow writing again."""
        if (lock := self._lock) is not None:
            self._lock = None
            lock.rollback()
            lock.close()

    # Reading.

    def read[T](self, query: Callable[[Connection, int], T]) -> T:
        """Return the result of a query, which gets a connection and the id of the lot."""
        with self.engine.connect() as connection:
            return query(connection, self.lot_id)

    # Writing.

    def write(self, batch: Batch) -> None:
        """Write a batch; one that was written already is skipped."""
        try:
            with self._turn, self.engine.begin() as connection:
                self._write(connection, batch)
        except SQLAlchemyError as err:
            self._forget_ids()
            if is_damage(err):
                raise HistoryDamagedError from err
            raise

    def _write(self, connection: Connection, batch: Batch) -> None:
        """Write a batch within a transaction."""
        if not self._place_ids:
            self._load_places(connection)
        lot = s.LOTS.c.lot_id == self.lot_id
        if connection.scalar(select(s.LOTS.c.batch_id).where(lot)) == batch.batch_id:
            return
        self._add_places(
            connection, [one.bay for one in batch.records if isinstance(one, Stay | BayKnown)]
        )
        stays = {one.spell_id: one for one in batch.records if isinstance(one, Stay)}
        self._write_stays(connection, stays.values())
        sums = Sums(self._zone)
        for stay in stays.values():
            if stay.ended is not None:
                sums.add_stay(
                    stay,
                    self._group(connection, stay.bay.group),
                    self._bay_keys[stay.bay.bay_id],
                )
        known = {one.bay.bay_id: one for one in batch.records if isinstance(one, BayKnown)}
        self._write_known(connection, known.values())
        faults = {one.spell_id: one for one in batch.records if isinstance(one, FaultSpell)}
        self._write_faults(connection, faults.values(), sums)
        full = {one.spell_id: one for one in batch.records if type(one) is Spell}
        self._write_full(connection, full.values())
        for record in batch.records:
            if isinstance(record, CountRecord):
                self._write_counts(connection, record, sums)
        guidance = [one for one in batch.records if isinstance(one, GuidanceRecord)]
        self._write_guidance(connection, guidance, sums)
        self._write_sums(connection, sums)
        self._write_counted(connection, batch.records)
        connection.execute(
            update(s.LOTS).where(lot).values(batch_id=batch.batch_id, seen_at=batch.at)
        )

    def _write_stays(self, connection: Connection, stays: Iterable[Stay]) -> None:
        """Write new stays, and changes of stays."""
        rows = [
            {
                "lot_id": self.lot_id,
                "stay_id": stay.spell_id,
                "place_id": self._place(connection, stay.bay),
                "arrived": stay.began,
                "left": stay.ended,
                "arrived_error_s": stay.began_error_s,
                "left_error_s": stay.ended_error_s,
                "unknown_s": stay.unknown_s,
                "is_estimated": stay.is_estimated,
                "origin": stay.origin.value,
                "outcome": None if stay.outcome is None else stay.outcome.value,
                "fee": stay.fee,
                "over_s": stay.over_s,
            }
            for stay in stays
        ]
        upsert(connection, s.STAYS, rows, replace=_STAY_CHANGES)

    def _write_known(self, connection: Connection, known: Iterable[BayKnown]) -> None:
        """Write the states of bays."""
        rows = [
            {
                "place": self._place(connection, one.bay),
                "key": self._bay_keys[one.bay.bay_id],
                "occupied": one.is_occupied,
                "lost": one.lost_at,
            }
            for one in known
        ]
        if rows:
            connection.execute(
                update(s.BAYS)
                .where(s.BAYS.c.bay_key == bindparam("key"))
                .values(
                    place_id=bindparam("place"),
                    is_occupied=bindparam("occupied"),
                    lost_at=bindparam("lost"),
                ),
                rows,
            )

    def _write_faults(
        self, connection: Connection, faults: Iterable[FaultSpell], sums: Sums
    ) -> None:
        """Write faults, and add those that have ended to the sums."""
        rows = []
        for one in faults:
            place_id = self._place(connection, one.bay)
            rows.append(_spell_row(one, self.lot_id, place_id=place_id, fault=one.fault))
            if one.ended is not None:
                sums.add_fault(one, self._bay_keys[one.bay.bay_id])
        upsert(connection, s.FAULTS, rows, replace=("began", "ended", "is_estimated"))

    def _write_full(self, connection: Connection, full: Iterable[Spell]) -> None:
        """Write when the lot was full."""
        rows = [_spell_row(one, self.lot_id) for one in full]
        upsert(connection, s.FULL, rows, replace=("began", "ended", "is_estimated"))

    def _write_counts(self, connection: Connection, record: CountRecord, sums: Sums) -> None:
        """Write the number of bays in each state; a time may come twice when the clock was set."""
        at = round(record.at)
        rows = [
            {
                "lot_id": self.lot_id,
                "at": at,
                "group_id": self._group(connection, group),
                **{name: counts.get(state, 0) for state, name in STATES},
            }
            for group, counts in record.counts.items()
        ]
        taken = select(s.COUNTS.c.at).where(s.COUNTS.c.lot_id == self.lot_id, s.COUNTS.c.at == at)
        if rows and connection.scalar(taken.limit(1)) is None:
            connection.execute(insert(s.COUNTS), rows)
            sums.add_counts(at, rows)

    def _write_guidance(
        self, connection: Connection, events: Sequence[GuidanceRecord], sums: Sums
    ) -> None:
        """Write events of guidance."""
        rows = [
            {
                "lot_id": self.lot_id,
                "at": one.at,
                "event": one.event.value,
                "reason": one.reason,
                "kind": one.kind,
                "place_id": None if one.bay is None else self._place(connection, one.bay),
                "waited_s": one.waited_s,
            }
            for one in events
        ]
        if rows:
            connection.execute(insert(s.GUIDANCE), rows)
        for one in events:
            sums.add_guidance(one)

    def _write_counted(self, connection: Connection, records: Sequence[Record]) -> None:
        """Write what was counted on days; what was said of a day last is all of it."""
        for kind, table in (
            (PromotionRecord, s.PROMOTION_DAYS),
            (VisitRecord, s.VISIT_DAYS),
        ):
            keys = tuple(one.name for one in table.primary_key if one.name != "lot_id")
            names = tuple(one.name for one in table.columns if one.name not in {*keys, "lot_id"})
            rows = {
                tuple(row[key] for key in keys): row
                for row in (
                    {**asdict(one), "lot_id": self.lot_id}
                    for one in records
                    if isinstance(one, kind)
                )
            }
            upsert(connection, table, list(rows.values()), replace=names)

    def _write_sums(self, connection: Connection, sums: Sums) -> None:
        """Update all sums."""
        lot = {"lot_id": self.lot_id}
        for table, rows in sums.rows().items():
            keys = {column.name for column in table.primary_key}
            names = tuple(column.name for column in table.columns if column.name not in keys)
            filled = [{**dict.fromkeys(names, 0), **row, **lot} for row in rows]
            upsert(connection, table, filled, add=names)

    # Referenced rows.

    def _place(self, connection: Connection, bay: BayRecord) -> int:
        """Return the id of the current version of a bay."""
        if (known := self._place_ids.get(bay)) is None:
            if (bay_key := self._bay_keys.get(bay.bay_id)) is None:
                bay_key = self._add(connection, s.BAYS, bay_id=bay.bay_id)
                self._bay_keys[bay.bay_id] = bay_key
            known = self._place_ids[bay] = self._add(
                connection,
                s.PLACES,
                bay_key=bay_key,
                label=bay.label,
                group_id=self._group(connection, bay.group),
            )
        return known

    def _add_places(self, connection: Connection, bays: Iterable[BayRecord]) -> None:
        """Insert many bays at once, as those of a lot that is new; a few are as quick by turns."""
        fresh = [bay for bay in dict.fromkeys(bays) if bay not in self._place_ids]
        if len(fresh) < _MANY_BAYS:
            return
        added = dict.fromkeys(one.bay_id for one in fresh if one.bay_id not in self._bay_keys)
        if added:
            rows = [{"lot_id": self.lot_id, "bay_id": bay_id} for bay_id in added]
            connection.execute(insert(s.BAYS), rows)
            self._load_places(connection)
        connection.execute(
            insert(s.PLACES),
            [
                {
                    "lot_id": self.lot_id,
                    "bay_key": self._bay_keys[bay.bay_id],
                    "label": bay.label,
                    "group_id": self._group(connection, bay.group),
                }
                for bay in fresh
            ],
        )
        self._load_places(connection)

    def _group(self, connection: Connection, group: Group) -> int:
        """Return the id of a group of bays."""
        if (known := self._group_ids.get(group)) is None:
            known = self._group_ids[group] = self._add(
                connection, s.GROUPS, kind=group.kind, level=group.level, zone=group.zone
            )
        return known

    def _add(self, connection: Connection, table: Table, **values: object) -> int:
        """Insert a row of the lot, and return its id."""
        result = connection.execute(insert(table).values(lot_id=self.lot_id, **values))
        key = result.inserted_primary_key
        return int(key[0]) if key is not None else 0

    # Old records, and removed lots.

    def thin(self, before: date) -> int:
        """Reduce records older than a day to daily sums; return the number of stays removed."""
        day, at = before.toordinal(), midnight(before, self._zone)
        removed = 0
        with self._turn, self.engine.begin() as connection:
            for table, hours in ((s.HOURS, ("group_id",)), (s.GUIDANCE_HOURS, _GUIDANCE_KEY)):
                self._sum_up_days(connection, table, hours, day)
            for table, column in (
                (s.COUNTS, s.COUNTS.c.at),
                (s.GUIDANCE, s.GUIDANCE.c.at),
                (s.FAULTS, s.FAULTS.c.ended),
                (s.STAYS, s.STAYS.c.left),
            ):
                where = [table.c.lot_id == self.lot_id, column < at]
                if table is s.STAYS:
                    where.append(s.STAYS.c.arrived < at)
                removed = connection.execute(delete(table).where(*where)).rowcount
        return removed

    def _sum_up_days(
        self, connection: Connection, table: Table, more: Sequence[str], day: int
    ) -> None:
        """Replace the hours of old days by their sums, a month at a time."""
        keys = {column.name for column in table.primary_key}
        names = [column.name for column in table.columns if column.name not in keys]
        old = [table.c.lot_id == self.lot_id, table.c.day < day, table.c.hour >= 0]
        first = connection.scalar(select(func.min(table.c.day)).where(*old))
        while first is not None and first < day:
            until = min(day, first + _THIN_DAYS)
            span = [*old, table.c.day >= first, table.c.day < until]
            groups = [table.c.lot_id, table.c.day, *(table.c[name] for name in more)]
            sums = connection.execute(
                select(
                    *groups,
                    literal(-1).label("hour"),
                    *(func.sum(table.c[n]).label(n) for n in names),
                )
                .where(*span)
                .group_by(*groups)
            ).mappings()
            upsert(connection, table, [dict(one) for one in sums], add=tuple(names))
            connection.execute(delete(table).where(*span))
            first = until

    def remove(self) -> None:
        """Remove all data of the lot."""
        path = self.address.path
        if path is not None:
            self.close()
            remove_file(path)
            return
        with self.engine.begin() as connection:
            lot_id = connection.scalar(
                select(s.LOTS.c.lot_id).where(s.LOTS.c.entry_id == self._entry_id)
            )
            if lot_id is not None:
                for table in (*s.OF_A_LOT, s.LOTS):
                    connection.execute(delete(table).where(table.c.lot_id == lot_id))
        self.close()

    def mark_closed(self) -> None:
        """Mark the file as closed properly."""
        with self.engine.begin() as connection:
            connection.execute(
                update(s.LOTS).where(s.LOTS.c.lot_id == self.lot_id).values(is_closed=True)
            )

    # Move to another database.

    def copy_to(self, other: HistoryStore) -> int:
        """Copy all data of the lot into another database; return the number of rows.

        The lot's data in the other database is replaced. Ids from databases are assigned anew.
        """
        copied = 0
        with self.engine.connect() as source, other.engine.begin() as target:
            other.replace_lot(target, self._lot_row(source))
            ids: dict[str, dict[int, int]] = {}
            for table in s.OF_A_LOT:
                copied += self._copy_table(source, target, other.lot_id, table, ids)
        return copied

    def _lot_row(self, connection: Connection) -> dict[str, Any]:
        """Return the row of the lot itself, without its id."""
        row = connection.execute(select(s.LOTS).where(s.LOTS.c.lot_id == self.lot_id)).one()
        return {name: value for name, value in row._mapping.items() if name != "lot_id"}  # noqa: SLF001  (its public name, says SQLAlchemy)

    def replace_lot(self, connection: Connection, row: dict[str, Any]) -> None:
        """Replace all data of the lot by a new row."""
        self._create(connection)
        lot_id = connection.scalar(
            select(s.LOTS.c.lot_id).where(s.LOTS.c.entry_id == self._entry_id)
        )
        if lot_id is not None:
            for table in (*s.OF_A_LOT, s.LOTS):
                connection.execute(delete(table).where(table.c.lot_id == lot_id))
        key = connection.execute(insert(s.LOTS).values(**row)).inserted_primary_key
        self.lot_id = int(key[0]) if key is not None else 0

    def _copy_table(
        self,
        source: Connection,
        target: Connection,
        lot_id: int,
        table: Table,
        ids: dict[str, dict[int, int]],
    ) -> int:
        """Copy a table, chunk by chunk; return the number of rows."""
        copied = 0
        counted = {s.BAYS: "bay_key", s.GROUPS: "group_id", s.PLACES: "place_id"}.get(table)
        statement = select(table).where(table.c.lot_id == self.lot_id)
        result = source.execution_options(yield_per=_CHUNK).execute(statement)
        for chunk in result.mappings().partitions():
            rows = [self._translated({**one, "lot_id": lot_id}, ids, counted) for one in chunk]
            if counted is None:
                if table is s.GUIDANCE:
                    for row in rows:
                        del row["event_id"]
                target.execute(insert(table), rows)
            else:
                for row in rows:
                    before = row.pop(counted)
                    key = target.execute(insert(table).values(**row)).inserted_primary_key
                    ids.setdefault(counted, {})[before] = int(key[0]) if key is not None else 0
            copied += len(rows)
        if table is s.PLACES:
            self._point_at_places(target, lot_id, ids.get("place_id", {}))
        return copied

    @staticmethod
    def _translated(
        row: dict[str, Any], ids: dict[str, dict[int, int]], counted: str | None
    ) -> dict[str, Any]:
        """Return a row with the other database's ids."""
        return {
            name: ids[name].get(value, value) if name in ids and name != counted else value
            for name, value in row.items()
        }

    @staticmethod
    def _point_at_places(target: Connection, lot_id: int, places: dict[int, int]) -> None:
        """Set the bays' references to places in the other database; bays are copied first."""
        rows = target.execute(
            select(s.BAYS.c.bay_key, s.BAYS.c.place_id).where(
                s.BAYS.c.lot_id == lot_id, s.BAYS.c.place_id.is_not(None)
            )
        ).all()
        for bay_key, place_id in rows:
            target.execute(
                update(s.BAYS)
                .where(s.BAYS.c.bay_key == bay_key)
                .values(place_id=places.get(place_id))
            )


_GUIDANCE_KEY: Final = ("event", "reason", "kind")


def _without_lot(row: Any) -> dict[str, Any]:
    """Return the columns of a row by name, but for the lot."""
    return {name: value for name, value in row._mapping.items() if name != "lot_id"}  # noqa: SLF001  (its public name, says SQLAlchemy)


def _stay(row: Any, bay: BayRecord) -> Stay:
    """Return a stay from its row."""
    return Stay(
        spell_id=row.stay_id,
        key=bay.bay_id,
        began=row.arrived,
        ended=row.left,
        began_error_s=row.arrived_error_s,
        ended_error_s=row.left_error_s,
        unknown_s=row.unknown_s,
        is_estimated=row.is_estimated,
        bay=bay,
        origin=StayOrigin(row.origin),
        outcome=None if row.outcome is None else StayOutcome(row.outcome),
        fee=row.fee,
        over_s=row.over_s,
    )


def _spell_row(spell: Spell, lot_id: int, **more: object) -> dict[str, Any]:
    """Return the row of a spell."""
    return {
        "lot_id": lot_id,
        "spell_id": spell.spell_id,
        "began": spell.began,
        "ended": spell.ended,
        "is_estimated": spell.is_estimated,
        **more,
    }


def new_batch_id() -> int:
    """Return a new id of a batch."""
    return secrets.randbits(62)
