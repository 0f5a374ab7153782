"""`kill -9` right after the answer, again and again: nothing that was said is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
import sqlite3
from typing import Any

import pytest
from yarl import URL

from tests.browser.home import POLL_S, Home, bay_entity
from tests.integration.visitor.phones import Phone
from tests.integration.wifi.hook import HOOK_PATH

VEHICLES = ("A07", "A08", "A09")
TIMEOUT_S = 400.0


async def kill_and_start(home: Home) -> None:
    """Take everything away at once, and start again."""
    assert home.process is not None
    home.process.kill()
    await home.process.wait()
    await home.start()


def stored(home: Home, name: str = "") -> Any:
    """Return what a file of the lot says."""
    path = home.folder / ".storage" / f"smart_parking.{home.entry_id}{name}"
    return json.loads(path.read_text())["data"] if path.exists() else None


async def state(home: Home, entity_id: str) -> str:
    """Return what an entity says."""
    return (await home.get(f"states/{entity_id}"))["state"]


async def entity(home: Home, key: str) -> str:
    """Return the id of one of the lot's own entities."""
    asked = f"{{{{ integration_entities('smart_parking') | select('search', '{key}') | first }}}}"
    return await home.request("POST", "template", {"template": asked})


async def reserve(home: Home, driver: str, begin: datetime) -> tuple[int, str]:
    """Reserve A01 for an hour; return how that was answered."""
    data = {
        "bay": "A01",
        "driver": driver,
        "from": begin.isoformat(),
        "until": (begin + timedelta(hours=1)).isoformat(),
    }
    token = home.tokens["access_token"]
    async with home.session.post(
        f"{home.url}/api/services/smart_parking/reserve",
        json=data,
        headers={"Authorization": f"Bearer {token}"},
    ) as response:
        return response.status, await response.text()


async def join(home: Home, *stations: int) -> None:
    """Make phones join the lot's Wi-Fi."""
    for number in stations:
        data = {"type": "joined", "station": number.to_bytes(6).hex(":")}
        async with home.session.post(f"{home.url}{HOOK_PATH}", data=data) as response:
            assert response.status == 204


@pytest.mark.timeout(3_000)
async def test_nothing_that_was_said_is_lost(home: Home) -> None:
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)

    # A reservation: no other driver has the bay for that time.
    assert (await reserve(home, "ann", begin))[0] == 200
    await kill_and_start(home)
    (hold_id,) = await home.holds()
    status, _ = await reserve(home, "bob", begin + timedelta(minutes=30))
    assert status == 400
    assert await home.holds() == [hold_id]

    # A bay out of service: it is offered to no driver.
    await home.close("A02")
    await kill_and_start(home)
    await home.wait_for_status("A02", "out_of_service")

    async with Phone(URL(home.url)) as phone:
        # A visitor's bay is still theirs, and then their car is where they have said.
        page = await phone.tap("guide")
        assert page.status == "held"
        bay = page.text("bay")
        await kill_and_start(home)
        page = await phone.look()
        assert (page.status, page.text("bay")) == ("held", bay)
        await phone.tap("parked")
        await kill_and_start(home)
        page = await phone.look()
        assert (page.status, page.text("bay")) == ("parked", bay)

    # What is counted is on disk within a minute; how long that is here is not asked.
    arrivals, visits = await entity(home, "arrivals"), await entity(home, "visits")
    before = int(await state(home, arrivals))
    # Only at a bay that has been seen vacant can a vehicle be seen to arrive.
    for label in VEHICLES:
        await home.wait_for_state(bay_entity(label), "off")
    await home.park(*VEHICLES)
    await join(home, 1, 2, 3, 4)
    counted = before + len(VEHICLES)
    await home.wait_for_state(arrivals, str(counted))
    await home.wait_for_state(visits, "4")
    async with asyncio.timeout(TIMEOUT_S):
        while (  # noqa: ASYNC110  (another process can set no event here)
            stored(home)["arrivals"] != counted
            or 4 not in (stored(home, ".visits") or {"days": {}})["days"].values()
        ):
            await asyncio.sleep(POLL_S)
    await kill_and_start(home)
    await home.wait_for_state(arrivals, str(counted))
    await home.wait_for_state(visits, "4")

    # All of it, after all of that.
    assert hold_id in await home.holds()
    await home.wait_for_status("A02", "out_of_service")


def stays(home: Home) -> dict[str, list[tuple[float, float | None]]]:
    """Return the stays that are written, by the label of the bay, when vehicles came and left."""
    path = home.folder / f"smart_parking.{home.entry_id}.db"
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = connection.execute(
            'SELECT label, arrived, "left" FROM parking_stays JOIN parking_places USING (place_id)'
            " ORDER BY arrived"
        ).fetchall()
    finally:
        connection.close()
    of_bays: dict[str, list[tuple[float, float | None]]] = {}
    for label, arrived, left in found:
        of_bays.setdefault(label, []).append((arrived, left))
    return of_bays


@pytest.mark.timeout(3_000)
async def test_a_stay_that_is_written_is_never_lost_and_never_there_twice(home: Home) -> None:
    for label in VEHICLES:
        await home.wait_for_state(bay_entity(label), "off")
    await home.park(*VEHICLES)
    for label in VEHICLES:
        await home.wait_for_state(bay_entity(label), "on")
    async with asyncio.timeout(TIMEOUT_S):
        while not stays(home).keys() >= set(VEHICLES):  # noqa: ASYNC110  (as above)
            await asyncio.sleep(POLL_S)
    before = stays(home)
    for _ in range(2):
        await kill_and_start(home)
        after = stays(home)
        for label in VEHICLES:
            assert [arrived for arrived, _ in after[label]][:1] == [
                arrived for arrived, _ in before[label]
            ]
            # Whatever has been seen since: at most one vehicle stands in a bay.
            assert [left for _, left in after[label]].count(None) <= 1
