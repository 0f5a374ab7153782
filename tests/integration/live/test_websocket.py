"""What the card may ask for, and who may ask."""

from homeassistant.components.websocket_api.const import (
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
    ERR_UNAUTHORIZED,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, bay, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher

LOTS = "smart_parking/lots"
SUBSCRIBE = "smart_parking/subscribe"
FIND = "smart_parking/find"
HOLD_ACTION = "smart_parking/hold_action"
BAYS = [f"binary_sensor.garage_bay_a0{number}" for number in (1, 2, 3)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every change at once, not together with those of the next moment."""
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of three bays, one of them taken."""
    bays = [bay("A01", 0.0), bay("A02", 2.5), bay("A03", 5.0, kind="ev")]
    entry = lot(node("North", bays), gate("Main"), gate("Back", x=10.0))
    assert await set_up(hass, entry)
    hand.settle("North", A01=CAR_M, A02=EMPTY_M, A03=EMPTY_M)
    return entry


@pytest.fixture(name="requester")
async def asker_fixture(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Watcher:
    """Return a client."""
    return Watcher(hass, await hass_ws_client(hass))


def code(answer: dict[str, object]) -> object:
    """Return the code of an error, whose words must be for people."""
    error = answer["error"]
    assert isinstance(error, dict)
    assert " " in error["message"]
    return error["code"]


async def test_lots_are_listed(hass: HomeAssistant, requester: Watcher) -> None:
    await set_up(hass, lot(node("South", row("B", 2)), title="Roof", lot_id="roof"))
    assert (await requester.ask(LOTS))["result"] == [
        {"entry_id": LOT_ID, "name": "Garage", "bays": 3, "free": 2},
        {"entry_id": "roof", "name": "Roof", "bays": 2, "free": 0},
    ]
    await hass.config_entries.async_unload("roof")
    assert [one["entry_id"] for one in (await requester.ask(LOTS))["result"]] == [LOT_ID]


@pytest.mark.parametrize("command", [SUBSCRIBE, FIND])
async def test_which_lot_is_meant(hass: HomeAssistant, requester: Watcher, command: str) -> None:
    assert code(await requester.ask(command, entry_id="elsewhere")) == ERR_NOT_FOUND
    await set_up(hass, lot(node("South", row("B", 2)), gate("Up"), title="Roof", lot_id="roof"))
    assert code(await requester.ask(command)) == ERR_INVALID_FORMAT
    assert (await requester.ask(command, entry_id="roof"))["success"]


@pytest.mark.parametrize("command", [SUBSCRIBE, FIND])
async def test_there_is_no_lot(hass: HomeAssistant, requester: Watcher, command: str) -> None:
    await hass.config_entries.async_remove(LOT_ID)
    assert code(await requester.ask(command)) == ERR_NOT_FOUND
    assert (await requester.ask(LOTS))["result"] == []


async def test_a_bay_is_found(requester: Watcher) -> None:
    answer = await requester.ask(FIND, gate="back", kind="ev")
    assert answer["result"]["gate"] == "Back"
    assert answer["result"]["free"] == 2
    assert answer["result"]["bay"]["bay"] == "A03"
    assert [one["bay"] for one in answer["result"]["alternatives"]] == ["A02"]
    answer = await requester.ask(FIND)
    assert (answer["result"]["gate"], answer["result"]["bay"]["bay"]) == ("Main", "A02")


async def test_no_bay_is_found(hass: HomeAssistant, requester: Watcher, hand: Hand) -> None:
    assert code(await requester.ask(FIND, gate="Elsewhere")) == ERR_NOT_FOUND
    hand.settle("North", A02=CAR_M)
    assert (await requester.ask(FIND))["result"]["bay"] is None
    await hass.config_entries.async_unload(LOT_ID)
    assert code(await requester.ask(FIND)) == ERR_NOT_FOUND


@pytest.mark.parametrize(
    ("command", "more"),
    [
        (FIND, {"kind": "boat"}),
        (FIND, {"gate": 5}),
        (SUBSCRIBE, {"entry_id": 5}),
        (SUBSCRIBE, {"lot": LOT_ID}),
        ("smart_parking/ack", {"subscription": 1}),
        ("smart_parking/ack", {"subscription": 1, "seq": "2"}),
    ],
)
async def test_a_command_is_not_understood(
    requester: Watcher, command: str, more: dict[str, object]
) -> None:
    assert code(await requester.ask(command, **more)) == ERR_INVALID_FORMAT


async def test_what_is_no_subscription_cannot_be_acknowledged(requester: Watcher) -> None:
    answer = await requester.ask("smart_parking/ack", subscription=99, seq=1)
    assert code(answer) == ERR_NOT_FOUND
    assert (await requester.ask("subscribe_events", event_type="nothing"))["success"]
    answer = await requester.ask("smart_parking/ack", subscription=2, seq=1)
    assert code(answer) == ERR_NOT_FOUND


# Who may.


def restrict(user: MockUser, *entity_ids: str) -> None:
    """Make a user see some entities only."""
    user.groups = []
    user.mock_policy({"entities": {"entity_ids": {one: {"read": True} for one in entity_ids}}})


async def test_a_user_who_may_see_all_bays(requester: Watcher, hass_admin_user: MockUser) -> None:
    restrict(hass_admin_user, *BAYS)
    assert len((await requester.ask(LOTS))["result"]) == 1
    assert (await requester.ask(FIND))["success"]
    (picture,) = await requester.subscribe()
    assert picture["can"] == []


async def test_a_user_who_may_not_see_a_bay(requester: Watcher, hass_admin_user: MockUser) -> None:
    restrict(hass_admin_user, *BAYS[:2])
    assert (await requester.ask(LOTS))["result"] == []
    assert code(await requester.ask(FIND)) == ERR_UNAUTHORIZED
    assert code(await requester.ask(SUBSCRIBE)) == ERR_UNAUTHORIZED


async def test_a_bay_is_added_that_a_user_may_not_see(
    requester: Watcher,
    hass_admin_user: MockUser,
    entity_registry: er.EntityRegistry,
    entry: SmartParkingConfigEntry,
) -> None:
    restrict(hass_admin_user, *BAYS)
    await requester.subscribe()
    entity_registry.async_update_entity(BAYS[0], new_entity_id="binary_sensor.secret")
    (gone,) = await requester.news()
    assert gone["gone"] is True
    entry.runtime_data.coordinator.async_set_out_of_service("a02", out=True)
    assert await requester.news() == []
    entity_registry.async_update_entity("binary_sensor.secret", new_entity_id=BAYS[0])
    (picture,) = await requester.news()
    assert picture["states"] == "oxv"


async def test_a_user_who_subscribed_before_the_lot_was_at_work(
    hass: HomeAssistant, requester: Watcher, hass_admin_user: MockUser
) -> None:
    restrict(hass_admin_user, *BAYS[:2])
    await hass.config_entries.async_unload(LOT_ID)
    assert [event["gone"] for event in await requester.subscribe()] == [True]
    await hass.config_entries.async_setup(LOT_ID)
    assert all("states" not in event for event in await requester.news())


async def test_a_tablet_on_the_wall_may_look_only(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_read_only_access_token: str
) -> None:
    tablet = Watcher(hass, await hass_ws_client(hass, hass_read_only_access_token))
    (picture,) = await tablet.subscribe()
    assert (picture["states"], picture["can"]) == ("ovv", [])


async def test_an_administrator_may_close_bays_and_simulate(
    hass: HomeAssistant, requester: Watcher
) -> None:
    await set_up(hass, lot(node("Demo", row("D", 2), "simulated"), title="Demo", lot_id="demo"))
    (picture,) = await requester.subscribe(entry_id="demo")
    assert picture["can"] == ["guide", "out_of_service", "holds", "simulate"]
    await hass.config_entries.async_unload("demo")


async def test_a_hold_is_asked_for_and_given_back(
    entry: SmartParkingConfigEntry, requester: Watcher
) -> None:
    held = (await requester.ask(HOLD_ACTION, action="guide", data={"gate": "Main"}))["result"]
    assert (held["bay"], held["status"]) == ("A02", "held")
    by_id = {"hold_id": held["hold_id"]}
    assert (await requester.ask(HOLD_ACTION, action="release", data=by_id))["result"][
        "bay"
    ] == "A02"
    assert not list(entry.runtime_data.guidance.all())


@pytest.mark.parametrize(
    ("action", "data", "expected"),
    [
        ("reload", {}, ERR_INVALID_FORMAT),
        ("guide", {"colour": "red"}, ERR_INVALID_FORMAT),
        ("guide", {"minutes": "soon"}, ERR_INVALID_FORMAT),
        ("release", {}, ERR_INVALID_FORMAT),
        ("guide", {"gate": "Nowhere"}, ERR_NOT_FOUND),
        ("confirm", {"hold_id": "unknown"}, ERR_NOT_FOUND),
    ],
)
async def test_what_cannot_be_done_with_holds_is_refused_in_words(
    requester: Watcher, action: str, data: dict[str, object], expected: str
) -> None:
    assert code(await requester.ask(HOLD_ACTION, action=action, data=data)) == expected


async def test_who_may_only_look_keeps_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_read_only_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    looker = Watcher(hass, await hass_ws_client(hass, hass_read_only_access_token))
    refused = await looker.ask(HOLD_ACTION, action="guide")
    assert code(refused) == ERR_UNAUTHORIZED
    assert refused["error"]["translation_key"] == "may_not_control"
    assert not list(entry.runtime_data.guidance.all())
