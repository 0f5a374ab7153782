"""Bays that are sensed by entities which Home Assistant has already, and the thermometer."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.const import CONF_TEMPERATURE_ENTITY, DOMAIN
from custom_components.smart_parking.sources.thermometer import ASSUMED_C
from tests.integration.clock import pass_time
from tests.integration.logs import ours
from tests.integration.lots import LOT_ID, bay, device_id, gate, look, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand

EYE, ECHO = "binary_sensor.eye", "sensor.echo"


@pytest.fixture(autouse=True)
async def a_lot(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, everything_enabled: None
) -> None:
    """Set up a lot with a bay under a binary sensor and one under a distance sensor."""
    hass.states.async_set(EYE, STATE_OFF)
    distance(hass, "2.5")
    bays = [bay("A01", 0.0, entity_id=EYE), bay("A02", 2.5, entity_id=ECHO)]
    await set_up(hass, lot(node("Field", bays, "entities"), gate("Main")))


def distance(hass: HomeAssistant, state: str, unit: str | list[str] | None = "m") -> None:
    """Make the distance sensor say something."""
    attributes = {} if unit is None else {ATTR_UNIT_OF_MEASUREMENT: unit}
    hass.states.async_set(ECHO, state, attributes)


async def settle(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Make what was said last stand until it counts."""
    for _ in range(30):
        await pass_time(hass, freezer, 0.5)


async def test_a_binary_sensor_is_believed_once_its_state_has_stood(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE
    await pass_time(hass, freezer, 4.1)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    hass.states.async_set(EYE, STATE_ON)
    await pass_time(hass, freezer, 0.8)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    await pass_time(hass, freezer, 0.3)
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert said(hass, "arrivals") == "1"
    hass.states.async_set(EYE, STATE_OFF)
    await pass_time(hass, freezer, 3.8)
    assert said(hass, "a01", "occupancy") == STATE_ON
    await pass_time(hass, freezer, 0.3)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a01", "distance") == STATE_UNKNOWN


async def test_a_distance_that_stays_is_believed_in_the_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await settle(hass, freezer)
    assert said(hass, "a02", "occupancy") == STATE_OFF
    distance(hass, "1.0")
    await hass.async_block_till_done()
    assert said(hass, "a02", "occupancy") == STATE_OFF
    await settle(hass, freezer)
    assert said(hass, "a02", "occupancy") == STATE_ON
    assert said(hass, "a02", "distance") == "1.0"


async def test_what_stood_before_the_lot_was_loaded_counts_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await settle(hass, freezer)
    await hass.config_entries.async_reload(LOT_ID)
    await pass_time(hass, freezer, 0.1)
    assert said(hass, "a01", "occupancy") == STATE_OFF
    assert said(hass, "a02", "occupancy") == STATE_OFF


@pytest.mark.parametrize(
    ("state", "unit"), [("100", "cm"), ("1000", "mm"), ("39.37", "in"), ("1.0", None)]
)
async def test_distances_come_in_any_unit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, state: str, unit: str | None
) -> None:
    distance(hass, state, unit)
    await settle(hass, freezer)
    assert said(hass, "a02", "distance") == "1.0"
    assert said(hass, "a02", "occupancy") == STATE_ON


@pytest.mark.parametrize(
    ("entity_id", "state", "fault"),
    [
        (EYE, STATE_UNAVAILABLE, "unavailable"),
        (EYE, STATE_UNKNOWN, "unavailable"),
        (EYE, None, "missing"),
        (ECHO, STATE_UNAVAILABLE, "unavailable"),
        (ECHO, None, "missing"),
    ],
)
async def test_an_entity_that_says_nothing_makes_its_bay_unavailable(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_id: str,
    state: str | None,
    fault: str,
) -> None:
    await settle(hass, freezer)
    if state is None:
        hass.states.async_remove(entity_id)
    else:
        hass.states.async_set(entity_id, state)
    await hass.async_block_till_done()
    bay_id = "a01" if entity_id == EYE else "a02"
    assert said(hass, bay_id, "occupancy") == STATE_UNAVAILABLE
    label = bay_id.upper()
    assert look(hass, "field", "faulty").attributes["bays"] == {label: fault}
    assert said(hass, "field", "connectivity") == STATE_ON


