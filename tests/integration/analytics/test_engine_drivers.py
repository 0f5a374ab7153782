"""Events of guidance are recorded, and whose vehicle stands where; never who the drivers are."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.smart_parking.lot.analytics.periods import Period
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from tests.integration.analytics.history import (
    NODE,
    Cars,
    file_of,
    flush,
    manager_of,
    rows,
    stays_of,
)
from tests.integration.lots import bay, gate, lot, node, set_up
from tests.integration.sources.driven import Hand

BEGAN = "2026-11-02 17:00:00+00:00"
WAY_S = 30.0


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up two empty bays, 42 m from the gate; one driver may wait."""
    freezer.move_to(BEGAN)
    entry = lot(node(NODE, [bay("A01", 42.0), bay("A02", 44.5)]), gate("Main"))
    object.__setattr__(entry, "options", {"queue_max": 1})
    assert await set_up(hass, entry)
    cars = Cars(hass, hand, freezer)
    cars.leave("A01", "A02")
    await cars.wait(1.0)
    return cars


async def do(hass: HomeAssistant, action: str, **data: object) -> None:
    """Call an action."""
    await hass.services.async_call("smart_parking", action, data, blocking=True)


def told(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return the recorded events and reasons of guidance."""
    return [(one["event"], one["reason"]) for one in rows(file_of(hass), "guidance")]


async def test_a_guided_driver_parks_and_confirms(hass: HomeAssistant, cars: Cars) -> None:
    await do(hass, "guide", driver="ann")
    await cars.wait(WAY_S)
    cars.arrive("A01")
    await cars.wait(30.0)
    await do(hass, "confirm", driver="ann")
    await cars.wait(600.0)
    cars.leave("A01")
    await cars.wait(1.0)
    await flush(hass)
    (stay,) = rows(file_of(hass), "stays")
    assert (stay["origin"], stay["outcome"]) == ("guided", "confirmed")
    assert told(hass) == [("guided", ""), ("arrived", ""), ("confirmed", "")]
    waits = [one["waited_s"] for one in rows(file_of(hass), "guidance")]
    assert waits == [None, WAY_S, None]
    content = file_of(hass).read_bytes()
    assert b"ann" not in content


async def test_a_bay_that_is_taken_by_somebody_else(hass: HomeAssistant, cars: Cars) -> None:
    await do(hass, "guide", driver="ann")
    cars.arrive("A01")
    await cars.wait(WAY_S)
    cars.arrive("A02")
    await cars.wait(1.0)
    await do(hass, "confirm", driver="ann", parked=True)
    await flush(hass)
    stays = stays_of(file_of(hass))
    assert (stays["A01"]["origin"], stays["A01"]["outcome"]) == ("chance", "taken")
    assert (stays["A02"]["origin"], stays["A02"]["outcome"]) == ("guided", "confirmed")
    assert ("re_guided", "taken") in told(hass)
    day = manager_of(hass).today.day
    shown = await manager_of(hass).async_dashboard(Period(day, day), None)
    guidance = shown["guidance"]
    assert isinstance(guidance, dict)
    assert guidance["re_guided"] == {"taken": 1}
    assert guidance["guided_share"] == 0.5
    assert guidance["minutes_to_park"] == 0.5


async def test_who_is_turned_away_is_counted_once(hass: HomeAssistant, cars: Cars) -> None:
    cars.arrive("A01", "A02")
    await cars.wait(1.0)
    await do(hass, "guide", driver="ann")
    for _ in range(3):
        with pytest.raises(HomeAssistantError):
            await do(hass, "guide", driver="bob")
    assert manager_of(hass).today.turned_away == 1
    # Who waits in vain is turned away as well; who asks for something else is not.
    await do(hass, "guide", driver="ann", kind="ev")
    assert manager_of(hass).today.turned_away == 1
    await do(hass, "release", driver="ann")
    assert manager_of(hass).today.turned_away == 2
    await flush(hass)
    away = [reason for event, reason in told(hass) if event == "turned_away"]
    assert away == ["queue_full", "gave_up"]
    table = await hass.services.async_call(
        "smart_parking", "report", {"period": "today"}, blocking=True, return_response=True
    )
    assert table is not None
    totals = table["totals"]
    assert isinstance(totals, dict)
    assert totals["turned_away"] == len(away) == manager_of(hass).today.turned_away
    day = manager_of(hass).today.day
    shown = await manager_of(hass).async_dashboard(Period(day, day), None)
    guidance = shown["guidance"]
    assert isinstance(guidance, dict)
    assert guidance["turned_away"] == {"queue_full": 1, "gave_up": 1}
    by_kind = await manager_of(hass).async_table(Period(day, day), GroupBy.KIND)
    assert {key: cell.turned_away for key, cell in by_kind.cells.items() if cell.turned_away} == {
        "standard": 1,
        "ev": 1,
    }
    by_hour = await manager_of(hass).async_table(Period(day, day), GroupBy.HOUR)
    assert by_hour.cells[9].turned_away == 2
