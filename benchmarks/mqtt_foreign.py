"""What foreign traffic on a broker costs Home Assistant, and how late a puck's message comes then.

A real mosquitto, a real Home Assistant core with its own MQTT integration, 500 pucks in one node. A
process of its own publishes foreign messages as fast as it is told to: on topics that nobody has
subscribed to, and on the node's own, of devices that have no bay.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import NamedTuple
from unittest.mock import patch

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.smart_parking.sources.mqtt import listener
from custom_components.smart_parking.sources.mqtt.messages import Message
from tests.integration.lots import bay, gate, look, lot, node, set_up
from tests.integration.sources.mqtt.broker import Broker, connect
from tests.integration.sources.mqtt.pucks import AT_ONCE, parked

BAYS = 500
SECONDS = 10.0
CHANGES_PER_S = 10.0
RATE = 10_000
CASES = (
    ("none", "", 0),
    ("elsewhere", "elsewhere/{}/up", RATE),
    ("of foreign devices", "v3/garage@ttn/devices/x{}/up", RATE // 10),
    ("of foreign devices", "v3/garage@ttn/devices/x{}/up", RATE),
)


@contextmanager
def flooded(broker: Broker, topic: str, rate: int) -> Iterator[None]:
    """Publish foreign messages meanwhile."""
    if not rate:
        yield
        return
    command = [sys.executable, "-m", "benchmarks.mqtt_flood", str(broker.port), topic, str(rate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait()


class Counted:
    """Messages that have reached the node's listener."""

    def __init__(self) -> None:
        """Initialize with none."""
        self.count = 0

    def __call__(self, *message: object) -> Message:
        """Count a message, and return it."""
        self.count += 1
        return Message(*message)  # type: ignore[arg-type]  # passed on as they are


class Measured(NamedTuple):
    """What was measured in a while."""

    heard_per_s: float
    processor: float
    late_ms: list[float]


async def measure(
    hass: HomeAssistant, broker: Broker, counted: Counted, numbers: Iterator[int]
) -> Measured:
    """Return what Home Assistant did, and how late changes came."""
    late_ms: list[float] = []
    heard, began, used = counted.count, time.monotonic(), time.process_time()
    while time.monotonic() - began < SECONDS:
        number = next(numbers)
        is_there, device = number // BAYS % 2 == 0, number % BAYS
        entity_id = look(hass, f"a{device:03d}", "occupancy").entity_id
        changed = asyncio.Event()

        @callback
        def change(_event: object, changed: asyncio.Event = changed) -> None:
            changed.set()

        end = async_track_state_change_event(hass, entity_id, change)
        sent = time.perf_counter()
        await broker.publish(*parked(device=f"puck-{device}", is_there=is_there))
        await changed.wait()
        end()
        late_ms.append((time.perf_counter() - sent) * 1e3)
        await asyncio.sleep(1.0 / CHANGES_PER_S)
    lasted = time.monotonic() - began
    processor = (time.process_time() - used) / lasted
    return Measured((counted.count - heard) / lasted, processor, sorted(late_ms))


async def measure_all(folder: Path, broker: Broker, counted: Counted) -> None:
    """Print a line for each kind of foreign traffic."""
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        await connect(hass, broker)
        rows = [
            bay(f"A{number:03d}", 2.5 * number, device=f"puck-{number}") for number in range(BAYS)
        ]
        entry = lot(node("Field", rows, "mqtt", preset="ttn", **AT_ONCE), gate("Main"))
        await set_up(hass, entry)
        await broker.subscribed("v3/+/devices/+/up")
        numbers = count()
        for what, topic, rate in CASES:
            with flooded(broker, topic, rate):
                measured = await measure(hass, broker, counted, numbers)
            late_ms = measured.late_ms
            p50, p99 = (late_ms[int(len(late_ms) * part)] for part in (0.5, 0.99))
            print(
                f"| {what} | {rate or '-'} | {measured.heard_per_s:.0f} "
                f"| {measured.processor:.0%} | {p50:.1f} | {p99:.1f} |"
            )
        await hass.async_stop(force=True)


def main() -> None:
    """Print the table."""
    print("| foreign messages | sent a second | heard a second | processor | change p50 ms | p99 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with TemporaryDirectory() as name:
        folder, counted = Path(name), Counted()
        (folder / "configuration.yaml").touch()
        (folder / "custom_components").symlink_to(Path("custom_components").resolve())
        broker = Broker(folder)
        with patch.object(listener, "Message", counted):
            asyncio.run(measure_all(folder, broker, counted))
        broker.close()


if __name__ == "__main__":
    main()
