"""How an owner names the calendar of days that are not as usual."""

from typing import Any

from homeassistant.components.calendar.const import DOMAIN as CALENDAR
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import voluptuous as vol

from ..data import SmartParkingConfigEntry
from ..lot.analytics.forecast import NEEDED_DAYS
from .options import CONF_CALENDAR

FORECAST_SCHEMA = vol.Schema(
    {vol.Optional(CONF_CALENDAR): EntitySelector(EntitySelectorConfig(filter={"domain": CALENDAR}))}
)


class ForecastSteps(OptionsFlow):
    """The step of a lot's options that is about its forecast."""

    async def async_step_forecast(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the calendar; one that does not exist yet is taken, it may come later."""
        entry: SmartParkingConfigEntry = self.config_entry
        errors: dict[str, str] = {}
        if user_input is not None:
            calendar = user_input.get(CONF_CALENDAR)
            if not calendar or calendar.startswith(f"{CALENDAR}."):
                others = {
                    key: value for key, value in entry.options.items() if key != CONF_CALENDAR
                }
                return self.async_create_entry(data={**others, **user_input})
            errors[CONF_CALENDAR] = "not_a_calendar"
        is_loaded = entry.state is ConfigEntryState.LOADED
        return self.async_show_form(
            step_id="forecast",
            data_schema=self.add_suggested_values_to_schema(
                FORECAST_SCHEMA, entry.options if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders={
                "days": str(entry.runtime_data.forecast.days if is_loaded else 0),
                "needed": str(NEEDED_DAYS),
            },
        )
