"""What is kept of the editor: the draft, which changes often, and the plans that were published."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback

from ..lot.drawing.change import ThingId
from ..lot.drawing.model import Collection, Drawing
from ..lot.stored import Stored, StoredError
from ..storage import SOON_S, DurableStore, StoreKind

# So long after a change the draft is written, together with all that is changed meanwhile.
WRITE_WITHIN_S: Final = 5.0
# The plan at work, and the ten before it.
PLANS_MAX: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drawing that has not been published, and the one that it was begun from."""

    drawing: Drawing
    base: Drawing
    changed_at: float
    """In seconds since the epoch."""
    changed_by: str
    conflicts: frozenset[ThingId] = frozenset()
    """What has been changed elsewhere as well; the draft's is kept."""

    def to_data(self) -> dict[str, Any]:
        """Return what is written down."""
        return {
            "drawing": self.drawing.to_data(),
            "base": self.base.to_data(),
            "changed_at": self.changed_at,
            "changed_by": self.changed_by,
            "conflicts": sorted([collection.value, key] for collection, key in self.conflicts),
        }

    @classmethod
    def from_data(cls, data: Stored) -> Self:
        """Return what was written down."""
        return cls(
            drawing=data.field("drawing").read(Drawing.from_data),
            base=data.field("base").read(Drawing.from_data),
            changed_at=data.field("changed_at").seconds(),
            changed_by=data.field("changed_by").text(),
            conflicts=frozenset(data.section("conflicts").rows(_thing_id)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A drawing that was published."""

    number: int
    at: float
    """In seconds since the epoch."""
    by: str
    """Who published it; empty where that is not known."""
    drawing: Drawing

    def to_data(self) -> dict[str, Any]:
        """Return what is written down."""
        return {
            "number": self.number,
            "at": self.at,
            "by": self.by,
            "drawing": self.drawing.to_data(),
        }

    @classmethod
    def from_data(cls, data: Stored) -> Self:
        """Return what was written down."""
        return cls(
            number=data.field("number").count(),
            at=data.field("at").seconds(),
            by=data.field("by").text(),
            drawing=data.field("drawing").read(Drawing.from_data),
        )


class DraftStore:
    """The draft of one lot."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self.draft: Draft | None = None
        self.revision = 0
        """Grows with every change."""
        self._store = DurableStore(hass, StoreKind.DRAFT, entry_id, self._to_data)

    async def async_load(self) -> None:
        """Read what was written."""
        await self._store.async_restore(self._take)

    def _take(self, data: Stored) -> None:
        """Restore what was written."""
        self.revision = data.get("revision", Stored.count, 0)
        if data.has("draft"):
            self.draft = data.get("draft", Draft.from_data, None)

    def _to_data(self) -> dict[str, Any]:
        """Return what is to be written."""
        draft = {} if self.draft is None else {"draft": self.draft.to_data()}
        return {"revision": self.revision, **draft}

    @callback
    def async_changed(self) -> None:
        """Write it soon."""
        self._store.async_schedule(WRITE_WITHIN_S)

    async def async_write(self) -> None:
        """Return when it is on disk, or cannot be for now."""
        await self._store.async_write()

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


class PlanStore:
    """The published plans of one lot, the newest last."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self.plans: list[Plan] = []
        self._store = DurableStore(hass, StoreKind.PLANS, entry_id, self._to_data)

    async def async_load(self) -> None:
        """Read what was written."""
        await self._store.async_restore(self._take)

    def _take(self, data: Stored) -> None:
        """Restore what was written."""
        self.plans = data.rows(Plan.from_data)

    def _to_data(self) -> list[dict[str, Any]]:
        """Return what is to be written."""
        return [plan.to_data() for plan in self.plans]

    @callback
    def async_add(self, at: float, by: str, drawing: Drawing) -> None:
        """Add a plan, and drop the oldest of too many."""
        number = self.plans[-1].number + 1 if self.plans else 1
        self.plans = [
            *self.plans[1 - PLANS_MAX :],
            Plan(number=number, at=at, by=by, drawing=drawing),
        ]
        self._store.async_schedule(SOON_S)

    async def async_write(self) -> None:
        """Return when they are on disk, or cannot be for now."""
        await self._store.async_write()

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


def _thing_id(data: Stored) -> ThingId:
    """Return the id of a thing on a drawing."""
    names = data.members(Stored.text)
    try:
        collection, key = names
        return Collection(collection), key
    except ValueError as err:
        raise StoredError(data.name) from err


type Notify = Callable[[dict[str, Any]], None]
"""Sends an event to who looks at a draft."""
