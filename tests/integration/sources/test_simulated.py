"""A lot on the simulated Raspberry Pi, with its real thread and real time."""

from threading import enumerate as all_threads
import time

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.const import CONF_TEMPERATURE_ENTITY, DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.model import Sweep
from custom_components.smart_parking.hcsr04.simulator import Defect, Quality
from custom_components.smart_parking.sources import banked, simulated
from custom_components.smart_parking.sources.base import NodeConfig, SourceError
from tests.integration.clock import until
from tests.integration.logs import complaints
from tests.integration.lots import bay, device_id, gate, look, lot, node, row, said, set_up


def threads() -> list[str]:
    return [one.name for one in all_threads() if one.name.startswith("smart_parking")]


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot that is empty but for what a test parks there; it lives fast."""
    monkeypatch.setattr(banked, "PERIOD_S", 0.12)
    monkeypatch.setattr(simulated, "QUALITY", Quality())
    monkeypatch.setattr(simulated, "WALKERS_PER_H", 0.0)
    bays = node("Demo", row("A", 3), "simulated", occupancy=0, seed=7)
    entry = lot(bays, gate("Main"), **{CONF_TEMPERATURE_ENTITY: "sensor.roof"})
    assert await set_up(hass, entry)
    return entry


async def simulate(hass: HomeAssistant, part_id: str, **data: str) -> None:
    target = {"device_id": [device_id(hass, part_id)]}
    await hass.services.async_call(DOMAIN, "set_simulation", {**target, **data}, blocking=True)


async def test_vehicles_park_and_leave(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, entry: SmartParkingConfigEntry
) -> None:
    await until(hass, lambda: said(hass, "free") == "3")
    await simulate(hass, "a01", traffic="park", vehicle="suv")
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    assert said(hass, "main", "nearest") == "A02"
    await simulate(hass, "a01", traffic="leave")
    await until(hass, lambda: said(hass, "main", "nearest") == "A01")
    await simulate(hass, "demo", traffic="park")
    await until(hass, lambda: said(hass, "main", "nearest") == "none_free")
    await simulate(hass, "demo", traffic="automatic")
    assert threads() == ["smart_parking Demo"]
    assert int(said(hass, "demo", "sweep_time")) < 500
    hass.states.async_set("sensor.roof", "35")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    assert threads() == []
    assert complaints(caplog) == []


@pytest.mark.parametrize("fault", ["no_response", "stuck_high"])
async def test_sensors_break_and_are_mended(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, fault: str
) -> None:
    await until(hass, lambda: said(hass, "free") == "3")
    await simulate(hass, "a02", fault=fault)
    await until(hass, lambda: said(hass, "a02", "occupancy") == STATE_UNAVAILABLE)
    assert look(hass, "demo", "faulty").attributes["bays"] == {"A02": fault}
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await simulate(hass, "a02", fault="none")
    await until(hass, lambda: said(hass, "a02", "occupancy") == STATE_OFF)
    await simulate(hass, "a02", fault=fault)
    await hass.config_entries.async_unload(entry.entry_id)
    assert threads() == []


@pytest.mark.parametrize("fault", ["noise", "trigger_leak"])
async def test_sensors_have_defects_that_no_bank_can_name(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, fault: str
) -> None:
    source = entry.runtime_data.coordinator.nodes["demo"].source
    assert isinstance(source, simulated.SimulatedSource)
    bays = source.world.bays.values()
    await until(hass, lambda: said(hass, "free") == "3")
    await simulate(hass, "a02", fault=fault)
    assert [bay.defect for bay in bays] == [None, Defect(fault), None]
    await simulate(hass, "a02", fault="none")
    assert [bay.defect for bay in bays] == [None] * 3
    assert said(hass, "demo", "connectivity") == STATE_ON


async def test_a_leaking_trigger_hides_no_vehicle(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await simulate(hass, "demo", fault="trigger_leak")
    await until(hass, lambda: said(hass, "free") == "3")
    await simulate(hass, "a01", traffic="park", vehicle="van")
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_ON)
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_a_lost_chip_is_tried_again(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_ON)
    await simulate(hass, "demo", fault="line_lost")
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_OFF)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await simulate(hass, "demo", fault="none")
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_ON)


async def test_a_lost_chip_cannot_be_probed(hass: HomeAssistant) -> None:
    config = NodeConfig("Demo", {"source": "simulated"}, row("A", 1))
    source = simulated.SimulatedSource(hass, config)
    source.simulate("a01", defect=Defect.LINE_LOST)
    with pytest.raises(SourceError) as refused:
        await source.async_probe()
    assert refused.value.key == "line_lost"


async def test_a_missed_beat_is_left_out(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = entry.runtime_data.coordinator.nodes["demo"].source
    assert isinstance(source, simulated.SimulatedSource)
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_ON)
    bank = source._bank  # noqa: SLF001  (no other way to make a real bank slow)
    assert bank is not None
    started: list[int] = []
    sweep = bank.sweep

    def slow_once() -> Sweep:
        made = sweep()
        started.append(made.started_ns)
        if len(started) == 2:
            time.sleep(0.6)
        return made

    monkeypatch.setattr(bank, "sweep", slow_once)
    await until(hass, lambda: len(started) > 6)
    # Four beats of 120 ms; sweeps that were caught up would be 60 ms apart.
    assert started[6] - started[2] > 3 * 120_000_000


async def test_an_unexpected_failure_is_logged_and_survived(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = entry.runtime_data.coordinator.nodes["demo"].source
    assert isinstance(source, simulated.SimulatedSource)
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_ON)

    def fail() -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(source._bank, "sweep", fail)  # noqa: SLF001  (as above)
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_OFF)
    assert "Measuring Demo has failed" in caplog.text
    await until(hass, lambda: said(hass, "demo", "connectivity") == STATE_ON)


async def test_a_plan_that_does_not_fit_keeps_a_lot_from_starting(hass: HomeAssistant) -> None:
    crowded = [bay(f"A{number}", 0.01 * number) for number in range(30)]
    entry = lot(node("Crowd", crowded, "simulated"), lot_id="crowd")
    assert not await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None
    assert entry.reason.startswith("30 bays need 30 slots")
