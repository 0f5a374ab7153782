"""Screens that look at a lot: clients that count what they are sent."""

import asyncio
from collections.abc import Sequence
import json
from typing import Protocol, override

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    TCPConnector,
    WSMessage,
    WSMsgType,
)

# Connections are opened so many at a time.
AT_ONCE = 25
ACKNOWLEDGE_EVERY = 8


def frame_size(payload: int) -> int:
    """Return the bytes that a message takes in a server's WebSocket frame (RFC 6455, 5.2)."""
    return payload + (2 if payload < 126 else 4 if payload < 65_536 else 10)


class Talk(Protocol):
    """What a screen says, and hears."""

    async def begin(self, socket: ClientWebSocketResponse) -> None:
        """Ask for the lot."""

    async def hear(self, socket: ClientWebSocketResponse, text: str) -> None:
        """Receive a message."""


class Listen:
    """Says nothing: everything comes by itself."""

    async def begin(self, socket: ClientWebSocketResponse) -> None:
        """Ask for nothing."""

    async def hear(self, socket: ClientWebSocketResponse, text: str) -> None:
        """Ignore a message."""


class AskHome(Listen):
    """Logs in to Home Assistant, and subscribes."""

    def __init__(self, token: str, **command: object) -> None:
        """Ask for what a command says."""
        self._token = token
        self._command = command

    @override
    async def begin(self, socket: ClientWebSocketResponse) -> None:
        await socket.receive()
        await socket.send_json({"type": "auth", "access_token": self._token})
        await socket.receive()
        await socket.send_json({"id": 1, **self._command})


class AskLot(AskHome):
    """As `AskHome`, for this project's subscription: acknowledges as the card does."""

    def __init__(self, token: str) -> None:
        """Ask for the only lot."""
        super().__init__(token, type="smart_parking/subscribe")
        self._heard = 0
        self._asked = 1

    @override
    async def hear(self, socket: ClientWebSocketResponse, text: str) -> None:
        seq = json.loads(text).get("event", {}).get("s")
        if seq is None:
            return
        self._heard += 1
        if self._heard % ACKNOWLEDGE_EVERY == 0:
            self._asked += 1
            await socket.send_json(
                {
                    "id": self._asked,
                    "type": "smart_parking/ack",
                    "subscription": 1,
                    "seq": seq,
                }
            )


class Screens:
    """Many screens at one address."""

    def __init__(self, address: str, talks: Sequence[Talk]) -> None:
        """Initialize; `open` connects."""
        self.received = 0
        self._address = address
        self._talks = talks
        self._session = ClientSession(connector=TCPConnector(limit=0))
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect all, and wait until each has been sent something."""
        limit = asyncio.Semaphore(AT_ONCE)
        seen = [asyncio.Event() for _ in self._talks]
        for talk, event in zip(self._talks, seen, strict=True):
            self._tasks.append(asyncio.create_task(self._run(talk, event, limit)))
        await asyncio.gather(*(event.wait() for event in seen))

    async def close(self) -> None:
        """Disconnect all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _run(self, talk: Talk, seen: asyncio.Event, limit: asyncio.Semaphore) -> None:
        """Connect once."""
        async with limit:
            socket = await self._session.ws_connect(self._address, max_msg_size=0)
            await talk.begin(socket)
            self._count(await socket.receive(), seen)
        async with socket:
            async for message in socket:
                self._count(message, seen)
                await talk.hear(socket, message.data)

    def _count(self, message: WSMessage, seen: asyncio.Event) -> None:
        """Count a message."""
        assert message.type is WSMsgType.TEXT
        self.received += frame_size(len(message.data.encode()))
        seen.set()
