"""A phone as Home Assistant knows it from the companion app: it moves, and shows messages."""

import asyncio
from collections.abc import Callable
import json
from typing import Any, Self

from scripts.story.channel import Channel, Message
from tests.browser.home import Home

AWAY = [52.40, 13.30]
HOME = [52.52, 13.405]
ACCURACY_M = 10

type Teller = Callable[[str], None]


class Phone:
    """One driver's phone."""

    def __init__(self, home: Home, name: str, webhook: str, tell: Teller) -> None:
        """Initialize as registered."""
        self.name = name
        self.message: Message | None = None
        self.heard: list[str] = []
        self._home = home
        self._webhook = webhook
        self._tell = tell
        self._changed = asyncio.Event()

    @classmethod
    async def register(cls, home: Home, channel: Channel, name: str, tell: Teller) -> Self:
        """Register with Home Assistant, and let it push messages."""
        about = {
            "app_id": "story",
            "app_name": "Story",
            "app_version": "1",
            "device_name": f"{name}'s phone",
            "device_id": name,
            "manufacturer": "Story",
            "model": "Phone",
            "os_name": "Linux",
            "os_version": "1",
            "supports_encryption": False,
            "app_data": {"push_websocket_channel": True},
        }
        answer = json.loads(await home.request("POST", "mobile_app/registrations", about))
        phone = cls(home, name, answer["webhook_id"], tell)
        await channel.ask(
            "mobile_app/push_notification_channel",
            listener=phone._take,
            webhook_id=phone._webhook,
        )
        await phone.go(AWAY)
        return phone

    @property
    def tracker(self) -> str:
        """The tracker that follows it."""
        return f"device_tracker.{self.name.lower()}_s_phone"

    @property
    def title(self) -> str | None:
        """The title of what is shown."""
        return None if self.message is None else self.message["title"]

    @property
    def bay(self) -> str:
        """The bay that is shown; bays' labels are last in titles."""
        return (self.title or "").rstrip("?").split(" ")[-1]

    async def go(self, place: list[float]) -> None:
        """Move."""
        await self._say("update_location", {"gps": place, "gps_accuracy": ACCURACY_M})

    async def press(self, button: str) -> None:
        """Press a button of the message that is shown."""
        if self.message is None:
            raise SystemExit(f"{self.name}'s phone shows nothing")
        data = self.message["data"]
        action = next(one["action"] for one in data["actions"] if one["title"] == button)
        self._tell(f"{self.name} presses “{button}”")
        await self._say(
            "fire_event",
            {
                "event_type": "mobile_app_notification_action",
                "event_data": {"action": action, "tag": data["tag"]},
            },
        )

    async def picture(self) -> bytes:
        """Fetch the picture of the message that is shown, as a phone does: without logging in."""
        path = None if self.message is None else self.message["data"].get("image")
        if path is None:
            raise SystemExit(f"{self.name}'s phone shows no picture")
        async with self._home.session.get(f"{self._home.url}{path}") as response:
            return await response.read()

    async def shows(self, is_so: Callable[[Phone], bool], within_s: float) -> None:
        """Wait until what it shows is so."""
        async with asyncio.timeout(within_s):
            while not is_so(self):
                self._changed.clear()
                await self._changed.wait()

    async def _say(self, what: str, data: dict[str, Any]) -> None:
        """Send Home Assistant something, as the app does."""
        await self._home.request("POST", f"webhook/{self._webhook}", {"type": what, "data": data})

    def _take(self, message: Message) -> None:
        """Show a message, or clear what was shown."""
        if message["message"] == "clear_notification":
            self.message = None
            self._tell(f"{self.name}'s phone: the message is cleared")
        else:
            self.message = message
            self.heard.append(message["message"])
            actions = message.get("data", {}).get("actions", [])
            buttons = " ".join(f"[{one['title']}]" for one in actions)
            self._tell(f"{self.name}'s phone: {message['title']} | {message['message']} {buttons}")
        self._changed.set()
