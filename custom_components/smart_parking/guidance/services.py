"""Actions on holds: guide a driver, reserve a bay, and the driver's answers.

The card runs them with a command of its own: the data of an action call is an event in the
recorder, and a hold's id allows to act for its driver.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    Context,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolSchemaType
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import CONF_KIND, DOMAIN
from ..data import SmartParkingConfigEntry, SmartParkingData
from ..lookup import ATTR_BAY, get_bay, get_gate, refuse
from ..lot.holds.events import HoldError
from ..lot.holds.hold import Hold
from ..lot.model import BayKind
from ..permissions import Caller, async_admit
from ..signed_path import route_image_id
from ..text_input import without_controls

GUIDE = "guide"
ANOTHER = "another"
RELEASE = "release"
EXTEND = "extend"
RESERVE = "reserve"
CONFIRM = "confirm"

ATTR_GATE = "gate"
ATTR_DRIVER = "driver"
ATTR_MINUTES = "minutes"
ATTR_HOLD_ID = "hold_id"
ATTR_FROM = "from"
ATTR_UNTIL = "until"
ATTR_PARKED = "parked"

MINUTES_MIN = 0.5
MINUTES_MAX = 24 * 60
DRIVER_MAX = 128

DRIVER = vol.All(cv.string, vol.Strip, vol.Length(min=1, max=DRIVER_MAX), without_controls)
MINUTES = vol.All(vol.Coerce(float), vol.Range(min=MINUTES_MIN, max=MINUTES_MAX))
KIND = vol.Coerce(BayKind)

GUIDE_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_GATE): str,
        vol.Optional(CONF_KIND, default=BayKind.STANDARD): KIND,
        vol.Optional(ATTR_DRIVER): DRIVER,
        vol.Optional(ATTR_MINUTES): MINUTES,
    }
)
RESERVE_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_GATE): str,
        vol.Exclusive(ATTR_BAY, "what"): str,
        vol.Exclusive(CONF_KIND, "what"): KIND,
        vol.Optional(ATTR_DRIVER): DRIVER,
        vol.Optional(ATTR_FROM): cv.datetime,
        vol.Required(ATTR_UNTIL): cv.datetime,
    }
)
HOLD = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Exclusive(ATTR_HOLD_ID, "which"): str,
    vol.Exclusive(ATTR_DRIVER, "which"): DRIVER,
    vol.Optional(ATTR_BAY): str,
}
NAMED = cv.has_at_least_one_key(ATTR_HOLD_ID, ATTR_DRIVER)
HOLD_SCHEMA = vol.All(NAMED, vol.Schema(HOLD))
EXTEND_SCHEMA = vol.All(NAMED, vol.Schema({**HOLD, vol.Required(ATTR_MINUTES): MINUTES}))
CONFIRM_SCHEMA = vol.All(
    NAMED, vol.Schema({**HOLD, vol.Optional(ATTR_PARKED, default=True): cv.boolean})
)


@dataclass(frozen=True, slots=True)
class HoldCall:
    """A request: its context, and the data that the action's schema has read."""

    hass: HomeAssistant
    context: Context
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HoldAction:
    """An action on holds."""

    schema: VolSchemaType
    carry_out: Callable[[HoldCall], Awaitable[JsonObjectType]]


@callback
def async_setup_guidance_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action in HOLD_ACTIONS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            _handler(action),
            action.schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


def _handler(action: HoldAction) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return the handler of an action call."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        """Handle the call."""
        return await action.carry_out(HoldCall(call.hass, call.context, call.data))

    return handle


@asynccontextmanager
async def holding(data: SmartParkingData) -> AsyncIterator[None]:
    """Answer once the holds are on disk, or raise an error in the user's language."""
    try:
        yield
    except HoldError as err:
        raise refuse(err.key, **err.placeholders) from err
    await data.guidance.async_store()


async def _async_admit(call: HoldCall) -> tuple[Caller, SmartParkingData, str]:
    """Return the caller, the lot, and the driver to hold a bay for.

    Raises `Unauthorized` when the permission is missing; users may name no other driver.
    """
    entry_id: str | None = call.data.get(ATTR_CONFIG_ENTRY_ID)
    caller, data = await async_admit(call.hass, call.context, entry_id, POLICY_CONTROL)
    driver: str = call.data.get(ATTR_DRIVER, "")
    caller.check_speaks_for(driver)
    return caller, data, driver


async def _async_hold(call: HoldCall) -> tuple[Caller, SmartParkingData, Hold]:
    """Return the caller, the lot, and the hold of a request.

    Raises `ServiceValidationError` when there is none, or when it is for another bay, as with the
    button of an old message; `Unauthorized` when the permission is missing.
    """
    caller, data, hold = await _async_find(call)
    label: str | None = call.data.get(ATTR_BAY)
    if label is not None and get_bay(data.coordinator, label).bay_id != hold.bay_id:
        raise refuse("hold_of_other_bay", bay=label)
    return caller, data, hold


