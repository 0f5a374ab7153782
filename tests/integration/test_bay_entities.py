"""What the bays of a large lot have in Home Assistant, and that nothing is missing without it."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.smart_parking import bay_entities, coordinator as heart, entity as entities
from custom_components.smart_parking.bay_entities import BayEntities, BayEntityPlan, BayNumbers
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.hcsr04.simulator.bay import Presence
from custom_components.smart_parking.lot.model import BayState
from custom_components.smart_parking.permissions import Caller
from custom_components.smart_parking.sources.simulated import SimulatedSource
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    bay,
    change,
    data_of,
    device_id,
    device_of,
    entry_of,
    gate,
    look,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand
from tests.integration.test_services import let_it_begin
from tests.integration.walk import Walk

BAYS = [bay("A01", 0.0), bay("A02", 2.5), bay("E01", 5.0, kind="ev"), bay("U01", 7.5, level="")]
KEYS = ("occupancy", "out_of_service", "distance")


async def set_up_lot(
    hass: HomeAssistant, hand: Hand, choice: str | None = None, *, switches: bool = False
) -> SmartParkingConfigEntry:
    """Set up a lot of four vacant bays of which their owner has chosen what they have."""
    entry = lot(node("North", BAYS), gate("Main"))
    if choice is not None:
        options = {"bay_entities": choice, "bay_switches": switches}
        object.__setattr__(entry, "options", options)
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, E01=EMPTY_M, U01=EMPTY_M)
    await hass.async_block_till_done()
    return entry


async def choose(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    choice: str,
    *,
    switches: bool = False,
) -> None:
    """Choose something else in the lot's options."""
    walk = await Walk.through_options(hass, entry)
    await walk.pick("entities")
    await walk.fill(bay_entities=choice, bay_switches=switches)
    assert walk.step == "create_entry"
    await hass.async_block_till_done()
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, E01=EMPTY_M, U01=EMPTY_M)
    await hass.async_block_till_done()


def have(hass: HomeAssistant, key: str) -> list[str]:
    """Return the bays that have one of the entities."""
    bay_ids = [str(one["bay_id"]) for one in BAYS]
    return [one for one in bay_ids if entry_of(hass, one, key)]


# What there is.


async def test_each_bay_is_a_device_unless_the_owner_chooses(
    hass: HomeAssistant, hand: Hand
) -> None:
    await set_up_lot(hass, hand)
    for key in KEYS:
        assert have(hass, key) == ["a01", "a02", "e01", "u01"]
    assert device_of(hass, "a01") is not None
    assert look(hass, "a01", "occupancy").entity_id == "binary_sensor.garage_bay_a01"
    assert look(hass, "a01", "occupancy").name == "Garage A01"
    switch = look(hass, "a01", "out_of_service")
    assert switch.entity_id == "switch.garage_bay_a01_out_of_service"
    distance = entry_of(hass, "a01", "distance")
    assert distance is not None
    assert distance.entity_id == "sensor.garage_bay_a01_distance"


