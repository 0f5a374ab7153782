"""A newcomer sets up a lot, in one go."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.sources import banked
from tests.integration.clock import until
from tests.integration.lots import device_of, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import UNTOUCHED, Walk
from tests.kernel.rig import FakeRig

ROW = {
    "prefix": "A",
    "first_number": 1,
    "count": 3,
    "kind": "standard",
    "level": "1",
    "x": 0.0,
    "y": 0.0,
    "spacing": 5.0,
    "direction": "x",
}
GATE = {"name": "Main", "level": "1", "x": 0.0, "y": 0.0}


def wire(rig: FakeRig, pairs: int, first: int = 4) -> None:
    """Wire empty bays, trigger and echo by turns."""
    width_ns = round(2.0 * 2.5 / speed_of_sound(20.0) * 1e9)
    for number in range(pairs):
        rig.sensor(first + 2 * number + 1, first + 2 * number, width_ns)


def only_lot(hass: HomeAssistant) -> SmartParkingConfigEntry:
    entries: list[SmartParkingConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    assert len(entries) == 1
    return entries[0]


async def test_a_lot_on_this_raspberry_pi(
    hass: HomeAssistant, rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banked, "PERIOD_S", 0.2)
    wire(rig, 3)
    walk = await Walk.to_a_lot(hass)
    assert walk.step == "user"
    await walk.fill(name="Garage")
    assert walk.step == "node"
    await walk.fill(source="gpio")
    assert walk.step == "settings"
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0)
    assert walk.options == ["row", "table", "text"]
    await walk.pick("row")
    await walk.fill(**ROW, first_pin=4, empty_m=2.6)
    assert walk.shown["description_placeholders"] == {
        "count": "3",
        "labels": "A01, A02, A03",
        "found": "",
    }
    await walk.pick("check")
    assert walk.step == "checked"
    assert walk.shown["description_placeholders"]["answered"] == "3"
    assert "**A02**: 2.50 m" in walk.shown["description_placeholders"]["results"]
    await walk.pick("save_measured")
    assert walk.step == "gate"
    assert walk.suggested == {"level": "1"}
    await walk.fill(**GATE)
    assert walk.step == "create_entry"

    entry = only_lot(hass)
    assert entry.title == "Garage"
    assert entry.state is ConfigEntryState.LOADED
    roof, main = entry.subentries.values()
    assert [(one["trigger"], one["echo"]) for one in roof.data["bays"]] == [(4, 5), (6, 7), (8, 9)]
    assert [one["empty_m"] for one in roof.data["bays"]] == pytest.approx([2.5] * 3, abs=0.001)
    assert (main.title, main.subentry_type) == ("Main", "gate")
    states = hass.states
    await until(hass, lambda: states.is_state("sensor.main_nearest_free_bay", "A01"))


async def test_a_whole_header_has_pins_for_13_bays(hass: HomeAssistant) -> None:
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="gpio")
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0)
    await walk.pick("row")
    await walk.fill(**{**ROW, "count": 14})
    assert walk.errors == {"first_pin": "out_of_pins"}
    # The plan is there, too.
    assert {"count": "14", "fit": "13"}.items() <= walk.shown["description_placeholders"].items()
    await walk.fill(**{**ROW, "count": 13})
    assert walk.step == "bays"


async def test_a_lot_made_of_entities(hass: HomeAssistant) -> None:
    for number in range(3):
        hass.states.async_set(f"binary_sensor.eye_{number}", STATE_OFF)
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage", temperature_entity="sensor.roof")
    await walk.fill(source="entities")
    await walk.fill(name=" ", **UNTOUCHED)
    await walk.pick("row")
    await walk.fill(**ROW, entities=["binary_sensor.eye_0"])
    assert walk.errors == {"entities": "entity_count"}
    await walk.fill(**ROW, entities=["binary_sensor.eye_0"] * 3)
    assert walk.errors == {"entities": "entity_twice"}
    await walk.fill(**ROW, entities=[f"binary_sensor.eye_{number}" for number in range(3)])
    await walk.pick("check")
    assert walk.options == ["save", "check", "bays"]
    assert walk.shown["description_placeholders"]["results"].startswith("- **A01**: ")
    await walk.pick("save")
    await walk.fill(**GATE)
    entry = only_lot(hass)
    assert entry.data == {"temperature_entity": "sensor.roof"}
    assert [one.title for one in entry.subentries.values()] == ["Home Assistant entities", "Main"]
    states = hass.states
    await until(hass, lambda: states.is_state("sensor.main_nearest_free_bay", "A01"))


async def test_a_simulated_lot(hass: HomeAssistant) -> None:
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="simulated")
    await walk.fill(name="Demo", height_m=2.5, stay_min=60, occupancy=0, seed=1)
    await walk.pick("row")
    await walk.fill(**{**ROW, "direction": "y", "count": 70})
    assert walk.shown["description_placeholders"]["labels"].endswith("… A70")
    await walk.pick("check", "save")
    await walk.fill(**GATE)
    assert only_lot(hass).state is ConfigEntryState.LOADED


async def test_a_lot_needs_a_name_of_its_own(hass: HomeAssistant, hand: Hand) -> None:
    await set_up(hass, lot(node("North", row("A", 1)), title="Garage"))
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name=" ")
    assert walk.errors == {"name": "no_name"}
    await walk.fill(name="garage ")
    assert walk.errors == {"name": "name_taken"}
    await walk.fill(name="Garage 2")
    assert walk.step == "node"


async def test_sensors_that_cannot_be_asked_are_taken_as_they_are(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = lot(node("North", row("A", 2)))
    await set_up(hass, entry)
    walk = await Walk.through_a_part(hass, entry, "north")
    await walk.pick("check")
    assert walk.shown["description_placeholders"]["answered"] == "0"
    assert walk.shown["description_placeholders"]["results"] == (
        "- **A01**: no reading yet\n- **A02**: no reading yet"
    )
    await walk.pick("save")
    assert walk.step == "reconfigure_successful"


async def test_only_one_node_can_have_the_header(hass: HomeAssistant) -> None:
    bays = [{**one, "trigger": 4, "echo": 14} for one in row("A", 1)]
    field = node(
        "Field", [{**one, "entity_id": "binary_sensor.eye"} for one in row("F", 1)], "entities"
    )
    await set_up(hass, lot(gate("Main"), field, lot_id="other"))
    await set_up(hass, lot(node("Roof", bays, "gpio")))
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Other")
    await walk.fill(source="gpio")
    assert walk.errors == {"source": "only_one"}
    await walk.fill(source="entities")
    assert walk.step == "settings"


async def test_a_gate_is_asked_for_again(hass: HomeAssistant) -> None:
    hass.states.async_set("binary_sensor.eye", STATE_OFF)
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="entities")
    await walk.fill(name="Field", **UNTOUCHED)
    await walk.pick("row")
    await walk.fill(**{**ROW, "count": 1}, entities=["binary_sensor.eye"])
    await walk.pick("check", "save")
    await walk.fill(**{**GATE, "name": " "})
    assert walk.errors == {"name": "no_name"}
    await walk.fill(**GATE, distances="A01 = far")
    assert walk.errors == {"distances": "bad_distance"}
    assert walk.suggested["distances"] == "A01 = far"
    await walk.fill(**GATE, distances="A01 = 7")
    assert walk.step == "create_entry"


async def test_a_lot_is_changed(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 1)), gate("Main"), temperature_entity="sensor.roof")
    await set_up(hass, entry)
    await set_up(hass, lot(title="Other", lot_id="other"))
    walk = await Walk.through_a_lot(hass, entry)
    assert walk.suggested == {"name": "Garage", "temperature_entity": "sensor.roof"}
    await walk.fill(name="Other")
    assert walk.errors == {"name": "name_taken"}
    await walk.fill(name="Garage")
    assert walk.step == "reconfigure_successful"
    assert entry.data == {}
    walk = await Walk.through_a_lot(hass, entry)
    await walk.fill(name="Town hall")
    device = device_of(hass)
    assert device is not None
    assert device.name == "Town hall"
    assert hand["North"].stops == 0


async def test_a_gate_is_added_and_changed(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)))
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    assert walk.suggested == {"level": "1"}
    await walk.fill(**{**GATE, "name": ""})
    assert walk.errors == {"name": "no_name"}
    await walk.fill(**GATE, distances="A01")
    assert walk.errors == {"distances": "bad_distance"}
    await walk.fill(**GATE)
    assert walk.step == "create_entry"
    (main,) = entry.get_subentries_of_type("gate")
    assert main.title == "Main"
    assert main.data == {"level": "1", "x": 0.0, "y": 0.0}

    hand.settle("North", A01=2.5, A02=2.5)
    walk = await Walk.through_a_part(hass, entry, main.subentry_id)
    assert walk.suggested["name"] == "Main"
    await walk.fill(**{**GATE, "name": "Back", "x": 9.0})
    assert walk.step == "reconfigure_successful"
    assert said(hass, main.subentry_id, "nearest") == "A02"


async def test_two_gates_are_told_apart_by_their_names(hass: HomeAssistant) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"), gate("Back"))
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    await walk.fill(**{**GATE, "name": " main "})
    assert walk.errors == {"name": "gate_taken"}
    await walk.fill(**{**GATE, "name": "Side"})
    assert walk.step == "create_entry"

    walk = await Walk.through_a_part(hass, entry, "back")
    await walk.fill(**{**GATE, "name": "MAIN"})
    assert walk.errors == {"name": "gate_taken"}
    await walk.fill(**{**GATE, "name": "back"})
    assert walk.step == "reconfigure_successful"


async def test_a_lot_without_nodes_can_have_a_gate(hass: HomeAssistant) -> None:
    entry = lot()
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    assert walk.suggested == {}
    await walk.fill(**GATE)
    assert walk.step == "create_entry"


async def test_a_lot_is_drawn_from_its_name_on(hass: HomeAssistant) -> None:
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    assert walk.step == "node"
    (source,) = walk.shown["data_schema"].schema.values()
    offered = [option["value"] for option in source.config["options"]]
    assert offered[0] == "drawn"
    assert "unequipped" not in offered
    await walk.fill(source="drawn")
    assert walk.step == "create_entry"
    assert walk.shown["description_placeholders"] == {"url": "/smart-parking-editor"}
    entry = only_lot(hass)
    assert entry.title == "Garage"
    assert entry.state is ConfigEntryState.LOADED
    assert not entry.subentries
