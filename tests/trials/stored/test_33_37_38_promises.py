"""Holds survive failing listeners, power failures and changes of the clock."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import errno
import json
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from homeassistant.util.file import write_utf8_file_atomic
import pytest

from custom_components.smart_parking import storage
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.guidance.manager import ALL
from custom_components.smart_parking.lot.holds.events import HoldEvent
from custom_components.smart_parking.storage import LATER_S, RETRY_S
from tests.integration.clock import TIMEOUT_S, pass_time, skip
from tests.integration.lots import EMPTY_M, LOT_ID, said
from tests.integration.promotions.shops import ask
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import Phone
from tests.trials.stored.conftest import Phones
from tests.trials.stored.disk import Disk

LOT = f"{DOMAIN}.{LOT_ID}"
HOLDS = f"{LOT}.holds"
VISITORS = f"{LOT}.visitors"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DAY_S = 86_400.0


@pytest.fixture(autouse=True)
def stopped_clock(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before anything begins."""
    freezer.move_to(NOON)


class Wall:
    """The wall clock, which is set while time passes as usual."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Initialize with the right time."""
        self._utcnow = dt_util.utcnow
        self.ahead = timedelta(0)
        monkeypatch.setattr(dt_util, "utcnow", lambda: self._utcnow() + self.ahead)

    def set_by(self, seconds: float) -> None:
        """Set the clock."""
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture(name="wall")
def wall_fixture(stopped_clock: None, monkeypatch: pytest.MonkeyPatch) -> Wall:
    """Return the wall clock."""
    return Wall(monkeypatch)


def drivers(entry: SmartParkingConfigEntry) -> list[str]:
    """Return the drivers of all holds."""
    return [hold.driver for hold in entry.runtime_data.guidance.all()]


def stored(disk: Disk) -> list[str]:
    """Return the drivers of all holds on disk."""
    return [hold["driver"] for hold in disk.read(HOLDS)]


async def guide(hass: HomeAssistant, driver: str, minutes: float) -> Mapping[str, Any]:
    """Hold a bay for a driver for a time."""
    return await ask(hass, "guide", driver=driver, minutes=minutes)


# 33. A listener that fails.


