"""Automations about bays that have no entities, and are named by their labels."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
import voluptuous as vol

from custom_components.smart_parking.condition import CONDITIONS
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.trigger import TRIGGERS
from tests.integration.automations import when, whether
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, change, gate, lot, set_up
from tests.integration.sources.binary_entities import see, set_up_eyes, watched

LASTING = pytest.mark.parametrize("expected_lingering_timers", [True])


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant) -> SmartParkingConfigEntry:
    """Set up a lot whose bays have no entities: two are vacant, the third is occupied."""
    entry = await set_up_eyes(hass, a01="standard", a02="standard", a03="standard")
    hass.config_entries.async_update_entry(entry, options={"bay_entities": "none"})
    await hass.async_block_till_done()
    await see(hass, a03=STATE_ON)
    assert hass.states.get("binary_sensor.garage_bay_a01") is None
    return entry


async def close(hass: HomeAssistant, label: str, *, out: bool) -> None:
    """Take a bay out of service, or open it."""
    await hass.services.async_call(
        DOMAIN, "set_out_of_service", {"bay": label, "out_of_service": out}, blocking=True
    )
    await hass.async_block_till_done()


# Triggers.


async def test_a_bay_becomes_occupied_and_free(hass: HomeAssistant) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["a01", "A02"])
    await see(hass, a01=STATE_ON)
    await see(hass, a03=STATE_OFF)
    await see(hass, a01=STATE_OFF)
    await see(hass, a02=STATE_ON)
    assert ran == ["a01", "A02"]


async def test_a_bay_that_opens_is_free(hass: HomeAssistant) -> None:
    ran = await when(hass, "bay_became_free", bay="A01", config_entry_id=LOT_ID)
    await close(hass, "A01", out=True)
    assert ran == []
    await close(hass, "A01", out=False)
    assert ran == ["A01"]


async def test_after_a_gap_it_has_become_so_only_if_it_was_not_before(hass: HomeAssistant) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["A01", "A03"])
    await see(hass, a01=STATE_UNAVAILABLE, a03=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_ON, a03=STATE_ON)
    assert ran == ["A01"]


async def test_a_sensor_fails(hass: HomeAssistant) -> None:
    ran = await when(hass, "bay_sensor_failed", bay=["A01", "A02"])
    await see(hass, a01=STATE_UNAVAILABLE)
    assert ran == ["A01"]
    # Of a lot that is not at work nothing is known, and that is no failure of a sensor.
    assert await hass.config_entries.async_unload(LOT_ID)
    await hass.async_block_till_done()
    assert ran == ["A01"]


@pytest.mark.parametrize(
    ("behavior", "ran_for"), [("each", ["A01", "A02"]), ("first", ["A01"]), ("all", ["A02"])]
)
async def test_each_the_first_or_all(
    hass: HomeAssistant, behavior: str, ran_for: list[str]
) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["A01", "A02"], behavior=behavior)
    await see(hass, a01=STATE_ON)
    await see(hass, a02=STATE_ON)
    assert ran == ran_for


@LASTING
@pytest.mark.parametrize("behavior", ["each", "first", "all"])
async def test_it_has_to_last(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, behavior: str
) -> None:
    bays = ["A01"] if behavior == "each" else ["A01", "A02"]
    ran = await when(
        hass, "bay_became_occupied", bay=bays, behavior=behavior, **{"for": {"seconds": 60}}
    )
    if behavior == "all":
        await see(hass, a02=STATE_ON)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 40.0)
    # It is left in between, and comes again.
    await see(hass, a01=STATE_OFF)
    await pass_time(hass, freezer, 40.0)
    assert ran == []
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 40.0)
    # Nothing is known of it for a while: the time begins anew.
    await see(hass, a01=STATE_UNAVAILABLE)
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 40.0)
    assert ran == []
    await pass_time(hass, freezer, 25.0)
    assert ran == ["A01"]


@LASTING
async def test_what_is_waited_for_in_one_bay_is_not_waited_for_in_another(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    ran = await when(
        hass,
        "bay_became_occupied",
        bay=["A01", "A02"],
        behavior="first",
        **{"for": {"seconds": 60}},
    )
    await see(hass, a01=STATE_ON)
    await see(hass, a02=STATE_ON)
    await see(hass, a01=STATE_OFF)
    await pass_time(hass, freezer, 70.0)
    assert ran == ["A01"]


async def test_a_lot_that_is_loaded_anew_is_followed_again(hass: HomeAssistant) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["A01"])
    assert await hass.config_entries.async_unload(LOT_ID)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done()
    await see(hass, a01=STATE_ON)
    assert ran == ["A01"]
    # An automation that goes while it waits, or watches, leaves nothing.
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
    await see(hass, a01=STATE_OFF)
    await see(hass, a01=STATE_ON)
    assert ran == ["A01"]


async def test_a_bay_that_comes_later_counts_from_then_on(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["Z9"])
    await change(hass, entry, "field", bays=watched(a01="standard", z9="standard"))
    await see(hass, z9=STATE_OFF)
    await see(hass, z9=STATE_ON)
    assert ran == ["Z9"]


@LASTING
async def test_an_automation_that_is_switched_off_waits_for_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    ran = await when(hass, "bay_became_occupied", bay=["A01"], **{"for": {"seconds": 60}})
    await see(hass, a01=STATE_ON)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
    await pass_time(hass, freezer, 70.0)
    assert ran == []


async def test_bays_are_picked_or_named_and_not_both(hass: HomeAssistant) -> None:
    options = {"bay": ["A01"]}
    picked = {"entity_id": ["binary_sensor.garage_bay_a01"]}
    for part in (TRIGGERS["bay_became_free"], CONDITIONS["bay_is_free"]):
        checked = await part.async_validate_config(
            hass, {"target": {"entity_id": []}, "options": options}
        )
        assert checked["options"]["bay"] == ["A01"]
        with pytest.raises(vol.Invalid, match="either picked or named"):
            await part.async_validate_config(hass, {"target": picked, "options": options})
        with pytest.raises(vol.Invalid):
            await part.async_validate_config(hass, {})


async def test_of_two_lots_it_has_to_be_said_which(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    other = lot(gate("South"), title="Harbour", lot_id="harbour")
    assert await set_up(hass, other)
    question = await whether(hass, "bay_is_free", bay=["A01"])
    assert not await question.is_so()


# Conditions.


async def test_a_bay_is_free_or_occupied(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_free", bay=["A01", "A03"])
    assert await question.is_so()
    await see(hass, a01=STATE_ON)
    assert not await question.is_so()
    await see(hass, a01=STATE_UNAVAILABLE, a03=STATE_OFF)
    assert await question.is_so()


async def test_all_bays_are_so_only_if_all_are_known_to_be(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_occupied", bay=["A02", "A03"], behavior="all")
    assert not await question.is_so()
    await see(hass, a02=STATE_ON)
    assert await question.is_so()
    await see(hass, a02=STATE_UNAVAILABLE)
    assert not await question.is_so()


async def test_a_bay_that_there_is_not_is_nothing(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_free", bay=["Q7"])
    assert not await question.is_so()


@LASTING
async def test_it_has_been_so_for_a_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    question = await whether(hass, "bay_is_occupied", bay=["A01"], **{"for": {"minutes": 1}})
    await see(hass, a01=STATE_ON)
    assert not await question.is_so()
    await pass_time(hass, freezer, 70.0)
    assert await question.is_so()
