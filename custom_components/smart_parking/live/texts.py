"""What the card and the editor say, in the language of whoever looks at them."""

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..texts import get_texts
from ..websocket import Message

TEXTS = f"{DOMAIN}/texts"

PREFIX = "card_"
PREFIXES = {"card": PREFIX, "editor": "editor_", "statistics": "statistics_"}
"""By whose texts they are: others than the card's are asked for when they are needed."""
SHARED = ("left", "right", "ahead", "ramp_up", "ramp_down", "ramp_other")
"""Texts that the card shares with other clients."""


@callback
def async_setup_websocket_texts(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, ws_texts)


@callback
@websocket_command(
    {
        vol.Required("type"): TEXTS,
        vol.Required("language"): str,
        vol.Optional("of", default="card"): vol.In(PREFIXES),
        vol.Optional("keys"): [str],
    }
)
def ws_texts(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send a reader's texts in a language, and which one it is: another where there are none.

    All of them, or those with some keys.
    """
    texts = get_texts(hass, msg["language"], house=False)
    prefix = PREFIXES[msg["of"]]
    strings = texts.of(prefix, SHARED if prefix == PREFIX else ())
    if "keys" in msg:
        strings = {key: strings[key] for key in msg["keys"] if key in strings}
    connection.send_result(msg["id"], {"language": texts.language, "texts": strings})
