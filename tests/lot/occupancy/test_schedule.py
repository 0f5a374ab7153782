"""Bays are called when their reports are due, and no sooner."""

from math import inf
from typing import override

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.reports import ReportOptions, Span, StateReports
from custom_components.smart_parking.lot.occupancy.schedule import ReportSchedule

BAYS = ("A1", "A2", "A3")


class Due(StateReports):
    """Reports that are due when a test says so."""

    def __init__(self, bay_id: str) -> None:
        super().__init__(bay_id, ReportOptions())
        self.wanted_at = inf

    @property
    @override
    def due_at(self) -> float:
        return self.wanted_at

    @override
    def tick(self, now: float) -> list[Reading]:
        if now < self.wanted_at:
            return []
        self.wanted_at = inf
        return [Reading(self.bay_id, now, occupied=True)]


@given(st.lists(st.tuples(st.sampled_from(BAYS), st.floats(0.0, 100.0)), max_size=20))
def test_each_bay_is_called_once_and_at_the_time_it_was_last_due(
    wanted: list[tuple[str, float]],
) -> None:
    reports = {bay_id: Due(bay_id) for bay_id in BAYS}
    schedule = ReportSchedule(reports)
    for bay_id, due_at in wanted:
        reports[bay_id].wanted_at = due_at
        schedule.schedule(bay_id)

    called = {}
    while (due_at := schedule.due_at) < inf:
        for reading in schedule.tick(due_at):
            assert reading.bay_id not in called
            called[reading.bay_id] = due_at
    assert called == dict(wanted)


def test_a_bay_whose_reports_were_replaced_is_called_by_the_new_ones() -> None:
    reports = {"A1": Due("A1")}
    schedule = ReportSchedule(reports)
    reports["A1"].wanted_at = 5.0
    schedule.schedule("A1")
    reports["A1"] = Due("A1")
    assert schedule.due_at == inf
    assert schedule.tick(10.0) == []


@pytest.mark.parametrize(
    ("distance_m", "says"),
    [
        (0.02, Fault.TOO_NEAR),
        (0.03, 0.03),
        (6.0, 6.0),
        (6.01, Fault.NO_TARGET),
        (inf, Fault.NO_TARGET),
    ],
)
def test_a_distance_is_one_only_within_the_span(distance_m: float, says: float | Fault) -> None:
    reading = Span(0.02, 6.0).reading_of("A1", 1.0, distance_m)
    assert (reading.distance_m or reading.fault) == says
