"""A real Home Assistant with a lot of many bays, which knows when the state of each changed.

usage: python -m benchmarks.scaling.home FOLDER PORT BROKER_PORT BAYS WAY ENTITIES [PROFILE]

It prints a line of JSON when all bays are known: a token of its owner, the entry's id, and the
bays' entities where they have any. Then it answers each line that it reads with one of JSON: `cpu`
with the processor time used so far, in s; `rss` with its memory, in MB; `changes` with what has
changed since the last such line, as bay, whether occupied, and the time on the machine's monotonic
clock; `rows` with how many states its recorder has; `profile` begins to profile the event loop, and
the next `profile PATH` writes to a file what it has found. With PROFILE, a file, its start is
profiled, too.
"""

import asyncio
import cProfile
import json
from pathlib import Path
import sqlite3
import sys
import time
from types import MappingProxyType
from typing import Any

from homeassistant import runner
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigSubentryData,
)
from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from benchmarks.scaling.lots import Way, subentries
from benchmarks.servers import memory_mb
from benchmarks.subscription.home import start
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.lot import Changes

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "demo"))

import seed

LOT_ID = "lot"
CONFIGURATION = "logger: {default: error}\nfrontend:\nrecorder:\nhistory:\nlogbook:\n"
COUNT = """template:
  - sensor:
      - name: Free
        state: "{{ states.binary_sensor | selectattr('state', 'eq', 'off') | list | count }}"
"""
ASK_S = 0.05


def _entry(
    domain: str,
    title: str,
    data: dict[str, Any],
    options: dict[str, Any],
    parts: list[ConfigSubentryData],
    entry_id: str,
    version: tuple[int, int],
) -> ConfigEntry:
    """Return an entry."""
    return ConfigEntry(
        domain=domain,
        title=title,
        version=version[0],
        minor_version=version[1],
        source=SOURCE_USER,
        data=data,
        options=options,
        unique_id=None,
        entry_id=entry_id,
        discovery_keys=MappingProxyType({}),
        subentries_data=parts,
    )


def broker_entry(port: int) -> ConfigEntry:
    """Return Home Assistant's connection with the broker."""
    data = {"broker": "127.0.0.1", "port": port, "protocol": "5"}
    return _entry("mqtt", "Broker", data, {"discovery": True}, [], "broker", (2, 1))


async def prepare(folder: str, port: int, entries: list[ConfigEntry]) -> None:
    """Prepare the folder, as the demo's is."""
    hass = await seed.open_folder(folder)
    await seed.seed_address(hass, port)
    await seed.seed_owner(hass)
    await seed.seed_entries(hass, *entries)
    await hass.async_stop(force=True)


class Watch:
    """Knows what has become of bays, and when."""

    def __init__(self, hass: HomeAssistant, bays: int, way: Way) -> None:
        """Initialize with nothing known."""
        self.changes: list[tuple[str, bool, float]] = []
        self.is_by_entity = not way.is_ours
        self._hass = hass
        self._bays = bays

    def follow(self) -> None:
        """Follow what changes from now on."""
        if self.is_by_entity:
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._async_state)
        else:
            self._lot.coordinator.async_follow(self._async_changed)

    def entities(self) -> list[str]:
        """Return the bays' entities."""
        return [
            one.entity_id
            for one in er.async_get(self._hass).entities.values()
            if one.domain == "binary_sensor"
            and one.disabled_by is None
            and (self.is_by_entity or one.unique_id.endswith("_occupancy"))
        ]

    def is_known(self) -> bool:
        """Return whether all bays are known."""
        if self.is_by_entity:
            states = self._hass.states.async_all("binary_sensor")
            return sum(one.state in (STATE_ON, STATE_OFF) for one in states) >= self._bays
        entries = self._hass.config_entries.async_loaded_entries(DOMAIN)
        return bool(entries) and all(one.occupied is not None for one in self._lot.coordinator.lot)

    @property
    def _lot(self) -> Any:
        """The lot at work."""
        (found,) = self._hass.config_entries.async_loaded_entries(DOMAIN)
        return found.runtime_data

    @callback
    def _async_state(self, event: Event[EventStateChangedData]) -> None:
        """Note when an entity has another state."""
        new = event.data["new_state"]
        if new is not None and new.domain == "binary_sensor":
            bay = new.object_id.rpartition("_")[2]
            self.changes.append((bay, new.state == STATE_ON, time.monotonic()))

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Note when bays of the lot have another state."""
        now, lot = time.monotonic(), self._lot.coordinator.lot
        self.changes += [(bay, bool(lot[bay].occupied), now) for bay in changes.bays]


def rows(folder: str) -> int:
    """Return how many states the recorder has written."""
    with sqlite3.connect(f"file:{folder}/home-assistant_v2.db?mode=ro", uri=True) as database:
        found = database.execute("SELECT COUNT(*) FROM states").fetchone()
    return int(found[0])


async def serve(folder: str, bays: int, way: Way, start_profile: str) -> None:
    """Run Home Assistant, and answer."""
    profile = cProfile.Profile()
    if start_profile:
        profile.enable()
    began = time.monotonic()
    hass, token = await start(folder)
    started_s = time.monotonic() - began
    watch = Watch(hass, bays, way)
    while not watch.is_known():  # noqa: ASYNC110  (nobody tells that the last one is known)
        await asyncio.sleep(ASK_S)
    if start_profile:
        profile.disable()
        profile.dump_stats(start_profile)
    watch.follow()
    ready = {"token": token, "entities": watch.entities(), "started_s": started_s}
    print(json.dumps(ready), flush=True)
    while line := await hass.loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await answer(line.split(), hass, folder, watch, profile)), flush=True)
    await hass.async_stop(force=True)


async def answer(
    asked: list[str], hass: HomeAssistant, folder: str, watch: Watch, profile: cProfile.Profile
) -> object:
    """Return the answer to a line."""
    match asked:
        case ["cpu"]:
            return time.process_time()
        case ["rss"]:
            return memory_mb()
        case ["changes"]:
            changes, watch.changes = watch.changes, []
            return changes
        case ["rows"]:
            return await hass.async_add_executor_job(rows, folder)
        case ["profile"]:
            profile.clear()
            profile.enable()
        case ["profile", path]:
            profile.disable()
            profile.dump_stats(path)
    return None


def main() -> None:
    """Run until told no more; a folder that is there already is that of an earlier start."""
    folder, port, broker, bays, text, entities = sys.argv[1:7]
    start_profile = "".join(sys.argv[7:])
    way, path = Way(text), Path(folder)
    if not path.exists():
        path.mkdir()
        count = COUNT if way is Way.COUNTED else ""
        (path / "configuration.yaml").write_text(CONFIGURATION + count)
        (path / "custom_components").symlink_to(Path(__file__).parents[2] / "custom_components")
        entries = [broker_entry(int(broker))]
        if way.is_ours:
            parts = subentries(int(bays), way)
            options = {"bay_entities": entities, "bay_switches": False}
            entries.append(_entry(DOMAIN, "Lot", {}, options, parts, LOT_ID, (1, 1)))
        asyncio.run(prepare(folder, int(port), entries), loop_factory=runner.create_event_loop)
    asyncio.run(serve(folder, int(bays), way, start_profile), loop_factory=runner.create_event_loop)


if __name__ == "__main__":
    main()
