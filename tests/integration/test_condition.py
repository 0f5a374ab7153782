"""Automations that ask whether a lot is full, or a bay is free."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_ON,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from tests.integration.automations import whether
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, device_id, look
from tests.integration.sources.binary_entities import bay_entity, see, set_up_eyes


@pytest.fixture(autouse=True)
async def a_lot(hass: HomeAssistant) -> None:
    """Set up a lot of two standard bays and one to charge at, all vacant."""
    await set_up_eyes(hass, a01="standard", a02="standard", e01="ev")


async def test_a_bay_is_free_or_occupied(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_free", {"device_id": device_id(hass, "a01")})
    assert await question.is_so()
    await see(hass, a01=STATE_ON)
    assert not await question.is_so()
    await see(hass, a01=STATE_UNAVAILABLE)
    assert not await question.is_so()


async def test_a_closed_bay_is_not_free(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_free", {"entity_id": bay_entity(hass, "a01")})
    switch = {ATTR_ENTITY_ID: look(hass, "a01", "out_of_service").entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, switch, blocking=True)
    assert not await question.is_so()


async def test_any_bay_of_the_lot_is_occupied(hass: HomeAssistant) -> None:
    question = await whether(hass, "bay_is_occupied", {"device_id": device_id(hass)})
    assert not await question.is_so()
    await see(hass, e01=STATE_ON)
    assert await question.is_so()


async def test_all_bays_are_free_only_if_all_are_known_to_be(hass: HomeAssistant) -> None:
    target = {"device_id": device_id(hass, "field")}
    question = await whether(hass, "bay_is_free", target, behavior="all")
    assert await question.is_so()
    await see(hass, a02=STATE_UNAVAILABLE)
    assert not await question.is_so()


async def test_of_no_bays_nothing_is_so(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Yard").id
    question = await whether(hass, "bay_is_free", {"area_id": area}, behavior="all")
    assert not await question.is_so()
    dr.async_get(hass).async_update_child_device(device_id(hass, "a01"), area_id=area)
    assert await question.is_so()


async def test_sensors_of_others_do_not_count(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Yard").id
    foreign = er.async_get(hass).async_get_or_create("binary_sensor", "motion", "1")
    er.async_get(hass).async_update_entity(foreign.entity_id, area_id=area)
    hass.states.async_set(foreign.entity_id, STATE_ON, {"device_class": "occupancy"})
    question = await whether(hass, "bay_is_occupied", {"area_id": area})
    assert not await question.is_so()


async def test_a_bay_has_been_occupied_for_a_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    target = {"device_id": device_id(hass, "a01")}
    question = await whether(hass, "bay_is_occupied", target, **{"for": "01:00:00"})
    await see(hass, a01=STATE_ON)
    await pass_time(hass, freezer, 3000.0)
    assert not await question.is_so()
    await pass_time(hass, freezer, 1000.0)
    assert await question.is_so()


async def test_the_lot_is_full(hass: HomeAssistant) -> None:
    question = await whether(hass, "lot_is_full", {"device_id": device_id(hass)})
    assert not await question.is_so()
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    assert await question.is_so()


@pytest.mark.parametrize("name", ["lot_is_full", "lot_has_free"])
async def test_a_lot_of_which_nothing_is_known_is_neither(hass: HomeAssistant, name: str) -> None:
    question = await whether(hass, name, {"device_id": device_id(hass)}, behavior="all")
    assert await hass.config_entries.async_unload(LOT_ID)
    await hass.async_block_till_done()
    assert not await question.is_so()


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({}, True),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_least": 3, "kind": "any"}, True),
        ({"kind": "ev"}, True),
        ({"at_least": 2, "kind": "ev"}, False),
        ({"kind": "staff"}, False),
    ],
)
async def test_so_many_bays_are_free(
    hass: HomeAssistant, asked: dict[str, object], answer: bool
) -> None:
    question = await whether(hass, "lot_has_free", {"device_id": device_id(hass)}, **asked)
    assert await question.is_so() is answer


async def test_a_count_that_is_named_speaks_for_itself(hass: HomeAssistant) -> None:
    question = await whether(hass, "lot_is_full", {"entity_id": "sensor.garage_free_ev_bays"})
    assert not await question.is_so()
    await see(hass, e01=STATE_ON)
    assert await question.is_so()
