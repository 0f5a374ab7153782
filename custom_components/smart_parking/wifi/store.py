"""What is remembered of a lot's visits over a restart: how many there were on the last days."""

from collections.abc import Callable, Mapping
from datetime import date

from homeassistant.core import HomeAssistant, callback

from ..lot.stored import Stored
from ..storage import LATER_S, DurableStore, StoreKind

type Days = Mapping[date, int]


class VisitStore:
    """The memory of one lot's counts."""

    def __init__(self, hass: HomeAssistant, entry_id: str, days: Callable[[], Days] = dict) -> None:
        """Open the book; `days` returns what has been counted."""
        self._store = DurableStore(hass, StoreKind.VISITS, entry_id, self._stored)
        self._days = days

    async def async_load(self, resume: Callable[[Days], None]) -> None:
        """Read what was counted, and go on from there."""
        await self._store.async_restore(
            lambda data: resume(dict(data.section("days").each(_day).values()))
        )

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if there is anything to write."""
        await self._store.async_write()

    @callback
    def async_changed(self) -> None:
        """Record that there was another visit."""
        self._store.async_schedule(LATER_S)

    def _stored(self) -> dict[str, dict[str, int]]:
        """Return what is to be written."""
        return {"days": {day.isoformat(): visits for day, visits in self._days().items()}}


def _day(visits: Stored) -> tuple[date, int]:
    """Return a day's count as it was written down."""
    return date.fromisoformat(visits.name), visits.count()
