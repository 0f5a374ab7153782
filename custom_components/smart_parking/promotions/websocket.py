"""Command of a sign: the next promotion to show."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..lookup import get_lot
from ..lot.promotions.model import When
from ..permissions import Caller
from ..websocket import Message, refusing
from .services import show

PROMOTION = f"{DOMAIN}/promotion"

# A sign shows a promotion for this time, and then asks for the next one: long enough to read it.
SHOWN_S = 20


@callback
def async_setup_websocket_promotions(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, ws_promotion)


@websocket_command(
    {
        vol.Required("type"): PROMOTION,
        vol.Required("entry_id"): str,
        vol.Optional("language"): str,
    }
)
@callback
@refusing
def ws_promotion(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Return the next promotion of a sign at the entrance, and count it.

    A sign asks while its page is visible. One that asks more often gets the same promotion, which
    is not counted again. All clients of one log-in are one screen, also after their page is
    reloaded.
    """
    caller, data = Caller(connection.user), get_lot(hass, msg["entry_id"])
    caller.check(data.coordinator, POLICY_READ)
    screen = connection.refresh_token_id or str(id(connection))
    shown = show(caller, data, When.BEFORE, screen, language=msg.get("language"), screen=True)
    connection.send_result(msg["id"], {"promotion": shown, "seconds": SHOWN_S})
