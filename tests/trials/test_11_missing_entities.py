"""Missing entities lead to the form of their node; low batteries raise an issue."""

from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
import pytest_asyncio

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import LOT_ID, bay, gate, lot, node, remove, set_up
from tests.trials.repair import begin, go_on

EYE, BATTERY = "binary_sensor.eye", "sensor.battery"
MISSING = f"{LOT_ID}_field_missing"


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant) -> SmartParkingConfigEntry:
    """Set up a lot with a sensor that has a battery."""
    hass.states.async_set(EYE, STATE_OFF)
    hass.states.async_set(BATTERY, "80")
    row = bay("A01", 0.0, entity_id=EYE, battery_entity=BATTERY)
    entry = lot(node("Field", [row], "entities"), gate("Main"))
    await set_up(hass, entry)
    return entry


async def test_a_missing_entity_leads_to_the_form_of_its_node(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    hass.states.async_remove(EYE)
    await hass.async_block_till_done()
    shown = await begin(hass, MISSING)
    assert shown["step_id"] == "confirm"
    assert shown["description_placeholders"]["entities"] == EYE
    done = await go_on(hass, shown, {})
    assert done["reason"] == "form_opened"
    flow_type, flow_id = done["next_flow"]
    assert flow_type == "config_subentries_flow"
    form = hass.config_entries.subentries.async_get(flow_id)
    assert form["step_id"] == "bays"
    hass.states.async_set(EYE, STATE_OFF)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(DOMAIN, MISSING) is None


async def test_a_node_that_is_no_more_has_no_form(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    hass.states.async_remove(EYE)
    await hass.async_block_till_done()
    shown = await begin(hass, MISSING)
    hass.config_entries.async_remove_subentry(entry, "field")
    done = await go_on(hass, shown, {})
    assert done["reason"] == "lot_not_loaded"


async def test_issues_of_a_node_go_with_it(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    hass.states.async_remove(EYE)
    hass.states.async_set(BATTERY, "3")
    await hass.async_block_till_done()
    assert len(issue_registry.issues) == 2
    await remove(hass, entry, "field")
    assert not issue_registry.issues


@pytest.mark.parametrize(("percent", "is_low"), [("14", True), ("15", False), ("unknown", False)])
async def test_a_battery_that_is_nearly_empty_is_told_of(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, percent: str, *, is_low: bool
) -> None:
    hass.states.async_set(BATTERY, percent)
    await hass.async_block_till_done()
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_batteries")
    assert (issue is not None) is is_low
    if issue is not None:
        assert issue.translation_placeholders == {
            "lot": "Garage",
            "node": "Field",
            "bays": "A01 (14 %)",
        }
    hass.states.async_set(BATTERY, "100")
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_batteries") is None
