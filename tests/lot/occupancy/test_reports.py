"""Reports of sensors that others built: which of them count, and when."""

from math import inf
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.occupancy.filter import NEXT_GLIMPSE_S, OccupancyFilter
from custom_components.smart_parking.lot.occupancy.reports import (
    HELD_READINGS,
    MERGE_WINDOW_S,
    REPEAT_READINGS,
    STABLE_AFTER_S,
    DistanceReports,
    ReportOptions,
    Reports,
    StateReports,
    agree,
)
from tests.lot.story import FLOOR_M, ROOF_M, Heard, reading

LOST = Fault.NO_TARGET


class Sensor:
    """A sensor that speaks when it likes, and the time between."""

    def __init__(self, reports: Reports | None = None) -> None:
        self.reports = reports or DistanceReports("A1", ReportOptions())
        self.now = 1000.0
        self.counted: list[Reading] = []

    def say(self, *heard: Heard, every_s: float = 1.0) -> list[Reading]:
        """Report these, one after another, and return what came of it."""
        before = len(self.counted)
        for one in heard:
            self.counted += self.reports.report(reading(one, self.now))
            self.wait(every_s)
        return self.counted[before:]

    def wait(self, seconds: float) -> list[Reading]:
        """Run, and return what came of it."""
        before, until = len(self.counted), self.now + seconds
        while (due_at := self.reports.due_at) <= until:
            self.now = max(self.now, due_at)
            self.counted += self.reports.tick(self.now)
        self.now = until
        return self.counted[before:]


def said(readings: list[Reading]) -> set[float | Fault | bool | None]:
    """Return the different things that readings say."""
    return {
        one.occupied if one.occupied is not None else one.distance_m or one.fault
        for one in readings
    }


def test_a_report_counts_once() -> None:
    sensor = Sensor()

    assert said(sensor.say(FLOOR_M)) == {FLOOR_M}
    assert sensor.wait(STABLE_AFTER_S - 2) == []


def test_a_report_that_nothing_contradicts_counts_as_if_it_had_been_repeated() -> None:
    sensor = Sensor()
    sensor.say(FLOOR_M)

    told = sensor.wait(STABLE_AFTER_S)

    assert said(told) == {FLOOR_M}
    assert len(told) == REPEAT_READINGS


@pytest.mark.parametrize("period_s", [0.5, 1.0, 5.0, 60.0, 600.0])
def test_of_a_sensor_that_speaks_regularly_every_report_counts_once(period_s: float) -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 8, every_s=period_s)

    told = sensor.say(0.5, *[FLOOR_M] * 4, every_s=period_s)

    assert [one.distance_m for one in told] == [0.5, *[FLOOR_M] * 4]


def test_what_comes_off_the_beat_is_a_change_and_may_stand() -> None:
    """A heartbeat every hour, and a word in between when something changes."""
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 6, every_s=3600.0)
    sensor.say(FLOOR_M, every_s=600.0)

    sensor.say(ROOF_M)

    assert len(sensor.wait(29)) > REPEAT_READINGS


def test_who_misses_the_beat_after_an_odd_report_has_said_it_for_good() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 8, every_s=10.0)

    assert len(sensor.say(ROOF_M, every_s=15.0)) == 1
    assert len(sensor.wait(30)) >= REPEAT_READINGS


def test_what_a_sensor_holds_between_two_changes_counts_as_well() -> None:
    """It samples every half second, loses an echo now and then, and speaks only of changes."""
    sensor = Sensor()
    for _ in range(4):
        sensor.say(ROOF_M, every_s=4.0)
        sensor.say(LOST, every_s=0.5)

    roofs = [one for one in sensor.counted if one.distance_m == ROOF_M]
    lost = [one for one in sensor.counted if one.fault is LOST]
    assert len(lost) == 4
    assert len(roofs) > 3 * len(lost)


def test_reports_of_one_moment_count_as_one() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 64, every_s=1 / 16)

    assert len(sensor.counted) <= 4 / MERGE_WINDOW_S + 1


