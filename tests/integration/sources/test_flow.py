"""An owner adds a node to a lot, changes its bays, and tests its sensors."""

import asyncio
from collections.abc import AsyncIterator, Collection
from threading import enumerate as all_threads

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.hcsr04.gpiod_lines import GpiodLines
from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.sources import banked
from custom_components.smart_parking.sources.base import Row
from custom_components.smart_parking.sources.gpio import GpioSource
from tests.integration.clock import until
from tests.integration.lots import bay, data_of, device_of, gate, lot, node, said, set_up
from tests.integration.walk import UNTOUCHED, Walk
from tests.kernel.rig import FakeRig

EMPTY_NS = round(2.0 * 2.5 / speed_of_sound(20.0) * 1e9)


def wired(label: str, x: float, trigger: int, echo: int) -> Row:
    return bay(label, x, trigger=trigger, echo=echo)


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SmartParkingConfigEntry]:
    """Set up a lot with a node on the header and one of entities."""
    monkeypatch.setattr(banked, "PERIOD_S", 0.2)
    rig.sensor(14, 4, EMPTY_NS)
    rig.sensor(15, 5, EMPTY_NS)
    hass.states.async_set("binary_sensor.eye", STATE_OFF)
    entry = lot(
        node("Roof", [wired("A01", 0.0, 4, 14), wired("A02", 5.0, 5, 15)], "gpio", range_m=4.0),
        node("Field", [bay("F01", 100.0, entity_id="binary_sensor.eye")], "entities"),
        gate("Main"),
    )
    await set_up(hass, entry)
    await until(hass, lambda: said(hass, "free") == "3")
    yield entry


def threads() -> list[str]:
    return [one.name for one in all_threads() if one.name.startswith("smart_parking")]


def shown(label: str, x: float, **more: object) -> dict[str, object]:
    """Return a bay as the table shows it."""
    return {"label": label, "kind": "standard", "level": "1", "x": x, "y": 0.0, **more}


async def test_a_node_is_added(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    hass.states.async_set("sensor.echo", "2.31", {"unit_of_measurement": "m"})
    hass.states.async_set("binary_sensor.eye_2", STATE_ON)
    walk = await Walk.to_a_part(hass, entry, "node")
    assert walk.step == "node"
    await walk.fill(source="entities")
    assert walk.suggested == {"name": "Home Assistant entities"}
    await walk.fill(name="Yard", **UNTOUCHED)
    await walk.pick("table")
    rows = [
        shown("Y1", 0.0, entity_id="sensor.echo"),
        shown("Y2", 2.5, entity_id="binary_sensor.eye_2"),
        shown("Y3", 5.0, entity_id="sensor.nothing"),
    ]
    await walk.fill(bays=rows)
    assert walk.options == ["row", "table", "text", "settings", "check"]
    await walk.pick("check")
    placeholders = walk.shown["description_placeholders"]
    assert (placeholders["count"], placeholders["answered"]) == ("3", "2")
    assert placeholders["results"].splitlines() == [
        "- ⚠️ **Y3**: does not exist",
        "- **Y1**: 2.31 m",
        "- **Y2**: occupied",
        "",
        "Before this can be saved, an empty distance has to be measured or written down for: Y3",
    ]
    # What has no empty distance, and gives none now, would be unknown for ever.
    assert walk.options == ["check", "bays"]
    await walk.pick("bays", "table")
    await walk.fill(bays=[*rows[:2], {**rows[2], "empty_m": 2.4}])
    await walk.pick("check", "save_measured")
    assert walk.step == "create_entry"
    yard = next(one for one in entry.subentries.values() if one.title == "Yard")
    assert [one.get("empty_m") for one in yard.data["bays"]] == [2.31, None, 2.4]
    second = yard.data["bays"][1]["bay_id"]
    await until(hass, lambda: said(hass, second, "occupancy") == STATE_ON)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], "no_bays"),
        ([shown(" ", 0.0, trigger=4, echo=14)], "bad_label"),
        ([shown("F01", 0.0, trigger=4, echo=14)], "duplicate_label"),
        (
            [shown("A01", 0.0, trigger=4, echo=14), shown("A02", 0.0, trigger=5, echo=15)],
            "same_place",
        ),
        ([shown("A01", 0.0, trigger=1, echo=14)], "reserved_pin"),
        ([shown("A01", 0.0, trigger=4, echo=2)], "pulled_up_pin"),
        (
            [shown("A01", 0.0, trigger=4, echo=14), shown("A02", 9.0, trigger=5, echo=14)],
            "plan_line_twice",
        ),
        (
            [shown("A01", 0.0, trigger=4, echo=14), shown("A02", 2.0, trigger=4, echo=15)],
            "plan_shared_trigger",
        ),
        (
            [shown(f"A{n}", 0.1 * n, trigger=4 + n, echo=16 + n) for n in range(12)],
            "plan_too_long",
        ),
    ],
)
async def test_bays_that_cannot_be_are_refused_and_can_be_mended(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    rows: list[dict[str, object]],
    error: str,
) -> None:
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("table")
    before = walk.suggested["bays"]
    assert [one["label"] for one in before] == ["A01", "A02"]
    await walk.fill(bays=rows)
    assert walk.errors == {"bays": error}
    assert walk.suggested["bays"] == rows
    await walk.fill(bays=before)
    assert walk.shown["description_placeholders"]["count"] == "2"


