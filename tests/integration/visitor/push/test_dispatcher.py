"""Push messages that visitors get while the page is closed, and those that they do not get."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.visitor.manager import VisitorManager
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, EMPTY_M, add
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import Phone, set_options
from tests.integration.visitor.push.browsers import Browser, PushService, say, signed

LATE_S = 30.0
CACHED_S = 240.0


async def nothing_more(hass: HomeAssistant, service: PushService) -> bool:
    """Return whether nothing is sent, once everything that is on its way has been."""
    await hass.async_block_till_done(wait_background_tasks=True)
    return service.deliveries.empty()


async def test_a_bay_that_was_taken(
    hand: Hand, phone: Phone, browser: Browser, service: PushService
) -> None:
    hand.settle("North", A01=CAR_M)

    delivery = await service.next()

    assert browser.read(delivery) == {
        "title": "Garage",
        "body": "A01 was taken. Please go to A02.",
        "lang": "en",
        "tag": "bay-",
        "to": "",
        "icon": "",
    }
    headers = delivery.headers
    assert (headers["Urgency"], headers["Topic"], headers["TTL"]) == ("high", "bay-", "240")
    assert headers["Content-Encoding"] == "aes128gcm"


async def test_it_is_signed_for_the_push_service(
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    key = (await phone.look()).get("push")["data-key"]
    hand.settle("North", A01=CAR_M)

    claims = signed(await service.next(), str(key))

    assert claims["sub"].startswith("https://")
    assert 0 < claims["exp"] - freezer().timestamp() <= 24 * 3600


async def test_nobody_else_can_read_it(hand: Hand, browser: Browser, service: PushService) -> None:
    hand.settle("North", A01=CAR_M)

    assert b"A0" not in (await service.next()).body


async def test_was_that_you(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    browser: Browser,
    service: PushService,
) -> None:
    await pass_time(hass, freezer, LATE_S)
    hand.settle("North", A01=CAR_M)

    delivery = await service.next()

    said = browser.read(delivery)["body"]
    assert said == "A vehicle has parked in A01. Was that you? Please answer on the page."
    # So long is the answer waited for.
    assert delivery.headers["TTL"] == "600"


async def test_the_time_is_nearly_up_and_then_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, browser: Browser, service: PushService
) -> None:
    await pass_time(hass, freezer, CACHED_S - 61.0)
    assert await nothing_more(hass, service)
    await pass_time(hass, freezer, 1.5)
    delivery = await service.next()
    assert browser.read(delivery)["body"] == "The time for A01 is nearly up."
    assert 55 <= int(delivery.headers["TTL"]) <= 60

    await pass_time(hass, freezer, 61.0)
    delivery = await service.next()
    assert browser.read(delivery)["body"] == "A01 is no longer kept for you: time is up."
    assert delivery.headers["Urgency"] == "normal"


async def test_who_is_given_more_time_is_told_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    await phone.tap("extend")
    await pass_time(hass, freezer, CACHED_S)
    assert await nothing_more(hass, service)

    await pass_time(hass, freezer, CACHED_S - 59.0)

    assert browser.read(await service.next())["body"] == "The time for A01 is nearly up."


async def test_what_changes_nothing_for_the_worse_is_not_told(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    browser: Browser,
    service: PushService,
) -> None:
    """The owner gives a visitor more time."""
    guidance = entry.runtime_data.guidance
    guidance.async_extend(next(iter(guidance.all())), 60.0)
    await pass_time(hass, freezer, CACHED_S - 1.0)
    assert await nothing_more(hass, service)

    await pass_time(hass, freezer, 2.0)

    assert browser.read(await service.next())["body"] == "The time for A01 is nearly up."


async def test_a_short_time_is_nearly_up_late(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    told_lot: VisitorManager,
    phone: Phone,
    service: PushService,
) -> None:
    await set_options(hass, entry, hold_minutes=1)
    await phone.tap("guide")
    await (browser := Browser()).subscribe(phone)
    await pass_time(hass, freezer, 44.0)
    assert await nothing_more(hass, service)

    await pass_time(hass, freezer, 1.5)

    assert browser.read(await service.next())["body"] == "The time for A01 is nearly up."


async def test_who_has_left_again_is_reminded_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    browser: Browser,
    service: PushService,
) -> None:
    """A vehicle that reverses once more is on the way again without a word."""
    await pass_time(hass, freezer, CACHED_S - 90.0)
    hand.settle("North", A01=CAR_M)
    assert "Was that you?" in browser.read(await service.next())["body"]
    hand.settle("North", A01=EMPTY_M)
    await pass_time(hass, freezer, 31.0)

    assert browser.read(await service.next())["body"] == "The time for A01 is nearly up."


async def test_who_has_said_that_they_have_parked_is_left_in_peace(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    await phone.tap("parked")
    await pass_time(hass, freezer, CACHED_S - 30.0)
    hand.settle("North", A01=CAR_M)

    assert await nothing_more(hass, service)


async def test_a_bay_is_free_now(
    hand: Hand, told_lot: VisitorManager, phone: Phone, service: PushService
) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)
    await phone.tap("guide")
    await (browser := Browser()).subscribe(phone)

    hand.settle("North", A02=EMPTY_M)

    said = browser.read(await service.next())["body"]
    assert said == "A02 has become free and is kept for you."


async def test_the_last_bay_is_lost(hand: Hand, browser: Browser, service: PushService) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M)
    hand.settle("North", A01=CAR_M)

    said = browser.read(await service.next())["body"]

    assert said == "A01 is no longer free, and neither is any other bay. You are in the queue."


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("closed", "A01 has been closed. Please go to A02."),
        ("fault", "It is not known whether A01 is still free. Please go to A02."),
        ("released", "No bay is kept for you any more."),
    ],
)
async def test_a_bay_that_cannot_be_had_any_more(
    entry: SmartParkingConfigEntry,
    hand: Hand,
    browser: Browser,
    service: PushService,
    how: str,
    told: str,
) -> None:
    coordinator = entry.runtime_data.coordinator
    if how == "closed":
        coordinator.async_set_out_of_service("a01", out=True)
    elif how == "fault":
        hand.settle("North", A01=Fault.NO_RESPONSE)
    else:
        guidance = entry.runtime_data.guidance
        guidance.async_release(next(iter(guidance.all())))

    assert browser.read(await service.next())["body"] == told


@pytest.mark.parametrize("do", ["another", "extend", "release", "guide", "parked", "forget"])
async def test_what_visitors_do_themselves_they_are_not_told(
    hass: HomeAssistant, phone: Phone, browser: Browser, service: PushService, do: str
) -> None:
    assert (await phone.post(do)).status == 303

    assert await nothing_more(hass, service)


async def test_what_comes_of_it_for_others_they_are_told(
    hand: Hand, phones: Phones, browser: Browser, phone: Phone, service: PushService
) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M)
    other = phones("127.0.0.2")
    assert (await other.tap("guide")).status == "waiting"
    await (theirs := Browser()).subscribe(other)

    await phone.tap("release")

    said = theirs.read(await service.next())["body"]
    assert said == "A01 has become free and is kept for you."


async def test_the_answer_that_it_was_somebody_else(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    await pass_time(hass, freezer, LATE_S)
    hand.settle("North", A01=CAR_M)
    await service.next()
    await phone.look()

    assert (await phone.tap("no")).text("bay") == "A02"

    assert await nothing_more(hass, service)


async def test_others_are_told_nothing(
    hass: HomeAssistant, hand: Hand, phones: Phones, browser: Browser, service: PushService
) -> None:
    """A02 is held for another driver, who is not subscribed."""
    await phones("127.0.0.2").tap("guide")
    hand.settle("North", A02=CAR_M)

    assert await nothing_more(hass, service)


async def test_it_is_told_in_the_visitors_language(
    hand: Hand, told_lot: VisitorManager, phones: Phones, service: PushService
) -> None:
    phone = phones(**{"Accept-Language": "de-CH,de;q=0.9"})
    await phone.tap("guide")
    await (browser := Browser()).subscribe(phone)
    hand.settle("North", A01=CAR_M)
    read = browser.read(await service.next())
    assert (read["lang"], "A02" in read["body"], "taken" in read["body"]) == ("de", True, False)

    await phone.look("?lang=hi")
    hand.settle("North", A02=CAR_M)

    assert browser.read(await service.next())["lang"] == "hi"


async def test_who_wants_to_be_told_no_more(
    hass: HomeAssistant, hand: Hand, phone: Phone, browser: Browser, service: PushService
) -> None:
    assert await say(phone, do="off") == (200, {"on": False})

    hand.settle("North", A01=CAR_M)

    assert await nothing_more(hass, service)
    assert (await phone.look()).get("push")["data-on"] == "false"


async def test_a_restart_changes_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    browser: Browser,
    service: PushService,
) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, CACHED_S - 59.0)

    assert browser.read(await service.next())["body"] == "The time for A01 is nearly up."


# Promotions.


async def test_a_promotion_after_parking(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    service: PushService,
) -> None:
    shop = promotion("Coffee", text="Round the corner.", link="https://x.example", when="after")
    await add(hass, entry, shop)
    await phone.tap("guide")
    await (browser := Browser()).subscribe(phone, promotions="yes")
    await pass_time(hass, freezer, LATE_S)
    hand.settle("North", A01=CAR_M)
    await service.next()

    # There is no answer: the car counts as the driver's.
    await pass_time(hass, freezer, 601.0)

    delivery = await service.next()
    read = browser.read(delivery)
    assert (read["title"], read["body"]) == ("Ad: Coffee", "Round the corner.")
    assert (read["to"], read["tag"], read["icon"]) == ("p/coffee", "shop", "")
    assert (delivery.headers["Urgency"], delivery.headers["Topic"]) == ("low", "shop")
    assert entry.runtime_data.promotions.counts("coffee").impressions == 1


@pytest.mark.parametrize("why_not", ["not agreed", "nothing to show", "shown on the page"])
async def test_no_promotion(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    service: PushService,
    why_not: str,
) -> None:
    if why_not != "nothing to show":
        await add(hass, entry, promotion("Coffee", when="after"))
    await phone.tap("guide")
    await Browser().subscribe(phone, promotions="" if why_not == "not agreed" else "yes")
    await pass_time(hass, freezer, LATE_S)
    hand.settle("North", A01=CAR_M)
    await service.next()

    if why_not == "shown on the page":
        await phone.look()
        assert "Coffee" in (await phone.tap("yes")).text("promotion")
    await pass_time(hass, freezer, 601.0)

    assert await nothing_more(hass, service)
