"""A lot with all kinds of stored data, on a disk of its own."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import EMPTY_M, gate, lot, node, row, set_up
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import ON, Phone
from tests.integration.wifi.hook import HOOK
from tests.trials.stored.disk import REAL, Disk

type Phones = Callable[[], Phone]


@pytest.fixture(name="disk")
def disk_fixture(hass: HomeAssistant, folder: Path) -> Iterator[Disk]:
    """Make this Home Assistant really write and read its files."""
    with patch.multiple(Store, **REAL):
        yield Disk(hass, folder)


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot of four vacant bays, with two shops, a page for visitors, and a hook.

    Its sensors report only what changes, so that time may pass in silence.
    """
    monkeypatch.setattr(DrivenSource, "period_s", None)
    # Before anybody is served: from then on no more addresses can be added.
    assert await async_setup_component(hass, REPAIRS, {})
    entry = lot(
        node("North", row("A", 4, 20.0)),
        gate("Main", y=-6.0),
        promotion("Bakery", link="https://bakery.example/"),
        promotion("Zoo"),
    )
    options = {**ON, **HOOK, "push": True}
    object.__setattr__(entry, "options", MappingProxyType(options))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M, A04=EMPTY_M)
    await hass.async_block_till_done()
    return entry


@pytest.fixture(name="phones")
async def phones_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Phones]:
    """Give phones."""
    root = (await hass_client_no_auth()).make_url("/")
    async with AsyncExitStack() as stack:

        def make() -> Phone:
            phone = Phone(root)
            stack.push_async_exit(phone)
            return phone

        yield make
