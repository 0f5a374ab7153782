"""What a busy lot writes to the disk in a day, file by file.

A real Home Assistant core lives through a simulated day of 24 bays; what it hands to the disk is
counted. Every file is written whole, and forced to the disk, so that small ones cost a block each.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime
import logging
from math import ceil
from pathlib import Path
from random import Random
import sys
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import storage
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.util.file import write_utf8_file_atomic
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_test_home_assistant,
)

from benchmarks.event_loop import CAR_M, BenchSource
from custom_components.smart_parking.const import (
    DOMAIN,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
    SUBENTRY_PROMOTION,
)
from custom_components.smart_parking.lot.model import Reading
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.visitor.sessions import Parked
from tests.integration.frontend import add_frontend, without_sockets

BAYS = 24
# From seven in the morning for fourteen hours, every bay is left after three quarters of an hour
# and taken again a quarter later.
OPENS, CLOSES = 7 * 60, 21 * 60
STAY_MIN, PAUSE_MIN = 45, 15
VISITORS = 0.5
"""Of those who come, who use the page."""
SHOPS = 4
DAYS_BEFORE = 400
"""Days with counts of promotions: as many as are stored."""
SWEEPS = 40
BLOCK = 4_096


class Disk:
    """Counts what is written."""

    def __init__(self) -> None:
        """Initialize empty."""
        self.writes = Counter[str]()
        self.octets = Counter[str]()
        self.blocks = Counter[str]()

    def write(self, filename: str, data: bytes, *args: Any, **more: Any) -> None:
        """Write a file, and count it if it is a lot's."""
        write_utf8_file_atomic(filename, data, *args, **more)
        name = Path(filename).name
        if name.startswith(DOMAIN):
            kind = name.rpartition(".")[2] if name.count(".") > 1 else "lot"
            self.writes[kind] += 1
            self.octets[kind] += len(data)
            self.blocks[kind] += ceil(len(data) / BLOCK)


def busy_lot() -> MockConfigEntry:
    """Return a lot with shops, a page for visitors and bays as a flow makes them."""
    bays = [
        {"bay_id": uuid4().hex, "label": f"A{n:02d}", "x": 2.5 * n, "y": 0.0, "empty_m": 2.5}
        for n in range(BAYS)
    ]
    parts: list[tuple[str, str, dict[str, Any]]] = [
        (SUBENTRY_NODE, "Node 0", {"source": BenchSource.key, "bays": bays}),
        (SUBENTRY_GATE, "Gate", {"x": 0.0, "y": -5.0}),
        *((SUBENTRY_PROMOTION, f"Shop {number}", {}) for number in range(SHOPS)),
    ]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Lot",
        subentries_data=[
            ConfigSubentryDataWithId(
                data=data, subentry_id=uuid4().hex, subentry_type=kind, title=title, unique_id=None
            )
            for kind, title, data in parts
        ],
    )
    options = {"visitors": True, "visitors_secret": "x" * 26}
    object.__setattr__(entry, "options", MappingProxyType(options))
    return entry


class Day:
    """A day of a lot."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, clock: FrozenDateTimeFactory):
        """Initialize at midnight, with an empty lot."""
        self._hass = hass
        self._entry = entry
        self._clock = clock
        self._coordinator = entry.runtime_data.coordinator
        self._reception = entry.runtime_data.visitor
        self._random = Random(2026)
        self._at = 0.0
        bays = self._coordinator.lot
        self._taken = {status.bay.bay_id: False for status in bays}
        for bay_id in self._taken:
            # As if all had been calibrated.
            self._coordinator.async_set_empty_distance(bay_id, 2.4)
        # When each bay changes hands next, in minutes.
        self._turns = {bay_id: OPENS + self._random.randrange(60) for bay_id in self._taken}

    async def live(self) -> int:
        """Run the day, and return how many vehicles have come."""
        self._sense(*self._taken)
        for minute in range(24 * 60):
            due = [bay_id for bay_id, turn in self._turns.items() if turn == minute]
            for bay_id in due:
                is_taken = self._taken[bay_id] = not self._taken[bay_id]
                stays = minute < CLOSES or is_taken
                self._turns[bay_id] += (STAY_MIN if is_taken else PAUSE_MIN) if stays else 10**6
                if is_taken and self._random.random() < VISITORS:
                    await self._visit(bay_id)
                self._sense(bay_id)
            await self._pass(60.0)
        return int(self._coordinator.lot.arrivals)

    async def _visit(self, bay_id: str) -> None:
        """Guide a visitor, look at the page, and say where they have parked."""
        driver = f"visitor:{uuid4().hex[:16]}"
        guidance = self._coordinator.guidance
        gate_id = self._coordinator.lot.gates[0].gate_id
        session = self._reception.begin(driver, driver, self._hass.loop.time())
        hold = guidance.async_guide(gate_id, driver=driver)
        self._reception.async_note()
        await self._reception.async_store()
        for when in ("before", "before", "after"):
            await self._pass(20.0)
            self._coordinator.promotions.async_next(when, driver)
        session.parked = Parked(bay_id, "A00")
        self._reception.async_note(is_relied_on=True)
        if guidance.get(hold.hold_id) is not None:
            guidance.async_release(hold)
        await self._reception.async_store()

    def _sense(self, *bay_ids: str) -> None:
        """Report for all sensors for some time what the bays are."""
        for _ in range(SWEEPS):
            self._at += 0.5
            BenchSource.sinks["Node 0"].sweep(
                [Reading(one, self._at, CAR_M if self._taken[one] else 2.4) for one in bay_ids], 0.3
            )

    async def _pass(self, seconds: float) -> None:
        """Advance the time."""
        self._clock.tick(seconds)
        self._at += seconds
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()


def count_former_days(entry: MockConfigEntry, today: datetime) -> None:
    """Count impressions of the promotions for all stored days."""
    promotions = entry.runtime_data.promotions
    for day in range(DAYS_BEFORE):
        at = datetime.fromtimestamp(today.timestamp() - 86_400.0 * (DAYS_BEFORE - day), UTC)
        for _ in range(SHOPS):
            promotions.async_next("before", at=at)


async def main() -> int:
    """Print the table."""
    logging.disable(logging.WARNING)
    SOURCES[BenchSource.key] = BenchSource
    today, disk, entry = datetime(2026, 11, 27, tzinfo=UTC), Disk(), busy_lot()
    with TemporaryDirectory() as folder, freeze_time(today) as clock:
        async with async_test_home_assistant(config_dir=folder) as hass:
            assert isinstance(clock, FrozenDateTimeFactory)
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            add_frontend(hass)
            entry.add_to_hass(hass)
            with patch.object(storage, "write_utf8_file_atomic", disk.write):
                assert await hass.config_entries.async_setup(entry.entry_id)
                await hass.async_block_till_done()
                count_former_days(entry, today)
                day = Day(hass, entry, clock)
                disk.writes.clear()
                disk.octets.clear()
                disk.blocks.clear()
                arrivals = await day.live()
            await hass.async_stop(force=True)
    print(f"{arrivals} arrivals, half of them visitors with the page open")
    print("| file | writes | MB | blocks of 4 KiB |")
    print("| --- | ---: | ---: | ---: |")
    for kind in [*disk.writes, None]:
        total = [
            sum(count.values()) if kind is None else count[kind]
            for count in (disk.writes, disk.octets, disk.blocks)
        ]
        print(f"| {kind or 'all'} | {total[0]} | {total[1] / 1e6:.1f} | {total[2]} |")
    return 0


if __name__ == "__main__":
    with without_sockets():
        sys.exit(asyncio.run(main()))
