"""A real Home Assistant with one lot, whose bays change when told to.

usage: python -m benchmarks.subscription.home FOLDER PORT BAYS [swept] [proxied]

It prints a line of JSON when it is up: its token, and the bays' entities. Then it answers each line
that it reads: `cpu` with the processor time used so far, in ms; `rss` with its memory, in MB;
`change N PER_S` by letting N vehicles come or go, with `done`; `timed N PER_S` likewise, with the
times at which they did, in seconds of the machine's monotonic clock. With `swept`, there is a bank
with 24 simulated sensors and no vehicles, too; `sweeps` is answered with the times of its sweeps
since the last such line. With `proxied`, a proxy on this machine is trusted; `looks` is answered
with how often the visitors' picture of the lot was asked for.
"""

import asyncio
from collections.abc import Iterable
import json
from pathlib import Path
from random import Random
import sys
import time
from types import MappingProxyType
from typing import override

from homeassistant import bootstrap, runner
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
from homeassistant.components.http.config import HTTP_STORAGE_SCHEMA, HTTPConfigStore
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from benchmarks.servers import memory_mb
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import Reading
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.sources.base import Sink
from custom_components.smart_parking.sources.entities import EntitySource
from custom_components.smart_parking.sources.node import Node
from custom_components.smart_parking.sources.simulated import (
    CONF_HEIGHT_M,
    CONF_OCCUPANCY,
    CONF_SEED,
    CONF_STAY_MIN,
    SimulatedSource,
)
from custom_components.smart_parking.visitor.snapshot import PublicSnapshot
from custom_components.smart_parking.visitor.stream import Streams

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "demo"))

import seed

SWEPT = "swept"
PROXIED = "proxied"
looks: list[float] = []
take_look = Streams.async_look
SWEPT_BAYS = 24
sweeps: list[float] = []
take_sweep = Node.sweep

OCCUPIED_SHARE = 0.6
BAYS_PER_ROW = 25

SECRET = "benchmarkbenchmarkbenchmark"  # noqa: S105 - it listens on this machine only
# A page for visitors, with limits that do not limit.
OPTIONS = {
    "visitors": True,
    "visitors_secret": SECRET,
    "visitors_requests": 10_000_000,
    "visitors_requests_total": 10_000_000,
    "visitors_streams": 10_000,
    "visitors_streams_total": 10_000,
}


class TimedSource(EntitySource):
    """Bays of which one changes at a time, at the benchmark's pace: sensors would cost the same."""

    newest: TimedSource

    @override
    async def async_start(self, sink: Sink) -> None:
        TimedSource.newest = self
        self._random = Random(1)
        self._to = sink
        self._occupied = {
            str(row["bay_id"]): self._random.random() < OCCUPIED_SHARE for row in self.node.rows
        }
        sink.sweep([self._reading(bay_id) for bay_id in self._occupied])

    @override
    async def async_stop(self) -> None:
        """Hold nothing that must be let go."""

    def change(self) -> None:
        """Park or remove a vehicle."""
        bay_id = self._random.choice(list(self._occupied))
        self._occupied[bay_id] = not self._occupied[bay_id]
        self._to.sweep([self._reading(bay_id)])

    def _reading(self, bay_id: str) -> Reading:
        """Return what there is to say of a bay."""
        return Reading(bay_id, time.monotonic(), occupied=self._occupied[bay_id])


def note_sweep(node: Node, readings: Iterable[Reading], duration_s: float | None = None) -> None:
    """Record when a sweep of the bank comes in, and let it go on."""
    if duration_s is not None:
        sweeps.append(time.monotonic())
    take_sweep(node, readings, duration_s)


def note_look(streams: Streams) -> PublicSnapshot:
    """Record when somebody looks at the lot, and let them."""
    looks.append(time.monotonic())
    return take_look(streams)


async def trust_proxy(hass: HomeAssistant, port: int) -> None:
    """Set Home Assistant's address, and that it is behind a proxy on this machine."""
    store = HTTPConfigStore(hass)
    await store.async_load()
    trusted = {"use_x_forwarded_for": True, "trusted_proxies": [seed.HOST]}
    address = {"server_host": [seed.HOST], "server_port": port}
    await store.async_set_pending(HTTP_STORAGE_SCHEMA({**address, **trusted}))
    await store.async_promote_pending()
    await store.async_mark_yaml_migration_done()


