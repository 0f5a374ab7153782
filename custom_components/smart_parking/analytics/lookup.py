"""Which lot's history somebody means; the words for what cannot be told of it."""

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingData
from .manager import AnalyticsManager


@callback
def async_get_manager(data: SmartParkingData) -> AnalyticsManager:
    """Return the record of a lot; raises `HomeAssistantError` when there is none."""
    if not data.analytics.is_known:
        raise history_away(data.coordinator)
    return data.analytics


def history_away(coordinator: LotCoordinator) -> HomeAssistantError:
    """Return an error that says that the database does not answer."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_away",
        translation_placeholders={"lot": coordinator.entry.title},
    )
