"""Pins that are in use, chips that are not there, and levels that no bay is on."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from tests.integration.clock import until
from tests.integration.lots import bay, gate, lot, node, said, set_up
from tests.integration.sources.driven import Hand
from tests.integration.test_config_flow import GATE, ROW
from tests.integration.walk import Walk
from tests.kernel.rig import FakeRig

EMPTY_NS = round(2.0 * 2.5 / speed_of_sound(20.0) * 1e9)


def roof(lot_id: str, trigger: int, echo: int, **settings: str) -> SmartParkingConfigEntry:
    """Return a lot of one bay on the header, or on another chip."""
    bays = [bay("A01", 0.0, trigger=trigger, echo=echo)]
    return lot(node("Roof", bays, "gpio", **settings), gate("Main"), lot_id=lot_id, title=lot_id)


def sentence(entry: SmartParkingConfigEntry) -> str:
    """Return why a lot is not at work."""
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None
    return entry.reason


async def test_28_two_lots_that_share_a_trigger(hass: HomeAssistant, rig: FakeRig) -> None:
    await set_up(hass, roof("one", 4, 14))
    two = roof("two", 4, 15)
    await set_up(hass, two)
    told = sentence(two)
    assert told.startswith("GPIO4 is in use already")
    assert not {"{", "}"} & set(told)


@pytest.mark.parametrize("consumer", ["", "?"])
async def test_28_a_line_that_somebody_without_a_name_has(
    hass: HomeAssistant, rig: FakeRig, consumer: str
) -> None:
    entry = roof("one", 4, 14)
    with rig.occupy(14, consumer):
        await set_up(hass, entry)
    assert sentence(entry) == (
        "GPIO14 is in use already, and whoever uses it has given no name. "
        "Free it there, or choose another pin"
    )


async def to_the_settings(hass: HomeAssistant) -> Walk:
    """Choose the header for a new lot."""
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    assert walk.step == "node"
    return walk


def choices(walk: Walk) -> dict[str, str]:
    """Return the kinds of sensors as they are offered."""
    (field,) = walk.shown["data_schema"].schema.values()
    return {option["value"]: option["label"] for option in field.config["options"]}


async def test_28_without_a_chip_that_is_said_where_the_kind_is_chosen(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    assert "none" not in choices(await to_the_settings(hass))["gpio"]
    rig.unplug()
    walk = await to_the_settings(hass)
    assert choices(walk)["gpio"].endswith(": this machine has none")
    assert choices(walk)["entities"] == "Entities that Home Assistant has already"
    await walk.fill(source="gpio")
    told = walk.shown["description_placeholders"]["lacking"]
    assert "This machine has no GPIO chip." in told
    assert "save the node without a test" in told


async def test_28_what_is_not_wired_yet_can_be_saved_and_measures_when_it_is(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    rig.sensor(5, 4, EMPTY_NS)
    rig.unplug()
    walk = await to_the_settings(hass)
    await walk.fill(source="gpio")
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0)
    await walk.pick("row")
    await walk.fill(**{**ROW, "count": 1}, first_pin=4, empty_m=2.5)
    await walk.pick("check")
    assert walk.errors == {"base": "no_chip"}
    await walk.fill(next="save")
    await walk.fill(**GATE)
    assert walk.step == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    rig.plug()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: hass.states.is_state("sensor.garage_free_bays", "1"))


async def test_28_without_an_empty_distance_nothing_is_saved(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    rig.unplug()
    walk = await to_the_settings(hass)
    await walk.fill(source="gpio")
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0)
    await walk.pick("text")
    await walk.fill(text="label,x,y,trigger,echo\nA01,0,0,4,14")
    await walk.pick("check")
    (field,) = walk.shown["data_schema"].schema.values()
    assert field.config["options"] == ["again", "bays"]


@pytest.mark.parametrize("by", ["label", "path"])
async def test_28_another_chip_can_be_chosen(hass: HomeAssistant, rig: FakeRig, by: str) -> None:
    rig.relabel("pca9698", 40)
    rig.sensor(33, 1, EMPTY_NS)
    walk = await to_the_settings(hass)
    assert choices(walk)["gpio"].endswith("no such header")
    await walk.fill(source="gpio")
    assert "pca9698" in walk.shown["description_placeholders"]["lacking"]
    chip = "pca9698" if by == "label" else rig.path
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0, chip=chip)
    await walk.pick("text")
    await walk.fill(text="label,level,x,y,trigger,echo,empty_m\nA01,1,0,0,1,33,2.5")
    await walk.pick("check")
    assert walk.shown["description_placeholders"]["answered"] == "1"
    await walk.pick("save")
    await walk.fill(**GATE)
    await until(hass, lambda: hass.states.is_state("sensor.garage_free_bays", "1"))


async def test_28_lines_are_given_from_the_chosen_chips_first_one(
    hass: HomeAssistant, rig: FakeRig
) -> None:
    rig.relabel("pca9698", 40)
    walk = await to_the_settings(hass)
    await walk.fill(source="gpio")
    await walk.fill(name="Roof", range_m=4.0, hearing_m=4.0, chip="pca9698")
    await walk.pick("row")
    await walk.fill(**ROW, trigger_pins=["ten"])
    assert walk.errors == {"trigger_pins": "pin_number"}
    await walk.fill(**ROW)
    await walk.pick("text")
    pins = [line.split(",")[-3:-1] for line in walk.suggested["text"].split()[1:]]
    assert pins == [["0", "1"], ["2", "3"], ["4", "5"]]


async def test_28_a_chosen_chip_that_is_gone_is_named(hass: HomeAssistant, rig: FakeRig) -> None:
    entry = roof("one", 4, 14, chip="pca9698")
    await set_up(hass, entry)
    assert "pca9698" in sentence(entry)
    assert "is not there" in sentence(entry)


@pytest_asyncio.fixture(name="tall")
async def tall_fixture(hass: HomeAssistant, hand: Hand) -> AsyncIterator[SmartParkingConfigEntry]:
    """Set up a lot with bays on levels 0 and 1."""
    bays = [bay("A01", 0.0, level="0"), bay("B01", 0.0, level="1")]
    entry = lot(node("North", bays), gate("Main", level="0"))
    await set_up(hass, entry)
    yield entry


async def test_30_a_gate_on_a_level_without_bays_is_asked_about(
    hass: HomeAssistant, tall: SmartParkingConfigEntry
) -> None:
    walk = await Walk.to_a_part(hass, tall, "gate")
    await walk.fill(**{**GATE, "name": "Side", "level": "Ground"})
    assert walk.errors == {"level": "gate_level"}
    placeholders = walk.shown["description_placeholders"]
    assert (placeholders["level"], placeholders["levels"]) == ("Ground", "0, 1")
    await walk.fill(**{**GATE, "name": "Side", "level": "Ground", "new_level": False})
    assert walk.errors == {"level": "gate_level"}
    await walk.fill(**{**GATE, "name": "Side", "level": "0"})
    assert walk.step == "create_entry"
    assert [one.data["level"] for one in tall.get_subentries_of_type("gate")] == ["0", "0"]


async def test_30_a_new_level_is_said_on_purpose_and_only_once(
    hass: HomeAssistant, tall: SmartParkingConfigEntry
) -> None:
    walk = await Walk.to_a_part(hass, tall, "gate")
    await walk.fill(**{**GATE, "name": "Side", "level": "Ground"})
    await walk.fill(**{**GATE, "name": "Side", "level": "Ground", "new_level": True})
    assert walk.step == "create_entry"
    side = next(one for one in tall.subentries.values() if one.title == "Side")
    assert side.data == {"level": "Ground", "x": 0.0, "y": 0.0}
    walk = await Walk.through_a_part(hass, tall, side.subentry_id)
    await walk.fill(**{**GATE, "name": "Side", "level": "Ground", "x": 3.0})
    assert walk.step == "reconfigure_successful"


async def test_30_levels_are_offered_in_their_order(
    hass: HomeAssistant, tall: SmartParkingConfigEntry
) -> None:
    bays = [bay(f"C{n}", 5.0 * n, level=level) for n, level in enumerate(["Roof", "10", "-1", "2"])]
    await set_up(hass, lot(node("South", bays), lot_id="other", title="Other"))
    other = hass.config_entries.async_get_known_entry("other")
    walk = await Walk.to_a_part(hass, other, "gate")
    field = next(one for name, one in walk.shown["data_schema"].schema.items() if name == "level")
    assert field.config["options"] == ["-1", "2", "10", "Roof"]


@pytest.mark.parametrize("written", ["roof", " ROOF ", "Roof"])
async def test_30_a_level_is_written_as_it_is_elsewhere(
    hass: HomeAssistant, hand: Hand, written: str
) -> None:
    entry = lot(node("North", [bay("A01", 0.0, level="Roof")]))
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    await walk.fill(**{**GATE, "level": written})
    assert walk.step == "create_entry"
    (main,) = entry.get_subentries_of_type("gate")
    assert main.data["level"] == "Roof"
    hand.settle("North", A01=2.5)
    await hass.async_block_till_done()
    assert said(hass, main.subentry_id, "nearest") == "A01"

    walk = await Walk.through_options(hass, entry)
    await walk.pick("ways")
    await walk.fill(lanes=[{"level": written, "points": "0,5; 9,5"}])
    assert entry.options["lanes"][0]["level"] == "Roof"


async def test_30_levels_in_one_text_are_written_alike(hass: HomeAssistant) -> None:
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="simulated")
    await walk.fill(name="Demo", height_m=2.5, stay_min=60, occupancy=0, seed=1)
    await walk.pick("text")
    await walk.fill(text="label,level,x,y\nA01,Deck,0,0\nA02,deck,5,0\nA03,DECK,0,0")
    assert walk.errors == {"text": "same_place"}
    await walk.fill(text="label,level,x,y\nA01,Deck,0,0\nA02,deck,5,0")
    await walk.pick("check", "save")
    await walk.fill(**{**GATE, "level": "Deck"})
    assert walk.step == "create_entry"


async def test_30_also_when_the_lot_is_set_up(hass: HomeAssistant) -> None:
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="simulated")
    await walk.fill(name="Demo", height_m=2.5, stay_min=60, occupancy=0, seed=1)
    await walk.pick("row")
    await walk.fill(**ROW)
    await walk.pick("check", "save")
    await walk.fill(**{**GATE, "level": "Ground"})
    assert walk.errors == {"level": "gate_level"}
    await walk.fill(**{**GATE, "level": "Ground", "new_level": True})
    assert walk.step == "create_entry"
