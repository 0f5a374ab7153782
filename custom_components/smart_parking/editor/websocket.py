"""What the editor asks for: a draft with all that happens to it, changes, sensors, publishing."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_INVALID_FORMAT, ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import CONF_BAYS, DOMAIN, SUBENTRY_NODE
from ..data import SmartParkingConfigEntry
from ..lot.drawing.change import Change, read_change
from ..lot.stored import StoredError
from ..permissions import Caller
from ..websocket import Message, RefusedError, refusing, refusing_later
from .manager import Author, PlanEditor, async_get_editor

LOTS = f"{DOMAIN}/editor/lots"
SUBSCRIBE = f"{DOMAIN}/editor/subscribe"
CHANGE = f"{DOMAIN}/editor/change"
CHECK = f"{DOMAIN}/editor/check"
SENSORS = f"{DOMAIN}/editor/sensors"
DISCARD = f"{DOMAIN}/editor/discard"
RESTORE = f"{DOMAIN}/editor/restore"
PUBLISH = f"{DOMAIN}/editor/publish"

ATTR_AUTHOR = "author"
ATTR_REVISION = "revision"
ATTR_CHANGE = "change"
ATTR_NUMBER = "number"
ATTR_SHARES_TRIGGERS = "shares_triggers"


@callback
def async_setup_editor_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (
        ws_lots,
        ws_subscribe,
        ws_change,
        ws_check,
        ws_sensors,
        ws_discard,
        ws_restore,
        ws_publish,
    ):
        websocket_api.async_register_command(hass, command)


class Subscriber:
    """One who draws: a subscription of a connection, which is called to end it."""

    def __init__(self, connection: ActiveConnection, message_id: int, editor: PlanEditor) -> None:
        """Open a draft."""
        self.editor = editor
        self._connection = connection
        self._message_id = message_id
        self.author: Author = editor.async_join(connection.user.name or "", self._notify)

    def __call__(self) -> None:
        """Close it."""
        self.editor.async_leave(self.author)

    def _notify(self, event: dict[str, Any]) -> None:
        """Send an event."""
        self._connection.send_message(event_message(self._message_id, event))


def _subscriber(connection: ActiveConnection, msg: Message) -> Subscriber:
    """Return the subscription that a command belongs to, by the author that it has made."""
    subscriber = next(
        (
            one
            for one in connection.subscriptions.values()
            if isinstance(one, Subscriber) and one.author.author_id == msg[ATTR_AUTHOR]
        ),
        None,
    )
    if subscriber is None:
        raise RefusedError(ERR_NOT_FOUND, "draft_closed")
    # They may have been administrators when they opened it, and be none any more.
    Caller(connection.user).check_edits(subscriber.editor.entry.title)
    return subscriber


def _change(msg: Message) -> Change:
    """Return the change that somebody has sent."""
    try:
        return read_change(msg[ATTR_CHANGE])
    except StoredError as err:
        raise RefusedError(ERR_INVALID_FORMAT, "draft_not_understood", part=str(err)) from err


@websocket_command({vol.Required("type"): LOTS})
@callback
@refusing
def ws_lots(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """List the lots that can be drawn, at work or not."""
    entries: list[SmartParkingConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False
    )
    Caller(connection.user).check_edits(", ".join(entry.title for entry in entries))
    connection.send_result(
        msg["id"],
        [
            {
                "entry_id": entry.entry_id,
                "name": entry.title,
                "bays": sum(
                    len(node.data[CONF_BAYS])
                    for node in entry.get_subentries_of_type(SUBENTRY_NODE)
                ),
            }
            for entry in entries
        ],
    )


@websocket_command({vol.Required("type"): SUBSCRIBE, vol.Required("entry_id"): str})
@async_response
@refusing_later
async def ws_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send a draft as a whole, and then what happens to it."""
    entry: SmartParkingConfigEntry | None = hass.config_entries.async_get_entry(msg["entry_id"])
    if entry is None or entry.domain != DOMAIN:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    Caller(connection.user).check_edits(entry.title)
    editor = await async_get_editor(hass, entry)
    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = Subscriber(connection, msg["id"], editor)


@websocket_command(
    {
        vol.Required("type"): CHANGE,
        vol.Required(ATTR_AUTHOR): str,
        vol.Required(ATTR_REVISION): int,
        vol.Required(ATTR_CHANGE): dict,
    }
)
@callback
@refusing
def ws_change(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Change a draft."""
    subscriber = _subscriber(connection, msg)
    revision = subscriber.editor.async_change(subscriber.author, msg[ATTR_REVISION], _change(msg))
    connection.send_result(msg["id"], {ATTR_REVISION: revision})


@websocket_command(
    {
        vol.Required("type"): CHECK,
        vol.Required(ATTR_AUTHOR): str,
        vol.Required(ATTR_CHANGE): dict,
    }
)
@async_response
@refusing_later
async def ws_check(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Return what would become of a draft: problems and ways, while something is being drawn."""
    editor = _subscriber(connection, msg).editor
    connection.send_result(msg["id"], await editor.async_check(_change(msg)))


@websocket_command(
    {
        vol.Required("type"): SENSORS,
        vol.Required(ATTR_AUTHOR): str,
        vol.Optional(ATTR_SHARES_TRIGGERS, default=False): bool,
    }
)
@async_response
@refusing_later
async def ws_sensors(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """List the sensors that no bay has."""
    editor = _subscriber(connection, msg).editor
    sensors = await editor.sensors.async_find(shares_triggers=msg[ATTR_SHARES_TRIGGERS])
    connection.send_result(msg["id"], sensors)


@websocket_command({vol.Required("type"): DISCARD, vol.Required(ATTR_AUTHOR): str})
@callback
@refusing
def ws_discard(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Make a draft what is at work."""
    subscriber = _subscriber(connection, msg)
    subscriber.editor.async_discard(subscriber.author)
    connection.send_result(msg["id"])


@websocket_command(
    {
        vol.Required("type"): RESTORE,
        vol.Required(ATTR_AUTHOR): str,
        vol.Required(ATTR_NUMBER): int,
    }
)
@callback
@refusing
def ws_restore(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Make a draft a plan that was published before."""
    subscriber = _subscriber(connection, msg)
    subscriber.editor.async_restore(subscriber.author, msg[ATTR_NUMBER])
    connection.send_result(msg["id"])


@websocket_command(
    {
        vol.Required("type"): PUBLISH,
        vol.Required(ATTR_AUTHOR): str,
        vol.Required(ATTR_REVISION): int,
    }
)
@async_response
@refusing_later
async def ws_publish(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Place a draft to work."""
    subscriber = _subscriber(connection, msg)
    await subscriber.editor.async_publish(subscriber.author, msg[ATTR_REVISION])
    connection.send_result(msg["id"])
