"""A lot on the GPIO header of a Raspberry Pi, with its real thread and real time."""

from threading import enumerate as all_threads

import gpiod
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.sources import banked
from tests.integration.clock import skip, until
from tests.integration.logs import ours
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, bay, gate, look, lot, node, said, set_up
from tests.kernel.fake_chip import FakeChip
from tests.kernel.rig import FakeRig

TRIGGERS = {"a01": 4, "a02": 5}
ECHOES = {"a01": 14, "a02": 15}


def put(rig: FakeRig, bay_id: str, distance_m: float | None) -> None:
    """Make something be that far from a sensor; None is a dead sensor."""
    flight_s = 0.0 if distance_m is None else 2.0 * distance_m / speed_of_sound(20.0)
    rig.sensor(ECHOES[bay_id], TRIGGERS[bay_id], round(flight_s * 1e9))


def header() -> SmartParkingConfigEntry:
    """Return a lot of two bays."""
    bays = [
        bay(label, 5.0 * number, trigger=TRIGGERS[label.lower()], echo=ECHOES[label.lower()])
        for number, label in enumerate(("A01", "A02"))
    ]
    return lot(node("Roof", bays, "gpio"), gate("Main"))


def claimed(rig: FakeRig) -> int:
    """Return how many requests for lines are open."""
    return len(rig.kernel.requests)


def threads() -> list[str]:
    return [one.name for one in all_threads() if one.name.startswith("smart_parking")]


@pytest.fixture(autouse=True)
def fast(rig: FakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two empty bays be measured, and more often than usual."""
    monkeypatch.setattr(banked, "PERIOD_S", 0.12)
    for bay_id in ECHOES:
        put(rig, bay_id, EMPTY_M)


async def test_an_echo_becomes_a_bay_and_the_nearest_one(
    hass: HomeAssistant, rig: FakeRig, caplog: pytest.LogCaptureFixture
) -> None:
    entry = header()
    assert await set_up(hass, entry)
    await until(hass, lambda: said(hass, "free") == "2")
    assert said(hass, "main", "nearest") == "A01"
    put(rig, "a01", CAR_M)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    assert said(hass, "main", "nearest") == "A02"
    put(rig, "a02", None)
    await until(hass, lambda: said(hass, "a02", "occupancy") == STATE_UNAVAILABLE)
    assert look(hass, "roof", "faulty").attributes["bays"] == {"A02": "no_response"}
    await hass.config_entries.async_unload(entry.entry_id)
    assert claimed(rig) == 0
    assert threads() == []
    assert ours(caplog) == []


async def test_a_chip_disappears_and_comes_back(
    hass: HomeAssistant,
    rig: FakeRig,
    caplog: pytest.LogCaptureFixture,
    issue_registry: ir.IssueRegistry,
) -> None:
    await set_up(hass, header())
    await until(hass, lambda: said(hass, "free") == "2")
    rig.unplug()
    await until(hass, lambda: said(hass, "roof", "connectivity") == STATE_OFF)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "main", "nearest") == STATE_UNAVAILABLE
    assert threads() == []
    # The first retry may find another reason; the issue after ten minutes shows the newest one.
    await skip(hass, 2)
    await skip(hass, 601)
    raised = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_roof")
    assert raised is not None
    assert raised.translation_key == "node_no_chip"

    rig.plug()
    await skip(hass, 61)
    await until(hass, lambda: said(hass, "free") == "2")
    assert said(hass, "roof", "connectivity") == STATE_ON
    assert not issue_registry.issues
    assert ours(caplog) == [
        "Roof does not measure: The GPIO chip disappeared while it was used",
        "Roof measures again",
    ]


async def test_home_assistants_stop_releases_all_lines_also_of_stuck_sensors(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    await set_up(hass, header())
    await until(hass, lambda: said(hass, "free") == "2")
    put(rig, "a01", None)
    rig.pull(ECHOES["a01"], up=True)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_UNAVAILABLE)
    assert look(hass, "roof", "faulty").attributes["bays"] == {"A01": "stuck_high"}
    assert said(hass, "a02", "occupancy") == STATE_OFF
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert claimed(rig) == 0
    assert threads() == []


async def test_without_a_chip_the_lot_is_set_up_later(hass: HomeAssistant, rig: FakeRig) -> None:
    rig.unplug()
    entry = header()
    assert not await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None
    assert entry.reason.startswith("This machine has no GPIO chip")


async def test_another_chip_is_named(hass: HomeAssistant, rig: FakeRig) -> None:
    rig.relabel("gpio-mockup", 32)
    entry = header()
    assert not await set_up(hass, entry)
    assert entry.reason is not None
    assert "gpio-mockup" in entry.reason


async def test_without_permission_it_is_said_how_to_get_it(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    entry = header()
    with rig.forbid():
        assert not await set_up(hass, entry)
    assert entry.reason is not None
    assert "may not open" in entry.reason


async def test_a_busy_line_is_named(hass: HomeAssistant, rig: FakeRig) -> None:
    entry = header()
    with rig.occupy(ECHOES["a02"], "lights"):
        assert not await set_up(hass, entry)
    assert entry.reason == "GPIO15 is in use already (lights). Free it there, or choose another pin"
    assert claimed(rig) == 0


async def test_a_chip_may_go_while_its_lines_are_claimed(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rig.kernel.open

    def find_and_unplug(path: str) -> FakeChip:
        chip = found(path)
        monkeypatch.setattr(gpiod, "Chip", found)
        rig.unplug()
        return chip

    monkeypatch.setattr(gpiod, "Chip", find_and_unplug)
    entry = header()
    assert not await set_up(hass, entry)
    assert entry.reason == "The GPIO chip disappeared while it was used"


async def test_two_nodes_cannot_have_the_same_line(
    hass: HomeAssistant, rig: FakeRig, caplog: pytest.LogCaptureFixture
) -> None:
    first = [bay("A01", 0.0, trigger=4, echo=14)]
    second = [bay("B01", 50.0, trigger=4, echo=15)]
    entry = lot(node("One", first, "gpio"), node("Two", second, "gpio"))
    assert await set_up(hass, entry)
    await until(hass, lambda: len(ours(caplog)) > 0)
    down = {name: entry.runtime_data.coordinator.nodes[name].problem for name in ("one", "two")}
    assert [problem.key for problem in down.values() if problem is not None] == ["pin_busy"]
