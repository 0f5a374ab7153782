"""How long a driver waits for an answer in a very large lot, against sorting all bays each time.

Drivers ask at fixed moments, whether the ones before them have been answered or not, and the time
of an answer counts from that moment. First the lot alone, then the whole action in a Home Assistant
core, with every entity written, every event fired and every hold on the disk.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import count
import logging
from random import Random
from statistics import quantiles
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import ClassVar, NamedTuple, override

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_GATE, SUBENTRY_NODE
from custom_components.smart_parking.lot.holds.manager import HoldManager
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import (
    Bay,
    BayKind,
    BayState,
    Gate,
    Observation,
    Reading,
)
from custom_components.smart_parking.lot.routing.ranking import distance_m
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.sources.base import Sink, Source
from tests.integration.frontend import add_frontend, without_sockets

BAYS, PER_NODE, ROW = 10_000, 1_000, 100
REQUESTS_PER_S, SECONDS = 1_000, 10
# Of the whole action: what it answers is on the disk before.
ACTIONS_PER_S = 200
WARM_UP = 100
# One bay in a hundred changes in a second, in ten steps.
CHANGES_PER_S, STEPS_PER_S = BAYS // 100, 10
# So many drivers are on their way; who came before them has given the bay back.
ON_THE_WAY = 1_000
VACANT_SHARE = 0.4
# Readings that agree need so many sweeps to be believed.
SURE = 6

GATE = Gate(gate_id="gate", name="Gate")


def bay(number: int) -> Bay:
    """Return a bay of a car park with rows of a hundred."""
    name = f"{number:05d}"
    return Bay(bay_id=name, label=name, x=2.5 * (number % ROW), y=8.0 * (number // ROW))


class Waits(NamedTuple):
    """How long drivers have waited, in ms, and how many were answered in a second."""

    p50_ms: float
    p99_ms: float
    worst_ms: float
    per_s: float


def waits_of(waited_s: list[float], took_s: float) -> Waits:
    """Return a text of waiting times."""
    cuts = quantiles(waited_s, n=100)
    return Waits(cuts[49] * 1e3, cuts[98] * 1e3, max(waited_s) * 1e3, len(waited_s) / took_s)


class Driven(NamedTuple):
    """A lot that drivers and vehicles come to."""

    guide: Callable[[int], None]
    change: Callable[[int], None]


def run_alone(driven: Driven) -> Waits:
    """Run drivers who ask one after another, as they come, and bays change meanwhile."""
    waited_s: list[float] = []
    began = perf_counter()
    step = 0
    for number in range(REQUESTS_PER_S * SECONDS):
        due = began + number / REQUESTS_PER_S
        while perf_counter() < due:
            pass
        if number * STEPS_PER_S >= step * REQUESTS_PER_S:
            driven.change(step)
            step += 1
        driven.guide(number)
        waited_s.append(perf_counter() - due)
        if perf_counter() - began > 3 * SECONDS:
            break
    return waits_of(waited_s, perf_counter() - began)


class Traffic:
    """Which bays change in a step, and how."""

    def __init__(self) -> None:
        """Initialize with a lot that is filled to a share."""
        self._random = Random(2026)
        self.occupied = [self._random.random() >= VACANT_SHARE for _ in range(BAYS)]

    def step(self) -> list[tuple[int, bool]]:
        """Return bays, and whether each is occupied from now on."""
        numbers = self._random.sample(range(BAYS), CHANGES_PER_S // STEPS_PER_S)
        for number in numbers:
            self.occupied[number] = not self.occupied[number]
        return [(number, self.occupied[number]) for number in numbers]


def seen(number: int, *, occupied: bool) -> Observation:
    """Return what is observed of a bay."""
    return Observation(f"{number:05d}", occupied, None, 0.99, None)


def lot_of(traffic: Traffic) -> Lot:
    """Return a lot in which everything is known."""
    lot = Lot()
    lot.set_bays(bay(number) for number in range(BAYS))
    lot.set_gate(GATE)
    lot.apply(seen(number, occupied=is_so) for number, is_so in enumerate(traffic.occupied))
    # The ranking is made when it is first asked for; in a Home Assistant, the sensors have done so.
    assert lot.nearest(GATE.gate_id) is not None
    return lot


def ours_alone() -> Driven:
    """Return the lot of this integration."""
    traffic = Traffic()
    lot = lot_of(traffic)
    holds = HoldManager(lot)
    under_way: deque[str] = deque()
    now = 1_800_000_000.0

    def guide(number: int) -> None:
        hold, _ = holds.guide(now, f"hold {number}", gate_id="gate", driver=f"driver {number}")
        under_way.append(hold.hold_id)
        if len(under_way) > ON_THE_WAY and (left := holds.holds_by_id.get(under_way.popleft())):
            holds.release(now, left)

    def change(_step: int) -> None:
        changes = lot.apply(seen(one, occupied=is_so) for one, is_so in traffic.step())
        holds.follow(now, changes.bays)

    return Driven(guide, change)


def sorting_alone() -> Driven:
    """Return a lot that sorts all bays on each request."""
    traffic = Traffic()
    lot = lot_of(traffic)
    held: deque[str] = deque()

    def guide(_number: int) -> None:
        free = [status.bay for status in lot if status.state is BayState.VACANT]
        free.sort(key=lambda one: distance_m(GATE, one))
        lot.set_held(free[0].bay_id, held=True)
        held.append(free[0].bay_id)
        if len(held) > ON_THE_WAY:
            lot.set_held(held.popleft(), held=False)

    def change(_step: int) -> None:
        lot.apply(seen(one, occupied=is_so) for one, is_so in traffic.step())

    return Driven(guide, change)


class BenchSource(Source):
    """Sensors that are read from outside."""

    key = "bench"
    model = "Benchmark"
    sinks: ClassVar[dict[str, Sink]] = {}

    @override
    async def async_start(self, sink: Sink) -> None:
        self.sinks[self.node.name] = sink

    @override
    async def async_stop(self) -> None:
        self.sinks.pop(self.node.name, None)


def written_down() -> MockConfigEntry:
    """Return the lot as an owner writes it down."""
    bays = [bay(number) for number in range(BAYS)]
    nodes = [
        ConfigSubentryDataWithId(
            data={
                "source": BenchSource.key,
                "bays": [
                    {"bay_id": one.bay_id, "label": one.label, "x": one.x, "y": one.y}
                    for one in bays[first : first + PER_NODE]
                ],
            },
            subentry_id=f"node{first // PER_NODE}",
            subentry_type=SUBENTRY_NODE,
            title=f"Node {first // PER_NODE}",
            unique_id=None,
        )
        for first in range(0, BAYS, PER_NODE)
    ]
    gate = ConfigSubentryDataWithId(
        data={"x": GATE.x, "y": GATE.y},
        subentry_id=GATE.gate_id,
        subentry_type=SUBENTRY_GATE,
        title=GATE.name,
        unique_id=None,
    )
    return MockConfigEntry(domain=DOMAIN, title="Lot", subentries_data=[*nodes, gate])


class Sensors:
    """The sensors of the lot, which say only what changes."""

    def __init__(self) -> None:
        """Initialize with nothing said."""
        self._clock = count()

    def say(self, changes: list[tuple[int, bool]]) -> None:
        """Report for all sensors the same until it is believed."""
        by_node: dict[int, list[tuple[int, bool]]] = {}
        for number, is_so in changes:
            by_node.setdefault(number // PER_NODE, []).append((number, is_so))
        for _ in range(SURE):
            at = 0.5 * next(self._clock)
            for node, of_node in by_node.items():
                BenchSource.sinks[f"Node {node}"].sweep(
                    [Reading(f"{number:05d}", at, occupied=is_so) for number, is_so in of_node]
                )


async def run_whole(hass: HomeAssistant) -> Waits:
    """Run drivers who call the action of a Home Assistant in which the lot is set up."""
    entry = written_down()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    traffic, sensors = Traffic(), Sensors()
    sensors.say(list(enumerate(traffic.occupied)))
    await hass.async_block_till_done()
    waited_s: list[float] = []
    under_way: deque[str] = deque()

    async def guide(number: int, due: float) -> None:
        answer = await hass.services.async_call(
            DOMAIN, "guide", {"driver": f"driver {number}"}, blocking=True, return_response=True
        )
        waited_s.append(perf_counter() - due)
        assert answer is not None
        assert answer["kind"] == BayKind.STANDARD
        under_way.append(str(answer["hold_id"]))
        if len(under_way) > ON_THE_WAY:
            guidance = entry.runtime_data.guidance
            if (left := guidance.get(under_way.popleft())) is not None:
                guidance.async_release(left)

    # Who comes first finds much that has never been used.
    for number in range(WARM_UP):
        await guide(-1 - number, 0.0)
    waited_s.clear()
    loop = asyncio.get_running_loop()
    began = perf_counter()
    offset = loop.time() - began
    asked: set[asyncio.Task[None]] = set()

    def ask(number: int) -> None:
        task = loop.create_task(guide(number, began + number / ACTIONS_PER_S))
        asked.add(task)
        task.add_done_callback(asked.discard)

    for number in range(ACTIONS_PER_S * SECONDS):
        loop.call_at(began + offset + number / ACTIONS_PER_S, ask, number)
    for step in range(STEPS_PER_S * SECONDS):
        loop.call_at(began + offset + step / STEPS_PER_S, lambda: sensors.say(traffic.step()))
    await asyncio.sleep(SECONDS)
    await asyncio.gather(*asked)
    took_s = perf_counter() - began
    assert await hass.config_entries.async_unload(entry.entry_id)
    return waits_of(waited_s, took_s)


def line(what: str, waits: Waits) -> str:
    """Return a line of the table."""
    return (
        f"| {what} | {waits.p50_ms:.2f} | {waits.p99_ms:.2f} | {waits.worst_ms:.1f} "
        f"| {waits.per_s:.0f} |"
    )


async def main() -> int:
    """Print the table."""
    logging.disable(logging.WARNING)
    SOURCES[BenchSource.key] = BenchSource
    print("| answered by | p50 ms | p99 ms | worst ms | answers per s |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(line("the lot alone", run_alone(ours_alone())), flush=True)
    print(line("sorting all bays each time, alone", run_alone(sorting_alone())), flush=True)
    with TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            add_frontend(hass)
            print(line("the action `guide` in Home Assistant", await run_whole(hass)), flush=True)
            await hass.async_stop(force=True)
    return 0


if __name__ == "__main__":
    with without_sockets():
        sys.exit(asyncio.run(main()))
