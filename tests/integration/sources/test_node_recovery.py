"""A node fails, is tried again, and comes back."""

import asyncio
from itertools import pairwise
from threading import Thread

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.sources.base import SourceError
from tests.integration.clock import pass_time
from tests.integration.logs import ours
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    change,
    gate,
    look,
    lot,
    node,
    remove,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand

BUSY = SourceError("pin_busy", {"line": "5", "consumer": "lights"})


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    """Set up a lot of two nodes."""
    entry = lot(node("North", row("A", 2)), node("South", row("B", 2, 100.0)), gate("Main"))
    await set_up(hass, entry)
    hand.sweep_for("North", 0.3, A01=EMPTY_M, A02=EMPTY_M)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    hand.settle("South", B01=EMPTY_M, B02=EMPTY_M)
    return entry


async def beat(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, seconds: float, *nodes: str
) -> None:
    """Make time pass in which some nodes sweep and others do not."""
    for _ in range(round(seconds)):
        for name in nodes:
            hand.sweep(name)
        await pass_time(hass, freezer, 1)


async def test_a_lost_chip_takes_its_bays_with_it_and_nothing_else(
    hass: HomeAssistant, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    assert said(hass, "north", "sweep_time") == "300"
    hand.sink("North").lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    assert hand["North"].sink is None
    assert said(hass, "north", "connectivity") == STATE_OFF
    assert said(hass, "north", "sweep_time") == STATE_UNKNOWN
    assert look(hass, "north", "faulty").attributes["bays"] == {
        "A01": "line_lost",
        "A02": "line_lost",
    }
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "b01", "occupancy") == STATE_OFF
    assert said(hass, "main", "nearest") == "B01"
    assert ours(caplog) == ["North does not measure: The GPIO chip disappeared while it was used"]


async def test_it_is_tried_again_more_and_more_seldom(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hand.refusals["North"] = BUSY
    hand.sink("North").lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    starts = [hand["North"].starts]
    for _ in range(200):
        await pass_time(hass, freezer, 1)
        hand.sweep("South")
        starts.append(hand["North"].starts)
    tried = [second for second in range(1, 200) if starts[second] > starts[second - 1]]
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == pytest.approx([2, 4, 8, 16, 32, 60, 60], abs=1)

    del hand.refusals["North"]
    while hand["North"].sink is None:
        await beat(hass, hand, freezer, 1, "South")
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    assert said(hass, "north", "connectivity") == STATE_ON
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_ON
    assert [line for line in ours(caplog) if "North" in line] == [
        "North does not measure: The GPIO chip disappeared while it was used",
        "North measures again",
    ]


async def test_after_a_recovery_it_is_tried_soon_again(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(3):
        hand.sink("North").lost(Fault.LINE_LOST)
        await hass.async_block_till_done()
        assert hand["North"].sink is None
        await pass_time(hass, freezer, 1.5)
        hand.sweep("North", A01=EMPTY_M)


async def test_a_silent_node_is_noticed(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await beat(hass, hand, freezer, 10, "North", "South")
    stops = hand["North"].stops
    await beat(hass, hand, freezer, 1, "South")
    assert said(hass, "north", "connectivity") == STATE_ON
    await beat(hass, hand, freezer, 2, "South")
    assert said(hass, "north", "connectivity") == STATE_OFF
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert hand["North"].stops == stops + 1
    assert hand["South"].stops == 0
    assert ours(caplog) == ["North does not measure: The sensors have stopped reporting"]

    await beat(hass, hand, freezer, 1, "South")
    hand.settle("North", A01=CAR_M)
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_what_a_stopped_source_still_says_is_not_heard(
    hass: HomeAssistant, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    sink = hand.sink("North")
    sink.lost(Fault.LINE_LOST)
    sink.lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    sink.lost(Fault.LINE_LOST)
    sink.sweep([])
    await hass.async_block_till_done()
    assert said(hass, "north", "connectivity") == STATE_OFF
    assert hand["North"].stops == 1
    assert len(ours(caplog)) == 1


async def test_a_sweep_that_meets_a_pause_is_not_lost(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    # The last sweep of the sensors' thread is still on its way into the event loop.
    sensors = Thread(target=lambda: hand.settle("North", A01=CAR_M))
    sensors.start()
    sensors.join()
    async with entry.runtime_data.coordinator.nodes["north"].async_paused():
        await asyncio.sleep(0)
    hand.settle("North", A01=CAR_M)
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_trouble_of_a_node_that_lasts_becomes_an_issue(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    hand.sink("North").lost(Fault.LINE_LOST)
    hand.refusals["North"] = BUSY
    await beat(hass, hand, freezer, 590, "South")
    assert not issue_registry.issues
    await beat(hass, hand, freezer, 15, "South")
    raised = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_north")
    assert raised is not None
    assert raised.translation_key == "node_pin_busy"
    assert raised.translation_placeholders == {
        "lot": "Garage",
        "node": "North",
        "line": "5",
        "consumer": "lights",
    }

    del hand.refusals["North"]
    while hand["North"].sink is None:
        await beat(hass, hand, freezer, 1, "South")
    hand.sweep("North", A01=EMPTY_M)
    assert not issue_registry.issues


async def test_trouble_that_passes_is_not_reported(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    hand.settle("North", A01=Fault.NO_RESPONSE)
    await beat(hass, hand, freezer, 590, "North", "South")
    hand.settle("North", A01=EMPTY_M)
    await beat(hass, hand, freezer, 30, "North", "South")
    assert not issue_registry.issues


async def test_a_sensor_that_stays_broken_becomes_an_issue(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    entry: SmartParkingConfigEntry,
) -> None:
    hand.settle("North", A01=Fault.NO_RESPONSE, A02=Fault.GLITCH)
    hand.settle("North", A02=Fault.STUCK_HIGH)
    await beat(hass, hand, freezer, 605, "North", "South")
    assert {(one.issue_id, one.translation_key) for one in issue_registry.issues.values()} == {
        (f"{LOT_ID}_a01", "bay_no_response"),
        (f"{LOT_ID}_a02", "bay_stuck_high"),
    }

    hand.settle("North", A01=EMPTY_M)
    assert [one.issue_id for one in issue_registry.issues.values()] == [f"{LOT_ID}_a02"]
    await change(hass, entry, "north", bays=row("A", 1))
    assert not issue_registry.issues


@pytest.mark.parametrize("part_id", ["north", None])
async def test_issues_go_with_what_they_are_about(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    entry: SmartParkingConfigEntry,
    part_id: str | None,
) -> None:
    hand.settle("North", A01=Fault.NO_RESPONSE)
    hand.sink("North").lost(Fault.LINE_LOST)
    hand.refusals["North"] = BUSY
    await beat(hass, hand, freezer, 605, "South")
    assert issue_registry.issues
    if part_id is None:
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        await remove(hass, entry, part_id)
    assert not issue_registry.issues


async def test_unloading_a_node_that_waits_for_its_next_try(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, entry: SmartParkingConfigEntry
) -> None:
    hand.sink("North").lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    starts = hand["North"].starts
    await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, freezer, 100)
    assert hand["North"].starts == starts


async def test_unloading_meets_a_try(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, entry: SmartParkingConfigEntry
) -> None:
    hand.sink("North").lost(Fault.LINE_LOST)
    await hass.async_block_till_done()
    start = hand.hold("North")
    freezer.tick(2)
    tried = hass.async_create_task(pass_time(hass, freezer, 1))
    await start.begun.wait()
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    start.may_end.set()
    await unloading
    await tried
    assert hand["North"].sink is None
    await pass_time(hass, freezer, 100)
    assert hand["North"].starts == 2
