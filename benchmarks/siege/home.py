"""The demo's Home Assistant, which remembers when its sensors were swept.

usage: python -m benchmarks.siege.home FOLDER PORT

It prints a token when it is up. Then it answers each line `sweeps` that it reads with the times of
all sweeps since the last one, in seconds of the machine's monotonic clock, how many requests its
page has refused, its processor time in s, and how many bays are kept for visitors.
"""

import asyncio
from collections.abc import Iterable
import json
from pathlib import Path
import sys
import time

from homeassistant import runner

from benchmarks.subscription.home import start
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import BayState, Reading
from custom_components.smart_parking.sources.node import Node

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "demo"))

import seed

sweeps: list[float] = []
take_sweep = Node.sweep


def note_sweep(node: Node, readings: Iterable[Reading], duration_s: float | None = None) -> None:
    """Record when a sweep comes in, in whichever thread that is, and let it go on."""
    sweeps.append(time.monotonic())
    take_sweep(node, readings, duration_s)


async def serve(folder: str) -> None:
    """Run Home Assistant, and answer."""
    hass, token = await start(folder)
    print(token, flush=True)
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    visitors = entry.runtime_data.visitor
    while await hass.loop.run_in_executor(None, sys.stdin.readline):
        held = visitors.coordinator.lot.count(BayState.HELD)
        print(json.dumps([sweeps, visitors.refused, time.process_time(), held]), flush=True)
        sweeps.clear()
    await hass.async_stop(force=True)


def main() -> None:
    """Run until the stop."""
    folder, port = sys.argv[1], int(sys.argv[2])
    Path(folder, "custom_components").symlink_to(Path(__file__).parents[2] / "custom_components")
    Path(folder, "configuration.yaml").write_text("logger: {default: error}\nfrontend:\n")
    asyncio.run(seed.seed(folder, port, has_history=False), loop_factory=runner.create_event_loop)
    Node.sweep = note_sweep  # type: ignore[method-assign,assignment]  # the same, with a note
    asyncio.run(serve(folder), loop_factory=runner.create_event_loop)


if __name__ == "__main__":
    main()
