"""When a bay is likely, from how long others have stayed and who stands there now."""

from math import inf

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.analytics.forecast import (
    Departures,
    Standing,
    StaySpan,
    learn_departures,
)
from custom_components.smart_parking.lot.analytics.forecast.departures import (
    LEAST_LEFT,
    MOST_WAIT_S,
)


def shoppers(count: int = 200, kind: str = "standard", hour: int = 10) -> list[StaySpan]:
    """Return vehicles that stay for a quarter of an hour to an hour, all as likely."""
    return [
        StaySpan(kind, hour, 900.0 + 2_700.0 * number / count, has_left=True)
        for number in range(count)
    ]


def wait_of(departures: Departures, standing: list[Standing], bays: int = 1) -> float | None:
    """Return in how many seconds so many bays are likely."""
    outflow = departures.get_outflow(standing)
    return None if outflow is None else outflow.get_wait_s(bays)


def test_a_bay_is_likely_when_half_of_such_vehicles_will_have_left() -> None:
    departures = learn_departures(shoppers())

    # Of those that stand for half an hour, two thirds are left; half of them leave within 15 min.
    wait_s = wait_of(departures, [Standing("standard", 10, 1_800.0)])
    assert wait_s == pytest.approx(900.0, abs=130.0)
    # Who has just come stays for a quarter of an hour at least.
    fresh = wait_of(departures, [Standing("standard", 10, 0.0)])
    assert fresh == pytest.approx(2_250.0, abs=130.0)


def test_of_many_vehicles_one_leaves_soon_and_several_take_longer() -> None:
    departures = learn_departures(shoppers())
    many = [Standing("standard", 10, 1_800.0)] * 20

    waits = [wait_of(departures, many, bays) for bays in (1, 5, 10)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert len(known) == 3
    assert known[0] < 120.0
    assert known[2] == pytest.approx(900.0, abs=200.0)
    assert wait_of(departures, many, 30) is None


def test_kinds_and_times_of_day_are_told_apart_as_far_as_they_are_known() -> None:
    workers = [StaySpan("standard", 6, 28_800.0 + 30.0 * n, has_left=True) for n in range(100)]
    departures = learn_departures([*shoppers(), *workers])

    def wait(kind: str, hour: int) -> float | None:
        return wait_of(departures, [Standing(kind, hour, 3_000.0)])

    shopper = wait("standard", 10)
    assert shopper is not None
    assert shopper < 600.0
    assert wait("standard", 6) is None
    # Of other kinds nothing is known: they stay as everybody does at that time.
    assert wait("ev", 10) == shopper


def test_vehicles_that_have_not_left_count_for_as_long_as_they_have_stood() -> None:
    residents = [StaySpan("standard", 10, 7_200.0, has_left=False) for _ in range(200)]
    fresh = [Standing("standard", 10, 0.0)]

    alone = wait_of(learn_departures(shoppers()), fresh)
    among = wait_of(learn_departures([*shoppers(), *residents]), fresh)
    assert alone is not None
    assert among is None or among > alone


def test_nothing_is_said_where_too_little_is_known() -> None:
    few = learn_departures(shoppers(LEAST_LEFT - 1))
    assert few == Departures({})
    departures = learn_departures(shoppers())
    one = Standing("standard", 10, 1_800.0)
    unsure = Standing("standard", 10, inf)

    assert wait_of(few, [one]) is None
    assert wait_of(departures, []) is None
    assert wait_of(departures, [one], 0) is None
    assert wait_of(departures, [unsure]) is None
    assert wait_of(departures, [one, unsure, unsure]) is None
    assert wait_of(departures, [one, unsure]) == wait_of(departures, [one])
    # Nobody has stayed for so long.
    assert wait_of(departures, [Standing("standard", 10, 20_000.0)]) is None


stays = st.lists(
    st.tuples(st.floats(0.0, 90_000.0), st.booleans()), min_size=LEAST_LEFT, max_size=150
)
standing = st.lists(st.floats(0.0, 90_000.0), min_size=1, max_size=30)


@given(stays=stays, ages=standing, bays=st.integers(1, 5))
def test_more_bays_never_come_sooner_and_more_vehicles_never_later(
    stays: list[tuple[float, bool]], ages: list[float], bays: int
) -> None:
    departures = learn_departures(StaySpan("standard", 9, *stay) for stay in stays)
    cars = [Standing("standard", 9, age) for age in ages]

    wait = wait_of(departures, cars, bays)
    later = wait_of(departures, cars, bays + 1)
    assert wait is None or 0.0 <= wait <= MOST_WAIT_S
    if later is not None and bays > 1:
        assert wait is not None
        assert wait <= later + 1e-6
    doubled = wait_of(departures, cars * 2, bays)
    if wait is not None:
        assert doubled is not None
        assert doubled <= wait + 1e-6
