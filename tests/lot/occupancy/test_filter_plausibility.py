"""What cannot be believed names itself, and what is named stays so until it makes sense again."""

import random

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import OUT_OF_REACH, Fault, Reading
from custom_components.smart_parking.lot.occupancy.filter import OccupancyFilter
from custom_components.smart_parking.lot.occupancy.steadiness import FlapDetector
from tests.lot.story import FLOOR_M, LOST, ROOF_M, Story, occupied_bay, vacant_bay

anything = st.floats(0.03, 6.0)


@pytest.mark.parametrize("beyond_m", [2.9, 3.3, 4.5, 8.0, 49.0])
def test_beyond_the_floor_is_not_empty(beyond_m: float) -> None:
    story = vacant_bay()

    story.stay(beyond_m, 10)
    assert story.believed() == (False, None)
    story.stay(beyond_m, 1)
    assert story.believed() == (None, Fault.MISCALIBRATED)
    assert story.bay.steady_m == pytest.approx(beyond_m)


@pytest.mark.parametrize("between_m", [2.1, 2.15])
def test_what_is_lower_than_any_vehicle_is_none(between_m: float) -> None:
    story = vacant_bay()

    story.stay(between_m, 15)

    assert story.believed() == (None, Fault.MISCALIBRATED)


def test_beyond_the_floor_and_never_the_same() -> None:
    story = vacant_bay()

    for number in range(60):
        story.sweep(3.0 + 0.3 * (number // 3 % 5))

    assert story.believed() == (None, Fault.FLOOR_NOT_SEEN)


def test_a_car_under_which_the_floor_never_shows_is_believed_for_an_hour() -> None:
    story = occupied_bay()

    story.stay(3.3, 3600)
    assert story.believed() == (True, None)
    story.stay(3.3, 1)
    assert story.believed() == (None, Fault.MISCALIBRATED)


def test_without_an_empty_distance_nothing_is_ever_known() -> None:
    story = Story(empty_m=None)

    assert set(story.sweep(*[2.31] * 200, *[1.0] * 200, *[LOST] * 200)) == {None}


@pytest.mark.parametrize("story", [vacant_bay(), occupied_bay()], ids=["vacant", "occupied"])
@pytest.mark.parametrize("seed", range(5))
def test_a_sensor_that_hears_only_noise_is_named_within_a_minute(story: Story, seed: int) -> None:
    chance = random.Random(seed)
    noise = [chance.uniform(0.3, 2.4) for _ in range(120)]
    story.sweep(*noise)
    assert story.believed() == (None, Fault.NOISE)

    states = story.sweep(*[chance.uniform(0.3, 2.4) for _ in range(7200)])
    assert set(states) == {None}

    story.stay(FLOOR_M, 30)
    assert story.believed() == (False, None)


def test_noise_around_a_middle_is_noise_too() -> None:
    """As recorded: at a standstill, one reading in ten lies within 4 cm of the median."""
    chance = random.Random(3)
    story = vacant_bay()

    story.sweep(*[min(2.4, max(0.2, chance.gauss(1.2, 0.32))) for _ in range(120)])

    assert story.believed() == (None, Fault.NOISE)


def test_a_vehicle_and_an_echo_from_beyond_the_floor_by_turns_are_neither() -> None:
    story = vacant_bay()

    for _ in range(60):
        story.sweep(0.75, 3.9)
    assert story.believed() == (None, Fault.CONTRADICTORY)
    for _ in range(3600):
        assert story.sweep(0.75, 3.9) == [None, None]


def test_a_bay_that_is_never_decided_is_contradictory() -> None:
    for story in (Story(), vacant_bay()):
        for _ in range(40):
            story.sweep(ROOF_M, FLOOR_M)

        assert story.believed() == (None, Fault.CONTRADICTORY)


def test_nearer_than_the_sensor_can_measure_is_no_vehicle() -> None:
    story = vacant_bay()

    story.stay(Fault.TOO_NEAR, 11)

    assert story.believed() == (None, Fault.TOO_NEAR)


def test_a_bay_that_changes_too_often_is_flapping_until_it_is_calm() -> None:
    story = vacant_bay()
    for _ in range(20):
        story.stay(ROOF_M, 10)
        story.stay(FLOOR_M, 10)
    assert story.believed() == (None, Fault.FLAPPING)

    story.stay(FLOOR_M, 120)
    assert story.believed() == (False, None)


def test_a_second_surface_is_learnt_when_the_floor_comes_back_from_it() -> None:
    story = vacant_bay()
    story.stay(3.1, 30)
    assert story.believed() == (None, Fault.MISCALIBRATED)
    story.stay(FLOOR_M, 5)
    assert story.bay.far_m == pytest.approx(3.1)

    for _ in range(20):
        story.stay(3.1, 40)
        assert story.believed() == (False, None)
        story.stay(FLOOR_M, 40)
        assert story.believed() == (False, None)
    story.stay(ROOF_M, 3)
    assert story.believed() == (True, None)


def test_nothing_is_learnt_of_a_distance_beside_which_a_vehicle_was_heard() -> None:
    story = vacant_bay()
    story.sweep(1.6, 1.5)
    story.stay(3.1, 30)
    story.sweep(1.6, 1.5)
    story.stay(FLOOR_M, 5)

    assert story.bay.far_m is None


def test_what_somebody_sees_to_be_a_vehicle_is_one_while_it_stays() -> None:
    story = vacant_bay()
    story.stay(3.3, 60)

    story.bay.confirm_vehicle()

    assert story.believed() == (True, None)
    assert set(story.sweep(*[3.3, 3.31, 3.29] * 100)) == {True}
    story.stay(FLOOR_M, 3)
    assert story.believed() == (False, None)


@given(st.lists(anything, max_size=3), st.booleans(), st.floats(0.0, 7200.0))
def test_one_moment_decides_nothing_whatever_it_holds(
    heard: list[float], taken: bool, rest_s: float
) -> None:
    """However often a bay is asked within a moment, and however long nothing was heard before."""
    story = occupied_bay() if taken else vacant_bay()
    story.now += rest_s
    for distance_m in heard:
        story.now += 0.07
        story.bay.update(Reading("A1", story.now, distance_m))

    assert story.believed() == (taken, None)


@given(st.lists(st.one_of(anything, st.just(LOST)), max_size=60))
def test_two_decisions_are_never_one_reading_apart(heard: list[float | Fault]) -> None:
    states = Story().sweep(*heard)
    for before, now, after in zip(states, states[1:], states[2:], strict=False):
        # Freed or taken, a bay is not the opposite again with the next reading.
        assert (before, now, after) not in [(True, False, True), (False, True, False)]


@given(st.lists(st.one_of(anything, st.just(LOST)), min_size=1, max_size=60))
def test_a_bay_is_vacant_only_where_the_floor_was_seen(heard: list[float | Fault]) -> None:
    story = Story()
    for one in heard:
        (state,) = story.sweep(one)
        if state is False:
            floor = [h for h in heard if isinstance(h, float) and abs(h - FLOOR_M) <= 0.3]
            assert len(floor) >= 2


@pytest.mark.parametrize(
    ("heard", "doubts"),
    [
        ([FLOOR_M], False),
        ([ROOF_M], False),
        ([LOST], True),
        ([LOST, LOST, LOST], False),
        ([Fault.NO_RESPONSE], True),
    ],
)
def test_another_reading_helps_where_one_was_lost(
    heard: list[float | Fault], *, doubts: bool
) -> None:
    story = vacant_bay()
    story.sweep(*heard)
    assert story.bay.in_doubt is doubts


def test_another_reading_helps_where_a_vehicle_seems_to_be_gone() -> None:
    story = occupied_bay()
    doubts = [story.bay.in_doubt]
    story.sweep(FLOOR_M)
    doubts.append(story.bay.in_doubt)
    assert doubts == [False, True]
    silent = OccupancyFilter(OUT_OF_REACH)
    assert silent.update(Reading("A1", 1.0, fault=LOST)) is False


def test_flapping_is_over_sooner_after_quick_changes() -> None:
    quick, slow = FlapDetector(4), FlapDetector(4)
    for number in range(4):
        quick.change(float(number))
        slow.change(100.0 * number)

    assert quick.is_flapping(12.9)
    assert not quick.is_flapping(13.1)
    assert slow.is_flapping(700.0)
    assert not slow.is_flapping(801.0)
