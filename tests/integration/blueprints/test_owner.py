"""The owner is notified of events of the lot."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.blueprints.board import OWNER, Board
from tests.integration.blueprints.phones import quiet
from tests.integration.blueprints.shipped import ask, automate, let, pass_time
from tests.integration.clock import until
from tests.integration.lots import CAR_M, EMPTY_M, device_id, look
from tests.integration.sources.driven import Hand

ON_THE_WAY_S = 60.0


@pytest.fixture(name="board")
def board_fixture(hass: HomeAssistant) -> Board:
    """Prepare something that shows messages."""
    return Board(hass)


@pytest.fixture(name="lot")
def lot_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> dict[str, object]:
    """Target the whole lot."""
    return {"device_id": device_id(hass)}


def bay_of(hass: HomeAssistant, bay_id: str) -> str:
    """Return a bay's entity."""
    return look(hass, bay_id, "occupancy").entity_id


def an_action(name: str) -> list[dict[str, object]]:
    """Return an action that an owner adds to a blueprint: one whose effect is a state."""
    return [{"event": "owner_did", "event_data": {"what": name}}]


async def to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, at: datetime) -> None:
    """Go on to a time."""
    await pass_time(hass, freezer, (at - dt_util.utcnow()).total_seconds())


# A lot is full, and free again.


async def test_a_full_lot_is_told_and_that_it_is_free_again(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    lot: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, "lot_full", {"lot": lot, "tell": [OWNER]})
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    assert board.texts == []
    await pass_time(hass, freezer, 60.0)
    assert board.texts == ["Garage is full."]
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 60.0)
    assert board.texts[1:] == ["Garage has free bays again: 1."]


async def test_a_bay_that_is_free_for_a_moment_is_no_news(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    lot: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, "lot_full", {"lot": lot, "tell": [OWNER]})
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    await pass_time(hass, freezer, 60.0)
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, 30.0)
    await let(hass, hand, A01=CAR_M)
    await pass_time(hass, freezer, 90.0)
    assert board.texts[:1] == ["Garage is full."]
    assert not any("free" in text for text in board.texts)


async def test_what_the_owner_adds_is_done(
    hass: HomeAssistant, hand: Hand, board: Board, lot: dict[str, object]
) -> None:
    did: list[str] = []
    hass.bus.async_listen("owner_did", callback(lambda event: did.append(event.data["what"])))
    about = {
        "lot": lot,
        "kind": "ev",
        "settled": 0,
        "free_text": "",
        "full_actions": an_action("sign red"),
        "free_actions": an_action("sign green"),
    }
    await automate(hass, "lot_full", about | {"tell": [OWNER]}, about)
    await let(hass, hand, A03=CAR_M)
    await until(hass, lambda: len(did) == 2 and len(board.texts) == 1)
    assert (did, board.texts) == (["sign red"] * 2, ["Garage is full."])
    await let(hass, hand, A03=EMPTY_M)
    await until(hass, lambda: len(did) == 4)
    assert (did[2:], board.texts[1:]) == (["sign green"] * 2, [])


