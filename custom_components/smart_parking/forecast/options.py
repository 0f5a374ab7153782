"""What an owner sets about the forecast of a lot."""

from typing import Final

from homeassistant.config_entries import ConfigEntry

CONF_CALENDAR: Final = "forecast_calendar"


def get_calendar(entry: ConfigEntry) -> str | None:
    """Return the entity of the calendar whose events are special days; None without one."""
    return entry.options.get(CONF_CALENDAR) or None
