"""People who ask, by intents and by sentences, and what they are answered."""

from typing import Any

from homeassistant.auth.models import Group
from homeassistant.auth.permissions.types import CategoryType
from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent

from custom_components.smart_parking.const import DOMAIN

BAYS = (
    ("A01", 40.0, "standard"),
    ("A02", 50.0, "standard"),
    ("A03", 60.0, "ev"),
    ("A04", 70.0, "accessible"),
)
FIND = "SmartParkingFindBay"
COUNT = "SmartParkingCountFree"
HOLD = "SmartParkingHoldBay"
RELEASE = "SmartParkingReleaseBay"


async def intend(
    hass: HomeAssistant,
    intent_type: str,
    *,
    context: Context | None = None,
    language: str = "en",
    device_id: str | None = None,
    **slots: str,
) -> intent.IntentResponse:
    """Handle an intent, as Home Assistant does when it has understood a sentence."""
    response = await intent.async_handle(
        hass,
        "test",
        intent_type,
        {name: {"value": value} for name, value in slots.items()},
        context=context,
        language=language,
        device_id=device_id,
    )
    await hass.async_block_till_done()
    return response


def speech(response: intent.IntentResponse) -> str:
    """Return what is spoken."""
    return str(response.speech["plain"]["speech"])


async def told(hass: HomeAssistant, intent_type: str, **said: Any) -> str:
    """Handle an intent, and return what is spoken."""
    return speech(await intend(hass, intent_type, **said))


async def say(
    hass: HomeAssistant,
    sentence: str,
    *,
    language: str = "en",
    context: Context | None = None,
    device_id: str | None = None,
) -> str:
    """Show a sentence to Home Assistant's own agent, and return what it answers."""
    result = await async_converse(
        hass, sentence, None, context or Context(), language=language, device_id=device_id
    )
    await hass.async_block_till_done()
    return speech(result.response)


def keeps(hass: HomeAssistant) -> dict[str, str | None]:
    """Return which bay is held for which driver."""
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    return {hold.driver: hold.bay_id for hold in entry.runtime_data.guidance.all()}


async def user_of(hass: HomeAssistant, entities: CategoryType) -> Context:
    """Return the context of a user who is no administrator."""
    user = await hass.auth.async_create_system_user("Somebody")
    user.groups = [Group(name="Some", id="some", policy={"entities": entities})]
    user.invalidate_cache()
    return Context(user_id=user.id)
