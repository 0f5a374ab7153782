"""One lot at work, in one typed object.

Every room may import this module, because it imports no other: it names types for type checkers
only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry

if TYPE_CHECKING:
    from .analytics.manager import AnalyticsManager
    from .coordinator import LotCoordinator
    from .forecast.manager import ForecastManager
    from .guidance.capacity import CapacityMonitor
    from .guidance.manager import GuidanceManager
    from .live.broadcaster import SnapshotBroadcaster
    from .live.snapshot import LotSnapshot
    from .lot.lot import Lot
    from .mqtt_publisher.publisher import LotMqttPublisher
    from .open_data.publisher import OpenDataPublisher
    from .promotions.manager import PromotionManager
    from .rendering.route_images import RouteImages
    from .visitor.manager import VisitorManager
    from .wifi.webhook import WifiWebhook


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmartParkingData:
    """The coordinator of a lot and all its features, from set-up to unloading."""

    coordinator: LotCoordinator
    guidance: GuidanceManager
    capacity: CapacityMonitor
    promotions: PromotionManager
    live: SnapshotBroadcaster[LotSnapshot]
    mqtt_publisher: LotMqttPublisher
    route_images: RouteImages
    open_data: OpenDataPublisher
    analytics: AnalyticsManager
    forecast: ForecastManager
    wifi: WifiWebhook
    visitor: VisitorManager

    @property
    def entry(self) -> SmartParkingConfigEntry:
        """The config entry of the lot."""
        return self.coordinator.entry

    @property
    def lot(self) -> Lot:
        """The bays and gates."""
        return self.coordinator.lot


type SmartParkingConfigEntry = ConfigEntry[SmartParkingData]
