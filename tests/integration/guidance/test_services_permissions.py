"""Who may keep bays, and speak for whom."""

from homeassistant.auth.models import Group
from homeassistant.auth.permissions.types import CategoryType
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.integration.guidance.drivers import ask, ask_as
from tests.integration.lots import entry_of


async def user_of(hass: HomeAssistant, entities: CategoryType) -> Context:
    """Return the context of a user who is no administrator."""
    user = await hass.auth.async_create_system_user("Somebody")
    user.groups = [Group(name="Some", id="some", policy={"entities": entities})]
    user.invalidate_cache()
    return Context(user_id=user.id)


async def test_a_user_keeps_a_bay_and_speaks_for_it_by_its_id(hass: HomeAssistant) -> None:
    context = await user_of(hass, True)
    answer = await ask_as(hass, context, "guide")
    assert answer["driver"] is None
    gone = await ask_as(hass, context, "release", hold_id=answer["hold_id"])
    assert gone["bay"] == "A01"


async def test_a_user_does_not_speak_for_others(hass: HomeAssistant) -> None:
    await ask(hass, "guide", driver="ann")
    context = await user_of(hass, True)
    for action, data in (
        ("guide", {"driver": "ann"}),
        ("release", {"driver": "ann"}),
        ("reserve", {"driver": "bob", "until": "2099-01-01 00:00:00"}),
    ):
        with pytest.raises(Unauthorized):
            await ask_as(hass, context, action, **data)


async def test_an_administrator_speaks_for_anybody(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    await ask(hass, "guide", driver="ann")
    context = Context(user_id=hass_admin_user.id)
    assert (await ask_as(hass, context, "release", driver="ann"))["bay"] == "A01"


async def test_who_may_only_look_keeps_nothing(hass: HomeAssistant) -> None:
    context = await user_of(hass, {"all": {"read": True}})
    with pytest.raises(Unauthorized):
        await ask_as(hass, context, "guide")


async def test_who_may_use_a_gate_may_keep_bays(hass: HomeAssistant) -> None:
    nearest = entry_of(hass, "main", "nearest")
    assert nearest is not None
    context = await user_of(hass, {"entity_ids": {nearest.entity_id: True}})
    assert (await ask_as(hass, context, "guide"))["bay"] == "A01"


async def test_a_user_who_is_no_more_keeps_nothing(hass: HomeAssistant) -> None:
    with pytest.raises(UnknownUser):
        await ask_as(hass, Context(user_id="gone"), "guide")


async def test_an_id_that_was_guessed_opens_nothing(hass: HomeAssistant) -> None:
    await ask(hass, "guide")
    with pytest.raises(ServiceValidationError, match="This hold is over"):
        await ask_as(hass, await user_of(hass, True), "release", hold_id="guessed")
