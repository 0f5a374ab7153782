"""Lookup of a lot's analytics, and the errors for it."""

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingData
from .manager import AnalyticsManager


@callback
def async_get_manager(data: SmartParkingData) -> AnalyticsManager:
    """Return the analytics manager of a lot; raises `HomeAssistantError` when there is none."""
    if not data.analytics.is_known:
        raise history_away(data.coordinator)
    return data.analytics


def history_away(coordinator: LotCoordinator) -> HomeAssistantError:
    """Return the error for a database that does not answer."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_away",
        translation_placeholders={"lot": coordinator.entry.title},
    )
