"""What the operating system knows: which machine this is, whether its clock is right, systemd."""

from __future__ import annotations

import ctypes
import hashlib
import os
from pathlib import Path
import socket
import time
from typing import override

from .agent import Supervisor

_MACHINE_ID = Path("/etc/machine-id")
_TIME_ERROR = 5
# struct timex has fewer bytes than this on every machine.
_TIMEX_BYTES = 512


def machine_id() -> str:
    """Return what tells this machine from others, and gives away nothing else."""
    try:
        own = _MACHINE_ID.read_text().strip()
    except OSError:
        own = socket.gethostname()
    return hashlib.sha256(f"smart-parking-node {own}".encode()).hexdigest()[:16]


def clock_ms() -> int | None:
    """Return what the clock says, in ms since 1970; None when nobody has set it right."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state in (-1, _TIME_ERROR) else time.time_ns() // 1_000_000


class Systemd(Supervisor):
    """Tells systemd that the program has begun, and that it does not hang."""

    def __init__(self) -> None:
        """Look whether systemd wants to know."""
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        period_us = os.environ.get("WATCHDOG_USEC", "")
        self._period_s = int(period_us) / 3e6 if period_us.isdecimal() else 0.0
        self._told_at = 0.0

    def notify(self, text: str) -> None:
        """Tell systemd something; nothing happens where there is none."""
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            try:
                out.sendto(text.encode(), address)
            except OSError:
                return

    @override
    def alive(self) -> None:
        now = time.monotonic()
        if self._period_s and now - self._told_at >= self._period_s:
            self._told_at = now
            self.notify("WATCHDOG=1")
