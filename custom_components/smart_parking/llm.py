"""Tools for language models: questions as by voice, with answers as data.

A model sees the lots whose *Free bays* is exposed to its assistant, like any entity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.components.sensor.const import DOMAIN as SENSOR
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
import voluptuous as vol

from .const import CONF_KIND, DOMAIN
from .data import SmartParkingData
from .devices import identifier
from .guidance.services import ATTR_GATE, ATTR_MINUTES, MINUTES_MAX, MINUTES_MIN
from .lot.model import BayKind
from .voice.answers import Question, async_answer
from .voice.request import Request, async_get_requester, loaded_lots

ATTR_LOT = "lot"
ATTR_TIME = "time"

PROMPT = (
    "Use the smart_parking tools for questions about parking. Bays come and go within seconds: ask"
    " the tool anew each time. Only keep a bay when the user wants one kept."
)

_READ_ONLY = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
_HOLDS = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_RELEASES = ToolAnnotations(idempotent=True, open_world=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A tool, and its arguments."""

    question: Question
    title: str
    description: str
    arguments: tuple[str, ...]
    annotations: ToolAnnotations


DESCRIPTIONS = (
    Description(
        question=Question.FIND_BAY,
        title="Find a parking bay",
        description=(
            "Tells the nearest free parking bay, its distance in metres from the gate and the way"
            " to it, or the bay that is kept for the user already. Keeps none."
        ),
        arguments=(ATTR_LOT, ATTR_GATE, CONF_KIND),
        annotations=_READ_ONLY,
    ),
    Description(
        question=Question.COUNT_FREE,
        title="Count free parking bays",
        description="Tells how many parking bays are free, of all kinds and of each.",
        arguments=(ATTR_LOT, CONF_KIND),
        annotations=_READ_ONLY,
    ),
    Description(
        question=Question.WILL_BE_FREE,
        title="Forecast free parking bays",
        description=(
            "Tells how probable it is that a parking bay is free at a time of the next 24 hours,"
            " and about how many will be."
        ),
        arguments=(ATTR_LOT, CONF_KIND, ATTR_TIME),
        annotations=_READ_ONLY,
    ),
    Description(
        question=Question.WHEN_FULL,
        title="When parking is full",
        description=(
            "Tells when within 24 hours the car park will probably have no free bay, and when it"
            " will have one again."
        ),
        arguments=(ATTR_LOT, CONF_KIND),
        annotations=_READ_ONLY,
    ),
    Description(
        question=Question.HOLD_BAY,
        title="Keep a parking bay",
        description=(
            "Keeps the nearest free parking bay for the user for some minutes, and tells the way to"
            " it. A user has one bay at a time: asked again, it is kept longer. In a full car park"
            " the user waits in a queue, and position tells their place."
        ),
        arguments=(ATTR_LOT, ATTR_GATE, CONF_KIND, ATTR_MINUTES),
        annotations=_HOLDS,
    ),
    Description(
        question=Question.RELEASE_BAY,
        title="Give a parking bay back",
        description="Gives back the parking bay that is kept for the user, or the queue's place.",
        arguments=(),
        annotations=_RELEASES,
    ),
)


class ParkingTool(Tool):
    """Answers one kind of question about the lots that a model may see."""

    integration = DOMAIN

    def __init__(self, description: Description, lots: Sequence[SmartParkingData]) -> None:
        """Initialize for a kind of question and some lots."""
        self.name = f"{DOMAIN}__{description.question}"
        self.title = description.title
        self.description = description.description
        self.annotations = description.annotations
        arguments = _arguments(lots)
        self.parameters = vol.Schema(
            {key: arguments[key] for key in arguments if key in description.arguments}
        )
        self._question = description.question
        self._lots = lots

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Answer with data, and with a sentence in the user's language."""
        given = {
            key: value
            for key, value in tool_input.tool_args.items()
            if not intent.is_blank_slot_value(value)
        }
        values = {key: str(value) for key, value in self.parameters(given).items()}
        if ATTR_TIME in values:
            # Of 24 hours: half past ten is not in the evening.
            values[ATTR_TIME] += ":00"
        requester = await async_get_requester(
            hass,
            user_id=llm_context.context.user_id if llm_context.context else None,
            device_id=llm_context.device_id,
            language=llm_context.language,
            lots=[lot for lot in self._lots if lot in loaded_lots(hass)],
        )
        answered = await async_answer(self._question, requester, Request(**values))
        if answered.problem is not None:
            return ToolResult(
                data={"problem": answered.problem, "error": answered.speech}, error=True
            )
        return ToolResult(data={**answered.data, "speech": answered.speech})


def _arguments(lots: Sequence[SmartParkingData]) -> dict[vol.Marker, object]:
    """Return the arguments of tools, with the choices that there are."""
    titles = sorted({lot.entry.title for lot in lots})
    gates = sorted({gate.name for lot in lots for gate in lot.lot.gates})
    lot = vol.Required if len(titles) > 1 else vol.Optional
    minutes = vol.All(vol.Coerce(float), vol.Range(min=MINUTES_MIN, max=MINUTES_MAX))
    return {
        lot(ATTR_LOT, description="The car park"): vol.In(titles),
        vol.Optional(ATTR_GATE, description="The gate to drive in by"): vol.In(gates),
        vol.Optional(
            CONF_KIND, description="The kind of bay that is needed; standard is for everybody"
        ): vol.In([kind.value for kind in BayKind]),
        vol.Required(ATTR_TIME, description="The local time, as HH:MM of 24 hours"): vol.All(
            str, vol.Match(r"^[0-2]\d:[0-5]\d$")
        ),
        vol.Optional(
            ATTR_MINUTES, description="How long to keep the bay; without it, as the lot is set"
        ): minutes,
    }


@callback
def _is_exposed(hass: HomeAssistant, assistant: str, lot: SmartParkingData) -> bool:
    """Return whether an assistant may see a lot."""
    entity_id = er.async_get(hass).async_get_entity_id(
        SENSOR, DOMAIN, f"{identifier(lot.entry)[1]}_free"
    )
    return entity_id is not None and async_should_expose(hass, assistant, entity_id)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools, if any lot is exposed."""
    if api_id != LLM_API_ASSIST:
        return None
    lots = [lot for lot in loaded_lots(hass) if _is_exposed(hass, llm_context.assistant, lot)]
    if not lots:
        return None
    return LLMTools([ParkingTool(one, lots) for one in DESCRIPTIONS], PROMPT)
