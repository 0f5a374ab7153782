"""What a sign asks for: the promotion that it shows next."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..lookup import the_lot
from ..lot.promotions.model import When
from ..permissions import Caller
from ..websocket import Message, refusing
from .services import show

PROMOTION = f"{DOMAIN}/promotion"

# So long a sign shows a promotion, and then asks for the next one: long enough to read it.
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
    """Return what a sign at the entrance shows next, and count it.

    Signs ask while somebody could see them. One that asks more often gets the same once more, and
    that is not counted. Whatever came in by the same log-in is one screen, also when its page is
    loaded anew.
    """
    caller, data = Caller(connection.user), the_lot(hass, msg["entry_id"])
    caller.check(data.coordinator, POLICY_READ)
    screen = connection.refresh_token_id or str(id(connection))
    shown = show(caller, data, When.BEFORE, screen, language=msg.get("language"), screen=True)
    connection.send_result(msg["id"], {"promotion": shown, "seconds": SHOWN_S})
