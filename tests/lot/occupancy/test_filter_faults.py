"""A bay that cannot be measured is unknown, with the reason, and never vacant without readings."""

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import OUT_OF_REACH, Fault, Reading
from tests.lot.story import FLOOR_M, LOST, ROOF_M, Story, occupied_bay, vacant_bay

PASSING = [Fault.NO_RESPONSE, Fault.STUCK_HIGH, Fault.GLITCH]
CERTAIN = [Fault.LINE_LOST, Fault.SILENT, Fault.UNAVAILABLE, Fault.IMPLAUSIBLE]


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_in_three_sweeps_makes_a_bay_unknown(fault: Fault) -> None:
    for story in (vacant_bay(), occupied_bay()):
        before = story.bay.occupied

        assert story.sweep(fault, fault, fault) == [before, before, None]
        assert story.bay.fault is fault
        assert story.bay.confidence == 0.0


@pytest.mark.parametrize("fault", PASSING)
def test_a_good_reading_between_faults_keeps_a_bay_known(fault: Fault) -> None:
    story = occupied_bay()

    assert None not in story.sweep(*(fault, fault, ROOF_M) * 20)


@pytest.mark.parametrize("fault", CERTAIN)
def test_what_is_certain_is_believed_at_once(fault: Fault) -> None:
    story = vacant_bay()

    assert story.sweep(fault) == [None]
    assert story.bay.fault is fault


def test_a_reading_that_says_nothing_is_implausible() -> None:
    story = vacant_bay()

    story.bay.update(Reading("A1", 100.0))

    assert story.bay.fault is Fault.IMPLAUSIBLE


@given(st.sampled_from([*PASSING, *CERTAIN]), st.floats(0.02, 4.0))
def test_one_reading_starts_the_recovery_and_two_finish_it(fault: Fault, first_m: float) -> None:
    for seen, occupied in ((FLOOR_M, False), (ROOF_M, True)):
        story = vacant_bay()
        story.stay(fault, 30)

        assert story.sweep(first_m) == [None]
        assert story.bay.fault is fault
        assert story.sweep(seen, seen, seen)[-1] is occupied
        assert story.believed() == (occupied, None)
        again = vacant_bay()
        again.stay(fault, 30)
        assert again.sweep(seen, seen) == [None, occupied]


def test_a_new_bay_is_unknown_until_it_is_measured() -> None:
    story = Story()

    assert story.believed() == (None, Fault.NO_READING)
    assert story.sweep(FLOOR_M, FLOOR_M) == [None, False]


def test_a_vacant_bay_whose_floor_falls_silent_is_unknown_after_ten_seconds() -> None:
    story = vacant_bay()

    story.stay(LOST, 10)
    assert story.believed() == (False, None)
    story.sweep(LOST)

    assert story.believed() == (None, LOST)
    assert story.sweep(FLOOR_M, FLOOR_M)[-1] is False


@pytest.mark.parametrize("first", [LOST, 1.0, 3.9])
def test_a_floor_that_was_never_heard_makes_no_car(first: float | Fault) -> None:
    story = Story()

    story.sweep(first)
    for _ in range(100):
        assert story.sweep(LOST) == [None]
    assert story.bay.fault is LOST


def test_a_sensor_that_cannot_see_the_floor_takes_silence_for_an_empty_bay() -> None:
    story = Story(empty_m=OUT_OF_REACH)

    assert story.sweep(LOST, LOST)[-1] is False
    story.stay(LOST, 3600)
    assert story.believed() == (False, None)
    assert story.sweep(*[ROOF_M] * 4)[-1] is True
    assert story.sweep(LOST, ROOF_M, LOST, LOST, ROOF_M) == [True] * 5
    story.stay(LOST, 4)
    assert story.believed() == (False, None)


def test_a_sensor_that_cannot_see_the_floor_does_not_take_glass_for_an_empty_bay() -> None:
    story = Story(empty_m=OUT_OF_REACH)
    story.stay(ROOF_M, 10)
    for _ in range(100):
        story.sweep(ROOF_M, LOST)

    assert story.sweep(LOST, LOST, LOST, ROOF_M) == [True] * 4


def test_after_a_restart_a_car_is_still_there_until_readings_say_otherwise() -> None:
    story = Story(was_occupied=True)

    assert story.believed() == (True, None)
    assert story.sweep(FLOOR_M) == [True]
    assert story.sweep(*[FLOOR_M] * 4)[-1] is False


def test_after_a_restart_a_bay_that_was_vacant_is_unknown() -> None:
    story = Story(was_occupied=False)

    assert story.believed() == (None, Fault.NO_READING)
