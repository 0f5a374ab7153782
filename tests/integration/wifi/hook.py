"""What is switched on, and what is heard of it."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback

from tests.integration.visitor.phones import ON, SECRET

__all__ = ["HOOK", "HOOK_ID", "HOOK_PATH", "ON", "PHONE", "SECRET", "hear"]

HOOK_ID = "hookhookhookhook"
HOOK = {"visitors_hook": True, "visitors_hook_id": HOOK_ID}
HOOK_PATH = f"/api/webhook/{HOOK_ID}"
PHONE = "02:00:5e:00:53:0a"


def hear(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return a list to which every event of a station is added."""
    heard: list[dict[str, Any]] = []

    @callback
    def note(event: Event) -> None:
        heard.append(dict(event.data))

    hass.bus.async_listen("smart_parking_station", note)
    return heard
