from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient

class MockHAClientWebSocket(ClientWebSocketResponse):
    send_json_auto_id: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

type ClientSessionGenerator = Callable[..., Coroutine[Any, Any, TestClient[Any, Any]]]
type WebSocketGenerator = Callable[..., Coroutine[Any, Any, MockHAClientWebSocket]]
