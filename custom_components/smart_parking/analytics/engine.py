"""Engine of a history's database: its address, its connections, and damage of its file."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import sqlite3
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

# Packages of drivers, by dialect, for other databases than SQLite.
REQUIREMENTS: Final = {
    "postgresql": ("psycopg[binary]>=3.2.12,<4",),
    "mysql": ("PyMySQL>=1.1.2,<2",),
    "mariadb": ("PyMySQL>=1.1.2,<2",),
}
_DRIVERS: Final = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}

# No caller waits longer for a database that does not answer.
_CONNECT_TIMEOUT_S = 10
_BUSY_TIMEOUT_S = 30.0
_SUFFIXES = ("", "-wal", "-shm")
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-16384",
    "PRAGMA temp_store=MEMORY",
)


class DatabaseUrlError(Exception):
    """An address is no usable database's; `key` is the reason."""

    def __init__(self, key: str) -> None:
        """Initialize with the key of the reason."""
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a database."""

    url: URL
    requirements: tuple[str, ...] = ()

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        is_file = self.url.get_backend_name() == "sqlite" and self.url.database
        return Path(self.url.database or "") if is_file else None

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)


def parse_address(text: str) -> Address:
    """Return the address in an owner's text, or raise `DatabaseUrlError`."""
    try:
        url = make_url(text.strip())
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as err:
        raise DatabaseUrlError("database_url") from err
    if backend not in _DRIVERS:
        raise DatabaseUrlError("database_kind")
    # A host in the query is a folder with PostgreSQL's socket.
    if not url.database or not (url.host or url.query.get("host")):
        raise DatabaseUrlError("database_url")
    if "+" in url.drivername:
        # An owner who names a driver has to install it.
        return Address(url)
    return Address(url.set(drivername=f"{backend}+{_DRIVERS[backend]}"), REQUIREMENTS[backend])


def file_address(path: Path) -> Address:
    """Return the address of a file."""
    return Address(URL.create("sqlite", database=str(path)))


def open_engine(address: Address) -> Engine:
    """Return an engine; nothing is connected yet."""
    if address.path is not None:
        engine = create_engine(address.url, connect_args={"timeout": _BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _set_pragmas)
        return engine
    return create_engine(
        address.url,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=3,
    )


def _set_pragmas(connection: Any, _record: object) -> None:
    """Set up a connection to a SQLite file."""
    try:
        with closing(connection.cursor()) as cursor:
            for pragma in _PRAGMAS:
                cursor.execute(pragma)
    except sqlite3.DatabaseError:
        # SQLAlchemy would not close it after an error here.
        connection.close()
        raise


def is_sound(path: Path) -> bool:
    """Return whether a file is an intact SQLite database, or missing."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)) as connection:
            found: tuple[str] = connection.execute("PRAGMA quick_check(1)").fetchone()
            return found == ("ok",)
    except sqlite3.OperationalError:
        # A locked file or a missing disk is no sign of damage.
        raise
    except sqlite3.DatabaseError:
        return False


def is_damage(err: Exception) -> bool:
    """Return whether an error means that a SQLite file is damaged."""
    cause = err.orig if isinstance(err, DatabaseError) else err
    code = getattr(cause, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def put_aside(path: Path) -> Path:
    """Rename a damaged file, and the files that belong to it; return its new path."""
    mark = f".corrupt.{datetime.now(UTC).isoformat()}"
    for suffix in _SUFFIXES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(part.with_name(part.name + mark))
    return path.with_name(path.name + mark)


def remove_file(path: Path) -> None:
    """Delete a SQLite file, the files that belong to it, and its damaged copies."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink(missing_ok=True)


def upsert(
    connection: Connection,
    table: Table,
    rows: list[dict[str, Any]],
    *,
    add: tuple[str, ...] = (),
    replace: tuple[str, ...] = (),
) -> None:
    """Insert rows; for an existing key, add some columns to the row, and replace others."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    match connection.dialect.name:
        case "mysql" | "mariadb":
            of_mysql = mysql.insert(table)
            connection.execute(
                of_mysql.on_duplicate_key_update(
                    {name: table.c[name] + of_mysql.inserted[name] for name in add}
                    | {name: of_mysql.inserted[name] for name in replace}
                ),
                rows,
            )
        case name:
            dialect = sqlite if name == "sqlite" else postgresql
            statement = dialect.insert(table)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=keys,
                    set_={one: table.c[one] + statement.excluded[one] for one in add}
                    | {one: statement.excluded[one] for one in replace},
                ),
                rows,
            )
