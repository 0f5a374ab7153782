"""Promotions of one lot: shown, counted, stored and reported.

Visits are in memory only, under keys with a salt that is new at every start: nothing that is stored
identifies a person. So a visitor who is there during a restart of Home Assistant counts as one more
visit.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
import hashlib
import secrets
from typing import Any, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import SUBENTRY_PROMOTION
from ..coordinator import LotCoordinator
from ..devices import async_get_or_create_part_device
from ..feature import Feature
from ..lot.analytics.records import PromotionRecord, Resumed
from ..lot.promotions.ledger import Counts, Ledger, Row
from ..lot.promotions.model import Promotion, Rotation, When
from ..lot.promotions.scheduler import Placement, PromotionScheduler, View
from ..lot.stored import Stored
from ..storage import LATER_S, SOON_S, DurableStore, StoreKind
from .config import promotion_of

# Counts that shops pay for must not be lost, and memory cards must not wear out.
WRITE_DELAY_S = LATER_S
# Sensors follow in steps: a busy page has many impressions in a second.
NOTIFY_DELAY_S = 1.0


class PromotionStore:
    """Stored data of a lot's promotions."""

    def __init__(self, hass: HomeAssistant, entry_id: str, board: PromotionScheduler) -> None:
        """Initialize; nothing is read yet."""
        self._store = DurableStore(hass, StoreKind.PROMOTIONS, entry_id, self._stored)
        self._board = board

    async def async_load(self) -> None:
        """Load the stored data."""
        await self._store.async_restore(self._restore)

    def _restore(self, data: Stored) -> None:
        """Restore the stored data."""
        self._board.ledger = data.section("ledger").read(Ledger.from_data)
        self._board.rotation = Rotation(data.section("owed").each(Stored.number))
        self._board.paused = set(data.section("paused").rows(Stored.text))

    async def async_remove(self) -> None:
        """Remove the stored data."""
        await self._store.async_remove()

    async def async_save(self) -> None:
        """Write now, if anything has changed."""
        await self._store.async_write()

    @callback
    def async_changed(self, within_s: float) -> None:
        """Schedule a write within a time."""
        self._store.async_schedule(within_s)

    def _stored(self) -> dict[str, Any]:
        """Return the data to write."""
        return {
            "ledger": self._board.ledger.to_data(),
            "owed": {one: round(owed, 6) for one, owed in self._board.rotation.owed.items()},
            "paused": sorted(self._board.paused),
        }


def _recorded(row: Row) -> PromotionRecord:
    """Return a promotion's day as it is recorded."""
    return PromotionRecord(
        day=row.day.toordinal(),
        promotion_id=row.promotion_id,
        title=row.title,
        **row.counts._asdict(),
    )


def _forget(_record: PromotionRecord) -> None:
    """Record nothing: there is no record."""


