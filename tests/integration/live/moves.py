"""Events in a lot with a subscriber."""

from custom_components.smart_parking.clock import epoch_s
from custom_components.smart_parking.coordinator import LotCoordinator
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.watcher import Event, Watcher

BAYS = 4
LABELS = [f"A{number:02d}" for number in range(1, BAYS + 1)]


def set_held(coordinator: LotCoordinator, bay_id: str, *, held: bool) -> None:
    """Hold a bay; nothing offers that to users yet."""
    coordinator._async_changed(coordinator.lot.set_held(bay_id, held=held, at=epoch_s()))  # noqa: SLF001  (as above)


async def turn(watcher: Watcher, entry: SmartParkingConfigEntry, times: int) -> list[Event]:
    """Close and open a bay by turns; return what was sent."""
    coordinator = entry.runtime_data.coordinator
    events: list[Event] = []
    for _ in range(times):
        out = not coordinator.lot["a01"].out_of_service
        coordinator.async_set_out_of_service("a01", out=out)
        events += await watcher.news()
    return events