@pytest.mark.parametrize(
    ("state", "unit", "fault"),
    [
        (STATE_UNKNOWN, "m", "no_target"),
        ("0", "m", "no_target"),
        ("-1", "m", "no_target"),
        ("6.1", "m", "no_target"),
        ("1203", "cm", "no_target"),
        ("nan", "m", "no_target"),
        ("inf", "m", "no_target"),
        ("4.5", "m", "miscalibrated"),
        ("0.02", "m", "too_near"),
        ("No Sensor", "m", "implausible"),
        ("1", "kg", "implausible"),
        ("1", ["m"], "implausible"),
    ],
)
async def test_a_distance_that_shows_nothing_makes_its_bay_unavailable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, state: str, unit: str, fault: str
) -> None:
    await settle(hass, freezer)
    distance(hass, state, unit)
    await settle(hass, freezer)
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    assert look(hass, "field", "faulty").attributes["bays"] == {"A02": fault}
    distance(hass, "2.5")
    await settle(hass, freezer)
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_silence_is_no_fault_of_entities_that_speak_only_of_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    await settle(hass, freezer)
    await pass_time(hass, freezer, 3600)
    assert said(hass, "field", "connectivity") == STATE_ON
    assert said(hass, "a02", "occupancy") == STATE_OFF
    assert ours(caplog) == []


async def test_an_entity_that_always_spoke_is_missed_when_it_falls_silent(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(8):
        distance(hass, "2.5")
        await pass_time(hass, freezer, 10)
    await pass_time(hass, freezer, 80)
    assert said(hass, "a02", "occupancy") == STATE_OFF
    await pass_time(hass, freezer, 30)
    assert said(hass, "a02", "occupancy") == STATE_UNAVAILABLE
    assert look(hass, "field", "faulty").attributes["bays"] == {"A02": "silent"}


async def test_calibrating_takes_what_the_entity_says_now(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    distance(hass, "2.2")
    await settle(hass, freezer)
    target = {"device_id": [device_id(hass, "field")]}
    answer = await hass.services.async_call(
        DOMAIN, "calibrate", target, blocking=True, return_response=True
    )
    assert answer == {"empty_distance": {"A02": 2.2}, "failed": ["A01"]}
    await settle(hass, freezer)
    distance(hass, "2.21")
    await settle(hass, freezer)
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_an_unloaded_lot_listens_no_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    distance(hass, "1.0")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(LOT_ID)
    hass.states.async_set(EYE, STATE_ON)
    await settle(hass, freezer)
    assert said(hass, "a01", "occupancy") == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("state", "unit", "celsius"),
    [
        ("50", "°F", 10.0),
        ("12.5", None, 12.5),
        ("300", "K", 26.85),
        (STATE_UNAVAILABLE, None, 7.0),
        (STATE_UNKNOWN, None, 7.0),
        ("warm", None, 7.0),
        ("12", "kg", 7.0),
        ("nan", None, 7.0),
        ("200", "°C", 7.0),
    ],
)
async def test_the_thermometer(
    hass: HomeAssistant, hand: Hand, state: str, unit: str | None, celsius: float
) -> None:
    hass.states.async_set("sensor.roof", "7", {ATTR_UNIT_OF_MEASUREMENT: "°C"})
    entry = lot(
        node("North", row("A", 1)), lot_id="warm", **{CONF_TEMPERATURE_ENTITY: "sensor.roof"}
    )
    await set_up(hass, entry)
    assert hand["North"].celsius == 7.0
    attributes = {} if unit is None else {ATTR_UNIT_OF_MEASUREMENT: unit}
    hass.states.async_set("sensor.roof", state, attributes)
    await hass.async_block_till_done()
    assert hand["North"].celsius == pytest.approx(celsius)
    hass.states.async_remove("sensor.roof")
    await hass.async_block_till_done()
    assert hand["North"].celsius == pytest.approx(celsius)


async def test_a_missing_thermometer_is_none(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(
        node("North", row("A", 1)), lot_id="warm", **{CONF_TEMPERATURE_ENTITY: "sensor.roof"}
    )
    await set_up(hass, entry)
    assert hand["North"].celsius == ASSUMED_C
    hass.states.async_set("sensor.roof", "7")
    await hass.async_block_till_done()
    assert hand["North"].celsius == 7.0
