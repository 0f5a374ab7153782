"""Data of a lot that is stored over a restart."""

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, NotRequired, TypedDict

from homeassistant.core import HomeAssistant, callback

from .lot.holds.hold import Hold
from .lot.stored import Stored, StoredError
from .lot.tracker import Calibration
from .storage import LATER_S, SOON_S, DurableStore, StoreKind

# A learned empty distance is written again when it has moved by this much.
LEARN_STEP_M = 0.01


class LearnedDistance(TypedDict):
    """A learned empty distance, and the configured one that it improves on."""

    configured_m: float | None
    empty_m: float
    far_m: NotRequired[float]


class StoredLot(TypedDict):
    """The stored data of a lot."""

    arrivals: int
    occupied: dict[str, bool]
    out_of_service: list[str]
    empty: dict[str, LearnedDistance]
    confirmed: NotRequired[list[str]]


class LotStore:
    """The store of one lot."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self._store = DurableStore(hass, StoreKind.LOT, entry_id, self._stored)
        self.arrivals = 0
        self.occupied: dict[str, bool] = {}
        self.out_of_service: set[str] = set()
        self.empty: dict[str, LearnedDistance] = {}
        self.confirmed: set[str] = set()
        """Bays that have been seen empty at their empty distance."""

    async def async_load(self) -> None:
        """Load the stored data."""
        await self._store.async_restore(self._restore)

    def _restore(self, data: Stored) -> None:
        """Restore the stored data."""
        self.arrivals = data.get("arrivals", Stored.count, 0)
        self.occupied = data.section("occupied").each(Stored.flag)
        self.out_of_service = set(data.section("out_of_service").rows(Stored.text))
        self.empty = data.section("empty").each(_learned_distance)
        # Data of older versions has no such field: every bay with a known state counts as
        # confirmed.
        self.confirmed = set(
            data.section("confirmed").rows(Stored.text) if data.has("confirmed") else self.occupied
        )

    async def async_remove(self) -> None:
        """Remove the stored data."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if anything has changed."""
        await self._store.async_write()

    def empty_distances(self, configured: Mapping[str, float | None]) -> dict[str, float | None]:
        """Return the empty distances of bays, in metres: as learned, unless configured anew."""
        known: dict[str, float | None] = dict(configured)
        for bay_id, configured_m in configured.items():
            if (learned := self._learned(bay_id, configured_m)) is not None:
                known[bay_id] = learned["empty_m"]
        return known

    def far_distances(self, configured: Mapping[str, float | None]) -> dict[str, float]:
        """Return the distances, in metres, of farther surfaces of bays, where any were learned."""
        return {
            bay_id: far_m
            for bay_id, configured_m in configured.items()
            if (learned := self._learned(bay_id, configured_m)) is not None
            and (far_m := learned.get("far_m")) is not None
        }

    def _learned(self, bay_id: str, configured_m: float | None) -> LearnedDistance | None:
        """Return the learned distance of a bay, unless its distance has been configured anew."""
        learned = self.empty.get(bay_id)
        return learned if learned and learned["configured_m"] == _written(configured_m) else None

    @callback
    def async_note(self, bay_id: str, *, occupied: bool) -> None:
        """Store whether a bay is occupied."""
        if self.occupied.get(bay_id) is not occupied:
            self.occupied[bay_id] = occupied
            self._async_changed()

    @callback
    def async_set_out_of_service(self, bay_id: str, *, out: bool) -> None:
        """Store whether a bay is out of service."""
        if out:
            self.out_of_service.add(bay_id)
        else:
            self.out_of_service.discard(bay_id)
        self._store.async_schedule(SOON_S)

    @callback
    def async_learn(
        self,
        learned: Mapping[str, float],
        far: Mapping[str, float],
        configured: Mapping[str, float | None],
    ) -> None:
        """Store learned empty distances, in metres, that have moved by more than noise."""
        known, known_far = self.empty_distances(configured), self.far_distances(configured)
        for bay_id, empty_m in learned.items():
            before = known.get(bay_id)
            has_moved = before is None or abs(empty_m - before) > LEARN_STEP_M
            if has_moved or (bay_id in far) is not (bay_id in known_far):
                self._write(bay_id, configured[bay_id], empty_m, far.get(bay_id))

    @callback
    def async_calibrate(
        self, found: Iterable[Calibration], configured: Mapping[str, float | None]
    ) -> None:
        """Store empty distances of calibrations; none of them has been confirmed yet."""
        for bay_id, empty_m, far_m in found:
            if empty_m is not None:
                self._write(bay_id, configured[bay_id], empty_m, far_m)
                self.confirmed.discard(bay_id)

    @callback
    def async_confirm_empty(self, bay_id: str) -> None:
        """Store that a bay has been seen empty."""
        if bay_id not in self.confirmed:
            self.confirmed.add(bay_id)
            self._async_changed()

    def _write(
        self, bay_id: str, configured_m: float | None, empty_m: float, far_m: float | None
    ) -> None:
        """Record an empty distance, and schedule a write."""
        learned: LearnedDistance = {
            "configured_m": _written(configured_m),
            "empty_m": round(empty_m, 3),
        }
        if far_m is not None:
            learned["far_m"] = round(far_m, 3)
        self.empty[bay_id] = learned
        self._async_changed()

    @callback
    def async_forget(self, bay_id: str) -> None:
        """Remove a bay."""
        self.out_of_service.discard(bay_id)
        self.occupied.pop(bay_id, None)
        self.empty.pop(bay_id, None)
        self.confirmed.discard(bay_id)
        self._async_changed()

    @callback
    def _async_changed(self) -> None:
        """Schedule a write, together with other changes of the next minute."""
        self._store.async_schedule(LATER_S)

    def _stored(self) -> StoredLot:
        """Return the data to write."""
        return {
            "arrivals": self.arrivals,
            "occupied": self.occupied,
            "out_of_service": sorted(self.out_of_service),
            "empty": self.empty,
            "confirmed": sorted(self.confirmed),
        }


