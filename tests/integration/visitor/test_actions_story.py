"""What becomes of visitors, from the gate to their car and back."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.holds.hold import HoldStatus
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import pass_time
from tests.integration.lots import CAR_M, EMPTY_M, said
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import Page, Phone, set_options

LATE_S = 30.0


def all_taken() -> dict[str, float]:
    """Return observations of a car in every standard bay."""
    return {"A01": CAR_M, "A02": CAR_M, "A03": CAR_M}


async def arrive(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hand: Hand, label: str
) -> None:
    """Make a car come into a bay as late as its driver can have."""
    await pass_time(hass, freezer, LATE_S)
    hand.settle("North", **{label: CAR_M})


async def test_a_visitor_is_guided_parks_and_finds_the_car(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    page = await phone.tap("guide")
    assert (page.status, page.text("bay")) == ("held", "A01")
    assert page.text("say") == "Your bay, kept for you 4:00"
    assert page.text("way") == "25 m, on the left"
    assert page.text("free") == "2 free"

    await arrive(hass, freezer, hand, "A01")
    page = await phone.look()
    assert page.status == "arrived"
    assert page.text("say") == "A vehicle has parked in your bay. Is it yours?"
    assert list(page.buttons)[:2] == ["yes", "no"]

    page = await phone.tap("yes")
    assert (page.status, page.text("bay")) == ("parked", "A01")
    assert page.text("say") == "Your car is here"
    assert page.text("way") == "25 m, on the left"

    page = await phone.tap("found")
    assert (page.status, page.text("bay")) == ("none", "A02")


async def test_who_comes_too_early_is_somebody_else(phone: Phone, hand: Hand) -> None:
    await phone.tap("guide")
    hand.settle("North", A01=CAR_M)

    page = await phone.look()

    assert (page.status, page.text("bay")) == ("held", "A02")
    assert page.text("notice") == "A01 was taken. Please go to A02."
    # It is said once.
    assert (await phone.look()).text("notice") == ""


async def test_who_finds_the_bay_taken_is_sent_on(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    await arrive(hass, freezer, hand, "A01")
    await phone.look()

    page = await phone.tap("no")

    assert (page.status, page.text("bay")) == ("held", "A02")
    assert page.text("notice") == "Sorry. Please go to A02."


async def test_without_an_answer_the_car_is_taken_to_be_theirs(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    await arrive(hass, freezer, hand, "A01")
    await pass_time(hass, freezer, 601.0)

    page = await phone.look()

    assert (page.status, page.text("bay"), page.text("notice")) == ("parked", "A01", "")


async def test_whoever_says_that_they_have_parked_is_not_asked(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")

    assert (await phone.tap("parked")).status == "parked"

    await arrive(hass, freezer, hand, "A01")
    page = await phone.look()
    assert (page.status, page.text("bay"), page.text("notice")) == ("parked", "A01", "")


async def test_who_has_parked_is_not_sent_on_when_the_sensor_fails(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    await phone.tap("guide")
    await phone.tap("parked")
    hand.settle("North", A01=EMPTY_M)
    hand.settle("North", A01=Fault.NO_RESPONSE)
    await hass.async_block_till_done()

    page = await phone.look()

    assert (page.status, page.text("bay"), page.text("notice")) == ("parked", "A01", "")
    assert not list(entry.runtime_data.guidance.all())
    assert said(hass, "a02", "occupancy") == "off"


async def test_whoever_waits_may_be_sent_away_by_the_owner(
    entry: SmartParkingConfigEntry, phone: Phone, hand: Hand
) -> None:
    hand.settle("North", **all_taken())
    await phone.tap("guide")
    guidance = entry.runtime_data.guidance
    guidance.async_confirm(next(iter(guidance.all())), parked=True)

    assert (await phone.look()).status == "none"


async def test_what_the_owner_takes_back_is_not_given_back_again(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    await phone.tap("guide")
    await phone.tap("parked")
    guidance = entry.runtime_data.guidance
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    guidance.async_release(next(iter(guidance.all())))
    await hass.async_block_till_done()

    assert (await phone.look()).status == "parked"


async def test_who_has_parked_elsewhere_gives_the_bay_back(
    entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("guide")

    page = await phone.tap("parked", bay=" a03")

    assert (page.status, page.text("bay")) == ("parked", "A03")
    assert not list(entry.runtime_data.guidance.all())


async def test_who_was_never_guided_can_remember_the_bay_too(phone: Phone) -> None:
    page = await phone.tap("parked", bay="A02")

    assert (page.status, page.text("bay")) == ("parked", "A02")
    assert page.get("go").get("hidden", "shown") == "shown"


@pytest.mark.parametrize(
    ("bay", "told"),
    [
        ("Z99", "There is no bay of that name."),
        ("", "Please say in which bay you have parked."),
    ],
)
async def test_nobody_parks_where_there_is_no_bay(phone: Phone, bay: str, told: str) -> None:
    page = await phone.tap("parked", bay=bay)

    assert (page.status, page.text("notice")) == ("none", told)


async def test_another_bay(phone: Phone) -> None:
    await phone.tap("guide")

    assert (await phone.tap("another")).text("bay") == "A02"


async def test_a_second_tap_is_no_second_wish(phone: Phone) -> None:
    await phone.tap("guide")
    first = await phone.post("another")
    again = await phone.post("another")

    assert (first.status, again.status) == (303, 303)
    assert (await phone.look()).text("bay") == "A02"


async def test_when_there_is_no_other_bay_it_is_said(phone: Phone, hand: Hand) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M)
    await phone.tap("guide")

    page = await phone.tap("another")

    assert (page.text("bay"), page.text("notice")) == ("A01", "There is no other free bay.")


async def test_a_bay_is_kept_longer_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    await pass_time(hass, freezer, 60.0)

    page = await phone.tap("extend")

    assert page.text("left") == "7:00"
    assert "extend" not in page.buttons
    await phone.post("extend")
    assert (await phone.look()).text("left") == "7:00"
    # The next bay is another matter.
    assert "extend" in (await phone.tap("another")).buttons


async def test_a_bay_is_not_kept_longer_once_somebody_stands_there(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    await arrive(hass, freezer, hand, "A01")

    status, answer = await phone.ask("extend")

    assert (status, answer["error"]) == (409, "other")
    assert answer["text"] == "That is not possible at the moment."


async def test_a_bay_given_back_is_for_others(entry: SmartParkingConfigEntry, phone: Phone) -> None:
    await phone.tap("guide")

    page = await phone.tap("release")

    assert (page.status, page.text("bay"), page.text("notice")) == ("none", "A01", "")
    assert not list(entry.runtime_data.guidance.all())


async def test_the_time_is_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    await phone.tap("guide")
    await pass_time(hass, freezer, 241.0)

    page = await phone.look()

    assert page.status == "none"
    assert page.text("notice") == "A01 is no longer kept for you: time is up."


async def test_asking_again_is_the_same_bay(phone: Phone) -> None:
    await phone.tap("guide")
    await phone.post("guide")

    assert (await phone.look()).text("bay") == "A01"


async def test_another_kind_is_another_bay(phone: Phone) -> None:
    await phone.tap("guide")
    page = await phone.look("?kind=ev")
    assert (page.text("bay"), page.buttons["guide"]) == ("A01", "Another kind instead: charging")

    page = await phone.tap("guide")

    assert (page.text("bay"), page.text("notice")) == ("A04", "")
    assert "guide" not in page.buttons


async def test_visitors_wait_their_turn(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phones: Phones
) -> None:
    hand.settle("North", **all_taken())
    first, second = phones("127.0.0.2"), phones("127.0.0.3")

    assert (await first.tap("guide")).text("bay") == "1"
    page = await second.tap("guide")
    assert (page.status, page.text("bay")) == ("waiting", "2")
    assert page.text("say") == "Your place in the queue"

    hand.settle("North", A02=EMPTY_M)
    page = await first.look()
    assert (page.status, page.text("bay")) == ("held", "A02")
    assert page.text("notice") == "A02 has become free and is kept for you."
    page = await second.look()
    assert page.text("bay") == "1"
    assert page.buttons["release"] == "Stop waiting"
    assert (await second.tap("release")).status == "none"


async def test_nobody_waits_for_ever(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hand: Hand, phone: Phone
) -> None:
    hand.settle("North", **all_taken())
    await phone.tap("guide")
    await pass_time(hass, freezer, 1801.0)

    page = await phone.look()

    assert page.status == "none"
    assert page.text("notice").startswith("No bay has become free in time.")


async def test_a_full_queue_is_told(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    await set_options(hass, entry, queue_max=0)
    hand.settle("North", **all_taken())

    page = await phone.tap("guide")

    assert page.text("notice") == "Too many drivers are waiting already."


async def test_who_loses_the_last_bay_waits(phone: Phone, hand: Hand) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M)
    await phone.tap("guide")
    hand.settle("North", A01=CAR_M)

    page = await phone.look()

    assert page.status == "waiting"
    assert page.text("notice").startswith("A01 is no longer free, and neither is any other bay.")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("closed", "A01 has been closed. Please go to A02."),
        ("fault", "It is not known whether A01 is still free. Please go to A02."),
    ],
)
async def test_a_bay_that_cannot_be_had_any_more(
    entry: SmartParkingConfigEntry, phone: Phone, hand: Hand, how: str, told: str
) -> None:
    await phone.tap("guide")
    if how == "closed":
        entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    else:
        hand.settle("North", A01=Fault.NO_RESPONSE)

    assert (await phone.look()).text("notice") == told


async def test_an_owner_can_take_a_bay_back(entry: SmartParkingConfigEntry, phone: Phone) -> None:
    await phone.tap("guide")
    guidance = entry.runtime_data.guidance
    guidance.async_release(next(iter(guidance.all())))

    page = await phone.look()

    assert (page.status, page.text("notice")) == ("none", "No bay is kept for you any more.")


async def test_a_bay_that_somebody_has_reserved_is_not_kept_longer(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await set_options(hass, entry, hold_minutes=10)
    await phone.tap("guide")
    now = freezer().timestamp()
    entry.runtime_data.guidance.async_reserve("main", now + 960.0, now + 1800.0, bay_id="a01")

    page = await phone.tap("extend")

    assert page.text("notice") == "It cannot be kept longer: somebody has reserved it after you."
    assert "extend" in page.buttons


async def test_two_visitors_get_two_bays(phones: Phones) -> None:
    assert (await phones("127.0.0.2").tap("guide")).text("bay") == "A01"
    assert (await phones("127.0.0.3").tap("guide")).text("bay") == "A02"


async def test_a_phone_keeps_two_bays_at_most(phones: Phones) -> None:
    """Who clears the cookies is somebody else, but not somewhere else."""
    for label in ("A01", "A02"):
        assert (await phones().tap("guide")).text("bay") == label

    page = await phones().tap("guide")

    assert page.status == "none"
    assert page.text("notice") == (
        "Phones on your connection have as many bays as one phone may have. "
        "Please tell the staff: they can change that."
    )
    assert (await phones("127.0.0.2").tap("guide")).text("bay") == "A03"


async def test_who_cannot_be_guided_still_finds_the_car(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    await set_options(hass, entry, queue_max=0)
    await phone.tap("parked", bay="A02")
    hand.settle("North", **all_taken())

    # On a page that was open before.
    assert (await phone.ask("guide"))[0] == 409

    page = await phone.look()
    assert (page.status, page.text("bay")) == ("parked", "A02")


async def test_what_was_refused_does_not_hide_what_has_happened(phone: Phone, hand: Hand) -> None:
    await phone.tap("guide")
    hand.settle("North", A01=CAR_M)

    page = await phone.look("?error=other")

    assert page.text("notice") == "A01 was taken. Please go to A02."


async def test_who_asks_anew_has_driven_away(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("guide")
    await phone.tap("parked")

    status, said_ = await phone.ask("guide")

    assert (status, said_["mine"]["status"], said_["mine"]["label"]) == (200, "held", "A01")
    (hold,) = entry.runtime_data.guidance.all()
    assert (hold.status, hold.has_parked) == (HoldStatus.HELD, False)


async def test_found_while_nothing_has_been_seen_in_the_bay(
    entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("guide")
    await phone.tap("parked")

    page = await phone.tap("found")

    assert page.status == "none"
    assert not list(entry.runtime_data.guidance.all())


async def test_answers_to_questions_that_nobody_asked_change_nothing(phone: Phone) -> None:
    for do in ("another", "extend", "release", "yes", "no", "found"):
        response = await phone.post(do)
        assert (response.status, response.headers["Location"].endswith("/")) == (303, True)
        assert (await phone.look()).status == "none"
    await phone.tap("guide")
    await phone.post("yes")
    await phone.post("found")
    assert (await phone.look()).status == "held"


async def test_without_a_gate_nobody_is_guided(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.look()
    for one in ("main", "back"):
        hass.config_entries.async_remove_subentry(entry, one)
    await hass.async_block_till_done()

    response = await phone.post("guide")

    assert response.headers["Location"].endswith("?error=no_gate")
    # The driver can still store the place of the car.
    page: Page = await phone.tap("parked", bay="A02")
    assert (page.status, page.text("bay")) == ("parked", "A02")


async def test_the_car_is_found_although_its_bay_and_gate_are_no_more(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.look("?gate=back")
    await phone.tap("parked", bay="A04")
    hass.config_entries.async_remove_subentry(entry, "back")
    hass.config_entries.async_remove_subentry(entry, "north")
    await hass.async_block_till_done()

    page = await phone.look()

    assert (page.status, page.text("bay"), page.start["mine"]["bay"]) == ("parked", "A04", None)


async def test_a_wish_about_another_bay_is_out_of_date(phone: Phone) -> None:
    await phone.tap("guide")
    status, answer = await phone.ask("another", bay="A09")

    assert (status, answer["mine"]["label"]) == (200, "A01")
