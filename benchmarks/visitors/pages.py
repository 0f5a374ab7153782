"""Open pages: connections that count what they are sent, and note when it tells of a change."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import re
import time
from typing import override

# Connections are opened so many at a time, which a server's queue of those not yet accepted holds.
AT_ONCE = 50
TIMEOUT_S = 60.0
# As many as one phone may have open, unless the owner says otherwise.
PAGES_OF_A_PHONE = 4

# What is sent of a lot begins with how many changes there were, here and in the other ways.
NUMBER = re.compile(rb'[{,]"s(?:eq)?":(\d+)')

type Recogniser = Callable[[bytes, bytes, int], int]
"""Returns how many changes were told, of what is sent, what was sent before, and how many were."""


def number_of(sent: bytes, before: bytes, known: int) -> int:
    """Return the number that stands in the newest server-sent event."""
    numbers = NUMBER.findall(sent)
    return int(numbers[-1]) if numbers else known


def is_another(sent: bytes, before: bytes, known: int) -> int:
    """Return one more where a message with the whole lot differs from the one before."""
    return known + (bool(before) and sent != before)


class Page(asyncio.Protocol):
    """One open page."""

    def __init__(self, request: bytes, recognise: Recogniser) -> None:
        """Ask for something as soon as there is a connection."""
        self.received = 0
        self.changes: dict[int, float] = {}
        """When each change was told, by its number."""
        self.number = 0
        self.seen = asyncio.Event()
        self.transport: asyncio.Transport | None = None
        self._request = request
        self._recognise = recognise
        self._before = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    @override
    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.received += len(data)
        if not self.seen.is_set():
            assert data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 101")), data
            self.seen.set()
        number = self._recognise(data, self._before, self.number)
        for one in range(self.number + 1, number + 1):
            self.changes[one] = now
        self.number = number
        self._before = data


class Pages:
    """Many open pages at one address."""

    def __init__(self, port: int, path: str, headers: str, recognise: Recogniser) -> None:
        """Initialize; `open` connects."""
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: lot\r\n{headers}\r\n".encode()
        self._recognise = recognise
        self._pages: list[Page] = []
        self._opened = 0

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._pages)

    @property
    def received(self) -> int:
        """How many bytes all of them have been sent."""
        return sum(page.received for page in self._pages)

    async def open(self, count: int) -> None:
        """Open so many more, each phone with a few, and wait until each has been answered."""
        loop = asyncio.get_running_loop()
        while count > 0:
            batch = min(AT_ONCE, count)
            count -= batch
            made = await asyncio.gather(
                *(
                    loop.create_connection(
                        self._page, "127.0.0.1", self._port, local_addr=(self._phone(), 0)
                    )
                    for _ in range(batch)
                )
            )
            pages = [page for _, page in made]
            async with asyncio.timeout(TIMEOUT_S):
                await asyncio.gather(*(page.seen.wait() for page in pages))
            self._pages += pages

    def close(self, count: int | None = None) -> None:
        """Close the oldest so many, or all."""
        leaving = self._pages[:count]
        del self._pages[:count]
        for page in leaving:
            with suppress(AttributeError):
                page.transport.abort()  # type: ignore[union-attr]  # one that never connected

    def forget(self) -> None:
        """Remove all changes that were received."""
        for page in self._pages:
            page.changes.clear()

    def told(self, count: int) -> list[list[float]]:
        """Return when each of a number of changes was received by each page."""
        numbers = sorted(self._pages[0].changes)
        assert len(numbers) == count, numbers
        return [[page.changes[number] for page in self._pages] for number in numbers]

    def _phone(self) -> str:
        """Return the address of the phone that opens the next page."""
        number = self._opened // PAGES_OF_A_PHONE
        self._opened += 1
        return f"127.1.{number // 250 % 250}.{1 + number % 250}"

    def _page(self) -> Page:
        """Return a page to be opened."""
        return Page(self._request, self._recognise)
