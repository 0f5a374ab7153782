"""What is expected, where people look: on dashboards, on the visitors' page, and asked in words."""

from datetime import datetime, timedelta
import json
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.smart_parking.forecast.history import RecordedStays
from custom_components.smart_parking.forecast.manager import ForecastManager
from custom_components.smart_parking.lot.analytics.forecast import Standing, StaySpan
from custom_components.smart_parking.lot.model import BayKind
from tests.integration.analytics.history import Cars
from tests.integration.forecast.usual import BEGIN, ZONE, FakeCounts, start, told
from tests.integration.lots import CAR_M, EMPTY_M, data_of, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import ON, Phone
from tests.integration.voice.talk import intend, speech
from tests.integration.watcher import Watcher

pytestmark = pytest.mark.usefixtures("hass_storage")

MORNING = BEGIN + timedelta(days=14, hours=9)


class Shoppers:
    """Vehicles that have come half an hour ago, where all leave within the hour."""

    def __init__(self, count: int) -> None:
        self.count = count

    async def async_stays(self) -> list[StaySpan]:
        return [StaySpan("standard", 8, 1_800.0 + 9.0 * n, has_left=True) for n in range(200)]

    def get_standing(self) -> list[Standing]:
        return [Standing("standard", 8, 1_800.0)] * self.count


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sensors report only what changes, so that time may pass in silence."""
    monkeypatch.setattr(DrivenSource, "period_s", None)


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, to: datetime | timedelta
) -> None:
    """Pass time, up to a moment or for a while."""
    freezer.move_to(to if isinstance(to, datetime) else freezer() + to)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def usual(forecast: ForecastManager) -> datetime:
    """Return from when the lot is usually full."""
    assert forecast.usually_full_at is not None
    return datetime.fromtimestamp(forecast.usually_full_at, ZONE)


async def test_from_when_it_is_usually_full_is_told_until_it_is_over(
    hass: HomeAssistant,
    hand: Hand,
    counts: FakeCounts,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    forecast = await start(hass)
    assert 10 <= usual(forecast).hour <= 11
    watcher = Watcher(hass, await hass_ws_client(hass))
    (picture,) = await watcher.subscribe()
    assert picture["full_from"] == usual(forecast).timestamp()

    # The same is not told again; that it is over, is, in a few bytes.
    await pass_time(hass, freezer, MORNING + timedelta(minutes=5, seconds=20))
    assert await watcher.news() == []
    await pass_time(hass, freezer, MORNING + timedelta(hours=3, seconds=20))
    (delta,) = await watcher.news()
    assert delta["u"] is None
    assert delta["b"] == []
    assert len(json_bytes(delta)) <= 100
    assert forecast.usually_full_at is None
    await watcher.socket.close()


async def test_what_is_usual_is_not_told_where_today_is_another_day(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    counts.closed = {MORNING.date()}
    freezer.move_to(MORNING + timedelta(hours=1))
    forecast = await start(hass)
    assert forecast.is_learned
    assert forecast.usually_full_at is None


async def test_a_young_lot_tells_nothing(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, hass_ws_client: WebSocketGenerator
) -> None:
    counts.begin += 11 * 86_400.0
    await start(hass)
    watcher = Watcher(hass, await hass_ws_client(hass))
    (picture,) = await watcher.subscribe()
    assert "full_from" not in picture


@pytest.fixture(name="visited")
async def visited_fixture(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up a full lot of three bays with a page for visitors, of which is known who leaves."""
    monkeypatch.setattr("custom_components.smart_parking.RecordedStays", lambda _one: Shoppers(3))
    assert await async_setup_component(hass, "http", {})
    entry = cast("MockConfigEntry", lot(node("North", row("A", 3)), gate("Main")))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=ON)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)
    await hass.async_block_till_done()