async def test_33_a_listener_that_fails_stops_no_clock_and_no_write(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    heard: list[str] = []

    def fail(told: HoldEvent) -> None:
        raise RuntimeError("out of order")

    guidance = entry.runtime_data.guidance
    guidance.async_listen(ALL, fail)
    guidance.async_listen(ALL, lambda told: heard.append(f"{told.hold.driver} {told.event_type}"))
    await guide(hass, "ann", 4)
    await guide(hass, "bob", 10)
    await pass_time(hass, freezer, 241.0)
    assert drivers(entry) == ["bob"]
    await pass_time(hass, freezer, 1.0)
    assert stored(disk) == ["bob"]
    await pass_time(hass, freezer, 359.0)
    assert drivers(entry) == []
    await pass_time(hass, freezer, 1.0)

    assert stored(disk) == []
    assert heard == ["ann guided", "bob guided", "ann expired", "bob expired"]


async def test_33_what_is_told_is_stored_and_timed_before(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    known: list[bool] = []

    def look(told: HoldEvent) -> None:
        guidance = entry.runtime_data.guidance
        known.append(guidance._store._store.is_due and guidance._timer is not None)  # noqa: SLF001  (the order is what this is about)

    entry.runtime_data.guidance.async_listen(ALL, look)
    await guide(hass, "ann", 4)

    assert known == [True]


async def test_33_a_hold_that_cannot_be_told_does_not_hide_the_others(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guidance = entry.runtime_data.guidance
    report = guidance.report
    events: list[str] = []
    hass.bus.async_listen(
        f"{DOMAIN}_event", callback(lambda event: events.append(event.data["driver"]))
    )

    def fail_for_ann(told: HoldEvent, language: str | None = None) -> Any:
        if told.hold.driver == "ann":
            raise RuntimeError("out of order")
        return report(told, language)

    await guide(hass, "ann", 4)
    await guide(hass, "bob", 4)
    events.clear()
    monkeypatch.setattr(guidance, "report", fail_for_ann)
    await pass_time(hass, freezer, 241.0)

    assert drivers(entry) == []
    assert events == ["bob"]


# 37. The power fails right after the answer.


@pytest.mark.parametrize(("from_hours", "until_hours"), [(0, 1), (3, 5)])
async def test_37_a_reservation_that_was_answered_is_there(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    from_hours: float,
    until_hours: float,
) -> None:
    times = {
        "from": NOON + timedelta(hours=from_hours),
        "until": NOON + timedelta(hours=until_hours),
    }
    answer = await ask(hass, "reserve", bay="A02", driver="ann", **times)
    await disk.cut_power(entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)

    hold = entry.runtime_data.guidance.of_driver("ann")
    assert hold is not None
    assert (hold.hold_id, hold.bay_id) == (answer["hold_id"], "a02")
    with pytest.raises(ServiceValidationError, match="A02"):
        await ask(hass, "reserve", bay="A02", driver="bob", **times)


async def test_37_whatever_a_driver_is_answered_is_on_disk(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, disk: Disk
) -> None:
    await guide(hass, "ann", 4)
    (before,) = disk.read(HOLDS)
    await ask(hass, "extend", driver="ann", minutes=6)
    (after,) = disk.read(HOLDS)
    assert after["until"] == before["until"] + 360.0
    await ask(hass, "another", driver="ann")
    assert disk.read(HOLDS)[0]["bay_id"] != before["bay_id"]
    await ask(hass, "confirm", driver="ann")
    assert disk.read(HOLDS)[0]["has_parked"]
    await ask(hass, "release", driver="ann")
    assert disk.read(HOLDS) == []
    user = await hass.auth.async_create_user("Ann", group_ids=[GROUP_ID_ADMIN])
    await ask(hass, "answer", question="hold_bay", user_id=user.id)
    assert len(disk.read(HOLDS)) == 1


async def test_37_where_a_visitor_has_parked_is_there(
    entry: SmartParkingConfigEntry, disk: Disk, phones: Phones
) -> None:
    """Also of the very first visitor, whose token needs a new key."""
    phone = phones()
    await phone.tap("guide")
    await disk.cut_power(entry)
    assert (await phone.look()).status == "held"
    await phone.tap("parked")
    await disk.cut_power(entry)
    assert (await phone.look()).status == "parked"
    await phone.tap("found")
    await disk.cut_power(entry)
    assert (await phone.look()).status == "none"


async def test_37_who_wanted_to_be_forgotten_is_not_remembered_again(
    entry: SmartParkingConfigEntry, disk: Disk, phones: Phones
) -> None:
    phone = phones()
    await phone.look()
    assert (await phone.post("parked", bay="A03")).status == 303
    assert disk.read(VISITORS)["sessions"]
    await phone.look()
    await phone.tap("forget")

    assert disk.read(VISITORS)["sessions"] == {}


async def test_37_what_follows_from_a_sensor_is_on_disk_within_a_second(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    answer = await guide(hass, "ann", 4)
    await pass_time(hass, freezer, 60.0)
    bay = str(answer["bay"])
    hand.settle("North", **{bay: 1.0})
    await pass_time(hass, freezer, 1.0)

    assert [hold["status"] for hold in disk.read(HOLDS)] == ["arrived"]


async def test_37_a_disk_that_is_full_is_tried_again_and_told(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await guide(hass, "ann", 30)
    tries: list[str] = []

    def refuse(filename: str, *_args: object, **_more: object) -> None:
        tries.append(filename.rsplit("/", 1)[-1])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patches:
        patches.setattr("homeassistant.util.file.AtomicWriter", refuse)
        # It is held all the same.
        assert (await guide(hass, "bob", 30))["status"] == "held"
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{HOLDS}_unwritable")
        assert issue is not None
        assert issue.translation_placeholders is not None
        assert "No space left" in issue.translation_placeholders["error"]
        assert stored(disk) == ["ann"]
        for driver in ("cem", "dee"):
            await guide(hass, driver, 30)
        # Not once for every driver who comes meanwhile.
        assert tries.count(HOLDS) == 1
        await pass_time(hass, freezer, RETRY_S)
        assert tries.count(HOLDS) == 2
    await pass_time(hass, freezer, RETRY_S)

    assert stored(disk) == ["ann", "bob", "cem", "dee"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{HOLDS}_unwritable") is None


async def test_37_what_could_not_be_written_outlives_a_reload(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patches:
        patches.setattr("homeassistant.util.file.AtomicWriter", refuse)
        await guide(hass, "ann", 30)
        assert await hass.config_entries.async_reload(entry.entry_id)
    assert drivers(entry) == ["ann"]
    await pass_time(hass, freezer, RETRY_S)

    assert stored(disk) == ["ann"]


class SlowDisk:
    """A disk that writes on command, and the data written to it."""

    def __init__(self, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
        """Delay the writes of holds."""
        self._hass = hass
        self._asked = threading.Semaphore(0)
        self._allowed = threading.Semaphore(0)
        self.written: list[int] = []
        monkeypatch.setattr("homeassistant.helpers.storage.write_utf8_file_atomic", self.write)

    def write(self, filename: str, data: bytes, *args: Any, **more: Any) -> None:
        """Write, when it is time."""
        if filename.endswith(HOLDS):
            self._asked.release()
            assert self._allowed.acquire(timeout=TIMEOUT_S)
            self.written.append(len(json.loads(data)["data"]))
        write_utf8_file_atomic(filename, data, *args, **more)

    async def wait(self) -> None:
        """Wait until the next write is requested."""
        is_blocking = True
        assert await self._hass.async_add_executor_job(self._asked.acquire, is_blocking, TIMEOUT_S)

    def let(self, times: int = 1) -> None:
        """Allow it to write."""
        self._allowed.release(times)


async def test_37_all_who_wait_for_the_disk_share_what_is_written_next(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowDisk(hass, monkeypatch)

    def come(*drivers: str) -> list[asyncio.Task[Mapping[str, Any]]]:
        return [hass.async_create_task(guide(hass, driver, 30)) for driver in drivers]

    first = come("first")
    await slow.wait()
    second = come(*(f"second {number}" for number in range(12)))
    slow.let()
    await asyncio.gather(*first)
    await slow.wait()
    third = come(*(f"third {number}" for number in range(5)))
    slow.let()
    # A caller whose change is on disk has waited long enough, though others are being written.
    await asyncio.gather(*second)
    await slow.wait()
    assert not any(one.done() for one in third)
    slow.let()
    await asyncio.gather(*third)

    assert slow.written == [1, 13, 18]


async def test_37_who_does_not_wait_any_longer_stops_no_write(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = SlowDisk(hass, monkeypatch)
    waiting = hass.async_create_task(guide(hass, "ann", 30))
    await slow.wait()
    waiting.cancel()
    slow.let(2)
    await guide(hass, "bob", 30)

    assert slow.written == [1, 2]
    assert stored(disk) == ["ann", "bob"]


async def test_37_a_lot_that_was_loaded_again_is_written_by_nobody_else(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, disk: Disk
) -> None:
    before = entry.runtime_data.guidance
    assert await hass.config_entries.async_reload(entry.entry_id)
    await guide(hass, "ann", 30)
    # A caller has come too late, with a lot that is unloaded.
    before.async_guide("main", driver="bob")
    await before.async_store()
    await before.async_stop()
    await hass.async_block_till_done()

    assert stored(disk) == ["ann"]


async def test_37_nobody_is_kept_waiting_for_a_disk_that_hangs(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowDisk(hass, monkeypatch)
    monkeypatch.setattr(storage, "WAIT_MAX_S", 0.0)
    answer = await guide(hass, "ann", 30)
    assert answer["status"] == "held"
    assert slow.written == []
    slow.let()
    await hass.async_block_till_done()


# 38. The clock is set.


@pytest.mark.parametrize("seconds", [-90.0, -3_600.0, -30 * DAY_S, 90.0, 3_600.0, 30 * DAY_S])
async def test_38_a_visitor_stays_the_same_visitor(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    disk: Disk,
    wall: Wall,
    freezer: FrozenDateTimeFactory,
    seconds: float,
) -> None:
    holder, parker = phones(), phones()
    await holder.tap("guide")
    await parker.look()
    await parker.post("parked", bay="A04")
    wall.set_by(seconds)
    assert await statuses(holder, parker) == ["held", "parked"]
    # No visitor is removed because of it, either.
    await pass_time(hass, freezer, 30.0)
    await skip(hass, 660.0)
    assert await statuses(holder, parker) == ["held", "parked"]
    await disk.cut_power(entry)
    assert await statuses(holder, parker) == ["held", "parked"]


async def statuses(*phones: Phone) -> list[str | None]:
    """Return the statuses of visitors."""
    return [(await phone.look()).status for phone in phones]


@pytest.mark.parametrize("seconds", [-DAY_S, -3_600.0, -90.0, 90.0, 3_600.0, DAY_S])
@pytest.mark.parametrize("after_s", [0.0, 100.0])
async def test_38_four_minutes_are_four_minutes(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    wall: Wall,
    freezer: FrozenDateTimeFactory,
    seconds: float,
    after_s: float,
) -> None:
    await guide(hass, "ann", 4)
    await pass_time(hass, freezer, after_s)
    wall.set_by(seconds)
    for _ in range(round((235.0 - after_s) / 5.0)):
        await pass_time(hass, freezer, 5.0)
        assert drivers(entry) == ["ann"]
    hold = entry.runtime_data.guidance.of_driver("ann")
    assert hold is not None
    assert hold.until - dt_util.utcnow().timestamp() == pytest.approx(5.0, abs=0.01)
    await pass_time(hass, freezer, 6.0)

    assert drivers(entry) == []
    assert said(hass, "main", "nearest") == "A01"


@pytest.mark.parametrize("set_back_s", [90.0, 3_600.0, DAY_S, 400 * DAY_S])
async def test_38_a_hold_does_not_outlive_its_time_over_a_restart(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    wall: Wall,
    freezer: FrozenDateTimeFactory,
    set_back_s: float,
) -> None:
    await guide(hass, "ann", 4)
    # A Raspberry Pi has no battery for its clock: it wakes up in the past.
    await disk.cut_power(entry, lambda: wall.set_by(-set_back_s))
    assert drivers(entry) == ["ann"]
    await pass_time(hass, freezer, 241.0)

    assert drivers(entry) == []


async def test_38_the_network_tells_the_time_after_a_restart(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    wall: Wall,
    freezer: FrozenDateTimeFactory,
) -> None:
    await guide(hass, "ann", 4)
    reservation = {"from": NOON + timedelta(hours=2), "until": NOON + timedelta(hours=3)}
    await ask(hass, "reserve", bay="A03", driver="bob", **reservation)
    await disk.cut_power(entry, lambda: wall.set_by(-DAY_S))
    await pass_time(hass, freezer, 20.0)
    wall.set_by(DAY_S)
    await pass_time(hass, freezer, 60.0)
    assert drivers(entry) == ["ann", "bob"]
    bob = entry.runtime_data.guidance.of_driver("bob")
    assert bob is not None
    # A reservation for a time of day stays there.
    assert dt_util.utc_from_timestamp(bob.starts) == reservation["from"]
    await pass_time(hass, freezer, 180.0)

    assert drivers(entry) == ["bob"]


async def test_38_a_reservation_begins_by_the_clock_on_the_wall(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    wall: Wall,
    freezer: FrozenDateTimeFactory,
) -> None:
    reservation = {"from": NOON + timedelta(hours=2), "until": NOON + timedelta(hours=3)}
    await ask(hass, "reserve", bay="A03", driver="bob", **reservation)
    wall.set_by(2 * 3_600.0)
    await pass_time(hass, freezer, 31.0)
    assert said(hass, "a03", "occupancy") == "off"
    bob = entry.runtime_data.guidance.of_driver("bob")

    assert bob is not None
    assert bob.status == "held"


async def test_38_a_visit_lasts_as_long_as_it_lasts(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, wall: Wall, freezer: FrozenDateTimeFactory
) -> None:
    promotions = entry.runtime_data.promotions
    for seconds in (0.0, -3_600.0, 30 * DAY_S):
        wall.set_by(seconds)
        freezer.tick(60.0)
        promotions.async_next("before", "ann")
    counted = [promotions.counts(one) for one in ("bakery", "zoo")]

    assert sum(one.impressions for one in counted) == 3
    assert sum(one.visits for one in counted) == 2, "one visitor, who saw both"


async def test_38_nothing_is_written_that_nobody_waits_for(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    phones: Phones,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A tap writes its own changes, and not the data of all visitors."""
    phone = phones()
    await phone.tap("guide")
    before = disk.path(VISITORS).stat().st_ino
    await phone.tap("extend")
    assert disk.path(VISITORS).stat().st_ino == before
    await pass_time(hass, freezer, LATER_S)

    assert disk.path(VISITORS).stat().st_ino != before
