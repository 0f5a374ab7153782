"""A real PostgreSQL server, started by the test, on a socket of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import os
from pathlib import Path
import pwd
import shutil
import subprocess
import tempfile

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
