"""What the card asks for: the lots, a lot as it is and changes, and the way to a free bay."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
    ERR_UNAUTHORIZED,
)
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from .const import CONF_KIND, DOMAIN
from .coordinator import SmartParkingConfigEntry
from .live import FEEDS, Subscriber, async_feed
from .lot.model import BayKind, BayState
from .picture import may_read
from .services import ALTERNATIVES_DEFAULT, find_bay
from .websocket_holds import async_setup_websocket_holds
from .websocket_promotions import async_setup_websocket_promotions

LOTS = f"{DOMAIN}/lots"
SUBSCRIBE = f"{DOMAIN}/subscribe"
ACKNOWLEDGE = f"{DOMAIN}/ack"
FIND = f"{DOMAIN}/find"

ATTR_ENTRY_ID = "entry_id"
ATTR_GATE = "gate"

type Message = dict[str, Any]


class RefusedError(ServiceValidationError):
    """A command cannot be carried out; the code is for programs, the words for people."""

    def __init__(self, code: str, key: str, **placeholders: str) -> None:
        """Name the code and the words."""
        super().__init__(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
        )
        self.code = code


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    hass.data[FEEDS] = {}
    async_setup_websocket_holds(hass)
    async_setup_websocket_promotions(hass)
    for command in (ws_lots, ws_subscribe, ws_acknowledge, ws_find):
        websocket_api.async_register_command(hass, command)


@callback
def _async_refuse(
    connection: ActiveConnection, message_id: int, err: ServiceValidationError
) -> None:
    """Say why a command cannot be carried out."""
    connection.send_error(
        message_id,
        err.code if isinstance(err, RefusedError) else ERR_NOT_FOUND,
        str(err),
        translation_domain=err.translation_domain,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )


@callback
def _async_lot(hass: HomeAssistant, user: User, wanted: str | None) -> SmartParkingConfigEntry:
    """Return the lot that is meant, at work or not; the only one needs no naming."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    if wanted is not None:
        entries = [entry for entry in entries if entry.entry_id == wanted]
    if not entries:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    if len(entries) > 1:
        shown = (one for one in entries if not _is_at_work(one) or may_read(user, one.runtime_data))
        # A card that was made when there was but one goes on with that.
        first = next(shown, entries[0]).entry_id
        raise RefusedError(ERR_INVALID_FORMAT, "which_lot", first=first)
    if _is_at_work(entries[0]) and not may_read(user, entries[0].runtime_data):
        raise RefusedError(ERR_UNAUTHORIZED, "may_not_read", lot=entries[0].title)
    return entries[0]


def _is_at_work(entry: SmartParkingConfigEntry) -> bool:
    """Return whether a lot measures."""
    return entry.state is ConfigEntryState.LOADED


@callback
@websocket_command({vol.Required("type"): LOTS})
def ws_lots(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """List the lots at work that the user may see."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    connection.send_result(
        msg["id"],
        [
            {
                "entry_id": entry.entry_id,
                "name": entry.title,
                "bays": len(entry.runtime_data.lot),
                "free": entry.runtime_data.lot.count(BayState.VACANT),
            }
            for entry in entries
            if may_read(connection.user, entry.runtime_data)
        ],
    )


@callback
@websocket_command({vol.Required("type"): SUBSCRIBE, vol.Optional(ATTR_ENTRY_ID): str})
def ws_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send a picture of a lot, and then what changes."""
    try:
        entry = _async_lot(hass, connection.user, msg.get(ATTR_ENTRY_ID))
    except RefusedError as err:
        _async_refuse(connection, msg["id"], err)
        return
    feed = async_feed(hass, entry)
    subscriber = Subscriber(connection, msg["id"], feed)
    connection.subscriptions[msg["id"]] = subscriber
    connection.send_result(msg["id"])
    feed.async_join(subscriber)


@callback
@websocket_command(
    {
        vol.Required("type"): ACKNOWLEDGE,
        vol.Required("subscription"): int,
        vol.Required("seq"): int,
    }
)
def ws_acknowledge(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Learn how far a subscriber has come.

    There is no answer: it would be half of what this costs, and nobody waits for it.
    """
    subscriber = connection.subscriptions.get(msg["subscription"])
    if not isinstance(subscriber, Subscriber):
        connection.send_error(msg["id"], ERR_NOT_FOUND, "Subscription not found.")
        return
    subscriber.async_acknowledge(msg["seq"])


@callback
@websocket_command(
    {
        vol.Required("type"): FIND,
        vol.Optional(ATTR_ENTRY_ID): str,
        vol.Optional(ATTR_GATE): str,
        vol.Optional(CONF_KIND, default=BayKind.STANDARD): vol.Coerce(BayKind),
    }
)
def ws_find(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Find the best free bay for a gate and a kind, and the next best ones."""
    try:
        entry = _async_lot(hass, connection.user, msg.get(ATTR_ENTRY_ID))
        if not _is_at_work(entry):
            raise RefusedError(ERR_NOT_FOUND, "lot_not_loaded", lot=entry.title)
        found = find_bay(
            entry.runtime_data, msg.get(ATTR_GATE), msg[CONF_KIND], ALTERNATIVES_DEFAULT
        )
    except ServiceValidationError as err:
        _async_refuse(connection, msg["id"], err)
    else:
        connection.send_result(msg["id"], found)
