"""Durations in classes say nearly what the durations say."""

from collections import Counter
from math import ceil
from statistics import median

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.analytics.dwell import (
    EDGES_S,
    class_of,
    quantile,
    quantile_of_classes,
    shown_histogram,
)

DURATIONS = st.lists(st.floats(0.0, 20 * 86_400.0), min_size=1, max_size=200)


@given(DURATIONS)
def test_every_stay_is_in_one_class(durations: list[float]) -> None:
    for duration_s in durations:
        number = class_of(duration_s)
        assert EDGES_S[number] <= duration_s
        assert number + 1 == len(EDGES_S) or duration_s < EDGES_S[number + 1]
    classes = Counter(map(class_of, durations))
    assert sum(stays for _, _, stays in shown_histogram(classes)) == len(durations)


@given(DURATIONS, st.sampled_from([0.5, 0.9]))
def test_classes_say_about_the_same(durations: list[float], share: float) -> None:
    about = quantile_of_classes(Counter(map(class_of, durations)), share)
    ordered = sorted(durations)
    exact_class = class_of(ordered[max(0, ceil(share * len(ordered)) - 1)])
    assert about is not None
    assert EDGES_S[exact_class] <= about <= EDGES_S[exact_class + 1]


@given(DURATIONS)
def test_a_half_is_the_median(durations: list[float]) -> None:
    assert quantile(sorted(durations), 0.5) == pytest.approx(median(durations))


def test_of_nothing_there_is_nothing() -> None:
    assert quantile([], 0.5) is None
    assert quantile_of_classes({}, 0.5) is None
    assert quantile_of_classes({len(EDGES_S) - 1: 3}, 0.5) == EDGES_S[-1]
