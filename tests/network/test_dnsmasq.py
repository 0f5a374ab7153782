"""A phone joins a network of a real dnsmasq, configured as in the documentation.

The phone gets the address of the page (DHCP option 114), and Home Assistant gets a report of the
phone.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from tests.integration.conftest import (  # noqa: F401  (a Home Assistant, as elsewhere)
    auto_check_words,
    auto_enable_custom_integrations,
    auto_frontend,
    hand_fixture,
)
from tests.integration.lots import gate, lot, node, row, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.hook import HOOK, HOOK_PATH, ON, SECRET, hear
from tests.network.phone import CAPTIVE
from tests.network.wires import PHONE_PORT, Machine, what_is_missing, wired
from tests.repository.project import ROOT

MISSING = what_is_missing()
pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))

FOLDER = ROOT / "docs" / "access-points"
SCRIPT = FOLDER / "smart-parking-station"
PHONE_PY = Path(__file__).with_name("phone.py")
CAPTIVE_PATH = f"/api/smart_parking/v/{SECRET}/captive"
CAPTIVE_URL = f"https://parking.example.org{CAPTIVE_PATH}"
PORT = 8123
TIMEOUT_S = 20.0


@pytest.fixture(name="wire")
def wire_fixture() -> Iterator[tuple[Machine, Machine]]:
    """Give a router and a phone."""
    with wired() as machines:
        yield machines


@pytest.fixture(name="server")
async def server_fixture(
    hass: HomeAssistant,
    hand: Hand,
    wire: tuple[Machine, Machine],
    monkeypatch: pytest.MonkeyPatch,
    socket_enabled: None,
) -> AsyncGenerator[TestServer]:
    """Run a Home Assistant with a lot on the router."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    assert await async_setup_component(hass, "http", {})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, **HOOK)
    server = TestServer(
        hass.http.app,
        port=PORT,
        socket_factory=lambda host, port, _family: wire[0].listen(host, port),
    )
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture(name="dnsmasq")
async def dnsmasq_fixture(
    wire: tuple[Machine, Machine], server: TestServer, tmp_path: Path
) -> AsyncGenerator[None]:
    """Run dnsmasq on the router, set up as the documentation says."""
    settings = tmp_path / "smart-parking.conf"
    settings.write_text(f"HOOK=http://127.0.0.1:{PORT}{HOOK_PATH}\nINTERFACES='wlan0 wlan1'\n")
    config = (FOLDER / "dnsmasq.conf").read_text()
    assert "SECRET/captive" in config
    assert "/usr/local/bin/smart-parking-station" in config
    config = config.replace("SECRET", SECRET)
    config = config.replace("/usr/local/bin/smart-parking-station", str(SCRIPT))
    own = tmp_path / "dnsmasq.conf"
    # The rest keeps it from what else there is on this machine.
    own.write_text(
        f"{config}\nport=0\nbind-interfaces\nno-ping\nuser=root\nleasefile-ro\nlog-dhcp\n"
    )
    command = wire[0].command("dnsmasq", "--keep-in-foreground", "--log-facility=-", "-C", str(own))
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SMART_PARKING_CONF": str(settings)}
    log = (tmp_path / "dnsmasq.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220
    yield
    process.terminate()
    process.wait(10)
    log.close()


async def joins(phone: Machine, *more: str) -> dict[str, Any]:
    """Make the phone join, and return what it is given."""
    command = (sys.executable, str(PHONE_PY), PHONE_PORT, *more)
    return dict(json.loads(await asyncio.to_thread(phone.run, *command)))


async def until(heard: list[dict[str, Any]], count: int) -> None:
    """Wait until so much has been heard."""
    async with asyncio.timeout(TIMEOUT_S):
        while len(heard) < count:  # noqa: ASYNC110  (a process of its own says it)
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("dnsmasq")
async def test_a_phone_that_joins_is_told_of_the_page_and_home_assistant_of_the_phone(
    hass: HomeAssistant, wire: tuple[Machine, Machine]
) -> None:
    router, phone = wire
    heard = hear(hass)
    lease = await joins(phone)
    assert lease["address"].startswith("10.77.0.")
    address = bytes.fromhex(lease["options"][str(CAPTIVE)]).decode()
    assert address == CAPTIVE_URL

    local = f"http://127.0.0.1:{PORT}{CAPTIVE_PATH}"
    answer = await asyncio.to_thread(router.run, "curl", "--silent", "--include", local)
    assert "Content-Type: application/captive+json" in answer
    page = f"http://127.0.0.1:{PORT}/api/smart_parking/v/{SECRET}/"
    assert json.loads(answer.splitlines()[-1]) == {"captive": False, "venue-info-url": page}

    await until(heard, 1)
    assert (heard[0]["type"], heard[0]["lot"], heard[0]["visit"]) == ("joined", "Garage", True)
    assert lease["station"].replace(":", "") not in str(heard).replace(":", "")

    await joins(phone, "leave")
    await until(heard, 2)
    assert (heard[1]["type"], heard[1]["station"]) == ("left", heard[0]["station"])
    await joins(phone)
    await until(heard, 3)
    assert (heard[2]["type"], heard[2]["visit"]) == ("joined", False), "it was away for a moment"
    await hass.async_block_till_done()
    assert said(hass, "visits_today") == "1"
