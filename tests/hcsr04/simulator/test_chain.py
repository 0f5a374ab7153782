"""What comes in runs."""

from itertools import groupby
from random import Random
from statistics import fmean

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.simulator.chain import TwoStateChain


@pytest.mark.parametrize("step_s", [0.0, 0.06])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.6])
def test_shares_and_runs_are_as_asked_for(share: float, step_s: float) -> None:
    chain = TwoStateChain(Random(3), share, 1.2, step_s=step_s)
    states = [chain.at(0.02 * number) for number in range(500_000)]
    assert fmean(states) == pytest.approx(share, abs=0.03)
    on = [len(list(run)) for state, run in groupby(states) if state]
    assert 0.02 * fmean(on) == pytest.approx(1.2, rel=0.1)


@given(st.integers(0, 99), st.lists(st.floats(0.0, 20.0), max_size=50))
def test_asking_changes_nothing(seed: int, times: list[float]) -> None:
    often = TwoStateChain(Random(seed), 0.3, 0.5)
    once = TwoStateChain(Random(seed), 0.3, 0.5)
    for at_s in sorted(times):
        often.at(at_s)
    assert often.at(20.0) == once.at(20.0)
    assert often.until_s == once.until_s > 20.0