async def test_the_table_renames_moves_and_adds(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, rig: FakeRig
) -> None:
    rig.sensor(16, 6, EMPTY_NS)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("table")
    await walk.fill(
        bays=[
            shown("Z1", 0.0, trigger=4, echo=14, empty_m=2.5),
            shown("A02", 20.0, trigger=5, echo=15, empty_m=2.5),
            shown("A03", 30.0, trigger=6, echo=16, empty_m=2.5),
        ]
    )
    await walk.pick("check", "save")
    assert walk.step == "reconfigure_successful"
    ids = [one["bay_id"] for one in entry.subentries["roof"].data["bays"]]
    assert ids[:2] == ["a01", "a02"]
    renamed = device_of(hass, "a01")
    assert renamed is not None
    assert renamed.name == "Garage Z1"
    await until(hass, lambda: said(hass, ids[2], "occupancy") == STATE_OFF)


async def test_bays_go_out_and_in_as_text(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("text")
    text = walk.suggested["text"]
    assert text.startswith("label,kind,level,x,y,")
    await walk.fill(text=text.replace("A02", "F01"))
    assert walk.errors == {"text": "duplicate_label"}
    await walk.fill(text=f"{text}A03")
    assert walk.errors == {"text": "text_cells"}
    await walk.fill(text="colour\nred")
    assert walk.errors == {"text": "text_columns"}
    await walk.fill(text=text.replace("A02", "B2"))
    assert walk.shown["description_placeholders"]["labels"] == "A01, B2"
    await walk.pick("check", "save")
    bays = entry.subentries["roof"].data["bays"]
    assert [(one["bay_id"], one["label"]) for one in bays] == [("a01", "A01"), ("a02", "B2")]


async def test_a_row_is_generated_beside_what_is_there(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    answers = {
        "prefix": "B",
        "first_number": 1,
        "count": 4,
        "kind": "ev",
        "x": 50.0,
        "y": 0.0,
        "spacing": 2.5,
        "direction": "x",
        "empty_m": 2.5,
    }
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("row")
    await walk.fill(**{**answers, "count": 20})
    assert walk.errors == {"first_pin": "out_of_pins"}
    assert walk.shown["description_placeholders"]["fit"] == "11"
    await walk.fill(**answers, trigger_pins=["2", "3"])
    assert walk.step == "bays"
    await walk.pick("table")
    new = walk.suggested["bays"][2:]
    assert [(one["trigger"], one["echo"]) for one in new] == [(2, 6), (3, 7), (2, 8), (3, 9)]
    assert {one["kind"] for one in new} == {"ev"}


async def test_zones_are_given_to_bays_and_spelt_alike(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    row = {"count": 2, "kind": "standard", "y": 0.0, "spacing": 2.5, "direction": "x"}
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("row")
    b_row = {**row, "prefix": "B", "first_number": 1, "x": 50.0, "trigger_pins": ["2", "3"]}
    await walk.fill(**b_row, empty_m=2.5, zone="Z" * 41)
    assert walk.errors == {"zone": "bad_zone"}
    await walk.fill(**b_row, empty_m=2.5, zone="Short stay")
    await walk.pick("row")
    await walk.fill(
        **{**b_row, "prefix": "C", "x": 90.0, "count": 1}, empty_m=2.5, zone=" short  STAY"
    )
    await walk.pick("text")
    lines = walk.suggested["text"].splitlines()
    assert lines[0].startswith("label,kind,level,zone,x,y,")
    assert [line.split(",")[3] for line in lines[1:]] == ["", "", *["Short stay"] * 3]
    await walk.fill(text=walk.suggested["text"])
    await walk.pick("check", "save")
    known = {one.bay.label: one.bay.zone for one in data_of(hass).coordinator.lot}
    assert known["A01"] == ""
    assert {known[label] for label in ("B01", "B02", "C01")} == {"Short stay"}


async def test_settings_are_changed(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("settings")
    assert walk.suggested == {"name": "Roof", "range_m": 4.0}
    await walk.fill(name="Ceiling", range_m=3.0, hearing_m=2.0)
    await walk.pick("check", "save")
    changed = entry.subentries["roof"]
    assert changed.title == "Ceiling"
    assert (changed.data["range_m"], changed.data["hearing_m"]) == (3.0, 2.0)


async def test_settings_that_do_not_fit_the_bays_are_refused(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("text")
    await walk.fill(
        text="label,x,y,trigger,echo\nA01,0,0,4,14\nA02,5,0,4,15",
    )
    await walk.pick("settings")
    await walk.fill(name="Roof", range_m=4.0, hearing_m=50.0)
    await walk.pick("check")
    assert walk.errors == {"base": "plan_shared_trigger"}
    await walk.fill(next="again")
    assert walk.errors == {"base": "plan_shared_trigger"}
    await walk.fill(next="bays")
    assert walk.step == "bays"


async def test_what_the_hardware_says_is_shown(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, rig: FakeRig
) -> None:
    rig.sensor(15, 5, 0)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("check")
    results = walk.shown["description_placeholders"]["results"].splitlines()
    assert results == ["- ⚠️ **A02**: no response", "- **A01**: 2.50 m"]
    await walk.pick("bays")
    assert walk.step == "bays"
    # The node went to rest for the test and goes on measuring.
    await until(hass, lambda: said(hass, "a02", "occupancy") == STATE_UNAVAILABLE)
    assert said(hass, "roof", "connectivity") == STATE_ON


async def test_a_chip_that_cannot_be_used_is_explained(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, rig: FakeRig
) -> None:
    walk = await Walk.through_a_part(hass, entry, "roof")
    with rig.forbid():
        await walk.pick("check")
        assert walk.errors == {"base": "no_permission"}
    await walk.fill(next="again")
    assert walk.step == "checked"


async def test_a_chip_that_goes_during_the_test_is_explained(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    rig: FakeRig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    walk = await Walk.through_a_part(hass, entry, "roof")
    pulse = GpiodLines.pulse

    def pulse_and_vanish(lines: GpiodLines, triggers: Collection[int]) -> int:
        rig.unplug()
        return pulse(lines, triggers)

    monkeypatch.setattr(GpiodLines, "pulse", pulse_and_vanish)
    await walk.pick("check")
    assert walk.errors == {"base": "line_lost"}


@pytest.mark.parametrize("loaded", [True, False])
async def test_a_busy_pin_is_named_before_anything_is_saved(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, rig: FakeRig, *, loaded: bool
) -> None:
    if not loaded:
        await hass.config_entries.async_unload(entry.entry_id)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("table")
    await walk.fill(bays=[shown("A01", 0.0, trigger=6, echo=16)])
    with rig.occupy(16, "lights"):
        await walk.pick("check")
    assert walk.errors == {"base": "pin_busy"}
    assert walk.shown["description_placeholders"]["consumer"] == "lights"
    await walk.fill(next="bays")
    assert len(entry.subentries["roof"].data["bays"]) == 2


async def test_an_abandoned_test_lets_the_node_go_on(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_self: GpioSource) -> dict[str, Reading]:
        begun.set()
        await may_end.wait()
        return {"a01": Reading("a01", 0.0, fault=Fault.NO_RESPONSE)}

    monkeypatch.setattr(GpioSource, "async_probe", slow)
    walk = await Walk.through_a_part(hass, entry, "roof")
    testing = hass.async_create_task(walk.pick("check"))
    await begun.wait()
    assert threads() == []
    testing.cancel()
    await asyncio.wait([testing])
    assert testing.cancelled()
    assert threads() == ["smart_parking Roof"]


async def test_unloading_during_a_test_starts_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    rig: FakeRig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_self: GpioSource) -> dict[str, Reading]:
        begun.set()
        await may_end.wait()
        return {}

    monkeypatch.setattr(GpioSource, "async_probe", slow)
    walk = await Walk.through_a_part(hass, entry, "roof")
    testing = hass.async_create_task(walk.pick("check"))
    await begun.wait()
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    await asyncio.sleep(0.05)
    may_end.set()
    assert await unloading
    await testing
    assert "no reading yet" in walk.shown["description_placeholders"]["results"]
    assert len(rig.kernel.requests) == 0