async def _async_find(call: HoldCall) -> tuple[Caller, SmartParkingData, Hold]:
    """Return the caller, the lot, and the hold of an id or a driver.

    A hold's id is enough to act for its driver.
    """
    hold_id: str | None = call.data.get(ATTR_HOLD_ID)
    if hold_id is not None:
        if (found := find_hold(call.hass, hold_id)) is None:
            raise refuse_unknown(call.hass)
        caller = await Caller.of(call.hass, call.context)
        caller.check(found[0].coordinator, POLICY_CONTROL)
        return (caller, *found)
    caller, data, driver = await _async_admit(call)
    if (hold := data.guidance.of_driver(driver)) is None:
        raise refuse("no_hold_of_driver", driver=driver)
    return caller, data, hold


@callback
def find_hold(hass: HomeAssistant, hold_id: str) -> tuple[SmartParkingData, Hold] | None:
    """Return the hold of an id in any lot, and its lot."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        if (hold := entry.runtime_data.guidance.get(hold_id)) is not None:
            return entry.runtime_data, hold
    return None


@callback
def find_hold_of_image(hass: HomeAssistant, image_id: str) -> tuple[SmartParkingData, Hold] | None:
    """Return the hold of a route image in any lot, and its lot."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        for hold in entry.runtime_data.guidance.all():
            if route_image_id(hold.hold_id) == image_id:
                return entry.runtime_data, hold
    return None


@callback
def refuse_unknown(hass: HomeAssistant) -> ServiceValidationError:
    """Return the error for an unknown hold: it is over, unless its lot may not be loaded."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    for entry in entries:
        if entry.state is not ConfigEntryState.LOADED:
            return refuse("lot_not_loaded", lot=entry.title)
    return refuse("unknown_hold")


async def _async_guide(call: HoldCall) -> JsonObjectType:
    """Hold the nearest bay for a driver."""
    caller, data, driver = await _async_admit(call)
    gate = get_gate(data.coordinator, call.data.get(ATTR_GATE))
    minutes: float | None = call.data.get(ATTR_MINUTES)
    async with holding(data):
        caller.check_room(data)
        hold = data.guidance.async_guide(
            gate.gate_id,
            call.data[CONF_KIND],
            driver,
            caller.hold_s(data.coordinator, None if minutes is None else minutes * 60.0),
            asked_by=caller.limited_id,
        )
    return data.guidance.answer(hold)


async def _async_reserve(call: HoldCall) -> JsonObjectType:
    """Reserve a bay, or the best of a kind, for a time."""
    caller, data, driver = await _async_admit(call)
    gate = get_gate(data.coordinator, call.data.get(ATTR_GATE))
    label: str | None = call.data.get(ATTR_BAY)
    bay_id = None if label is None else get_bay(data.coordinator, label).bay_id
    starts = _epoch_s(call.data.get(ATTR_FROM) or dt_util.utcnow())
    until = _epoch_s(call.data[ATTR_UNTIL])
    async with holding(data):
        caller.check_times(data.coordinator, starts, until)
        caller.check_room(data)
        hold = data.guidance.async_reserve(
            gate.gate_id,
            starts,
            until,
            bay_id=bay_id,
            kind=call.data.get(CONF_KIND, BayKind.STANDARD),
            driver=driver,
            asked_by=caller.limited_id,
        )
    return data.guidance.answer(hold)


async def _async_another(call: HoldCall) -> JsonObjectType:
    """Send a driver to the next best bay."""
    _, data, hold = await _async_hold(call)
    async with holding(data):
        data.guidance.async_another(hold)
    return data.guidance.answer(hold)


async def _async_extend(call: HoldCall) -> JsonObjectType:
    """Extend a hold."""
    caller, data, hold = await _async_hold(call)
    async with holding(data):
        extra_s = caller.extra_s(data.coordinator, hold, call.data[ATTR_MINUTES] * 60.0)
        data.guidance.async_extend(hold, extra_s)
    return data.guidance.answer(hold)


async def _async_confirm(call: HoldCall) -> JsonObjectType:
    """Record whether a driver has parked."""
    _, data, hold = await _async_hold(call)
    async with holding(data):
        data.guidance.async_confirm(hold, parked=call.data[ATTR_PARKED])
    return data.guidance.answer(hold)


async def _async_release(call: HoldCall) -> JsonObjectType:
    """Release a bay."""
    _, data, hold = await _async_hold(call)
    answer = data.guidance.answer(hold)
    async with holding(data):
        data.guidance.async_release(hold)
    return answer


def _epoch_s(at: datetime) -> float:
    """Return a time in seconds since the epoch; without a zone, it is Home Assistant's.

    A time on the first or last day of all, which some zone cannot show, becomes infinite.
    """
    try:
        return dt_util.as_utc(at).timestamp()
    except OverflowError:
        return inf if at.year > 1 else -inf


HOLD_ACTIONS: Mapping[str, HoldAction] = {
    GUIDE: HoldAction(GUIDE_SCHEMA, _async_guide),
    RESERVE: HoldAction(RESERVE_SCHEMA, _async_reserve),
    ANOTHER: HoldAction(HOLD_SCHEMA, _async_another),
    EXTEND: HoldAction(EXTEND_SCHEMA, _async_extend),
    CONFIRM: HoldAction(CONFIRM_SCHEMA, _async_confirm),
    RELEASE: HoldAction(HOLD_SCHEMA, _async_release),
}
