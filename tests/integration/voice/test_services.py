"""The action that answers in words, as automations call it."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from tests.integration.guidance.drivers import ask, ask_as
from tests.integration.voice.talk import keeps, user_of


async def test_it_answers_in_words_and_with_data(hass: HomeAssistant) -> None:
    assert await ask(hass, "answer", question="find_bay", kind="elektrisch", language="de") == {
        "speech": "Der nächste freie Stellplatz ist A03. 60 m, geradeaus.",
        "problem": None,
        "lot": "Garage",
        "gate": "Main gate",
        "kind": "ev",
        "status": "free",
        "bay": "A03",
        "bay_kind": "ev",
        "level": "1",
        "distance": 60.0,
        "directions": "60 m, geradeaus",
    }
    assert await ask(hass, "answer", question="count_free") == {
        "speech": "4 bays are free.",
        "problem": None,
        "lot": "Garage",
        "kind": None,
        "free": 4,
        "bays": 4,
        "free_by_kind": {"standard": 2, "ev": 1, "accessible": 1},
    }
    assert await ask(hass, "answer", question="count_free", kind="flying") == {
        "speech": "I do not know what kind of bay flying is.",
        "problem": "unknown_kind",
    }


async def test_what_a_sentence_does_not_mention_may_be_empty(hass: HomeAssistant) -> None:
    fields: dict[str, object] = {"lot": "", "gate": " ", "kind": None, "minutes": ""}
    answer = await ask(hass, "answer", question="hold_bay", user_id="", device_id="", **fields)
    assert answer["speech"] == "Bay A01 is kept for you for 4 minutes. 40 m, straight ahead."
    assert "hold_id" not in answer
    assert keeps(hass) == {"": "a01"}


async def test_a_question_there_is_not_is_refused(hass: HomeAssistant) -> None:
    with pytest.raises(vol.Invalid):
        await ask(hass, "answer", question="why")


async def test_an_automation_asks_for_the_user_who_spoke(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    await ask(hass, "answer", question="hold_bay", user_id=hass_admin_user.id, device_id="phone")
    await ask(hass, "answer", question="hold_bay", device_id="speaker", minutes=10)
    assert keeps(hass) == {f"user:{hass_admin_user.id}": "a01", "voice:speaker": "a02"}
    looker = (await user_of(hass, {"all": {"read": True}})).user_id
    refused = await ask(hass, "answer", question="hold_bay", user_id=looker)
    assert refused == {"speech": "You may not keep a bay there.", "problem": "may_not_keep"}
    with pytest.raises(UnknownUser):
        await ask(hass, "answer", question="hold_bay", user_id="gone")


async def test_a_user_asks_for_nobody_else(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    context = await user_of(hass, True)
    await ask_as(hass, context, "answer", question="hold_bay")
    for other in ({"user_id": hass_admin_user.id}, {"device_id": "speaker"}):
        with pytest.raises(Unauthorized):
            await ask_as(hass, context, "answer", question="hold_bay", **other)
    assert keeps(hass) == {f"user:{context.user_id}": "a01"}


async def test_an_administrator_asks_for_anybody(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    admin = Context(user_id=hass_admin_user.id)
    other = (await user_of(hass, True)).user_id
    await ask_as(hass, admin, "answer", question="hold_bay", user_id=other)
    await ask_as(hass, admin, "answer", question="hold_bay", device_id="speaker")
    assert keeps(hass) == {f"user:{other}": "a01", "voice:speaker": "a02"}
