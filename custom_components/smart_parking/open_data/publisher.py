"""Publisher of a lot's feeds: a document is written on request, if the lot has changed.

Other requests get the same bytes. Documents are written from immutable values, outside of the event
loop.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
import gzip
from hashlib import sha256
from typing import NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.json import json_bytes
from homeassistant.util import dt as dt_util

from ..coordinator import LotCoordinator
from ..lot.analytics.forecast import get_kind_series
from ..lot.lot import Changes
from ..lot.model import BayKind, BayState
from ..texts import DriverTexts
from .formats.documents import DOCUMENTS, Document, Feed
from .formats.earth import Anchor, Position
from .formats.lot import BayNow, Expected, Facts, PublicLot, Tally, overview, public_lot
from .formats.schema_org import FREE, facility
from .formats.values import Record
from .options import FeedOptions

# Age in seconds up to which a copy is served after a change: so a busy lot costs no more than a
# quiet one.
COPY_S = 5

# Documents with a time of validity are written anew after this time, even without a change. ParkAPI
# lets data expire after 30 minutes, so it may ask late, and twice.
STEP_S = 600

# How far ahead it is said what is to come.
EXPECTED_MIN = (30, 60, 120, 240)

TAG_LENGTH = 20
# Level 9 takes twice as long for a percent less.
GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A document as it is sent."""

    content_type: str
    body: bytes
    compressed: bytes
    tag: str
    at: datetime
    """When this content was first written."""


class _Edition(NamedTuple):
    """Differs whenever a document may differ."""

    number: int
    """The number of the change."""
    turned: datetime | None
    """When the lot last opened or closed by its hours."""
    step: datetime | None
    """The step of a document with a time of validity."""


@dataclass(frozen=True, slots=True)
class _Cached:
    """A copy, and the edition that it is of."""

    copy: Copy
    edition: _Edition
    at: datetime


