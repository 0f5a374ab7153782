"""The tools that a language model is given, called as a conversation agent calls them."""

from typing import Any, override

from homeassistant.components.conversation.const import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.llm import async_get_tools
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.logs import complaints
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, bay, gate, look, lot, node, set_up
from tests.integration.sources.driven import Hand
from tests.integration.voice.talk import BAYS, keeps, user_of

TOOLS = [
    f"smart_parking__{name}"
    for name in (
        "find_bay",
        "count_free",
        "will_be_free",
        "when_full",
        "hold_bay",
        "release_bay",
    )
]


@pytest.fixture(name="exposed")
def exposed_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Expose the lot to the assistant, as an owner does."""
    async_expose_entity(hass, ASSISTANT, look(hass, "free").entity_id, should_expose=True)


async def model(
    hass: HomeAssistant,
    *,
    user_id: str | None = None,
    language: str = "en",
    device_id: str | None = None,
) -> llm.APIInstance:
    """Return what a model is given for a turn."""
    about = llm.LLMContext(
        platform="test",
        context=Context(user_id=user_id),
        language=language,
        assistant=ASSISTANT,
        device_id=device_id,
    )
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, about)


def ours(api: llm.APIInstance) -> dict[str, llm.Tool]:
    """Return our tools."""
    return {tool.name: tool for tool in api.tools if tool.integration == "smart_parking"}


async def call(api: llm.APIInstance, name: str, **arguments: object) -> dict[str, Any]:
    """Make the model call a tool."""
    result = await api.async_call_tool(llm.ToolInput(f"smart_parking__{name}", arguments))
    assert not result.error
    return dict(result.data)


async def refusal(api: llm.APIInstance, name: str, **arguments: object) -> dict[str, Any]:
    """Make the model call a tool in vain."""
    result = await api.async_call_tool(llm.ToolInput(f"smart_parking__{name}", arguments))
    assert result.error
    return dict(result.data)


async def test_a_lot_that_is_not_exposed_is_not_known_to_a_model(hass: HomeAssistant) -> None:
    api = await model(hass)
    assert ours(api) == {}
    assert "parking" not in api.api_prompt


@pytest.mark.usefixtures("exposed")
async def test_an_exposed_lot_has_tools(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    api = await model(hass)
    tools = ours(api)
    assert list(tools) == TOOLS
    assert "Only keep a bay when the user wants one kept." in api.api_prompt
    assert all(tool.title and tool.description for tool in tools.values())
    reads = [tool.annotations.read_only for tool in tools.values()]
    assert reads == [True, True, True, True, False, False]
    assert not any(tool.annotations.open_world for tool in tools.values())
    assert complaints(caplog) == []


@pytest.mark.usefixtures("exposed")
async def test_a_model_is_told_what_there_is_to_choose_from(hass: HomeAssistant) -> None:
    api = await model(hass)
    tool = ours(api)["smart_parking__hold_bay"]
    schema = probatio.to_openapi(
        tool.parameters, custom_serializer=api.custom_serializer, openapi_version="3.1.0"
    )
    kinds = ["standard", "accessible", "ev", "family", "motorcycle", "staff"]
    assert schema == {
        "type": "object",
        "properties": {
            "lot": {"type": "string", "enum": ["Garage"], "description": "The car park"},
            "gate": {
                "type": "string",
                "enum": ["Back gate", "Main gate"],
                "description": "The gate to drive in by",
            },
            "kind": {
                "type": "string",
                "enum": kinds,
                "description": "The kind of bay that is needed; standard is for everybody",
            },
            "minutes": {
                "type": "number",
                "minimum": 0.5,
                "maximum": 1440,
                "description": "How long to keep the bay; without it, as the lot is set",
            },
        },
        "additionalProperties": False,
    }


@pytest.mark.usefixtures("exposed")
async def test_a_model_finds_counts_keeps_and_gives_back(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    api = await model(hass, user_id=hass_admin_user.id, language="es")
    assert await call(api, "find_bay", kind="ev", gate="", lot=None) == {
        "lot": "Garage",
        "gate": "Main gate",
        "kind": "ev",
        "status": "free",
        "bay": "A03",
        "bay_kind": "ev",
        "level": "1",
        "distance": 60.0,
        "directions": "60 m, todo recto",
        "speech": "La plaza libre más cercana es la A03. 60 m, todo recto.",
    }
    assert await call(api, "count_free", kind="accessible") == {
        "lot": "Garage",
        "kind": "accessible",
        "free": 1,
        "bays": 1,
        "free_by_kind": {"standard": 2, "accessible": 1, "ev": 1},
        "speech": "Queda libre 1 plaza accesible.",
    }
    kept = await call(api, "hold_bay", minutes=10, gate="Back gate")
    assert kept == {
        "lot": "Garage",
        "gate": "Back gate",
        "kind": "standard",
        "status": "held",
        "until": kept["until"],
        "position": None,
        "bay": "A02",
        "bay_kind": "standard",
        "level": "1",
        "distance": 50.0,
        "directions": "50 m, todo recto",
        "minutes": 10,
        "speech": "La plaza A02 queda guardada para ti durante 10 minutos. 50 m, todo recto.",
    }
    assert keeps(hass) == {f"user:{hass_admin_user.id}": "a02"}
    assert await call(api, "release_bay") == {
        "lot": "Garage",
        "bay": "A02",
        "status": "released",
        "speech": "La plaza A02 ya no está guardada para ti.",
    }
    assert await call(api, "release_bay") == {
        "status": "nothing_kept",
        "speech": "No hay ninguna plaza guardada para ti.",
    }


@pytest.mark.usefixtures("exposed")
async def test_what_is_not_learnt_yet_is_told_to_nobody(hass: HomeAssistant) -> None:
    api = await model(hass)
    for name, arguments in (("will_be_free", {"time": "10:30"}), ("when_full", {"kind": "ev"})):
        told = await refusal(api, name, **arguments)
        assert told["problem"] == "not_learned"
        assert "0 of the 8 days" in told["error"]
    with pytest.raises(vol.Invalid):
        await call(api, "will_be_free", time="half past ten")
    with pytest.raises(vol.Invalid):
        await call(api, "will_be_free")


@pytest.mark.usefixtures("exposed")
async def test_a_full_lot_is_told_as_data(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", **{label: CAR_M for label, _, _ in BAYS})
    api = await model(hass, device_id="speaker")
    found = await call(api, "find_bay")
    assert (found["status"], found["bay"], found["speech"]) == (
        "none_free",
        None,
        "No bay is free.",
    )
    kept = await call(api, "hold_bay")
    assert (kept["status"], kept["position"], kept["bay"]) == ("waiting", 1, None)
    assert keeps(hass) == {"voice:speaker": None}


@pytest.mark.usefixtures("exposed")
async def test_a_refusal_tells_the_model_why(hass: HomeAssistant) -> None:
    looker = await user_of(hass, {"all": {"read": True}})
    api = await model(hass, user_id=looker.user_id)
    assert await refusal(api, "hold_bay") == {
        "problem": "may_not_keep",
        "error": "You may not keep a bay there.",
    }
    for arguments in ({"kind": "flying"}, {"gate": "Side"}, {"minutes": 0}, {"lot": "Zoo"}):
        with pytest.raises(vol.Invalid):
            await call(api, "hold_bay", **arguments)
    await hass.config_entries.async_unload(LOT_ID)
    assert (await refusal(api, "find_bay"))["problem"] == "no_lot"


@pytest.mark.usefixtures("exposed")
async def test_of_several_lots_a_model_knows_those_that_are_exposed(
    hass: HomeAssistant, hand: Hand
) -> None:
    yard = lot(node("South", [bay("B01", 10.0)]), gate("Yard gate"), title="Yard", lot_id="yard")
    assert await set_up(hass, yard)
    hand.settle("South", B01=EMPTY_M)
    assert (await call(await model(hass), "count_free"))["lot"] == "Garage"
    async_expose_entity(hass, ASSISTANT, "sensor.yard_free_bays", should_expose=True)
    api = await model(hass)
    with pytest.raises(vol.Invalid):
        await call(api, "count_free")
    assert (await call(api, "count_free", lot="Yard"))["free"] == 1
    assert (await call(api, "find_bay", lot="Garage"))["bay"] == "A01"


@pytest.mark.usefixtures("exposed")
async def test_other_apis_are_left_alone(hass: HomeAssistant) -> None:
    class OtherAPI(llm.API):
        """An API of another integration, made of the tools that integrations offer to it."""

        @override
        async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
            tools = await async_get_tools(self.hass, llm_context, self.id)
            return llm.APIInstance(self, "", llm_context, tools.tools)

    llm.async_register_api(hass, OtherAPI(hass=hass, id="other", name="Other"))
    about = llm.LLMContext("test", Context(), "en", ASSISTANT, None)
    assert ours(await llm.async_get_api(hass, "other", about)) == {}
