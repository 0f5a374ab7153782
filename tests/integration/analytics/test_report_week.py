"""A week of known stays, with all that can happen in between, adds up to the second."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
import random
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking import clock
from custom_components.smart_parking.analytics.writer import HistoryWriter
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import Fault
from tests.integration.analytics.history import NODE, Cars, file_of, manager_of, rows
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

ZONE = ZoneInfo("US/Pacific")
# Summer time ends on the Sunday.
FIRST, LAST = date(2026, 10, 26), date(2026, 11, 1)
BEGAN = datetime(2026, 10, 26, tzinfo=ZONE)
LABELS = tuple(f"A{number:02d}" for number in range(1, 7))
HOUR_S = 3600
# When something happens, in hours after the beginning, and for how long nothing else does.
RESTART, KILL, FAULT, CLOCK = 30, 54, 78, 102
QUIET_S = 1200
SET_BY_S = 1800


@dataclass
class Truth:
    """A vehicle that was there; seconds after the beginning."""

    label: str
    arrived: int
    left: int


def a_week() -> list[Truth]:
    """Return stays of a week; none begins or ends while something else happens."""
    chance, stays = random.Random(20261026), []
    for label in LABELS:
        at = chance.randrange(600, 2 * HOUR_S)
        while True:
            arrived = aside(at)
            left = aside(arrived + chance.randrange(300, 6 * HOUR_S))
            if left > 7 * 24 * HOUR_S - 2 * HOUR_S:
                break
            stays.append(Truth(label, arrived, left))
            at = left + chance.randrange(300, 4 * HOUR_S)
    return stays


def aside(at: int) -> int:
    """Return a time at which nothing else happens, near another."""
    for hour in (RESTART, KILL, FAULT, CLOCK):
        if hour * HOUR_S - 60 <= at < hour * HOUR_S + QUIET_S:
            return hour * HOUR_S + QUIET_S
    return at


def estimated(stay: Truth) -> bool:
    """Return whether something happened while a vehicle stood there that makes it unsure."""
    for hour in (RESTART, KILL, CLOCK):
        if stay.arrived < hour * HOUR_S < stay.left:
            return True
    return stay.label == "A01" and stay.arrived < FAULT * HOUR_S < stay.left


def per_day(stays: list[Truth]) -> Iterator[tuple[str, int, float]]:
    """Yield each day, how many vehicles came, and for how many seconds bays were taken."""
    day = FIRST
    while day <= LAST:
        begins = datetime.combine(day, datetime.min.time(), ZONE).astimezone(UTC)
        ends = datetime.combine(day + timedelta(1), datetime.min.time(), ZONE).astimezone(UTC)
        first = (begins - BEGAN.astimezone(UTC)).total_seconds()
        last = (ends - BEGAN.astimezone(UTC)).total_seconds()
        seconds = sum(max(0.0, min(one.left, last) - max(one.arrived, first)) for one in stays)
        yield day.isoformat(), sum(first <= one.arrived < last for one in stays), seconds
        day += timedelta(1)


class Interruptions:
    """What happens to a lot in a week."""

    def __init__(
        self,
        hass: HomeAssistant,
        cars: Cars,
        freezer: FrozenDateTimeFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Prepare."""
        self._hass = hass
        self._cars = cars
        self._freezer = freezer
        self._monkeypatch = monkeypatch

    async def restart(self) -> None:
        """Restart in good order."""
        (entry,) = self._hass.config_entries.async_entries(DOMAIN)
        assert await self._hass.config_entries.async_unload(entry.entry_id)
        self._freezer.tick(90.0)
        assert await self._hass.config_entries.async_setup(entry.entry_id)
        await self._hass.async_block_till_done(wait_background_tasks=True)
        self._cars.say()
        await self._cars.wait(61.0)

    async def kill(self) -> None:
        """Take everything away at once: what is not written is lost, and nothing is closed."""

        async def drop(writer: HistoryWriter) -> None:
            writer._cancel_timer()  # noqa: SLF001  (a killed process cancels nothing either)
            store = writer._store  # noqa: SLF001  (as above)
            assert store is not None
            store.close()

        with self._monkeypatch.context() as patch:
            patch.setattr(HistoryWriter, "async_close", drop)
            await self.restart()

    async def fail(self) -> None:
        """Make a sensor fail for ten minutes."""
        before = self._cars.said["A01"]
        self._cars.say(A01=Fault.STUCK_HIGH)
        await self._cars.wait(600.0)
        self._cars.say(A01=before)
        await self._cars.wait(60.0)

    async def set_clock(self) -> None:
        """Set the clock wrong by half an hour, and right again."""
        wrong = SimpleNamespace(utcnow=lambda: datetime.now(UTC) + timedelta(seconds=SET_BY_S))
        with self._monkeypatch.context() as patch:
            patch.setattr(clock, "dt_util", wrong)
            await self._cars.wait(300.0)
        await self._cars.wait(300.0)


@pytest.mark.timeout(900)
async def test_a_week_adds_up(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freezer.move_to(BEGAN.astimezone(UTC))
    assert await set_up(hass, lot(node(NODE, row("A", len(LABELS))), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    happens = Interruptions(hass, cars, freezer, monkeypatch)
    stays = a_week()
    events: list[tuple[int, Any]] = [
        (RESTART * HOUR_S, happens.restart),
        (KILL * HOUR_S, happens.kill),
        (FAULT * HOUR_S, happens.fail),
        (CLOCK * HOUR_S, happens.set_clock),
        *((one.arrived, ("arrive", one.label)) for one in stays),
        *((one.left, ("leave", one.label)) for one in stays),
    ]
    for at, event in sorted(events, key=lambda one: one[0]):
        due_s = at - (datetime.now(UTC) - BEGAN).total_seconds()
        if due_s > 0:
            await cars.wait(due_s)
        match event:
            case "arrive", label:
                cars.arrive(label)
            case "leave", label:
                cars.leave(label)
            case _:
                # What is written within five seconds is never lost.
                await cars.wait(5.0)
                await event()
    await cars.wait(5.0)

    # Every single one, where and when it was, and no other.
    names = {one["place_id"]: one["label"] for one in rows(file_of(hass), "places")}
    written = [
        (
            names[one["place_id"]],
            round(one["arrived"] - BEGAN.timestamp()),
            round(one["left"] - one["arrived"]),
        )
        for one in rows(file_of(hass), "stays")
    ]
    assert sorted(written) == sorted(
        (one.label, one.arrived, one.left - one.arrived) for one in stays
    )
    assert manager_of(hass).open_stays == []

    answer = await hass.services.async_call(
        DOMAIN,
        "report",
        {"from": FIRST.isoformat(), "until": LAST.isoformat(), "by": "day"},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    table: Any = answer["rows"]
    for told, (day, vehicles, seconds) in zip(table, per_day(stays), strict=True):
        assert (told["day"], told["vehicles"]) == (day, vehicles)
        assert told["occupied_s"] == pytest.approx(seconds, abs=0.5)
    totals: Any = answer["totals"]
    assert totals["vehicles"] == len(stays)
    assert totals["occupied_s"] == pytest.approx(sum(one.left - one.arrived for one in stays))
    assert totals["estimated"] == sum(map(estimated, stays))
    assert totals["estimated"] > 0
