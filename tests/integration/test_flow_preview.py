"""The plan is shown in the forms in which bays are written down, as they are filled in."""

from http import HTTPStatus
from io import BytesIO
import re
from typing import Any

from aiohttp import ClientResponse
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.smart_parking import flow_preview, plan_preview
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.flow_preview import PREVIEWS, async_show_plan
from custom_components.smart_parking.plan_preview import PlanChange, PlanPreview
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk

# Home Assistant itself still names things in this way for others.
pytestmark = pytest.mark.filterwarnings("ignore:It is recommended to use web")

TEXT = "label,x,y\nA01,0,0\nA02,2.5,0\n"


@pytest.fixture(name="socket")
async def socket_fixture(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """Connect an administrator."""
    assert await async_setup_component(hass, DOMAIN, {})
    return await hass_ws_client(hass)


def address(walk: Walk) -> str:
    """Return where the plan of a form is."""
    found = re.fullmatch(r"!\[\]\((.+)#\d+\)", walk.shown["description_placeholders"]["plan"])
    assert found is not None
    return found[1]


async def picture(answer: ClientResponse) -> bytes:
    """Return the next picture of a stream, which comes twice."""
    bodies = []
    for _ in range(2):
        head = await answer.content.readuntil(b"\r\n\r\n")
        assert b"image/png" in head
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        bodies.append(await answer.content.readexactly(int(length[1])))
        assert await answer.content.readexactly(2) == b"\r\n"
    assert bodies[0] == bodies[1]
    assert Image.open(BytesIO(bodies[0])).width == plan_preview.WIDTH_PX
    return bodies[0]


async def tell(socket: MockHAClientWebSocket, walk: Walk, **answers: Any) -> dict[str, Any]:
    """Send what stands in a form, as Home Assistant's frontend does; return what it shows."""
    await socket.send_json_auto_id(
        {
            "type": "smart_parking/start_preview",
            "flow_id": walk.shown["flow_id"],
            "flow_type": "config_flow",
            "user_input": answers,
        }
    )
    answer = await socket.receive_json()
    if not answer["success"]:
        return {"refused": answer["error"]["code"]}
    event: dict[str, Any] = (await socket.receive_json())["event"]
    return event


async def to_bays(hass: HomeAssistant) -> Walk:
    """Walk to the bays of a new lot."""
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Orchard")
    await walk.fill(source="simulated")
    await walk.fill(name="Demo")
    return walk


async def test_the_plan_follows_the_text(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client_no_auth: ClientSessionGenerator
) -> None:
    walk = await to_bays(hass)
    await walk.pick("text")
    assert walk.shown["preview"] == DOMAIN
    client = await hass_client_no_auth()
    async with client.get(address(walk)) as stream:
        assert stream.content_type == "multipart/x-mixed-replace"
        empty = await picture(stream)
        assert await tell(socket, walk, text=TEXT) == {
            "state": "2 bays",
            "attributes": {"friendly_name": "Plan"},
        }
        drawn = await picture(stream)
        assert drawn != empty
        # What cannot be understood is told, and the plan stays.
        assert "far" in (await tell(socket, walk, text="label,x,y\nA01,0,far\n"))["error"]
        assert (await tell(socket, walk, text=" "))["state"] == "0 bays"
        assert await picture(stream) == empty
    assert (await client.get(address(walk).split("?")[0])).status == HTTPStatus.UNAUTHORIZED


async def test_the_plan_follows_rows_and_tables(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    walk = await to_bays(hass)
    await walk.pick("row")
    assert address(walk)
    answers = {"prefix": "A", "first_number": 1, "count": 3, "x": 0.0, "y": 0.0, "level": "1"}
    assert (await tell(socket, walk))["state"] == "0 bays"
    assert (await tell(socket, walk, **answers))["state"] == "3 bays"
    await walk.fill(**answers, kind="standard", spacing=2.5, direction="x")
    await walk.pick("table")
    bays = walk.suggested["bays"]
    assert (await tell(socket, walk, bays=bays))["state"] == "3 bays"
    assert (await tell(socket, walk, bays=[*bays, {"label": "A04"}]))["state"] == "3 bays"
    assert (await tell(socket, walk, bays=[*bays, {"x": 9.0, "y": 0.0}]))["state"] == "4 bays"
    await walk.fill(bays=[{**bays[0], "label": ""}])
    assert walk.errors
    assert address(walk), "it is there when something is wrong, too"


async def test_the_rest_of_the_lot_is_there(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client: ClientSessionGenerator
) -> None:
    entry = lot(node("North", row("A", 2)), node("South", row("B", 2, 20.0)), gate("Main"))
    await set_up(hass, entry)
    walk = await Walk.through_a_part(hass, entry, "north")
    await walk.pick("text")
    assert "A02" in walk.suggested["text"]
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        whole = await picture(stream)
        await tell(socket, walk, text=TEXT)
        assert await picture(stream) != whole


async def test_it_is_for_administrators(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_admin_user: MockUser
) -> None:
    walk = await to_bays(hass)
    await walk.pick("text")
    hass_admin_user.groups = []
    assert await tell(socket, walk, text=TEXT) == {"refused": "unauthorized"}


async def test_forms_that_are_forgotten_have_no_plan(
    hass: HomeAssistant,
    socket: MockHAClientWebSocket,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow_preview, "PREVIEWS_MAX", 2)
    walk = await to_bays(hass)
    await walk.pick("text")
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        await picture(stream)
        await tell(socket, walk, text=TEXT)
        for other in ("one", "two"):
            async_show_plan(hass, other, lambda _: PlanChange(), {})
        assert [*hass.data[PREVIEWS]] == ["one", "two"]
        await picture(stream)
        assert await stream.content.read() == b""
    assert (await client.get(address(walk))).status == HTTPStatus.NOT_FOUND
    assert await tell(socket, walk, text=TEXT) == {"refused": "not_found"}


async def test_a_form_that_is_closed_has_no_plan(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    walk = await to_bays(hass)
    await walk.pick("text")
    part = await Walk.through_a_part(hass, entry, "north")
    await part.pick("text")
    assert len(hass.data[PREVIEWS]) == 2
    hass.config_entries.flow.async_abort(walk.shown["flow_id"])
    hass.config_entries.subentries.async_abort(part.shown["flow_id"])
    assert not hass.data[PREVIEWS]


async def test_the_first_lot_is_shown_before_any_is_at_work(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator
) -> None:
    walk = await to_bays(hass)
    await walk.pick("text")
    assert DOMAIN not in hass.config.components
    socket = await hass_ws_client(hass)
    assert (await tell(socket, walk, text=TEXT))["state"] == "2 bays"
    assert await hass.data[PREVIEWS][walk.shown["flow_id"]].async_paint(hass)


async def test_a_window_that_is_closed_is_noticed(
    hass: HomeAssistant,
    socket: MockHAClientWebSocket,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow_preview, "SEEN_S", 0.01)
    painted = 0
    paint = PlanPreview.async_paint

    async def paint_counted(preview: PlanPreview, hass: HomeAssistant) -> bytes:
        """Count how often the plan is painted."""
        nonlocal painted
        painted += 1
        return await paint(preview, hass)

    monkeypatch.setattr(PlanPreview, "async_paint", paint_counted)
    walk = await to_bays(hass)
    await walk.pick("text")
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        await picture(stream)
        await tell(socket, walk, text=TEXT)
        await picture(stream)
    await client.close()
    await tell(socket, walk, text=" ")
    await hass.async_block_till_done()
    assert painted == 2
