"""Storage: files are read part by part, written in time, and written again after a failure.

Changes that others rely on are on disk before they get an answer; changes that can be learnt again
are written together, so that memory cards live long.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from glob import escape
import logging
from pathlib import Path
import shutil
import sys
from typing import Any, Final, cast, override

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import json_loads

from .const import DOMAIN
from .lot.stored import Losses, Stored

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1

# For a change that others rely on without waiting for the write: on disk within a second.
SOON_S: Final = 0.5
# For a change whose loss would be noticed: on disk within a minute.
LATER_S: Final = 45.0
# A disk that is full or missing is tried again after this time.
RETRY_S: Final = 30.0
# No caller waits longer for a disk that hangs.
WAIT_MAX_S: Final = 10.0
# Suffix of the copy of a damaged file, as Home Assistant itself uses it.
COPY: Final = ".corrupt."


class StoreKind(StrEnum):
    """Kinds of stored data, each in a file of its own, so that frequent changes write little."""

    LOT = "lot"
    HOLDS = "holds"
    PROMOTIONS = "promotions"
    VISITORS = "visitors"
    VISITS = "visits"
    PUSH = "push"
    DRAFT = "draft"
    PLANS = "plans"


class DurableStore[DataT: Mapping[str, Any] | Sequence[Any]](Store[DataT]):
    """One file of a lot, or of all lots together.

    The file is read before it is written: a failed set-up leaves it as it is. Of several stores for
    one file, only the one that has read it last may write it.
    """

    def __init__(
        self, hass: HomeAssistant, kind: StoreKind, entry_id: str, data: Callable[[], DataT]
    ) -> None:
        """Initialize; `data` returns the data to write. Without an id the file is for all lots."""
        name = ".".join(filter(None, (DOMAIN, entry_id, "" if kind is StoreKind.LOT else kind)))
        super().__init__(
            hass,
            VERSION,
            name,
            private=True,
            atomic_writes=True,
            max_readable_version=sys.maxsize,
        )
        self._kind = kind
        self._entry_id = entry_id
        self.snapshot = data
        self._foreign: list[str] = []
        # Every change has a number. These are of the newest change, of the newest that is relied
        # on, and of the newest that is on disk.
        self._changed = 0
        self._relied_on = 0
        self._written = 0
        self._due_at: float | None = None
        self._retry_at = 0.0
        self._writing: asyncio.Task[None] | None = None

    # Reading.

    async def async_restore(self, read: Callable[[Stored], object]) -> None:
        """Restore the stored data, as far as it is readable.

        When anything is lost, a copy of the file is made beside it, the owner gets an issue, and
        the readable part is written anew.
        """
        losses, before = Losses(), self.hass.data.setdefault(STORES, {}).get(self.key)
        is_taken_over = before is not None and before.is_due
        data: object
        if before is not None and is_taken_over:
            # The lot is reloaded, and its file could not be written.
            data = json_loads(json_bytes(before.snapshot()))
        else:
            data = await self._async_data(losses)
        if data is not None:
            Stored(data, losses).read(read)
        if losses:
            copy = await self.hass.async_add_executor_job(_keep_copy, self.path)
            self._async_report_losses(losses, copy)
        self.hass.data[STORES][self.key] = self
        if losses or is_taken_over:
            self.async_schedule(SOON_S)

    async def _async_data(self, losses: Losses) -> object:
        """Return the stored data; None when none is readable."""
        is_sound, data = await self.hass.async_add_executor_job(_inspect, self.path)
        if is_sound:
            try:
                data = await self.async_load()
            except Exception:
                _LOGGER.exception("%s cannot be read", self.path)
            else:
                losses.parts += self._foreign
                return data
        losses.parts.append("data" if data is None else "version")
        return data

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: DataT
    ) -> DataT:
        """Return data of another version unchanged: the known parts of it can be used."""
        if old_major_version != self.version:
            self._foreign = [f"version {old_major_version}"]
        return old_data

    @callback
    def _async_report_losses(self, losses: Losses, copy: str) -> None:
        """Create an issue with the losses, until the owner confirms it."""
        _LOGGER.warning("%s is damaged: %s; a copy is %s", self.path, losses, copy)
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue_id("damaged"),
            data={"damaged": self.key},
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"store_damaged_{self._kind}",
            translation_placeholders={**self._texts, "lost": str(losses), "copy": copy},
        )

    # Writing.

    @property
    def is_due(self) -> bool:
        """Whether a change is not on disk yet."""
        return self._written < self._changed

    @property
    def _may_write(self) -> bool:
        """Whether this store has read the file last, and has not removed it."""
        return self.hass.data.get(STORES, {}).get(self.key) is self

    @callback
    def async_schedule(self, within_s: float) -> None:
        """Schedule a write within a time; an earlier one stays."""
        self._changed += 1
        if within_s <= SOON_S:
            self._relied_on = self._changed
        now = self.hass.loop.time()
        due_at = max(now + within_s, self._retry_at)
        if self._due_at is None or due_at < self._due_at:
            self._due_at = due_at
            self.async_delay_save(self.snapshot, due_at - now)

    async def async_write(self) -> None:
        """Write all changes; return early when the disk fails, and retry later."""
        await self._async_reach(self._changed)

    async def async_write_relied_on(self) -> None:
        """Write the changes that are relied on, in the same way."""
        await self._async_reach(self._relied_on)

    async def _async_reach(self, change: int) -> None:
        """Write until a change is on disk. Callers that come meanwhile share the next write."""
        give_up_at = self.hass.loop.time() + WAIT_MAX_S
        while self._written < change and self._may_write:
            wait_s = give_up_at - self.hass.loop.time()
            if wait_s <= 0.0 or self.hass.loop.time() < self._retry_at:
                return
            if self._writing is None:
                # A task of its own, because the caller may be cancelled before the disk is done.
                self._writing = self.hass.async_create_task(
                    self.async_save(cast("DataT", ())), f"{DOMAIN} write", eager_start=False
                )
                self._writing.add_done_callback(self._async_wrote)
            await asyncio.wait([self._writing], timeout=wait_s)
            if self.hass.state is CoreState.stopping:
                # The data is written at the very end of the shutdown.
                return

    @callback
    def _async_wrote(self, _writing: asyncio.Task[None]) -> None:
        """Record that no write is running, so that the next caller starts one."""
        self._writing = None

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        """Write the current data, even if the write was scheduled with older data."""
        if not self._may_write:
            return
        change, self._due_at = self._changed, None
        data.pop("data_func", None)
        try:
            data["data"] = self.snapshot()
            await super()._async_write_data(data)
        except OSError as err:
            self._async_failed(err)
            raise WriteError(err) from err
        except Exception as err:
            self._async_failed(err)
            raise
        self._written = max(self._written, change)
        self._retry_at = 0.0
        ir.async_delete_issue(self.hass, DOMAIN, self._issue_id("unwritable"))

    @callback
    def _async_failed(self, err: Exception) -> None:
        """Schedule a retry, and create an issue for as long as writing fails."""
        self._retry_at = self.hass.loop.time() + RETRY_S
        self._due_at = self._retry_at
        self.async_delay_save(self.snapshot, RETRY_S)
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._issue_id("unwritable"),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="store_unwritable",
            translation_placeholders={**self._texts, "error": str(err)},
        )

    @override
    async def async_remove(self) -> None:
        """Remove the file, its copies and its issues."""
        self.hass.data.get(STORES, {}).pop(self.key, None)
        await super().async_remove()
        await self.hass.async_add_executor_job(_remove_copies, self.path)
        for what in ("damaged", "unwritable"):
            ir.async_delete_issue(self.hass, DOMAIN, self._issue_id(what))

    def _issue_id(self, what: str) -> str:
        """Return the id of an issue, unique among all files."""
        return f"{self.key}_{what}"

    @property
    def _texts(self) -> dict[str, str]:
        """Placeholders of every issue."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        return {"lot": "Smart Parking" if entry is None else entry.title, "file": self.path}


