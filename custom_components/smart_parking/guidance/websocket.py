"""What the card asks for about holds: that bays are kept, and what becomes of them.

What a driver wants is carried out as by the actions, and by the same code. It is a command of its
own because what an action is called with is an event, which the recorder writes down; no id of a
hold goes there.

How things are comes as the first event: the browser's library for these commands hands on events,
but not the result of a subscription.
"""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..lookup import the_lot
from ..lot.holds.events import HoldEvent
from ..lot.holds.hold import Hold, HoldStatus
from ..permissions import Caller
from ..websocket import Message, refusing, refusing_later
from .manager import ALL, GuidanceManager
from .services import HOLD_ACTIONS, HoldCall, find_hold, refuse_unknown

FOLLOW = f"{DOMAIN}/follow"
HOLD_ACTION = f"{DOMAIN}/hold_action"
HOLDS = f"{DOMAIN}/holds"


@callback
def async_setup_websocket_holds(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (ws_follow, ws_hold_action, ws_holds):
        websocket_api.async_register_command(hass, command)


class HoldSubscription:
    """One who follows a hold: a subscription of a connection, which is called to end it."""

    def __init__(
        self, connection: ActiveConnection, msg: Message, guidance: GuidanceManager, hold_id: str
    ) -> None:
        """Follow a hold from now on."""
        self._connection = connection
        self._message_id: int = msg["id"]
        self._language: str | None = msg.get("language")
        self._guidance = guidance
        self._hold_id = hold_id
        self._place: object = None
        self._stop = guidance.async_listen(hold_id, self._async_handle_update)
        self._stop_queue: CALLBACK_TYPE | None = None

    def __call__(self) -> None:
        """Follow it no longer."""
        self._stop()
        self._listen_to_queue(is_waiting=False)

    @callback
    def async_show(self, hold: Hold) -> None:
        """Send how it is."""
        answer = self._guidance.answer(hold, self._language)
        self._place = answer["position"]
        self._connection.send_event(self._message_id, answer)
        self._listen_to_queue(is_waiting=hold.status is HoldStatus.WAITING)

    @callback
    def _async_handle_update(self, hold_event: HoldEvent) -> None:
        """Send what has become of it."""
        report = self._guidance.report(hold_event, self._language)
        self._place = report["position"]
        self._connection.send_event(self._message_id, report)
        self._listen_to_queue(is_waiting=hold_event.hold.status is HoldStatus.WAITING)

    def _listen_to_queue(self, *, is_waiting: bool) -> None:
        """Listen to what happens to all while that may move the queue."""
        if is_waiting and self._stop_queue is None:
            self._stop_queue = self._guidance.async_listen(ALL, self._async_queue_changed)
        elif not is_waiting and self._stop_queue is not None:
            self._stop_queue()
            self._stop_queue = None

    @callback
    def _async_queue_changed(self, _told: HoldEvent) -> None:
        """Send the place in the queue, if it is another one now."""
        hold = self._guidance.get(self._hold_id)
        if hold is None or hold.status is not HoldStatus.WAITING:
            return  # What has become of it is told in its turn.
        if self._guidance.answer(hold)["position"] != self._place:
            self.async_show(hold)


@websocket_command(
    {
        vol.Required("type"): FOLLOW,
        vol.Required("hold_id"): str,
        vol.Optional("language"): str,
    }
)
@callback
@refusing
def ws_follow(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send what a driver is told of a hold: how it is, and what becomes of it."""
    found = find_hold(hass, msg["hold_id"])
    if found is None:
        raise refuse_unknown(hass)
    Caller(connection.user).check(found[0].coordinator, POLICY_READ)
    follower = HoldSubscription(connection, msg, found[0].guidance, msg["hold_id"])
    connection.subscriptions[msg["id"]] = follower
    connection.send_result(msg["id"])
    follower.async_show(found[1])


@websocket_command(
    {
        vol.Required("type"): HOLD_ACTION,
        vol.Required("action"): vol.In(HOLD_ACTIONS),
        vol.Optional("data", default=dict): dict,
    }
)
@async_response
@refusing_later
async def ws_hold_action(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Carry out one of the actions on holds, and return its answer."""
    action = HOLD_ACTIONS[msg["action"]]
    call = HoldCall(hass, connection.context(msg), action.schema(msg["data"]))
    connection.send_result(msg["id"], await action.carry_out(call))


@websocket_command({vol.Required("type"): HOLDS, vol.Required("entry_id"): str})
@callback
@require_admin
@refusing
def ws_holds(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send all holds of a lot, and then each one that something happens to."""
    guidance = the_lot(hass, msg["entry_id"]).guidance

    @callback
    def send(hold_event: HoldEvent) -> None:
        connection.send_event(msg["id"], guidance.report(hold_event))

    connection.subscriptions[msg["id"]] = guidance.async_listen(ALL, send)
    connection.send_result(msg["id"])
    holds = [guidance.answer(hold) for hold in guidance.all()]
    connection.send_event(msg["id"], {"holds": holds})
