"""Servers in processes of their own, and what happens in the lots that they show."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import socket
from statistics import quantiles
import subprocess
import sys

from custom_components.smart_parking.hcsr04.simulator import demo_rows, follow_curve

ROOT = Path(__file__).parents[1]
# What npm installs stays for the next time.
MODULES = ROOT / ".local" / "benchmark-subscription"
BROADCAST = Path(__file__).parent / "subscription" / "broadcast.mjs"
WS_VERSION = "8.23.0"

# The day: as the simulated source's, 80 % full at the peak, an hour's stay.
PEAK = 0.8
STAY_S = 3600.0
DAY_H = 24


class Server:
    """A server in a process of its own, that says how long it has worked."""

    def __init__(self, process: Process, address: str) -> None:
        """Connect with a process."""
        self._process = process
        self.address = address

    async def ask(self, line: str) -> str:
        """Send a line, and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        answer = await self._process.stdout.readline()
        return answer.decode().strip()

    async def cpu_ms(self) -> float:
        """Return the processor time used so far, in ms."""
        return float(await self.ask("cpu"))

    async def rss_mb(self) -> float:
        """Return the memory that it has, in MB."""
        return float(await self.ask("rss"))


@asynccontextmanager
async def running(*command: str) -> AsyncGenerator[tuple[Process, str]]:
    """Run a server until it has been used; give the first line that it prints."""
    # Home Assistant looks for an ffmpeg beside its Python.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        limit=2**20,
        env={**os.environ, "PATH": path},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        first = await process.stdout.readline()
        assert first, f"{command[0]} has ended"
        yield process, first.decode()
    finally:
        process.stdin.close()
        await process.wait()


def memory_mb() -> float:
    """Return the memory that this process has, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def changes_per_min(bays: int) -> tuple[float, float]:
    """Return how many vehicles come or go in a minute: over a day, and in its busiest hour."""
    by_hour = [0] * DAY_H
    names = [str(number) for number in range(bays)]
    for event in follow_curve(demo_rows(peak=PEAK), names, mean_stay_s=STAY_S):
        hour = int(event.at_s // 3600.0)
        if hour >= DAY_H:
            break
        if hour >= 0:
            by_hour[hour] += 1
    return sum(by_hour) / DAY_H / 60.0, max(by_hour) / 60.0


def percentile(values: list[float], share: int) -> float:
    """Return the value that a share, in percent, of all values does not exceed."""
    return quantiles(values, n=100, method="inclusive")[share - 1]


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def install_broadcast() -> None:
    """Place the other server where its package is; a package.json keeps npm in that folder."""
    MODULES.mkdir(parents=True, exist_ok=True)
    (MODULES / "package.json").write_text('{"private": true}\n')
    (MODULES / "broadcast.mjs").write_text(BROADCAST.read_text())
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", f"ws@{WS_VERSION}"],
        cwd=MODULES,
        check=True,
    )
