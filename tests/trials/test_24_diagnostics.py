"""Diagnostics are asked for when something does not work: so they are there just then."""

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.coordinator import LotCoordinator
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import SourceError
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand


async def fail(_coordinator: LotCoordinator) -> None:
    """Fail as nothing should."""
    raise RuntimeError


async def bring(
    hass: HomeAssistant,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
    entry: SmartParkingConfigEntry,
    state: str,
) -> None:
    """Bring a lot into a state."""
    match state:
        case "setup_retry":
            hand.refusals["North"] = SourceError("no_chip")
        case "setup_error":
            monkeypatch.setattr(LotCoordinator, "async_setup", fail)
    await set_up(hass, entry)
    match state:
        case "not_loaded":
            await hass.config_entries.async_unload(entry.entry_id)
        case "disabled":
            await hass.config_entries.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )


@pytest.mark.parametrize(
    "state", ["loaded", "setup_retry", "setup_error", "not_loaded", "disabled"]
)
async def test_24_in_every_state(
    hass: HomeAssistant,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
    state: str,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = lot(node("North", row("A", 3)), gate("Main"))
    await bring(hass, hand, monkeypatch, entry, state)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["state"] == ("not_loaded" if state == "disabled" else state)
    assert told["reason"] == ("no_chip" if state == "setup_retry" else None)
    assert len(told["entry"]["subentries"]) == 2
    assert ("bays" in told) is (entry.state is ConfigEntryState.LOADED)
