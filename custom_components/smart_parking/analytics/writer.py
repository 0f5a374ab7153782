"""Writer of a lot's history into its database, in the background.

While the database is away, records wait in memory, up to a limit; when it is reached, the owner
gets an issue.
"""

import asyncio
from collections.abc import Callable, Sequence
from copy import copy
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..clock import epoch_s
from ..const import DOMAIN
from ..issues import Issue, IssueTracker
from ..lot.analytics.records import BayKnown, PromotionRecord, Record, Resumed, VisitRecord
from ..lot.analytics.spells import Spell
from ..requirements import RequirementsMissingError, async_load
from .engine import Address, DatabaseUrlError, file_address, parse_address
from .spill import read_spill, remove_spill, write_spill
from .store import Batch, HistoryDamagedError, HistoryStore, new_batch_id

_LOGGER = logging.getLogger(__name__)

# Records of this time are written together; they are on disk within five seconds.
WRITE_S: Final = 4.0
RETRY_FIRST_S: Final = 5.0
RETRY_LAST_S: Final = 60.0
# A restart of the database needs no issue.
AWAY_S: Final = 60.0
# At 5,000 bays some 15 hours, at 50 two months; it takes some 60 MB.
PENDING_MAX: Final = 100_000
# A start or a stop waits for the database up to this time.
WAIT_S: Final = 10.0

_AWAY = "history_away"
_NOT_MOVED = "history_not_moved"
_ERRORS = (SQLAlchemyError, OSError, ImportError, RequirementsMissingError, DatabaseUrlError)


class HistoryAwayError(Exception):
    """The database does not answer."""


def database_path(hass: HomeAssistant, entry_id: str) -> Path:
    """Return the default path of a lot's history."""
    return Path(hass.config.path(f"{DOMAIN}.{entry_id}.db"))


class HistoryNewerError(Exception):
    """The other database has a newer history of the lot, which is not replaced."""


