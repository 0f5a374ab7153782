"""Reports for the owner: the action, the dashboard's command, and today's sensors."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.analytics import report as report_module
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from custom_components.smart_parking.lot.model import Fault
from tests.integration.analytics.history import NODE, Cars, manager_of
from tests.integration.lots import LOT_ID, bay, gate, look, lot, node, said, set_up
from tests.integration.sources.driven import Hand

LABELS = ("A01", "A02", "A03")
BEGAN = "2026-11-02 17:00:00+00:00"  # 09:00 where the tests' Home Assistant is


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays of two kinds on a Monday morning; A03 is for half an hour."""
    freezer.move_to(BEGAN)
    bays = [bay("A01", 0.0), bay("A02", 2.5, kind="ev"), bay("A03", 5.0, level="2")]
    entry = lot(node(NODE, bays), gate("Main"))
    hass.config.currency = "EUR"
    entry_options = {
        "stay_limits": [{"minutes": 30, "bay": "A03"}],
        "rates": [{"per_hour": 2.0}],
        "free_minutes": 10,
    }
    object.__setattr__(entry, "options", entry_options)
    assert await set_up(hass, entry)
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    return cars


async def report(hass: HomeAssistant, **asked: object) -> dict[str, Any]:
    """Ask for a report."""
    answer = await hass.services.async_call(
        "smart_parking", "report", asked, blocking=True, return_response=True
    )
    assert answer is not None
    return dict(answer)


async def token_of(hass: HomeAssistant, user: User) -> str:
    """Return a token that is good at the time that the test has made."""
    refresh_token = await hass.auth.async_create_refresh_token(user, "https://example.test")
    return hass.auth.async_create_access_token(refresh_token)


async def drive(cars: Cars) -> None:
    """Make three vehicles come; the last one stays."""
    cars.arrive("A01")
    await cars.wait(1800.0)
    cars.leave("A01")
    await cars.wait(600.0)
    cars.arrive("A01", "A03")
    await cars.wait(3600.0)
    cars.leave("A01")
    await cars.wait(1.0)


async def test_a_report_adds_up(hass: HomeAssistant, cars: Cars) -> None:
    await drive(cars)
    told = await report(hass, period="today", by="bay")
    rows = {row["bay"]: row for row in told["rows"]}
    assert rows.keys() == set(LABELS)
    assert [rows[label]["vehicles"] for label in LABELS] == [2, 0, 1]
    assert rows["A01"]["occupied_s"] == 5400.0
    assert rows["A01"]["average_stay_s"] == rows["A01"]["median_stay_s"] == 2700.0
    assert rows["A03"]["occupied_s"] == 3601.0
    # 20 and 50 minutes are paid, an hour each.
    assert rows["A01"]["revenue"] == 4.0
    totals = told["totals"]
    assert totals["vehicles"] == 3
    assert totals["occupied_s"] == 9001.0
    assert totals["p90_stay_s"] == 3420.0
    assert told["csv"].splitlines()[0].startswith("bay,bay_id,level,kind,zone,vehicles")
    assert len(told["csv"].splitlines()) == 4


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("day", ["2026-11-02"]),
        ("week", ["2026-W45"]),
        ("month", ["2026-11"]),
        ("weekday", [0]),
        ("hour", [9, 10]),
        ("kind", ["ev", "standard"]),
        ("level", ["1", "2"]),
        ("zone", [""]),
    ],
)
async def test_every_table_adds_up_to_the_same(
    hass: HomeAssistant, cars: Cars, by: str, keys: list[object]
) -> None:
    await drive(cars)
    told = await report(hass, period="today", by=by)
    used = [row for row in told["rows"] if row["vehicles"] or row["occupied_s"] or by == "kind"]
    assert [row[by] for row in used] == keys
    assert sum(row["vehicles"] for row in used) == 3
    assert sum(row["occupied_s"] for row in used) == pytest.approx(9001.0)
    assert sum(row["revenue"] for row in used) == 4.0


async def test_a_period_is_compared(hass: HomeAssistant, cars: Cars) -> None:
    await drive(cars)
    told = await report(hass, **{"from": "2026-11-02", "compare": "before"})
    assert (told["from"], told["until"]) == ("2026-11-02", "2026-11-02")
    assert told["compared_with"]["from"] == "2026-11-01"
    assert told["compared_with"]["totals"]["vehicles"] == 0
    with pytest.raises(Exception, match="before the first"):
        await report(hass, **{"from": date(2026, 11, 2), "until": date(2026, 11, 1)})


