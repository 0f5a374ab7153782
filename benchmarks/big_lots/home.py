"""A real Home Assistant to which a lot is added by its forms, and which knows what held its loop.

usage: python -m benchmarks.big_lots.home FOLDER PORT

It prints its token when it is up. Then it answers each line that it reads with a line of JSON:
`add BAYS CHOICE` adds a lot, `reload` loads it anew, `change` parks a vehicle in every hundredth
bay, one at a time, and `remove` removes it; the answers say how long that took and for how long the
event loop was held at most.
"""

import asyncio
from asyncio.events import Handle
from collections.abc import Awaitable, Callable, Mapping, Sequence
import gc
from itertools import batched
import json
from pathlib import Path
from statistics import median
import sys
from threading import current_thread, main_thread
import time
from typing import Any, ClassVar, override

from homeassistant import runner
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from benchmarks.servers import memory_mb
from benchmarks.subscription.home import start
from custom_components.smart_parking.const import DOMAIN, SUBENTRY_NODE
from custom_components.smart_parking.lot.model import Reading
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.sources.base import Sink, Source

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "demo"))

import seed

BAYS_PER_ROW = 50
LEVELS = 5
BAYS_OF_A_NODE = 10_000
SPECIAL_EVERY = 20


class SilentSource(Source):
    """Bays that are all free, until one is told otherwise: what sensors cost is not looked at."""

    key = "bench"
    model = "Home Assistant entities"
    sinks: ClassVar[list[tuple[SilentSource, Sink]]] = []

    @override
    async def async_start(self, sink: Sink) -> None:
        self.sinks.append((self, sink))
        sink.sweep([Reading(one, time.monotonic(), occupied=False) for one in self.bay_ids])

    @override
    async def async_stop(self) -> None:
        self.sinks[:] = [one for one in self.sinks if one[0] is not self]

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        return {one: Reading(one, time.monotonic(), occupied=False) for one in self.bay_ids}

    @property
    def bay_ids(self) -> list[str]:
        """The bays."""
        return [str(row["bay_id"]) for row in self.node.rows]


class LoopWatch:
    """Knows for how long a callback has held the event loop, in processor time of its thread.

    So it does not count who else uses the machine. When Python looks through all objects for
    garbage, everything stops, whoever has made them: that is told by itself.
    """

    def __init__(self) -> None:
        """Watch every callback from now on."""
        self.hold_s = self.collected_s = self._in_callback_s = 0.0
        self._began_s = 0.0
        gc.callbacks.append(self._collect)
        run = Handle._run  # noqa: SLF001  (nothing else sees every callback)

        def timed(handle: Handle) -> None:
            self._in_callback_s = 0.0
            began_s = time.thread_time()
            run(handle)
            hold_s = time.thread_time() - began_s - self._in_callback_s
            self.hold_s = max(self.hold_s, hold_s)

        Handle._run = timed  # type: ignore[method-assign,assignment]  # noqa: SLF001

    def _collect(self, phase: str, _info: object) -> None:
        """Record how long the collector takes; it runs in whichever thread."""
        if phase == "start":
            self._began_s = time.thread_time()
            return
        took_s = time.thread_time() - self._began_s
        self.collected_s = max(self.collected_s, took_s)
        if current_thread() is main_thread():
            self._in_callback_s += took_s

    async def measure(self, work: Callable[[], Awaitable[object]]) -> dict[str, float]:
        """Return how long something took, and for how long it held the loop."""
        await asyncio.sleep(1.0)
        self.hold_s = self.collected_s = 0.0
        began_s, cpu_began_s = time.perf_counter(), time.thread_time()
        await work()
        took_s, cpu_s = time.perf_counter() - began_s, time.thread_time() - cpu_began_s
        await asyncio.sleep(1.0)
        return {
            "took_s": round(took_s, 1),
            "cpu_s": round(cpu_s, 1),
            "hold_ms": round(self.hold_s * 1e3),
            "collected_ms": round(self.collected_s * 1e3),
        }


def bays_text(count: int, first: int) -> str:
    """Return bays as an owner pastes them: rows along aisles, on some levels."""
    lines = ["label,kind,level,x,y"]
    for number in range(first, first + count):
        place = number // LEVELS
        kind = "accessible" if number % SPECIAL_EVERY == 0 else "standard"
        lines.append(
            f"A{number + 1:05d},{kind},{number % LEVELS + 1}"
            f",{2.5 * (place % BAYS_PER_ROW)},{8.0 * (place // BAYS_PER_ROW)}"
        )
    return "\n".join(lines)


