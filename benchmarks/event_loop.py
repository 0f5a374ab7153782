"""What a tick of a lot costs Home Assistant's event loop, against a coordinator's usual way.

Both get the same readings in the same run, in a real Home Assistant core. The usual way is a
`DataUpdateCoordinator` with a `CoordinatorEntity` per bay, which turns its distance into a state by
a threshold and writes it at every tick.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched, count
import logging
from math import ceil
from random import Random
from statistics import median
import sys
from time import thread_time
from typing import ClassVar, NamedTuple, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_GATE, SUBENTRY_NODE
from custom_components.smart_parking.lot.model import Reading
from custom_components.smart_parking.sources import SOURCES
from custom_components.smart_parking.sources.base import Sink, Source
from tests.integration.frontend import add_frontend, without_sockets

EMPTY_M, CAR_M, NOISE_M = 2.5, 1.0, 0.01
THRESHOLD_M = 2.0
TICK_S = 0.5
WARM_UP, TICKS = 20, 100
# As many bays as one Raspberry Pi has pins for.
BAYS_OF_A_PI = 24
LOTS = ((24, BAYS_OF_A_PI), (500, BAYS_OF_A_PI), (5000, BAYS_OF_A_PI), (5000, 5000))
SHARES = (0.0, 0.01)
LEAST_MS = 0.05

_LOGGER = logging.getLogger(__name__)

type Distances = dict[str, float]


class Cost(NamedTuple):
    """Processor time of one tick, in ms: of the event loop's thread, and of the sensors'."""

    loop_ms: float
    sensors_ms: float = 0.0


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


class PlainBay(CoordinatorEntity[DataUpdateCoordinator[Distances]], BinarySensorEntity):
    """A bay in the usual way."""

    def __init__(self, coordinator: DataUpdateCoordinator[Distances], bay_id: str) -> None:
        """Initialize for a bay."""
        super().__init__(coordinator)
        self._bay_id = bay_id
        self._attr_name = f"Bay {bay_id}"

    @property
    @override
    def is_on(self) -> bool:
        """Whether something is nearer than the floor."""
        return self.coordinator.data[self._bay_id] < THRESHOLD_M


def ticks(bay_ids: Sequence[str], share: float) -> Iterator[Distances]:
    """Yield every bay's distance, tick by tick; in each, a share of the bays changes hands."""
    random = Random(2026)
    truth = dict.fromkeys(bay_ids, EMPTY_M)
    changing = ceil(share * len(bay_ids))
    for tick in count():
        for step in range(tick * changing, (tick + 1) * changing):
            bay_id = bay_ids[step % len(bay_ids)]
            truth[bay_id] = EMPTY_M + CAR_M - truth[bay_id]
        yield {bay_id: far + random.uniform(-NOISE_M, NOISE_M) for bay_id, far in truth.items()}


async def settled() -> None:
    """Run everything that a tick has put on the event loop."""
    for _ in range(4):
        await asyncio.sleep(0)


async def measure(
    bay_ids: Sequence[str], share: float, tick: Callable[[int, Distances], Awaitable[float]]
) -> Cost:
    """Return the median cost of a tick; `tick` returns what the sensors' thread has used."""
    loop_s: list[float] = []
    sensors_s: list[float] = []
    for number, distances in zip(range(WARM_UP + TICKS), ticks(bay_ids, share), strict=False):
        await settled()
        began = thread_time()
        sensors_s.append(await tick(number, distances))
        await settled()
        loop_s.append(thread_time() - began)
    return Cost(median(loop_s[WARM_UP:]) * 1e3, median(sensors_s[WARM_UP:]) * 1e3)


def written_down(bay_ids: Sequence[str], per_node: int) -> MockConfigEntry:
    """Return a lot with nodes of so many bays, and a gate."""
    nodes = [
        ConfigSubentryDataWithId(
            data={
                "source": BenchSource.key,
                "bays": [
                    {"bay_id": one, "label": one, "x": 2.5 * int(one), "y": 0.0, "empty_m": EMPTY_M}
                    for one in of_node
                ],
            },
            subentry_id=f"node{number}",
            subentry_type=SUBENTRY_NODE,
            title=f"Node {number}",
            unique_id=None,
        )
        for number, of_node in enumerate(batched(bay_ids, per_node, strict=False))
    ]
    gate = ConfigSubentryDataWithId(
        data={"x": 0.0, "y": 0.0},
        subentry_id="gate",
        subentry_type=SUBENTRY_GATE,
        title="Gate",
        unique_id=None,
    )
    return MockConfigEntry(domain=DOMAIN, title="Lot", subentries_data=[*nodes, gate])


