"""Home Assistant's WebSocket API: commands, and events as they come."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
import json
from typing import Any, Self

import aiohttp

from tests.browser.home import Home

type Message = dict[str, Any]
type Listener = Callable[[Message], None]

TIMEOUT_S = 10.0


class Channel:
    """An open connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Connect through a socket that is logged in."""
        self._socket = socket
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._listeners: dict[int, Listener] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, home: Home) -> Self:
        """Connect, and log in."""
        socket = await home.session.ws_connect(f"{home.url}/api/websocket")
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": home.tokens["access_token"]})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            raise SystemExit(f"The log-in was refused: {answer}")
        return cls(socket)

    async def close(self) -> None:
        """Disconnect."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self._socket.close()

    async def ask(self, command: str, *, listener: Listener | None = None, **more: object) -> Any:
        """Send a command, and return its result; a listener is called with the events."""
        message_id = next(self._ids)
        if listener is not None:
            self._listeners[message_id] = listener
        answer = self._answers[message_id] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": message_id, "type": command, **more})
        async with asyncio.timeout(TIMEOUT_S):
            message = await answer
        if not message["success"]:
            raise SystemExit(f"{command} was refused: {message['error']['message']}")
        return message["result"]

    async def _read(self) -> None:
        """Yield what comes."""
        async for received in self._socket:
            message = json.loads(received.data)
            if message["type"] == "event":
                self._listeners[message["id"]](message["event"])
            elif message["type"] == "result":
                self._answers.pop(message["id"]).set_result(message)
