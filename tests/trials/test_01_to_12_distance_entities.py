"""Distance sensors that others built: what they sent, and what has to come out."""

from itertools import cycle, islice
import random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from tests.integration.lots import LOT_ID, bay, gate, lot, node, set_up
from tests.integration.walk import UNTOUCHED, Walk
from tests.trials.field import ECHO, Field


async def test_01_beyond_the_floor_is_not_empty(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"] * 10)
    assert field.state == STATE_OFF
    await field.hear(["4.5"] * 15)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "floor_not_seen"}
    await field.hear(["4.5"] * 10)
    assert field.faulty == {"A01": "miscalibrated"}


async def test_01_beyond_the_floor_and_never_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer, empty_m=3.8)
    await field.hear(["3.8"] * 10)
    await field.hear(["4.3", "4.32", "4.6", "4.62", "4.9", "4.92"] * 5)
    assert field.faulty == {"A01": "floor_not_seen"}


async def test_01_the_same_said_once(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"])
    await field.wait(60)
    assert field.state == STATE_OFF
    await field.hear(["4.5"])
    await field.wait(15)
    assert field.state == STATE_UNAVAILABLE


async def test_02_a_car_under_nothing_is_no_car_for_ever(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["1.2"] * 10)
    assert field.state == STATE_ON
    await field.hear(["8.0"] * 3590)
    assert field.state == STATE_ON
    await field.hear(["8.0"] * 11)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "no_target"}


async def test_03_without_an_empty_distance_nothing_is_known(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    field = await Field.of(hass, freezer, empty_m=None)
    await field.hear(["2.31"] * 60)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "miscalibrated"}
    await field.hear(["2.31"] * 600)
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01")
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == ("bay_uncalibrated", True)
    assert issue.translation_placeholders == {"lot": "Garage", "bay": "A01", "measured": "2.31"}


async def test_03_the_form_asks_what_an_empty_bay_gives(hass: HomeAssistant) -> None:
    entry = lot(node("Field", [bay("A01", 0.0, entity_id="binary_sensor.eye")], "entities"))
    await set_up(hass, entry)
    hass.states.async_set(ECHO, "2.31", {"unit_of_measurement": "m"})
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="entities")
    sections = {str(key): one for key, one in walk.shown["data_schema"].schema.items()}
    asked = {str(key) for key in sections["distance_sensors"].schema.schema}
    assert {"empty_is", "nothing_m", "range_m", "blind_m"} == asked
    await walk.fill(name="Yard", **UNTOUCHED)
    await walk.pick("text")
    await walk.fill(text=f"label,x,y,entity_id\nB01,50,0,{ECHO}")
    await walk.pick("check")
    # Saved as it is, the bay would be unknown for ever.
    assert walk.options == ["save_measured", "check", "bays"]
    await walk.pick("save_measured")
    (yard,) = [one for one in entry.subentries.values() if one.title == "Yard"]
    assert yard.data["bays"][0]["empty_m"] == 2.31


@pytest.mark.parametrize("nothing", ["unknown", "nan", "inf", "-1", "0", "8.0", "4.5"])
async def test_04_no_value_is_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, nothing: str
) -> None:
    field = await Field.of(hass, freezer, empty_m=None, empty_is="nothing", nothing_m=4.0)
    await field.hear(["1.2"] * 10)
    assert field.state == STATE_ON
    await field.hear([nothing] * 10)
    assert field.state == STATE_OFF


@pytest.mark.parametrize("every_s", [60.0, 1.5, 2.0, 5.0])
async def test_05_one_stray_value_is_no_vehicle(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, every_s: float
) -> None:
    field = await Field.of(hass, freezer)
    usual = ["2.5", "2.51"] * 10
    await field.hear([*usual, "0.5", *usual], every_s)
    assert set(field.seen[20:]) == {STATE_OFF}
    assert field.arrivals == 0


async def test_05b_the_last_word_of_a_sensor_that_speaks_of_changes_counts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"])
    await field.wait(3600, 10)
    assert field.state == STATE_OFF
    await field.hear(["1.0"])
    await field.wait(29)
    assert field.state == STATE_ON
    await field.hear(["2.5"])
    await field.wait(29)
    assert field.state == STATE_OFF


@pytest.mark.parametrize("hertz", [1, 2, 5])
@pytest.mark.parametrize("before", ["2.5", "1.0"])
async def test_05b_after_a_minute_of_flipping_the_last_word_counts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hertz: int, before: str
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear([before] * 20)
    await field.hear(["1.0", "2.5"] * (30 * hertz), 1 / hertz)
    await field.hear(["2.5"])
    await field.wait(29)
    assert field.state == STATE_OFF
    assert field.arrivals <= 3