async def test_who_stands_too_long(hass: HomeAssistant, cars: Cars) -> None:
    await drive(cars)

    def entity_id(bay_id: str) -> str:
        return look(hass, bay_id, "occupancy").entity_id

    asked: dict[str, Any]
    for asked, labels in (
        ({}, ["A03"]),
        ({"longer_than": {"hours": 2}}, []),
        (
            {"longer_than": {"minutes": 5}, "entity_id": look(hass, "a01", "occupancy").entity_id},
            [],
        ),
        (
            {"longer_than": {"minutes": 5}, "entity_id": look(hass, "a03", "occupancy").entity_id},
            ["A03"],
        ),
    ):
        answer = await hass.services.async_call(
            "smart_parking", "long_stays", asked, blocking=True, return_response=True
        )
        stays: Any = (answer or {})["stays"]
        assert [one["bay"] for one in stays] == labels
    (stay,) = stays
    assert stay["entity_id"] == entity_id("a03")
    assert stay["over_since"] == "2026-11-02T09:45:00-08:00"


async def test_the_dashboard_is_told_everything(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_admin_user: User, cars: Cars
) -> None:
    await drive(cars)
    client = await hass_ws_client(hass, await token_of(hass, hass_admin_user))
    await client.send_json_auto_id(
        {
            "type": "smart_parking/statistics",
            "entry_id": LOT_ID,
            "from": "2026-11-01",
            "until": "2026-11-02",
        }
    )
    told = (await client.receive_json())["result"]
    assert told["lot"]["name"] == "Garage"
    assert told["period"] == {"from": "2026-11-01", "until": "2026-11-02", "days": 2}
    assert told["compared_with"]["from"] == "2026-10-30"
    assert told["totals"]["vehicles"] == 3
    assert [row["vehicles"] for row in told["series"]] == [3]
    assert told["totals_before"]["vehicles"] == 0
    assert sum(row["stays"] for row in told["histogram"]) == 2
    assert len(told["week_hours"]) == 7
    assert told["busiest"][0] == "a01"
    assert [one["bay"] for one in told["overstays"]["now"]] == ["A03"]
    assert told["overstays"]["period"] == []
    assert told["guidance"]["guided_share"] == 0.0
    assert told["shops"] == []
    assert told["lot"]["limit_s"] is None  # One bay has a limit, the others none.


async def test_a_period_is_compared_with_any_other(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_admin_user: User, cars: Cars
) -> None:
    await drive(cars)
    asked = {"from": "2026-11-01", "compare_from": "2026-11-02", "compare_until": "2026-11-02"}
    told = (await statistics(hass, hass_ws_client, hass_admin_user, **asked))["result"]
    assert told["compared_with"] == {"from": "2026-11-02", "until": "2026-11-02", "days": 1}
    past = {"from": "2026-11-01", "until": "2026-11-01"}
    answer = await statistics(hass, hass_ws_client, hass_admin_user, **past)
    assert "today" not in answer["result"]
    assert told["totals_before"]["vehicles"] == 3
    backwards = {**asked, "compare_until": "2026-11-01"}
    refused = await statistics(hass, hass_ws_client, hass_admin_user, **backwards)
    assert refused["error"]["translation_key"] == "report_backwards"


async def test_a_single_day_is_told_by_the_hour(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_admin_user: User, cars: Cars
) -> None:
    await drive(cars)
    told = (await statistics(hass, hass_ws_client, hass_admin_user))["result"]
    assert told["unit"] == "hour"
    # It is today: what has been counted, and that nothing is known of what comes.
    counts = told["today"]["counts"]
    assert {occupied for _, occupied in counts} == {0, 1, 2}
    assert [at % 300 for at, _ in counts] == [0] * len(counts)
    assert (told["today"]["expected"], told["today"]["full_at"]) == ([], None)
    assert told["today"]["needed_days"] > told["today"]["days"]
    assert {row["hour"]: row["vehicles"] for row in told["series"] if row["vehicles"]}
    assert sum(row["vehicles"] for row in told["series"]) == told["totals"]["vehicles"] == 3


async def test_sensors_say_what_happened_today(hass: HomeAssistant, cars: Cars) -> None:
    await drive(cars)
    await cars.wait(300.0)
    assert said(hass, "average_stay_today") == "45.0"
    assert said(hass, "vehicles_per_bay_today") == "1.0"
    # Both standard bays were taken for an hour, of 105 minutes.
    assert said(hass, "full_today") == "57.1"
    assert said(hass, "turned_away_today") == "0"
    assert said(hass, "longest_stay") == "65.0"
    assert look(hass, "longest_stay").attributes["bay"] == "A03"


