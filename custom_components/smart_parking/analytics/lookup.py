"""Which lot's history somebody means; the words for what cannot be told of it."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..coordinator import LotCoordinator
from . import get_analytics
from .manager import AnalyticsManager


@callback
def async_get_manager(hass: HomeAssistant, coordinator: LotCoordinator) -> AnalyticsManager:
    """Return the record of a lot; raises `HomeAssistantError` when there is none."""
    manager = get_analytics(hass, coordinator.entry.entry_id)
    if manager is None or not manager.is_known:
        raise history_away(coordinator)
    return manager


def history_away(coordinator: LotCoordinator) -> HomeAssistantError:
    """Return an error that says that the database does not answer."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="history_away",
        translation_placeholders={"lot": coordinator.entry.title},
    )
