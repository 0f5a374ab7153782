"""Laws of forecasts: the future changes none, and none says what cannot be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.smart_parking.lot.analytics.forecast import (
    Counts,
    Expectation,
    ForecastModel,
    ForecastOptions,
    get_free_again_at,
    get_full_at,
    learn,
)
from custom_components.smart_parking.lot.analytics.forecast.boosting import BoostingOptions
from custom_components.smart_parking.lot.analytics.forecast.steps import SPECIAL, Steps

STEP_S = 1_800
ZONE = ZoneInfo("Europe/Berlin")
CAPACITY = 20.0
HORIZONS = (30, 60, 120, 240, 1440)
ALL_AHEAD = (10, 30, 45, 60, 120, 240, 600, 1440, 2880)
QUICK = ForecastOptions(
    step_s=STEP_S,
    horizons_min=HORIZONS,
    examples=4_000,
    trees=BoostingOptions(rounds=30, depth=4, most_rows=2_000),
    proof_trees=BoostingOptions(rounds=30, depth=4, most_rows=2_000),
    error_trees=BoostingOptions(rounds=10, depth=2, most_rows=2_000),
)
# Clocks go back on the 27th of October.
BEGIN = datetime(2024, 10, 14, tzinfo=ZONE)
END = datetime(2024, 11, 4, 3, 0, tzinfo=ZONE)
NOON = datetime(2024, 11, 4, 12, 0, tzinfo=ZONE)


def create_counts(begin: datetime, end: datetime, peak: float, seed: int) -> Counts:
    """Return counts of a lot that is full of people who work, and half as full at week-ends."""
    times = np.arange(begin.timestamp(), end.timestamp(), STEP_S, dtype=np.float64)
    generator = np.random.default_rng(seed)
    occupied = []
    for time in times.tolist():
        local = datetime.fromtimestamp(time, ZONE)
        hour = local.hour + local.minute / 60
        share = np.exp(-(((hour - 12.5) / 3.0) ** 2)) * peak
        share *= 1.0 if local.weekday() < 5 else 0.5
        occupied.append(min(CAPACITY, max(0.0, round(share * CAPACITY + generator.normal()))))
    return Counts(times, np.array(occupied), np.full(len(times), CAPACITY))


@cache
def create_history() -> dict[str, Counts]:
    """Return the counts of two levels and of the lot, beyond the moment of learning."""
    end = NOON + timedelta(days=3)
    return {"1": create_counts(BEGIN, end, 0.8, 1), "2": create_counts(BEGIN, end, 1.2, 2)}


@cache
def create_model() -> ForecastModel:
    """Return what is learnt from them."""
    model = learn(create_history(), END.timestamp(), ZONE, options=QUICK).model
    assert model is not None
    return model


def alter(counts: Counts, after: float, occupied: NDArray[np.float64]) -> Counts:
    """Return counts with others after a moment, some of them missing."""
    past = counts.times <= after
    later = counts.times[~past]
    drawn = np.resize(occupied, len(later))
    kept = drawn >= 0
    return Counts(
        np.concatenate((counts.times[past], later[kept])),
        np.concatenate((counts.occupied[past], drawn[kept])),
        np.concatenate((counts.capacity[past], np.full(kept.sum(), CAPACITY + 5))),
    )


def tell(found: dict[str, tuple[Expectation | None, ...]]) -> object:
    """Return everything that a forecast says."""
    return {
        name: [
            None
            if point is None
            else (point.at, point.free, point.low, point.high, point.occupied.tolist())
            for point in points
        ]
        for name, points in found.items()
    }


futures = st.lists(st.integers(-1, 25), min_size=1, max_size=40).map(
    lambda values: np.array(values, np.float64)
)


@given(future=futures, minutes=st.integers(0, 60 * 24))
@settings(max_examples=30, deadline=None)
def test_a_forecast_does_not_change_when_the_future_is_altered(
    future: NDArray[np.float64], minutes: int
) -> None:
    model, history = create_model(), create_history()
    now = END.timestamp() + minutes * 60
    altered = {name: alter(counts, now, future) for name, counts in history.items()}

    assert tell(model.predict(altered, now, ALL_AHEAD)) == tell(
        model.predict(history, now, ALL_AHEAD)
    )
    known = model.remember(history, now)
    assert tell(model.remember(altered, now).predict(history, now, ALL_AHEAD)) == tell(
        known.predict(history, now, ALL_AHEAD)
    )


@given(future=futures)
@settings(max_examples=4, deadline=None)
def test_what_is_learnt_does_not_change_when_the_future_is_altered(
    future: NDArray[np.float64],
) -> None:
    history = create_history()
    until = END.timestamp()
    altered = {name: alter(counts, until, future) for name, counts in history.items()}

    model = learn(altered, until, ZONE, options=QUICK).model

    assert model is not None
    assert tell(model.predict(history, NOON.timestamp(), ALL_AHEAD)) == tell(
        create_model().predict(history, NOON.timestamp(), ALL_AHEAD)
    )


def test_the_present_does_change_a_forecast() -> None:
    model, history = create_model(), create_history()
    now = NOON.timestamp()
    empty = {name: alter(counts, now - STEP_S, np.array([0.0])) for name, counts in history.items()}

    assert tell(model.predict(empty, now, (30,))) != tell(model.predict(history, now, (30,)))


@given(
    minutes=st.integers(0, 60 * 60),
    occupied=st.lists(st.integers(0, 30), min_size=1, max_size=30),
)
@settings(max_examples=40, deadline=None)
def test_a_forecast_is_between_none_and_all_and_within_its_band(
    minutes: int, occupied: list[int]
) -> None:
    model, history = create_model(), create_history()
    now = END.timestamp() + minutes * 60
    odd = {
        name: alter(counts, now - 7_200, np.array(occupied, np.float64))
        for name, counts in history.items()
    }
    for points in model.predict(odd, now, ALL_AHEAD).values():
        for point in points:
            assert point is not None
            assert 0.0 <= point.low <= point.free <= point.high <= point.capacity
            odds = [point.get_probability(bays) for bays in range(int(point.capacity) + 2)]
            assert odds == sorted(odds, reverse=True)
            assert odds[0] == 1.0
            assert odds[-1] == 0.0
            assert all(0.0 < odd < 1.0 for odd in odds[1:-1])


@given(
    share=st.floats(-0.5, 1.5),
    more=st.floats(0.0, 0.5),
    errors=st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=20),
    capacity=st.integers(1, 500),
)
def test_more_free_bays_are_never_less_probable(
    share: float, more: float, errors: list[float], capacity: int
) -> None:
    spread = np.sort(np.array(errors))
    fuller = Expectation.create(0.0, float(capacity), share + more, spread)
    emptier = Expectation.create(0.0, float(capacity), share, spread)

    assert emptier.free >= fuller.free
    assert emptier.get_probability() >= fuller.get_probability() - 1e-9
    assert emptier.low <= emptier.free <= emptier.high


def test_the_same_history_gives_the_same_model() -> None:
    history = create_history()
    backwards = {
        name: Counts(*(column[::-1] for column in history[name])) for name in reversed(history)
    }
    model = learn(backwards, END.timestamp(), ZONE, options=QUICK).model

    assert model is not None
    assert tell(model.predict(history, NOON.timestamp(), ALL_AHEAD)) == tell(
        create_model().predict(backwards, NOON.timestamp(), ALL_AHEAD)
    )


def test_a_working_day_and_a_week_end_are_told_apart() -> None:
    model, history = create_model(), create_history()
    saturday = datetime(2024, 11, 2, 9, 0, tzinfo=ZONE).timestamp()
    monday = NOON.replace(hour=9).timestamp()

    def get_free(now: float) -> float:
        point = model.predict(history, now, (180,))["2"][0]
        assert point is not None
        return point.free

    assert get_free(monday) < 4
    assert get_free(saturday) > 6


def test_when_a_lot_is_full_and_free_again_is_told_in_advance() -> None:
    model, history = create_model(), create_history()
    path_of = range(15, 24 * 60, 15)
    morning = model.predict(history, NOON.replace(hour=8).timestamp(), path_of)["2"]
    points = [point for point in morning if point is not None]

    full_at = get_full_at(points)
    assert full_at is not None
    assert 9 <= datetime.fromtimestamp(full_at, ZONE).hour <= 12
    free_again = get_free_again_at([point for point in points if point.at >= full_at])
    assert free_again is not None
    assert 12 <= datetime.fromtimestamp(free_again, ZONE).hour <= 16
    never = model.predict(history, NOON.replace(hour=8).timestamp(), path_of)["1"]
    assert get_full_at([point for point in never if point is not None]) is None
    assert get_free_again_at([]) is None


@pytest.mark.parametrize("days", [0, 1, 7])
def test_too_few_days_give_no_forecast_but_say_how_many_are_known(days: int) -> None:
    until = BEGIN + timedelta(days=days)
    history = {"lot": create_counts(BEGIN, until, 0.8, 1)}

    learned = learn(history, until.timestamp(), ZONE, options=QUICK)

    assert learned.model is None
    assert learned.days == days
    assert learned.needed == 8


@pytest.mark.parametrize("hour", range(24))
def test_a_lot_of_which_nothing_is_recorded_is_learnt_at_any_hour(hour: int) -> None:
    learned = learn({}, END.replace(hour=hour).timestamp(), ZONE, options=QUICK)
    assert (learned.model, learned.days) == (None, 0)


def test_the_second_week_has_forecasts() -> None:
    until = BEGIN + timedelta(days=8)
    history = {"lot": create_counts(BEGIN, until + timedelta(hours=9), 0.8, 1)}

    learned = learn(history, until.timestamp(), ZONE, options=QUICK)

    assert learned.model is not None
    (point,) = learned.model.predict(history, (until + timedelta(hours=8)).timestamp(), (240,))[
        "lot"
    ]
    assert point is not None
    assert point.free < 10


def test_silence_gives_no_forecast() -> None:
    model, history = create_model(), create_history()
    now = NOON.timestamp()
    silent = {"1": alter(history["1"], now - 3 * STEP_S, np.array([-1.0]))}

    assert model.predict(silent, now, (30,)) == {}
    assert set(model.predict({"2": history["2"]}, now, (30,))) == {"2"}


def test_a_time_of_day_that_was_never_counted_has_no_forecast() -> None:
    def by_day(counts: Counts) -> Counts:
        hours = np.array([datetime.fromtimestamp(time, ZONE).hour for time in counts.times])
        open_now = (hours >= 8) & (hours < 18)
        return Counts(*(column[open_now] for column in counts))

    history = {name: by_day(counts) for name, counts in create_history().items()}
    model = learn(history, END.timestamp(), ZONE, options=QUICK).model

    assert model is not None
    expected, unknown = model.predict(history, NOON.timestamp(), (60, 600))["1"]
    assert expected is not None
    assert unknown is None


def test_from_when_a_lot_is_usually_full_is_told_by_weekday() -> None:
    model = create_model()

    full_from = model.get_usually_full_from("2", date(2024, 11, 5))
    assert full_from is not None
    assert 9 <= full_from.hour <= 11
    assert model.get_usually_full_from("2", date(2024, 11, 9)) is None
    assert model.get_usually_full_from("1", date(2024, 11, 5)) is None


def test_a_special_day_is_learnt_as_a_day_of_its_own() -> None:
    special = frozenset({date(2024, 10, 23), date(2024, 10, 31), date(2024, 11, 4)})
    history = {}
    for name, counts in create_history().items():
        days = [datetime.fromtimestamp(time, ZONE).date() for time in counts.times]
        closed = np.array([day in special for day in days])
        history[name] = counts._replace(occupied=np.where(closed, 0.0, counts.occupied))
    model = learn(history, END.timestamp(), ZONE, special_days=special, options=QUICK).model

    assert model is not None
    (point,) = model.predict(history, NOON.replace(hour=7).timestamp(), (300,))["2"]
    assert point is not None
    assert point.free > 13
    (point,) = create_model().predict(create_history(), NOON.replace(hour=7).timestamp(), (300,))[
        "2"
    ]
    assert point is not None
    assert point.free < 4


@pytest.mark.parametrize(
    ("day", "places"), [(date(2024, 10, 27), 50), (date(2025, 3, 30), 46), (date(2025, 6, 1), 48)]
)
def test_days_of_clock_changes_have_more_or_fewer_steps(day: date, places: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    first = int(midnight.timestamp()) // STEP_S
    steps = Steps.create(STEP_S, first, 60, ZONE, frozenset({day}))

    assert (steps.days == steps.days[0]).sum() == places
    assert (steps.kinds[:places] == SPECIAL).all()
    assert steps.kinds[places] == 0 if day.weekday() == 6 else steps.kinds[places] < SPECIAL
    for number in range(60):
        local = datetime.fromtimestamp((first + number) * STEP_S, UTC).astimezone(ZONE)
        assert steps.places[number] == (local.hour * 60 + local.minute) // 30


def test_noon_is_noon_before_and_after_a_clock_change() -> None:
    history = {"1": create_counts(BEGIN, datetime(2024, 10, 28, 3, tzinfo=ZONE), 1.0, 3)}
    before = datetime(2024, 10, 27, 0, 30, tzinfo=ZONE)
    model = learn(history, before.timestamp(), ZONE, options=QUICK).model

    assert model is not None
    # Of the night in which clocks go back: noon is thirteen hours from midnight.
    points = model.predict(history, before.timestamp(), range(30, 24 * 60, 30))["1"]
    fullest = min((point for point in points if point is not None), key=lambda point: point.free)
    assert 11 <= datetime.fromtimestamp(fullest.at, ZONE).hour <= 13


FINE_S = 300
FINE = replace(QUICK, step_s=FINE_S, horizons_min=(15, 60, 240))


def create_fine_history(until: datetime) -> dict[str, Counts]:
    """Return counts every five minutes, of a lot, and of a level that is closed at night."""
    coarse = create_counts(BEGIN, until + timedelta(hours=1), 1.0, 4)
    times = np.arange(BEGIN.timestamp(), until.timestamp() + 1, FINE_S, dtype=np.float64)
    occupied = np.round(np.interp(times, coarse.times, coarse.occupied))
    lot = Counts(times, occupied, np.full(len(times), CAPACITY))
    by_day = np.isin((times + 7_200) % 86_400 // 3600, range(8, 18))
    return {"lot": lot, "level": Counts(*(column[by_day] for column in lot))}


def test_counts_every_five_minutes_may_miss_some() -> None:
    now = BEGIN + timedelta(days=9, hours=11)
    history = create_fine_history(now)
    model = learn(history, now.timestamp(), ZONE, options=FINE).model
    assert model is not None

    def drop(seconds: float) -> dict[str, Counts]:
        keep = history["lot"].times <= now.timestamp() - seconds
        return {"lot": Counts(*(column[keep] for column in history["lot"]))}

    (all_known,) = model.predict(history, now.timestamp(), (15,))["lot"]
    (some_missing,) = model.predict(drop(600), now.timestamp(), (15,))["lot"]
    assert all_known is not None
    assert some_missing is not None
    assert abs(all_known.free - some_missing.free) < 5
    assert model.predict(drop(900), now.timestamp(), (15,)) == {}


def test_a_level_that_is_counted_at_a_new_time_of_day_has_no_forecast_yet() -> None:
    now = BEGIN + timedelta(days=9, hours=2)
    history = create_fine_history(now)
    model = learn(history, now.timestamp(), ZONE, options=FINE).model
    assert model is not None

    at_night = {**history, "level": history["lot"]}

    assert set(model.predict(at_night, now.timestamp(), (15,))) == {"lot"}


def test_counts_that_are_never_so_far_apart_as_what_is_asked_give_no_forecast() -> None:
    until = BEGIN + timedelta(days=10)
    history = {"level": create_fine_history(until)["level"]}

    learned = learn(
        history, until.timestamp(), ZONE, options=replace(FINE, horizons_min=(12 * 60,))
    )

    assert learned.model is None
    assert learned.days == 10


def test_a_lot_without_bays_and_one_unheard_of_change_nothing() -> None:
    history = create_history()
    none = {
        "3": Counts(history["1"].times, history["1"].occupied, np.zeros(len(history["1"].times)))
    }
    model = learn({**history, **none}, END.timestamp(), ZONE, options=QUICK).model

    assert model is not None
    assert set(model.predict({**history, **none}, NOON.timestamp(), (30,))) == {"1", "2"}


def expect(at: float, occupied: float, spread: float = 2.0) -> Expectation:
    """Return what is expected of ten bays at a time."""
    errors = np.linspace(-spread, spread, 21) / 10.0
    return Expectation.create(at, 10.0, occupied / 10.0, errors)


@given(
    levels=st.lists(st.floats(0.0, 12.0), min_size=2, max_size=20),
    gap=st.sampled_from([900, 7_200]),
)
def test_a_lot_becomes_full_between_when_it_was_not_and_when_it_is(
    levels: list[float], gap: int
) -> None:
    path = [expect(float(number * gap), level) for number, level in enumerate(levels)]
    odds = [point.get_probability() for point in path]

    full_at = get_full_at(path)

    if full_at is None:
        assert min(odds) >= 0.5
        return
    first = next(number for number, one in enumerate(odds) if one < 0.5)
    assert path[max(0, first - 1)].at <= full_at <= path[first].at
    if gap > 3_600 or first == 0:
        assert full_at == path[first].at