@pytest.mark.parametrize("by", [*GroupBy])
async def test_with_too_many_stays_medians_are_read_from_classes(
    hass: HomeAssistant, cars: Cars, by: GroupBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drive(cars)
    exact = await report(hass, period="today", by=by.value)
    monkeypatch.setattr(report_module, "EXACT_MAX", 0)
    told = await report(hass, period="today", by=by.value)
    assert (exact["is_exact"], told["is_exact"]) == (True, False)
    assert told["totals"]["median_stay_s"] == pytest.approx(
        exact["totals"]["median_stay_s"], rel=0.5
    )
    medians = ("median_stay_s", "p90_stay_s")
    for row, precise in zip(told["rows"], exact["rows"], strict=True):
        rest = {key: value for key, value in row.items() if key not in medians}
        assert rest == {key: value for key, value in precise.items() if key not in medians}
        if by in (GroupBy.BAY, GroupBy.HOUR):
            assert row["median_stay_s"] is None


async def statistics(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, user: User, **asked: object
) -> dict[str, Any]:
    """Ask what the dashboard asks."""
    client = await hass_ws_client(hass, await token_of(hass, user))
    question = {"from": "2026-11-02", "until": "2026-11-02", "entry_id": LOT_ID, **asked}
    await client.send_json_auto_id({"type": "smart_parking/statistics", **question})
    answer: dict[str, Any] = await client.receive_json()
    return answer


async def test_a_day_on_which_much_happens(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_admin_user: User, cars: Cars
) -> None:
    await drive(cars)
    for _ in range(4):
        cars.say(A02=Fault.STUCK_HIGH)
        await cars.wait(300.0)
        cars.leave("A02")
        await cars.wait(300.0)
    cars.leave("A03")
    await cars.wait(10.0)
    told = (await statistics(hass, hass_ws_client, hass_admin_user))["result"]
    (full,) = told["first_full"]
    assert (full["day"], full["at"], full["full_s"]) == (
        "2026-11-02",
        "2026-11-02T09:40:00-08:00",
        3600.0,
    )
    assert told["faults"]["by_fault"] == {"stuck_high": {"faults": 4, "seconds": 1200.0}}
    (broken,) = told["faults"]["bays"]
    assert (broken["bay"], broken["kinds"]) == ("A02", {"stuck_high": 4})
    assert told["worse"] == ["a02"]
    (over,) = told["overstays"]["period"]
    assert (over["bay"], over["is_estimated"]) == ("A03", False)
    assert told["totals"]["overstays"] == 1
    assert told["totals"]["fault_s"] == 1200.0
    by_hour = {row["hour"]: row for row in (await report(hass, period="today", by="hour"))["rows"]}
    assert by_hour[9]["full_s"] + by_hour[10]["full_s"] == 3600.0
    by_level = (await report(hass, period="today", by="level"))["rows"]
    assert sum(row["faults"] for row in by_level) == 4


async def test_who_is_no_administrator_learns_nothing_of_money(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: User,
    cars: Cars,
) -> None:
    await drive(cars)
    answer = await statistics(hass, hass_ws_client, hass_read_only_user, compare="none")
    told = answer["result"]
    assert told["totals"]["vehicles"] == 3
    assert told["lot"]["currency"] is told["compared_with"] is told["series_before"] is None
    assert "revenue" not in str(told)


async def test_what_cannot_be_answered(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_admin_user: User, cars: Cars
) -> None:
    async def error(**asked: object) -> str:
        answer = await statistics(hass, hass_ws_client, hass_admin_user, **asked)
        code: str = answer["error"]["code"]
        return code

    assert await error(entry_id="another") == "not_found"
    assert await error(until="2026-11-01") == "not_found"
    assert await error(**{"from": "1990-01-01"}) == "not_found"
    manager = manager_of(hass)
    await manager.writer.async_close()
    assert await error() == "history_away"
    with pytest.raises(HomeAssistantError, match="cannot be read"):
        await report(hass)
    await manager.async_close()
    assert await error() == "history_away"
    with pytest.raises(HomeAssistantError, match="cannot be read"):
        await report(hass)


@pytest.mark.parametrize(
    ("first", "unit", "length"),
    [("2026-10-01", "day", 1), ("2026-06-01", "week", 1), ("2024-06-01", "month", 1)],
)
async def test_long_periods_have_fewer_points(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: User,
    cars: Cars,
    first: str,
    unit: str,
    length: int,
) -> None:
    await cars.wait(60.0)
    told = (await statistics(hass, hass_ws_client, hass_admin_user, **{"from": first}))["result"]
    # The history begins this morning, and no vehicle has come yet.
    assert (told["unit"], len(told["series"])) == (unit, length)
    assert told["lost_revenue"] is told["totals"]["average_stay_s"] is None
    assert told["guidance"]["guided_share"] is None
    assert told["lot"]["first_day"] == "2026-11-02"
