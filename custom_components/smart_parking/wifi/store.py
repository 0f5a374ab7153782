"""Stored counts of a lot's visits on the last days."""

from collections.abc import Callable, Mapping
from datetime import date

from homeassistant.core import HomeAssistant, callback

from ..lot.stored import Stored
from ..storage import LATER_S, DurableStore, StoreKind

type Days = Mapping[date, int]


class VisitStore:
    """The stored counts of one lot."""

    def __init__(self, hass: HomeAssistant, entry_id: str, days: Callable[[], Days] = dict) -> None:
        """Initialize; `days` returns the counts to write."""
        self._store = DurableStore(hass, StoreKind.VISITS, entry_id, self._stored)
        self._days = days

    async def async_load(self, resume: Callable[[Days], None]) -> None:
        """Load the counts, and resume from them."""
        await self._store.async_restore(
            lambda data: resume(dict(data.section("days").each(_day).values()))
        )

    async def async_remove(self) -> None:
        """Remove the stored counts."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if anything has changed."""
        await self._store.async_write()

    @callback
    def async_changed(self) -> None:
        """Schedule a write for one more visit."""
        self._store.async_schedule(LATER_S)

    def _stored(self) -> dict[str, dict[str, int]]:
        """Return the data to write."""
        return {"days": {day.isoformat(): visits for day, visits in self._days().items()}}


def _day(visits: Stored) -> tuple[date, int]:
    """Return a day's count from stored data."""
    return date.fromisoformat(visits.name), visits.count()
