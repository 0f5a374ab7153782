"""Commands of the card: the lots, a lot with its changes, and the route to a vacant bay."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_INVALID_FORMAT, ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..analytics.websocket import async_setup_websocket_analytics
from ..const import CONF_KIND, DOMAIN
from ..data import SmartParkingConfigEntry
from ..guidance.finder import ALTERNATIVES_DEFAULT, find_bay
from ..guidance.websocket import async_setup_websocket_holds
from ..lot.model import BayKind, BayState
from ..permissions import Caller
from ..promotions.websocket import async_setup_websocket_promotions
from ..websocket import Message, RefusedError, refusing
from .broadcaster import WebSocketSubscriber
from .texts import async_setup_websocket_texts

LOTS = f"{DOMAIN}/lots"
SUBSCRIBE = f"{DOMAIN}/subscribe"
ACKNOWLEDGE = f"{DOMAIN}/ack"
FIND = f"{DOMAIN}/find"

ATTR_ENTRY_ID = "entry_id"
ATTR_GATE = "gate"


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_setup_websocket_holds(hass)
    async_setup_websocket_promotions(hass)
    async_setup_websocket_analytics(hass)
    async_setup_websocket_texts(hass)
    for command in (ws_lots, ws_subscribe, ws_acknowledge, ws_find):
        websocket_api.async_register_command(hass, command)


@callback
def _async_lot(
    hass: HomeAssistant, connection: ActiveConnection, wanted: str | None
) -> SmartParkingConfigEntry:
    """Return the lot of an entry id, loaded or not; without one, the only lot."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if wanted is not None:
        entries = [entry for entry in entries if entry.entry_id == wanted]
    if not entries:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    if len(entries) > 1:
        caller = Caller(connection.user)
        shown = (
            one
            for one in entries
            if not _is_at_work(one) or caller.may_read(one.runtime_data.coordinator)
        )
        # A card that was made for the only lot keeps it when others are added.
        first = next(shown, entries[0]).entry_id
        raise RefusedError(ERR_INVALID_FORMAT, "which_lot", first=first)
    if _is_at_work(entries[0]):
        Caller(connection.user).check(entries[0].runtime_data.coordinator, POLICY_READ)
    return entries[0]


def _is_at_work(entry: SmartParkingConfigEntry) -> bool:
    """Return whether a lot is loaded."""
    return entry.state is ConfigEntryState.LOADED


@callback
@websocket_command({vol.Required("type"): LOTS})
def ws_lots(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """List the loaded lots that the user may see."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    caller = Caller(connection.user)
    connection.send_result(
        msg["id"],
        [
            {
                "entry_id": entry.entry_id,
                "name": entry.title,
                "bays": len(entry.runtime_data.coordinator.lot),
                "free": entry.runtime_data.coordinator.lot.count(BayState.VACANT),
            }
            for entry in entries
            if caller.may_read(entry.runtime_data.coordinator)
        ],
    )


@websocket_command({vol.Required("type"): SUBSCRIBE, vol.Optional(ATTR_ENTRY_ID): str})
@callback
@refusing
def ws_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send a snapshot of a lot, and then its changes."""
    entry = _async_lot(hass, connection, msg.get(ATTR_ENTRY_ID))
    subscriber = WebSocketSubscriber(connection, msg["id"], entry)
    connection.subscriptions[msg["id"]] = subscriber
    connection.send_result(msg["id"])
    subscriber.async_begin()


@callback
@websocket_command(
    {
        vol.Required("type"): ACKNOWLEDGE,
        vol.Required("subscription"): int,
        vol.Required("seq"): int,
    }
)
def ws_acknowledge(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Record how far a subscriber has come.

    There is no answer: it would be half of the cost, and no client waits for it.
    """
    subscriber = connection.subscriptions.get(msg["subscription"])
    if not isinstance(subscriber, WebSocketSubscriber):
        connection.send_error(msg["id"], ERR_NOT_FOUND, "Subscription not found.")
        return
    subscriber.async_acknowledge(msg["seq"])


@websocket_command(
    {
        vol.Required("type"): FIND,
        vol.Optional(ATTR_ENTRY_ID): str,
        vol.Optional(ATTR_GATE): str,
        vol.Optional(CONF_KIND, default=BayKind.STANDARD): vol.Coerce(BayKind),
    }
)
@callback
@refusing
def ws_find(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Find the best vacant bay for a gate and a kind, and the next best ones."""
    entry = _async_lot(hass, connection, msg.get(ATTR_ENTRY_ID))
    if not _is_at_work(entry):
        raise RefusedError(ERR_NOT_FOUND, "lot_not_loaded", lot=entry.title)
    lot, gate, kind = entry.runtime_data.coordinator, msg.get(ATTR_GATE), msg[CONF_KIND]
    connection.send_result(msg["id"], find_bay(lot, gate, kind, ALTERNATIVES_DEFAULT))
