"""How messages are handed to push services that do not always take them."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.manager import VisitorManager
from custom_components.smart_parking.visitor.push import sender
from tests.integration.lots import CAR_M
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import Phone, set_options
from tests.integration.visitor.push.browsers import Browser, PushService, say

TAKEN = "A01 was taken. Please go to A02."


@pytest.fixture(name="no_waiting")
def no_waiting_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(sender, "WAITS_S", (0.0, 0.0, 0.0))


async def all_done(hass: HomeAssistant) -> None:
    """Wait until nothing is on its way."""
    await hass.async_block_till_done(wait_background_tasks=True)


def counts(lot: VisitorManager) -> tuple[int, int, int]:
    """Return how many messages were taken, how many not, and how many subscriptions are over."""
    return lot.push.post.sent, lot.push.post.failed, lot.push.post.ended


async def test_a_message_is_taken(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
) -> None:
    hand.settle("North", A01=CAR_M)
    await service.next()
    await all_done(hass)

    assert counts(told_lot) == (1, 0, 0)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_over_is_dropped(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    browser: Browser,
    service: PushService,
    status: int,
) -> None:
    service.answer(status)
    hand.settle("North", A01=CAR_M)
    await service.next()
    await all_done(hass)
    assert counts(told_lot) == (0, 0, 1)
    assert (await phone.look()).get("push")["data-on"] == "false"

    hand.settle("North", A02=CAR_M)
    await all_done(hass)
    assert service.deliveries.empty()


@pytest.mark.parametrize("how", ["anew", "off", "forget"])
async def test_who_wants_something_else_meanwhile_is_sent_nothing_old(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    browser: Browser,
    service: PushService,
    how: str,
) -> None:
    service.answer(503)
    hand.settle("North", A01=CAR_M)
    await service.next()
    if how == "anew":
        await (anew := Browser()).subscribe(phone)
    elif how == "off":
        await say(phone, do="off")
    else:
        await phone.tap("forget")
    await all_done(hass)
    assert service.deliveries.empty()

    hand.settle("North", A02=CAR_M)

    if how == "anew":
        assert anew.read(await service.next())["body"] == "A02 was taken. Please go to A03."
    await all_done(hass)
    assert service.deliveries.empty()


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_who_has_no_time_is_asked_again(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
    status: int,
) -> None:
    for _ in range(3):
        service.answer(status)
    hand.settle("North", A01=CAR_M)

    tries = [await service.next() for _ in range(4)]

    await all_done(hass)
    assert counts(told_lot) == (1, 0, 0)
    assert {browser.read(one)["body"] for one in tries} == {TAKEN}
    # Each is encrypted anew.
    assert len({one.body for one in tries}) == 4


@pytest.mark.usefixtures("no_waiting")
async def test_it_is_not_asked_for_ever(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
) -> None:
    for _ in range(9):
        service.answer(503)
    hand.settle("North", A01=CAR_M)
    await all_done(hass)

    assert service.deliveries.qsize() == 4
    assert counts(told_lot) == (0, 1, 0)
    assert len(told_lot.push) == 1


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_who_does_not_want_it_is_not_asked_again(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
    status: int,
) -> None:
    service.answer(status)
    hand.settle("North", A01=CAR_M)
    await all_done(hass)

    assert service.deliveries.qsize() == 1
    assert counts(told_lot) == (0, 1, 0)


@pytest.mark.parametrize("after_s", ["121", "99999999999999999999"])
async def test_nobody_is_waited_for_too_long(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
    after_s: str,
) -> None:
    service.answer(429, Retry_After=after_s)
    hand.settle("North", A01=CAR_M)
    await all_done(hass)

    assert counts(told_lot) == (0, 1, 0)


async def test_nothing_is_sent_that_is_no_longer_true(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    """A message about a bay that is held for a minute is useless after 100 s."""
    await set_options(hass, entry, hold_minutes=1)
    await phone.tap("release")
    await phone.tap("guide")
    service.answer(429, Retry_After="100")
    hand.settle("North", A01=CAR_M)
    await all_done(hass)

    assert counts(told_lot) == (0, 1, 0)


@pytest.mark.usefixtures("no_waiting")
async def test_a_redirect_leads_nowhere(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
) -> None:
    service.answer(307, Location="https://192.168.1.1/")
    hand.settle("North", A01=CAR_M)
    await all_done(hass)

    assert service.deliveries.qsize() == 1
    assert counts(told_lot) == (0, 1, 0)


@pytest.mark.usefixtures("no_waiting")
async def test_without_the_internet_nothing_arrives(
    hass: HomeAssistant, hand: Hand, told_lot: VisitorManager, phone: Phone, service: PushService
) -> None:
    await phone.tap("guide")
    await Browser("updates.push.services.mozilla.com").subscribe(phone)
    hand.settle("North", A01=CAR_M)

    await all_done(hass)

    assert counts(told_lot) == (0, 1, 0)
    assert service.deliveries.empty()


async def test_the_newest_takes_the_place_of_what_was_not_taken(
    hass: HomeAssistant,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
) -> None:
    service.answer(503)
    hand.settle("North", A01=CAR_M)
    assert browser.read(await service.next())["body"] == TAKEN

    hand.settle("North", A02=CAR_M)

    assert browser.read(await service.next())["body"] == "A02 was taken. Please go to A03."
    await all_done(hass)
    assert service.deliveries.empty()
    assert counts(told_lot) == (1, 0, 0)


async def test_nothing_is_on_its_way_after_the_end(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    told_lot: VisitorManager,
    browser: Browser,
    service: PushService,
) -> None:
    service.answer(503)
    hand.settle("North", A01=CAR_M)
    await service.next()

    assert await hass.config_entries.async_unload(entry.entry_id)
    await all_done(hass)

    assert service.deliveries.empty()