def _written(configured_m: float | None) -> float | None:
    """Return a distance for JSON: one that is out of reach is written as null."""
    return configured_m if configured_m is not None and isfinite(configured_m) else None


def _learned_distance(row: Stored) -> LearnedDistance:
    """Return a learned distance from stored data."""
    learned: LearnedDistance = {
        "configured_m": row.field("configured_m").optional(Stored.number),
        "empty_m": _metres(row.field("empty_m")),
    }
    if row.has("far_m"):
        learned["far_m"] = _metres(row.field("far_m"))
    return learned


def _metres(distance: Stored) -> float:
    """Return a distance from stored data."""
    if (metres := distance.number()) <= 0.0:
        raise StoredError(distance.name)
    return metres


class HoldStore:
    """The holds of one lot, in a file of their own: it changes often and is small."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self.holds: Callable[[], Iterable[Hold]] = tuple
        """Returns the holds to write; until it is replaced, those that were read."""
        self._store = DurableStore(hass, StoreKind.HOLDS, entry_id, self._stored)

    async def async_load(self) -> list[Hold]:
        """Return the stored holds."""
        holds: list[Hold] = []
        self.holds = lambda: holds
        await self._store.async_restore(lambda data: holds.extend(data.rows(Hold.from_data)))
        return holds

    async def async_remove(self) -> None:
        """Remove the stored holds."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Return once the holds are on disk."""
        await self._store.async_write()

    @callback
    def async_changed(self) -> None:
        """Schedule a write at once, because drivers rely on it."""
        self._store.async_schedule(SOON_S)

    def _stored(self) -> list[dict[str, Any]]:
        """Return the data to write."""
        return [hold.to_data() for hold in self.holds()]