class HistoryWriter:
    """Writer between a lot and its database; `resume` is called when the database is open.

    `restart` is called after a damaged file was renamed, and all current states have to be written.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        resume: Callable[[Resumed], None],
        restart: Callable[[], None],
    ) -> None:
        """Initialize; nothing is opened yet."""
        self.hass = hass
        self._entry = entry
        self._resume = resume
        self._restart = restart
        self._issues = IssueTracker(hass, entry.entry_id)
        self._store: HistoryStore | None = None
        self._url: str | None = None
        self._pending: list[Record] = []
        self._in_flight: Batch | None = None
        self._turn = asyncio.Lock()
        self._timer: CALLBACK_TYPE | None = None
        self._retry_s = RETRY_FIRST_S
        self._opening: asyncio.Task[None] | None = None
        self._work: set[asyncio.Future[Any]] = set()
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._is_paused = False
        self._is_moving = False
        self._closed = False
        self.lost = 0
        """Number of records that were dropped."""

    @property
    def is_open(self) -> bool:
        """Whether the database has been read."""
        return self._store is not None

    @property
    def pending(self) -> int:
        """The number of records that are not written yet."""
        return len(self._pending) + (len(self._in_flight.records) if self._in_flight else 0)

    # Opening and closing.

    async def async_start(self, url: str) -> None:
        """Open the database; the caller waits only for a short time."""
        self._url = url
        self._async_begin_to_open()
        if self._opening is not None:
            await asyncio.wait([self._opening], timeout=WAIT_S)

    @callback
    def _async_begin_to_open(self, _now: object = None) -> None:
        """Open the database in the background."""
        self._cancel_retry = None
        self._opening = self._entry.async_create_background_task(
            self.hass, self._async_open(), f"{DOMAIN} history of {self._entry.title}"
        )

    async def _async_open(self) -> None:
        """Open the database, or retry later."""
        try:
            store, resumed = await self._async_open_store(self._url or "")
        except _ERRORS as err:
            self._async_failed(err)
            self._cancel_retry = async_call_later(
                self.hass, self._retry_s, self._async_begin_to_open
            )
            self._retry_s = min(RETRY_LAST_S, 2.0 * self._retry_s)
            return
        self._retry_s = RETRY_FIRST_S
        self._store = store
        self._issues.async_clear(_AWAY)
        self._resume(resumed)
        self._async_schedule(WRITE_S)

    async def _async_open_store(self, url: str) -> tuple[HistoryStore, Resumed]:
        """Return an open database, and its stored state."""
        store = HistoryStore(
            await self.async_address(url), self._entry.entry_id, dt_util.get_default_time_zone()
        )
        try:
            resumed, aside = await self._async_do(_open, store, self._file)
        except HistoryDamagedError:
            aside = await self._async_do(store.put_aside)
            resumed, _ = await self._async_do(store.open, epoch_s())
        except BaseException:
            await self._async_wait_for_work()
            await self.hass.async_add_executor_job(store.close)
            raise
        self._async_report_damage(aside)
        return store, resumed

    async def async_address(self, url: str) -> Address:
        """Return the address of a database, with its driver installed.

        Raises `DatabaseUrlError`, or `RequirementsMissingError`.
        """
        if not url:
            return file_address(database_path(self.hass, self._entry.entry_id))
        address = parse_address(url)
        if address.requirements:
            await async_load(self.hass, "analytics.engine", address.requirements)
        return address

    @callback
    def _async_report_damage(self, aside: Path | None) -> None:
        """Create an issue for a damaged file, until the owner confirms it."""
        if aside is None:
            return
        _LOGGER.error("The history of %s was damaged; it is %s now", self._entry.title, aside)
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            f"{self._entry.entry_id}_history_damaged",
            is_fixable=False,
            is_persistent=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key="history_damaged",
            translation_placeholders={"lot": self._entry.title, "copy": str(aside)},
        )

    async def async_close(self) -> None:
        """Write what is left, and close the database."""
        self._closed = True
        self._cancel_timer()
        if self._cancel_retry is not None:
            self._cancel_retry()
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening], timeout=WAIT_S)
        if self._store is not None:
            try:
                async with asyncio.timeout(WAIT_S):
                    await self.async_flush()
            except TimeoutError, HistoryAwayError:
                await self._async_spill()
            store, self._store = self._store, None
            await self._async_wait_for_work()
            await self.hass.async_add_executor_job(_close, store)
        self._issues.async_remove_all()

    async def _async_do[*Ts, T](self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Return the result of work in a thread, which goes on when nobody waits for it."""
        job = self.hass.async_add_executor_job(work, *args)
        self._work.add(job)
        job.add_done_callback(self._work.discard)
        return await asyncio.shield(job)

    async def _async_wait_for_work(self) -> None:
        """Wait for the threads at work: they would open again what is closed."""
        if self._work:
            await asyncio.wait(self._work, timeout=WAIT_S)

    async def _async_spill(self) -> None:
        """Write the remaining records to the spill file, for the next start."""
        _LOGGER.warning("%s changes of %s wait for their database", self.pending, self._entry.title)
        batches = [] if self._in_flight is None else [self._in_flight]
        batches.append(Batch(new_batch_id(), epoch_s(), self._pending))
        try:
            await self.hass.async_add_executor_job(write_spill, self._file, batches)
        except OSError:
            _LOGGER.exception("What waits for the database of %s is lost", self._entry.title)

    @property
    def _file(self) -> Path:
        """The default file of the history."""
        return database_path(self.hass, self._entry.entry_id)

    # Writing.

    @callback
    def async_put(self, record: Record) -> None:
        """Write a copy of a record within five seconds."""
        self._pending.append(copy(record))
        if len(self._pending) > PENDING_MAX:
            self._pending = _newest(self._pending)
            # Drops more than needed, so that this is not repeated for each record.
            too_many = len(self._pending) - PENDING_MAX + PENDING_MAX // 10
            if too_many > 0:
                del self._pending[:too_many]
                self.lost += too_many
        self._async_schedule(WRITE_S)

    @callback
    def _async_schedule(self, wait_s: float) -> None:
        """Schedule a write, unless there is one."""
        if self._timer is None and not self._closed:
            self._timer = async_call_later(self.hass, wait_s, self._async_due)

    @callback
    def _cancel_timer(self) -> None:
        """Cancel the scheduled write."""
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def _async_due(self, _now: object) -> None:
        """Write, or retry later."""
        self._timer = None
        if self._store is None or self._is_paused:
            return
        try:
            await self.async_flush()
        except HistoryAwayError:
            self._async_schedule(self._retry_s)
            self._retry_s = min(RETRY_LAST_S, 2.0 * self._retry_s)

    async def async_flush(self) -> None:
        """Write everything; raises `HistoryAwayError` when that is impossible."""
        async with self._turn:
            while self._store is not None and (self._in_flight or self._pending):
                if self._is_paused:
                    return
                if self._in_flight is None:
                    self._in_flight = Batch(new_batch_id(), epoch_s(), self._pending)
                    self._pending = []
                await self._async_write(self._store, self._in_flight)
                self._in_flight = None
                self._retry_s = RETRY_FIRST_S
                self._issues.async_clear(_AWAY)

    async def _async_write(self, store: HistoryStore, batch: Batch) -> None:
        """Write a batch; a damaged file is renamed, and the history starts anew."""
        try:
            await self._async_do(store.write, batch)
        except HistoryDamagedError:
            aside = await self._async_do(store.put_aside)
            self._async_report_damage(aside)
            await self._async_do(store.open, epoch_s())
            self._restart()
            await self._async_do(store.write, batch)
        except (SQLAlchemyError, OSError) as err:
            self._async_failed(err)
            raise HistoryAwayError from err

    @callback
    def _async_failed(self, err: Exception) -> None:
        """Create an issue if the database stays away."""
        _LOGGER.debug("The history of %s cannot be written", self._entry.title, exc_info=err)
        self._issues.async_raise(
            _AWAY,
            Issue(
                "history_away",
                {
                    "lot": self._entry.title,
                    "error": _first_line(err),
                    "most": str(PENDING_MAX),
                },
                timeout_s=AWAY_S,
            ),
        )

    # Reading.

    async def async_read[T](self, query: Callable[[Connection, int], T]) -> T:
        """Return the result of a query after all records are written.

        Raises `HistoryAwayError`.
        """
        if self._store is None:
            raise HistoryAwayError
        if not self._is_moving:
            # A move takes minutes; meanwhile the records that are written are enough.
            await self.async_flush()
        try:
            return await self._async_do(self._store.read, query)
        except (SQLAlchemyError, OSError) as err:
            raise HistoryAwayError from err

    async def async_run[T](self, work: Callable[[HistoryStore], T]) -> T | None:
        """Return the result of work on the database; None while it is not open."""
        if (store := self._store) is None:
            return None
        return await self._async_do(work, store)

    # Backups.

    async def async_pause(self) -> None:
        """Write everything, and pause until `async_go_on`, for a backup.

        A database that is no file is no part of backups, and one that is away cannot be.
        """
        if self._store is None or self._store.address.path is None:
            return
        await self.async_flush()
        async with self._turn:
            await self._async_do(self._store.lock)
            self._is_paused = True

    async def async_go_on(self) -> None:
        """Resume writing."""
        if self._store is not None and self._is_paused:
            await self._async_do(self._store.unlock)
            self._is_paused = False
            self._async_schedule(WRITE_S)

    # Move to another database.

    async def async_move(self, url: str) -> int:
        """Move all data to another database; return the number of rows.

        Raises any error of opening and copying; then nothing changes.
        """
        if self._store is None:
            raise HistoryAwayError
        await self.async_flush()
        self._is_moving = True
        try:
            return await self._async_move(self._store, url)
        finally:
            self._is_moving = False
            self._async_schedule(WRITE_S)

    async def _async_move(self, source: HistoryStore, url: str) -> int:
        """Move all data, while nothing is written."""
        async with self._turn:
            target = HistoryStore(
                await self.async_address(url),
                self._entry.entry_id,
                dt_util.get_default_time_zone(),
            )
            try:
                copied = await self._async_do(_move, source, target)
            except BaseException:
                await self._async_wait_for_work()
                await self.hass.async_add_executor_job(target.close)
                raise
            self._store, self._url = target, url
            ir.async_delete_issue(self.hass, DOMAIN, f"{self._entry.entry_id}_{_NOT_MOVED}")
        return copied

    @callback
    def async_report_not_moved(self, err: Exception) -> None:
        """Create an issue for a history that could not be moved, until it can."""
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            f"{self._entry.entry_id}_{_NOT_MOVED}",
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="history_newer" if isinstance(err, HistoryNewerError) else _NOT_MOVED,
            translation_placeholders={"lot": self._entry.title, "error": _first_line(err)},
        )

    @property
    def url(self) -> str | None:
        """The address in the owner's words, once it is in use."""
        return self._url


