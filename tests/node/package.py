"""The package smart-parking-node as its wheel has it, and programs that run from it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tomllib

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "node"
TIMEOUT_S = 20.0

# Home Assistant is installed beside the tests, and not on a Pi.
ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("homeassistant", "voluptuous", "numpy"):
            raise ModuleNotFoundError(f"{name} was imported")

sys.meta_path.insert(0, Absent())
from smart_parking_node.node.program import main
sys.exit(main())
"""


def project() -> Mapping[str, object]:
    """Return what is written down of the package."""
    return tomllib.loads((SOURCE / "pyproject.toml").read_text())


def build(folder: Path) -> Path:
    """Copy into a folder what the wheel has, and return the folder."""
    targets = tomllib.loads((SOURCE / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = targets["targets"]["wheel"]
    for package in wheel["packages"]:
        shutil.copytree(SOURCE / package, folder / package, ignore=_caches)
    for source, target in wheel["force-include"].items():
        path = (SOURCE / source).resolve()
        if path.is_dir():
            shutil.copytree(path, folder / target, ignore=_caches)
        else:
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / target)
    return folder


_caches = shutil.ignore_patterns("__pycache__")


def command(*arguments: str) -> list[str]:
    """Return the command that runs the program where there is no Home Assistant."""
    return [sys.executable, "-c", ALONE, *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which the program is found, and nothing is configured."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("SMART_PARKING_")
    }
    return {**clean, "PYTHONPATH": str(folder), **more}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        command(*arguments),
        env=environment(folder, **env),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


class Process:
    """The program at work, as a process of its own."""

    def __init__(self, folder: Path, *arguments: str, log: Path, **env: str) -> None:
        """Start it."""
        self._start = (folder, arguments, log, env)
        self.process = self._run()

    def _run(self) -> subprocess.Popen[bytes]:
        folder, arguments, log, env = self._start
        with log.open("ab") as out:
            return subprocess.Popen(
                command(*arguments),
                env=environment(folder, **env),
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(TIMEOUT_S)

    def end(self) -> int:
        """End it as systemd does; return how it ended."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(TIMEOUT_S)

    def again(self) -> None:
        """Start it again."""
        self.process = self._run()


@contextmanager
def at_work(folder: Path, *arguments: str, log: Path, **env: str) -> Iterator[Process]:
    """Run the program until the end of a block."""
    process = Process(folder, *arguments, log=log, **env)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.kill()
