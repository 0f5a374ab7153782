"""Sensors on the header over another floor than configured, or that hear only noise."""

import random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
import pytest_asyncio

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, bay, gate, look, lot, node, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.trials.repair import fix


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> SmartParkingConfigEntry:
    """Set up a lot of two bays over a floor at 2.5 m; its node may be silent while days pass."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    entry = lot(node("Roof", [bay("A01", 0.0), bay("A02", 5.0)]), gate("Main"))
    await set_up(hass, entry)
    return entry


async def sweeps(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, count: int, a01: float
) -> None:
    """Make so many sweeps pass, in their time."""
    for number in range(count):
        hand.sweep("Roof", A01=a01, A02=2.5)
        if number % 20 == 0:
            await pass_time(hass, freezer, 10)


async def test_16_a_wrong_empty_distance_names_itself_and_is_taken_with_a_tap(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    entry: SmartParkingConfigEntry,
) -> None:
    await sweeps(hass, hand, freezer, 3000, 3.3)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert look(hass, "roof", "faulty").attributes["bays"] == {"A01": "miscalibrated"}
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01")
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == ("bay_miscalibrated", True)
    assert issue.translation_placeholders == {
        "lot": "Garage",
        "bay": "A01",
        "measured": "3.30",
        "written": "2.50",
    }

    done = await fix(hass, issue.issue_id, "take")
    assert done["type"] == "create_entry"
    await sweeps(hass, hand, freezer, 20, 3.3)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01") is None
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.coordinator.nodes["roof"].tracker.empty_distances()[
        "a01"
    ] == pytest.approx(3.3)


async def test_16_a_vehicle_that_looks_like_nothing_is_confirmed(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await sweeps(hass, hand, freezer, 1500, 2.1)
    assert look(hass, "roof", "faulty").attributes["bays"] == {"A01": "miscalibrated"}
    await fix(hass, f"{LOT_ID}_a01", "vehicle")
    await sweeps(hass, hand, freezer, 20, 2.1)
    assert said(hass, "a01", "occupancy") == STATE_ON
    await sweeps(hass, hand, freezer, 20, 2.5)
    assert said(hass, "a01", "occupancy") == STATE_OFF


async def test_16_who_will_look_is_asked_again_tomorrow(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    await sweeps(hass, hand, freezer, 1500, 3.3)
    await fix(hass, f"{LOT_ID}_a01", "look")
    await sweeps(hass, hand, freezer, 3000, 3.3)
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01") is None
    await pass_time(hass, freezer, 86_400)
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01") is not None


async def test_16_nearer_than_the_floor_might_be_a_vehicle_and_is_asked_about_after_a_day(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    await sweeps(hass, hand, freezer, 20, 1.7)
    assert said(hass, "a01", "occupancy") == STATE_ON
    await pass_time(hass, freezer, 86_401)
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01_never_vacant")
    assert issue is not None
    await fix(hass, issue.issue_id, "take")
    await sweeps(hass, hand, freezer, 20, 1.7)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01_never_vacant") is None
    await sweeps(hass, hand, freezer, 20, 0.5)
    await pass_time(hass, freezer, 86_401)
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01_never_vacant") is None


async def test_17_a_car_that_becomes_a_distance_beyond_the_floor_is_no_car_for_ever(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    hand.settle("Roof", A01=1.0)
    assert said(hass, "a01", "occupancy") == STATE_ON
    for _ in range(3 * 7200):
        hand.sweep("Roof", A01=3.3)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE


@pytest.mark.parametrize("before", [1.0, 2.5])
async def test_18_a_sensor_that_hears_only_noise_is_named_within_a_minute(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, before: float
) -> None:
    hand.settle("Roof", A01=before)
    chance = random.Random(18)
    for _ in range(120):
        hand.sweep("Roof", A01=chance.uniform(0.3, 2.4))
    assert look(hass, "roof", "faulty").attributes["bays"] == {"A01": "noise"}
    for _ in range(7200):
        hand.sweep("Roof", A01=chance.uniform(0.3, 2.4))
        assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
