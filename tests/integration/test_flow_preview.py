"""The plan is shown in the forms in which it is written down, as they are filled in."""

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
from custom_components.smart_parking.lot.model import Gate
from custom_components.smart_parking.plan_preview import PlanChange, PlanPreview, Shown
from custom_components.smart_parking.rendering.scene import Pointer
from tests.integration.lots import bay, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk

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


async def shown(hass: HomeAssistant, walk: Walk) -> Shown:
    """Return what a form shows to whoever looks at it."""
    preview = hass.data[PREVIEWS][walk.shown["flow_id"]]
    assert await preview.async_paint(hass)
    assert preview.shown is not None
    return preview.shown


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


async def test_the_plan_shows_the_level_of_what_is_new(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    walk = await to_bays(hass)
    await walk.pick("text")
    lines = ["label,level,x,y", "A01,1,0,0", "B01,2,0,0"]
    await tell(socket, walk, text="\n".join(lines))
    assert (await shown(hass, walk)).level == "2", "at first that of the last bay"
    lines.insert(2, "A02,1,2.5,0")
    await tell(socket, walk, text="\n".join(lines))
    assert (await shown(hass, walk)).level == "1"
    await tell(socket, walk, text="\n".join(lines[:-1]))
    assert (await shown(hass, walk)).level == "2", "that of what is gone"


async def test_a_gate_is_where_its_form_says(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client: ClientSessionGenerator
) -> None:
    walk = await to_bays(hass)
    await walk.pick("text")
    await walk.fill(text="label,level,x,y\nA01,1,0,0\nA02,1,2.5,0\nA03,1,5,0\n")
    await walk.pick("check", "save")
    assert walk.step == "gate"
    assert walk.shown["preview"] == DOMAIN
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        at_first = await picture(stream)
        told = await tell(socket, walk, level="1", x=0.0, y=0.0)
        assert told["attributes"] == {"friendly_name": "The nearest free bay"}
        assert told["state"].startswith("A01: ")
        assert (await tell(socket, walk, level="1", x=8.0, y=0.0))["state"].startswith("A03: ")
        beside = await picture(stream)
        assert beside != at_first, "it is drawn before it has a name"
        place = {"name": "North", "level": "1", "x": 8.0, "y": 0.0}
        await tell(socket, walk, **place)
        named = await picture(stream)
        assert named != beside
        await tell(socket, walk, **place, heading=270.0)
        turned = await picture(stream)
        assert turned != named
        # What is not finished or cannot be leaves the plan, and so does what is not understood.
        for wrong in ({"x": 1e9}, {"y": "far"}, {"heading": 361.0}):
            assert (await tell(socket, walk, **{**place, "heading": 270.0, **wrong}))["state"]
        del place["x"]
        assert (await tell(socket, walk, **place))["state"].startswith("A03: ")
        place |= {"x": 8.0, "heading": 270.0}
        assert "Line 1 of" in (await tell(socket, walk, **place, distances="A01 = far"))["error"]
        assert (
            "No bay is on level 2" in (await tell(socket, walk, **{**place, "level": "2"}))["error"]
        )
        assert (await shown(hass, walk)).change.gate == Gate(
            gate_id="", name="North", level="1", x=8.0, heading=270.0
        )
        assert (await tell(socket, walk, **{**place, "name": "  "}))["state"]
        assert await picture(stream) not in (turned, named, beside)


async def test_a_gate_on_a_level_of_its_own_is_seen_there(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    place = {"name": "Roof", "level": "7", "x": 3.0, "y": 1.0}
    before = await shown(hass, walk)
    assert before.level == "1"
    await walk.fill(**place)
    assert walk.errors == {"level": "gate_level"}
    assert (await shown(hass, walk)).change.gate == before.change.gate, "the last plan stays"
    assert (await tell(socket, walk, **place, new_level=True))["state"].startswith("A0")
    assert (await shown(hass, walk)).level == "7"
    assert len((await shown(hass, walk)).lot.gates) == 2


async def test_a_gate_that_is_changed_is_there_once(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"), gate("Back", 20.0))
    await set_up(hass, entry)
    walk = await Walk.through_a_part(hass, entry, "back")
    assert (walk.shown["preview"], walk.suggested["x"]) == (DOMAIN, 20.0)
    answers = {"name": "Back", "level": "1", "x": 12.0, "y": 3.0}
    assert (await tell(socket, walk, **answers))["state"].startswith("A02: ")
    assert [(one.name, one.x) for one in (await shown(hass, walk)).lot.gates] == [
        ("Main", 0.0),
        ("Back", 12.0),
    ]
    assert (
        "a gate of this name" in (await tell(socket, walk, **{**answers, "name": "main"}))["error"]
    )
    hass.config_entries.subentries.async_abort(walk.shown["flow_id"])
    assert not hass.data[PREVIEWS]


async def test_a_gate_of_a_lot_without_bays_is_seen(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    entry = lot()
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "gate")
    told = await tell(socket, walk, name="Main", x=3.0, y=1.0)
    assert told == {"state": "0 bays", "attributes": {"friendly_name": "Plan"}}
    assert await hass.data[PREVIEWS][walk.shown["flow_id"]].async_paint(hass)


async def test_the_plan_follows_lanes_and_ramps(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client: ClientSessionGenerator
) -> None:
    upstairs = [{**bay(f"B0{number}", 2.5 * number), "level": "2"} for number in (1, 2)]
    entry = lot(node("North", [*row("A", 2), *upstairs]), gate("Main", y=5.0))
    await set_up(hass, entry)
    walk = await Walk.through_options(hass, entry)
    await walk.pick("ways")
    assert walk.shown["preview"] == DOMAIN
    lane = {"level": "1", "points": "0,5; 20,5"}
    ramp = {"from_level": "1", "from_point": "20,5", "to_level": "2", "to_point": "20,5"}
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        bare = await picture(stream)
        assert (await shown(hass, walk)).level == "2", "where the last bay is"
        assert (await tell(socket, walk))["state"] == "0 lanes, 0 ramps"
        told = await tell(socket, walk, lanes=[lane])
        assert told["state"] == "1 lane, 0 ramps · cannot be reached: B01, B02"
        assert (await shown(hass, walk)).level == "1"
        downstairs = await picture(stream)
        assert downstairs != bare
        upper = {**lane, "level": "2"}
        told = await tell(socket, walk, lanes=[lane, upper], ramps=[ramp])
        assert told["state"] == "2 lanes, 1 ramp · every bay can be reached"
        assert (await shown(hass, walk)).level == "2"
        joined = await picture(stream)
        assert joined not in (bare, downstairs)
        wrong = [{**lane, "points": "0,5; 20"}, upper]
        assert "Lane 1:" in (await tell(socket, walk, lanes=wrong, ramps=[ramp]))["error"]
        assert (
            "Ramp 1 begins"
            in (await tell(socket, walk, lanes=[lane, upper], ramps=[{**ramp, "to_level": "1"}]))[
                "error"
            ]
        )
        # The first of two lanes is another one: so its level is seen.
        longer = {**lane, "points": "-5,5; 20,5"}
        await tell(socket, walk, lanes=[longer, upper], ramps=[ramp])
        assert (await shown(hass, walk)).level == "1"
        assert await picture(stream) not in (downstairs, joined)
        steeper = {**ramp, "from_point": "18,5"}
        await tell(socket, walk, lanes=[longer, {**upper, "one_way": True}], ramps=[steeper])
        assert (await shown(hass, walk)).level == "2"
        await tell(socket, walk, lanes=[longer, {**upper, "one_way": True}], ramps=[ramp])
        assert (await shown(hass, walk)).level == "1", "where the ramp begins"

    # What was sent in vain leaves the last plan, too.
    last = (await shown(hass, walk)).change
    await walk.fill(lanes=wrong, ramps=[ramp])
    assert walk.errors == {"lanes": "lane_points"}
    async with client.get(address(walk)) as stream:
        await picture(stream)
    assert (await shown(hass, walk)).change == last
    hass.config_entries.options.async_abort(walk.shown["flow_id"])
    assert not hass.data[PREVIEWS]


async def test_the_form_of_lanes_shows_the_lot_without_its_lanes_when_they_are_deleted(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    entry = lot(node("North", row("A", 9)), gate("Main"))
    await set_up(hass, entry)
    hass.config_entries.async_update_entry(
        entry, options={"lanes": [{"level": "1", "points": "0,50; 20,50", "one_way": True}]}
    )
    walk = await Walk.through_options(hass, entry)
    await walk.pick("ways")
    told = await tell(socket, walk, **walk.suggested)
    named = ", ".join(f"A0{number}" for number in range(1, 7))
    assert told["state"] == f"1 lane, 0 ramps · cannot be reached: {named} …"
    assert (await tell(socket, walk, lanes=[]))["state"] == "0 lanes, 0 ramps"
    assert (await shown(hass, walk)).lot.surroundings.lanes == ()


async def test_the_point_at_the_location_is_seen_on_the_plan(
    hass: HomeAssistant, socket: MockHAClientWebSocket, hass_client: ClientSessionGenerator
) -> None:
    entry = lot(node("North", row("A", 4)), gate("Main"))
    await set_up(hass, entry)
    walk = await Walk.through_options(hass, entry)
    await walk.pick("open_data")
    assert walk.shown["preview"] == DOMAIN
    client = await hass_client()
    async with client.get(address(walk)) as stream:
        corner = await picture(stream)
        told = await tell(socket, walk, feeds_anchor="20, 7.5")
        assert told == {"state": "20, 7.5", "attributes": {"friendly_name": "Plan"}}
        elsewhere = await picture(stream)
        assert elsewhere != corner
        assert "Write a point" in (await tell(socket, walk, feeds_anchor="20"))["error"]
        await tell(socket, walk, feeds_anchor="20, 7.5", feeds_bearing=30)
        assert await picture(stream) not in (corner, elsewhere)
        # North is to the left of what points to the east.
        assert (await shown(hass, walk)).change.pointer == Pointer((20.0, 7.5), "N", 120.0)


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