async def ours(
    hass: HomeAssistant, bay_ids: Sequence[str], per_node: int
) -> tuple[list[Cost], int]:
    """Return what a tick of a lot costs, by share of changes, and how many entities it has."""
    entry = written_down(bay_ids, per_node)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    entities = len(hass.states.async_entity_ids())
    parts = list(batched(bay_ids, per_node, strict=False))
    costs: list[Cost] = []
    with ThreadPoolExecutor(1) as pool:
        clock = count()

        def sweep(distances: Distances | None) -> float:
            """Run what sensors' threads do in a tick, and return the processor time of it."""
            if distances is None:
                return 0.0
            at = TICK_S * next(clock)
            readings = [
                [Reading(one, at, distance_m=distances[one]) for one in of_node]
                for of_node in parts
            ]
            began = thread_time()
            for number, of_node in enumerate(readings):
                BenchSource.sinks[f"Node {number}"].sweep(of_node, 0.3)
            return thread_time() - began

        async def tick(_number: int, distances: Distances | None) -> float:
            return await asyncio.get_running_loop().run_in_executor(pool, sweep, distances)

        # Waiting for the thread costs the loop something that no lot is to blame for.
        idle = await measure(bay_ids, 0.0, lambda number, _: tick(number, None))
        for share in SHARES:
            cost = await measure(bay_ids, share, tick)
            costs.append(Cost(max(0.0, cost.loop_ms - idle.loop_ms), cost.sensors_ms))
    assert any(state.state == "on" for state in hass.states.async_all("binary_sensor"))
    assert await hass.config_entries.async_unload(entry.entry_id)
    return costs, entities


async def plain(hass: HomeAssistant, bay_ids: Sequence[str]) -> list[Cost]:
    """Return what a tick costs in the usual way."""
    coordinator = DataUpdateCoordinator[Distances](
        hass, _LOGGER, config_entry=None, name="plain", update_interval=None
    )
    coordinator.async_set_updated_data(dict.fromkeys(bay_ids, EMPTY_M))
    component = EntityComponent[PlainBay](_LOGGER, "binary_sensor", hass)
    await component.async_add_entities([PlainBay(coordinator, one) for one in bay_ids])

    async def tick(_number: int, distances: Distances) -> float:
        coordinator.async_set_updated_data(distances)
        return 0.0

    costs = [await measure(bay_ids, share, tick) for share in SHARES]
    await component.async_remove_entity(next(iter(component.entities)).entity_id)
    return costs


async def compare(bays: int, per_node: int) -> list[str]:
    """Return the lines of the table for one size of lot."""
    bay_ids = [f"{number:04d}" for number in range(bays)]
    async with async_test_home_assistant() as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        add_frontend(hass)
        of_ours, entities = await ours(hass, bay_ids, per_node)
        await hass.async_stop(force=True)
    async with async_test_home_assistant() as hass:
        of_plain = await plain(hass, bay_ids)
        await hass.async_stop(force=True)
    nodes = ceil(bays / per_node)
    return [
        f"| {bays} | {nodes} | {entities} | {share:.0%} | {_shown(one.loop_ms)} "
        f"| {other.loop_ms:.2f} | {_ratio(other.loop_ms, one.loop_ms)} | {one.sensors_ms:.2f} "
        f"| {_ratio(other.loop_ms, one.loop_ms + one.sensors_ms)} |"
        for share, one, other in zip(SHARES, of_ours, of_plain, strict=True)
    ]


def _shown(cost_ms: float) -> str:
    """Return a cost; what is less than waiting for the thread varies is not told apart from 0."""
    return f"< {LEAST_MS}" if cost_ms < LEAST_MS else f"{cost_ms:.2f}"


def _ratio(plain_ms: float, ours_ms: float) -> str:
    """Return how much more the usual way costs."""
    more_than = "> " if ours_ms < LEAST_MS else ""
    return f"{more_than}{plain_ms / max(ours_ms, LEAST_MS):.1f}x"


async def main() -> int:
    """Print the table."""
    logging.disable(logging.WARNING)
    SOURCES[BenchSource.key] = BenchSource
    print(
        "| bays | nodes | entities | changing | loop: lot ms | loop: usual way ms | ratio | ",
        end="",
    )
    print("sensors' thread ms | ratio, both threads |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for bays, per_node in LOTS:
        for line in await compare(bays, per_node):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    with without_sockets():
        sys.exit(asyncio.run(main()))