class Owner:
    """Fills in the forms."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Speak to a Home Assistant."""
        self.hass = hass
        self.entry_id = ""

    async def add(self, bays: int, choice: str) -> None:
        """Add a lot."""
        parts = [len(one) for one in batched(range(bays), BAYS_OF_A_NODE, strict=False)]
        flows = self.hass.config_entries.flow
        shown = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        result = await self.fill(flows, shown, bays_text(parts[0], 0), choice)
        self.entry_id = result["result"].entry_id
        for number in range(1, len(parts)):
            nodes = self.hass.config_entries.subentries
            form = await nodes.async_init(
                (self.entry_id, SUBENTRY_NODE), context={"source": SOURCE_USER}
            )
            text = bays_text(parts[number], number * BAYS_OF_A_NODE)
            await self.fill(nodes, form, text, choice)
        await self.settled(bays)

    async def fill(self, flows: Any, shown: Any, text: str, choice: str) -> Any:
        """Answer every form until the last one."""
        answers: dict[str, Any] = {
            "user": {"name": "Harbour"},
            "node": {"source": SilentSource.key},
            "settings": {"name": SilentSource.model},
            "text": {"text": text},
            "checked": {"next_step_id": "save"},
            "entities": {"bay_entities": choice, "bay_switches": False},
            "gate": {"name": "North gate", "level": "1", "x": 0.0, "y": 4.0},
        }
        is_entered = False
        while shown["type"] in ("form", "menu"):
            step = shown["step_id"]
            assert not shown.get("errors"), shown
            answer = answers.get(step)
            if step == "bays":
                answer = {"next_step_id": "check" if is_entered else "text"}
                is_entered = True
            shown = await flows.async_configure(shown["flow_id"], answer)
        assert shown["type"] == "create_entry", shown
        return shown

    async def settled(self, bays: int) -> None:
        """Wait until all bays are there, and nothing comes any more."""
        entry = self.hass.config_entries.async_get_known_entry(self.entry_id)
        before = -1
        while (
            entry.state is not ConfigEntryState.LOADED
            or len(entry.runtime_data.lot) < bays
            or before != len(er.async_get(self.hass).entities)
        ):
            before = len(er.async_get(self.hass).entities)
            await asyncio.sleep(0.25)

    async def reload(self) -> None:
        """Load the lot anew, as when Home Assistant starts."""
        assert await self.hass.config_entries.async_reload(self.entry_id)

    async def remove(self) -> None:
        """Remove the lot."""
        await self.hass.config_entries.async_remove(self.entry_id)

    async def change(self) -> float:
        """Return the processor time of one bay's change, in ms."""
        costs = []
        for source, sink in SilentSource.sinks:
            for bay_id in source.bay_ids[:: max(1, len(source.bay_ids) // 100)]:
                for _ in range(4):
                    began = time.thread_time()
                    sink.sweep([Reading(bay_id, time.monotonic(), occupied=True)])
                    costs.append(time.thread_time() - began)
                    sink.sweep([Reading(bay_id, time.monotonic(), occupied=False)])
                    await asyncio.sleep(0.01)
        return median(costs) * 1e3

    def numbers(self) -> dict[str, float]:
        """Return what there is of the lot."""
        entities = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry_id)
        registry = dr.async_get(self.hass)
        devices: Sequence[object] = [
            *dr.async_entries_for_config_entry(registry, self.entry_id),
            *dr.async_child_entries_for_config_entry(registry, self.entry_id),
        ]
        return {
            "entities": sum(not one.disabled for one in entities),
            "disabled": sum(one.disabled for one in entities),
            "devices": len(devices),
            "rss_mb": round(memory_mb()),
        }


async def serve(folder: str) -> None:
    """Run Home Assistant, and answer."""
    hass, token = await start(folder)
    watch, owner = LoopWatch(), Owner(hass)
    print(json.dumps({"token": token, "rss_mb": round(memory_mb())}), flush=True)
    while line := await hass.loop.run_in_executor(None, sys.stdin.readline):
        answer: dict[str, Any] = {}
        match line.split():
            case ["add", bays, choice]:
                answer = await watch.measure(lambda: owner.add(int(bays), choice))
                answer |= owner.numbers()
            case ["reload"]:
                answer = await watch.measure(owner.reload)
            case ["change"]:
                answer = {"change_ms": round(await owner.change(), 3)}
            case ["remove"]:
                answer = await watch.measure(owner.remove)
        print(json.dumps(answer), flush=True)
    await hass.async_stop(force=True)


async def prepare(folder: str, port: int) -> None:
    """Prepare the folder, as the demo's is, without a lot."""
    hass = await seed.open_folder(folder)
    await seed.seed_address(hass, port)
    await seed.seed_owner(hass)
    await hass.async_stop(force=True)


def main() -> None:
    """Run until told no more."""
    folder, port = sys.argv[1], int(sys.argv[2])
    Path(folder, "custom_components").symlink_to(Path(__file__).parents[2] / "custom_components")
    Path(folder, "configuration.yaml").write_text(
        "logger: {default: error}\nconfig:\nfrontend:\nhistory:\nlogbook:\n"
    )
    SOURCES[SilentSource.key] = SilentSource
    asyncio.run(prepare(folder, port), loop_factory=runner.create_event_loop)
    asyncio.run(serve(folder), loop_factory=runner.create_event_loop)


if __name__ == "__main__":
    main()
