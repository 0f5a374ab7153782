"""Intents: questions by voice, in all of Home Assistant's sentences."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import voluptuous as vol

from .voice.answers import Question, async_answer
from .voice.request import Request, async_get_requester


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An intent, and its slots."""

    intent_type: str
    question: Question
    description: str
    slots: tuple[str, ...]


DESCRIPTIONS = (
    Description(
        intent_type="SmartParkingFindBay",
        question=Question.FIND_BAY,
        description="Tells where to park: the nearest free parking bay. Keeps none.",
        slots=("lot", "gate", "kind"),
    ),
    Description(
        intent_type="SmartParkingCountFree",
        question=Question.COUNT_FREE,
        description="Tells how many parking bays are free, of all kinds or of one.",
        slots=("lot", "kind"),
    ),
    Description(
        intent_type="SmartParkingWillBeFree",
        question=Question.WILL_BE_FREE,
        description="Tells whether a parking bay will probably be free at a time, or in minutes.",
        slots=("lot", "kind", "time", "minutes"),
    ),
    Description(
        intent_type="SmartParkingWhenFull",
        question=Question.WHEN_FULL,
        description="Tells when the car park will probably be full, and have a bay again.",
        slots=("lot", "kind"),
    ),
    Description(
        intent_type="SmartParkingHoldBay",
        question=Question.HOLD_BAY,
        description="Keeps the nearest free parking bay for who asks, for some minutes.",
        slots=("lot", "gate", "kind", "minutes"),
    ),
    Description(
        intent_type="SmartParkingReleaseBay",
        question=Question.RELEASE_BAY,
        description="Gives back the parking bay that is kept for who asks.",
        slots=("lot",),
    ),
)

# Errors for a target that is missing or ambiguous.
NO_TARGET = {"no_lot", "which_lot", "unknown_lot", "no_gate", "unknown_gate", "unknown_kind"}
READ_ONLY = {
    Question.FIND_BAY,
    Question.COUNT_FREE,
    Question.WILL_BE_FREE,
    Question.WHEN_FULL,
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    for description in DESCRIPTIONS:
        intent.async_register(hass, ParkingIntentHandler(description))


class ParkingIntentHandler(intent.IntentHandler):
    """Answers one kind of question."""

    def __init__(self, description: Description) -> None:
        """Initialize for a kind of question."""
        self.intent_type = description.intent_type
        self.description = description.description
        self._question = description.question
        self._slots = description.slots

    @property
    @override
    def slot_schema(self) -> dict[vol.Marker, Any]:
        """Return the slots, all of them optional."""
        return {vol.Optional(slot): intent.non_empty_string for slot in self._slots}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer in the language of the request."""
        values = self.async_validate_slots(intent_obj.slots)
        requester = await async_get_requester(
            intent_obj.hass,
            user_id=intent_obj.context.user_id,
            device_id=intent_obj.device_id or intent_obj.satellite_id,
            language=intent_obj.language,
        )
        request = Request(**{slot: values[slot]["value"] for slot in self._slots if slot in values})
        answered = await async_answer(self._question, requester, request)
        response = intent_obj.create_response()
        if answered.problem is None:
            if self._question in READ_ONLY:
                response.response_type = intent.IntentResponseType.QUERY_ANSWER
            response.async_set_speech(answered.speech)
        elif answered.problem in NO_TARGET:
            code = intent.IntentResponseErrorCode.NO_VALID_TARGETS
            response.async_set_error(code, answered.speech)
        else:
            code = intent.IntentResponseErrorCode.FAILED_TO_HANDLE
            response.async_set_error(code, answered.speech)
        response.async_set_speech_slots(answered.data)
        return response
