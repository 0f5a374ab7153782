"""A listener of the lot that fails stops neither the others nor the lot."""

from functools import partial

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
import pytest
import pytest_asyncio

from custom_components.smart_parking.coordinator import LOT
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.guidance.capacity import CapacityEvent
from custom_components.smart_parking.guidance.manager import ALL
from custom_components.smart_parking.lot.holds.events import HoldEvent
from custom_components.smart_parking.lot.lot import Changes
from tests.integration.lots import CAR_M, EMPTY_M, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of two vacant bays."""
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    return entry


def fail(*_args: object) -> None:
    """Raise, as any listener may."""
    raise RuntimeError("out of order")


class Broken:
    """A subscriber of the lot, which fails when there is anything new."""

    def __init__(self) -> None:
        self.has_looked = False

    def async_update(self) -> None:
        """Subscribe once."""
        if self.has_looked:
            fail()
        self.has_looked = True


class Looker:
    """A subscriber of the lot."""

    def __init__(self) -> None:
        self.looks = 0

    def async_update(self) -> None:
        """Subscribe."""
        self.looks += 1


async def test_32_everybody_else_is_told(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = entry.runtime_data
    coordinator = data.coordinator
    told: list[str] = []

    @callback
    def followed(changes: Changes) -> None:
        told.append("follower")

    @callback
    def guided(_told: HoldEvent) -> None:
        told.append("holds")

    @callback
    def turned(turn: CapacityEvent, _free: int) -> None:
        told.append(turn.value)

    for key in ("a01", "main", LOT):
        coordinator.async_listen(key, fail)
        coordinator.async_listen(key, partial(told.append, key))
    coordinator.async_follow(fail)
    coordinator.async_follow(followed)
    data.guidance.async_listen(ALL, fail)
    data.guidance.async_listen(ALL, guided)
    data.capacity.async_listen(fail)
    data.capacity.async_listen(turned)
    looker = Looker()
    data.live.async_join(looker.async_update)
    data.live.async_join(Broken().async_update)
    with pytest.raises(RuntimeError):
        data.live.async_join(fail)
    before = looker.looks

    hold = data.guidance.async_guide("main")
    hand.settle("North", A01=CAR_M)
    hand.settle("North", A02=CAR_M)
    await hass.async_block_till_done()

    assert said(hass, "a01", "occupancy") == STATE_ON
    assert said(hass, "free") == "0"
    assert hold.bay_id is not None
    assert {"a01", "main", LOT, "follower", "holds", "full"} <= set(told)
    assert looker.looks > before
    logged = [one for one in caplog.records if "has failed" in one.message]
    # Once for each place that calls it, however often it fails.
    assert len(logged) <= 7


async def test_32_holds_that_cannot_follow_hide_no_vehicle(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry.runtime_data.guidance, "async_adjust", fail)
    hand.settle("North", A01=CAR_M)
    assert said(hass, "a01", "occupancy") == STATE_ON
    assert said(hass, "free") == "1"
    assert said(hass, "main", "nearest") == "A02"
