"""The file of a history: whole in backups, put aside when it is damaged, thinned, removed."""

from datetime import date
from pathlib import Path
import shutil

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.analytics import schema
from custom_components.smart_parking.analytics.store import HistoryStore
from custom_components.smart_parking.backup import async_post_backup, async_pre_backup
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.analytics.periods import Period
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from tests.integration.analytics.history import (
    NODE,
    Cars,
    file_of,
    flush,
    manager_of,
    rows,
    stays_of,
)
from tests.integration.lots import LOT_ID, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

BEGAN = "2026-11-02 17:00:00+00:00"


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up two empty bays, in one of which a vehicle has been for a quarter of an hour."""
    freezer.move_to(BEGAN)
    assert await set_up(hass, lot(node(NODE, row("A", 2)), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave("A01", "A02")
    cars.arrive("A01")
    await cars.wait(900.0)
    cars.leave("A01")
    await cars.wait(60.0)
    return cars


async def reload(hass: HomeAssistant) -> None:
    """Restart a lot."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_backup_has_all_of_it(hass: HomeAssistant, cars: Cars, tmp_path: Path) -> None:
    cars.arrive("A02")
    await cars.wait(1.0)
    await async_pre_backup(hass)
    copy = tmp_path / "copy.db"
    # The file alone: what belongs to it may be left out.
    shutil.copyfile(file_of(hass), copy)
    assert len(rows(copy, "stays")) == 2
    # Meanwhile everything goes on, and is written afterwards.
    cars.leave("A02")
    await cars.wait(60.0)
    manager = manager_of(hass)
    assert manager.writer.pending > 0
    assert [one["left"] is None for one in rows(file_of(hass), "stays")].count(True) == 1
    await async_post_backup(hass)
    await cars.wait(5.0)
    assert manager.writer.pending == 0
    assert all(one["left"] for one in rows(file_of(hass), "stays"))


@pytest.mark.parametrize("damage", [b"This is no database.", None])
async def test_a_damaged_file_is_put_aside(
    hass: HomeAssistant, cars: Cars, damage: bytes | None
) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert await hass.config_entries.async_unload(entry.entry_id)
    path = file_of(hass)
    content = path.read_bytes()
    path.write_bytes(damage or content[:4096] + b"\xff" * (len(content) - 8192) + content[-4096:])
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_damaged")
    assert issue is not None
    placeholders = issue.translation_placeholders or {}
    assert placeholders["copy"] in {str(one) for one in path.parent.iterdir()}
    assert manager_of(hass).is_known
    cars.arrive("A01")
    await flush(hass)
    assert len(rows(path, "stays")) == 1


async def test_what_was_not_closed_in_good_order_is_checked(
    hass: HomeAssistant, cars: Cars
) -> None:
    await flush(hass)
    (before,) = rows(file_of(hass), "lots")
    assert before["is_closed"] == 0
    await reload(hass)
    assert manager_of(hass).today.vehicles == 1
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert await hass.config_entries.async_unload(entry.entry_id)
    (after,) = rows(file_of(hass), "lots")
    assert after["is_closed"] == 1


async def test_old_days_are_thinned_to_sums(hass: HomeAssistant, cars: Cars) -> None:
    await cars.wait(300.0)
    await flush(hass)
    manager = manager_of(hass)
    today = manager.today.day
    period = Period(today, today)
    before = (await manager.async_table(period, GroupBy.DAY)).total.usage
    removed = await manager.writer.async_run(lambda store: store.thin(date(2026, 11, 3)))
    assert removed == 1
    for name in ("stays", "counts", "guidance", "faults"):
        assert rows(file_of(hass), name) == []
    assert {one["hour"] for one in rows(file_of(hass), "hours")} == {-1}
    table = await manager.async_table(period, GroupBy.DAY)
    assert table.total.usage == before
    assert (await manager.async_table(period, GroupBy.BAY)).total.usage.vehicles == 1
    # Once more, there is nothing to do.
    assert await manager.writer.async_run(lambda store: store.thin(date(2026, 11, 3))) == 0
    assert (await manager.async_table(period, GroupBy.DAY)).total.usage == before


async def test_what_is_old_is_thinned_at_night(
    hass: HomeAssistant,
    cars: Cars,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    hass.config_entries.async_update_entry(entry, options={"keep_days": 30})
    await cars.wait(5.0)
    assert len(rows(file_of(hass), "stays")) == 1

    def refuse(*_: object) -> None:
        raise OSError

    freezer.move_to("2026-12-20 11:29:59+00:00")
    with monkeypatch.context() as patch:
        patch.setattr(HistoryStore, "thin", refuse)
        await cars.wait(1.0)
    assert len(rows(file_of(hass), "stays")) == 1
    freezer.move_to("2026-12-21 11:29:59+00:00")
    await cars.wait(1.0)
    assert rows(file_of(hass), "stays") == []


async def test_who_removes_a_lot_removes_its_history(hass: HomeAssistant, cars: Cars) -> None:
    path = file_of(hass)
    assert path.exists()
    await hass.config_entries.async_remove(LOT_ID)
    assert list(path.parent.iterdir()) == []


async def test_a_file_that_is_damaged_while_it_is_open(hass: HomeAssistant, cars: Cars) -> None:
    """What stands in the lot is known, and goes into the new file."""
    cars.arrive("A01")
    await cars.wait(1.0)
    await flush(hass)
    path = file_of(hass)
    manager = manager_of(hass)
    await manager.writer.async_run(lambda store: store.close())
    path.write_bytes(b"This is no database." * 1000)
    cars.arrive("A02")
    await cars.wait(1.0)
    await cars.wait(10.0)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_damaged")
    assert issue is not None
    assert set(stays_of(path)) == {"A01", "A02"}


def test_nobody_is_written_down() -> None:
    """No column is there for a person, a plate or an address."""
    texts = {column.name for table in schema.METADATA.tables.values() for column in table.columns}
    assert not texts & {"driver", "user", "user_id", "plate", "ip", "address", "hold_id", "mac"}
