"""A real MariaDB: the same history, with what is counted by day, and away for a while."""

from collections.abc import Iterator
from datetime import UTC, datetime
import importlib.util

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.analytics.store import Batch, HistoryStore
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.analytics.records import PromotionRecord, VisitRecord
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from tests.integration.analytics.history import Cars, file_of, manager_of, rows
from tests.integration.analytics.moving import drive, move, stays, three_bays, told
from tests.integration.analytics.servers import MARIADBD, MariaServer, maria_server
from tests.integration.lots import LOT_ID
from tests.integration.sources.driven import Hand

pytestmark = pytest.mark.skipif(
    MARIADBD is None or importlib.util.find_spec("pymysql") is None,
    reason="MariaDB's server is no part of the test environment: Debian's mariadb-server-core",
)

TODAY = datetime(2026, 11, 2, tzinfo=UTC).toordinal()
BAKERY = PromotionRecord(
    day=TODAY, promotion_id="bakery", title="Bäckerei 🥐", impressions=5, visits=3, clicks=1
)


@pytest.fixture(name="server")
def server_fixture() -> Iterator[MariaServer]:
    """Run a server."""
    with maria_server() as server:
        yield server


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """Make a test speak with its server."""


@pytest.fixture(name="cars")
async def cars_fixture(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays."""
    return await three_bays(hass, hand, freezer)


async def counted(hass: HomeAssistant, url: str) -> tuple[object, object]:
    """Return what the database itself knows of promotions and visits."""
    store = HistoryStore(await manager_of(hass).writer.async_address(url), LOT_ID, UTC)
    resumed, _ = await hass.async_add_executor_job(store.open, 0.0)
    await hass.async_add_executor_job(store.close)
    return resumed.promotions, resumed.visits


async def test_a_history_moves_there_and_back(
    hass: HomeAssistant, cars: Cars, server: MariaServer
) -> None:
    await drive(cars, 3)
    cars.arrive("A02")
    manager = manager_of(hass)
    manager.async_record(BAKERY)
    manager.async_record(VisitRecord(day=TODAY, visits=7))
    await cars.wait(60.0)
    before = await told(hass)
    assert await move(hass, server.url) > 10
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.options["database_url"] == server.url
    assert await told(hass) == before
    assert await counted(hass, server.url) == ([BAKERY], [VisitRecord(day=TODAY, visits=7)])
    assert not file_of(hass).exists()
    # What is said of a day last is all of it.
    manager.async_record(VisitRecord(day=TODAY, visits=9))
    await drive(cars, 2)
    cars.leave("A02")
    await cars.wait(60.0)
    assert await stays(hass) == 6
    before = await told(hass)
    await move(hass, "")
    assert await told(hass) == before
    assert len(rows(file_of(hass), "stays")) == 6
    assert [one["visits"] for one in rows(file_of(hass), "visit_days")] == [9]
    assert [one["title"] for one in rows(file_of(hass), "promotion_days")] == ["Bäckerei 🥐"]


async def test_nothing_is_lost_while_the_database_is_away(
    hass: HomeAssistant, hand: Hand, cars: Cars, server: MariaServer
) -> None:
    registry = ir.async_get(hass)
    await move(hass, server.url)
    await drive(cars, 1)
    server.stop()
    await drive(cars, 3)
    assert registry.async_get_issue(DOMAIN, f"{LOT_ID}_history_away") is not None
    manager = manager_of(hass)
    manager.async_record(BAKERY)
    assert manager.writer.pending > 0
    server.start()
    await drive(cars, 1)
    await cars.wait(120.0)
    assert manager.writer.pending == 0
    assert await stays(hass) == 5
    assert registry.async_get_issue(DOMAIN, f"{LOT_ID}_history_away") is None
    day = (await told(hass))[GroupBy.DAY]
    assert isinstance(day, list)
    assert [(one["vehicles"], one["occupied_s"]) for one in day] == [(5, 4500.0)]
    assert (await counted(hass, server.url))[0] == [BAKERY]


async def test_a_batch_of_which_nobody_knows_is_written_once(
    hass: HomeAssistant, cars: Cars, server: MariaServer
) -> None:
    await drive(cars, 1)
    await move(hass, server.url)
    before = await told(hass)
    store = HistoryStore(await manager_of(hass).writer.async_address(server.url), LOT_ID, UTC)
    await hass.async_add_executor_job(store.open, 0.0)
    batch = Batch(42, 1e9, [BAKERY])
    for _ in range(2):
        await hass.async_add_executor_job(store.write, batch)
    await hass.async_add_executor_job(store.close)
    assert await told(hass) == before
    assert (await counted(hass, server.url))[0] == [BAKERY]
