"""The tables that a lot's history is written into, the same in every database.

`stays`, `counts`, `guidance` and `faults` are what happened, `promotion_days` and `visit_days` what
was counted. `hours`, `dwell_days`, `bay_days`,
`bay_months`, `guidance_hours` and `fault_days` are sums of it, brought up to date with each stay: a
year is answered in less than a second. Times are seconds since the epoch, days are ordinals
of local dates (Mondays are 1, 8 and so on), months are `year * 12 + month - 1`.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql, sqlite

VERSION: Final = 1

METADATA = MetaData()

_ID = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
# MariaDB's own FLOAT has 24 bits, with an error of minutes for a time of today.
_SECONDS = Float(53).with_variant(mysql.DOUBLE(asdecimal=False), "mysql", "mariadb")
_NAME = String(255)
_WORD = String(20)


def _table(name: str, *columns: Column[Any] | Index | UniqueConstraint) -> Table:
    """Return a table that SQLite stores in the order of its primary key."""
    return Table(
        name,
        METADATA,
        *columns,
        sqlite_with_rowid=False,
        mysql_charset="utf8mb4",
        mariadb_charset="utf8mb4",
    )


def _key(name: str, kind: type[Integer | BigInteger] = Integer) -> Column[int]:
    """Return an integer of a primary key without autoincrement."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def _number(name: str) -> Column[int]:
    """Return an integer column with the default 0."""
    return Column(name, Integer, nullable=False, default=0)


def _seconds(name: str) -> Column[float]:
    """Return a column of seconds with the default 0."""
    return Column(name, _SECONDS, nullable=False, default=0.0)


def _counted(name: str, kind: type[Integer] = Integer) -> Column[int]:
    """Return a primary key with autoincrement."""
    return Column(name, kind, primary_key=True, autoincrement=True)


META = Table("parking_meta", METADATA, Column("version", Integer, nullable=False))

LOTS = Table(
    "parking_lots",
    METADATA,
    _counted("lot_id"),
    Column("entry_id", String(64), nullable=False, unique=True),
    Column("first_at", _SECONDS, nullable=False),
    Column("seen_at", _SECONDS),
    Column("batch_id", BigInteger),
    Column("is_closed", Boolean, nullable=False, default=False),
)

BAYS = Table(
    "parking_bays",
    METADATA,
    _counted("bay_key"),
    Column("lot_id", Integer, nullable=False),
    Column("bay_id", String(64), nullable=False),
    Column("place_id", Integer),
    Column("is_occupied", Boolean),
    Column("lost_at", _SECONDS),
    UniqueConstraint("lot_id", "bay_id"),
)

PLACES = Table(
    "parking_places",
    METADATA,
    _counted("place_id"),
    Column("lot_id", Integer, nullable=False),
    Column("bay_key", Integer, nullable=False),
    Column("label", String(64), nullable=False),
    Column("group_id", Integer, nullable=False),
    UniqueConstraint("bay_key", "label", "group_id"),
)

