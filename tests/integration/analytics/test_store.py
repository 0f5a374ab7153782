"""Written records are there, all of them, once, whatever happens to the writer."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import random
import signal
import subprocess
import sys
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest
from sqlalchemy import Connection, select

from custom_components.smart_parking.analytics import queries, schema
from custom_components.smart_parking.analytics.engine import file_address
from custom_components.smart_parking.analytics.store import Batch, HistoryStore
from custom_components.smart_parking.lot.analytics.periods import split_by_hour
from custom_components.smart_parking.lot.analytics.records import BayKnown, BayRecord, Stay
from tests.repository.project import ROOT

ZONE = ZoneInfo("Europe/Berlin")
BEGAN = 1_790_000_000.0

WRITER = """
import sys
from pathlib import Path
from tests.integration.analytics.test_store import ZONE, batches
from custom_components.smart_parking.analytics.engine import file_address
from custom_components.smart_parking.analytics.store import HistoryStore

store = HistoryStore(file_address(Path(sys.argv[1])), "garage", ZONE)
store.open(0.0)
for number, batch in enumerate(batches(int(sys.argv[2]), 100_000)):
    store.write(batch)
    print(number, flush=True)
"""


def bay(number: int) -> BayRecord:
    """Return a bay."""
    kind = "ev" if number % 3 == 0 else "standard"
    return BayRecord(bay_id=f"b{number}", label=f"B{number}", kind=kind, level=str(number % 2))


def batches(seed: int, count: int) -> Iterator[Batch]:
    """Yield batches, in each of which some vehicles come and some leave."""
    chance, standing, stay_id, at = random.Random(seed), dict[int, Stay](), 0, BEGAN
    for number in range(count):
        at += chance.uniform(1.0, 4000.0)
        records: list[Stay | BayKnown] = []
        for place in chance.sample(range(12), 3):
            if (stay := standing.pop(place, None)) is not None:
                stay.ended = at
            else:
                stay_id += 1
                stay = standing[place] = Stay(
                    spell_id=stay_id, key=f"b{place}", began=at, bay=bay(place), fee=1.5
                )
            records += [stay, BayKnown(bay=stay.bay, is_occupied=stay.ended is None)]
        yield Batch(number + 1, at, [*records])


def check_sums(store: HistoryStore) -> int:
    """Fail unless all sums are those of the stays that are over; return how many those are."""

    def check(connection: Connection, lot_id: int) -> int:
        stays = connection.execute(select(schema.STAYS)).all()
        over = [one for one in stays if one.left is not None]
        days = queries.Days(700_000, 800_000)
        hours: defaultdict[int, float] = defaultdict(float)
        for one in over:
            for bucket, seconds in split_by_hour(one.arrived, one.left, ZONE):
                hours[bucket.hour] += seconds
        by_hour = queries.usage_by_hour(connection, lot_id, days)
        for hour, usage in by_hour.items():
            assert usage.occupied_s == pytest.approx(hours[hour])
        for sums in (
            by_hour,
            queries.usage_by_day(connection, lot_id, days),
            queries.usage_by_group(connection, lot_id, days),
            queries.usage_by_bay(connection, lot_id, days),
        ):
            assert sum(one.vehicles for one in sums.values()) == len(over)
            assert sum(one.fee for one in sums.values()) == pytest.approx(1.5 * len(over))
            lasted_s = sum(one.left - one.arrived for one in over)
            assert sum(one.occupied_s for one in sums.values()) == pytest.approx(lasted_s)
        classes = queries.classes_by_day(connection, lot_id, days)
        assert sum(one.total() for one in classes.values()) == len(over)
        # One vehicle at a time, and none twice.
        open_places = [one.place_id for one in stays if one.left is None]
        assert len(open_places) == len(set(open_places))
        return len(over)

    return store.read(check)


@pytest.fixture(name="store")
def store_fixture(tmp_path: Path) -> Iterator[HistoryStore]:
    """Open an empty database."""
    store = HistoryStore(file_address(tmp_path / "history.db"), "garage", ZONE)
    store.open(0.0)
    yield store
    store.close()


def test_sums_are_those_of_the_stays(store: HistoryStore) -> None:
    for batch in batches(1, 200):
        store.write(batch)
    assert check_sums(store) > 100


def test_a_batch_whose_fate_is_unknown_is_written_once(store: HistoryStore) -> None:
    for batch in batches(2, 50):
        store.write(batch)
        store.write(batch)
    assert check_sums(store) > 30


def test_many_bays_that_are_new_at_once_are_each_there_once(store: HistoryStore) -> None:
    """As of a large lot at its first start, and when some of its bays are renamed later."""
    bays = [BayRecord(bay_id=f"{one}", label=f"A{one}", kind="standard") for one in range(150)]
    known = [BayKnown(bay=bay, is_occupied=bool(one % 3)) for one, bay in enumerate(bays)]
    stays = [
        Stay(spell_id=one, key=bay.bay_id, began=BEGAN, bay=bay) for one, bay in enumerate(bays)
    ]
    store.write(Batch(1, BEGAN, [*known, *stays]))
    renamed = [replace(bay, label=f"B{bay.bay_id}") for bay in bays[:120]]
    store.write(Batch(2, BEGAN + 1.0, [BayKnown(bay=bay, is_occupied=False) for bay in renamed]))
    store.close()
    resumed, _ = store.open(BEGAN + 2.0)
    assert {one.bay: one.is_occupied for one in resumed.known} == {
        **dict.fromkeys(renamed, False),
        **{bay: bool(one % 3) for one, bay in enumerate(bays) if one >= 120},
    }
    assert [one.bay for one in sorted(resumed.stays, key=lambda one: one.spell_id)] == bays

    def count(connection: Connection, lot_id: int) -> tuple[int, ...]:
        tables = (schema.BAYS, schema.PLACES)
        return tuple(len(connection.execute(select(table)).all()) for table in tables)

    assert store.read(count) == (150, 270)


@settings(max_examples=10)
@given(st.integers(0, 1 << 30), st.integers(5, 60))
def test_a_history_that_is_copied_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    stores = [HistoryStore(file_address(folder / name), "garage", ZONE) for name in ("a", "b")]
    first, second = stores
    first.open(0.0)
    for batch in batches(seed, count):
        first.write(batch)
    second.open(0.0)
    first.copy_to(second)
    assert check_sums(first) == check_sums(second)
    # It goes on there, from where it was.
    assert second.seen_at() == first.seen_at()
    again, _ = second.open(0.0)
    before, _ = first.open(0.0)
    assert {one.key for one in again.stays} == {one.key for one in before.stays}
    assert {(one.bay, one.is_occupied) for one in again.known} == {
        (one.bay, one.is_occupied) for one in before.known
    }
    for store in stores:
        store.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_writer_that_is_killed_leaves_whole_batches(tmp_path: Path, seed: int) -> None:
    """What it has said to be written is there; what it was about to write is there or not."""
    path = tmp_path / "history.db"
    command = [sys.executable, "-c", WRITER, str(path), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        written = 0
        for line in writer.stdout:
            written = int(line) + 1
            if written == 40 + 7 * seed:
                break
        writer.send_signal(signal.SIGKILL)
        written = max([written, *(int(line) + 1 for line in writer.stdout if line.endswith("\n"))])
    store = HistoryStore(file_address(path), "garage", ZONE)
    resumed, aside = store.open(0.0)
    assert aside is None
    over = check_sums(store)
    store.close()
    times = [batch.at for batch in batches(seed, written + 1)]
    assert resumed.seen_at in times[written - 1 :]
    batch_ids = written if resumed.seen_at == times[written - 1] else written + 1
    ended = sum(
        isinstance(record, Stay) and record.ended == batch.at
        for batch in batches(seed, batch_ids)
        for record in batch.records
    )
    assert over == ended