async def test_06_one_sight_of_the_floor_frees_no_bay(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["1.00"] * 20, 2)
    await field.hear(["2.5", *["1.00"] * 20], 2)
    assert set(field.seen[10:]) == {STATE_ON}


async def test_07_a_lost_echo_now_and_then_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(islice(cycle([*["2.5"] * 19, "unknown"]), 600))
    assert set(field.seen[10:]) == {STATE_OFF}


async def test_08_a_walker_under_a_fast_sensor_is_no_vehicle(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"] * 160, 1 / 16)
    assert field.state == STATE_OFF
    await field.hear([*["0.9"] * 13, *["2.5"] * 160], 1 / 16)
    assert set(field.seen[160:]) == {STATE_OFF}
    assert field.arrivals == 0


async def test_09_a_parked_car_that_is_reported_unchanged_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["1.01"] * 1440, 5)
    await field.hear(["2.5", *["1.01"] * 10], 5)
    assert set(field.seen[10:]) == {STATE_ON}


@pytest.mark.parametrize("pair", [("0.05", "unknown"), ("0.75", "4.5")])
async def test_10_contradictions_are_neither(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    pair: tuple[str, str],
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"] * 20)
    await field.hear(pair * 450)
    assert field.state == STATE_UNAVAILABLE
    assert field.faulty == {"A01": "contradictory"}
    assert field.changes <= 3
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01") is not None
    await field.hear(["2.5"] * 40)
    assert field.state == STATE_OFF
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_a01") is None


async def test_10_a_sensor_that_hears_only_noise_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    field = await Field.of(hass, freezer)
    await field.hear(["1.0"] * 20)
    chance = random.Random(1)
    await field.hear(f"{chance.uniform(0.3, 2.4):.3f}" for _ in range(60))
    assert field.faulty == {"A01": "noise"}


async def test_11_a_renamed_entity_is_followed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create("sensor", "demo", "1", suggested_object_id="echo")
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"] * 20)
    hass.states.async_remove(ECHO)
    entity_registry.async_update_entity(ECHO, new_entity_id="sensor.renamed")
    hass.states.async_set("sensor.renamed", "2.5", {"unit_of_measurement": "m"})
    await field.wait(20)
    field.entity_id = "sensor.renamed"
    for _ in range(20):
        hass.states.async_set("sensor.renamed", "1.0", {"unit_of_measurement": "m"})
        await field.wait(1)
    assert field.state == STATE_ON
    entry = hass.config_entries.async_get_entry(LOT_ID)
    assert entry is not None
    assert entry.subentries["field"].data["bays"][0]["entity_id"] == "sensor.renamed"


async def test_11_a_disabled_entity_is_told_at_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    issue_registry: ir.IssueRegistry,
) -> None:
    entity_registry.async_get_or_create("sensor", "demo", "1", suggested_object_id="echo")
    field = await Field.of(hass, freezer)
    await field.hear(["2.5"] * 20)
    entity_registry.async_update_entity(ECHO, disabled_by=er.RegistryEntryDisabler.USER)
    hass.states.async_remove(ECHO)
    await hass.async_block_till_done()
    assert field.faulty == {"A01": "missing"}
    issue = issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_missing")
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders == {"lot": "Garage", "node": "Field", "entities": ECHO}
    entity_registry.async_update_entity(ECHO, disabled_by=None)
    await field.hear(["2.5"] * 20)
    assert field.state == STATE_OFF
    assert issue_registry.async_get_issue(DOMAIN, f"{LOT_ID}_field_missing") is None


async def test_12_what_the_node_says_of_itself_is_taken_again(hass: HomeAssistant) -> None:
    hass.states.async_set(ECHO, "6.0", {"unit_of_measurement": "m"})
    entry = lot(node("Field", [bay("A01", 0.0, entity_id=ECHO)], "entities"), gate("Main"))
    await set_up(hass, entry)
    walk = await Walk.through_a_part(hass, entry, "field")
    await walk.pick("check", "save_measured")
    assert entry.subentries["field"].data["bays"][0]["empty_m"] == 6.0
    walk = await Walk.through_a_part(hass, entry, "field")
    await walk.pick("text")
    text = walk.suggested["text"]
    assert text.splitlines()[1].endswith(",6.0")
    await walk.fill(text=text)
    assert walk.step == "bays"
    await walk.pick("check", "save")
    assert entry.subentries["field"].data["bays"][0]["empty_m"] == 6
