"""How long a sensor may be silent that sends signs of life."""

from math import inf

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.heartbeats import (
    GAPS,
    REPEATS_NEEDED,
    SILENT_BEATS,
    SILENT_MIN_S,
    SILENT_REPEATS,
    BeatingDistanceReports,
    BeatingStateReports,
    Heartbeat,
)
from custom_components.smart_parking.lot.occupancy.reports import ReportOptions


def beating(*at: float) -> Heartbeat:
    heartbeat = Heartbeat()
    for one in at:
        heartbeat.beat(one)
    return heartbeat


@pytest.mark.parametrize(
    ("at", "timeout_s"),
    [
        ((), inf),
        ((0.0, 3600.0), inf),
        ((0.0, 3600.0, 7200.0), 3 * 3600.0),
        ((0.0, 3600.0, 10_800.0), 3 * 7200.0),
        ((0.0, 3600.0, 50_000.0), inf),
        ((0.0, 10.0, 20.0), SILENT_MIN_S),
        # Some messages come as two or three.
        ((0.0, 0.5, 1.0, 300.0, 300.5, 600.0), 3 * 300.0),
    ],
)
def test_the_timeout_is_learnt(at: tuple[float, ...], timeout_s: float) -> None:
    assert beating(*at).timeout_s == timeout_s


def test_who_was_gone_begins_anew() -> None:
    heartbeat = beating(0.0, 100.0, 200.0)
    heartbeat.clear()
    heartbeat.beat(5000.0)
    heartbeat.beat(5100.0)
    assert heartbeat.timeout_s == inf


@given(st.lists(st.floats(5.0, 1e6), min_size=2, max_size=20))
def test_nobody_is_silent_before_three_of_the_longest_pauses(gaps: list[float]) -> None:
    at = [0.0]
    for gap in gaps:
        at.append(at[-1] + gap)
    assert beating(*at).timeout_s >= SILENT_BEATS * max(gaps[-GAPS:]) * 0.999


def test_a_state_that_is_said_again_and_again_is_a_sign_of_life_too() -> None:
    heartbeat = Heartbeat()
    heartbeat.add(0.0, is_new=True)
    for number in range(1, REPEATS_NEEDED + 1):
        assert heartbeat.timeout_s == inf
        heartbeat.add(100.0 * number, is_new=False)
    assert heartbeat.timeout_s == SILENT_REPEATS * 100.0
    # A change comes at any time, and the next pause is measured from there.
    heartbeat.add(430.0, is_new=True)
    heartbeat.add(530.0, is_new=False)
    assert heartbeat.timeout_s == SILENT_REPEATS * 100.0
    heartbeat.add(1000.0, is_new=False)
    assert heartbeat.timeout_s == inf


def test_a_state_is_silent_after_its_heartbeat() -> None:
    heartbeat = beating(0.0, 100.0, 200.0)
    reports = BeatingStateReports("a", ReportOptions(on_after_s=0.0), heartbeat)
    assert reports.report(Reading("a", 200.0, occupied=True))
    assert reports.due_at == 500.0
    assert reports.tick(499.0) == []
    assert reports.tick(500.0) == [Reading("a", 500.0, fault=Fault.SILENT)]
    assert reports.alive(510.0)


def test_what_the_owner_says_goes_before_the_heartbeat() -> None:
    heartbeat = beating(0.0, 100.0, 200.0)
    reports = BeatingStateReports("a", ReportOptions(silent_after_s=50.0), heartbeat)
    reports.report(Reading("a", 200.0, occupied=False))
    assert reports.tick(250.0) == [Reading("a", 250.0, fault=Fault.SILENT)]


def test_a_distance_is_silent_after_whichever_is_shorter() -> None:
    heartbeat = beating(0.0, 100.0, 200.0)
    reports = BeatingDistanceReports("a", ReportOptions(), heartbeat)
    reports.report(Reading("a", 200.0, distance_m=1.0))
    assert Fault.SILENT not in [one.fault for one in reports.tick(499.0)]
    assert [one.fault for one in reports.tick(500.0)] == [Fault.SILENT]
