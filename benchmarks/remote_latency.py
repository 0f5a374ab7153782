"""From a simulated pin to a bay's state: the same bank at this header, and on a Pi elsewhere.

usage: python -m benchmarks.remote_latency, with the environment of scripts/setup, and a mosquitto.

A real mosquitto on loopback, a real Home Assistant core with its own MQTT integration, and the
program smart-parking-node as a process of its own. Both banks have simulated sensors, and vehicles
come to both in turn, so that a busy machine is busy for both. What is measured is the time from the
reading that decides (which has the moment of its ping) until the state of the bay is written: what
lies before that is the same for both.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from statistics import quantiles
import sys
from tempfile import TemporaryDirectory
import time

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.smart_parking.lot.model import Observation
from custom_components.smart_parking.node.messages import Request
from custom_components.smart_parking.node.topics import Told, told_topic
from custom_components.smart_parking.sources.base import Value
from custom_components.smart_parking.sources.simulated import SimulatedSource, Traffic
from tests.integration.frontend import add_frontend
from tests.integration.lots import gate, look, lot, node, set_up
from tests.integration.sources.mqtt.broker import Broker, connect
from tests.integration.sources.remote.pi import bays
from tests.node.package import at_work, build

CHANGES = 60
BAYS = 8
TIMEOUT_S = 30.0


class Bank:
    """One of the two banks, and how late its changes were."""

    def __init__(self, name: str, row: str) -> None:
        """Initialize without a change."""
        self.name = name
        self.bays = [f"{row}{number:02d}".lower() for number in range(1, BAYS + 1)]
        self.late_ms: list[float] = []
        self.whole_ms: list[float] = []


async def change(
    hass: HomeAssistant, broker: Broker, banks: Mapping[str, Bank], which: str, number: int
) -> None:
    """Park a vehicle, or drive it away, and note how late that is known."""
    bank = banks[which]
    bay_id, parks = bank.bays[number % BAYS], number // BAYS % 2 == 0
    entity_id = look(hass, bay_id, "occupancy").entity_id
    coordinator = hass.config_entries.async_get_known_entry("garage").runtime_data.coordinator
    decided: list[float] = []
    written: asyncio.Future[float] = hass.loop.create_future()
    observed = coordinator.lot.apply

    def apply(observations: list[Observation], *more: object) -> object:
        decided.extend(
            one.at for one in observations if one.bay_id == bay_id and one.occupied is parks
        )
        return observed(observations, *more)

    @callback
    def follow(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and (state.state == "on") is parks and not written.done():
            written.set_result(time.monotonic())

    end = async_track_state_change_event(hass, entity_id, follow)
    coordinator.lot.apply = apply
    began = time.monotonic()
    try:
        if which == "local":
            source = coordinator.nodes["local"].source
            assert isinstance(source, SimulatedSource)
            source.simulate(bay_id, traffic=Traffic.PARK if parks else Traffic.LEAVE)
        else:
            request = Request(
                request="1",
                what="simulate",
                bays=[bay_id],
                traffic="park" if parks else "leave",
            )
            await broker.publish(told_topic("elsewhere", Told.REQUEST), request.to_payload())
        async with asyncio.timeout(TIMEOUT_S):
            at = await written
    finally:
        end()
        coordinator.lot.apply = observed
    bank.late_ms.append((at - decided[0]) * 1e3)
    bank.whole_ms.append((at - began) * 1e3)


async def measure(folder: Path, broker: Broker) -> Mapping[str, Bank]:
    """Return both banks, measured in turn."""
    banks = {"local": Bank("this header", "A"), "remote": Bank("a Pi elsewhere", "B")}
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        add_frontend(hass)
        await connect(hass, broker)
        local: dict[str, Value] = {"height_m": 2.5, "occupancy": 0.0}
        remote: dict[str, Value] = {"range_m": 4.0, "hearing_m": 4.0, "node": "elsewhere"}
        entry = lot(
            node("Local", bays("A", BAYS), "simulated", **local),
            node("Remote", bays("B", BAYS), "remote", **remote),
            gate("Main"),
        )
        assert await set_up(hass, entry), entry.state
        known = entry.runtime_data.coordinator.lot
        async with asyncio.timeout(TIMEOUT_S):
            while not all(status.occupied is False for status in known):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.1)
        for number in range(CHANGES):
            for which in banks:
                await change(hass, broker, banks, which, number)
        await hass.async_stop(force=True)
    return banks


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "configuration.yaml").touch()
        (folder / "custom_components").symlink_to(Path("custom_components").resolve())
        broker = Broker(folder)
        package = build(folder / "package")
        arguments = [
            "run",
            "--simulate",
            "--broker=127.0.0.1",
            f"--port={broker.port}",
            "--name=elsewhere",
        ]
        try:
            with at_work(package, *arguments, log=folder / "node.log"):
                banks = asyncio.run(measure(folder, broker))
        finally:
            broker.close()
    print("| bank | changes | ping → state p50 ms | p95 | max | vehicle → state p50 ms | p95 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    p95 = {}
    for which, bank in banks.items():
        late, whole = quantiles(bank.late_ms, n=100), quantiles(bank.whole_ms, n=100)
        p95[which] = late[94]
        print(
            f"| {bank.name} | {len(bank.late_ms)} | {late[49]:.0f} | {late[94]:.0f} "
            f"| {max(bank.late_ms):.0f} | {whole[49]:.0f} | {whole[94]:.0f} |"
        )
    print(f"\nMore at p95: {p95['remote'] - p95['local']:.0f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
