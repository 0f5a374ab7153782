"""One lot at work, in one typed object.

Every room may import this one, for it imports no other: what it names, it names for type checkers.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry

if TYPE_CHECKING:
    from .capacity import Capacity
    from .coordinator import LotCoordinator
    from .guidance import Guidance
    from .live import Feed
    from .lot.lot import Lot
    from .picture import Picture
    from .promotions import Promotions
    from .visitor.joining import Joining
    from .visitor.open_data import OpenData
    from .visitor.reception import Reception
    from .way_pictures import WayPictures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmartParkingData:
    """The heart of a lot and all its features; it lives from set-up to unloading."""

    coordinator: LotCoordinator
    guidance: Guidance
    capacity: Capacity
    promotions: Promotions
    live: Feed[Picture]
    route_images: WayPictures
    open_data: OpenData
    wifi: Joining
    visitor: Reception

    @property
    def entry(self) -> SmartParkingConfigEntry:
        """The entry that the lot is written down in."""
        return self.coordinator.entry

    @property
    def lot(self) -> Lot:
        """The bays and gates."""
        return self.coordinator.lot


type SmartParkingConfigEntry = ConfigEntry[SmartParkingData]
