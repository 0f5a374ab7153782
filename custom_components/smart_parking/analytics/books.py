"""What other features count by day, and have written into the record of the lot."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
import logging
from typing import Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from ..lot.analytics.records import CountedRecord, Resumed
from .writer import HistoryAwayError, HistoryWriter

_LOGGER = logging.getLogger(__name__)

# While something is written, something else may happen.
_FLUSHES: Final = 5


class CountedBook(Protocol):
    """A feature that counts something by day, and has it recorded."""

    def async_attach_record(self, put: Callable[[CountedRecord], None]) -> None:
        """Call a function with every count from now on."""

    def async_merge_recorded(self, resumed: Resumed) -> Iterable[CountedRecord]:
        """Take over what the record knows; return what it does not know yet."""

    def async_all_recorded(self) -> Iterable[CountedRecord]:
        """Return all that there is to be recorded, for a record that is new."""

    def async_confirm_recorded(self, until: date) -> None:
        """Rely on the record for the days up to one."""


class CountedBooks:
    """The books of one lot, which agree with its record."""

    def __init__(self, entry: ConfigEntry, writer: HistoryWriter) -> None:
        """Initialize without a book."""
        self._entry = entry
        self._writer = writer
        self._books: list[CountedBook] = []

    @callback
    def async_add(self, book: CountedBook) -> None:
        """Add a book."""
        self._books.append(book)

    @callback
    def async_merge(self, resumed: Resumed) -> None:
        """Exchange counts between the books and the record, until they know the same."""
        for book in self._books:
            for record in book.async_merge_recorded(resumed):
                self._writer.async_put(record)

    @callback
    def async_put_all(self) -> None:
        """Write all counts into a new database."""
        for book in self._books:
            for record in book.async_all_recorded():
                self._writer.async_put(record)

    async def async_confirm(self) -> None:
        """Notify the books of the days that are recorded for good."""
        yesterday = dt_util.now().date() - timedelta(days=1)
        try:
            is_written = await self._async_flush()
            await self._writer.async_run(lambda store: store.checkpoint())
        except HistoryAwayError, SQLAlchemyError, OSError:
            is_written = False
        if not is_written:
            _LOGGER.debug("The counts of %s are not recorded yet", self._entry.title)
            return
        for book in self._books:
            book.async_confirm_recorded(yesterday)

    async def _async_flush(self) -> bool:
        """Write everything; return whether that was done, which it is not during a backup."""
        for _ in range(_FLUSHES):
            await self._writer.async_flush()
            if not self._writer.pending:
                return True
        return False
