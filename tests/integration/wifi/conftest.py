"""A lot with a hook for access points, and with a page for visitors."""

from aiohttp import web
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.hook import HOOK, ON

type Client = TestClient[web.Request, web.Application]


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot whose page and hook are on; its sensors are silent."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    assert await async_setup_component(hass, "http", {})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, **HOOK)
    return entry


@pytest.fixture(name="client")
async def client_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Client:
    """Give an access point."""
    return await hass_client_no_auth()
