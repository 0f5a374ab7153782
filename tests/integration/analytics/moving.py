"""A lot whose history moves from one database to another."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from sqlalchemy import Connection, func, select

from custom_components.smart_parking.analytics import schema
from custom_components.smart_parking.analytics.report import table_rows
from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.analytics.periods import Preset
from custom_components.smart_parking.lot.analytics.usage import GroupBy
from tests.integration.analytics.history import NODE, Cars, manager_of
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

LABELS = ("A01", "A02", "A03")
BEGAN = "2026-11-02 17:00:00+00:00"


async def three_bays(hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory) -> Cars:
    """Set up three empty bays."""
    freezer.move_to(BEGAN)
    hass.config.skip_pip = True
    assert await set_up(hass, lot(node(NODE, row("A", 3)), gate("Main")))
    cars = Cars(hass, hand, freezer)
    cars.leave(*LABELS)
    return cars


async def drive(cars: Cars, times: int) -> None:
    """Make a vehicle come and go some times."""
    for _ in range(times):
        cars.arrive("A01")
        await cars.wait(900.0)
        cars.leave("A01")
        await cars.wait(300.0)


async def move(hass: HomeAssistant, url: str) -> int:
    """Move the history."""
    answer = await hass.services.async_call(
        DOMAIN, "move_history", {"database_url": url}, blocking=True, return_response=True
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert answer is not None
    moved = answer["rows"]
    assert isinstance(moved, int)
    return moved


async def told(hass: HomeAssistant) -> dict[GroupBy, object]:
    """Return everything that reports say of today."""
    manager = manager_of(hass)
    period = Preset.TODAY.period(manager.today.day)
    return {by: table_rows(await manager.async_table(period, by)) for by in GroupBy}


async def stays(hass: HomeAssistant) -> int:
    """Return how many stays are written in the database in use."""

    def count(connection: Connection, lot_id: int) -> int:
        of_lot = select(func.count()).where(schema.STAYS.c.lot_id == lot_id)
        return int(connection.scalar(of_lot) or 0)

    return await manager_of(hass).writer.async_read(count)
