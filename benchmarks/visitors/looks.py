"""Phones that look at the lot every ten seconds, by an nginx that keeps it for a second.

usage: python -m benchmarks.visitors.looks [--phones N], by a Python that has Home Assistant; needs
nginx. It takes two minutes.
"""

import argparse
import asyncio
from collections import Counter
import json
import os
from pathlib import Path
import re
import resource
import sys
from tempfile import TemporaryDirectory
import time
from typing import override

from benchmarks.servers import Server, free_port, percentile, running
from benchmarks.subscription.home import SECRET
from tests.integration.visitor import nginx

BAYS = 24
PHONES = 5_000
CHECK_INTERVAL_S = 10.0
SPAN_S = 60.0
AT_ONCE = 50
PATH = f"/api/smart_parking/v/{SECRET}/lot"
TAG = re.compile(rb"ETag: (.+?)\r\n", re.IGNORECASE)
LENGTH = re.compile(rb"Content-Length: (\d+)", re.IGNORECASE)


class Phone(asyncio.Protocol):
    """A phone that looks again and again, on one connection."""

    def __init__(self) -> None:
        """Initialize; nothing has been seen."""
        self.waited_ms: list[float] = []
        self.received = 0
        self.answers: Counter[bytes] = Counter()
        self._transport: asyncio.Transport | None = None
        self._answered = asyncio.Event()
        self._data = b""
        self._tag = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._data += data
        head, is_whole, body = self._data.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if head.startswith(b"HTTP/1.1 304"):
            is_read = bool(is_whole)
        elif length is None:
            is_read = body.endswith(b"0\r\n\r\n")
        else:
            is_read = len(body) >= int(length[1])
        if is_whole and is_read:
            if (tag := TAG.search(head)) is not None:
                self._tag = tag[1]
            self.answers[head[9:12]] += 1
            self.received += len(self._data)
            self._data = b""
            self._answered.set()

    async def look(self) -> None:
        """Ask for the lot, and wait for the answer."""
        assert self._transport is not None
        self._answered.clear()
        began = time.monotonic()
        seen = b"If-None-Match: %b\r\n" % self._tag if self._tag else b""
        self._transport.write(
            b"GET %b HTTP/1.1\r\nHost: lot\r\nAccept-Encoding: gzip\r\n%b\r\n"
            % (PATH.encode(), seen)
        )
        await self._answered.wait()
        self.waited_ms.append((time.monotonic() - began) * 1e3)

    async def go_on(self, first_s: float) -> None:
        """Look every ten seconds."""
        await asyncio.sleep(first_s)
        while True:
            due = time.monotonic() + CHECK_INTERVAL_S
            await self.look()
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def cpu_s(process: int) -> float:
    """Return the processor time of a process and of its children, in s."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if process in (int(path.parent.name), int(fields[1])):
            found += int(fields[11]) + int(fields[12])
    return found / os.sysconf("SC_CLK_TCK")


async def measure(phones: int, server: Server, port: int, proxy: int) -> None:
    """Open connections, look for a minute while the lot changes each second, and print."""
    loop, made = asyncio.get_running_loop(), []
    for first in range(0, phones, AT_ONCE):
        batch = range(first, min(phones, first + AT_ONCE))
        made += await asyncio.gather(
            *(
                loop.create_connection(
                    Phone,
                    "127.0.0.1",
                    port,
                    local_addr=(f"127.1.{one // 250 % 250}.{1 + one % 250}", 0),
                )
                for one in batch
            )
        )
    seen = [phone for _, phone in made]
    looking = [
        asyncio.create_task(phone.go_on(CHECK_INTERVAL_S * number / phones))
        for number, phone in enumerate(seen)
    ]
    await asyncio.sleep(CHECK_INTERVAL_S)
    for phone in seen:
        phone.waited_ms.clear()
        phone.answers.clear()
        phone.received = 0
    began, looks = time.monotonic(), int(await server.ask("looks"))
    of_home, of_proxy = await server.cpu_ms(), cpu_s(proxy)
    await server.ask(f"timed {int(SPAN_S)} 1")
    lasted_s = time.monotonic() - began
    looks = int(await server.ask("looks")) - looks
    home_share = (await server.cpu_ms() - of_home) / 1e3 / lasted_s
    proxy_share = (cpu_s(proxy) - of_proxy) / lasted_s
    for one in looking:
        one.cancel()
    waited_ms = [one for phone in seen for one in phone.waited_ms]
    answers = sum((phone.answers for phone in seen), Counter[bytes]())
    received = sum(phone.received for phone in seen) / len(waited_ms)
    said = ", ".join(f"{key.decode()}: {count:,}" for key, count in sorted(answers.items()))
    print("| phones | looks a second | answered | bytes a look | answer ms: p50 / p99", end="")
    print(" | Home Assistant asked a second | of a core | nginx: of a core |")
    print("| ---: | ---: | --- " + "| ---: " * 5 + "|")
    print(
        f"| {phones:,} | {len(waited_ms) / lasted_s:,.0f} | {said} | {received:,.0f}"
        f" | {percentile(waited_ms, 50):.1f} / {percentile(waited_ms, 99):.1f}"
        f" | {looks / lasted_s:.1f} | {home_share:.1%} | {proxy_share:.1%} |"
    )


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.visitors.looks")
    parser.add_argument("--phones", type=int, default=PHONES)
    phones: int = parser.parse_args().phones
    command = (sys.executable, "-m", "benchmarks.subscription.home")
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        port = free_port()
        async with running(*command, folder, str(port), str(BAYS), "proxied") as (process, line):
            json.loads(line)
            with nginx.running(Path(other), "127.0.0.1", port) as (outside, proxy):
                await measure(phones, Server(process, PATH), outside, proxy)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main())
