"""A real PostgreSQL: the same history, moved there, and away for a while."""

from collections.abc import Iterator
from datetime import UTC
import importlib.util

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.analytics.engine import parse_address
from custom_components.smart_parking.analytics.store import Batch, HistoryStore
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from tests.integration.analytics.history import NODE, Cars, file_of, manager_of, rows
from tests.integration.analytics.moving import (
    BEGAN,
    LABELS,
    drive,
    move,
    stays,
    three_bays,
    told,
)
from tests.integration.analytics.servers import IS_THERE, PostgresServer, postgres_server
from tests.integration.lots import LOT_ID, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

pytestmark = pytest.mark.skipif(
    not IS_THERE or importlib.util.find_spec("psycopg") is None,
    reason="PostgreSQL's server is no part of the test environment: Debian's package postgresql",
)


@pytest.fixture(name="server")
def server_fixture() -> Iterator[PostgresServer]:
    """Run a server."""
    with postgres_server() as server:
        yield server


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """Make a test speak with its server."""


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays."""
    return await three_bays(hass, hand, freezer)


async def test_a_history_moves_there_and_back(
    hass: HomeAssistant, cars: Cars, server: PostgresServer
) -> None:
    await drive(cars, 3)
    cars.arrive("A02")
    await cars.wait(60.0)
    before = await told(hass)
    assert await move(hass, server.url) > 10
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.options["database_url"] == server.url
    assert await told(hass) == before
    # Nothing is written into the file any more; it stays under another name.
    assert not file_of(hass).exists()
    await drive(cars, 2)
    cars.leave("A02")
    await cars.wait(60.0)
    assert await stays(hass) == 6
    before = await told(hass)
    with pytest.raises(ServiceValidationError, match="already"):
        await move(hass, server.url)
    await move(hass, "")
    assert await told(hass) == before
    assert len(rows(file_of(hass), "stays")) == 6


async def test_what_cannot_be_moved_stays(hass: HomeAssistant, cars: Cars) -> None:
    await drive(cars, 1)
    with pytest.raises(ServiceValidationError, match="no address"):
        await move(hass, "A database, please")
    with pytest.raises(ServiceValidationError, match="PostgreSQL"):
        await move(hass, "oracle://user@host/name")
    with pytest.raises(HomeAssistantError, match="could not be moved"):
        await move(hass, "postgresql://nobody@127.0.0.1:1/nothing")
    assert await stays(hass) == 1


async def test_nothing_is_lost_while_the_database_is_away(
    hass: HomeAssistant, hand: Hand, cars: Cars, server: PostgresServer
) -> None:
    registry = ir.async_get(hass)
    await move(hass, server.url)
    await drive(cars, 1)
    server.stop()
    # After ten minutes the lot still works, the owner has an issue, and no error is raised.
    await drive(cars, 3)
    assert registry.async_get_issue(DOMAIN, f"{LOT_ID}_history_away") is not None
    manager = manager_of(hass)
    assert manager.writer.pending > 0
    assert manager.today.vehicles == 4
    server.start()
    await drive(cars, 1)
    await cars.wait(120.0)
    assert manager.writer.pending == 0
    assert await stays(hass) == 5
    assert registry.async_get_issue(DOMAIN, f"{LOT_ID}_history_away") is None
    day = (await told(hass))[GroupBy.DAY]
    assert isinstance(day, list)
    assert [(one["vehicles"], one["occupied_s"]) for one in day] == [(5, 4500.0)]


async def test_a_database_that_is_away_at_the_start(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory, server: PostgresServer
) -> None:
    freezer.move_to(BEGAN)
    hass.config.skip_pip = True
    entry = lot(node(NODE, row("A", 3)), gate("Main"), lot_id="late")
    object.__setattr__(entry, "options", {"database_url": server.url})
    server.stop()
    assert await set_up(hass, entry)
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    await drive(cars, 2)
    assert not manager_of(hass, "late").is_known
    server.start()
    for _ in range(3):
        await cars.wait(120.0)
    manager = manager_of(hass, "late")
    assert manager.is_known
    await manager.writer.async_flush()
    assert (manager.today.vehicles, manager.writer.pending) == (2, 0)


async def test_an_option_moves_the_history_and_a_lot_that_goes_takes_it_along(
    hass: HomeAssistant, cars: Cars, server: PostgresServer
) -> None:
    await drive(cars, 2)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    form = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "history"}
    )
    await hass.config_entries.options.async_configure(
        form["flow_id"], {"database_url": server.url, "keep_days": 365}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    manager = manager_of(hass)
    assert manager.writer.url == server.url
    assert await stays(hass) == 2
    # Home Assistant's backups have nothing to wait for.
    await manager.writer.async_pause()
    await drive(cars, 1)
    assert await stays(hass) == 3
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    store = HistoryStore(parse_address(server.url), LOT_ID, UTC)
    resumed, _ = await hass.async_add_executor_job(store.open, 0.0)
    assert (resumed.seen_at, resumed.known) == (None, [])
    await hass.async_add_executor_job(store.close)


async def test_a_database_that_knows_more_is_not_replaced(
    hass: HomeAssistant, cars: Cars, server: PostgresServer
) -> None:
    await drive(cars, 1)
    other = HistoryStore(parse_address(server.url), LOT_ID, UTC)
    await hass.async_add_executor_job(other.open, 0.0)
    await hass.async_add_executor_job(other.write, Batch(1, 1e10, []))
    await hass.async_add_executor_job(other.close)
    with pytest.raises(ServiceValidationError, match="knows more"):
        await move(hass, server.url)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "database_url": server.url}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_history_not_moved")
    assert issue is not None
    assert issue.translation_key == "history_newer"
    await drive(cars, 1)
    assert await stays(hass) == 2
