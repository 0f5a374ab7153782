"""The floor seems to move with the air and with dirt, and the bay follows it."""

from math import cos, pi

from hypothesis import given, settings, strategies as st
import pytest

from tests.lot.story import FLOOR_M, ROOF_M, Story, vacant_bay

# From 20 °C to -10 and +40 °C, 2.5 m seem 14 cm more and 8 cm less; 17 cm is on the safe side.
AIR_M = 0.17


@given(st.floats(-AIR_M, AIR_M))
def test_no_weather_makes_an_empty_bay_occupied(moved_m: float) -> None:
    story = Story()

    assert True not in story.sweep(*[FLOOR_M + moved_m] * 100)
    assert story.believed() == (False, None)


@given(st.floats(-AIR_M, AIR_M))
def test_a_car_that_leaves_in_other_weather_is_seen_to_leave(moved_m: float) -> None:
    story = vacant_bay()
    story.stay(ROOF_M, 60)

    story.stay(FLOOR_M + moved_m, 3)

    assert story.believed() == (False, None)


@settings(max_examples=5)
@given(st.floats(-AIR_M, AIR_M))
def test_the_floor_is_followed_within_an_hour(moved_m: float) -> None:
    story = vacant_bay()

    story.stay(FLOOR_M + moved_m, 3600)

    assert story.bay.empty_m == pytest.approx(FLOOR_M + moved_m, abs=0.005)


def test_a_hot_day_is_followed_and_cars_are_seen_all_along() -> None:
    story = vacant_bay()
    for hour in range(24):
        seems = 1.0 + 0.06 * cos(2.0 * pi * hour / 24.0)
        story.stay(FLOOR_M * seems, 1800)
        assert story.believed() == (False, None)
        story.stay(ROOF_M * seems, 1800)
        assert story.believed() == (True, None)


@pytest.mark.parametrize("step_m", [-0.002, 0.002])
def test_the_floor_is_not_followed_without_end(step_m: float) -> None:
    """Something that grows under the sensor is at last no floor any more."""
    story = vacant_bay()
    for number in range(400):
        story.stay(FLOOR_M + number * step_m, 60)

    assert story.bay.empty_m == pytest.approx(FLOOR_M, abs=0.30)


def test_readings_far_from_the_floor_do_not_move_it() -> None:
    story = vacant_bay()

    for _ in range(200):
        story.sweep(FLOOR_M, FLOOR_M, FLOOR_M + 0.4)

    assert story.bay.empty_m == FLOOR_M


def test_a_calibrated_bay_takes_its_new_floor_for_empty() -> None:
    story = Story()
    story.stay(2.0, 10)
    assert story.believed() == (True, None)

    story.bay.calibrate(2.0)
    story.stay(2.0, 2)

    assert story.believed() == (False, None)
