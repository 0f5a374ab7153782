"""The counts of a lot's record, as the forecast learns from them."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from ..analytics.manager import AnalyticsManager
from ..analytics.schema import COUNTS, GROUPS
from ..analytics.writer import HistoryAwayError
from ..lot.analytics.forecast import Counts
from ..lot.analytics.forecast.series import GroupCount, create_series


class RecordedCounts:
    """The counts that the record of a lot has, every five minutes."""

    def __init__(self, analytics: AnalyticsManager) -> None:
        """Initialize for the record of a lot."""
        self._analytics = analytics

    async def async_counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        """Return the counts of every series between two times; none while the database is away."""

        def read(connection: Connection, lot_id: int) -> Mapping[str, Counts]:
            rows = connection.execute(
                select(
                    COUNTS.c.at,
                    GROUPS.c.kind,
                    GROUPS.c.level,
                    COUNTS.c.vacant,
                    COUNTS.c.occupied + COUNTS.c.held,
                )
                .join(GROUPS, COUNTS.c.group_id == GROUPS.c.group_id)
                .where(COUNTS.c.lot_id == lot_id, COUNTS.c.at >= begin, COUNTS.c.at < end)
            )
            return create_series(GroupCount(*row) for row in rows)

        try:
            return await self._analytics.writer.async_read(read)
        except HistoryAwayError:
            return {}