# The month is over.


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_the_report_of_the_month_is_sent_on_the_first(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    did: list[str] = []
    hass.bus.async_listen("owner_did", callback(lambda event: did.append(event.data["what"])))
    await hass.config.async_set_time_zone("UTC")
    hand.settle("North", A01=CAR_M)
    began = dt_util.utcnow()
    then = [{"event": "owner_did", "event_data": {"what": "{{ report.csv }}"}}]
    about = {"lot": entry.entry_id, "tell": [OWNER]}
    await automate(hass, "monthly_report", about, about | {"then": then, "text": "{{ month }}"})
    first = (began.replace(day=28) + timedelta(days=4)).replace(day=1, hour=8, minute=0, second=0)
    await to(hass, freezer, first - timedelta(days=1, seconds=-2))
    await to(hass, freezer, first - timedelta(seconds=2))
    assert board.texts == []
    for _ in range(10):
        await pass_time(hass, freezer, 1.0)
    await until(hass, lambda: len(board.texts) == 2 and bool(did))
    report = next(text for text in board.texts if "vehicles" in text)
    assert report.startswith("1 vehicles, 0.")
    assert "They stayed for 0 h 00 min on average" in report
    assert "%" not in report, "there was no month before"
    assert f"{began:%Y-%m}" in board.texts
    assert did[0].startswith("day,vehicles,")
    # Once, and not on the second.
    await to(hass, freezer, dt_util.utcnow() + timedelta(days=1))
    assert len(board.texts) == 2


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_report_that_cannot_be_made_is_told_of(
    hass: HomeAssistant,
    board: Board,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    about = {"lot": entry.entry_id, "tell": [OWNER]}
    await automate(hass, "monthly_report", about)
    await entry.runtime_data.analytics.async_close()
    # Home Assistant was off on the first.
    await to(hass, freezer, dt_util.utcnow().replace(day=28, hour=9) + timedelta(days=8))
    await to(hass, freezer, dt_util.utcnow().replace(day=3, hour=7, minute=59, second=58))
    for _ in range(10):
        await pass_time(hass, freezer, 1.0)
    await until(hass, lambda: bool(board.texts))
    (text,) = board.texts
    assert text.endswith("the history of the car park cannot be read.")


# A vehicle stays too long.


# Its automation looks every five minutes, for as long as Home Assistant runs.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_who_stays_too_long_is_told_of(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    lot: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-20T08:00:00+00:00")
    await automate(hass, "overstay", {"bays": lot, "longest": {"hours": 2}, "tell": [OWNER]})
    await let(hass, hand, A01=CAR_M)
    await pass_time(hass, freezer, 3600.0)
    await let(hass, hand, A02=CAR_M)
    await pass_time(hass, freezer, 3600.0)
    assert board.texts == ["Garage A01 has been occupied since 09:00."]
    await let(hass, hand, A02=EMPTY_M)
    await pass_time(hass, freezer, 3600.0)
    assert len(board.texts) == 1


# A special bay seems to be misused.


async def test_a_vehicle_that_nobody_announced_is_told_of(
    hass: HomeAssistant, hand: Hand, board: Board, freezer: FrozenDateTimeFactory
) -> None:
    await automate(hass, "special_bay", {"bays": [bay_of(hass, "a03")], "tell": [OWNER]})
    await let(hass, hand, A01=CAR_M, A03=CAR_M)
    await pass_time(hass, freezer, 599.0)
    assert board.texts == []
    await pass_time(hass, freezer, 2.0)
    assert board.texts == [
        "A vehicle has stood in Garage A03 for 10 min, and nobody had asked for the bay."
    ]


async def test_who_asked_for_the_bay_may_stand_there(
    hass: HomeAssistant, hand: Hand, board: Board, freezer: FrozenDateTimeFactory
) -> None:
    await automate(hass, "special_bay", {"bays": [bay_of(hass, "a03")], "tell": [OWNER]})
    await ask(hass, "guide", driver="anna", kind="ev")
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A03=CAR_M)
    await pass_time(hass, freezer, 3600.0)
    assert board.texts == []


@pytest.mark.parametrize("on_the_way_s", [0.0, ON_THE_WAY_S])
async def test_who_stands_in_a_bay_that_was_kept_for_somebody_else_is_told_of(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    freezer: FrozenDateTimeFactory,
    on_the_way_s: float,
) -> None:
    bays = [bay_of(hass, "a02"), bay_of(hass, "a03")]
    await automate(hass, "special_bay", {"bays": bays, "tell": [OWNER]})
    await ask(hass, "guide", driver="anna", kind="ev")
    await pass_time(hass, freezer, on_the_way_s)
    await let(hass, hand, A03=CAR_M)
    if on_the_way_s:
        assert board.texts == []
        await ask(hass, "confirm", driver="anna", parked=False)
        await quiet(hass)
    assert board.texts == ["Garage A03 was kept for a driver, and somebody else stands there."]
    await pass_time(hass, freezer, 3600.0)
    assert len(board.texts) == 1


async def test_bays_that_nobody_minds_are_not_told_of(
    hass: HomeAssistant, hand: Hand, board: Board
) -> None:
    await automate(hass, "special_bay", {"bays": [bay_of(hass, "a03")], "tell": [OWNER]})
    await ask(hass, "guide", driver="anna")
    await let(hass, hand, A01=CAR_M)
    assert board.texts == []


async def test_who_charges_may_stand_there(
    hass: HomeAssistant, hand: Hand, board: Board, freezer: FrozenDateTimeFactory
) -> None:
    not_charging = {"condition": "state", "entity_id": "binary_sensor.charger", "state": "off"}
    about = {"bays": [bay_of(hass, "a03")], "only_if": [not_charging], "tell": [OWNER]}
    hass.states.async_set("binary_sensor.charger", "on")
    await automate(hass, "special_bay", about)
    await let(hass, hand, A03=CAR_M)
    await pass_time(hass, freezer, 600.0)
    assert board.texts == []
    await let(hass, hand, A03=EMPTY_M)
    hass.states.async_set("binary_sensor.charger", "off")
    await let(hass, hand, A03=CAR_M)
    await pass_time(hass, freezer, 600.0)
    assert len(board.texts) == 1


# A sensor fails.


async def test_a_sensor_that_has_failed_for_long_is_told_of(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    lot: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    await automate(hass, "sensor_fault", {"bays": lot, "tell": [OWNER]})
    await let(hass, hand, A01=Fault.NO_RESPONSE)
    await pass_time(hass, freezer, 300.0)
    await let(hass, hand, A02=Fault.STUCK_HIGH)
    assert board.texts == []
    await pass_time(hass, freezer, 300.0)
    assert board.texts == [
        "Garage A01: the sensor has failed. Faulty now: A01 (no response), A02 (stuck high)."
    ]
    await let(hass, hand, A02=EMPTY_M)
    await pass_time(hass, freezer, 600.0)
    assert len(board.texts) == 1


async def test_a_node_that_is_down_is_told_of(
    hass: HomeAssistant,
    hand: Hand,
    board: Board,
    lot: dict[str, object],
    freezer: FrozenDateTimeFactory,
) -> None:
    about = {
        "bays": lot,
        "nodes": [look(hass, "north", "connectivity").entity_id],
        "tell": [OWNER],
    }
    await automate(hass, "sensor_fault", about)
    hand.sink("North").lost(Fault.LINE_LOST)
    await quiet(hass)
    await pass_time(hass, freezer, 600.0)
    assert board.texts == ["North: the node does not measure any longer."]
