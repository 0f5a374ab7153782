"""Action that answers a question in words, for automations that talk to people."""

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import CONF_KIND, DOMAIN
from ..guidance.services import ATTR_GATE, ATTR_MINUTES
from ..permissions import Caller
from .answers import Question, async_answer
from .request import Request, async_get_requester

ANSWER = "answer"

ATTR_QUESTION = "question"
ATTR_LOT = "lot"
ATTR_TIME = "time"
ATTR_LANGUAGE = "language"
ATTR_USER_ID = "user_id"


def _texts(value: object) -> str | None:
    """Return a text, or None for an empty one, which templates leave for an unmentioned name."""
    return (cv.string(value).strip() or None) if value is not None else None


SAID = (ATTR_LOT, ATTR_GATE, CONF_KIND, ATTR_MINUTES, ATTR_TIME)
ANSWER_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_QUESTION): vol.Coerce(Question),
        **{
            vol.Optional(field): _texts
            for field in (*SAID, ATTR_LANGUAGE, ATTR_USER_ID, ATTR_DEVICE_ID)
        },
    }
)


@callback
def async_setup_voice_services(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(
        DOMAIN, ANSWER, _async_answer, ANSWER_SCHEMA, supports_response=SupportsResponse.ONLY
    )


async def _async_answer(call: ServiceCall) -> ServiceResponse:
    """Answer a question. Only administrators and automations may ask for another person."""
    user_id: str | None = call.data.get(ATTR_USER_ID)
    device_id: str | None = call.data.get(ATTR_DEVICE_ID)
    caller = await Caller.of(call.hass, call.context)
    caller.check_speaks_for(user_id, device_id)
    requester = await async_get_requester(
        call.hass,
        user_id=user_id or (None if device_id else call.context.user_id),
        device_id=device_id,
        language=call.data.get(ATTR_LANGUAGE),
    )
    request = Request(**{field: call.data.get(field) for field in SAID})
    answered = await async_answer(call.data[ATTR_QUESTION], requester, request)
    return {"speech": answered.speech, "problem": answered.problem, **answered.data}
