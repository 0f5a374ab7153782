"""How long the record of stays takes to write down a lot of 20,000 bays: when new, and when known.

usage: python -m benchmarks.scaling.record
"""

from pathlib import Path
from tempfile import TemporaryDirectory
import time
from zoneinfo import ZoneInfo

from custom_components.smart_parking.analytics.engine import file_address
from custom_components.smart_parking.analytics.store import Batch, HistoryStore
from custom_components.smart_parking.lot.analytics.records import BayKnown, BayRecord, Stay

BAYS = 20_000
LEVELS = 5
AT = 1_790_000_000.0


def main() -> None:
    """Print the processor time of a first start, and of the next one."""
    bays = [
        BayRecord(
            bay_id=str(number), label=f"A{number}", kind="standard", level=str(number % LEVELS)
        )
        for number in range(BAYS)
    ]
    known = [BayKnown(bay=bay, is_occupied=bool(number % 3)) for number, bay in enumerate(bays)]
    stays = [
        Stay(spell_id=number, key=bay.bay_id, began=AT, bay=bay)
        for number, bay in enumerate(bays)
        if number % 3
    ]
    with TemporaryDirectory() as folder:
        path = file_address(Path(folder) / "history.db")
        store = HistoryStore(path, "lot", ZoneInfo("Europe/Berlin"))
        store.open(0.0)
        for number, what in enumerate(("new", "known"), 1):
            began = time.thread_time()
            store.write(Batch(number, AT, [*known, *stays]))
            print(f"{what}: {time.thread_time() - began:.2f} s")
        store.close()


if __name__ == "__main__":
    main()
