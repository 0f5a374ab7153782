"""What is still to be set up of a lot, and where: a list that an owner sees until all is done."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from homeassistant.components import websocket_api
from homeassistant.components.automation import DATA_COMPONENT
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
import voluptuous as vol

from .const import CONF_TEMPERATURE_ENTITY, DOMAIN
from .data import SmartParkingConfigEntry
from .editor.panel import editor_path
from .lot.model import Fault
from .permissions import Caller
from .sources.banked import BankSource
from .visitor.http import SHORT_URL
from .visitor.options import SHORT_LENGTH, VisitorOptions
from .visitor.urls import origins
from .websocket import Message, RefusedError, refusing
from .wifi.sign import async_sign_path

OWNER: Final = f"{DOMAIN}/owner"
DISMISS: Final = f"{DOMAIN}/checklist/dismiss"
SIGN: Final = f"{DOMAIN}/sign"

CONF_CHECKLIST: Final = "checklist"
DISMISSED: Final = "dismissed"
SIGN_SEEN: Final = "sign"


class Step(StrEnum):
    """What belongs to a lot that is set up, in the order in which one does it."""

    BAYS = "bays"
    SENSORS = "sensors"
    TESTED = "tested"
    GATE = "gate"
    LANES = "lanes"
    TEMPERATURE = "temperature"
    VISITORS = "visitors"
    SIGN = "sign"
    NOTIFICATIONS = "notifications"


class Item(NamedTuple):
    """A step, whether it has been done, and where it is done; a sign is had by its command."""

    step: Step
    is_done: bool
    url: str | None


@callback
def async_setup_checklist(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (ws_owner, ws_dismiss, ws_sign):
        websocket_api.async_register_command(hass, command)


def find_steps(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Iterator[Item]:
    """Yield the steps of a lot at work; those that it has no use for are left out."""
    data = entry.runtime_data
    lot, nodes = data.lot, data.coordinator.nodes.values()
    editor = editor_path(entry.entry_id)
    page = f"/config/integrations/integration/{DOMAIN}#config_entry={entry.entry_id}"
    has_bays = len(lot) > 0
    bare = any(not node.source.measures for node in nodes)
    around = lot.surroundings
    yield Item(Step.BAYS, has_bays, editor)
    yield Item(Step.SENSORS, has_bays and not bare, editor)
    is_heard = all(status.fault is not Fault.NO_READING for status in lot)
    yield Item(Step.TESTED, has_bays and is_heard, page)
    yield Item(Step.GATE, bool(lot.gates), editor)
    yield Item(Step.LANES, bool(around.lanes or around.ramps), editor)
    if any(isinstance(node.source, BankSource) for node in nodes):
        yield Item(Step.TEMPERATURE, CONF_TEMPERATURE_ENTITY in entry.data, page)
    is_public = VisitorOptions.from_entry(entry).on
    yield Item(Step.VISITORS, is_public, page)
    yield Item(Step.SIGN, bool(_noted(entry).get(SIGN_SEEN)), None if is_public else page)
    yield Item(Step.NOTIFICATIONS, _is_automated(hass, entry), "/config/automation/dashboard")


def _is_automated(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Return whether an automation has to do with a lot, or is made of one of our blueprints."""
    if (component := hass.data.get(DATA_COMPONENT)) is None:
        return False
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    device_ids = {one.id for one in devices}
    entity_ids = {one.entity_id for one in entities}
    return any(
        (one.referenced_blueprint or "").startswith(f"{DOMAIN}/")
        or not device_ids.isdisjoint(one.referenced_devices)
        or not entity_ids.isdisjoint(one.referenced_entities)
        for one in component.entities
    )


def _noted(entry: SmartParkingConfigEntry) -> dict[str, bool]:
    """Return what is noted for the list."""
    noted: dict[str, bool] = entry.options.get(CONF_CHECKLIST, {})
    return noted


@callback
def _async_note(hass: HomeAssistant, entry: SmartParkingConfigEntry, key: str) -> None:
    """Record something for the list."""
    if not _noted(entry).get(key):
        options = {**entry.options, CONF_CHECKLIST: {**_noted(entry), key: True}}
        hass.config_entries.async_update_entry(entry, options=options)


@callback
def _async_entry(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> SmartParkingConfigEntry:
    """Return the lot at work that is meant, for who may set it up."""
    entry: SmartParkingConfigEntry | None = hass.config_entries.async_get_entry(msg["entry_id"])
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    Caller(connection.user).check_edits(entry.title)
    return entry


@callback
@websocket_command({vol.Required("type"): OWNER, vol.Required("entry_id"): str})
@refusing
def ws_owner(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send what an owner's card shows beside the plan: what is to be done, and the visitors' page.

    The list is None when all of it is done, or when it was dismissed.
    """
    entry = _async_entry(hass, connection, msg)
    items = [*find_steps(hass, entry)]
    is_over = _noted(entry).get(DISMISSED) or all(item.is_done for item in items)
    visitors = VisitorOptions.from_entry(entry)
    short = SHORT_URL.format(short=visitors.secret[:SHORT_LENGTH])
    connection.send_result(
        msg["id"],
        {
            "checklist": None
            if is_over
            else [
                {"step": step.value, "done": is_done, "url": url} for step, is_done, url in items
            ],
            "visitors_address": f"{origins(hass)[0]}{short}" if visitors.on else None,
        },
    )


@callback
@websocket_command({vol.Required("type"): DISMISS, vol.Required("entry_id"): str})
@refusing
def ws_dismiss(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Show the list no more."""
    _async_note(hass, _async_entry(hass, connection, msg), DISMISSED)
    connection.send_result(msg["id"])


@callback
@websocket_command(
    {
        vol.Required("type"): SIGN,
        vol.Required("entry_id"): str,
        vol.Optional("gate"): str,
    }
)
@refusing
def ws_sign(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Send where the sign of a gate, or of the whole lot, can be seen and printed for an hour."""
    entry = _async_entry(hass, connection, msg)
    if not VisitorOptions.from_entry(entry).on:
        raise RefusedError(ERR_NOT_FOUND, "no_visitors_page", lot=entry.title)
    path = async_sign_path(hass, entry.entry_id, msg.get("gate"))
    _async_note(hass, entry, SIGN_SEEN)
    connection.send_result(msg["id"], {"path": path})
