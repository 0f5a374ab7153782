"""A real Home Assistant in a process of its own, which can be killed."""

from collections.abc import AsyncGenerator
import json
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.browser import home as homes
from tests.browser.home import ENVIRONMENT, Home, free_port, rebuild, seed
from tests.integration.visitor.phones import ON
from tests.integration.wifi.hook import HOOK

# A machine that does much else needs its time; what is tested looks at no clock.
TIMEOUT_S = 400.0


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """Make a test speak with the network: Home Assistant's own test tools forbid it before each."""


@pytest_asyncio.fixture(name="home")
async def home_fixture(
    network: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Home]:
    """Run a Home Assistant whose demo lot is empty, has a page for visitors, and a hook."""
    if not (ENVIRONMENT / "bin" / "hass").exists():
        pytest.skip("the demo environment is missing: scripts/setup demo")
    for patience in ("START_TIMEOUT_S", "STATE_TIMEOUT_S", "STOP_TIMEOUT_S"):
        monkeypatch.setattr(homes, patience, TIMEOUT_S)
    port = free_port()
    await seed(tmp_path, port)
    rebuild(tmp_path, None)
    path = tmp_path / ".storage" / "core.config_entries"
    stored = json.loads(path.read_text())
    stored["data"]["entries"][0]["options"] |= {**ON, **HOOK}
    path.write_text(json.dumps(stored))
    async with aiohttp.ClientSession() as session:
        home = Home(tmp_path, port, session)
        try:
            await home.start()
            yield home
        finally:
            await home.stop()
