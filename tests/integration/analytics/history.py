"""A lot whose history is looked at."""

from pathlib import Path
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.analytics import writer
from custom_components.smart_parking.analytics.manager import AnalyticsManager
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, data_of
from tests.integration.sources.driven import Hand, Said

NODE = "North"


def manager_of(hass: HomeAssistant, entry_id: str = LOT_ID) -> AnalyticsManager:
    """Return the record of a lot."""
    return data_of(hass, entry_id).analytics


def file_of(hass: HomeAssistant, entry_id: str = LOT_ID) -> Path:
    """Return where a lot's history is."""
    return writer.database_path(hass, entry_id)


async def flush(hass: HomeAssistant) -> None:
    """Prepare everything written."""
    await manager_of(hass).writer.async_flush()


def rows(path: Path, table: str, order: str = "1") -> list[dict[str, Any]]:
    """Return the rows of a table."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        found = connection.execute(f"SELECT * FROM parking_{table} ORDER BY {order}")  # noqa: S608  (a test's own)
        return [dict(one) for one in found]
    finally:
        connection.close()


def stays_of(path: Path) -> dict[str, dict[str, Any]]:
    """Return the newest stay of each bay, by label."""
    labels = {one["place_id"]: one["label"] for one in rows(path, "places")}
    return {labels[one["place_id"]]: one for one in rows(path, "stays", "arrived")}


class Cars:
    """Vehicles that come and go, seen by sensors that never rest."""

    def __init__(self, hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> None:
        """Drive them by hand."""
        self._hass = hass
        self._hand = hand
        self._freezer = freezer
        self.said: dict[str, Said] = {}

    def say(self, **said: Said) -> None:
        """Report for all sensors something until it is believed."""
        self.said |= said
        for _ in range(2):
            self._hand.settle(NODE, **self.said)

    def arrive(self, *labels: str) -> None:
        """Make vehicles arrive."""
        self.say(**dict.fromkeys(labels, CAR_M))

    def leave(self, *labels: str) -> None:
        """Make vehicles leave."""
        self.say(**dict.fromkeys(labels, EMPTY_M))

    async def wait(self, seconds: float) -> None:
        """Run, and everything happen that waits for it."""
        self._freezer.tick(seconds)
        self._hand.pass_time(seconds)
        self._hand.sweep(NODE, **self.said)
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=True)