def swept_node() -> ConfigSubentryData:
    """Return a node with a bank of sensors, under which nobody parks."""
    rows = [
        {
            "bay_id": f"swept{number:x}",
            "label": f"S{number + 1:02d}",
            "kind": "standard",
            "level": "2",
            "x": 2.5 * number,
            "y": 0.0,
        }
        for number in range(SWEPT_BAYS)
    ]
    settings = {CONF_HEIGHT_M: 2.5, CONF_STAY_MIN: 60.0, CONF_OCCUPANCY: 0.0, CONF_SEED: 0}
    return ConfigSubentryData(
        subentry_type="node",
        title="Bank",
        unique_id=None,
        data={"source": SimulatedSource.key, "bays": rows, **settings},
    )


def lot(bays: int, *, is_swept: bool) -> ConfigEntry:
    """Return a lot of so many bays, in rows along aisles, with two gates."""
    rows = [
        {
            "bay_id": f"{number:x}",
            "label": f"A{number + 1:04d}",
            "kind": "standard",
            "level": "1",
            "x": 2.5 * (number % BAYS_PER_ROW),
            "y": 8.0 * (number // BAYS_PER_ROW),
            "entity_id": f"binary_sensor.sensor_{number}",
        }
        for number in range(bays)
    ]
    node = ConfigSubentryData(
        subentry_type="node",
        title="Sensors",
        unique_id=None,
        data={"source": EntitySource.key, "bays": rows},
    )
    gates = [
        ConfigSubentryData(
            subentry_type="gate", title=title, unique_id=None, data={"level": "1", "x": x, "y": 4.0}
        )
        for title, x in (("West", -5.0), ("East", 70.0))
    ]
    return ConfigEntry(
        domain=DOMAIN,
        title="Lot",
        version=1,
        minor_version=1,
        source=SOURCE_USER,
        data={},
        options=OPTIONS,
        unique_id=None,
        discovery_keys=MappingProxyType({}),
        subentries_data=[node, *gates, *([swept_node()] if is_swept else [])],
    )


async def prepare(
    folder: str, port: int, bays: int, *, is_swept: bool = False, is_proxied: bool = False
) -> None:
    """Prepare the folder, as the demo's is."""
    hass = await seed.open_folder(folder)
    await (trust_proxy if is_proxied else seed.seed_address)(hass, port)
    await seed.seed_owner(hass)
    await seed.seed_entries(hass, lot(bays, is_swept=is_swept))
    await hass.async_stop(force=True)


async def start(folder: str) -> tuple[HomeAssistant, str]:
    """Start Home Assistant, and return a token of its owner, too."""
    hass = await bootstrap.async_setup_hass(runner.RuntimeConfig(folder, skip_pip=True))
    assert hass is not None
    await hass.async_start()
    await hass.async_block_till_done()
    owner = await hass.auth.async_get_owner()
    assert owner is not None
    token = await hass.auth.async_create_refresh_token(
        owner,
        client_name=f"Benchmark {time.time_ns()}",
        token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
    )
    return hass, hass.auth.async_create_access_token(token)


async def serve(folder: str) -> None:
    """Run Home Assistant, and answer."""
    hass, token = await start(folder)
    entities = [
        entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.platform == DOMAIN and entry.unique_id.endswith("_occupancy")
        if entry.domain == "binary_sensor"
    ]
    print(json.dumps([token, entities]), flush=True)
    while line := await hass.loop.run_in_executor(None, sys.stdin.readline):
        match line.split():
            case ["cpu"]:
                print(time.process_time() * 1e3, flush=True)
            case ["change", count, per_s]:
                for _ in range(int(count)):
                    TimedSource.newest.change()
                    await asyncio.sleep(1.0 / float(per_s))
                print("done", flush=True)
            case ["timed", count, per_s]:
                times = []
                for _ in range(int(count)):
                    times.append(time.monotonic())
                    TimedSource.newest.change()
                    await asyncio.sleep(1.0 / float(per_s))
                print(json.dumps(times), flush=True)
            case ["sweeps"]:
                print(json.dumps(sweeps), flush=True)
                sweeps.clear()
            case ["looks"]:
                print(len(looks), flush=True)
            case ["rss"]:
                print(memory_mb(), flush=True)
    await hass.async_stop(force=True)


def main() -> None:
    """Run until the stop."""
    folder, port, bays = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    Path(folder, "configuration.yaml").write_text("logger: {default: error}\n")
    SOURCES[EntitySource.key] = TimedSource
    is_swept, is_proxied = SWEPT in sys.argv[4:], PROXIED in sys.argv[4:]
    Streams.async_look = note_look  # type: ignore[method-assign,assignment]  # likewise
    Node.sweep = note_sweep  # type: ignore[method-assign,assignment]  # the same, with a note
    preparing = prepare(folder, port, bays, is_swept=is_swept, is_proxied=is_proxied)
    asyncio.run(preparing, loop_factory=runner.create_event_loop)
    asyncio.run(serve(folder), loop_factory=runner.create_event_loop)


if __name__ == "__main__":
    main()
