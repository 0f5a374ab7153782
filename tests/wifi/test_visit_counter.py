"""Visits are counted without identities."""

from datetime import date

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.wifi.reports import Report, StationEvent
from custom_components.smart_parking.wifi.visit_counter import STAY_S, VisitCounter, VisitEvent

TODAY = date(2026, 6, 1)
TOMORROW = date(2026, 6, 2)
PAUSE_S = 1800.0
ANNA = bytes.fromhex("02005e00530a")
BEN = bytes.fromhex("02005e00530b")


@pytest.fixture(name="counter")
def counter_fixture() -> VisitCounter:
    """Return a counter without visits."""
    return VisitCounter(PAUSE_S, TODAY)


def joins(counter: VisitCounter, who: bytes, at_s: float) -> VisitEvent:
    """Report a phone that comes."""
    return counter.take(Report(StationEvent.JOINED, who), at_s)


def leaves(counter: VisitCounter, who: bytes, at_s: float) -> VisitEvent:
    """Report a phone that goes."""
    return counter.take(Report(StationEvent.LEFT, who), at_s)


def test_two_phones_are_two_visits(counter: VisitCounter) -> None:
    assert joins(counter, ANNA, 0.0).is_visit
    assert joins(counter, BEN, 1.0).is_visit
    assert counter.visits == 2


def test_a_phone_that_drops_the_connection_is_the_same_visit(counter: VisitCounter) -> None:
    joins(counter, ANNA, 0.0)
    assert not leaves(counter, ANNA, 7_000.0).is_visit
    assert not joins(counter, ANNA, 7_000.0 + PAUSE_S).is_visit
    assert counter.visits == 1


def test_who_comes_back_later_is_a_new_visit(counter: VisitCounter) -> None:
    joins(counter, ANNA, 0.0)
    leaves(counter, ANNA, 60.0)
    assert joins(counter, ANNA, 61.0 + PAUSE_S).is_visit
    assert counter.visits == 2


def test_who_changes_to_another_access_point_has_not_come_anew(counter: VisitCounter) -> None:
    joins(counter, ANNA, 0.0)
    assert not joins(counter, ANNA, 3 * PAUSE_S).is_visit


def test_who_left_without_a_word_is_not_there_for_ever(counter: VisitCounter) -> None:
    joins(counter, ANNA, 0.0)
    assert joins(counter, ANNA, STAY_S + 1.0).is_visit


def test_a_renewed_lease_keeps_a_visit_and_begins_none(counter: VisitCounter) -> None:
    seen = Report(StationEvent.SEEN, ANNA)
    assert not counter.take(seen, 0.0).is_visit
    assert joins(counter, ANNA, 1.0).is_visit
    counter.take(seen, STAY_S)
    assert not joins(counter, ANNA, STAY_S + 60.0).is_visit


def test_who_leaves_without_having_come_is_no_visit(counter: VisitCounter) -> None:
    leaves(counter, ANNA, 0.0)
    assert counter.visits == 0


def test_a_new_day_counts_from_zero_and_calls_everybody_by_another_name(
    counter: VisitCounter,
) -> None:
    before = joins(counter, ANNA, 0.0)
    assert joins(counter, ANNA, 1.0).station == before.station
    counter.begin_day(TODAY, 2.0)
    assert counter.visits == 1, "that was no new day"
    counter.begin_day(TOMORROW, 60.0)
    assert counter.visits == 0
    after = joins(counter, ANNA, 120.0)
    assert not after.is_visit, "Anna came before midnight, and is still here"
    assert after.station != before.station


def test_what_stands_for_a_phone_is_another_one_in_another_lot() -> None:
    names = {joins(VisitCounter(PAUSE_S, TODAY), ANNA, 0.0).station for _ in range(2)}
    assert len(names) == 2
    assert not any(ANNA.hex() in name for name in names)


def test_whoever_is_gone_for_long_is_forgotten_with_the_day(counter: VisitCounter) -> None:
    joins(counter, ANNA, 0.0)
    joins(counter, BEN, STAY_S)
    counter.begin_day(TOMORROW, STAY_S + 1.0)
    assert len(counter) == 1


def test_a_crowd_does_not_fill_the_memory() -> None:
    counter = VisitCounter(PAUSE_S, TODAY, most=10)
    for number in range(100):
        joins(counter, number.to_bytes(6), float(number))
    assert (len(counter), counter.visits) == (10, 100)
    assert not joins(counter, (99).to_bytes(6), 101.0).is_visit


@given(
    st.lists(
        st.tuples(
            st.sampled_from(StationEvent), st.sampled_from([ANNA, BEN]), st.floats(0.0, PAUSE_S)
        )
    )
)
def test_there_are_never_more_visits_than_phones_when_nobody_pauses_for_long(
    reports: list[tuple[StationEvent, bytes, float]],
) -> None:
    counter, now_s = VisitCounter(2 * PAUSE_S * len(reports), TODAY), 0.0
    for event_type, who, wait_s in reports:
        now_s += wait_s if now_s + wait_s < STAY_S else 0.0
        counter.take(Report(event_type, who), now_s)
    came = {who for event_type, who, _ in reports if event_type is StationEvent.JOINED}
    assert counter.visits <= len(came)
