"""A node that cannot start, for any reason, is tried again and stops no other node."""

from threading import Thread, enumerate as all_threads
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.sources import banked
from custom_components.smart_parking.visitor.manager import VisitorManager
from custom_components.smart_parking.wifi.webhook import WifiWebhook
from tests.integration.clock import pass_time, skip, until
from tests.integration.lots import EMPTY_M, LOT_ID, bay, gate, look, lot, node, row, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.kernel.rig import FakeRig

CLEAR_NS = 14_577_000


def threads() -> list[str]:
    return [one.name for one in all_threads() if one.name.startswith("smart_parking")]


async def test_34_whatever_a_start_raises_is_tried_again(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start = DrivenSource.async_start
    failures = [RuntimeError("odd"), KeyError("odder"), OSError("odd, too")]

    async def failing(self: DrivenSource, sink: Any) -> None:
        if self.node.name == "South" and failures:
            raise failures.pop()
        await start(self, sink)

    monkeypatch.setattr(DrivenSource, "async_start", failing)
    entry = lot(node("North", row("A", 1)), node("South", row("B", 1, 100.0)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "b01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "south", "connectivity") == STATE_OFF
    for _ in range(12):
        await pass_time(hass, freezer, 1)
        hand.sweep("North", A01=EMPTY_M)
        if hand["South"].sink is not None:
            break
    hand.settle("South", B01=EMPTY_M)
    assert said(hass, "b01", "occupancy") == STATE_OFF
    assert caplog.text.count("South could not start to measure") == 1
    assert await hass.config_entries.async_reload(LOT_ID)
    assert await hass.config_entries.async_unload(LOT_ID)


async def test_34_a_thread_that_cannot_be_started_leaves_no_line_claimed(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banked, "PERIOD_S", 0.2)
    rig.sensor(14, 4, CLEAR_NS)
    refused = [1]

    class Refused(Thread):
        """A thread of a machine that has no more."""

        @override
        def start(self) -> None:
            if refused:
                refused.pop()
                raise RuntimeError("can't start new thread")
            super().start()

    monkeypatch.setattr(banked, "Thread", Refused)
    hass.states.async_set("binary_sensor.eye", STATE_OFF)
    entry = lot(
        node("Roof", [bay("A01", 0.0, trigger=4, echo=14)], "gpio"),
        node("Field", [bay("F01", 100.0, entity_id="binary_sensor.eye")], "entities"),
        gate("Main"),
    )
    assert await set_up(hass, entry)
    assert len(rig.kernel.requests) == 0
    assert threads() == []
    await until(hass, lambda: said(hass, "f01", "occupancy") == STATE_OFF)
    await skip(hass, 2)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    assert threads() == ["smart_parking Roof"]
    assert await hass.config_entries.async_reload(LOT_ID)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    assert await hass.config_entries.async_unload(LOT_ID)
    assert threads() == []
    assert len(rig.kernel.requests) == 0


async def test_34_a_stop_that_fails_lets_the_lot_be_unloaded(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = lot(node("North", row("A", 1)), gate("Main"))
    assert await set_up(hass, entry)

    async def fail(_self: DrivenSource) -> None:
        raise RuntimeError("stuck")

    monkeypatch.setattr(DrivenSource, "async_stop", fail)
    assert await hass.config_entries.async_unload(LOT_ID)
    assert entry.state is ConfigEntryState.NOT_LOADED


async def test_34_a_lot_that_fails_halfway_leaves_nothing_running(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banked, "PERIOD_S", 0.2)
    rig.sensor(14, 4, CLEAR_NS)
    entry = lot(node("Roof", [bay("A01", 0.0, trigger=4, echo=14)], "gpio"), gate("Main"))
    forward = hass.config_entries.async_forward_entry_setups

    async def fail(*args: Any) -> None:
        await forward(*args)
        raise RuntimeError("halfway")

    with monkeypatch.context() as failing:
        failing.setattr(hass.config_entries, "async_forward_entry_setups", fail)
        assert not await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert threads() == []
    assert len(rig.kernel.requests) == 0
    assert await hass.config_entries.async_reload(LOT_ID)
    await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
    assert threads() == ["smart_parking Roof"]


async def test_34_a_part_that_cannot_be_opened_is_done_without(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_part: object) -> None:
        raise RuntimeError("closed")

    monkeypatch.setattr(VisitorManager, "async_open", fail)
    monkeypatch.setattr(WifiWebhook, "async_open", fail)
    assert await set_up(hass, lot(node("North", row("A", 1)), gate("Main")))
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "free") == "1"


async def test_34_a_node_that_cannot_be_used_as_written_down_stops_no_other(
    hass: HomeAssistant, hand: Hand
) -> None:
    wrong = node("South", [bay("B01", 100.0, entity_id="sensor.x")], "entities")
    wrong["data"] = {**wrong["data"], "bays": [{**wrong["data"]["bays"][0], "kind": "spaceship"}]}
    del wrong["data"]["bays"][0]["entity_id"]
    assert await set_up(hass, lot(node("North", row("A", 1)), wrong, gate("Main")))
    hand.settle("North", A01=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "b01", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, "south", "connectivity") == STATE_OFF


async def test_35_an_odd_unit_is_one_faulty_bay(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banked, "PERIOD_S", 0.2)
    rig.sensor(14, 4, CLEAR_NS)
    hass.states.async_set("sensor.echo", "1.0", {"unit_of_measurement": ["m"]})
    hass.states.async_set("binary_sensor.eye", STATE_ON)
    entry = lot(
        node("Roof", [bay("A01", 0.0, trigger=4, echo=14)], "gpio"),
        node(
            "Field",
            [
                bay("F01", 100.0, entity_id="sensor.echo"),
                bay("F02", 110.0, entity_id="binary_sensor.eye"),
            ],
            "entities",
        ),
        gate("Main"),
    )
    assert await set_up(hass, entry)
    for _ in range(2):
        await until(hass, lambda: said(hass, "a01", "occupancy") == STATE_OFF)
        await until(hass, lambda: said(hass, "f02", "occupancy") == STATE_ON)
        await until(hass, lambda: "F01" in look(hass, "field", "faulty").attributes["bays"])
        assert threads() == ["smart_parking Roof"]
        assert await hass.config_entries.async_reload(LOT_ID)
