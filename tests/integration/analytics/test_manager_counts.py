"""What promotions and visits counted in files of their own moves into the record."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.ledger import Counts
from tests.integration.analytics.history import NODE, file_of, flush, manager_of, rows
from tests.integration.lots import LOT_ID, gate, lot, node, row, said
from tests.integration.promotions.shops import ask, promotion, show
from tests.integration.sources.driven import Hand
from tests.integration.wifi.hook import HOOK

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROMOTIONS, VISITS = f"{DOMAIN}.{LOT_ID}.promotions", f"{DOMAIN}.{LOT_ID}.visits"
OLD_BOOK = {
    "ledger": {
        "titles": {"bakery": "Bakery", "gone": "A shop that is gone"},
        # More than the days say: of the first of them nothing was kept.
        "totals": {"bakery": [40, 4, 20, 9], "gone": [5, 0, 5, 1]},
        "days": {
            "2026-11-01": {"bakery": [10, 1, 5, 2], "gone": [5, 0, 5, 1]},
            "2026-11-19": {"bakery": [7, 0, 3, 1]},
            "2026-11-20": {"bakery": [2, 0, 1, 0]},
        },
    },
    "owed": {"bakery": 0.5},
    "paused": [],
}
OLD_VISITS = {"days": {"2026-11-19": 30, "2026-11-20": 4}}
AWAY = "postgresql://nobody@127.0.0.1:1/nothing"


def stored(name: str, data: Mapping[str, object]) -> dict[str, Any]:
    """Return a file as it was written before there was a record."""
    return {"version": 1, "minor_version": 1, "key": name, "data": data}


@pytest.fixture(name="old", autouse=True)
def old_fixture(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Write the files of a lot that has counted for weeks."""
    hass_storage[PROMOTIONS] = stored(PROMOTIONS, OLD_BOOK)
    hass_storage[VISITS] = stored(VISITS, OLD_VISITS)
    return hass_storage


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Run, and everything happen that waits for it."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await settle(hass)


async def settle(hass: HomeAssistant) -> None:
    """Wait until the record knows what was counted."""
    await hass.async_block_till_done()
    if manager_of(hass).is_known:
        await manager_of(hass).books.async_confirm()


async def begin(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **options: object
) -> SmartParkingConfigEntry:
    """Set up the lot."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    hass.config.skip_pip = True
    bakery = promotion("Bakery", link="https://bakery.example/")
    entry = lot(node(NODE, row("A", 2)), gate("Main"), bakery)
    cast("MockConfigEntry", entry).add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={**HOOK, **options})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    return entry


def counted(hass: HomeAssistant) -> list[str]:
    """Return what the entities say."""
    of_bakery = [said(hass, "bakery", key) for key in ("impressions", "visits", "clicks")]
    return [*of_bakery, said(hass, "visits_today")]


async def report(hass: HomeAssistant) -> list[tuple[str, str, int, int, int]]:
    """Return the bill of all shops."""
    told = await ask(hass, "promotion_report")
    return [
        (one["date"], one["title"], one["impressions"], one["visits"], one["clicks"])
        for one in told["rows"]
    ]


def recorded(hass: HomeAssistant) -> dict[tuple[str, str], Counts]:
    """Return what is in the record, by day and promotion."""
    return {
        (date.fromordinal(one["day"]).isoformat(), one["promotion_id"]): Counts(
            one["impressions"], one["on_signs"], one["visits"], one["clicks"]
        )
        for one in rows(file_of(hass), "promotion_days")
    }


def visits(hass: HomeAssistant) -> dict[str, int]:
    """Return the visits in the record."""
    found = rows(file_of(hass), "visit_days")
    return {date.fromordinal(one["day"]).isoformat(): one["visits"] for one in found}


async def restart(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Load the lot again."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)


BILL = [
    ("2026-11-01", "A shop that is gone", 5, 5, 1),
    ("2026-11-01", "Bakery", 10, 5, 2),
    ("2026-11-19", "Bakery", 7, 3, 1),
    ("2026-11-20", "Bakery", 2, 1, 0),
]


async def test_old_files_are_taken_over_and_nothing_changes(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, old: dict[str, Any]
) -> None:
    entry = await begin(hass, freezer)
    assert counted(hass) == ["40", "20", "9", "4"]
    assert await report(hass) == BILL
    assert recorded(hass) == {
        ("2026-11-01", "bakery"): Counts(10, 1, 5, 2),
        ("2026-11-01", "gone"): Counts(5, 0, 5, 1),
        ("2026-11-19", "bakery"): Counts(7, 0, 3, 1),
        ("2026-11-20", "bakery"): Counts(2, 0, 1, 0),
    }
    await flush(hass)
    assert visits(hass) == {"2026-11-19": 30, "2026-11-20": 4}
    await restart(hass, entry)
    # The days that are over are in the record alone.
    assert list(old[PROMOTIONS]["data"]["ledger"]["days"]) == ["2026-11-20"]
    assert counted(hass) == ["40", "20", "9", "4"]
    assert await report(hass) == BILL


async def test_it_goes_on_being_counted_in_the_record(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    entry = await begin(hass, freezer)
    show(entry, "ann")
    entry.runtime_data.promotions.async_clicked("bakery", "ann")
    await pass_time(hass, freezer, 5.0)
    assert recorded(hass)["2026-11-20", "bakery"] == Counts(3, 0, 2, 1)
    assert counted(hass) == ["41", "21", "10", "4"]
    freezer.tick(86_400)
    show(entry, "ben")
    await flush(hass)
    assert recorded(hass)["2026-11-21", "bakery"] == Counts(1, 0, 1, 0)


async def test_after_a_crash_the_record_knows_more_than_the_file(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, old: dict[str, Any]
) -> None:
    entry = await begin(hass, freezer)
    await restart(hass, entry)
    before = dict(old[PROMOTIONS])
    show(entry, "ann")
    await flush(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    # It was killed before the file was written.
    old[PROMOTIONS] = before
    hass.data.pop("smart_parking_stores", None)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert counted(hass)[0] == "41"
    assert recorded(hass)["2026-11-20", "bakery"] == Counts(3, 0, 2, 0)


async def test_without_the_database_the_files_go_on(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, old: dict[str, Any]
) -> None:
    entry = await begin(hass, freezer, database_url=AWAY)
    assert not manager_of(hass).is_known
    show(entry, "ann")
    await pass_time(hass, freezer, 2.0)
    assert counted(hass)[:2] == ["41", "21"]
    assert (await report(hass))[:3] == BILL[:3]
    # It is given up, and all of it is there.
    hass.config_entries.async_update_entry(entry, options={**HOOK})
    await restart(hass, entry)
    assert counted(hass)[:2] == ["41", "21"]
    assert recorded(hass)["2026-11-01", "gone"] == Counts(5, 0, 5, 1)
    assert recorded(hass)["2026-11-20", "bakery"] == Counts(3, 0, 2, 0)


async def test_a_record_that_was_damaged_is_told_everything_anew(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, freezer)
    manager = manager_of(hass)
    everything = recorded(hass)
    await manager.writer.async_run(lambda store: store.put_aside())
    await manager.writer.async_run(lambda store: store.open(dt_util.utcnow().timestamp()))
    assert recorded(hass) == {}
    manager._async_rewrite()  # noqa: SLF001  (what the writer calls when that happens)
    await flush(hass)
    assert recorded(hass) == everything
    assert visits(hass) == {"2026-11-19": 30, "2026-11-20": 4}
