"""A bay is reserved for a time to come."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from tests.integration.clock import pass_time
from tests.integration.guidance.drivers import Answer, Ears, ask, do
from tests.integration.lots import CAR_M, EMPTY_M, look, said
from tests.integration.sources.driven import Hand

HOUR_S = 3600.0


def local(hours: float) -> str:
    """Return a time in some hours as an owner writes it."""
    at = dt_util.now() + timedelta(hours=hours)
    return at.strftime("%Y-%m-%d %H:%M:%S")


async def reserve(hass: HomeAssistant, begins: float, ends: float, **data: object) -> Answer:
    return await ask(hass, "reserve", **{"from": local(begins)}, until=local(ends), **data)


async def test_a_named_bay_is_kept_from_shortly_before_until_the_end(
    hass: HomeAssistant, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    answer = await reserve(hass, 1.0, 2.0, bay="a02", driver="ann")
    assert (answer["status"], answer["bay"]) == ("reserved", "A02")
    attributes = look(hass, "a02", "occupancy").attributes
    assert attributes["status"] == "vacant"
    assert attributes["held_until"] - attributes["held_from"] == timedelta(hours=1)
    await pass_time(hass, freezer, HOUR_S - 14 * 60.0)
    assert look(hass, "a02", "occupancy").attributes["status"] == "held"
    await pass_time(hass, freezer, HOUR_S + 15 * 60.0)
    assert ears.heard == [
        ("reserved", "ann", "A02"),
        ("guided", "ann", "A02"),
        ("expired", "ann", "A02"),
    ]
    assert look(hass, "a02", "occupancy").attributes["status"] == "vacant"


async def test_without_a_beginning_it_begins_now(hass: HomeAssistant) -> None:
    answer = await ask(hass, "reserve", kind="ev", until=local(1.0))
    assert (answer["status"], answer["bay"]) == ("held", "A03")


async def test_a_reservation_hides_no_vehicle(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    hand.settle("North", A01=CAR_M)
    await reserve(hass, 0.5, 2.0, bay="A01")
    await pass_time(hass, freezer, 20 * 60.0)
    assert said(hass, "a01", "occupancy") == "on"
    assert "held_until" in look(hass, "a01", "occupancy").attributes
    hand.settle("North", A01=EMPTY_M)
    await hass.async_block_till_done()
    assert look(hass, "a01", "occupancy").attributes["status"] == "held"
    assert said(hass, "main", "nearest") == "A02"


async def test_who_reserved_and_finds_a_vehicle_there_is_sent_to_another_bay(
    hass: HomeAssistant, hand: Hand, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    hand.settle("North", A01=CAR_M)
    await reserve(hass, 0.5, 2.0, bay="A01", driver="ann")
    await pass_time(hass, freezer, 20 * 60.0)
    await pass_time(hass, freezer, 11 * 60.0)
    assert ears.heard[-1] == ("re_guided", "ann", "A02")
    assert (ears.last["reason"], ears.last["previous_bay"]) == ("blocked", "A01")


async def test_a_reservation_can_be_taken_back(hass: HomeAssistant) -> None:
    await reserve(hass, 1.0, 2.0, bay="A01", driver="ann")
    await do(hass, "release", driver="ann")
    assert "held_until" not in look(hass, "a01", "occupancy").attributes


@pytest.mark.parametrize(
    ("begins", "ends", "bay", "texts"),
    [
        (1.5, 2.5, "A01", "Bay A01 is promised to somebody else"),
        (2.0, 2.0, "A02", "must end at least a minute after"),
        (2.0, 24 * 40, "A02", "can last 31 days"),
        (0.0, 1.0, "A02", "Bay A02 is not free"),
    ],
)
async def test_what_cannot_be_reserved_is_said_in_words(
    hass: HomeAssistant, hand: Hand, begins: float, ends: float, bay: str, texts: str
) -> None:
    hand.settle("North", A02=CAR_M)
    await reserve(hass, 1.0, 2.0, bay="A01")
    with pytest.raises(ServiceValidationError, match=texts):
        await reserve(hass, begins, ends, bay=bay)


FIRST, LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-11-01 00:00:00", LAST),
        ("9998-01-01 00:00:00", "9998-01-01 01:00:00"),
        (FIRST, "2099-01-01 00:00:00"),
        (FIRST, LAST),
        ("1926-01-01 00:00:00", LAST),
    ],
)
async def test_from_the_beginning_or_to_the_end_of_all_days_is_too_long(
    hass: HomeAssistant, zone: str, begins: str, ends: str
) -> None:
    await hass.config.async_set_time_zone(zone)
    with pytest.raises(ServiceValidationError, match="can last 31 days and begin within a year"):
        await ask(hass, "reserve", bay="a02", until=ends, **{"from": begins})


async def test_what_has_begun_an_hour_ago_begins_now(hass: HomeAssistant) -> None:
    answer = await reserve(hass, -1.0, 1.0, bay="a02")
    assert answer["status"] == "held"
