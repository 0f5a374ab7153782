"""Drivers who are not there yet are told before the lot is full."""

from datetime import timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.blueprints.phones import Phone, have_people, have_phone, quiet
from tests.integration.blueprints.shipped import automate, have_blueprints
from tests.integration.forecast.usual import FakeCounts, told
from tests.integration.logs import complaints
from tests.integration.lots import CAR_M, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand

pytestmark = pytest.mark.usefixtures("hass_storage")

DRIVERS = ["person.anna", "person.ben"]
FULL_AT = "sensor.garage_full_at"


@pytest.fixture(name="phones")
async def phones_fixture(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> tuple[Phone, Phone]:
    """Set up a lot that has learnt; Anna is on her way, Ben is there."""
    have_blueprints(hass, tmp_path)
    monkeypatch.setattr(DrivenSource, "period_s", None)
    assert await set_up(hass, lot(node("North", row("A", 10)), gate("Main")))
    await hass.async_block_till_done(wait_background_tasks=True)
    anna, ben = [await have_phone(hass, f"{name}'s phone") for name in ("Anna", "Ben")]
    await have_people(hass, anna=[anna.entity_id], ben=[ben.entity_id])
    await ben.come()
    return anna, ben


async def near(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Pass time until the lot is nearly full."""
    full_at = told(hass, "full_at")
    while freezer().timestamp() < (full_at - timedelta(minutes=20)).timestamp():
        freezer.tick(300.0)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    await quiet(hass)


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({}, "Leave now to find a bay."),
        ({"other_lot": "the station"}, "Leave now, or take the station."),
        ({"language": "de"}, "Fahren Sie jetzt los, um einen Stellplatz zu finden."),
    ],
)
async def test_who_is_not_there_is_told_to_leave(
    hass: HomeAssistant,
    phones: tuple[Phone, Phone],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    inputs: dict[str, str],
    text: str,
) -> None:
    anna, ben = phones
    await automate(
        hass,
        "guide_driver",
        {"drivers": DRIVERS, "look_ahead": True, "full_at": FULL_AT, **inputs},
    )
    await near(hass, freezer)

    assert anna.title is not None
    assert anna.title.startswith("Garage w")
    assert f"{told(hass, 'full_at'):%H:}" in anna.title
    assert anna.text == text
    assert anna.heard == 1
    assert ben.screen is None
    # Time that passes at once is taken for time that something took.
    assert [one for one in complaints(caplog) if not one.startswith("Executing <")] == []
    # Who comes then is guided as ever, by a message in the place of this one.
    await anna.come()
    assert anna.title is not None
    assert not anna.title.startswith("Garage")


async def test_it_is_off_at_first(
    hass: HomeAssistant, phones: tuple[Phone, Phone], freezer: FrozenDateTimeFactory
) -> None:
    anna, ben = phones
    await automate(hass, "guide_driver", {"drivers": DRIVERS})
    assert said(hass, "full_at") != "unknown"
    await near(hass, freezer)
    assert (anna.heard, ben.heard) == (0, 0)


async def test_who_comes_when_all_is_taken_is_told_of_the_other_lot(
    hass: HomeAssistant, hand: Hand, phones: tuple[Phone, Phone]
) -> None:
    anna, _ = phones
    await automate(hass, "guide_driver", {"drivers": DRIVERS, "other_lot": "the station"})
    hand.settle("North", **{f"A{number:02d}": CAR_M for number in range(1, 11)})
    await quiet(hass)
    await anna.come()
    assert anna.title == "All bays are taken"
    assert anna.text.endswith("There may be room in the station.")
