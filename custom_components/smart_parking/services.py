"""Actions: find a bay, calibrate empty distances, control simulated bays."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr, service
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .analytics.services import async_setup_analytics_services
from .const import CONF_KIND, DOMAIN
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry
from .devices import LEVEL_PART
from .forecast.services import async_setup_forecast_services
from .guidance.finder import ALTERNATIVES_DEFAULT, find_bay
from .guidance.services import async_setup_guidance_services
from .hcsr04.simulator import Defect, VehicleKind
from .lookup import ATTR_BAY, LABELS, get_bay, get_lot, refuse
from .lot.model import BayKind
from .permissions import async_admit
from .promotions.services import async_setup_promotion_services
from .slices import in_slices
from .sources.node import Node
from .sources.simulated import SimulatedSource, Traffic
from .voice.services import async_setup_voice_services

FIND_BAY = "find_bay"
CALIBRATE = "calibrate"
SET_OUT_OF_SERVICE = "set_out_of_service"
SET_SIMULATION = "set_simulation"

ATTR_GATE = "gate"
ATTR_ALTERNATIVES = "alternatives"
ATTR_TRAFFIC = "traffic"
ATTR_VEHICLE = "vehicle"
ATTR_FAULT = "fault"
ATTR_OUT_OF_SERVICE = "out_of_service"

NO_FAULT = "none"
ALTERNATIVES_MAX = 50

FIND_BAY_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional(ATTR_GATE): str,
        vol.Optional(CONF_KIND, default=BayKind.STANDARD): vol.Coerce(BayKind),
        vol.Optional(ATTR_ALTERNATIVES, default=ALTERNATIVES_DEFAULT): vol.All(
            vol.Coerce(int), vol.Range(min=0, max=ALTERNATIVES_MAX)
        ),
    }
)
# Bays are meant by their devices, where they have any, or by their labels.
BAYS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, vol.Length(min=1), [str]),
    vol.Optional(ATTR_BAY): LABELS,
}
NAMED = cv.has_at_least_one_key(ATTR_DEVICE_ID, ATTR_BAY)
CALIBRATE_SCHEMA = vol.All(NAMED, vol.Schema(BAYS))
SET_OUT_OF_SERVICE_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Required(ATTR_BAY): LABELS,
        vol.Optional(ATTR_OUT_OF_SERVICE, default=True): cv.boolean,
    }
)
SET_SIMULATION_SCHEMA = vol.All(
    NAMED,
    cv.has_at_least_one_key(ATTR_TRAFFIC, ATTR_FAULT),
    vol.Schema(
        {
            **BAYS,
            vol.Optional(ATTR_TRAFFIC): vol.Coerce(Traffic),
            vol.Optional(ATTR_VEHICLE): vol.Coerce(VehicleKind),
            vol.Optional(ATTR_FAULT): vol.Any(NO_FAULT, vol.Coerce(Defect)),
        }
    ),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_setup_forecast_services(hass)
    async_setup_guidance_services(hass)
    async_setup_promotion_services(hass)
    async_setup_voice_services(hass)
    async_setup_analytics_services(hass)
    hass.services.async_register(
        DOMAIN,
        FIND_BAY,
        _async_find_bay,
        FIND_BAY_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    # Only administrators may change how the lot measures.
    service.async_register_admin_service(
        hass,
        DOMAIN,
        CALIBRATE,
        _async_calibrate,
        CALIBRATE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    service.async_register_admin_service(
        hass, DOMAIN, SET_OUT_OF_SERVICE, _async_set_out_of_service, SET_OUT_OF_SERVICE_SCHEMA
    )
    service.async_register_admin_service(
        hass, DOMAIN, SET_SIMULATION, _async_set_simulation, SET_SIMULATION_SCHEMA
    )


async def _async_find_bay(call: ServiceCall) -> ServiceResponse:
    """Return the bay for a driver, as the action's response."""
    wanted = call.data
    entry_id: str | None = wanted.get(ATTR_CONFIG_ENTRY_ID)
    _, data = await async_admit(call.hass, call.context, entry_id, POLICY_READ)
    return find_bay(
        data.coordinator, wanted.get(ATTR_GATE), wanted[CONF_KIND], wanted[ATTR_ALTERNATIVES]
    )


type Bays = dict[tuple[LotCoordinator, Node], list[str]]