class PromotionManager(Feature):
    """The promotions of a lot, rotated and counted."""

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize; nothing is loaded yet."""
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self._board = PromotionScheduler(self._async_counted)
        self._store = PromotionStore(self._hass, self._entry.entry_id, self._board)
        self._salt = secrets.token_bytes(16)
        self._notify = coordinator.async_notify_keys
        self._pending_events: set[str] = set()
        self._record: Callable[[PromotionRecord], None] = _forget
        self._cancel_telling: CALLBACK_TYPE | None = None

    def __contains__(self, promotion_id: str) -> bool:
        """Return whether there is a promotion of an id."""
        return promotion_id in self._board.promotions

    def __iter__(self) -> Iterator[Promotion]:
        """Iterate over the promotions, in the order in which they were made."""
        return iter(self._board.promotions.values())

    def get(self, promotion_id: str) -> Promotion | None:
        """Return the promotion of an id, if there is one."""
        return self._board.promotions.get(promotion_id)

    @override
    async def async_load(self) -> None:
        """Load the stored data."""
        await self._store.async_load()

    @override
    async def async_stop(self) -> None:
        """Write the counts, and cancel the timer."""
        if self._cancel_telling is not None:
            self._cancel_telling()
            self._cancel_telling = None
        await self.async_store()

    async def async_store(self) -> None:
        """Return once all counts and settings are on disk."""
        await self._store.async_save()

    @override
    @callback
    def async_configure(self) -> None:
        """Apply the configured promotions."""
        subentries = self._entry.get_subentries_of_type(SUBENTRY_PROMOTION)
        self._board.set_promotions(
            promotion_of(one.subentry_id, one.title, one.data) for one in subentries
        )
        for one in subentries:
            async_get_or_create_part_device(
                self._hass, self._entry, one, "Promotion", DeviceEntryType.SERVICE
            )

    @callback
    def async_next(
        self,
        when: When | str,
        visitor: str | None = None,
        at: datetime | None = None,
        *,
        address: str | None = None,
        language: str | None = None,
        screen: bool = False,
        still: bool = False,
    ) -> Promotion | None:
        """Return the next promotion for a visitor, and count it; None when there is none.

        Args:
            when: `before` or `after` parking.
            visitor: Identifies the visitor; None when unknown. The same promotion is returned for
                the same visitor within 15 s, and not counted again.
            at: The time; now, when not given.
            address: The address of a stranger, who is recognized as `visitor` on coming back. All
                strangers of an address are one visitor, and count once.
            language: The visitor's language; Home Assistant's, when not given.
            screen: The client is a display in the lot, and `visitor` names the display.
            still: The page has reloaded by itself, which does not count.
        """
        look = View(
            at=dt_util.as_local(at or dt_util.utcnow()),
            when=When(when),
            clock_s=self._hass.loop.time(),
            viewer=self._key(visitor, "screen" if screen else "visitor"),
            address=self._key(address, "address"),
            language=language or self._hass.config.language,
            screen=screen,
            still=still,
        )
        return self._board.show(look)

    @callback
    def async_choose(
        self, when: When, visitor: str | None, language: str | None, *, screen: bool = False
    ) -> Placement | None:
        """Return the promotion for a visitor; the caller has to settle it when it was sent.

        As for `async_next`, `visitor` may name a display, or be None.
        """
        look = View(
            at=dt_util.now(),
            when=when,
            clock_s=self._hass.loop.time(),
            viewer=self._key(visitor, "screen" if screen else "visitor"),
            language=language or self._hass.config.language,
            screen=screen,
        )
        return self._board.choose(look)

    @callback
    def async_settle(self, turn: Placement, *, shown: bool) -> None:
        """Count a promotion that was sent, or undo its choice."""
        self._board.settle(turn, shown=shown)

    @callback
    def async_clicked(
        self, promotion_id: str, visitor: str | None = None, *, address: str | None = None
    ) -> str | None:
        """Return the link of a promotion, and count a click.

        A visitor's clicks count once a visit, and so do all those of an address's strangers. None
        when there is no such promotion, or no link.
        """
        viewer, where = self._key(visitor, "visitor"), self._key(address, "address")
        clock_s = self._hass.loop.time()
        return self._board.follow(promotion_id, dt_util.now(), viewer, where, clock_s=clock_s)

    @callback
    def async_recognise(self, visitor: str) -> None:
        """Record that a stranger is back: the next one at their address is another visitor."""
        self._board.visits.recognise(self._hash(visitor, "visitor"))

    @callback
    def async_forget_visitor(self, visitor: str) -> None:
        """Remove a visitor; should they come again, all counts anew."""
        self._board.visits.drop(self._hash(visitor, "visitor"))

    def is_paused(self, promotion_id: str) -> bool:
        """Return whether a promotion is paused."""
        return promotion_id in self._board.paused

    @callback
    def async_set_paused(self, promotion_id: str, *, paused: bool) -> None:
        """Pause a promotion, or resume it."""
        if paused:
            self._board.paused.add(promotion_id)
        else:
            self._board.paused.discard(promotion_id)
        self._store.async_changed(SOON_S)
        self._notify((promotion_id,))

    def counts(self, promotion_id: str) -> Counts:
        """Return all counts of a promotion since it was created."""
        return self._board.ledger.total(promotion_id)

    def rows(self, first: date | None = None, last: date | None = None) -> list[Row]:
        """Return the counts by day and promotion, of up to 400 days."""
        return list(self._board.ledger.rows(first, last))

    # What the record of the lot keeps.

    @callback
    def async_attach_record(self, put: Callable[[PromotionRecord], None]) -> None:
        """Write what is counted into the record of the lot, too."""
        self._record = put

    @callback
    def async_merge_recorded(self, resumed: Resumed) -> list[PromotionRecord]:
        """Take over what the record knows; return what it does not know yet."""
        known = [
            Row(
                date.fromordinal(one.day),
                one.promotion_id,
                one.title,
                Counts(one.impressions, one.on_signs, one.visits, one.clicks),
            )
            for one in resumed.promotions
        ]
        news = self._board.ledger.merge(known)
        self._notify(self._board.promotions)
        return [_recorded(row) for row in news]

    @callback
    def async_all_recorded(self) -> list[PromotionRecord]:
        """Return all that there is to be recorded, for a record that is new."""
        return [_recorded(row) for row in self._board.ledger.all_rows()]

    @callback
    def async_confirm_recorded(self, until: date) -> None:
        """Store the days up to one no longer in a file of our own: they are in the record."""
        if self._board.ledger.confirm(until):
            self._store.async_changed(WRITE_DELAY_S)

    def _key(self, visitor: str | None, what: str) -> bytes | None:
        """Return the key of a visitor or an address, if there is one."""
        return None if visitor is None else self._hash(visitor, what)

    def _hash(self, visitor: str, what: str) -> bytes:
        """Return a hash of a visitor or an address that cannot be reversed."""
        named = f"{what}:{visitor}".encode()
        return hashlib.blake2b(named, key=self._salt, digest_size=16).digest()

    @callback
    def _async_counted(self, promotion_id: str) -> None:
        """Schedule a write of a new count, and the notification of it."""
        self._store.async_changed(WRITE_DELAY_S)
        if (row := self._board.ledger.newest(promotion_id)) is not None:
            self._record(_recorded(row))
        self._pending_events.add(promotion_id)
        if self._cancel_telling is None:
            self._cancel_telling = async_call_later(
                self._hass, NOTIFY_DELAY_S, self._async_notify_counted
            )

    @callback
    def _async_notify_counted(self, _now: datetime) -> None:
        """Notify the listeners of promotions whose counts have changed."""
        self._cancel_telling = None
        pending, self._pending_events = self._pending_events, set()
        self._notify(pending)