def _open(store: HistoryStore, file: Path) -> tuple[Resumed, Path | None]:
    """Open a database, and write the spill file into it."""
    resumed, aside = store.open(epoch_s())
    if batches := read_spill(file):
        for batch in batches:
            store.write(batch)
        resumed, _ = store.open(epoch_s())
    remove_spill(file)
    return resumed, aside


def _newest(records: Sequence[Record]) -> list[Record]:
    """Return records in order, of each object only the newest."""
    found: dict[object, Record] = {}
    for record in records:
        key: object = id(record)
        if isinstance(record, Spell):
            key = type(record), record.spell_id
        elif isinstance(record, BayKnown):
            key = record.bay.bay_id
        elif isinstance(record, PromotionRecord):
            key = record.day, record.promotion_id
        elif isinstance(record, VisitRecord):
            key = type(record), record.day
        found.pop(key, None)
        found[key] = record
    return list(found.values())


def _first_line(err: Exception) -> str:
    """Return the first line of an error."""
    return str(getattr(err, "orig", None) or err).strip().split("\n")[0]


def _move(source: HistoryStore, target: HistoryStore) -> int:
    """Copy a history, and close the old database; its file stays under another name."""
    there, _ = target.open(epoch_s())
    if there.seen_at is not None and there.seen_at > (source.seen_at() or 0.0):
        raise HistoryNewerError
    copied = source.copy_to(target)
    source.mark_closed()
    source.close()
    if (path := source.address.path) is not None:
        path.replace(path.with_name(f"{path.name}.moved"))
    return copied


def _close(store: HistoryStore) -> None:
    """Close a database properly, if it can be reached."""
    try:
        store.mark_closed()
    except SQLAlchemyError, OSError:
        _LOGGER.debug("%s cannot be closed in good order", store.address.shown, exc_info=True)
    store.close()
