"""A lot with a page for visitors, and their phones."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import access as the_door
from tests.integration.lots import EMPTY_M, bay, gate, lot, node, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import ON, Phone, set_options

type Phones = Callable[..., Phone]

PLENTY = {
    "visitors_requests": 10_000_000,
    "visitors_requests_total": 10_000_000,
    "visitors_streams": 10_000,
    "visitors_streams_total": 10_000,
}


@pytest.fixture(autouse=True)
def hurry_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse at once: tests are in a hurry."""
    monkeypatch.setattr(the_door, "REFUSAL_S", 0.0)


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot of four vacant bays, 20 m and more from the gate, the last one for EVs.

    Its sensors report only what changes, so that time may pass in silence.
    """
    monkeypatch.setattr(DrivenSource, "period_s", None)
    assert await async_setup_component(hass, "http", {})
    bays = [bay("A01", 20.0), bay("A02", 22.5), bay("A03", 25.0), bay("A04", 27.5, kind="ev")]
    entry = lot(node("North", bays), gate("Main", y=-6.0), gate("Back", x=60.0, y=-6.0))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M, A04=EMPTY_M)
    await hass.async_block_till_done()
    return entry


@pytest.fixture(name="root")
async def root_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> URL:
    """Serve, and give the address."""
    return (await hass_client_no_auth()).make_url("/")


@pytest.fixture(name="phones")
async def phones_fixture(root: URL) -> AsyncGenerator[Phones]:
    """Give phones."""
    async with AsyncExitStack() as stack:
        made: list[Phone] = []

        def make(address: str = "127.0.0.1", **headers: str) -> Phone:
            phone = Phone(root, address, **headers)
            made.append(phone)
            stack.push_async_exit(phone)
            return phone

        yield make


@pytest.fixture(name="phone")
async def phone_fixture(phones: Phones) -> Phone:
    """Give a phone."""
    return phones()


@pytest.fixture(name="generous")
async def generous_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Make limits not hide what is behind them."""
    await set_options(hass, entry, **PLENTY)
