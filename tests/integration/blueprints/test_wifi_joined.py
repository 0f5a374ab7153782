"""Something is done when a phone joins the car park's Wi-Fi."""

from homeassistant.core import HomeAssistant, callback
import pytest

from tests.integration.blueprints.board import OWNER, Board
from tests.integration.blueprints.phones import quiet
from tests.integration.blueprints.shipped import automate, let
from tests.integration.lots import CAR_M, device_id, look
from tests.integration.sources.driven import Hand


@pytest.fixture(name="board")
def board_fixture(hass: HomeAssistant) -> Board:
    """Prepare something that shows messages."""
    return Board(hass)


async def passes(hass: HomeAssistant, what: str, *, visit: bool = False, **more: str) -> None:
    """Make a phone join or leave, as the hook tells it."""
    told = {"type": what, "visit": visit, "lot": "Garage", "device_id": device_id(hass), **more}
    hass.bus.async_fire("smart_parking_station", told)
    await quiet(hass)


def inputs(hass: HomeAssistant, **more: object) -> dict[str, object]:
    """Fill in what is asked for."""
    return {"free": look(hass, "free").entity_id, "tell": [OWNER], **more}


async def test_who_comes_is_greeted_once(hass: HomeAssistant, hand: Hand, board: Board) -> None:
    await automate(hass, "wifi_joined", inputs(hass))
    await let(hass, hand, A01=CAR_M)
    await passes(hass, "joined", visit=True)
    await passes(hass, "left")
    await passes(hass, "joined")
    await passes(hass, "joined", visit=True, device_id="of another car park")
    assert board.texts == ["Welcome to Garage. Free bays: 2."]


@pytest.mark.parametrize(("what", "count"), [("joined", 2), ("left", 1)])
async def test_other_things_count_if_the_owner_says_so(
    hass: HomeAssistant, board: Board, what: str, count: int
) -> None:
    await automate(hass, "wifi_joined", inputs(hass, what=what, text="{{ lot }}"))
    await passes(hass, "joined", visit=True)
    await passes(hass, "left")
    await passes(hass, "joined")
    assert board.texts == ["Garage"] * count


async def test_anything_else_can_be_done_and_only_if(hass: HomeAssistant, board: Board) -> None:
    hass.states.async_set("input_boolean.open", "off")
    only_if = [{"condition": "state", "entity_id": "input_boolean.open", "state": "on"}]
    done = [{"event": "owner_did", "event_data": {"free": "{{ count }}"}}]
    await automate(hass, "wifi_joined", inputs(hass, tell=[], only_if=only_if, actions=done))
    did: list[object] = []
    hass.bus.async_listen("owner_did", callback(lambda event: did.append(event.data["free"])))
    await passes(hass, "joined", visit=True)
    assert did == []
    hass.states.async_set("input_boolean.open", "on")
    await passes(hass, "joined", visit=True)
    assert did == [3]
    assert board.texts == []
