"""Which lot, gate or bay somebody means; the words for what cannot be done."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service

from .const import DOMAIN
from .coordinator import LotCoordinator, SmartParkingConfigEntry
from .lot.labels import name_key
from .lot.model import Bay, Gate


def refuse(key: str, **placeholders: str) -> ServiceValidationError:
    """Return an error that says, in the user's words, what was asked wrongly."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


@callback
def the_lot(hass: HomeAssistant, entry_id: str | None) -> LotCoordinator:
    """Return the lot that is meant; the only one needs no naming.

    Raises `ServiceValidationError` when that is not clear.
    """
    if entry_id is not None:
        entry: SmartParkingConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
        return entry.runtime_data
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    if len(entries) != 1:
        raise refuse("which_lot" if entries else "no_lot")
    return entries[0].runtime_data


def the_gate(coordinator: LotCoordinator, wanted: str | None) -> Gate:
    """Return the gate of a name or id; the first one when none is named.

    Raises `ServiceValidationError` when there is no such gate.
    """
    gates = coordinator.lot.gates
    if not gates:
        raise refuse("no_gate")
    if wanted is None:
        return gates[0]
    name = name_key(wanted)
    for gate in gates:
        if name in (name_key(gate.gate_id), name_key(gate.name)):
            return gate
    raise refuse("unknown_gate", gate=wanted, gates=", ".join(gate.name for gate in gates))


def the_bay(coordinator: LotCoordinator, wanted: str) -> Bay:
    """Return the bay of a label or id.

    Raises `ServiceValidationError` when there is no such bay.
    """
    name = name_key(wanted)
    for status in coordinator.lot:
        if name in (name_key(status.bay.label), name_key(status.bay.bay_id)):
            return status.bay
    raise refuse("unknown_bay", bay=wanted)