class OpenDataPublisher:
    """The feeds of a lot."""

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize; nothing is written yet."""
        self.options = FeedOptions()
        self.written = 0
        """Number of documents written since the start."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._number = 0
        self._changed = dt_util.utcnow()
        self._cached: dict[str, _Cached] = {}
        self._facts: dict[str, tuple[int, Record]] = {}
        self._writing = asyncio.Lock()
        self._unsubs: list[CALLBACK_TYPE] = []

    async def async_open(self) -> None:
        """Publish the feeds of the options."""
        entry = self._coordinator.entry
        self.options = FeedOptions.from_entry(entry)
        self._unsubs = [
            # First of all listeners, because a feed that is switched off must not be served.
            entry.add_update_listener(self._async_updated),
            self._coordinator.async_follow(self.async_changed),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_moved),
        ]

    async def async_close(self) -> None:
        """Stop publishing."""
        for unsub in self._unsubs:
            unsub()
        self._unsubs = []

    @callback
    def async_changed(self, changes: Changes) -> None:
        """Mark the documents as outdated after a change of the lot."""
        if changes.layout:
            self.options = FeedOptions.from_entry(self._coordinator.entry)
        if changes.layout or changes.counts:
            self._changed = dt_util.utcnow()
            self._number += 1
        if changes.layout:
            self._cached = {}

    async def _async_updated(self, _hass: HomeAssistant, _entry: ConfigEntry) -> None:
        """Update when the options may have changed."""
        self.async_changed(Changes(layout=True))

    @callback
    def _async_moved(self, _event: object) -> None:
        """Mark the documents as outdated: Home Assistant's location or language has changed."""
        self.async_changed(Changes(layout=True))

    async def async_get(self, name: str) -> Copy | None:
        """Return a document; None for an unknown name, or when its feed is off."""
        document = DOCUMENTS.get(name)
        if document is None or document.feed not in self.options.feeds:
            return None
        if (cached := self._current(document)) is not None:
            return cached
        async with self._writing:
            # Another request at the same time has written it.
            if (cached := self._current(document)) is not None:
                return cached
            return await self._async_write(document)

    @property
    def is_for_search(self) -> bool:
        """Whether the owner permits search engines and assistants to read the lot."""
        return Feed.SCHEMA_ORG in self.options.feeds

    @callback
    def async_facts(self, texts: DriverTexts) -> Record | None:
        """Return the data for search engines in the page: nothing unless their feed is on.

        The page may be loaded after every change, so nothing here iterates over all bays.
        """
        if not self.is_for_search:
            return None
        number, facts = self._facts.get(texts.language, (None, {}))
        if number != self._number:
            names: dict[str, str] = {kind: texts.text(f"bays_{kind}_other") for kind in BayKind}
            names[FREE] = texts.text("page_spaces")
            facts = facility(overview(self._lot_facts(), self._tally()), names)
            self._facts[texts.language] = self._number, facts
        return facts

    def _current(self, document: Document) -> Copy | None:
        """Return a copy that is recent enough to be served."""
        cached, now = self._cached.get(document.name), dt_util.utcnow()
        if cached is None:
            return None
        is_young = timedelta(0) <= now - cached.at < timedelta(seconds=COPY_S)
        return cached.copy if is_young or cached.edition == self._edition(document) else None

    def _edition(self, document: Document) -> _Edition:
        """Return the current edition of a document."""
        return _Edition(self._number, self._turned(), _step() if document.is_dated else None)

    def _turned(self) -> datetime | None:
        """Return when the lot last opened or closed by its hours, if it ever does."""
        hours = self.options.hours
        return None if hours is None else hours.turned(dt_util.now())

    async def _async_write(self, document: Document) -> Copy:
        """Write a document, and cache it."""
        # A document that is written while the options change goes into the discarded cache.
        cached, edition, at = self._cached, self._edition(document), dt_util.utcnow()
        copy = await self._hass.async_add_executor_job(_write, document, self._picture(), at)
        self.written += 1
        before = cached.get(document.name)
        if before is not None and before.copy.tag == copy.tag:
            copy = before.copy
        cached[document.name] = _Cached(copy, edition, at)
        return copy

    def _tally(self) -> Tally:
        """Return the number of bays of each kind and state."""
        count = self._coordinator.lot.count
        return {(kind, state): count(state, kind=kind) for kind in BayKind for state in BayState}

    def _picture(self) -> Callable[[], PublicLot]:
        """Return a function that makes the current public data, in any thread."""
        lot = self._coordinator.lot
        shapes, gates = lot.network.shapes, lot.gates
        facts = self._lot_facts()
        bays = [
            BayNow(
                status.bay,
                shapes[status.bay.bay_id],
                status.state,
                dt_util.utc_from_timestamp(status.since),
            )
            for status in lot
        ]
        return lambda: public_lot(facts, bays, gates)

    def _lot_facts(self) -> Facts:
        """Return the data of the lot besides its bays."""
        options, entry, config = self.options, self._coordinator.entry, self._hass.config
        changed = max(self._changed, self._turned() or self._changed)
        x, y = options.anchor
        position = options.location or Position(config.latitude, config.longitude)
        return Facts(
            secret_id=entry.entry_id,
            name=entry.title,
            language=config.language[:2].lower(),
            time_zone=config.time_zone,
            anchor=Anchor(position=position, x=x, y=y, bearing=options.bearing),
            hours=options.hours,
            operator=options.operator,
            website=options.website,
            structure=options.structure,
            set_up=entry.modified_at,
            changed=changed,
            as_of=max(changed, _step()),
            is_open=None if options.hours is None else options.hours.is_open(dt_util.now()),
            expected=tuple(self._expected()),
        )

    def _expected(self) -> Iterator[Expected]:
        """Yield what is to come of the bays that are published, as far as that is known of all."""
        lot, forecast = self._coordinator.lot, self._coordinator.entry.runtime_data.forecast
        public = [kind for kind in BayKind if kind is not BayKind.STAFF and lot.count(kind=kind)]
        for minutes in EXPECTED_MIN:
            found = [forecast.get_expectation(minutes, get_kind_series(kind)) for kind in public]
            known = [one for one in found if one is not None]
            if known and len(known) == len(found):
                bays = sum(one.capacity for one in known)
                taken = bays - sum(one.free for one in known)
                yield Expected(dt_util.utc_from_timestamp(known[0].at), round(taken), round(bays))


def _step() -> datetime:
    """Return when the current step began."""
    now = dt_util.utcnow().timestamp()
    return dt_util.utc_from_timestamp(now - now % STEP_S)


def _write(document: Document, picture: Callable[[], PublicLot], at: datetime) -> Copy:
    """Write a document. Takes some milliseconds: for the executor."""
    body = json_bytes(document.write(picture()))
    return Copy(
        content_type=document.content_type,
        body=body,
        compressed=gzip.compress(body, GZIP_LEVEL, mtime=0),
        tag=sha256(body).hexdigest()[:TAG_LENGTH],
        at=at,
    )
