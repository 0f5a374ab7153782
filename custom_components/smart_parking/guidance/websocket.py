"""Commands of the card about holds: actions on holds, and their events.

The actions run the same code as Home Assistant's. They have a command of their own because the data
of an action call is an event in the recorder, and ids of holds must not be recorded.

The current state is sent as the first event: the browser's library passes on events, but not the
result of a subscription.
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
from ..lookup import get_lot
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
    """A subscription of a connection to a hold; the connection calls it to end it."""

    def __init__(
        self, connection: ActiveConnection, msg: Message, guidance: GuidanceManager, hold_id: str
    ) -> None:
        """Subscribe to a hold from now on."""
        self._connection = connection
        self._message_id: int = msg["id"]
        self._language: str | None = msg.get("language")
        self._guidance = guidance
        self._hold_id = hold_id
        self._place: object = None
        self._stop = guidance.async_listen(hold_id, self._async_handle_update)
        self._stop_queue: CALLBACK_TYPE | None = None

    def __call__(self) -> None:
        """Unsubscribe."""
        self._stop()
        self._listen_to_queue(is_waiting=False)

    @callback
    def async_show(self, hold: Hold) -> None:
        """Send the state of the hold."""
        answer = self._guidance.answer(hold, self._language)
        self._place = answer["position"]
        self._connection.send_event(self._message_id, answer)
        self._listen_to_queue(is_waiting=hold.status is HoldStatus.WAITING)

    @callback
    def _async_handle_update(self, hold_event: HoldEvent) -> None:
        """Send an event of the hold."""
        report = self._guidance.report(hold_event, self._language)
        self._place = report["position"]
        self._connection.send_event(self._message_id, report)
        self._listen_to_queue(is_waiting=hold_event.hold.status is HoldStatus.WAITING)

    def _listen_to_queue(self, *, is_waiting: bool) -> None:
        """Subscribe to the events of all holds while these may move the queue."""
        if is_waiting and self._stop_queue is None:
            self._stop_queue = self._guidance.async_listen(ALL, self._async_queue_changed)
        elif not is_waiting and self._stop_queue is not None:
            self._stop_queue()
            self._stop_queue = None

    @callback
    def _async_queue_changed(self, _told: HoldEvent) -> None:
        """Send the place in the queue, if it has changed."""
        hold = self._guidance.get(self._hold_id)
        if hold is None or hold.status is not HoldStatus.WAITING:
            return  # The event of this hold is sent by its own listener.
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
    """Send a hold's state, and its events, to its driver."""
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
    """Run one of the actions on holds, and return its response."""
    action = HOLD_ACTIONS[msg["action"]]
    call = HoldCall(hass, connection.context(msg), action.schema(msg["data"]))
    connection.send_result(msg["id"], await action.carry_out(call))


@websocket_command({vol.Required("type"): HOLDS, vol.Required("entry_id"): str})
@callback
@require_admin
@refusing
def ws_holds(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send all holds of a lot, and then each one that changes."""
    guidance = get_lot(hass, msg["entry_id"]).guidance

    @callback
    def send(hold_event: HoldEvent) -> None:
        connection.send_event(msg["id"], guidance.report(hold_event))

    connection.subscriptions[msg["id"]] = guidance.async_listen(ALL, send)
    connection.send_result(msg["id"])
    holds = [guidance.answer(hold) for hold in guidance.all()]
    connection.send_event(msg["id"], {"holds": holds})
