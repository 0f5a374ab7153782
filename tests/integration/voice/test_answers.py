"""What is answered to an intent, in the language of who asks."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import pass_time
from tests.integration.guidance.drivers import ask
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    bay,
    change,
    gate,
    lot,
    node,
    remove,
    set_up,
)
from tests.integration.sources.driven import Hand
from tests.integration.voice.talk import (
    BAYS,
    COUNT,
    FIND,
    HOLD,
    RELEASE,
    intend,
    keeps,
    speech,
    told,
    user_of,
)


def _in_minutes(minutes: float) -> str:
    """Return a time as actions take it."""
    return (dt_util.utcnow() + timedelta(minutes=minutes)).isoformat()


ALL_TAKEN = {label: CAR_M for label, _, _ in BAYS}


@pytest.mark.parametrize(
    ("language", "intent_type", "answer"),
    [
        ("en", FIND, "The nearest free bay is A01. 40 m, straight ahead."),
        ("en-GB", COUNT, "4 bays are free."),
        ("de", FIND, "Der nächste freie Stellplatz ist A01. 40 m, geradeaus."),
        ("de-CH", HOLD, "Stellplatz A01 wird 4 Minuten für dich freigehalten. 40 m, geradeaus."),
        ("es", COUNT, "Quedan libres 4 plazas."),
        ("fr", RELEASE, "Aucune place ne vous est gardée."),
        ("hi", FIND, "सबसे पास की खाली जगह A01 है। 40 मीटर, सीधे आगे।"),
        ("tlh", FIND, "The nearest free bay is A01. 40 m, straight ahead."),
    ],
)
async def test_it_is_answered_in_the_language_of_the_request(
    hass: HomeAssistant, language: str, intent_type: str, answer: str
) -> None:
    assert await told(hass, intent_type, language=language) == answer


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("ev", "The nearest free bay is A03. 60 m, straight ahead."),
        ("Electric", "The nearest free bay is A03. 60 m, straight ahead."),
        ("wheelchair accessible", "The nearest free bay is A04. 70 m, straight ahead."),
        ("standard", "The nearest free bay is A01. 40 m, straight ahead."),
        ("free", "The nearest free bay is A01. 40 m, straight ahead."),
        ("family", "No family bay is free. The nearest free bay is A01. 40 m, straight ahead."),
        ("flying", "I do not know what kind of bay flying is."),
    ],
)
async def test_a_kind_is_meant_as_people_say_it(
    hass: HomeAssistant, kind: str, answer: str
) -> None:
    assert await told(hass, FIND, kind=kind) == answer


async def test_a_gate_is_meant_as_people_say_it(hass: HomeAssistant) -> None:
    for name in ("Back gate", "back", "BACK GATE please"):
        assert (
            await told(hass, FIND, gate=name)
            == "The nearest free bay is A02. 50 m, straight ahead."
        )
    for name in ("side", "gate"):
        response = await intend(hass, FIND, gate=name)
        assert speech(response) == (
            f"There is no gate called {name}. I know Main gate and Back gate."
        )
        assert response.response_type is intent.IntentResponseType.ERROR
        assert response.error_code is intent.IntentResponseErrorCode.NO_VALID_TARGETS


async def test_counts_are_said_with_the_right_number(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M)
    assert await told(hass, COUNT) == "3 bays are free."
    hand.settle("North", A02=CAR_M)
    assert await told(hass, COUNT) == "2 bays are free. But none of them is an ordinary bay."
    hand.settle("North", A03=CAR_M)
    assert await told(hass, COUNT, kind="accessible") == "1 accessible bay is free."
    assert await told(hass, FIND) == "No bay is free."
    assert await told(hass, FIND, language="de") == "Kein Stellplatz ist frei."
    hand.settle("North", A04=CAR_M)
    assert await told(hass, COUNT) == "No bay is free."
    assert await told(hass, COUNT, kind="accessible", language="fr") == (
        "Il ne reste aucune place accessible."
    )


async def test_a_question_is_a_query_and_a_wish_is_an_action(hass: HomeAssistant) -> None:
    for intent_type, kind in (
        (FIND, intent.IntentResponseType.QUERY_ANSWER),
        (COUNT, intent.IntentResponseType.QUERY_ANSWER),
        (HOLD, intent.IntentResponseType.ACTION_DONE),
        (RELEASE, intent.IntentResponseType.ACTION_DONE),
    ):
        assert (await intend(hass, intent_type)).response_type is kind


async def test_what_is_said_is_there_for_an_own_wording(hass: HomeAssistant) -> None:
    response = await intend(hass, FIND, kind="electric")
    assert response.speech_slots == {
        "lot": "Garage",
        "gate": "Main gate",
        "kind": "ev",
        "status": "free",
        "bay": "A03",
        "bay_kind": "ev",
        "level": "1",
        "distance": 60.0,
        "directions": "60 m, straight ahead",
    }


async def test_a_user_keeps_one_bay(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    context = Context(user_id=hass_admin_user.id)
    driver = f"user:{hass_admin_user.id}"
    assert "A01 is kept for you for 4 minutes." in await told(hass, HOLD, context=context)
    assert "A01 is kept for you for 4 minutes." in await told(hass, HOLD, context=context)
    assert keeps(hass) == {driver: "a01"}
    # The free bay is now the one that is held for them.
    assert "A01 is kept for you" in await told(hass, FIND, context=context)
    assert "is A03." in await told(hass, FIND, context=context, kind="ev")
    assert await told(hass, RELEASE, context=context) == "Bay A01 is no longer kept for you."
    assert await told(hass, RELEASE, context=context) == "No bay is kept for you."
    assert keeps(hass) == {}


async def test_a_bay_is_kept_longer_when_that_is_asked(
    hass: HomeAssistant, hass_admin_user: MockUser, freezer: FrozenDateTimeFactory
) -> None:
    context = Context(user_id=hass_admin_user.id)
    for minutes, kept in (("ten", 10), ("25 minutes", 25), ("1,5", 25), ("half an hour", 30)):
        answer = await told(hass, HOLD, context=context, minutes=minutes)
        assert f"A01 is kept for you for {kept} minutes." in answer
    await pass_time(hass, freezer, 1750.0)
    assert "A01 is kept for you for 1 minute." in await told(hass, HOLD, context=context)


async def test_a_bay_that_is_promised_next_is_not_kept_longer(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await told(hass, HOLD, context=context)
    await ask(hass, "reserve", bay="A01", **{"from": _in_minutes(20), "until": _in_minutes(80)})
    answer = await told(hass, HOLD, context=context, minutes="60")
    assert "A01 is kept for you for 4 minutes." in answer


@pytest.mark.parametrize("minutes", ["a while", "0", "1441", "-3", "nan"])
async def test_a_time_that_makes_no_sense_is_asked_for_again(
    hass: HomeAssistant, minutes: str
) -> None:
    assert await told(hass, HOLD, minutes=minutes) == (
        "I did not understand for how long. Please say it in minutes, up to 1440."
    )
    assert keeps(hass) == {}


async def test_another_kind_is_another_bay(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    context = Context(user_id=hass_admin_user.id)
    await told(hass, HOLD, context=context)
    assert "A03 is kept" in await told(hass, HOLD, context=context, kind="charging")
    assert "A03 is kept" in await told(hass, HOLD, context=context)
    assert "A03 is kept" in await told(hass, HOLD, context=context, gate="back")
    assert list(keeps(hass).values()) == ["a03"]


async def test_a_person_who_is_guided_already_is_told_the_same_bay(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    hass.states.async_set("person.other", "home")
    hass.states.async_set("person.ann", "home", {"user_id": hass_admin_user.id})
    await ask(hass, "guide", driver="person.ann", gate="Back gate")
    context = Context(user_id=hass_admin_user.id)
    assert "Bay A02 is kept for you" in await told(hass, FIND, context=context)
    assert "Bay A02 is kept for you" in await told(hass, HOLD, context=context)
    assert await told(hass, RELEASE, context=context) == "Bay A02 is no longer kept for you."


async def test_who_has_arrived_may_ask_for_another_bay(
    hass: HomeAssistant, hand: Hand, hass_admin_user: MockUser, freezer: FrozenDateTimeFactory
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await told(hass, HOLD, context=context)
    await pass_time(hass, freezer, 30.0)
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert "The nearest free bay is A02." in await told(hass, FIND, context=context)
    assert "A02 is kept for you for 4 minutes." in await told(hass, HOLD, context=context)
    assert list(keeps(hass).values()) == ["a02"]


async def test_a_device_keeps_one_bay_and_sends_nobody_to_it(hass: HomeAssistant) -> None:
    assert "A01 is kept" in await told(hass, HOLD, device_id="speaker")
    assert "A01 is kept" in await told(hass, HOLD, device_id="speaker")
    assert "A02 is kept" in await told(hass, HOLD, device_id="other")
    # The next person to speak to it may be another one.
    assert await told(hass, FIND, device_id="speaker", kind="ev") == (
        "The nearest free bay is A03. 60 m, straight ahead."
    )
    assert await told(hass, FIND, device_id="speaker") == "No bay is free."
    assert await told(hass, RELEASE, device_id="speaker") == "Bay A01 is no longer kept for you."
    assert keeps(hass) == {"voice:other": "a02"}


async def test_who_cannot_be_known_again_is_given_a_bay_each_time(hass: HomeAssistant) -> None:
    assert "A01 is kept" in await told(hass, HOLD)
    assert "A02 is kept" in await told(hass, HOLD)
    assert await told(hass, RELEASE) == "No bay is kept for you."


async def test_in_a_full_lot_one_waits(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, hass_admin_user: MockUser
) -> None:
    hand.settle("North", **ALL_TAKEN)
    context = Context(user_id=hass_admin_user.id)
    queued = "No bay is free at the moment. You are number 2 in the queue."
    assert "You are number 1 in the queue." in await told(hass, HOLD, device_id="speaker")
    assert await told(hass, HOLD, context=context) == queued
    assert await told(hass, HOLD, context=context, minutes="ten") == queued
    assert await told(hass, FIND, context=context) == queued
    assert await told(hass, RELEASE, context=context) == "You have left the queue."
    hass.config_entries.async_update_entry(entry, options={"queue_max": 1})
    await hass.async_block_till_done()
    response = await intend(hass, HOLD, context=context)
    assert speech(response) == "The car park is full, and too many drivers are waiting already."
    assert response.error_code is intent.IntentResponseErrorCode.FAILED_TO_HANDLE


async def test_nothing_is_said_of_bays_of_which_nothing_is_known(
    hass: HomeAssistant, hand: Hand
) -> None:
    hand.settle("North", **dict.fromkeys(ALL_TAKEN, Fault.NO_RESPONSE))
    for intent_type in (FIND, COUNT, HOLD):
        assert await told(hass, intent_type) == "Nothing is known of the bays at the moment."


async def test_without_a_gate_nothing_is_near(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await remove(hass, entry, "main gate")
    await remove(hass, entry, "back gate")
    assert await told(hass, FIND) == (
        "The car park Garage has no gate yet, so I cannot tell what is near."
    )
    assert await told(hass, COUNT) == "4 bays are free."


async def test_without_a_gate_the_bay_that_is_kept_is_named_all_the_same(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_admin_user: MockUser
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await told(hass, HOLD, context=context)
    await remove(hass, entry, "main gate")
    await remove(hass, entry, "back gate")
    assert await told(hass, FIND, context=context) == "Bay A01 is kept for you for 4 minutes."


async def test_one_of_several_lots_has_to_be_named(
    hass: HomeAssistant, hand: Hand, hass_admin_user: MockUser
) -> None:
    rows = [bay("B01", 10.0)]
    yard = lot(node("South", rows), gate("Yard gate"), title="Yard", lot_id="yard")
    assert await set_up(hass, yard)
    hand.settle("South", B01=EMPTY_M)
    several = "There are several car parks: Garage and Yard. Please say which one."
    for intent_type in (FIND, COUNT, HOLD):
        assert await told(hass, intent_type) == several
    assert await told(hass, COUNT, lot="yard") == "1 bay is free."
    assert await told(hass, COUNT, lot="the yard") == "1 bay is free."
    assert await told(hass, COUNT, lot="Zoo") == (
        "There is no car park called Zoo. I know Garage and Yard."
    )
    context = Context(user_id=hass_admin_user.id)
    assert "B01 is kept" in await told(hass, HOLD, context=context, lot="yard")
    assert await told(hass, RELEASE, context=context, lot="garage") == "No bay is kept for you."
    assert await told(hass, RELEASE, context=context) == "Bay B01 is no longer kept for you."


async def test_without_a_lot_there_is_nothing_to_ask(hass: HomeAssistant) -> None:
    await hass.config_entries.async_unload(LOT_ID)
    for intent_type in (FIND, COUNT, HOLD):
        assert await told(hass, intent_type) == "There is no car park in operation."
    assert await told(hass, RELEASE) == "No bay is kept for you."


async def test_who_may_only_look_keeps_nothing(hass: HomeAssistant) -> None:
    context = await user_of(hass, {"all": {"read": True}})
    assert "A01" in await told(hass, FIND, context=context)
    assert await told(hass, HOLD, context=context) == "You may not keep a bay there."
    assert keeps(hass) == {}


async def test_who_may_not_see_a_lot_is_not_told_of_it(hass: HomeAssistant) -> None:
    context = await user_of(hass, {})
    for intent_type in (FIND, COUNT, HOLD):
        assert (
            await told(hass, intent_type, context=context) == "There is no car park in operation."
        )


async def test_a_user_who_is_no_more_is_not_answered(hass: HomeAssistant) -> None:
    with pytest.raises(intent.IntentUnexpectedError):
        await told(hass, FIND, context=Context(user_id="gone"))


async def test_a_renamed_gate_is_known_by_its_new_name(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "back gate", title="River side")
    assert "A02" in await told(hass, FIND, gate="river side")
