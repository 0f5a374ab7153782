"""What the editor of automations offers, and what it saves."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, trigger
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from custom_components.smart_parking.condition import CONDITIONS
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.trigger import TRIGGERS
from tests.integration.logs import complaints
from tests.integration.lots import device_id, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

OF_BAYS = {"bay_became_free", "bay_became_occupied", "bay_sensor_failed"}
OF_LOTS = {"lot_became_full", "lot_no_longer_full", "lot_will_be_full"}


@pytest.fixture(autouse=True)
async def a_lot(hass: HomeAssistant, hand: Hand) -> None:
    """Set up a lot."""
    await async_setup_component(hass, "automation", {})
    assert await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))


async def offered(hass: HomeAssistant, kind: str) -> dict[str, dict[str, Any]]:
    """Return the descriptions of our triggers or conditions."""
    helper = trigger if kind == "triggers" else condition
    return {
        name.removeprefix(f"{DOMAIN}."): about or {}
        for name, about in (await helper.async_get_all_descriptions(hass)).items()
        if name.startswith(f"{DOMAIN}.")
    }


async def accepted(
    hass: HomeAssistant, kind: str, name: str, options: dict[str, object]
) -> dict[str, Any]:
    """Return what becomes of a saved trigger or condition."""
    config = {"target": {"area_id": "yard"}, "options": options}
    if kind == "triggers":
        checked: list[dict[str, Any]] = await trigger.async_validate_trigger_config(
            hass, [{"platform": f"{DOMAIN}.{name}", **config}]
        )
        return checked[0]
    return dict(
        await condition.async_validate_condition_config(
            hass, {"condition": f"{DOMAIN}.{name}", **config}
        )
    )


ALL = [("triggers", name) for name in TRIGGERS] + [("conditions", name) for name in CONDITIONS]


async def test_everything_is_offered(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    assert (await offered(hass, "triggers")).keys() == TRIGGERS.keys()
    assert (await offered(hass, "conditions")).keys() == CONDITIONS.keys()
    assert complaints(caplog) == []


@pytest.mark.parametrize(("kind", "name"), ALL)
async def test_what_is_offered_is_accepted(hass: HomeAssistant, kind: str, name: str) -> None:
    fields = (await offered(hass, kind))[name]["fields"]
    defaults = {field: about["default"] for field, about in fields.items() if about.get("required")}
    options = (await accepted(hass, kind, name, defaults))["options"]
    assert options.keys() == defaults.keys()
    unsaid = (await accepted(hass, kind, name, {}))["options"]
    assert {**options, "for": None} == {**unsaid, "for": None}, "the defaults are the same"


@pytest.mark.parametrize(("kind", "name"), ALL)
async def test_every_kind_is_offered(hass: HomeAssistant, kind: str, name: str) -> None:
    fields = (await offered(hass, kind))[name]["fields"]
    if "kind" in fields:
        kinds = fields["kind"]["selector"]["select"]["options"]
        assert kinds == [*BayKind, "any"]
        for one in kinds:
            assert (await accepted(hass, kind, name, {"kind": one}))["options"]["kind"] == one


@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("triggers", "lot_became_full", {"kind": "truck"}),
        ("triggers", "bay_became_free", {"kind": "ev"}),
        ("triggers", "bay_became_free", {"behavior": "most"}),
        ("conditions", "lot_has_free", {"at_least": 0}),
        ("conditions", "lot_is_full", {"at_least": 1}),
    ],
)
async def test_nonsense_is_not_accepted(
    hass: HomeAssistant, kind: str, name: str, options: dict[str, object]
) -> None:
    with pytest.raises(vol.Invalid):
        await accepted(hass, kind, name, options)


@pytest.mark.parametrize(("part", "names"), [(None, OF_LOTS), ("north", OF_BAYS), ("a01", OF_BAYS)])
async def test_a_device_offers_what_can_happen_to_it(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, part: str | None, names: set[str]
) -> None:
    client = await hass_ws_client(hass)
    target = {"device_id": [device_id(hass, part)]}
    await client.send_json_auto_id({"type": "get_triggers_for_target", "target": target})
    answer = await client.receive_json()
    assert {name for name in answer["result"] if name.startswith(DOMAIN)} == {
        f"{DOMAIN}.{name}" for name in names
    }