STORES: HassKey[dict[str, DurableStore[Any]]] = HassKey(f"{DOMAIN}_stores")
"""The store that may write a file, by key."""


def _inspect(path: str) -> tuple[bool, object]:
    """Return whether Home Assistant can read a file, and the readable content otherwise."""
    try:
        content = json_loads(Path(path).read_bytes())
    except FileNotFoundError:
        return True, None
    except (OSError, ValueError) as err:
        _LOGGER.warning("%s cannot be read: %s", path, err)
        return False, None
    if not isinstance(content, dict):
        return False, None
    versions = content.get("version"), content.get("minor_version", 1)
    data = content.get("data")
    return data is not None and all(type(one) is int for one in versions), data


def _keep_copy(path: str) -> str:
    """Copy a damaged file, so that the owner can look at it; return the path of the copy."""
    copy = f"{path}{COPY}{dt_util.utcnow().isoformat()}"
    try:
        shutil.copyfile(path, copy)
        Path(copy).chmod(0o600)
    except OSError as err:
        _LOGGER.warning("%s cannot be copied: %s", path, err)
        return "-"
    return copy


def _remove_copies(path: str) -> None:
    """Remove the copies of a file."""
    file = Path(path)
    for copy in file.parent.glob(f"{escape(file.name)}{COPY}*"):
        copy.unlink(missing_ok=True)
