"""Ids of holds, which allow to act for a driver, are not recorded."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3
from stat import S_IMODE

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder, get_instance
from homeassistant.helpers.storage import STORAGE_DIR, Store
from homeassistant.setup import async_setup_component
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.const import DOMAIN, EVENT
from custom_components.smart_parking.visitor.push.vapid import async_push_keys
from tests.integration.clock import skip
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import ON, set_options
from tests.integration.watcher import Watcher

DATABASE = "recorded.db"
# Tests store the data of stores in memory.
REALLY_WRITE = Store._async_write_data  # noqa: SLF001  (as it is before any test)


@pytest_asyncio.fixture(name="recorder")
async def recorder_fixture(hass: HomeAssistant, folder: Path) -> None:
    """Record what happens, as every Home Assistant does."""
    async_initialize_recorder(hass)
    config = {"db_url": f"sqlite:///{folder}/{DATABASE}", "commit_interval": 0}
    assert await async_setup_component(hass, "recorder", {"recorder": config})
    await hass.async_block_till_done()


def everything(path: Path) -> Iterator[str]:
    """Yield all rows that a recorder has written."""
    with closing(sqlite3.connect(path)) as database:
        yield from database.iterdump()


@pytest.mark.usefixtures("recorder")
async def test_the_recorder_is_told_what_happens_and_of_no_hold_or_signed_path(
    hass: HomeAssistant, hand: Hand, folder: Path
) -> None:
    assert await async_setup_component(hass, "http", {})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    guidance = entry.runtime_data.guidance
    first, second = guidance.async_guide("main", driver="ann"), guidance.async_guide("main")
    guidance.async_release(second)
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    await skip(hass, 10.0)
    await get_instance(hass).async_block_till_done()

    written = await hass.async_add_executor_job("\n".join, everything(folder / DATABASE))
    assert all(f'"event_type":"{one}"' in written for one in ("guided", "released", "arrived"))
    assert EVENT not in written
    for secret in (first.hold_id, second.hold_id, "authSig", "'ann'", '"ann"'):
        assert secret not in written


@pytest.mark.usefixtures("recorder")
async def test_what_the_card_asks_for_is_not_recorded(
    hass: HomeAssistant, hand: Hand, folder: Path, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, "http", {})
    assert await set_up(hass, lot(node("North", row("A", 3)), gate("Main")))
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M)
    card = Watcher(hass, await hass_ws_client(hass))
    answer = (await card.ask("smart_parking/hold_action", action="guide"))["result"]
    hold_id = answer["hold_id"]
    for action, more in (
        ("another", {}),
        ("extend", {"minutes": 5}),
        ("confirm", {"parked": False}),
        ("release", {}),
    ):
        told = await card.ask(
            "smart_parking/hold_action", action=action, data={"hold_id": hold_id, **more}
        )
        assert told["result"]["hold_id"] == hold_id
    await skip(hass, 10.0)
    await get_instance(hass).async_block_till_done()

    written = await hass.async_add_executor_job("\n".join, everything(folder / DATABASE))
    assert all(f'"event_type":"{one}"' in written for one in ("guided", "extended", "released"))
    for secret in (hold_id, "authSig", answer["image"].partition("?")[0]):
        assert secret not in written


async def test_without_a_recorder_all_goes_on(hass: HomeAssistant, hand: Hand) -> None:
    assert await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    assert "recorder" not in hass.config.components


async def test_files_that_name_a_hold_or_hold_a_key_are_read_by_nobody_else(
    hass: HomeAssistant, hand: Hand, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, push=True)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    hold = entry.runtime_data.guidance.async_guide("main")
    with monkeypatch.context() as really:
        really.setattr(Store, "_async_write_data", REALLY_WRITE)
        await async_push_keys(hass)
        assert await hass.config_entries.async_unload(LOT_ID)
        await hass.async_block_till_done()

    def secrets() -> dict[str, tuple[int, bool]]:
        """Return the mode of each file that we have written, and whether the hold is in it."""
        return {
            path.name.removeprefix(f"{DOMAIN}."): (
                S_IMODE(path.stat().st_mode),
                hold.hold_id in path.read_text(),
            )
            for path in (folder / STORAGE_DIR).glob(f"{DOMAIN}.*")
        }

    files = await hass.async_add_executor_job(secrets)
    assert files[f"{LOT_ID}.holds"] == (0o600, True)
    assert {mode for mode, has_hold in files.values() if has_hold} == {0o600}
    assert files["push"] == (0o600, False)
