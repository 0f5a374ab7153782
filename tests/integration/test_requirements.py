"""Packages of one part are installed by that part, and no other part needs them."""

from errno import ENOSPC
import sys
from threading import Event

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_integration
from homeassistant.requirements import async_load_installed_versions
import pytest

from custom_components.smart_parking import requirements
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.sources import banked, gpio
from tests.integration.clock import skip, until
from tests.integration.internet import Internet
from tests.integration.logs import ours
from tests.integration.lots import EMPTY_M, LOT_ID, bay, gate, lot, node, said, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk
from tests.kernel.rig import FakeRig

GPIO = [*gpio.REQUIREMENTS]
# Home Assistant itself tries so often before it gives up.
TRIES = 3


@pytest.fixture(name="internet")
def internet_fixture(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Internet:
    """Give a Home Assistant that lacks what GPIO needs."""
    return Internet.connect(hass, monkeypatch, GPIO)


def absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make a package be nowhere, and nothing loaded that has been made of it."""
    ours = f"custom_components.{DOMAIN}"
    for module in ("hcsr04.pin_factory", "hcsr04.gpiod_lines", "hcsr04.chips", "hcsr04.edges"):
        monkeypatch.delitem(sys.modules, f"{ours}.{module}", raising=False)
    monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(name="entry")
def entry_fixture(
    rig: FakeRig, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Give a lot of a bay on the header and one that is driven by hand, not yet set up."""
    monkeypatch.setattr(banked, "PERIOD_S", 0.12)
    rig.sensor(14, 4, round(2.0 * EMPTY_M / speed_of_sound(20.0) * 1e9))
    return lot(
        node("Roof", [bay("A01", 0.0, trigger=4, echo=14)], "gpio"),
        node("Yard", [bay("B01", 50.0)]),
        gate("Main"),
    )


async def test_gpio_is_fetched_when_it_is_first_used(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, internet: Internet
) -> None:
    assert await set_up(hass, entry)
    await until(hass, lambda: said(hass, "a01", "occupancy") == "off")

    assert sorted(internet.asked) == GPIO
    assert internet.constraints == {"package_constraints.txt"}


async def test_who_has_no_gpio_fetches_nothing(
    hass: HomeAssistant, hand: Hand, internet: Internet
) -> None:
    assert await set_up(hass, lot(node("Yard", [bay("B01", 50.0)]), gate("Main")))

    assert internet.asked == []


async def test_without_internet_all_else_works_and_gpio_says_what_it_lacks(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
) -> None:
    internet.is_there = False
    assert await set_up(hass, entry)
    hand.settle("Yard", B01=EMPTY_M)
    await hass.async_block_till_done()
    assert said(hass, "b01", "occupancy") == "off"
    assert said(hass, "roof", "connectivity") == "off"
    # It is tried again every minute, but the internet is not asked each time.
    for _ in range(5):
        await skip(hass, 61)
    await skip(hass, 601)
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_roof")
    assert issue is not None
    assert issue.translation_key == "node_packages_missing"
    assert issue.translation_placeholders == {
        "lot": "Garage",
        "node": "Roof",
        "packages": ", ".join(GPIO),
    }
    assert len(internet.asked) == TRIES * len(GPIO)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("check")
    assert walk.errors == {"base": "packages_missing"}
    assert walk.shown["description_placeholders"]["packages"] == ", ".join(GPIO)

    internet.is_there = True
    monkeypatch.setattr(requirements, "AGAIN_S", 0.0)
    await skip(hass, 61)
    await until(hass, lambda: said(hass, "a01", "occupancy") == "off")
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_roof") is None


async def test_a_slow_internet_does_not_keep_the_lot_waiting(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As Home Assistant does when it starts: what is installed needs not queue behind what is not.
    recorder = await async_get_integration(hass, "recorder")
    await async_load_installed_versions(hass, {*recorder.requirements})
    internet.slow = Event()
    monkeypatch.setattr(gpio, "TIMEOUT_S", 0.05)
    assert await set_up(hass, entry)
    problem = entry.runtime_data.coordinator.nodes["roof"].problem
    assert problem is not None
    assert problem.key == "packages_missing"
    await skip(hass, 61)
    assert len(internet.asked) == 1

    internet.slow.set()
    await until(hass, lambda: not internet.missing)
    await skip(hass, 61)
    await until(hass, lambda: said(hass, "a01", "occupancy") == "off")
    assert sorted(internet.asked) == GPIO


async def test_whatever_goes_wrong_with_the_installer_stops_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    internet.error = OSError(ENOSPC, "No space left on device")
    assert await set_up(hass, entry)
    problem = entry.runtime_data.coordinator.nodes["roof"].problem
    assert problem is not None
    assert problem.key == "packages_missing"
    assert "No space left on device" in caplog.text
    assert f"Installing {', '.join(GPIO)} failed" in ours(caplog)

    internet.error = None
    monkeypatch.setattr(requirements, "AGAIN_S", 0.0)
    await skip(hass, 61)
    await until(hass, lambda: said(hass, "a01", "occupancy") == "off")


async def test_with_skip_pip_nothing_is_fetched(
    hass: HomeAssistant,
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hass.config.skip_pip = True
    absent(monkeypatch, "gpiod")
    entry = lot(node("Roof", [bay("A01", 0.0, trigger=4, echo=14)], "gpio"), gate("Main"))
    assert not await set_up(hass, entry)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None
    assert entry.reason.startswith(f"The Python packages for GPIO are missing: {', '.join(GPIO)}.")
    assert internet.asked == []
