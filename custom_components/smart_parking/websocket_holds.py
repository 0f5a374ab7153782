"""What the card asks for about holds: what becomes of one, and all of them for an owner.

How things are comes as the first event: the browser's library for these commands hands on events,
but not the result of a subscription. Keeping bays, and all that drivers say, goes through the
actions.
"""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import require_admin, websocket_command
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from .const import DOMAIN
from .guidance import ALL, Guidance
from .hold_services import find_hold, refuse_unknown
from .lookup import the_lot
from .lot.happenings import Told
from .lot.promises import Hold, HoldStatus

FOLLOW = f"{DOMAIN}/follow"
HOLDS = f"{DOMAIN}/holds"

type Message = dict[str, Any]


@callback
def async_setup_websocket_holds(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (ws_follow, ws_holds):
        websocket_api.async_register_command(hass, command)


@callback
def async_refuse(
    connection: ActiveConnection, message_id: int, code: str, err: ServiceValidationError
) -> None:
    """Say why a command cannot be carried out."""
    connection.send_error(
        message_id,
        code,
        str(err),
        translation_domain=err.translation_domain,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )


class Follower:
    """One who follows a hold: a subscription of a connection, which is called to end it."""

    def __init__(
        self, connection: ActiveConnection, msg: Message, guidance: Guidance, hold_id: str
    ) -> None:
        """Follow a hold from now on."""
        self._connection = connection
        self._message_id: int = msg["id"]
        self._language: str | None = msg.get("language")
        self._guidance = guidance
        self._hold_id = hold_id
        self._place: object = None
        self._stop = guidance.async_listen(hold_id, self._async_told)
        self._stop_queue: CALLBACK_TYPE | None = None

    def __call__(self) -> None:
        """Follow it no longer."""
        self._stop()
        self._mind_queue(is_waiting=False)

    @callback
    def async_show(self, hold: Hold) -> None:
        """Send how it is."""
        answer = self._guidance.answer(hold, self._language)
        self._place = answer["position"]
        self._connection.send_event(self._message_id, answer)
        self._mind_queue(is_waiting=hold.status is HoldStatus.WAITING)

    @callback
    def _async_told(self, told: Told) -> None:
        """Send what has become of it."""
        report = self._guidance.report(told, self._language)
        self._place = report["position"]
        self._connection.send_event(self._message_id, report)
        self._mind_queue(is_waiting=told.hold.status is HoldStatus.WAITING)

    def _mind_queue(self, *, is_waiting: bool) -> None:
        """Listen to what happens to all while that may move the queue."""
        if is_waiting and self._stop_queue is None:
            self._stop_queue = self._guidance.async_listen(ALL, self._async_queue_told)
        elif not is_waiting and self._stop_queue is not None:
            self._stop_queue()
            self._stop_queue = None

    @callback
    def _async_queue_told(self, _told: Told) -> None:
        """Send the place in the queue, if it is another one now."""
        hold = self._guidance.get(self._hold_id)
        if hold is None or hold.status is not HoldStatus.WAITING:
            return  # What has become of it is told in its turn.
        if self._guidance.answer(hold)["position"] != self._place:
            self.async_show(hold)


@callback
@websocket_command(
    {
        vol.Required("type"): FOLLOW,
        vol.Required("hold_id"): str,
        vol.Optional("language"): str,
    }
)
def ws_follow(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send what a driver is told of a hold: how it is, and what becomes of it."""
    found = find_hold(hass, msg["hold_id"])
    if found is None:
        async_refuse(connection, msg["id"], ERR_NOT_FOUND, refuse_unknown(hass))
        return
    follower = Follower(connection, msg, found[0].guidance, msg["hold_id"])
    connection.subscriptions[msg["id"]] = follower
    connection.send_result(msg["id"])
    follower.async_show(found[1])


@callback
@require_admin
@websocket_command({vol.Required("type"): HOLDS, vol.Required("entry_id"): str})
def ws_holds(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send all holds of a lot, and then each one that something happens to."""
    try:
        guidance = the_lot(hass, msg["entry_id"]).guidance
    except ServiceValidationError as err:
        async_refuse(connection, msg["id"], ERR_NOT_FOUND, err)
        return

    @callback
    def send(told: Told) -> None:
        connection.send_event(msg["id"], guidance.report(told))

    connection.subscriptions[msg["id"]] = guidance.async_listen(ALL, send)
    connection.send_result(msg["id"])
    holds = [guidance.answer(hold) for hold in guidance.all()]
    connection.send_event(msg["id"], {"holds": holds})
