"""What access points publish over MQTT comes to the hook, through a real broker and the script."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
import os
from pathlib import Path
import shutil
import socket
import subprocess
import time

from homeassistant.core import HomeAssistant
import pytest

from tests.integration.clock import until
from tests.integration.wifi.conftest import Client
from tests.integration.wifi.hook import HOOK_PATH, PHONE, hear
from tests.repository.project import ROOT

SCRIPT = ROOT / "docs" / "access-points" / "smart-parking-mqtt"
TOPIC = "wifi/stations"
TIMEOUT_S = 20.0
PACKAGES = {"mosquitto": "mosquitto", "mosquitto_sub": "mosquitto-clients", "curl": "curl"}
MISSING = [package for program, package in PACKAGES.items() if shutil.which(program) is None]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)}")


def run(*command: str, **environment: str) -> subprocess.Popen[bytes]:
    """Run a program beside the test."""
    return subprocess.Popen(command, env={**os.environ, **environment})


def publish(port: int, message: str, *more: str) -> None:
    """Publish a message, as an access point does."""
    command = ["mosquitto_pub", "-p", str(port), "-t", TOPIC, "-m", message, *more]
    subprocess.run(command, check=True, timeout=TIMEOUT_S)


class Broker:
    """A broker that tells who subscribes."""

    def __init__(self, folder: Path) -> None:
        """Start it, on a port that is free."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._log = folder / "mosquitto.log"
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"log_dest file {self._log}\nlog_type subscribe\n"
        )
        self._process = run("mosquitto", "-c", str(config))
        self._wait(self._answers)

    def wait_for_subscriber(self) -> None:
        """Wait for a subscription."""
        self._wait(lambda: TOPIC in self._log.read_text())

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(TIMEOUT_S)

    def _answers(self) -> bool:
        """Return whether it is there."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True

    @staticmethod
    def _wait(is_so: Callable[[], bool]) -> None:
        """Wait for what another program brings about."""
        ends = time.monotonic() + TIMEOUT_S
        while not is_so():
            assert time.monotonic() < ends
            time.sleep(0.02)


@pytest.fixture(name="broker")
def broker_fixture(tmp_path: Path, socket_enabled: None) -> Iterator[Broker]:
    """Run a broker."""
    broker = Broker(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture(name="script")
async def script_fixture(
    client: Client, broker: Broker, tmp_path: Path
) -> AsyncGenerator[subprocess.Popen[bytes]]:
    """Run the script between a broker and Home Assistant."""
    settings = tmp_path / "smart-parking.conf"
    settings.write_text(f"HOOK={client.make_url(HOOK_PATH)}\n")
    # What the broker keeps of the past is none of the hook's business.
    publish(broker.port, f"joined {PHONE}", "--retain")
    arguments = ("-p", str(broker.port), "-t", TOPIC)
    process = run(str(SCRIPT), *arguments, SMART_PARKING_CONF=str(settings))
    await asyncio.to_thread(broker.wait_for_subscriber)
    yield process
    process.terminate()
    assert process.wait(TIMEOUT_S) == 1


@pytest.mark.usefixtures("script")
async def test_messages_of_access_points_are_passed_on(
    hass: HomeAssistant, client: Client, broker: Broker
) -> None:
    heard = hear(hass)
    for message in (
        f'{{"type": "left", "station": "{PHONE}"}}',
        f'{{"type": "joined", "station": "{PHONE}", "padding": "{"x" * 5_000}"}}',
        "@/etc/hostname",
        f"AP-STA-CONNECTED {PHONE}",
    ):
        await asyncio.to_thread(publish, broker.port, message)
    await until(hass, lambda: len(heard) == 2)
    assert [one["type"] for one in heard] == ["left", "joined"]
    assert PHONE not in str(heard)
