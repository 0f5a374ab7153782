"""What seldom happens to a record: it loses nothing, and says what it cannot do."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from sqlalchemy.exc import OperationalError

from custom_components.smart_parking import clock
from custom_components.smart_parking.analytics import writer
from custom_components.smart_parking.analytics.store import HistoryStore
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import Fault
from tests.integration.analytics.history import (
    NODE,
    Cars,
    file_of,
    flush,
    manager_of,
    rows,
    stays_of,
)
from tests.integration.lots import LOT_ID, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import Hand

BEGAN = "2026-11-02 17:00:00+00:00"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up two vacant bays without a queue."""
    freezer.move_to(BEGAN)
    hass.config.skip_pip = True
    entry = lot(node(NODE, row("A", 2)), gate("Main"))
    object.__setattr__(entry, "options", {"queue_max": 0})
    assert await set_up(hass, entry)
    cars = Cars(hass, hand, freezer)
    cars.leave("A01", "A02")
    await cars.wait(1.0)
    return cars


def entry_of(hass: HomeAssistant) -> ConfigEntry:
    """Return the lot's entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def restart(hass: HomeAssistant) -> None:
    """Restart a lot."""
    assert await hass.config_entries.async_reload(entry_of(hass).entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_today_goes_on_after_a_restart(
    hass: HomeAssistant, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01", "A02")
    await cars.wait(1800.0)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(DOMAIN, "guide", {}, blocking=True)
    cars.leave("A01")
    await cars.wait(300.0)
    numbers = ("average_stay_today", "vehicles_per_bay_today", "full_today", "turned_away_today")
    before = [said(hass, one) for one in numbers]
    assert before == ["30.0", "1.0", "85.7", "1"]
    await restart(hass)
    cars.say()
    await cars.wait(0.0)
    assert [said(hass, one) for one in numbers] == before
    # Another day, everything begins anew; who stands there still does.
    freezer.move_to("2026-11-03 08:00:00+00:00")
    await cars.wait(300.0)
    assert said(hass, "turned_away_today") == said(hass, "full_today").removesuffix(".0") == "0"
    assert float(said(hass, "longest_stay")) > 900.0


async def test_a_clock_that_was_set_back_over_a_restart(
    hass: HomeAssistant, cars: Cars, freezer: FrozenDateTimeFactory
) -> None:
    cars.arrive("A01")
    await cars.wait(3600.0)
    assert await hass.config_entries.async_unload(LOT_ID)
    freezer.move_to("2026-11-02 10:00:00+00:00")
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    cars.say()
    await cars.wait(600.0)
    cars.leave("A01")
    await cars.wait(1.0)
    await flush(hass)
    (stay,) = rows(file_of(hass), "stays")
    # As long as it was seen to stand, before and after.
    assert stay["left"] - stay["arrived"] == 4200.0
    assert stay["is_estimated"] == 1


async def test_a_bay_that_is_no_more(hass: HomeAssistant, cars: Cars) -> None:
    cars.arrive("A01", "A02")
    await cars.wait(600.0)
    entry = entry_of(hass)
    subentry = entry.subentries["north"]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bays": row("A", 1)}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    await flush(hass)
    stays = stays_of(file_of(hass))
    assert stays["A02"]["left"] - stays["A02"]["arrived"] == 600.0
    assert stays["A02"]["is_estimated"] == 1
    assert stays["A01"]["left"] is None
    assert [stay.bay.label for stay in manager_of(hass).open_stays] == ["A01"]
    await restart(hass)
    assert [stay.bay.label for stay in manager_of(hass).open_stays] == ["A01"]


async def test_what_cannot_be_kept_is_the_oldest(
    hass: HomeAssistant, cars: Cars, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("", None, OSError("The disk is full"))

    monkeypatch.setattr(writer, "PENDING_MAX", 6)
    with monkeypatch.context() as patch:
        patch.setattr(HistoryStore, "write", refuse)
        for _ in range(4):
            cars.arrive("A01")
            await cars.wait(600.0)
            cars.leave("A01")
            await cars.wait(600.0)
        manager = manager_of(hass)
        # What is on its way to the database, and the newest.
        assert manager.writer.pending <= 12
        assert manager.writer.lost > 0
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_away")
        assert issue is not None
        assert (issue.translation_placeholders or {})["error"] == "The disk is full"
    await cars.wait(120.0)
    assert manager.writer.pending == 0
    # The newest is there, whole.
    assert rows(file_of(hass), "stays")[-1]["left"] is not None
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_away") is None


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_what_cannot_be_written_at_the_end_is_written_at_the_next_start(
    hass: HomeAssistant, cars: Cars, monkeypatch: pytest.MonkeyPatch, *, is_damaged: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("", None, OSError("The disk is full"))

    await do_much(hass, cars)
    with monkeypatch.context() as patch:
        patch.setattr(HistoryStore, "write", refuse)
        patch.setattr(HistoryStore, "mark_closed", refuse)
        await do_much(hass, cars)
        assert manager_of(hass).writer.pending > 5
        assert await hass.config_entries.async_unload(LOT_ID)
    pending = file_of(hass).with_name(file_of(hass).name + ".pending")
    assert len(rows(file_of(hass), "stays")) == 1
    if is_damaged:
        with pending.open("a") as file:
            file.write("]")
    assert await hass.config_entries.async_setup(LOT_ID)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert manager_of(hass).is_known
    assert len(rows(file_of(hass), "stays")) == (1 if is_damaged else 2)
    assert len(rows(file_of(hass), "faults")) == (1 if is_damaged else 2)
    assert not [one for one in pending.parent.iterdir() if one == pending]


async def do_much(hass: HomeAssistant, cars: Cars) -> None:
    """Make a vehicle come and go, a sensor fail, and a driver be guided."""
    cars.arrive("A01")
    await cars.wait(600.0)
    cars.leave("A01")
    cars.say(A02=Fault.STUCK_HIGH)
    await cars.wait(600.0)
    cars.leave("A02")
    await cars.wait(1.0)
    await hass.services.async_call(DOMAIN, "guide", {"driver": "ann"}, blocking=True)
    await hass.services.async_call(DOMAIN, "release", {"driver": "ann"}, blocking=True)
    await cars.wait(5.0)


async def test_an_option_that_leads_nowhere(hass: HomeAssistant, cars: Cars) -> None:
    """The history continues where it was, and the owner has an issue."""
    entry = entry_of(hass)
    for url in (NOWHERE, "nonsense"):
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, "database_url": url}
        )
        await hass.async_block_till_done(wait_background_tasks=True)
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_not_moved")
        assert issue is not None
    cars.arrive("A01")
    await cars.wait(10.0)
    assert len(rows(file_of(hass), "stays")) == 1


async def test_a_database_that_is_not_there_at_the_start(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens meanwhile is written when it is there."""
    freezer.move_to(BEGAN)
    opened = HistoryStore.open

    def refuse(*_: object) -> None:
        raise OperationalError("", None, OSError("Too many connections"))

    monkeypatch.setattr(HistoryStore, "open", refuse)
    assert await set_up(hass, lot(node(NODE, row("A", 2)), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave("A01", "A02")
    cars.arrive("A01")
    await cars.wait(900.0)
    cars.leave("A01")
    await cars.wait(60.0)
    assert said(hass, "longest_stay") == "unavailable"
    monkeypatch.setattr(HistoryStore, "open", opened)
    await cars.wait(61.0)
    await cars.wait(61.0)
    await flush(hass)
    (stay,) = rows(file_of(hass), "stays")
    assert stay["left"] - stay["arrived"] == 900.0
    assert said(hass, "longest_stay") == "0.0"


async def test_everything_that_lasts_follows_the_clock(
    hass: HomeAssistant, cars: Cars, monkeypatch: pytest.MonkeyPatch
) -> None:
    cars.arrive("A01", "A02")
    await cars.wait(600.0)
    cars.say(A01=Fault.STUCK_HIGH)
    await cars.wait(600.0)
    ahead = SimpleNamespace(utcnow=lambda: datetime.now(UTC) + timedelta(hours=2))
    monkeypatch.setattr(clock, "dt_util", ahead)
    await cars.wait(600.0)
    cars.leave("A01", "A02")
    await cars.wait(1.0)
    await flush(hass)
    path = file_of(hass)
    for table, began, ended, lasted_s in (
        ("stays", "arrived", "left", 1800.0),
        ("full", "began", "ended", 1800.0),
        ("faults", "began", "ended", 1200.0),
    ):
        for one in rows(path, table):
            assert one["is_estimated"] == 1
            assert one[ended] - one[began] == pytest.approx(lasted_s, abs=900.0)
            assert one[ended] - one[began] < 7200.0
    assert stays_of(path)["A02"]["left"] - stays_of(path)["A02"]["arrived"] == 1800.0
