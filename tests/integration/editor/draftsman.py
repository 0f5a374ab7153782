"""One who draws a plan over a WebSocket, as the editor's page does."""

from itertools import count
from typing import Any

from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from tests.integration.lots import LOT_ID

type Event = dict[str, Any]
type Change = dict[str, dict[str, Event | None]]

_IDS = count(1)


class Draftsman:
    """A page with a plan open."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        """Connect over a socket; nothing is open yet."""
        self.socket = socket
        self.author = ""
        self.events: list[Event] = []
        self.drawing: dict[str, dict[str, Event]] = {}
        self.revision = 0

    async def ask(self, command: str, /, **more: object) -> Event:
        """Send a command and return its answer; what comes before it is taken in."""
        message_id = next(_IDS)
        await self.socket.send_json(
            {"id": message_id, "type": f"smart_parking/editor/{command}", **more}
        )
        while True:
            message = await self.socket.receive_json(timeout=10)
            if message["type"] == "event":
                self._take(message["event"])
            elif message["id"] == message_id:
                answer: Event = message
                return answer

    async def open(self, entry_id: str = LOT_ID) -> None:
        """Open a plan, and wait until it has come and has been looked at."""
        answer = await self.ask("subscribe", entry_id=entry_id)
        assert answer["success"], answer
        await self.wait_for("check")

    async def try_to(self, command: str, /, **more: object) -> Event:
        """Send a command about the open plan and return its answer."""
        return await self.ask(command, author=self.author, **more)

    async def do(self, command: str, /, **more: object) -> Any:
        """Do the same, which must succeed; return the result."""
        answer = await self.try_to(command, **more)
        assert answer["success"], answer
        return answer["result"]

    async def change(self, change: Change) -> None:
        """Change the plan."""
        result = await self.do("change", revision=self.revision, change=change)
        self.revision = max(self.revision, result["revision"])

    async def publish(self) -> None:
        """Publish the plan."""
        await self.do("publish", revision=self.revision)

    async def refused(self, command: str, /, **more: object) -> str:
        """Send a command that must be refused; return the key of the words."""
        answer = await self.try_to(command, **more)
        assert not answer["success"], answer
        assert " " in answer["error"]["message"]
        key: str = answer["error"]["translation_key"]
        return key

    async def wait_for(self, kind: str) -> Event:
        """Return the next event of a kind, of those that have come or of those to come."""
        while True:
            for index, event in enumerate(self.events):
                if event["type"] == kind:
                    del self.events[: index + 1]
                    return event
            message = await self.socket.receive_json(timeout=10)
            assert message["type"] == "event", message
            self._take(message["event"])

    async def problems(self) -> dict[str, Event]:
        """Return what is wrong with the plan as it is now, by key."""
        while True:
            check = await self.wait_for("check")
            if check["revision"] == self.revision:
                return {problem["key"]: problem for problem in check["problems"]}

    def _take(self, event: Event) -> None:
        """Take in an event, as the protocol says."""
        self.events.append(event)
        if event["type"] == "draft":
            self.drawing, self.author = event["drawing"], event["author"]
        for collection, things in event.get("change", {}).items():
            known = self.drawing.setdefault(collection, {})
            for key, thing in things.items():
                if thing is None:
                    known.pop(key, None)
                else:
                    known[key] = thing
        self.revision = event.get("revision", self.revision)
