"""One place decides who sees a lot, who may hold bays, and how many."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from homeassistant.components.websocket_api.const import ERR_UNAUTHORIZED
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.holds.hold import HoldStatus
from custom_components.smart_parking.options import USER_HOLDS
from custom_components.smart_parking.signed_path import route_image_id
from tests.integration.lots import EMPTY_M, LOT_ID, bay, gate, lot, node, row, set_up
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.voice.talk import HOLD, RELEASE, intend
from tests.integration.walk import Walk
from tests.integration.watcher import Watcher
from tests.trials.users import NOTHING, PLAIN, READ_ONLY, Person, person

BAYS = 15


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot of 15 vacant bays."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    for part in ("homeassistant", "conversation", "http", "websocket_api"):
        assert await async_setup_component(hass, part, {})
    entry = lot(node("North", row("A", BAYS)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", **{f"A{number:02d}": EMPTY_M for number in range(1, BAYS + 1)})
    await hass.async_block_till_done()
    return entry


async def ask(hass: HomeAssistant, who: Context | None, action: str, **data: object) -> Any:
    """Return the response of an action to a user."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=who
    )


def kept(entry: SmartParkingConfigEntry) -> int:
    """Return the number of holds."""
    return len(list(entry.runtime_data.guidance.all()))


# Who may see a lot.

type ReportQuery = list[tuple[str, dict[str, object]]]

READING: ReportQuery = [("find_bay", {}), ("promotion", {})]
KEEPING: ReportQuery = [("guide", {"minutes": 60}), ("reserve", {"until": "2100-01-01 12:00:00"})]
SPEAKING: ReportQuery = [
    ("another", {}),
    ("extend", {"minutes": 5}),
    ("confirm", {}),
    ("release", {}),
]


