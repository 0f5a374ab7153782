"""Automations that begin when something happens to a bay."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.automations import when
from tests.integration.clock import pass_time
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    add,
    bay,
    change,
    device_id,
    gate,
    look,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of two nodes: two vacant bays in the north, an occupied one in the south."""
    entry = lot(node("North", row("A", 2)), node("South", row("B", 1, 20.0)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    hand.settle("South", B01=CAR_M)
    await hass.async_block_till_done()
    return entry


def entity(hass: HomeAssistant, bay_id: str) -> str:
    """Return a bay's entity id."""
    return look(hass, bay_id, "occupancy").entity_id


async def let(hass: HomeAssistant, hand: Hand, node_name: str, **said: float | Fault) -> None:
    """Report for all sensors something until it is believed."""
    hand.settle(node_name, **said)
    await hass.async_block_till_done()


async def test_a_vehicle_comes_and_goes(hass: HomeAssistant, hand: Hand) -> None:
    came = await when(hass, "bay_became_occupied", {"device_id": device_id(hass, "a01")})
    await let(hass, hand, "North", A01=CAR_M, A02=CAR_M)
    assert came == [entity(hass, "a01")]
    await let(hass, hand, "North", A01=EMPTY_M)
    assert len(came) == 1


async def test_a_bay_becomes_free(hass: HomeAssistant, hand: Hand) -> None:
    freed = await when(hass, "bay_became_free", {"entity_id": entity(hass, "b01")})
    await let(hass, hand, "South", B01=EMPTY_M)
    assert freed == [entity(hass, "b01")]


async def test_a_closed_bay_is_not_free_until_it_is_opened(hass: HomeAssistant, hand: Hand) -> None:
    switch = {ATTR_ENTITY_ID: look(hass, "b01", "out_of_service").entity_id}
    freed = await when(hass, "bay_became_free", {"device_id": device_id(hass, "b01")})
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, switch, blocking=True)
    await let(hass, hand, "South", B01=EMPTY_M)
    assert said(hass, "b01", "occupancy") == STATE_OFF
    assert freed == []
    await hass.services.async_call(SWITCH, SERVICE_TURN_OFF, switch, blocking=True)
    await hass.async_block_till_done()
    assert freed == [entity(hass, "b01")]


async def test_a_held_bay_is_not_free(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    freed = await when(hass, "bay_became_free", {"device_id": device_id(hass, "b01")})
    entry.runtime_data.lot.set_held("b01", held=True)
    await let(hass, hand, "South", B01=EMPTY_M)
    assert look(hass, "b01", "occupancy").attributes["status"] == "held"
    assert freed == []


@pytest.mark.parametrize("said_before", [EMPTY_M, CAR_M])
async def test_what_is_known_again_has_become_only_what_it_was_not(
    hass: HomeAssistant, hand: Hand, said_before: float
) -> None:
    await let(hass, hand, "North", A01=said_before)
    freed = await when(hass, "bay_became_free", {"device_id": device_id(hass, "a01")})
    await let(hass, hand, "North", A01=Fault.NO_RESPONSE)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    assert freed == []
    await let(hass, hand, "North", A01=EMPTY_M)
    assert len(freed) == (said_before == CAR_M)


async def test_first_readings_are_no_news(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    freed = await when(hass, "bay_became_free", {"device_id": device_id(hass, "north")})
    await change(hass, entry, "north", bays=[*row("A", 2), bay("A03", 9.0)])
    await let(hass, hand, "North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    assert said(hass, "a03", "occupancy") == STATE_OFF
    assert freed == []
    await let(hass, hand, "North", A03=CAR_M)
    await let(hass, hand, "North", A03=EMPTY_M)
    assert freed == [entity(hass, "a03")]


async def test_a_reload_is_no_news(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    freed = await when(hass, "bay_became_free", {"device_id": device_id(hass, "north")})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await let(hass, hand, "North", A01=EMPTY_M, A02=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert freed == []


async def test_a_node_stands_for_its_bays(hass: HomeAssistant, hand: Hand) -> None:
    came = await when(hass, "bay_became_occupied", {"device_id": device_id(hass, "north")})
    await let(hass, hand, "South", B01=EMPTY_M)
    await let(hass, hand, "South", B01=CAR_M)
    assert came == []
    await let(hass, hand, "North", A02=CAR_M)
    assert came == [entity(hass, "a02")]


async def test_a_lot_stands_for_all_of_its_bays_also_for_those_that_come(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    came = await when(hass, "bay_became_occupied", {"device_id": device_id(hass)})
    await add(hass, entry, node("West", row("C", 1, 40.0)))
    await let(hass, hand, "West", C01=EMPTY_M)
    await let(hass, hand, "West", C01=CAR_M)
    await let(hass, hand, "North", A02=CAR_M)
    assert came == [entity(hass, "c01"), entity(hass, "a02")]


async def test_an_area_gives_only_our_bays(hass: HomeAssistant, hand: Hand) -> None:
    area = ar.async_get(hass).async_create("Yard").id
    dr.async_get(hass).async_update_child_device(device_id(hass, "a01"), area_id=area)
    foreign = er.async_get(hass).async_get_or_create(
        "binary_sensor", "motion", "1", original_device_class="occupancy"
    )
    er.async_get(hass).async_update_entity(foreign.entity_id, area_id=area)
    came = await when(hass, "bay_became_occupied", {"area_id": area})
    for state in (STATE_OFF, STATE_ON):
        hass.states.async_set(foreign.entity_id, state, {"device_class": "occupancy"})
    await let(hass, hand, "North", A01=CAR_M, A02=CAR_M)
    assert came == [entity(hass, "a01")]


async def test_the_first_and_the_last(hass: HomeAssistant, hand: Hand) -> None:
    target = {"device_id": device_id(hass, "north")}
    first = await when(hass, "bay_became_occupied", target, behavior="first")
    await let(hass, hand, "North", A01=CAR_M)
    await let(hass, hand, "North", A02=CAR_M)
    assert first == [entity(hass, "a01")]


async def test_all_means_all_that_there_are(hass: HomeAssistant, hand: Hand) -> None:
    target = {"device_id": device_id(hass, "north")}
    await let(hass, hand, "North", A01=CAR_M, A02=Fault.STUCK_HIGH)
    freed = await when(hass, "bay_became_free", target, behavior="all")
    await let(hass, hand, "North", A01=EMPTY_M)
    assert freed == []
    await let(hass, hand, "North", A01=CAR_M, A02=EMPTY_M)
    await let(hass, hand, "North", A01=EMPTY_M)
    assert freed == [entity(hass, "a01")]


async def test_a_sensor_fails(hass: HomeAssistant, hand: Hand) -> None:
    failed = await when(hass, "bay_sensor_failed", {"device_id": device_id(hass)})
    await let(hass, hand, "North", A01=Fault.NO_RESPONSE)
    assert failed == [entity(hass, "a01")]
    await let(hass, hand, "North", A01=EMPTY_M)
    assert len(failed) == 1


async def test_a_silent_node_is_no_failure_of_its_sensors(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    failed = await when(hass, "bay_sensor_failed", {"device_id": device_id(hass)})
    await pass_time(hass, freezer, 600.0)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await let(hass, hand, "North", A01=EMPTY_M)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert failed == []


async def test_an_automation_that_is_off_waits_for_nothing(hass: HomeAssistant, hand: Hand) -> None:
    came = await when(hass, "bay_became_occupied", {"device_id": device_id(hass, "a01")})
    automation = {ATTR_ENTITY_ID: hass.states.async_entity_ids(AUTOMATION)}
    await hass.services.async_call(AUTOMATION, SERVICE_TURN_OFF, automation, blocking=True)
    await let(hass, hand, "North", A01=CAR_M)
    await let(hass, hand, "North", A01=EMPTY_M)
    await hass.services.async_call(AUTOMATION, SERVICE_TURN_ON, automation, blocking=True)
    assert came == []
    await let(hass, hand, "North", A01=CAR_M)
    assert came == [entity(hass, "a01")]
