"""How long a lot takes to learn what is to come, and how much memory, from two years of its record.

The record is a SQLite file with the integration's own tables: counts every five minutes of six
groups (three kinds of bays on two levels), and 60,000 stays. It is read and learnt from as it is
every night; what was learnt is then written down and read again.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator
import json
from multiprocessing import get_context
from pathlib import Path
import resource
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, cast
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
import numpy as np
from sqlalchemy import Connection, create_engine, insert

from custom_components.smart_parking.analytics.manager import AnalyticsManager
from custom_components.smart_parking.analytics.schema import (
    COUNTS,
    GROUPS,
    LOTS,
    METADATA,
    PLACES,
    STAYS,
)
from custom_components.smart_parking.clock import epoch_s
from custom_components.smart_parking.forecast.history import RecordedCounts, RecordedStays
from custom_components.smart_parking.forecast.manager import HISTORY_S
from custom_components.smart_parking.lot.analytics.forecast import (
    ForecastOptions,
    decode_model,
    encode_model,
    learn,
    learn_departures,
)

ZONE = ZoneInfo("Europe/Berlin")
DAY_S = 86_400
COUNT_S = 300
BAYS = 60
STAYS_MADE = 60_000
PARTS = [(kind, level) for kind in ("standard", "ev", "accessible") for level in ("1", "2")]


def make(path: Path, days: int, until: float) -> None:
    """Write a record."""
    generator = np.random.default_rng(1)
    engine = create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    begin = int(until // COUNT_S) * COUNT_S - days * DAY_S
    with engine.begin() as connection:
        connection.execute(insert(LOTS), {"lot_id": 1, "entry_id": "lot", "first_at": begin})
        for number, (kind, level) in enumerate(PARTS, 1):
            named = {"group_id": number, "lot_id": 1, "kind": kind, "level": level, "zone": ""}
            connection.execute(insert(GROUPS), named)
            place = {"place_id": number, "lot_id": 1, "bay_key": number, "label": str(number)}
            connection.execute(insert(PLACES), {**place, "group_id": number})
        for day in range(days):
            connection.execute(insert(COUNTS), list(_counts(begin + day * DAY_S, generator)))
        connection.execute(insert(STAYS), list(_stays(until, generator)))
    engine.dispose()


def _counts(begin: int, generator: np.random.Generator) -> Iterator[dict[str, int]]:
    """Yield the counts of a day: most vehicles come in the morning, fewer at week-ends."""
    peak = (0.95 if begin // DAY_S % 7 < 5 else 0.4) * generator.uniform(0.8, 1.1)
    for at in range(begin, begin + DAY_S, COUNT_S):
        share = peak * np.exp(-(((at % DAY_S / 3600 - 11.5) / 4.0) ** 2))
        for number in range(1, len(PARTS) + 1):
            taken = min(BAYS, int(generator.binomial(BAYS, min(1.0, share))))
            yield {
                "lot_id": 1,
                "at": at,
                "group_id": number,
                "vacant": BAYS - taken,
                "occupied": taken,
                "held": 0,
                "out_of_service": 0,
                "unknown": 0,
            }


def _stays(until: float, generator: np.random.Generator) -> Iterator[dict[str, object]]:
    """Yield stays of the last eight weeks."""
    for number in range(STAYS_MADE):
        arrived = until - generator.uniform(0, 56 * DAY_S)
        left = arrived + generator.gamma(2.0, 2_400.0)
        yield {
            "lot_id": 1,
            "stay_id": number,
            "place_id": 1 + number % len(PARTS),
            "arrived": arrived,
            "left": left if left < until else None,
            "origin": "chance",
        }


class Record:
    """The record of a lot, as far as it is read."""

    def __init__(self, path: Path) -> None:
        """Open a file."""
        self._engine = create_engine(f"sqlite:///{path}")
        self.writer = self

    async def async_read[T](self, query: Callable[[Connection, int], T]) -> T:
        """Return what a query answers."""
        with self._engine.connect() as connection:
            return query(connection, 1)


def _get_peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path, now: float) -> None:
    """Learn from a record, and say what that took."""
    record = cast("AnalyticsManager", Record(path))
    # What is loaded once, and serves everything else that is read, is not counted.
    asyncio.run(RecordedCounts(record).async_counts(now, now))
    asyncio.run(RecordedCounts(record).async_counts(now - 3_600.0, now))
    before, began = _get_peak_mb(), process_time()
    counts = asyncio.run(RecordedCounts(record).async_counts(now - HISTORY_S, now))
    stays = asyncio.run(RecordedStays(record).async_stays())
    read = process_time()
    departures = learn_departures(stays)
    learned = learn(counts, now, ZONE)
    done = process_time()
    model = learned.model
    if model is None:
        print(f"Only {learned.days} days are known.")
        return
    print(f"{learned.days} days, {len(counts)} series, {len(stays)} stays")
    print(f"reading {read - began:.1f} s, learning {done - read:.1f} s of a processor")
    print(f"{_get_peak_mb() - before:.0f} MB more memory than before, at most")
    began = process_time()
    written: dict[str, Any] = encode_model(model)
    size = len(json.dumps(written))
    decode_model(written, ZONE, ForecastOptions())
    print(f"{size / 1e6:.1f} MB as written down; {process_time() - began:.2f} s to write and read")
    began = process_time()
    model.predict(counts, now, range(15, 48 * 60 + 15, 15))
    print(f"a forecast of two days {process_time() - began:.2f} s")
    print(f"{len(departures.curves)} curves of how long vehicles stay")


def main() -> None:
    """Make a record, and learn from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=730, help="how many days were counted")
    arguments = parser.parse_args()
    dt_util.set_default_time_zone(ZONE)
    now = epoch_s()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        # In a process of its own: what that takes is not what is measured.
        maker = get_context("spawn").Process(target=make, args=(path, arguments.days, now))
        maker.start()
        maker.join()
        measure(path, now)


if __name__ == "__main__":
    main()