def test_the_last_word_of_a_moment_is_not_lost() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 20)

    sensor.say(FLOOR_M, FLOOR_M, FLOOR_M, ROOF_M, every_s=0.1)

    assert said(sensor.wait(29)[-10:]) == {ROOF_M}


def test_a_flood_of_reports_is_bounded() -> None:
    sensor = Sensor()

    sensor.say(*[FLOOR_M] * 1000, ROOF_M, every_s=0.0)

    assert len(sensor.counted) == 1
    assert said(sensor.wait(29)[-10:]) == {ROOF_M}


def test_two_words_that_always_take_turns_are_believed_neither() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 40)

    turns: list[Heard] = [0.05, LOST]
    told = sensor.say(*turns * 30)
    assert said(told[-20:]) == {Fault.CONTRADICTORY}

    assert said(sensor.say(*[FLOOR_M] * 20)[-10:]) == {FLOOR_M}


def test_an_alternation_may_end_in_silence() -> None:
    sensor = Sensor()
    turns: list[Heard] = [0.05, LOST]
    sensor.say(*turns * 30)

    sensor.say(0.05)

    assert said(sensor.wait(29)) == {0.05}


@given(st.integers(0, 1_000_000))
@settings(max_examples=20, derandomize=True)
def test_what_is_lost_by_chance_is_no_alternation(seed: int) -> None:
    chance = Random(seed)
    sensor = Sensor()

    told = sensor.say(*[LOST if chance.random() < 0.5 else 1.05 for _ in range(2000)])

    assert Fault.CONTRADICTORY not in said(told)


@given(st.integers(0, 1_000_000))
@settings(max_examples=20, derandomize=True)
def test_changes_alone_that_come_by_chance_are_no_alternation(seed: int) -> None:
    chance = Random(seed)
    sensor = Sensor()
    told: list[Reading] = []

    texts: list[Heard] = [LOST, 1.05]
    for word in texts * 1000:
        told += sensor.say(word, every_s=0.5)
        while chance.random() < 0.5:
            told += sensor.wait(0.5)

    assert Fault.CONTRADICTORY not in said(told)


def test_a_word_that_stands_is_told_again_ever_more_seldom() -> None:
    sensor = Sensor()
    sensor.say(ROOF_M)

    told = sensor.wait(7200)

    assert said(told) == {ROOF_M}
    assert len({round(one.at) for one in told}) < 7200
    assert told[-1].at > sensor.now - 61


def test_absence_counts_at_once_and_what_follows_begins_anew() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 10)

    assert said(sensor.say(Fault.UNAVAILABLE)) == {Fault.UNAVAILABLE}
    assert sensor.wait(30) == []
    assert said(sensor.say(FLOOR_M)) == {FLOOR_M}


def test_who_reports_equal_values_is_missed_when_silent() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M] * 10, every_s=10.0)

    told = sensor.wait(101)

    assert said(told) == {FLOOR_M, Fault.SILENT}
    assert sensor.reports.due_at == inf
    assert sensor.reports.tick(sensor.now + 1) == []


def test_who_swallows_equal_values_may_be_silent_for_ever() -> None:
    sensor = Sensor()
    sensor.say(*[FLOOR_M, FLOOR_M + 0.01] * 10, every_s=10.0)

    assert Fault.SILENT not in said(sensor.wait(86_400))


def test_a_sign_of_life_puts_silence_off_and_ends_it() -> None:
    sensor = Sensor(DistanceReports("A1", ReportOptions(silent_after_s=100.0)))
    sensor.say(FLOOR_M)
    sensor.wait(80)

    assert sensor.reports.alive(sensor.now) is False
    assert Fault.SILENT not in said(sensor.wait(80))
    assert Fault.SILENT in said(sensor.wait(80))
    assert sensor.reports.alive(sensor.now) is True


