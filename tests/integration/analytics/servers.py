"""Real servers of PostgreSQL and MariaDB, started by the test, on this machine only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import os
from pathlib import Path
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

# Debian keeps the server's programs off the path.
_PLACES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin")]
START_S = 120


def _program(name: str) -> str | None:
    """Return where one of PostgreSQL's programs is."""
    for place in _PLACES:
        if (place / name).exists():
            return str(place / name)
    return shutil.which(name)


INITDB, PG_CTL = _program("initdb"), _program("pg_ctl")
IS_THERE = INITDB is not None and PG_CTL is not None
USER = "parking"


class PostgresServer:
    """A server that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        """Make an empty cluster in a folder."""
        self._folder = folder / "data"
        self._log = folder / "log"
        self._sockets = folder
        assert INITDB is not None
        self._run(INITDB, "-D", str(self._folder), "-U", USER, "--auth=trust", "-E", "UTF8")

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://{USER}@/postgres?host={self._sockets}"

    def start(self) -> None:
        """Start, and return when it answers."""
        assert PG_CTL is not None
        options = f"-k {self._sockets} -c listen_addresses= -c fsync=off"
        self._run(
            PG_CTL, "-D", str(self._folder), "-l", str(self._log), "-o", options,
            "-w", "-t", str(START_S), "start",
        )  # fmt: skip

    def stop(self) -> None:
        """Stop at once, as a machine does that is switched off."""
        assert PG_CTL is not None
        self._run(PG_CTL, "-D", str(self._folder), "-m", "immediate", "-w", "stop")

    @staticmethod
    def _run(*command: str) -> None:
        """Run one of its programs; it refuses to be run by root."""
        user = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else None
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user
        )


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server in a folder that its user may enter."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            # A test may have stopped it already.
            with suppress(subprocess.CalledProcessError):
                server.stop()


# MariaDB, without users.
_SBIN = Path("/usr/sbin")
MARIADBD = shutil.which("mariadbd") or next(map(str, _SBIN.glob("mariadbd")), None)


class MariaServer:
    """A server that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        """Prepare an empty folder for its data."""
        self._folder = folder
        self._data = folder / "data"
        self._data.mkdir()
        if os.getuid() == 0:
            # It is told to stay root, which may enter everywhere.
            self._data.chmod(0o700)
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"mariadb://root@127.0.0.1:{self._port}/parking"

    def start(self) -> None:
        """Start, and return when it answers."""
        assert MARIADBD is not None
        messages = Path(MARIADBD).resolve().parents[1] / "share" / "mysql"
        create = self._folder / "create.sql"
        create.write_text("CREATE DATABASE IF NOT EXISTS parking CHARACTER SET utf8mb4;\n")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    MARIADBD,
                    "--no-defaults",
                    f"--datadir={self._data}",
                    f"--socket={self._folder / 'socket'}",
                    f"--init-file={create}",
                    f"--lc-messages-dir={messages}",
                    "--skip-grant-tables",
                    "--bind-address=127.0.0.1",
                    f"--port={self._port}",
                    "--innodb-flush-log-at-trx-commit=1",
                    *(["--user=root"] if os.getuid() == 0 else []),
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while not (self._folder / "log").read_text().count("ready for connections") > self._starts:
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, (self._folder / "log").read_text()
            time.sleep(0.05)
        self._starts += 1

    _starts = 0

    def stop(self) -> None:
        """Stop, as for an update; whoever is connected is cut off."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_S)
            self._process = None


@contextmanager
def maria_server() -> Iterator[MariaServer]:
    """Run a server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        server = MariaServer(Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()
