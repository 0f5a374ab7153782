"""Notifications to the owner."""

from homeassistant.components.notify.const import DOMAIN as NOTIFY, SERVICE_SEND_MESSAGE
from homeassistant.core import HomeAssistant, ServiceCall, callback

OWNER = "notify.owner"


class Board:
    """Something that shows messages."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Show none yet."""
        self.texts: list[str] = []
        hass.services.async_register(NOTIFY, SERVICE_SEND_MESSAGE, self._take)

    @callback
    def _take(self, call: ServiceCall) -> None:
        """Show a message."""
        assert call.data["entity_id"] == [OWNER]
        assert call.data["title"]
        self.texts.append(call.data["message"])
