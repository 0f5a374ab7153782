"""What a sign asks for: the promotion that it shows next."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND, ERR_UNAUTHORIZED
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from .const import DOMAIN
from .lookup import the_lot
from .lot.promotions import When
from .picture import may_read
from .promotion_services import as_shown

PROMOTION = f"{DOMAIN}/promotion"

# So long a sign shows a promotion, and then asks for the next one: long enough to read it.
SHOWN_S = 20

type Message = dict[str, Any]


@callback
def async_setup_websocket_promotions(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, ws_promotion)


@callback
@websocket_command(
    {
        vol.Required("type"): PROMOTION,
        vol.Required("entry_id"): str,
        vol.Optional("language"): str,
    }
)
def ws_promotion(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Return what a sign at the entrance shows next, and count it.

    Signs ask while somebody could see them. One that asks more often gets the same once more, and
    that is not counted. Whatever came in by the same log-in is one screen, also when its page is
    loaded anew.
    """
    try:
        coordinator = the_lot(hass, msg["entry_id"])
    except ServiceValidationError as err:
        connection.send_error(msg["id"], ERR_NOT_FOUND, str(err))
        return
    if not may_read(connection.user, coordinator):
        connection.send_error(msg["id"], ERR_UNAUTHORIZED, "You may not see this lot.")
        return
    language: str | None = msg.get("language")
    screen = connection.refresh_token_id or str(id(connection))
    promotion = coordinator.promotions.async_next(
        When.BEFORE, screen, language=language, screen=True
    )
    shown = None if promotion is None else as_shown(coordinator, promotion, language)
    connection.send_result(msg["id"], {"promotion": shown, "seconds": SHOWN_S})
