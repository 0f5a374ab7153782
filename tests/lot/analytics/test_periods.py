"""Days, what they are compared with, and hours over changes of the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.analytics.periods import (
    Bucket,
    Comparison,
    Period,
    bucket_of,
    midnight,
    split_by_day,
    split_by_hour,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"]
)
TIMES = st.floats(1_700_000_000.0, 1_800_000_000.0)


@given(TIMES, st.floats(0.0, 40 * 86_400.0), ZONES)
def test_hours_and_days_add_up(began: float, lasted_s: float, name: str) -> None:
    zone = ZoneInfo(name)
    hours = list(split_by_hour(began, began + lasted_s, zone))
    days = dict(split_by_day(began, began + lasted_s, zone))
    assert sum(seconds for _, seconds in hours) == pytest.approx(lasted_s, abs=1e-3)
    assert sum(days.values()) == pytest.approx(lasted_s, abs=1e-3)
    assert all(seconds <= 3600.001 for _, seconds in hours)
    assert {bucket.day for bucket, _ in hours} <= days.keys()


def test_the_hour_that_comes_twice_has_twice_the_seconds() -> None:
    first, last = date(2026, 10, 25), date(2026, 10, 25)
    began, ended = Period(first, last).bounds(BERLIN)
    assert ended - began == 25 * 3600
    seconds: dict[Bucket, float] = {}
    for bucket, some in split_by_hour(began, ended, BERLIN):
        seconds[bucket] = seconds.get(bucket, 0.0) + some
    assert seconds[Bucket(first.toordinal(), 2)] == 7200
    assert len(seconds) == 24


def test_a_time_is_in_its_local_hour() -> None:
    at = datetime(2026, 1, 2, 23, 59, tzinfo=BERLIN).timestamp()
    assert bucket_of(at, BERLIN) == Bucket(date(2026, 1, 2).toordinal(), 23)
    assert midnight(date(2026, 1, 3), BERLIN) - at == 60


@pytest.mark.parametrize(
    ("period", "comparison", "expected"),
    [
        (("2026-11-02", "2026-11-08"), "before", ("2026-10-26", "2026-11-01")),
        (("2026-03-01", "2026-03-31"), "before", ("2026-02-01", "2026-02-28")),
        (("2026-01-01", "2026-03-31"), "before", ("2025-10-01", "2025-12-31")),
        (("2025-01-01", "2025-12-31"), "before", ("2024-01-01", "2024-12-31")),
        (("2025-02-01", "2025-02-28"), "year_before", ("2024-02-01", "2024-02-29")),
        (("2024-02-29", "2024-02-29"), "year_before", ("2023-02-28", "2023-02-28")),
        (("2026-11-02", "2026-11-08"), "year_before", ("2025-11-02", "2025-11-08")),
    ],
)
def test_what_a_period_is_compared_with(
    period: tuple[str, str], comparison: str, expected: tuple[str, str]
) -> None:
    compared = Period(*map(date.fromisoformat, period)).compared(Comparison(comparison))
    assert compared == Period(*map(date.fromisoformat, expected))


def test_nothing_to_compare_with() -> None:
    day = date(2026, 11, 2)
    assert Period(day, day).compared(Comparison.NONE) is None
    with pytest.raises(ValueError, match="2026-11-02"):
        Period(day, day - timedelta(days=1))
