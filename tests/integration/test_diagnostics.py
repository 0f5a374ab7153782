"""Diagnostics that an owner can share."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import CONF_TEMPERATURE_ENTITY
from custom_components.smart_parking.lot.model import Fault
from tests.integration.lots import CAR_M, EMPTY_M, bay, gate, lot, node, row
from tests.integration.sources.driven import Hand


async def test_they_tell_how_the_lot_does_and_nothing_of_the_house(
    hass: HomeAssistant, hand: Hand, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    field = [bay("F01", 200.0, entity_id="binary_sensor.front_door")]
    entry = lot(
        node("North wing", row("A", 3)),
        node("Field", field, "entities"),
        gate("Gate of Jane"),
        title="Jane's house",
        **{CONF_TEMPERATURE_ENTITY: "sensor.bedroom"},
    )
    entry.add_to_hass(hass)  # type: ignore[attr-defined]  # a mock of the tests' own
    hass.config_entries.async_update_entry(
        entry, options={"forecast_calendar": "calendar.birthdays"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hand.settle("North wing", A01=EMPTY_M, A02=CAR_M, A03=Fault.NO_RESPONSE)
    hand.sink("North wing").lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["lot"] == {
        "bays": 4,
        "gates": 1,
        "arrivals": 0,
        "states": {"unknown": 4},
    }
    assert [one["problem"] for one in told["nodes"]] == ["line_lost", None]
    assert {one["bay_id"]: one["fault"] for one in told["bays"]} == {
        "a01": "line_lost",
        "a02": "line_lost",
        "a03": "line_lost",
        "f01": "missing",
    }
    assert told["forecast"]["is_learned"] is False
    text = json.dumps(told)
    for secret in ("Jane", "North wing", "Field", "front_door", "bedroom", "birthdays"):
        assert secret not in text