@callback
def _bays(call: ServiceCall, of_node: Callable[[LotCoordinator, Node], list[str]]) -> Bays:
    """Return the targeted bays, by node; `of_node` returns the bays of a node's device."""
    bays: defaultdict[tuple[LotCoordinator, Node], list[str]] = defaultdict(list)
    for device_id in call.data.get(ATTR_DEVICE_ID, ()):
        coordinator, part_id = _part_of(call.hass, device_id)
        if part_id in coordinator.lot:
            bays[coordinator, coordinator.node_of(part_id)].append(part_id)
            continue
        node_id, is_level, level = part_id.partition(LEVEL_PART)
        node = coordinator.nodes[node_id]
        bays[coordinator, node] += (
            bay_id
            for bay_id in of_node(coordinator, node)
            if not is_level or coordinator.lot[bay_id].bay.level == level
        )
    if labels := call.data.get(ATTR_BAY):
        coordinator = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID)).coordinator
        for label in labels:
            bay_id = get_bay(coordinator, label).bay_id
            bays[coordinator, coordinator.node_of(bay_id)].append(bay_id)
    return {key: list(dict.fromkeys(bay_ids)) for key, bay_ids in bays.items()}


@callback
def _part_of(hass: HomeAssistant, device_id: str) -> tuple[LotCoordinator, str]:
    """Return the lot at work and the part of it that a device stands for."""
    device = dr.async_get(hass).async_get(device_id, include_composite_devices=False)
    if device is None:
        raise refuse("not_a_bay", device=device_id)
    entry: SmartParkingConfigEntry | None
    entry = hass.config_entries.async_get_entry(device.config_entry_id)
    name = device.name or device_id
    if entry is None or entry.domain != DOMAIN:
        raise refuse("not_a_bay", device=name)
    if entry.state is not ConfigEntryState.LOADED:
        raise refuse("lot_not_loaded", lot=entry.title)
    coordinator = entry.runtime_data.coordinator
    part_id = next(iter(device.identifiers))[1].removeprefix(f"{entry.entry_id}_")
    if part_id not in coordinator.lot and part_id.partition(LEVEL_PART)[0] not in coordinator.nodes:
        raise refuse("not_a_bay", device=name)
    return coordinator, part_id


def _without_vehicle(coordinator: LotCoordinator, node: Node) -> list[str]:
    """Return the bays of a node without a known vehicle."""
    return [bay_id for bay_id in node.bay_ids if not coordinator.lot[bay_id].occupied]


async def _async_calibrate(call: ServiceCall) -> ServiceResponse:
    """Calibrate bays that are empty now.

    Bays with a vehicle are left out when a whole node is targeted: the roof is not the floor. A bay
    that is targeted itself is always calibrated, because its wrong distance may be why it seems
    occupied.
    """
    groups = _bays(call, _without_vehicle)
    if not any(groups.values()):
        raise refuse("all_occupied")
    for _, node in groups:
        if not node.connected:
            raise refuse("node_down", node=node.name)
    try:
        results = await asyncio.gather(
            *(
                coordinator.async_calibrate(node, bay_ids)
                for (coordinator, node), bay_ids in groups.items()
            )
        )
    except TimeoutError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="calibration_timeout"
        ) from err
    learned: JsonObjectType = {}
    two_surfaces: JsonObjectType = {}
    failed: list[str] = []
    for (coordinator, _), found in zip(groups, results, strict=True):
        for bay_id, calibration in found.items():
            label = coordinator.lot[bay_id].bay.label
            if calibration.empty_m is None:
                failed.append(label)
                continue
            learned[label] = calibration.empty_m
            if calibration.far_m is not None:
                two_surfaces[label] = [calibration.empty_m, calibration.far_m]
    if failed and not call.return_response:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="calibration_failed",
            translation_placeholders={"bays": ", ".join(failed)},
        )
    answer: JsonObjectType = {"empty_distance": learned, "failed": list(failed)}
    return {**answer, "two_surfaces": two_surfaces} if two_surfaces else answer


async def _async_set_out_of_service(call: ServiceCall) -> None:
    """Close bays, or open them; that outlives whatever happens once it is answered."""
    data = get_lot(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    coordinator = data.coordinator
    bay_ids = [get_bay(coordinator, label).bay_id for label in call.data[ATTR_BAY]]
    async for bay_id in in_slices(dict.fromkeys(bay_ids)):
        if bay_id in coordinator.lot:
            coordinator.async_set_out_of_service(bay_id, out=call.data[ATTR_OUT_OF_SERVICE])
    await coordinator.store.async_save()
    await data.guidance.async_store()


async def _async_set_simulation(call: ServiceCall) -> None:
    """Park or remove vehicles in simulated bays, or set defects of their sensors."""
    defect = call.data.get(ATTR_FAULT)
    for (_, node), bay_ids in _bays(call, lambda _, node: node.bay_ids).items():
        source = node.source
        if not isinstance(source, SimulatedSource):
            raise refuse("not_simulated", node=node.name)
        for bay_id in bay_ids:
            source.simulate(
                bay_id,
                traffic=call.data.get(ATTR_TRAFFIC),
                vehicle=call.data.get(ATTR_VEHICLE),
                defect=None if defect == NO_FAULT else defect,
                mend=defect == NO_FAULT,
            )
