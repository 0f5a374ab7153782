"""Which zones of a camera have a vehicle in them."""

from collections.abc import Container, Mapping

from .messages import DeviceReport

# A camera follows a few dozen vehicles at a time; who has not been heard of for longest goes first.
VEHICLES_MAX = 2_000


class ZoneMemory:
    """Vehicles by zone, as counts or as events tell them; where there are counts, they decide."""

    def __init__(self) -> None:
        """Initialize with nothing seen."""
        self._zones_of: dict[str, frozenset[str]] = {}
        self._counts: dict[str, dict[str, bool]] = {}

    def clear(self) -> None:
        """Forget everything: the camera begins anew."""
        self._zones_of.clear()
        self._counts.clear()

    def count(self, zone: str, kind: str, *, is_there: bool) -> bool:
        """Take whether vehicles of a kind are in a zone, and return whether any are."""
        counts = self._counts.setdefault(zone, {})
        counts[kind] = is_there
        return any(counts.values())

    def follow(self, report: DeviceReport, watched: Container[str]) -> Mapping[str, bool]:
        """Take in which zones a vehicle is, and return of which of the watched ones that tells.

        One that drives through a zone is not parked there, and tells nothing of it; one that was
        parked is until it leaves.
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
