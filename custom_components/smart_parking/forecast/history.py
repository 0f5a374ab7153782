"""The record of a lot, as the forecast learns from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from math import inf
from typing import Final

from homeassistant.util import dt as dt_util
from sqlalchemy import Connection, func, select

from ..analytics.manager import AnalyticsManager
from ..analytics.schema import COUNTS, GROUPS, PLACES, STAYS
from ..analytics.writer import HistoryAwayError
from ..clock import epoch_s
from ..lot.analytics.forecast import Counts, GroupCount, Standing, StaySpan, create_series

# How long vehicles stay is learnt from so many days; of busy lots, from every nth of their stays.
STAY_DAYS: Final = 56
MOST_STAYS: Final = 20_000
# Of a vehicle whose arrival is less certain nothing can be said.
MOST_ERROR_S: Final = 600.0


class RecordedCounts:
    """The counts that the record of a lot has, every five minutes."""

    def __init__(self, analytics: AnalyticsManager) -> None:
        """Initialize for the record of a lot."""
        self._analytics = analytics

    async def async_counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        """Return the counts of every series between two times; none while the database is away."""

        def read(connection: Connection, lot_id: int) -> Mapping[str, Counts]:
            groups = {
                one.group_id: (one.kind, one.level)
                for one in connection.execute(select(GROUPS).where(GROUPS.c.lot_id == lot_id))
            }
            rows = connection.execute(
                select(
                    COUNTS.c.at,
                    COUNTS.c.group_id,
                    COUNTS.c.vacant,
                    COUNTS.c.occupied + COUNTS.c.held,
                )
                .where(COUNTS.c.lot_id == lot_id, COUNTS.c.at >= begin, COUNTS.c.at < end)
                .execution_options(yield_per=10_000)
            )
            return create_series(
                GroupCount(at, *groups[group_id], vacant, taken)
                for at, group_id, vacant, taken in rows
                if group_id in groups
            )

        try:
            return await self._analytics.writer.async_read(read)
        except HistoryAwayError:
            return {}


class RecordedStays:
    """The stays that the record of a lot has, and the vehicles that stand now."""

    def __init__(self, analytics: AnalyticsManager) -> None:
        """Initialize for the record of a lot."""
        self._analytics = analytics

    async def async_stays(self) -> Sequence[StaySpan]:
        """Return how long vehicles have stayed lately; nothing while the database is away."""
        now, zone = epoch_s(), dt_util.get_default_time_zone()

        def read(connection: Connection, lot_id: int) -> list[StaySpan]:
            stays = STAYS.c
            chosen = (
                (stays.lot_id == lot_id)
                & (stays.arrived >= now - STAY_DAYS * 86_400.0)
                & stays.is_estimated.is_(False)
            )
            number = connection.execute(select(func.count()).where(chosen)).scalar_one()
            every = 1 + number // MOST_STAYS
            rows = connection.execute(
                select(GROUPS.c.kind, stays.arrived, stays.left)
                .join(PLACES, PLACES.c.place_id == stays.place_id)
                .join(GROUPS, GROUPS.c.group_id == PLACES.c.group_id)
                .where(chosen, stays.stay_id % every == 0)
            )
            return [
                StaySpan(
                    kind,
                    _hour(arrived, zone),
                    max(0.0, (now if left is None else left) - arrived),
                    left is not None,
                )
                for kind, arrived, left in rows
            ]

        try:
            return await self._analytics.writer.async_read(read)
        except HistoryAwayError:
            return []

    def get_standing(self) -> list[Standing]:
        """Return the vehicles that stand in the lot; of some it is not known since when."""
        now, zone = epoch_s(), dt_util.get_default_time_zone()
        return [
            Standing(
                stay.bay.kind,
                _hour(stay.began, zone),
                max(0.0, now - stay.began) if stay.began_error_s <= MOST_ERROR_S else inf,
            )
            for stay in self._analytics.open_stays
        ]


def _hour(at: float, zone: tzinfo) -> int:
    """Return the local hour of a time."""
    return datetime.fromtimestamp(at, zone).hour