@pytest.mark.parametrize(("action", "data"), [*READING, *KEEPING])
async def test_40_who_has_no_right_to_a_lot_is_refused(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, action: str, data: dict[str, object]
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await ask(hass, (await person(hass, NOTHING)).context, action, **data)
    assert "Garage" in str(refused.value)
    assert kept(entry) == 0


@pytest.mark.parametrize(("action", "data"), SPEAKING)
async def test_40_who_has_no_right_to_a_lot_does_not_speak_for_a_hold(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, action: str, data: dict[str, object]
) -> None:
    hold_id = (await ask(hass, None, "guide"))["hold_id"]
    before = [(one.bay_id, one.until) for one in entry.runtime_data.guidance.all()]
    for entities in (NOTHING, READ_ONLY):
        with pytest.raises(Unauthorized):
            await ask(hass, (await person(hass, entities)).context, action, hold_id=hold_id, **data)
    assert [(one.bay_id, one.until) for one in entry.runtime_data.guidance.all()] == before


async def test_40_who_may_only_look_finds_a_bay_and_keeps_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    looker = (await person(hass, READ_ONLY)).context
    assert (await ask(hass, looker, "find_bay"))["bay"]["bay"] == "A01"
    for action, data in KEEPING:
        with pytest.raises(Unauthorized):
            await ask(hass, looker, action, **data)
    assert kept(entry) == 0


async def test_40_a_part_of_a_lot_is_none(hass: HomeAssistant) -> None:
    some = {f"binary_sensor.garage_bay_a{n:02d}": {"read": True} for n in range(2, BAYS + 1)}
    with pytest.raises(Unauthorized):
        await ask(hass, (await person(hass, {"entity_ids": some})).context, "find_bay")
    every = {**some, "binary_sensor.garage_bay_a01": {"read": True}}
    assert await ask(hass, (await person(hass, {"entity_ids": every})).context, "find_bay")


async def test_40_a_lot_without_bays_is_nobodys_who_may_see_nothing(
    hass: HomeAssistant, hand: Hand
) -> None:
    assert await set_up(hass, lot(gate("Side"), title="Field", lot_id="field"))
    for who, may in ((NOTHING, False), (READ_ONLY, True)):
        asking = ask(hass, (await person(hass, who)).context, "find_bay", config_entry_id="field")
        if may:
            assert (await asking)["bay"] is None
            continue
        with pytest.raises(Unauthorized):
            await asking


async def test_40_commands_refuse_in_words(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    hold_id = (await ask(hass, None, "guide"))["hold_id"]
    stranger = Watcher(
        hass, await hass_ws_client(hass, await (await person(hass, NOTHING)).token())
    )
    assert (await stranger.ask("smart_parking/lots"))["result"] == []
    commands: ReportQuery = [
        ("find", {}),
        ("subscribe", {}),
        ("promotion", {"entry_id": LOT_ID}),
        ("follow", {"hold_id": hold_id}),
    ]
    for command, data in commands:
        error = (await stranger.ask(f"smart_parking/{command}", **data))["error"]
        assert (error["code"], error["translation_key"]) == (ERR_UNAUTHORIZED, "may_not_read")
        assert error["message"] == "You may not see the bays of Garage"


async def test_40_pictures_are_for_those_who_may_see_the_lot(
    hass: HomeAssistant,
    folder: Any,
    hand: Hand,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    keep(str(folder), "www/zoo.png", PNG)
    shop = promotion("Zoo", picture_path="/local/zoo.png", link="https://zoo.example")
    park = lot(node("South", [bay("B01", 0.0)]), gate("Side"), shop, title="Park", lot_id="park")
    assert await set_up(hass, park)
    hand.settle("South", B01=EMPTY_M)
    hold_id = park.runtime_data.guidance.async_guide("side").hold_id
    client = await hass_client_no_auth()
    paths = (
        f"way/{route_image_id(hold_id)}.png",
        "promotion/park/zoo/picture",
        "promotion/park/zoo/link/x",
    )
    for path in paths:
        for entities, status in (
            (NOTHING, (HTTPStatus.FORBIDDEN,)),
            (READ_ONLY, (HTTPStatus.OK, HTTPStatus.FOUND)),
        ):
            bearer = {"Authorization": f"Bearer {await (await person(hass, entities)).token()}"}
            address = f"/api/smart_parking/{path}"
            answer = await client.get(address, headers=bearer, allow_redirects=False)
            assert answer.status in status, path
    assert park.runtime_data.promotions.counts("zoo").clicks == 0


async def test_40_by_voice_it_is_the_same(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    stranger, looker = await person(hass, NOTHING), await person(hass, READ_ONLY)
    answer = await ask(hass, stranger.context, "answer", question="find_bay")
    assert answer["problem"] == "no_lot"
    await ask(hass, None, "guide", driver=f"user:{looker.user.id}")
    for question in ("hold_bay", "release_bay"):
        answer = await ask(hass, looker.context, "answer", question=question)
        assert answer["problem"] == "may_not_keep"
    assert kept(entry) == 1


# Limits of holds for one user.


def later(hours: float) -> str:
    """Return a time in some hours as people write it."""
    return (dt_util.now() + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


async def greedy(
    hass: HomeAssistant,
    who: Person,
    action: str,
    count: int,
    wanted: Mapping[str, object] = MappingProxyType({}),
    most: int = USER_HOLDS,
) -> int:
    """Repeat a request of a user, and return how often it was not refused."""
    refusals: list[ServiceValidationError] = []
    for _ in range(count):
        try:
            await ask(hass, who.context, action, **wanted)
        except ServiceValidationError as err:
            refusals.append(err)
    assert {one.translation_key for one in refusals} <= {"too_many_kept"}
    assert all(f"{most} at a time" in str(one) for one in refusals)
    return count - len(refusals)


@pytest.mark.parametrize(
    ("action", "data"),
    [("guide", {"minutes": 1440}), ("guide", {}), ("reserve", {"from": 24.0, "until": 48.0})],
)
async def test_40_one_plain_user_does_not_have_it_all(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    action: str,
    data: dict[str, float],
) -> None:
    wanted = {key: later(value) if action == "reserve" else value for key, value in data.items()}
    who = await person(hass, PLAIN)
    assert await greedy(hass, who, action, 60, wanted) == USER_HOLDS
    assert kept(entry) == USER_HOLDS
    # There is room for the others, who have as much.
    assert await greedy(hass, await person(hass, PLAIN), "guide", 60) == USER_HOLDS


async def test_40_bays_reservations_and_places_in_the_queue_count_alike(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    who = await person(hass, PLAIN)
    await ask(hass, who.context, "reserve", **{"from": later(2.0), "until": later(3.0)})
    for _ in range(BAYS):
        await ask(hass, None, "guide")
    waiting = await ask(hass, who.context, "guide")
    assert waiting["status"] == HoldStatus.WAITING
    assert await greedy(hass, who, "guide", 5) == 0
    assert await greedy(hass, who, "reserve", 5, {"until": later(3.0)}) == 0
    response = await intend(hass, HOLD, context=who.context)
    assert response.speech["plain"]["speech"] == (
        "So much is kept for you already: 2 at a time. Please give something back first."
    )
    await ask(hass, who.context, "release", hold_id=waiting["hold_id"])
    assert await greedy(hass, who, "guide", 5) == 1


async def test_40_what_was_asked_for_by_voice_counts_too(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    who = await person(hass, PLAIN)
    for _ in range(5):
        # They have one, and get it as the answer again.
        await intend(hass, HOLD, context=who.context)
    assert kept(entry) == 1
    assert await greedy(hass, who, "guide", 60) == USER_HOLDS - 1
    await intend(hass, RELEASE, context=who.context)
    assert await greedy(hass, who, "guide", 60) == 1


async def test_40_a_restart_forgets_nothing(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    who = await person(hass, PLAIN)
    await greedy(hass, who, "guide", 60, {"minutes": 1440})
    assert await hass.config_entries.async_reload(LOT_ID)
    assert kept(entry) == USER_HOLDS
    assert await greedy(hass, who, "guide", 60) == 0


async def test_40_administrators_and_automations_have_no_limit(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_admin_user: MockUser
) -> None:
    for who in (None, Context(user_id=hass_admin_user.id)):
        for _ in range(7):
            assert (await ask(hass, who, "guide"))["status"] == HoldStatus.HELD
    assert kept(entry) == 14


async def test_40_an_owner_may_allow_more(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    """A tablet gives bays to many drivers."""
    tablet = await person(hass, PLAIN)
    assert await greedy(hass, tablet, "guide", 60) == USER_HOLDS
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    await walk.fill(hold_minutes=4, speed_kmh=15, queue_max=20, user_holds=10)
    assert await greedy(hass, tablet, "guide", 60, most=10) == 10 - USER_HOLDS
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    assert walk.suggested["user_holds"] == 10
    await walk.fill(hold_minutes=4, speed_kmh=15, queue_max=20)
    assert "user_holds" not in entry.options
    assert await greedy(hass, tablet, "guide", 1) == 0


# For how long.


def lasts_s(answer: Mapping[str, Any]) -> float:
    """Return the duration of a new hold."""
    return (datetime.fromisoformat(answer["until"]) - dt_util.utcnow()).total_seconds()


@pytest.mark.parametrize("minutes", [61, 600, 1440])
async def test_40_who_is_on_the_way_has_an_hour(hass: HomeAssistant, minutes: int) -> None:
    who = await person(hass, PLAIN)
    kept = await ask(hass, who.context, "guide", minutes=minutes)
    assert lasts_s(kept) == pytest.approx(3600, abs=5)
    with pytest.raises(ServiceValidationError) as refused:
        await ask(hass, who.context, "extend", hold_id=kept["hold_id"], minutes=1)
    assert refused.value.translation_key == "kept_long_enough"
    assert "as long as it may be for one user" in str(refused.value)


async def test_40_little_by_little_it_is_no_longer(hass: HomeAssistant) -> None:
    who = await person(hass, PLAIN)
    kept = await ask(hass, who.context, "guide", minutes=40)
    for minutes, until_s in ((15, 55 * 60), (15, 3600)):
        kept = await ask(hass, who.context, "extend", hold_id=kept["hold_id"], minutes=minutes)
        assert lasts_s(kept) == pytest.approx(until_s, abs=5)


@pytest.mark.parametrize(
    ("starts_h", "ends_h", "refusal"),
    [
        (0.0, 23.9, None),
        (167.0, 190.0, None),
        (0.0, 24.5, "user_reservation_too_long"),
        (5.0, 31 * 24.0, "user_reservation_too_long"),
        (169.0, 170.0, "user_reservation_too_far"),
    ],
)
async def test_40_a_user_reserves_for_a_day_within_a_week(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_admin_user: MockUser,
    starts_h: float,
    ends_h: float,
    refusal: str | None,
) -> None:
    who = await person(hass, PLAIN)
    times = {"from": later(starts_h), "until": later(ends_h)}
    if refusal is None:
        kept = await ask(hass, who.context, "reserve", **times)
        # An hour is no less than what is left of the day.
        await ask(hass, who.context, "extend", hold_id=kept["hold_id"], minutes=60)
        with pytest.raises(ServiceValidationError) as refused:
            await ask(hass, who.context, "extend", hold_id=kept["hold_id"], minutes=60)
        assert refused.value.translation_key == "kept_long_enough"
    else:
        with pytest.raises(ServiceValidationError) as refused:
            await ask(hass, who.context, "reserve", **times)
        assert refused.value.translation_key == refusal
        assert "Guidance" in str(refused.value)
    for unlimited in (None, Context(user_id=hass_admin_user.id)):
        kept = await ask(hass, unlimited, "reserve", **times)
        assert await ask(hass, unlimited, "extend", hold_id=kept["hold_id"], minutes=60)
        assert (await ask(hass, unlimited, "guide", minutes=1440))["status"] == HoldStatus.HELD


async def test_40_by_voice_it_is_kept_no_longer(hass: HomeAssistant) -> None:
    who = await person(hass, PLAIN)
    for _ in range(2):
        response = await intend(hass, HOLD, context=who.context, minutes="120")
        assert "60 minutes" in response.speech["plain"]["speech"]


async def test_40_an_owner_may_allow_longer(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    who = await person(hass, PLAIN)
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    usual = {"hold_minutes": 4, "speed_kmh": 15, "queue_max": 20}
    await walk.fill(**usual, user_minutes=600, user_hours=48, user_days=30)
    kept = await ask(hass, who.context, "guide", minutes=1440)
    assert lasts_s(kept) == pytest.approx(36_000, abs=5)
    await ask(hass, who.context, "release", hold_id=kept["hold_id"])
    times = {"from": later(29 * 24.0), "until": later(29 * 24.0 + 47.0)}
    await ask(hass, who.context, "reserve", **times)
    # No user has less than the default time of a hold.
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    await walk.fill(**usual | {"hold_minutes": 30}, user_minutes=5)
    assert not {"user_hours", "user_days"} & entry.options.keys()
    assert lasts_s(await ask(hass, who.context, "guide")) == pytest.approx(1800, abs=5)
