"""Days that are in the record of the lot are stored there alone, and nothing is lost on the way."""

from datetime import date, timedelta
import json

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.promotions.ledger import Counts, Ledger, Row

MONDAY = date(2026, 11, 16)
SHOPS = ("bakery", "zoo")

counts = st.builds(Counts, *[st.integers(0, 5)] * 4)
happenings = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(SHOPS), counts), max_size=30)


def counted(happened: list[tuple[int, str, Counts]]) -> Ledger:
    """Return a book of what has happened, in order."""
    ledger = Ledger()
    ledger.name({shop: shop.title() for shop in SHOPS})
    for day, shop, more in sorted(happened, key=lambda one: one[0]):
        ledger.add(MONDAY + timedelta(days=day), shop, more)
    return ledger


def stored(ledger: Ledger) -> Ledger:
    """Return a book as it is after a restart."""
    return Ledger.from_data(json.loads(json.dumps(ledger.to_data())))


def told(ledger: Ledger) -> tuple[list[Row], list[Counts]]:
    """Return everything that a book says."""
    rows = [row for row in ledger.rows() if any(row.counts)]
    return rows, [ledger.total(shop) for shop in SHOPS]


@given(happenings, st.integers(-1, 9))
def test_what_is_in_the_record_is_spared_and_comes_back(
    happened: list[tuple[int, str, Counts]], until: int
) -> None:
    ledger = counted(happened)
    before = told(ledger)
    record = ledger.all_rows()
    last = MONDAY + timedelta(days=until)
    ledger.confirm(last)
    assert all(date.fromisoformat(day) > last for day in ledger.to_data()["days"])
    again = stored(ledger)
    assert [again.total(shop) for shop in SHOPS] == before[1]
    again.merge(record)
    again.name({shop: shop.title() for shop in SHOPS})
    assert told(again) == before


@given(happenings, happenings, st.integers(-1, 9))
def test_two_that_know_a_part_know_everything_together(
    happened: list[tuple[int, str, Counts]], more: list[tuple[int, str, Counts]], until: int
) -> None:
    """The file was written last before some of it happened, and the record, or the other way."""
    early, late = counted(happened), counted(happened + more)
    # The newest of it may have come after the days that the file has handed over.
    rest = [one for one in more if one[0] > until]
    late = counted(happened + rest)
    for file, record in ((early, late), (late, early)):
        known = stored(file)
        known.confirm(MONDAY + timedelta(days=until))
        known = stored(known)
        news = known.merge(record.all_rows() if record is late else _recorded(late, early, until))
        known.name({shop: shop.title() for shop in SHOPS})
        assert told(known) == told(late)
        # What the record is told makes it whole; told twice, there is nothing new.
        written = {(row.day, row.promotion_id): row for row in record.all_rows()}
        written |= {(row.day, row.promotion_id): row for row in news}
        assert known.merge(list(written.values())) == []


def _recorded(late: Ledger, early: Ledger, until: int) -> list[Row]:
    """Return a record that has all days that were handed over, and of others only a part."""
    last = MONDAY + timedelta(days=until)
    return [
        *[row for row in late.all_rows() if row.day <= last],
        *[row for row in early.all_rows() if row.day > last],
    ]


def test_a_file_that_is_gone_is_known_by_the_record() -> None:
    ledger = counted([(0, "zoo", Counts(3, 1, 1, 1)), (4, "bakery", Counts(2, 0, 1, 0))])
    fresh = Ledger()
    assert fresh.merge(ledger.all_rows()) == []
    assert told(fresh) == told(ledger)


def test_who_is_gone_keeps_their_name_until_all_days_are_known() -> None:
    ledger = counted([(0, "zoo", Counts(3, 1, 1, 1)), (4, "bakery", Counts(2, 0, 1, 0))])
    record = ledger.all_rows()
    ledger.confirm(MONDAY + timedelta(days=3))
    again = stored(ledger)
    again.name({"bakery": "Bakery"})
    again.merge(record)
    assert [(row.title, row.counts.visits) for row in again.rows()] == [("Zoo", 1), ("Bakery", 1)]


def test_what_is_of_no_day_is_recorded_of_none() -> None:
    ledger = Ledger()
    ledger.add(date(1970, 1, 1), "zoo", Counts(1, 0, 0, 0))
    assert ledger.newest("zoo") is None
    assert ledger.confirm(MONDAY) is False
    assert ledger.total("zoo") == Counts(1, 0, 0, 0)