@pytest.mark.usefixtures("visited")
async def test_a_visitor_of_a_full_lot_is_told_when_a_bay_is_likely(
    hass: HomeAssistant,
    hand: Hand,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    root = (await hass_client_no_auth()).make_url("/")
    async with Phone(root, "127.0.0.1") as phone:
        page = await phone.look()
        assert page.text("bay") == "Full"
        # Of three that leave within half an hour, one is likely to within six minutes.
        assert page.text("likely") in {f"A bay is likely in {n} minutes." for n in range(5, 9)}
        async with phone.listen() as ears:
            picture = await ears.hear_of("picture")
            wait_s = picture["likely"][0] - freezer().timestamp()
            assert 240 < wait_s < 540

            # Who waits is told, too, and those behind them have to wait longer.
            waiting = await phone.tap("guide")
            assert waiting.status == "waiting"
            assert "is likely in" in waiting.text("likely")
            data = data_of(hass)
            second = data.forecast.async_get_next_free_at(BayKind.STANDARD, place=2)
            assert second is not None
            assert second > picture["likely"][0]

            hand.settle("North", A01=EMPTY_M)
            await hass.async_block_till_done()
        page = await phone.look()
        assert page.get("likely").get("hidden", "") is None
        assert page.text("likely") == ""


async def test_open_data_says_what_is_expected(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    await start(hass)
    data = data_of(hass)
    hass.config_entries.async_update_entry(data.entry, options={"feeds": ["apds"]})
    await hass.async_block_till_done()

    copy = await data.open_data.async_get("apds-places.json")
    assert copy is not None
    place = json.loads(copy.body)["data"][0]
    _, *expected = place["hierarchyElementReference"]["demandTable"]
    assert [one["timestamp"][11:16] for one in expected] == ["07:30", "08:00", "09:00", "11:00"]
    assert all(0 <= one["demandType"][0]["count"] <= 10 for one in expected)

    counts.failure = OSError("the record is away")
    await data.forecast.async_predict()
    assert [*data.open_data._expected()] == []  # noqa: SLF001  (the copy may be five seconds old)


@pytest.mark.usefixtures("visited")
async def test_when_a_bay_is_likely_is_told_anew_as_time_goes_by(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    root = (await hass_client_no_auth()).make_url("/")
    async with Phone(root, "127.0.0.1") as phone, phone.listen() as ears:
        picture = await ears.hear_of("picture")
        await pass_time(hass, freezer, timedelta(seconds=90))
        delta = await ears.hear_of("delta")
        assert delta["w"][0] - picture["likely"][0] == pytest.approx(90, abs=2)
        assert len(json_bytes(delta)) <= 100


async def test_how_long_vehicles_stay_is_read_from_the_record(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(BEGIN + timedelta(hours=9))
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await set_up(hass, lot(node("North", row("A", 3))))
    cars = Cars(hass, hand, freezer)
    cars.say(A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    await cars.wait(70.0)
    cars.arrive("A01", "A02")
    await cars.wait(600.0)
    cars.leave("A01")
    await cars.wait(60.0)
    stays = RecordedStays(data_of(hass).analytics)

    still, left = sorted(await stays.async_stays(), key=lambda one: one.has_left)
    assert (still.kind, still.hour, still.has_left) == ("standard", 9, False)
    assert (left.kind, left.hour, left.has_left) == ("standard", 9, True)
    assert left.duration_s == pytest.approx(600.0, abs=10.0)
    (standing,) = stays.get_standing()
    assert standing.age_s == pytest.approx(660.0, abs=10.0)
    assert standing.hour == 9

    await data_of(hass).analytics.async_close()
    assert await stays.async_stays() == []


@pytest.fixture(name="talking")
async def talking_fixture(hass: HomeAssistant, hand: Hand, counts: FakeCounts) -> None:
    """Set up a lot that one can ask about."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await start(hass)


async def asked(hass: HomeAssistant, intent_type: str, **said: Any) -> tuple[str, dict[str, Any]]:
    """Ask something, and return what is answered."""
    response = await intend(hass, intent_type, **said)
    return speech(response), dict(response.speech_slots)


@pytest.mark.usefixtures("talking")
async def test_it_is_asked_whether_there_will_be_a_bay(hass: HomeAssistant) -> None:
    words, data = await asked(hass, "SmartParkingWillBeFree", time="eight in the evening")
    assert words.startswith("Probably yes: at 20:00 about ")
    assert data["probability"] > 50
    assert data["at"] == "2026-05-18T20:00:00+02:00"
    words, data = await asked(hass, "SmartParkingWillBeFree", time="noon")
    assert words.startswith("Probably not: at 12:00 about ")
    assert data["probability"] < 50
    words, _ = await asked(hass, "SmartParkingWillBeFree", minutes="half an hour")
    assert words.startswith("Probably yes: at 9:30 about ")
    words, _ = await asked(hass, "SmartParkingWillBeFree", time="06:00", language="de")
    assert words.startswith("Wahrscheinlich ja: morgen um 6:00 Uhr werden etwa ")
    words, _ = await asked(hass, "SmartParkingWillBeFree", time="noon", kind="ev")
    assert words == "No charging bay is free."
    words, _ = await asked(hass, "SmartParkingWillBeFree", time="the weekend")
    assert words.startswith("I did not understand the time.")
    words, _ = await asked(hass, "SmartParkingWillBeFree")
    assert words.startswith("I did not understand the time.")


@pytest.mark.usefixtures("talking")
async def test_it_is_asked_when_it_is_full(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, freezer: FrozenDateTimeFactory
) -> None:
    full_at, again_at = told(hass, "full_at"), told(hass, "free_again_at")
    words, data = await asked(hass, "SmartParkingWhenFull")
    assert words == (
        f"It will probably be full at {full_at:%-H:%M}. "
        f"A bay will probably be free again at {again_at:%-H:%M}."
    )
    assert data["full_at"] == full_at.isoformat()

    hand.settle("North", **{f"A{number:02d}": CAR_M for number in range(1, 11)})
    await pass_time(hass, freezer, MORNING + timedelta(hours=3, seconds=20))
    words, data = await asked(hass, "SmartParkingWhenFull")
    assert words.startswith("It is full now. A bay will probably be free again at 1")
    assert data["is_full"] is True

    hand.settle("North", **{f"A{number:02d}": EMPTY_M for number in range(1, 11)})
    counts.closed = {MORNING.date() + timedelta(days=day) for day in range(-8, 2)}
    await data_of(hass).forecast.async_learn()
    assert said(hass, "full_at") == "unknown"
    words, _ = await asked(hass, "SmartParkingWhenFull")
    assert words == "It will probably not be full within the next 24 hours."

    counts.failure = OSError("the record is away")
    await data_of(hass).forecast.async_predict()
    words, _ = await asked(hass, "SmartParkingWhenFull")
    assert words == "I cannot tell what is to come at the moment."
    words, _ = await asked(hass, "SmartParkingWillBeFree", time="noon")
    assert words == "I cannot tell what is to come at the moment."
