"""Sound, and what temperature does to it."""

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import (
    COLDEST_C,
    WARMEST_C,
    distance_m,
    echo_ns,
    speed_of_sound,
)

OUTDOORS = st.floats(COLDEST_C, WARMEST_C)
WITHIN_REACH = st.floats(0.02, 4.5)


@pytest.mark.parametrize(
    ("temperature_c", "speed_m_s"),
    [(-40, 306.0), (-20, 318.9), (0, 331.3), (20, 343.2), (40, 354.7)],
)
def test_speed_agrees_with_published_tables(temperature_c: float, speed_m_s: float) -> None:
    assert speed_of_sound(temperature_c) == pytest.approx(speed_m_s, abs=0.3)


@given(OUTDOORS, OUTDOORS)
def test_sound_is_faster_in_warmer_air(one_c: float, other_c: float) -> None:
    colder, warmer = sorted((one_c, other_c))
    assert speed_of_sound(colder) <= speed_of_sound(warmer)


@given(WITHIN_REACH, OUTDOORS)
def test_an_echo_tells_the_distance_it_was_made_from(metres: float, temperature_c: float) -> None:
    speed = speed_of_sound(temperature_c)
    assert distance_m(echo_ns(metres, speed), speed) == pytest.approx(metres, abs=1e-6)


def test_a_degree_is_four_millimetres_at_a_ceiling() -> None:
    echo = echo_ns(2.5, speed_of_sound(20.0))
    assert distance_m(echo, speed_of_sound(21.0)) - 2.5 == pytest.approx(0.004, abs=0.0005)
