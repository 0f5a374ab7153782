"""Diagnostics: the configuration and the state of a lot, for a person who helps its owner."""

from collections import Counter
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant

from .analytics.options import CONF_DATABASE_URL
from .const import CONF_LINK, CONF_PICTURE, CONF_PICTURE_PATH, CONF_TEMPERATURE_ENTITY, CONF_TEXT
from .data import SmartParkingConfigEntry
from .forecast.options import CONF_CALENDAR
from .open_data.options import CONF_LOCATION, CONF_OPERATOR, CONF_WEBSITE
from .sources.entities import CONF_ENTITY
from .sources.mqtt.settings import CONF_TOPIC
from .sources.mqtt.source import CONF_DEVICE
from .visitor.options import CONF_HOOK_ID, CONF_SECRET

# Names and promotions show where a lot is; entity ids, devices and topics show what else is in the
# house.
TO_REDACT = {
    CONF_NAME,
    "title",
    CONF_CALENDAR,
    CONF_DATABASE_URL,
    CONF_DEVICE,
    CONF_ENTITY,
    CONF_HOOK_ID,
    CONF_LINK,
    CONF_LOCATION,
    CONF_OPERATOR,
    CONF_PICTURE,
    CONF_PICTURE_PATH,
    CONF_SECRET,
    CONF_TEMPERATURE_ENTITY,
    CONF_TEXT,
    CONF_TOPIC,
    CONF_WEBSITE,
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> dict[str, Any]:
    """Return the configuration without names, and the state of everything in the lot."""
    diagnostics = {
        "entry": entry.as_dict(),
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        **(_at_work(entry) if entry.state is ConfigEntryState.LOADED else {}),
    }
    return async_redact_data(diagnostics, TO_REDACT)


def _at_work(entry: SmartParkingConfigEntry) -> dict[str, Any]:
    """Return the state of everything in a loaded lot."""
    data = entry.runtime_data
    coordinator, visitors, record = data.coordinator, data.visitor, data.analytics
    forecast = data.forecast
    lot = coordinator.lot
    return {
        "lot": {
            "bays": len(lot),
            "gates": len(lot.gates),
            "arrivals": lot.arrivals,
            "states": Counter(status.state.value for status in lot),
        },
        "nodes": [
            {
                "source": node.source.key,
                "connected": node.connected,
                "problem": None if node.problem is None else node.problem.key,
                "sweep_s": node.sweep_s,
                "empty_distances": node.tracker.empty_distances(),
                **node.source.details(),
            }
            for node in coordinator.nodes.values()
        ],
        "record": record.numbers() if record.is_open else None,
        "forecast": forecast.numbers() if forecast.is_open else None,
        "visitors": visitors.numbers() if visitors.is_open else None,
        "bays": [
            {
                "bay_id": status.bay.bay_id,
                "state": status.state.value,
                "occupied": status.occupied,
                "fault": status.fault,
                "confidence": round(status.confidence, 3),
                "distance_m": status.distance_m,
            }
            for status in lot
        ],
    }
