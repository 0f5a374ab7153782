"""Makes the program a service of systemd: its settings, its unit, and the first start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import os
from pathlib import Path
import subprocess

UNIT = "smart-parking-node.service"
_UNIT_FOLDER = "etc/systemd/system"
_SETTINGS = "etc/smart-parking-node.env"
_PROGRAM = "/usr/local/bin/smart-parking-node"

type Run = Callable[[Sequence[str]], object]


def _run(command: Sequence[str]) -> object:
    """Run a command, and raise `CalledProcessError` when it fails."""
    return subprocess.run(command, check=True)  # noqa: S603 - it is this module's own command


def install(
    settings: Mapping[str, str],
    unit: str,
    program: Path,
    *,
    root: Path = Path("/"),
    run: Run = _run,
) -> None:
    """Write settings and unit, and start the program now and whenever the machine starts.

    `settings` are environment variables. Raises `OSError` and `CalledProcessError`.
    """
    path = root / _SETTINGS
    path.parent.mkdir(parents=True, exist_ok=True)
    # A password may be among them: nobody shall read them, not even for a moment.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.writelines(f"{name}={quoted(value)}\n" for name, value in settings.items())
    folder = root / _UNIT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / UNIT).write_text(unit.replace(_PROGRAM, str(program)))
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", UNIT])
    run(["systemctl", "restart", UNIT])


def quoted(value: str) -> str:
    """Return a value as systemd reads it from a file."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