GROUPS = Table(
    "parking_groups",
    METADATA,
    _counted("group_id"),
    Column("lot_id", Integer, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("level", _NAME, nullable=False),
    Column("zone", _NAME, nullable=False),
)

STAYS = _table(
    "parking_stays",
    _key("lot_id"),
    _key("stay_id", BigInteger),
    Column("place_id", Integer, nullable=False),
    Column("arrived", _SECONDS, nullable=False),
    Column("left", _SECONDS),
    _seconds("arrived_error_s"),
    _seconds("left_error_s"),
    _seconds("unknown_s"),
    Column("is_estimated", Boolean, nullable=False, default=False),
    Column("origin", _WORD, nullable=False),
    Column("outcome", _WORD),
    _seconds("fee"),
    _seconds("over_s"),
)
Index("ix_parking_stays_arrived", STAYS.c.lot_id, STAYS.c.arrived)
Index(
    "ix_parking_stays_open",
    STAYS.c.lot_id,
    STAYS.c.left,
    sqlite_where=STAYS.c.left.is_(None),
    postgresql_where=STAYS.c.left.is_(None),
)
Index(
    "ix_parking_stays_over",
    STAYS.c.lot_id,
    STAYS.c.arrived,
    STAYS.c.over_s,
    sqlite_where=STAYS.c.over_s > 0,
    postgresql_where=STAYS.c.over_s > 0,
)

COUNTS = _table(
    "parking_counts",
    _key("lot_id"),
    _key("at", BigInteger),
    _key("group_id"),
    *(_number(name) for name in ("vacant", "occupied", "held", "out_of_service", "unknown")),
)

HOURS = _table(
    "parking_hours",
    _key("lot_id"),
    _key("day"),
    # -1 where only the sum of the day is left.
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    _key("group_id"),
    *(_number(name) for name in ("vehicles", "estimated", "measured", "overstays", "guided")),
    _seconds("stay_s"),
    _seconds("measured_s"),
    _seconds("occupied_s"),
    _seconds("fee"),
    *(_number(name) for name in ("samples", "full_samples")),
    *(_number(name) for name in ("vacant", "occupied", "held", "out_of_service", "unknown")),
)

DWELL_DAYS = _table(
    "parking_dwell_days",
    _key("lot_id"),
    _key("day"),
    _key("group_id"),
    Column("class", SmallInteger, primary_key=True, autoincrement=False),
    _number("stays"),
)

BAY_SUMS: Final = (
    "vehicles",
    "estimated",
    "measured",
    "overstays",
    "stay_s",
    "measured_s",
    "occupied_s",
    "fee",
)


def _bay_sums() -> list[Column[Any]]:
    """Return the sums of a bay."""
    return [
        _number(name)
        if name in ("vehicles", "estimated", "measured", "overstays")
        else _seconds(name)
        for name in BAY_SUMS
    ]


BAY_DAYS = _table("parking_bay_days", _key("lot_id"), _key("day"), _key("bay_key"), *_bay_sums())
BAY_MONTHS = _table(
    "parking_bay_months", _key("lot_id"), _key("month"), _key("bay_key"), *_bay_sums()
)

GUIDANCE = Table(
    "parking_guidance",
    METADATA,
    Column("event_id", _ID, primary_key=True, autoincrement=True),
    Column("lot_id", Integer, nullable=False),
    Column("at", _SECONDS, nullable=False),
    Column("event", _WORD, nullable=False),
    Column("reason", _WORD, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("place_id", Integer),
    Column("waited_s", _SECONDS),
)
Index("ix_parking_guidance_at", GUIDANCE.c.lot_id, GUIDANCE.c.at)

GUIDANCE_HOURS = _table(
    "parking_guidance_hours",
    _key("lot_id"),
    _key("day"),
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    Column("event", _WORD, primary_key=True),
    Column("reason", _WORD, primary_key=True),
    Column("kind", _WORD, primary_key=True),
    _number("events"),
    _number("waits"),
    _seconds("waited_s"),
)

FULL = _table(
    "parking_full",
    _key("lot_id"),
    _key("spell_id", BigInteger),
    Column("began", _SECONDS, nullable=False),
    Column("ended", _SECONDS),
    Column("is_estimated", Boolean, nullable=False),
)

FAULTS = _table(
    "parking_faults",
    _key("lot_id"),
    _key("spell_id", BigInteger),
    Column("place_id", Integer, nullable=False),
    Column("fault", _WORD, nullable=False),
    Column("began", _SECONDS, nullable=False),
    Column("ended", _SECONDS),
    Column("is_estimated", Boolean, nullable=False),
)
Index("ix_parking_faults_began", FAULTS.c.lot_id, FAULTS.c.began)

FAULT_DAYS = _table(
    "parking_fault_days",
    _key("lot_id"),
    _key("day"),
    _key("bay_key"),
    Column("fault", _WORD, primary_key=True),
    _number("faults"),
    _seconds("seconds"),
)

PROMOTION_DAYS = _table(
    "parking_promotion_days",
    _key("lot_id"),
    _key("day"),
    Column("promotion_id", String(64), primary_key=True),
    Column("title", _NAME, nullable=False),
    _number("impressions"),
    _number("on_signs"),
    _number("visits"),
    _number("clicks"),
)

VISIT_DAYS = _table(
    "parking_visit_days",
    _key("lot_id"),
    _key("day"),
    _number("visits"),
)

OF_A_LOT: Final = (
    BAYS,
    GROUPS,
    PLACES,
    STAYS,
    COUNTS,
    HOURS,
    DWELL_DAYS,
    BAY_DAYS,
    BAY_MONTHS,
    GUIDANCE,
    GUIDANCE_HOURS,
    FULL,
    FAULTS,
    FAULT_DAYS,
    PROMOTION_DAYS,
    VISIT_DAYS,
)
"""The tables of a lot, in the order of their references."""
