"""A bay's belief, as the story of a car."""

from hypothesis import assume, given, strategies as st
import pytest

from tests.lot.story import FLOOR_M, HEAD_M, LOST, ROOF_M, Heard, Story, occupied_bay, vacant_bay

noise = st.floats(-0.008, 0.008)
roofs = st.floats(0.4, 1.9)
heads = st.floats(0.5, 1.1)
anything = st.floats(0.02, 4.0)


@given(roofs, st.lists(noise, min_size=4, max_size=4))
def test_a_car_is_seen_within_two_seconds_of_standing_still(
    roof_m: float, errors: list[float]
) -> None:
    story = vacant_bay()

    story.sweep(*[roof_m + error for error in errors])

    assert story.believed() == (True, None)


@given(st.lists(st.one_of(heads, st.just(LOST)), max_size=3))
def test_a_pedestrian_is_no_car(heard: list[Heard]) -> None:
    story = vacant_bay()

    states = story.sweep(*heard, *[FLOOR_M] * 4)

    assert True not in states


@given(heads, st.integers(1, 3), anything, st.booleans())
def test_a_stray_reading_makes_no_car_of_a_pedestrian_who_stands_still(
    head_m: float, sweeps: int, stray_m: float, before: bool
) -> None:
    assume(abs(stray_m - head_m) > 0.08)
    story = vacant_bay()
    person = [head_m] * sweeps

    states = story.sweep(*([stray_m, *person] if before else [*person, stray_m]), FLOOR_M, FLOOR_M)

    assert True not in states


def test_a_car_is_seen_while_it_rolls_in_over_its_bonnet_and_windscreen() -> None:
    story = vacant_bay()

    assert story.sweep(1.65, 1.50, LOST, LOST, 1.05, 1.05)[-1] is True


@given(roofs, st.lists(noise, min_size=4, max_size=4))
def test_leaving_is_seen_within_two_seconds(roof_m: float, errors: list[float]) -> None:
    story = occupied_bay(roof_m)

    story.sweep(*[FLOOR_M + error for error in errors])

    assert story.believed() == (False, None)


def test_a_car_that_is_seen_to_move_is_gone_after_two_readings_of_the_floor() -> None:
    story = occupied_bay()

    assert story.sweep(1.2, 1.6, FLOOR_M, FLOOR_M) == [True, True, True, False]


def test_a_car_that_stood_still_is_not_gone_after_two_readings_of_the_floor() -> None:
    story = occupied_bay()

    assert story.sweep(FLOOR_M, FLOOR_M, ROOF_M) == [True, True, True]


@given(st.one_of(anything, st.just(LOST)))
def test_one_odd_reading_never_flips_a_bay(odd: Heard) -> None:
    empty, taken = vacant_bay(), occupied_bay()

    assert empty.sweep(odd, FLOOR_M) == [False, False]
    assert taken.sweep(odd, ROOF_M) == [True, True]


@given(st.lists(st.one_of(anything, st.just(LOST)), max_size=40))
def test_nothing_matters_once_the_sensor_sees_clearly_again(heard: list[Heard]) -> None:
    story = vacant_bay()
    story.sweep(*heard)
    story.stay(FLOOR_M, 4)
    assert story.believed() == (False, None)
    story.stay(ROOF_M, 4)
    assert story.believed() == (True, None)


def test_a_motorcycle_stays_though_the_floor_shows_beside_it() -> None:
    story = occupied_bay(1.6)

    for _ in range(60):
        story.sweep(*[1.6] * 9, FLOOR_M)
    states = story.sweep(FLOOR_M, FLOOR_M, FLOOR_M, 1.6)

    assert False not in states
    story.stay(FLOOR_M, 10)
    assert story.believed() == (False, None)


def test_what_was_learnt_of_a_motorcycle_is_not_held_against_the_next_car() -> None:
    story = occupied_bay(1.6)
    for _ in range(20):
        story.sweep(*[1.6] * 4, FLOOR_M)
    story.stay(FLOOR_M, 10)
    story.stay(ROOF_M, 300)

    story.stay(FLOOR_M, 2)

    assert story.believed() == (False, None)


def test_a_car_with_its_windscreen_under_the_sensor_stays_for_an_hour_without_an_echo() -> None:
    story = occupied_bay()

    story.stay(LOST, 3600)
    assert story.believed() == (True, None)
    story.sweep(LOST)

    assert story.believed() == (None, LOST)


def test_one_echo_now_and_then_is_enough_for_a_car_under_glass() -> None:
    story = occupied_bay()

    for _ in range(5):
        story.stay(LOST, 3000)
        assert story.sweep(ROOF_M) == [True]


@pytest.mark.parametrize("told", [True, False])
def test_a_state_from_a_source_that_knows_decides_at_once(told: bool) -> None:
    story = occupied_bay() if not told else vacant_bay()

    assert story.sweep(told) == [told]


def test_an_hour_without_a_reading_makes_two_readings_enough() -> None:
    story = vacant_bay()
    story.now += 4 * 3600

    assert story.sweep(ROOF_M, ROOF_M)[-1] is True


@given(st.lists(st.one_of(anything, st.just(LOST), st.booleans()), max_size=30))
def test_confidence_is_a_probability_of_being_right(heard: list[Heard]) -> None:
    story = Story()
    for one in heard:
        (state,) = story.sweep(one)
        known = state is not None
        assert 0.5 <= story.bay.confidence <= 1.0 if known else story.bay.confidence == 0.0


@given(st.lists(st.one_of(anything, st.just(LOST)), max_size=30))
def test_what_agrees_with_a_belief_never_weakens_it(heard: list[Heard]) -> None:
    empty, taken = vacant_bay(), occupied_bay()
    for story, seen in ((empty, FLOOR_M), (taken, ROOF_M)):
        before = story.bay.occupied
        story.sweep(*heard, seen)
        if story.bay.occupied is before:
            confidence = story.bay.confidence
            story.sweep(seen)
            assert story.bay.confidence >= confidence


def test_confidence_falls_when_readings_contradict_the_state() -> None:
    story = vacant_bay()
    sure = story.bay.confidence

    story.sweep(HEAD_M, HEAD_M)

    assert story.believed() == (False, None)
    assert story.bay.confidence < sure


def test_the_newest_distance_is_told() -> None:
    story = vacant_bay()

    story.sweep(1.23)
    assert story.bay.distance_m == 1.23
    story.sweep(LOST)
    assert story.bay.distance_m is None
