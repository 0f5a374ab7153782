"""A lot that tells its visitors, and a push service."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
import ssl

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.manager import VisitorManager
from custom_components.smart_parking.visitor.push import sender
from tests.integration.lots import data_of
from tests.integration.visitor.phones import Phone, set_options
from tests.integration.visitor.push.browsers import (
    HOST,
    Browser,
    PushService,
    TheseHosts,
    certificate,
    trusting,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stopped_clock(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before anything begins, so that times are exact to the second."""
    freezer.move_to(NOON)


@pytest.fixture(name="service")
async def service_fixture(
    socket_enabled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[PushService]:
    """Run a push service, on https; what is not of this machine of it is its name."""
    service = PushService()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", service.handle)
    pem, key = certificate(HOST)
    (tmp_path / "push.pem").write_bytes(pem + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "push.pem")
    server = TestServer(app)
    await server.start_server(ssl=context, access_log=None)
    assert server.port is not None
    connector = TCPConnector(resolver=TheseHosts(server.port), ssl=trusting(pem))
    async with ClientSession(connector=connector) as session:
        monkeypatch.setattr(sender, "async_get_clientsession", lambda _hass: session)
        yield service
    await server.close()


@pytest.fixture(name="told_lot")
async def told_lot_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, service: PushService
) -> VisitorManager:
    """Make a lot tell its visitors what happens."""
    await set_options(hass, entry, push=True)
    return data_of(hass).visitor


@pytest.fixture(name="browser")
async def browser_fixture(told_lot: VisitorManager, phone: Phone) -> Browser:
    """Return a visitor who has been guided to A01 and is subscribed to push messages."""
    browser = Browser()
    await phone.tap("guide")
    assert await browser.subscribe(phone) == (200, {"on": True})
    return browser
