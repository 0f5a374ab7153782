"""A bay's entities, from a reading to the state that people see."""

from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.lot.model import Fault
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
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


@pytest.fixture(autouse=True)
async def a_lot(hass: HomeAssistant, hand: Hand, everything_enabled: None) -> None:
    """Set up a lot of three bays."""
    assert await set_up(hass, lot(node("North", row("A", 3)), gate("Main")))


def occupancy(hass: HomeAssistant, bay_id: str) -> str:
    return said(hass, bay_id, "occupancy")


def test_nothing_is_known_before_the_first_readings(hass: HomeAssistant) -> None:
    for bay_id in ("a01", "a02", "a03"):
        assert occupancy(hass, bay_id) == STATE_UNAVAILABLE
    assert said(hass, "free") == STATE_UNAVAILABLE
    assert said(hass, "main", "nearest") == STATE_UNAVAILABLE


def test_a_bay_follows_its_vehicles(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M)
    assert occupancy(hass, "a01") == STATE_OFF
    assert occupancy(hass, "a02") == STATE_UNAVAILABLE
    hand.settle("North", A01=CAR_M)
    assert occupancy(hass, "a01") == STATE_ON
    hand.settle("North", A01=EMPTY_M)
    assert occupancy(hass, "a01") == STATE_OFF


def test_a_vehicle_is_seen_within_two_seconds(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M)
    for _ in range(4):
        hand.sweep("North", A01=CAR_M)
    assert occupancy(hass, "a01") == STATE_ON


@pytest.mark.parametrize(
    "fault", [Fault.NO_RESPONSE, Fault.STUCK_HIGH, Fault.GLITCH, Fault.UNAVAILABLE]
)
def test_a_faulty_sensor_makes_its_bay_unavailable(
    hass: HomeAssistant, hand: Hand, fault: Fault
) -> None:
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    hand.settle("North", A01=fault, A02=EMPTY_M)
    assert occupancy(hass, "a01") == STATE_UNAVAILABLE
    assert said(hass, "a01", "distance") == STATE_UNAVAILABLE
    assert occupancy(hass, "a02") == STATE_OFF
    assert said(hass, "north", "faulty") == "1"
    assert look(hass, "north", "faulty").attributes["bays"] == {"A01": fault.value}
    hand.settle("North", A01=EMPTY_M)
    assert occupancy(hass, "a01") == STATE_OFF
    assert said(hass, "north", "faulty") == "0"


def test_the_distance_is_told_in_steps(hass: HomeAssistant, hand: Hand) -> None:
    assert said(hass, "a01", "distance") == STATE_UNAVAILABLE
    hand.settle("North", A01=2.5)
    assert said(hass, "a01", "distance") == "2.5"
    hand.sweep("North", A01=2.53)
    assert said(hass, "a01", "distance") == "2.5"
    hand.sweep("North", A01=2.56)
    assert said(hass, "a01", "distance") == "2.56"


def test_a_bay_without_distances_has_none(hass: HomeAssistant, hand: Hand) -> None:
    hand.sweep("North", A01=True)
    assert occupancy(hass, "a01") == STATE_ON
    assert said(hass, "a01", "distance") == STATE_UNKNOWN


def test_the_lot_counts(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    assert said(hass, "free") == "1"
    assert said(hass, "occupied") == "1"
    assert said(hass, "occupancy") == "50.0"
    assert said(hass, "arrivals") == "0"
    hand.settle("North", A01=CAR_M)
    assert said(hass, "arrivals") == "1"
    assert said(hass, "occupancy") == "100.0"


async def test_a_closed_bay_is_offered_to_nobody(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    switch = entry_of(hass, "a01", "out_of_service")
    assert switch is not None
    assert said(hass, "a01", "out_of_service") == STATE_OFF

    target = {ATTR_ENTITY_ID: switch.entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, target, blocking=True)
    assert said(hass, "a01", "out_of_service") == STATE_ON
    assert said(hass, "free") == "2"
    assert said(hass, "main", "nearest") == "A02"
    assert occupancy(hass, "a01") == STATE_OFF

    await hass.services.async_call(SWITCH, SERVICE_TURN_OFF, target, blocking=True)
    assert said(hass, "a01", "out_of_service") == STATE_OFF
    assert said(hass, "free") == "3"
    assert said(hass, "main", "nearest") == "A01"


async def test_when_all_bays_are_closed_there_is_no_share_of_them(
    hass: HomeAssistant, hand: Hand
) -> None:
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    for bay_id in ("a01", "a02", "a03"):
        switch = entry_of(hass, bay_id, "out_of_service")
        assert switch is not None
        await hass.services.async_call(
            SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: switch.entity_id}, blocking=True
        )
    assert said(hass, "occupancy") == STATE_UNKNOWN
    assert said(hass, "free") == "0"
    assert said(hass, "main", "nearest") == "none_free"


def test_a_reading_of_an_unknown_bay_is_passed_over(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=EMPTY_M, Z99=CAR_M)
    assert said(hass, "occupied") == "0"
