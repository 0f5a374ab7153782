"""The owner names a calendar of days that are not as usual."""

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.smart_parking.forecast.options import CONF_CALENDAR
from tests.integration.forecast.usual import FakeCounts, start
from tests.integration.lots import LOT_ID, data_of, lot, node, row
from tests.integration.sources.driven import Hand

pytestmark = pytest.mark.usefixtures("hass_storage")


async def open_form(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the form, as from the menu of the options."""
    shown = await hass.config_entries.options.async_init(LOT_ID)
    assert "forecast" in shown["menu_options"]
    return await hass.config_entries.options.async_configure(
        shown["flow_id"], {"next_step_id": "forecast"}
    )


async def test_a_calendar_is_named_and_taken_away_again(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    await start(hass)
    entry = data_of(hass).entry
    hass.config_entries.async_update_entry(entry, options={"queue_max": 3})
    form = await open_form(hass)
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == {"days": "14", "needed": "8"}

    done = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_CALENDAR: "calendar.holidays"}
    )
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"queue_max": 3, CONF_CALENDAR: "calendar.holidays"}

    form = await open_form(hass)
    done = await hass.config_entries.options.async_configure(form["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"queue_max": 3}


async def test_what_is_no_calendar_is_refused_and_nothing_is_lost(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    await start(hass)
    form = await open_form(hass)
    form = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_CALENDAR: "sensor.holidays"}
    )
    assert form["errors"] == {CONF_CALENDAR: "not_a_calendar"}
    done = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_CALENDAR: "calendar.holidays"}
    )
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_the_form_of_a_lot_that_is_not_loaded_knows_no_days(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    entry = lot(node("North", row("A", 2)))
    entry.add_to_hass(hass)  # type: ignore[attr-defined]  # a mock of the tests' own
    form = await open_form(hass)
    assert form["description_placeholders"] == {"days": "0", "needed": "8"}
