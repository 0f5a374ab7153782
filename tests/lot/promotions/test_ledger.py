"""Counts day by day, and how long they are stored; current visits."""

from datetime import date, timedelta

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.promotions.frequency_cap import VISIT_S, FrequencyCap
from custom_components.smart_parking.lot.promotions.ledger import (
    RETENTION_DAYS,
    Counts,
    Ledger,
    sums,
)

MONDAY = date(2026, 11, 16)
ONE = Counts(impressions=1)


def test_a_new_book_is_empty() -> None:
    ledger = Ledger()
    assert list(ledger.rows()) == []
    assert ledger.total("bakery") == Counts()


def test_counts_add_up() -> None:
    ledger = Ledger()
    ledger.name({"b": "Bakery", "a": "Zoo"})
    ledger.add(MONDAY, "a", Counts(1, 0, 1, 0))
    ledger.add(MONDAY, "a", Counts(1, 1, 0, 0))
    ledger.add(MONDAY, "b", Counts(0, 0, 0, 1))
    ledger.add(MONDAY + timedelta(days=1), "a", ONE)
    assert ledger.total("a") == Counts(3, 1, 1, 0)
    rows = list(ledger.rows())
    assert [(row.day.day, row.title, row.counts) for row in rows] == [
        (16, "Bakery", Counts(0, 0, 0, 1)),
        (16, "Zoo", Counts(2, 1, 1, 0)),
        (17, "Zoo", ONE),
    ]
    assert sums(rows) == [("b", "Bakery", Counts(clicks=1)), ("a", "Zoo", Counts(3, 1, 1, 0))]


def test_rows_of_some_days() -> None:
    ledger = Ledger()
    for number in range(5):
        ledger.add(MONDAY + timedelta(days=number), "a", ONE)
    days = [row.day.day for row in ledger.rows(date(2026, 11, 17), date(2026, 11, 18))]
    assert days == [17, 18]
    assert len(list(ledger.rows(first=date(2026, 11, 19)))) == 2
    assert len(list(ledger.rows(last=date(2026, 11, 19)))) == 4


def test_days_are_kept_for_more_than_a_year_and_totals_for_ever() -> None:
    ledger = Ledger()
    for number in range(RETENTION_DAYS + 10):
        ledger.add(MONDAY + timedelta(days=number), "a", ONE)
    days = [row.day for row in ledger.rows()]
    assert len(days) == RETENTION_DAYS
    assert days[0] == MONDAY + timedelta(days=10)
    assert ledger.total("a").impressions == RETENTION_DAYS + 10


def test_a_clock_that_is_far_behind_changes_no_day_that_is_kept() -> None:
    ledger = Ledger()
    ledger.add(MONDAY, "a", ONE)
    ledger.add(date(1970, 1, 1), "a", ONE)
    assert [row.day for row in ledger.rows()] == [MONDAY]
    assert ledger.total("a").impressions == 2


def test_what_has_been_deleted_can_still_be_billed() -> None:
    ledger = Ledger()
    ledger.name({"a": "Bakery", "b": "Zoo"})
    ledger.add(MONDAY, "a", ONE)
    ledger.name({"c": "Cinema"})
    assert [row.title for row in ledger.rows()] == ["Bakery"]
    assert ledger.total("a") == ONE
    ledger.add(MONDAY + timedelta(days=RETENTION_DAYS), "c", ONE)
    ledger.name({"c": "Cinema"})
    assert [row.title for row in ledger.rows()] == ["Cinema"]
    assert ledger.total("a") == Counts()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500),
            st.sampled_from("abc"),
            st.builds(Counts, *([st.integers(0, 3)] * 4)),
        )
    )
)
def test_it_can_be_written_down_and_its_rows_are_its_totals(
    counted: list[tuple[int, str, Counts]],
) -> None:
    ledger = Ledger()
    ledger.name({"a": "A", "b": "B", "c": "C"})
    for day, one, counts in sorted(counted):
        ledger.add(MONDAY + timedelta(days=day), one, counts)
    again = Ledger.from_data(ledger.to_data())
    assert list(again.rows()) == list(ledger.rows())
    newest = max((day for day, _, _ in counted), default=0)
    for one in "abc":
        assert again.total(one) == ledger.total(one)
        kept = [
            counts
            for day, other, counts in counted
            if other == one and newest - day < RETENTION_DAYS
        ]
        rows = [row.counts for row in again.rows() if row.promotion_id == one]
        for of_rows, of_kept in zip(
            map(sum, zip(*rows, strict=True)), map(sum, zip(*kept, strict=True)), strict=True
        ):
            assert of_rows == of_kept


def test_a_visitor_is_known_for_a_day() -> None:
    visits = FrequencyCap()
    visits.of(b"ann", 0.0).impressions["a"] = 1
    assert visits.of(b"ann", VISIT_S - 1).impressions == {"a": 1}
    assert visits.of(b"ann", VISIT_S).impressions == {}


def test_those_who_came_first_are_forgotten_first() -> None:
    visits = FrequencyCap(most=2)
    for second, visitor in enumerate([b"ann", b"bob", b"cem"]):
        visits.of(visitor, second).impressions["a"] = 1
    assert len(visits) == 2
    assert visits.of(b"cem", 5).impressions == {"a": 1}
    assert visits.of(b"bob", 5).impressions == {"a": 1}
    assert visits.of(b"ann", 5).impressions == {}


def test_a_clock_that_is_put_back_forgets_whoever_came_in_the_future() -> None:
    visits = FrequencyCap()
    visits.of(b"ann", 10_000.0)
    visits.of(b"bob", 5_000.0)
    assert len(visits) == 1


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.binary(max_size=1))),
    st.integers(1, 5),
)
def test_never_more_visitors_than_there_is_room_for(
    comings: list[tuple[float, bytes]], most: int
) -> None:
    visits = FrequencyCap(most=most)
    for at_s, visitor in comings:
        visits.of(visitor, at_s)
        assert len(visits) <= most