async def test_bays_are_entities_of_their_level(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "all")
    assert have(hass, "occupancy") == ["a01", "a02", "e01", "u01"]
    assert have(hass, "out_of_service") == have(hass, "distance") == []
    assert all(device_of(hass, str(one["bay_id"])) is None for one in BAYS)
    level = device_of(hass, "north_level_1")
    assert level is not None
    assert level.name == "Garage level 1"
    found = entry_of(hass, "a01", "occupancy")
    assert found is not None
    assert found.device_id == level.id
    assert look(hass, "a01", "occupancy").entity_id == "binary_sensor.garage_bay_a01"
    assert look(hass, "a01", "occupancy").name == "Garage level 1 A01"
    assert look(hass, "u01", "occupancy").name == "Garage bays U01"
    assert said(hass, "a01", "occupancy") == STATE_OFF
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_their_switches_and_distances_come_when_they_are_wanted(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = await set_up_lot(hass, hand, "all", switches=True)
    assert look(hass, "a01", "out_of_service").name == "Garage level 1 A01 Out of service"
    distance = entry_of(hass, "a01", "distance")
    assert distance is not None
    assert distance.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    switch = {ATTR_ENTITY_ID: look(hass, "a01", "out_of_service").entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, switch, blocking=True)
    assert entry.runtime_data.lot["a01"].state is BayState.OUT_OF_SERVICE


async def test_only_special_bays_have_a_sensor(hass: HomeAssistant, hand: Hand) -> None:
    entry = await set_up_lot(hass, hand, "special")
    assert have(hass, "occupancy") == ["e01"]
    # A bay that becomes special has one from then on, and one that is no longer has none.
    now = [{**one, "kind": "ev" if one["bay_id"] == "a01" else "standard"} for one in BAYS]
    await change(hass, entry, "north", bays=now)
    assert have(hass, "occupancy") == ["a01"]
    assert device_of(hass, "north_level_") is None
    assert look(hass, "a01", "occupancy").name == "Garage level 1 A01"


async def test_no_bay_has_a_sensor_and_the_lot_works(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "none")
    assert all(have(hass, key) == [] for key in KEYS)
    registry = dr.async_get(hass)
    assert dr.async_child_entries_for_config_entry(registry, LOT_ID) == []
    assert said(hass, "free") == "4"
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert said(hass, "free") == "3"
    assert said(hass, "main", "nearest") == "A02"


async def test_a_choice_of_another_version_counts_for_none(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "floors")
    assert device_of(hass, "a01") is not None


# Choosing anew.


async def test_entities_are_kept_when_they_move(hass: HomeAssistant, hand: Hand) -> None:
    entry = await set_up_lot(hass, hand)
    registry = er.async_get(hass)
    registry.async_update_entity(
        "binary_sensor.garage_bay_a01", new_entity_id="binary_sensor.corner"
    )
    before = entry_of(hass, "a01", "occupancy")
    await choose(hass, hand, entry, "all")
    after = entry_of(hass, "a01", "occupancy")
    assert before is not None
    assert after is not None
    assert (after.id, after.entity_id) == (before.id, "binary_sensor.corner")
    assert after.device_id == device_id(hass, "north_level_1")
    assert have(hass, "out_of_service") == []
    assert device_of(hass, "a01") is None
    assert said(hass, "a01", "occupancy") == STATE_OFF

    await choose(hass, hand, entry, "devices")
    again = entry_of(hass, "a01", "occupancy")
    assert again is not None
    assert (again.id, again.entity_id) == (before.id, "binary_sensor.corner")
    assert again.device_id == device_id(hass, "a01")
    assert device_of(hass, "north_level_1") is None
    assert have(hass, "out_of_service") == ["a01", "a02", "e01", "u01"]
    assert look(hass, "a01", "occupancy").name == "Garage A01"


async def test_a_closed_bay_stays_closed_when_its_switch_goes(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = await set_up_lot(hass, hand)
    await close(hass, "A02")
    await choose(hass, hand, entry, "none")
    assert entry.runtime_data.lot["a02"].out_of_service


async def test_the_same_choice_again_loads_nothing_anew(hass: HomeAssistant, hand: Hand) -> None:
    entry = await set_up_lot(hass, hand, "all")
    at_work = data_of(hass)
    await choose(hass, hand, entry, "all")
    assert data_of(hass) is at_work


async def test_a_bay_without_a_device_is_renamed_moved_and_removed(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = await set_up_lot(hass, hand, "all")
    before = entry_of(hass, "a01", "occupancy")
    renamed = {**bay("Z9", 0.0, level="2"), "bay_id": "a01"}
    await change(hass, entry, "north", bays=[renamed, *BAYS[1:3]])
    after = entry_of(hass, "a01", "occupancy")
    assert before is not None
    assert after is not None
    assert (after.id, after.entity_id) == (before.id, before.entity_id)
    assert after.device_id == device_id(hass, "north_level_2")
    assert look(hass, "a01", "occupancy").name == "Garage level 2 Z9"
    assert entry_of(hass, "u01", "occupancy") is None
    assert device_of(hass, "north_level_") is None


async def test_what_was_deleted_while_the_lot_was_not_at_work_goes(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = await set_up_lot(hass, hand, "all")
    assert await hass.config_entries.async_unload(LOT_ID)
    await change(hass, entry, "north", bays=BAYS[:3])
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done()
    assert have(hass, "occupancy") == ["a01", "a02", "e01"]
    assert device_of(hass, "north_level_") is None


async def test_a_deleted_lot_leaves_nothing(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "all")
    await hass.config_entries.async_remove(LOT_ID)
    await hass.async_block_till_done()
    assert er.async_entries_for_config_entry(er.async_get(hass), LOT_ID) == []
    registry = dr.async_get(hass)
    assert dr.async_entries_for_config_entry(registry, LOT_ID) == []
    assert dr.async_child_entries_for_config_entry(registry, LOT_ID) == []


# Names.


async def test_the_same_label_in_two_lots_is_told_apart(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand)
    harbour = lot(node("North", BAYS), gate("Main"), title="Harbour", lot_id="harbour")
    assert await set_up(hass, harbour)
    registry = er.async_get(hass)
    names = {
        one.entity_id: er.async_get_full_entity_name(hass, one)
        for one in registry.entities.values()
        if one.unique_id.endswith("_a01_occupancy")
    }
    assert names == {
        "binary_sensor.garage_bay_a01": "North Garage A01",
        "binary_sensor.harbour_bay_a01": "North Harbour A01",
    }


async def test_a_device_that_was_there_is_called_as_it_was_until_there_is_another_lot(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = await set_up_lot(hass, hand)
    registry = dr.async_get(hass)
    registry.async_update_child_device(device_id(hass, "a01"), name="Bay A01")
    assert await hass.config_entries.async_reload(LOT_ID)
    await hass.async_block_till_done()
    names = [device_of(hass, one) for one in ("a01", "a02")]
    assert [one and one.name for one in names] == ["Bay A01", "Garage A02"]

    other = lot(node("South", [bay("A01", 0.0)]), title="Harbour", lot_id="harbour")
    assert await set_up(hass, other)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    device = device_of(hass, "a01")
    assert device is not None
    assert device.name == "Garage A01"


@pytest.mark.parametrize("choice", ["devices", "all"])
async def test_bays_are_called_after_the_lot_when_that_is_renamed(
    hass: HomeAssistant, hand: Hand, choice: str
) -> None:
    entry = await set_up_lot(hass, hand, choice)
    hass.config_entries.async_update_entry(entry, title="Harbour")
    await hass.async_block_till_done()
    expected = {"devices": "Harbour A01", "all": "Harbour level 1 A01"}
    found = entry_of(hass, "a01", "occupancy")
    assert found is not None
    assert er.async_get_legacy_friendly_name(hass, found) == expected[choice]
    assert found.entity_id == "binary_sensor.garage_bay_a01"


# As many as Home Assistant allows.


async def test_what_home_assistant_would_refuse_is_left_out_and_told(
    hass: HomeAssistant,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(entities, "ENTITIES_MAX", 103)
    entry = await set_up_lot(hass, hand)
    left = [one for key in KEYS[:2] for one in BAYS if str(one["bay_id"]) not in have(hass, key)]
    assert left
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_left_out")
    assert issue is not None
    assert issue.translation_key == "too_many_entities"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["lot"] == "Garage"
    assert issue.translation_placeholders["bays"] == "4"
    assert "Reached the maximum" not in caplog.text

    await choose(hass, hand, entry, "none")
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_left_out") is None
    # What exists stays, however many there are.
    monkeypatch.setattr(entities, "ENTITIES_MAX", 10_000)
    await choose(hass, hand, entry, "all")
    monkeypatch.setattr(entities, "ENTITIES_MAX", 0)
    assert await hass.config_entries.async_reload(LOT_ID)
    await hass.async_block_till_done()
    assert have(hass, "occupancy") == ["a01", "a02", "e01", "u01"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_left_out") is None


@pytest.mark.parametrize(
    ("bays", "special", "options", "before", "is_asked", "suggested"),
    [
        (200, 0, {}, 0, False, "devices"),
        (201, 0, {}, 0, True, "all"),
        (201, 0, {"bay_entities": "devices"}, 0, False, "devices"),
        # What stands stays as it is, unless it grows.
        (300, 0, {}, 300, False, "devices"),
        (301, 0, {}, 300, True, "devices"),
        (4950, 0, {}, 4950, False, "devices"),
        (4951, 0, {}, 4951, True, "all"),
        (9900, 0, {"bay_entities": "all"}, 9900, False, "all"),
        (9901, 50, {"bay_entities": "all"}, 9900, True, "special"),
        (20_000, 9901, {}, 0, True, "none"),
        (20_000, 5, {"bay_entities": "special"}, 0, False, "special"),
        (5000, 5, {"bay_entities": "all", "bay_switches": True}, 0, True, "all"),
    ],
)
def test_when_the_owner_is_asked_and_what_is_proposed(
    bays: int, special: int, options: dict[str, Any], before: int, *, is_asked: bool, suggested: str
) -> None:
    numbers = BayNumbers(bays, special)
    assert numbers.is_to_be_chosen(options, before) is is_asked
    plan = numbers.suggest(options, before)
    assert plan.choice == suggested
    assert numbers.fits(plan)


def test_what_does_not_fit_is_refused_in_numbers() -> None:
    numbers = BayNumbers(5000, 40)
    with pytest.raises(InvalidInputError) as refused:
        numbers.check(BayEntityPlan())
    assert refused.value.key == "too_many_entities"
    assert refused.value.placeholders == {
        "bays": "5000",
        "special": "40",
        "devices": "10000",
        "needed": "10100",
        "others": "100",
        "limit": "10000",
        "pleasant": "200",
    }
    numbers.check(BayEntityPlan(BayEntities.ALL))


# The forms.


def text(count: int, first: int = 1) -> str:
    """Return so many bays as an owner pastes them."""
    kinds = ["ev" if number % 10 == 0 else "standard" for number in range(first, first + count)]
    lines = [f"A{number:04d},{kind},1,{2.5 * number},0" for number, kind in enumerate(kinds, first)]
    return "\n".join(["label,kind,level,x,y", *lines])


SIMULATED = {"height_m": 2.5, "stay_min": 60.0, "occupancy": 0.0, "seed": 0}


@pytest.fixture(name="few")
def few_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a lot large with three bays, and full with twenty entities of them."""
    monkeypatch.setattr(bay_entities, "DEVICES_MAX", 3)
    monkeypatch.setattr(bay_entities, "ENTITIES_MAX", bay_entities.LOT_ENTITIES + 20)


async def walk_to_the_end(hass: HomeAssistant, bays: int) -> Walk:
    """Set up a lot of simulated bays, as far as its node is saved."""
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Harbour")
    await walk.fill(source="simulated")
    await walk.fill(name="Pi", **SIMULATED)
    await walk.pick("text")
    await walk.fill(text=text(bays))
    await walk.pick("check", "save")
    return walk


async def test_the_owner_of_a_small_lot_is_not_asked(hass: HomeAssistant, few: None) -> None:
    walk = await walk_to_the_end(hass, 3)
    assert walk.step == "gate"


async def test_the_owner_of_a_large_lot_chooses_before_it_is_saved(
    hass: HomeAssistant, few: None
) -> None:
    walk = await walk_to_the_end(hass, 12)
    assert walk.step == "entities"
    said_before = walk.shown["description_placeholders"]
    assert (said_before["bays"], said_before["special"]) == ("12", "1")
    assert (said_before["devices"], said_before["limit"]) == ("24", "120")
    await walk.fill(bay_entities="devices", bay_switches=False)
    assert walk.errors == {"bay_entities": "too_many_entities"}
    assert walk.shown["description_placeholders"]["needed"] == "124"
    await walk.fill(bay_entities="all", bay_switches=False)
    assert walk.step == "gate"
    await walk.fill(name="Main", level="1", x=0.0, y=0.0)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.options == {"bay_entities": "all", "bay_switches": False}
    of_lot = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert sum(one.unique_id.endswith("_occupancy") for one in of_lot) == 12 + 1
    assert not any(one.domain == SWITCH for one in of_lot)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_owner_chooses_when_a_node_makes_the_lot_large(
    hass: HomeAssistant, hand: Hand, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bay_entities, "DEVICES_MAX", 4)
    entry = await set_up_lot(hass, hand)
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="simulated")
    await walk.fill(name="Pi", **SIMULATED)
    await walk.pick("text")
    await walk.fill(text=text(9))
    await walk.pick("check", "save")
    assert walk.step == "entities"
    assert walk.shown["description_placeholders"]["bays"] == "13"
    await walk.fill(bay_entities="special", bay_switches=False)
    assert walk.step == "create_entry"
    await hass.async_block_till_done()
    assert entry.options["bay_entities"] == "special"
    assert have(hass, "occupancy") == ["e01"]
    assert len(entry.runtime_data.lot) == 13
    assert await hass.config_entries.async_unload(LOT_ID)


async def test_a_change_that_makes_no_lot_larger_asks_nothing(
    hass: HomeAssistant, hand: Hand, few: None
) -> None:
    entry = await set_up_lot(hass, hand)
    walk = await Walk.through_a_part(hass, entry, "north")
    await walk.pick("check", "save")
    assert walk.step == "reconfigure_successful"
    assert "bay_entities" not in entry.options


async def test_options_refuse_what_does_not_fit(hass: HomeAssistant, hand: Hand) -> None:
    entry = await set_up_lot(hass, hand)
    walk = await Walk.through_options(hass, entry)
    await walk.pick("entities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bay_entities, "ENTITIES_MAX", 105)
        await walk.fill(bay_entities="all", bay_switches=True)
    assert walk.errors == {"bay_entities": "too_many_entities"}
    await walk.fill(bay_entities="all", bay_switches=False)
    assert walk.step == "create_entry"


# Actions take bays by their labels.


async def close(hass: HomeAssistant, *labels: str, **more: object) -> None:
    """Take bays out of service."""
    await hass.services.async_call(
        DOMAIN, "set_out_of_service", {"bay": list(labels), **more}, blocking=True
    )


async def test_bays_without_switches_are_closed_and_opened(
    hass: HomeAssistant, hand: Hand, hass_storage: dict[str, Any]
) -> None:
    entry = await set_up_lot(hass, hand, "none")
    await close(hass, "a01", "E01")
    assert said(hass, "free") == "2"
    assert said(hass, "main", "nearest") == "A02"
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
    assert sorted(stored["out_of_service"]) == ["a01", "e01"]
    await close(hass, "A01", out_of_service=False, config_entry_id=LOT_ID)
    assert said(hass, "free") == "3"


async def test_closing_bays_is_not_for_everybody_and_not_for_any_bay(
    hass: HomeAssistant, hand: Hand, hass_read_only_user: User
) -> None:
    await set_up_lot(hass, hand, "none")
    with pytest.raises(ServiceValidationError) as refused:
        await close(hass, "A01", "Q7")
    assert refused.value.translation_key == "unknown_bay"
    assert said(hass, "free") == "4"
    with pytest.raises(vol.Invalid):
        await close(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "set_out_of_service",
            {"bay": "A01"},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_of_two_lots_it_has_to_be_said_which(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "none")
    other = lot(node("South", [bay("A01", 0.0)]), title="Harbour", lot_id="harbour")
    assert await set_up(hass, other)
    with pytest.raises(ServiceValidationError) as refused:
        await close(hass, "A01")
    assert refused.value.translation_key == "which_lot"
    await close(hass, "A01", config_entry_id="harbour")
    assert data_of(hass, "harbour").lot["a01"].out_of_service
    assert not data_of(hass).lot["a01"].out_of_service


async def test_simulated_bays_are_taken_by_label_or_level(hass: HomeAssistant) -> None:
    entry = lot(
        node("Pi", [*row("A", 2), bay("B01", 9.0, level="2")], "simulated", **SIMULATED),
        gate("Main"),
    )
    object.__setattr__(entry, "options", {"bay_entities": "all"})
    assert await set_up(hass, entry)
    source = entry.runtime_data.coordinator.nodes["pi"].source
    assert isinstance(source, SimulatedSource)

    async def park(**meant: object) -> list[str]:
        """Park, and return where vehicles stand now."""
        data = {"traffic": "park", **meant}
        await hass.services.async_call(DOMAIN, "set_simulation", data, blocking=True)
        return [
            one
            for one in ("a01", "a02", "b01")
            if source.world.truth(one).presence is not Presence.EMPTY
        ]

    assert await park(bay=["a02"]) == ["a02"]
    assert await park(device_id=device_id(hass, "pi_level_2")) == ["a02", "b01"]
    assert await park(device_id=[device_id(hass, "pi")]) == ["a01", "a02", "b01"]
    with pytest.raises(vol.Invalid):
        await park()
    with pytest.raises(ServiceValidationError):
        await park(device_id=[device_id(hass)])
    assert await hass.config_entries.async_unload(LOT_ID)


async def test_a_bay_is_calibrated_by_its_label(hass: HomeAssistant, hand: Hand) -> None:
    await set_up_lot(hass, hand, "none")
    asked = hass.async_create_task(
        hass.services.async_call(
            DOMAIN, "calibrate", {"bay": "A01"}, blocking=True, return_response=True
        )
    )
    await let_it_begin()
    for _ in range(30):
        hand.sweep("North", A01=2.4)
    await let_it_begin()
    answer = await asked
    assert answer is not None
    assert answer["failed"] == []
    assert list(answer["empty_distance"]) == ["A01"]  # type: ignore[arg-type]  # a dict


# Who may look.


async def test_for_bays_without_entities_stands_the_count_of_the_lot(
    hass: HomeAssistant, hand: Hand, hass_admin_user: MockUser
) -> None:
    entry = await set_up_lot(hass, hand, "special")

    def may_look(*entity_ids: str) -> bool:
        """Return whether somebody who may read some entities sees the lot."""
        hass_admin_user.groups = []
        hass_admin_user.mock_policy(
            {"entities": {"entity_ids": {one: {"read": True} for one in entity_ids}}}
        )
        return Caller(hass_admin_user).may_read(entry.runtime_data.coordinator)

    assert not may_look("binary_sensor.garage_bay_e01")
    assert not may_look("sensor.garage_free_bays")
    assert may_look("binary_sensor.garage_bay_e01", "sensor.garage_free_bays")


# Very many bays at once.


async def test_what_very_many_sensors_say_at_once_is_taken_in_step_by_step(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart, "AT_ONCE", 3)
    entry = lot(node("North", row("A", 8)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", **{f"A{number:02d}": EMPTY_M for number in range(1, 9)})
    # A change that comes meanwhile has its turn after what came before.
    hand.settle("North", A08=CAR_M)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said(hass, "free") == "7"
    assert said(hass, "a08", "occupancy") == STATE_ON


async def test_what_waits_is_remembered_when_the_lot_stops(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart, "AT_ONCE", 3)
    entry = lot(node("North", row("A", 8)), gate("Main"))
    assert await set_up(hass, entry)
    data = entry.runtime_data
    hand.settle("North", **{f"A{number:02d}": CAR_M for number in range(1, 9)})
    assert await hass.config_entries.async_unload(LOT_ID)
    assert data.lot.count(BayState.OCCUPIED) == 8
