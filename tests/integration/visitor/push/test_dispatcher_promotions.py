"""A promotion that is sent to who has parked counts when the push service has taken it."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.manager import VisitorManager
from custom_components.smart_parking.visitor.push import sender
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, add
from tests.integration.promotions.shops import promotion, show
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import Phone
from tests.integration.visitor.push.browsers import Browser, PushService, say

LATE_S = 30.0
UNANSWERED_S = 601.0

pytestmark = pytest.mark.usefixtures("told_lot")


@pytest.fixture(name="no_waiting")
def no_waiting_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(sender, "WAITS_S", (0.0, 0.0, 0.0))


@pytest.fixture(name="shops", autouse=True)
async def shops_fixture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, told_lot: VisitorManager
) -> None:
    """Make two shops take turns."""
    await add(hass, entry, promotion("Coffee", when="after"))
    await add(hass, entry, promotion("Tea", when="after"))


class Driver:
    """A visitor who parks in A01 without a word, and wants to be shown promotions."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        hand: Hand,
        phone: Phone,
        service: PushService,
    ) -> None:
        """Be on the way."""
        self.hass, self.freezer, self.hand = hass, freezer, hand
        self.phone, self.service = phone, service
        self.browser = Browser()

    async def come(self) -> None:
        """Be guided, and park."""
        await self.phone.look()
        await self.phone.tap("guide")
        await self.browser.subscribe(self.phone, promotions="yes")
        await pass_time(self.hass, self.freezer, LATE_S)
        self.hand.settle("North", A01=CAR_M)
        await self.service.next()

    async def say_nothing(self) -> None:
        """Be taken to have parked: a promotion is sent, or tried to be."""
        await pass_time(self.hass, self.freezer, UNANSWERED_S)

    async def reads(self) -> str:
        """Return what is delivered next."""
        title: str = self.browser.read(await self.service.next())["title"]
        return title


@pytest.fixture(name="driver")
def driver_fixture(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    phone: Phone,
    service: PushService,
) -> Driver:
    """Give a visitor."""
    return Driver(hass, freezer, hand, phone, service)


def counted(entry: SmartParkingConfigEntry) -> dict[str, tuple[int, int]]:
    """Return the impressions and visits of both shops."""
    of_each = {one: entry.runtime_data.promotions.counts(one) for one in ("coffee", "tea")}
    return {one: (counts.impressions, counts.visits) for one, counts in of_each.items()}


async def test_what_is_taken_counts(entry: SmartParkingConfigEntry, driver: Driver) -> None:
    await driver.come()
    await driver.say_nothing()

    assert await driver.reads() == "Ad: Coffee"
    assert counted(entry) == {"coffee": (1, 1), "tea": (0, 0)}


@pytest.mark.parametrize("status", [400, 403, 410, 413])
async def test_what_is_refused_does_not_count_and_costs_nobody_a_turn(
    entry: SmartParkingConfigEntry, driver: Driver, service: PushService, status: int
) -> None:
    await driver.come()
    service.answer(status)
    await driver.say_nothing()
    assert await driver.reads() == "Ad: Coffee"
    assert counted(entry) == {"coffee": (0, 0), "tea": (0, 0)}

    assert [show(entry, when="after") for _ in range(4)] == ["Coffee", "Tea", "Coffee", "Tea"]


@pytest.mark.usefixtures("no_waiting")
async def test_what_is_taken_at_the_third_try_counts_once(
    entry: SmartParkingConfigEntry, driver: Driver, service: PushService
) -> None:
    await driver.come()
    service.answer(503)
    service.answer(429)
    await driver.say_nothing()

    assert [await driver.reads() for _ in range(3)] == ["Ad: Coffee"] * 3
    assert counted(entry) == {"coffee": (1, 1), "tea": (0, 0)}


@pytest.mark.usefixtures("no_waiting")
async def test_what_nobody_takes_does_not_count(
    entry: SmartParkingConfigEntry, driver: Driver, service: PushService
) -> None:
    await driver.come()
    for _ in range(9):
        service.answer(503)
    await driver.say_nothing()

    assert counted(entry) == {"coffee": (0, 0), "tea": (0, 0)}


@pytest.mark.parametrize("how", ["told no more", "unloaded"])
async def test_what_is_not_sent_any_more_does_not_count(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    driver: Driver,
    service: PushService,
    how: str,
) -> None:
    promotions = entry.runtime_data.promotions
    await driver.come()
    service.answer(503)
    driver.freezer.tick(UNANSWERED_S)
    async_fire_time_changed(hass)
    assert await driver.reads() == "Ad: Coffee"
    if how == "told no more":
        await say(driver.phone, do="off")
    else:
        assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert service.deliveries.empty()
    assert promotions.counts("coffee").impressions == 0
