"""An owner sees what is still to be set up, and the way to each of it, until all is done."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.smart_parking.const import CONF_TEMPERATURE_ENTITY, DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import EMPTY_M, LOT_ID, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import ON, set_options

EDITOR = f"/smart-parking-editor/{LOT_ID}"
PAGE = f"/config/integrations/integration/smart_parking#config_entry={LOT_ID}"
LANES = [{"level": "1", "points": "0,5; 10,5"}]


@pytest.fixture(name="socket")
async def socket_fixture(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """Connect an administrator."""
    assert await async_setup_component(hass, DOMAIN, {})
    return await hass_ws_client(hass)


async def ask(socket: MockHAClientWebSocket, command: str, **more: Any) -> Any:
    """Send a command and return its result, or the error."""
    await socket.send_json_auto_id({"type": f"smart_parking/{command}", "entry_id": LOT_ID, **more})
    answer = await socket.receive_json()
    return answer["result"] if answer["success"] else answer["error"]["translation_key"]


async def done(socket: MockHAClientWebSocket) -> dict[str, bool]:
    """Return which steps there are, and whether they are done."""
    return {one["step"]: one["done"] for one in (await ask(socket, "owner"))["checklist"]}


async def test_at_first_all_is_to_be_done(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    await set_up(hass, lot())
    owner = await ask(socket, "owner")
    assert owner["visitors_address"] is None
    assert {one["step"]: one["url"] for one in owner["checklist"]} == {
        "bays": EDITOR,
        "sensors": EDITOR,
        "tested": PAGE,
        "gate": EDITOR,
        "lanes": EDITOR,
        "visitors": PAGE,
        "sign": PAGE,
        "notifications": "/config/automation/dashboard",
    }
    assert not any(one["done"] for one in owner["checklist"])


async def test_step_by_step(hass: HomeAssistant, hand: Hand, socket: MockHAClientWebSocket) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    steps = await done(socket)
    assert [step for step, is_done in steps.items() if is_done] == ["bays", "sensors", "gate"]
    assert "temperature" not in steps, "these sensors need no thermometer"
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    await hass.async_block_till_done()
    assert (await done(socket))["tested"]
    await set_options(hass, entry, lanes=LANES)
    assert (await done(socket))["lanes"]
    await set_options(hass, entry, **ON)
    owner = await ask(socket, "owner")
    assert owner["visitors_address"].endswith("/park/secretse")
    (sign,) = (one for one in owner["checklist"] if one["step"] == "sign")
    assert sign == {"step": "sign", "done": False, "url": None}
    await ask(socket, "sign")
    assert (await done(socket))["sign"]


async def test_bays_that_wait_for_sensors(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    await set_up(hass, lot(node("Drawn", row("A", 2), "unequipped")))
    steps = await done(socket)
    assert (steps["bays"], steps["sensors"], steps["tested"]) == (True, False, False)


@pytest.mark.parametrize(
    ("more", "is_done"), [({}, False), ({CONF_TEMPERATURE_ENTITY: "sensor.roof"}, True)]
)
async def test_echoes_need_a_thermometer(
    hass: HomeAssistant, socket: MockHAClientWebSocket, more: dict[str, str], is_done: bool
) -> None:
    await set_up(hass, lot(node("Demo", row("A", 2), "simulated"), **more))
    assert (await done(socket))["temperature"] is is_done


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "state", "entity_id": "sensor.garage_free_bays"},
        {"trigger": "state", "entity_id": "sun.sun"},
    ],
    ids=["of the lot", "of something else"],
)
async def test_an_automation_is_a_notification(
    hass: HomeAssistant, socket: MockHAClientWebSocket, trigger: dict[str, str]
) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    assert not (await done(socket))["notifications"]
    automation = {"alias": "Full", "triggers": [trigger], "actions": []}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    assert (await done(socket))["notifications"] is ("garage" in trigger["entity_id"])


async def test_it_is_dismissed(hass: HomeAssistant, socket: MockHAClientWebSocket) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    for _ in range(2):
        await ask(socket, "checklist/dismiss")
    assert (await ask(socket, "owner"))["checklist"] is None
    assert entry.options["checklist"] == {"dismissed": True}


async def test_the_sign_of_a_gate(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client_no_auth: ClientSessionGenerator
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"), gate("Back", x=60.0))
    await set_up(hass, entry)
    assert await ask(socket, "sign") == "no_visitors_page"
    await set_options(hass, entry, **ON)
    path = (await ask(socket, "sign", gate="back"))["path"]
    client = await hass_client_no_auth()
    text = await (await client.get(path)).text()
    assert '<option value="back" selected>Back</option>' in text


async def test_it_is_for_administrators_and_lots_at_work(
    hass: HomeAssistant,
    socket: MockHAClientWebSocket,
    hass_admin_user: MockUser,
) -> None:
    assert await ask(socket, "owner") == "no_lot"
    entry: SmartParkingConfigEntry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    hass_admin_user.groups = []
    for command in ("owner", "sign", "checklist/dismiss"):
        assert await ask(socket, command) == "may_not_edit"