def test_a_sensor_that_has_not_reported_yet_is_not_alive() -> None:
    sensor = Sensor()

    assert sensor.reports.alive(5.0) is False
    assert sensor.reports.due_at == inf


def test_a_state_counts_once_it_has_stood() -> None:
    sensor = Sensor(StateReports("A1", ReportOptions()))

    assert sensor.say(True, every_s=0.9) == []
    assert said(sensor.wait(0.2)) == {True}
    assert sensor.say(False, every_s=3.9) == []
    sensor.say(True)
    assert said(sensor.counted) == {True}


def test_a_state_that_is_gone_begins_anew() -> None:
    sensor = Sensor(StateReports("A1", ReportOptions()))
    sensor.say(True)

    assert said(sensor.say(Fault.UNAVAILABLE)) == {Fault.UNAVAILABLE}
    assert sensor.say(True, every_s=0.5) == []


def test_states_that_change_too_often_are_flapping_until_they_stand() -> None:
    sensor = Sensor(StateReports("A1", ReportOptions()))

    told = sensor.say(*[True, False] * 20, every_s=3.0)

    assert Fault.FLAPPING in said(told)
    assert sensor.counted[-1].fault is Fault.FLAPPING
    assert said(sensor.wait(20)) == {False}


@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(0.1, 6.0), st.sampled_from([LOST, Fault.UNAVAILABLE])),
            st.floats(0.01, 400.0),
        ),
        max_size=40,
    )
)
def test_readings_come_in_order_and_in_number(reports: list[tuple[Heard, float]]) -> None:
    sensor = Sensor()
    for heard, gap_s in reports:
        at = sensor.now
        told = sensor.reports.report(reading(heard, at))
        assert len(told) <= 2 * (HELD_READINGS + REPEAT_READINGS + 2)
        sensor.counted += told
        sensor.wait(gap_s)

    times = [one.at for one in sensor.counted]
    assert times == sorted(times)


@given(st.floats(0.3, 1.9), st.sampled_from([0.5, 1.0, 2.0, 5.0, 60.0]), st.integers(4, 30))
def test_no_single_report_makes_or_frees_a_bay(odd_m: float, period_s: float, before: int) -> None:
    for usual in (FLOOR_M, 1.0):
        if agree(reading(odd_m, 0.0), reading(usual, 0.0)):
            continue
        bay, sensor = OccupancyFilter(FLOOR_M), Sensor()
        states = []
        odd = odd_m if usual == FLOOR_M else FLOOR_M
        for heard in [usual] * before + [odd] + [usual] * 5:
            for one in sensor.say(heard, every_s=period_s):
                bay.update(one)
            states.append(bay.occupied)
        assert set(states[before - 1 :]) == {usual != FLOOR_M}


@given(st.floats(0.5, 1.9), st.floats(3.0, 120.0), st.integers(4, 30))
def test_two_reports_of_a_slow_sensor_that_agree_decide(
    roof_m: float, period_s: float, before: int
) -> None:
    bay, sensor = OccupancyFilter(FLOOR_M), Sensor()

    def states(*heard: Heard) -> list[bool | None]:
        """Return what is believed after each report."""
        found = []
        for one in heard:
            for counted in sensor.say(one, every_s=period_s):
                bay.update(counted)
            found.append(bay.occupied)
        return found

    states(*[FLOOR_M] * before)
    assert states(roof_m, roof_m + 0.01) == [False, True]
    states(*[roof_m] * before)
    first, second, *_, last = states(*[FLOOR_M] * 4)
    # A gap beside a vehicle shows the floor for some seconds on end.
    assert (first, second, last) == (True, period_s < NEXT_GLIMPSE_S, False)


def test_two_stray_reports_of_a_slow_sensor_make_no_car() -> None:
    bay, sensor = OccupancyFilter(FLOOR_M), Sensor()
    for one in sensor.say(*[FLOOR_M] * 20, 0.8, 1.6, *[FLOOR_M] * 5, every_s=10.0):
        bay.update(one)
        assert bay.occupied is not True
