"""What the card says, in the language of whoever looks at it."""

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from .const import DOMAIN
from .websocket_commands import Message
from .words import words_for

TEXTS = f"{DOMAIN}/texts"

PREFIX = "card_"
SHARED = ("left", "right", "ahead", "ramp_up", "ramp_down", "ramp_other")
"""Texts that the card has in common with others."""


@callback
def async_setup_websocket_texts(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, ws_texts)


@callback
@websocket_command(
    {
        vol.Required("type"): TEXTS,
        vol.Required("language"): str,
        vol.Optional("keys"): [str],
    }
)
def ws_texts(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send the card's texts in a language, and which one it is: another where there are none.

    All of them, or those with some keys.
    """
    words = words_for(hass, msg["language"], house=False)
    texts = words.of(PREFIX, SHARED)
    if "keys" in msg:
        texts = {key: texts[key] for key in msg["keys"] if key in texts}
    connection.send_result(msg["id"], {"language": words.language, "texts": texts})
