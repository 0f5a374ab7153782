"""Zones of a camera with vehicles in them."""

from collections.abc import Container, Mapping

from .messages import DeviceReport

# A camera tracks a few dozen vehicles at a time; the one without a message for longest is dropped.
VEHICLES_MAX = 2_000


class ZoneMemory:
    """Vehicles by zone, from counts or events; where there are counts, they decide."""

    def __init__(self) -> None:
        """Initialize without vehicles."""
        self._zones_of: dict[str, frozenset[str]] = {}
        self._counts: dict[str, dict[str, bool]] = {}

    def clear(self) -> None:
        """Remove all vehicles, because the camera has restarted."""
        self._zones_of.clear()
        self._counts.clear()

    def count(self, zone: str, kind: str, *, is_there: bool) -> bool:
        """Set whether vehicles of a kind are in a zone, and return whether any vehicle is."""
        counts = self._counts.setdefault(zone, {})
        counts[kind] = is_there
        return any(counts.values())

    def follow(self, report: DeviceReport, watched: Container[str]) -> Mapping[str, bool]:
        """Set the zones of a vehicle, and return the state of the watched zones that this changes.

        A vehicle that drives through a zone is not parked there, and does not change it; a parked
        one occupies it until it leaves.
        """
        before = self._zones_of.pop(report.vehicle, report.zones_before)
        now = report.zones or frozenset()
        if report.moving:
            now &= before
        before, now = (frozenset(one for one in zones if one in watched) for zones in (before, now))
        if now:
            self._zones_of[report.vehicle] = now
            if len(self._zones_of) > VEHICLES_MAX:
                del self._zones_of[next(iter(self._zones_of))]
        changed = (before | now) - self._counts.keys()
        return {zone: any(zone in parked for parked in self._zones_of.values()) for zone in changed}
