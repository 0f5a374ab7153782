"""Every vehicle that comes and goes is recorded, once."""

import asyncio
from collections.abc import Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from sqlalchemy import Connection

from custom_components.smart_parking.analytics.writer import HistoryWriter
from custom_components.smart_parking.lot.model import Fault
from tests.integration.analytics.history import (
    NODE,
    Cars,
    file_of,
    flush,
    manager_of,
    rows,
    stays_of,
)
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    change,
    data_of,
    gate,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand

LABELS = ("A01", "A02", "A03")
BEGAN = "2026-11-02 08:00:00+00:00"


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays on a Monday morning."""
    freezer.move_to(BEGAN)
    assert await set_up(hass, lot(node(NODE, row("A", 3)), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    return cars


async def test_a_stay_is_written_down_to_the_second(hass: HomeAssistant, cars: Cars) -> None:
    began = manager_of(hass).today.began
    await cars.wait(600.0)
    cars.arrive("A02")
    await cars.wait(5400.0)
    cars.leave("A02")
    await cars.wait(5.0)
    (stay,) = rows(file_of(hass), "stays")
    assert stay["left"] - stay["arrived"] == 5400.0
    assert stay["is_estimated"] == stay["arrived_error_s"] == stay["left_error_s"] == 0
    assert (stay["origin"], stay["outcome"]) == ("chance", None)
    assert began <= stay["arrived"]
    sums = rows(file_of(hass), "hours", "day, hour")
    assert sum(one["vehicles"] for one in sums) == 1
    assert sum(one["occupied_s"] for one in sums) == 5400.0


async def test_counts_are_written_every_five_minutes(
    hass: HomeAssistant, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01")
    await cars.wait(300.0)
    await cars.wait(300.0)
    await cars.wait(1.0)
    await flush(hass)
    counts = rows(file_of(hass), "counts", "at")
    assert [(one["vacant"], one["occupied"], one["unknown"]) for one in counts] == [(2, 1, 0)] * 2
    assert {one["at"] % 300 for one in counts} == {0}


async def test_a_stay_is_counted_under_the_zone_that_its_bay_had(
    hass: HomeAssistant, cars: Cars
) -> None:
    entry = data_of(hass).coordinator.entry
    bays = entry.subentries[NODE.lower()].data["bays"]
    cars.arrive("A01")
    staff = [bays[0], {**bays[1], "zone": "Staff"}, {**bays[2], "zone": "Staff"}]
    await change(hass, entry, NODE.lower(), bays=staff)
    cars.say()
    cars.arrive("A02")
    await cars.wait(300.0)
    cars.leave("A01", "A02")
    await cars.wait(5.0)
    await flush(hass)
    zones = {one["group_id"]: one["zone"] for one in rows(file_of(hass), "groups")}
    of_place = {one["place_id"]: zones[one["group_id"]] for one in rows(file_of(hass), "places")}
    stays = stays_of(file_of(hass))
    assert [of_place[stays[label]["place_id"]] for label in ("A01", "A02")] == ["", "Staff"]
    (at,) = {one["at"] for one in rows(file_of(hass), "counts")}
    counts = [one for one in rows(file_of(hass), "counts") if one["at"] == at]
    assert {zones[one["group_id"]]: (one["vacant"], one["occupied"]) for one in counts} == {
        "": (0, 1),
        "Staff": (1, 1),
    }
    # A name of a zone says nothing else of a bay: it keeps its entities.
    assert said(hass, "a02", "occupancy") == "off"


async def test_a_fault_is_no_departure(
    hass: HomeAssistant, hand: Hand, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01")
    await cars.wait(600.0)
    cars.say(A01=Fault.STUCK_HIGH)
    await cars.wait(300.0)
    cars.arrive("A01")
    await cars.wait(600.0)
    cars.leave("A01")
    await cars.wait(1.0)
    await flush(hass)
    (stay,) = rows(file_of(hass), "stays")
    assert stay["left"] - stay["arrived"] == 1500.0
    assert (stay["is_estimated"], stay["unknown_s"]) == (1, 300.0)
    (fault,) = rows(file_of(hass), "faults")
    assert (fault["fault"], fault["ended"] - fault["began"]) == ("stuck_high", 300.0)
    (of_day,) = rows(file_of(hass), "fault_days")
    assert (of_day["faults"], of_day["seconds"]) == (1, 300.0)


async def test_a_lot_that_is_full(
    hass: HomeAssistant, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive(*LABELS)
    await cars.wait(900.0)
    cars.leave("A01")
    await cars.wait(1.0)
    await flush(hass)
    (spell,) = rows(file_of(hass), "full")
    assert (spell["ended"] - spell["began"], spell["is_estimated"]) == (900.0, 0)
    assert manager_of(hass).share_full_today == pytest.approx(900.0 / 901.0)


async def test_what_happens_while_today_is_read_is_counted(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    reading = HistoryWriter.async_read

    async def async_read_slowly[T](
        writer: HistoryWriter, query: Callable[[Connection, int], T]
    ) -> T:
        found = await reading(writer, query)
        begun.set()
        await may_end.wait()
        return found

    monkeypatch.setattr(HistoryWriter, "async_read", async_read_slowly)
    freezer.move_to(BEGAN)
    assert await set_up(hass, lot(node(NODE, row("A", 3)), gate("Main")))
    await begun.wait()
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    cars.arrive("A01")
    may_end.set()
    await cars.wait(1.0)
    assert said(hass, "vehicles_per_bay_today") == "0.33"


async def test_a_restart_ends_no_stay(
    hass: HomeAssistant, hand: Hand, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01", "A02")
    await cars.wait(1000.0)
    (entry,) = hass.config_entries.async_entries("smart_parking")
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(200.0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert manager_of(hass).today.vehicles == 2
    # One stands there still, one has left meanwhile, and a third has come.
    cars.say(A01=CAR_M, A02=EMPTY_M, A03=CAR_M)
    await cars.wait(61.0)
    cars.leave("A01")
    await cars.wait(1.0)
    await flush(hass)
    stays = stays_of(file_of(hass))
    assert [one["is_estimated"] for one in stays.values()] == [1, 1, 1]
    first, second, third = (stays[label] for label in LABELS)
    assert first["left"] - first["arrived"] == 1261.0
    assert (second["left"] - second["arrived"], second["left_error_s"]) == (1100.0, 100.0)
    assert (third["left"], third["arrived_error_s"]) == (None, 100.0)
    assert manager_of(hass).today.vehicles == 3
