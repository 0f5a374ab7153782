"""What happened while a node could not be heard goes into the record, exactly and once."""

import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.lot.model import Fault, Observation
from custom_components.smart_parking.lot.tracker import Past
from tests.integration.analytics.history import NODE, Cars, file_of, flush, rows
from tests.integration.analytics.test_manager_stays import LABELS
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import DrivenSource, Hand

type Stay = tuple[object, object, object]
"""When a vehicle came, how long it stayed, and whether that is estimated."""

BEGAN = "2026-11-02 08:00:00+00:00"


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays on a Monday morning."""
    freezer.move_to(BEGAN)
    assert await set_up(hass, lot(node(NODE, row("A", 3)), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    return cars


def stays(hass: HomeAssistant) -> dict[str, list[Stay]]:
    """Return by label the stays: when, for how long, and whether that is estimated."""
    path = file_of(hass)
    labels = {one["place_id"]: one["label"] for one in rows(path, "places")}
    found: dict[str, list[Stay]] = {}
    for one in rows(path, "stays", "arrived"):
        lasted = None if one["left"] is None else one["left"] - one["arrived"]
        found.setdefault(labels[one["place_id"]], []).append(
            (one["arrived"], lasted, one["is_estimated"])
        )
    return found


def seen(bay_id: str, ago_s: float, occupied: bool | None) -> Observation:
    """Return what a node believed some time ago."""
    fault = Fault.NO_TARGET if occupied is None else None
    return Observation(bay_id, occupied, fault, 0.99, None, time.monotonic() - ago_s)


async def lose(hass: HomeAssistant, hand: Hand) -> None:
    """Lose the node."""
    hand.sink(NODE).lost(Fault.NODE_SILENT)
    await hass.async_block_till_done()


async def come_back(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, after_s: float
) -> None:
    """Start the node again after a while; it has said nothing yet."""
    freezer.tick(after_s)
    hand.pass_time(after_s)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_stays_are_as_they_were(
    hass: HomeAssistant,
    hand: Hand,
    cars: Cars,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cars.arrive("A01", "A03")
    await cars.wait(600.0)
    began = float(str((await _flushed(hass))["A01"][0][0]))
    await lose(hass, hand)
    await come_back(hass, hand, freezer, 3600.0)
    now = began + 4200.0

    monkeypatch.setattr(DrivenSource, "is_catching_up", True)
    cars.say(A01=1.0, A02=2.5, A03=1.0)
    monkeypatch.setattr(DrivenSource, "is_catching_up", False)
    # The first vehicle left and another came; one stayed for ten minutes beside it.
    past = [
        seen("a01", 3000.0, occupied=False),
        seen("a02", 2000.0, occupied=True),
        seen("gone", 1900.0, occupied=True),
        seen("a02", 1400.0, occupied=False),
        seen("a01", 1000.0, occupied=True),
    ]
    hand.sink(NODE).past(Past(past, time.monotonic() - 5000.0, arrivals=2))
    found = await _flushed(hass)
    (first, second), (beside,), (stays_on,) = found["A01"], found["A02"], found["A03"]
    assert first == (pytest.approx(began, abs=1), pytest.approx(1200.0, abs=3), 0)
    assert second == (pytest.approx(now - 1000.0, abs=3), None, 0)
    assert beside == (pytest.approx(now - 2000.0, abs=3), pytest.approx(600.0, abs=3), 0)
    # Of the third nothing is unknown: it has stood there all the time.
    assert stays_on == (pytest.approx(began, abs=1), None, 0)


async def test_what_is_missing_leaves_a_gap(
    hass: HomeAssistant,
    hand: Hand,
    cars: Cars,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cars.arrive("A01")
    await cars.wait(600.0)
    await lose(hass, hand)
    await come_back(hass, hand, freezer, 3600.0)
    monkeypatch.setattr(DrivenSource, "is_catching_up", True)
    cars.say(A01=2.5, A02=2.5, A03=2.5)
    monkeypatch.setattr(DrivenSource, "is_catching_up", False)
    # Half an hour of it was forgotten.
    past = [seen("a01", 1000.0, occupied=False)]
    hand.sink(NODE).past(Past(past, time.monotonic() - 1800.0, arrivals=0))
    ((_, lasted, is_estimated),) = (await _flushed(hass))["A01"]
    assert is_estimated
    assert lasted == pytest.approx(600.0 + 2600.0 / 2.0, abs=5)


async def test_what_may_have_been_told_before_a_restart_counts_once(
    hass: HomeAssistant, hand: Hand, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01")
    await cars.wait(600.0)
    cars.leave("A01")
    await cars.wait(600.0)
    before = await _flushed(hass)
    await lose(hass, hand)
    await come_back(hass, hand, freezer, 2.0)
    again = [seen("a01", 1200.0, occupied=True), seen("a01", 600.0, occupied=False)]
    hand.sink(NODE).past(Past(again, time.monotonic() - 5000.0, 0, may_repeat=True))
    assert await _flushed(hass) == before
    assert len(before["A01"]) == 1


async def _flushed(hass: HomeAssistant) -> dict[str, list[Stay]]:
    """Return all stays, once they are written."""
    await flush(hass)
    return stays(hass)
