"""A lot, drivers with phones, and a configuration in which the blueprints lie."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.blueprints.phones import Phone, have_people, have_phone
from tests.integration.blueprints.shipped import have_blueprints
from tests.integration.lots import EMPTY_M, bay, gate, lot, node, set_up
from tests.integration.sources.driven import DrivenSource, Hand


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> SmartParkingConfigEntry:
    """Set up a lot of three vacant bays, 42 m and more from the gate, the last one for EVs.

    Its sensors report only what changes, so that time may pass in silence.
    """
    have_blueprints(hass, tmp_path)
    monkeypatch.setattr(DrivenSource, "period_s", None)
    bays = [bay("A01", 42.0), bay("A02", 44.5), bay("A03", 47.0, kind="ev")]
    entry = lot(node("North", bays), gate("Main"), gate("Back", x=100.0))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await hass.async_block_till_done()
    return entry


@pytest.fixture(name="anna")
async def anna_fixture(hass: HomeAssistant) -> Phone:
    """Prepare Anna's phone."""
    return await have_phone(hass, "Anna's phone")


@pytest.fixture(name="ben")
async def ben_fixture(hass: HomeAssistant) -> Phone:
    """Prepare Ben's phone."""
    return await have_phone(hass, "Ben's phone")


@pytest.fixture(name="people")
async def people_fixture(hass: HomeAssistant, anna: Phone, ben: Phone) -> list[str]:
    """Prepare Anna and Ben, to whom the phones belong."""
    await have_people(hass, anna=[anna.entity_id], ben=[ben.entity_id])
    return ["person.anna", "person.ben"]
