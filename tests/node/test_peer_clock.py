"""Times of elsewhere, on the clock of here."""

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.node.peer_clock import PeerClock

LATENCY_S = 0.01


@given(
    ahead_s=st.floats(-1e6, 1e6),
    delays_s=st.lists(st.floats(0.0, 600.0), min_size=1, max_size=20),
    ago_s=st.floats(0.0, 3600.0),
)
def test_delays_are_counted_off_as_soon_as_one_message_was_quick(
    ahead_s: float, delays_s: list[float], ago_s: float
) -> None:
    clock, sent = PeerClock("run"), 10_000.0
    for delay_s in [0.0, *delays_s]:
        sent += 700.0
        clock.hear(round((sent - ahead_s) * 1e3) + 10**10, sent + LATENCY_S + delay_s)
    happened = sent - ago_s
    assert clock.at(round((happened - ahead_s) * 1e3) + 10**10) == pytest.approx(
        happened + LATENCY_S, abs=0.0002 * 700.0 * 21 + 0.01
    )


def test_nothing_happens_later_than_it_is_heard() -> None:
    clock = PeerClock("run")
    assert clock.at(5) == 0.0
    clock.hear(1_000, 50.0)
    assert clock.at(9_000) == 50.0


def test_a_clock_that_runs_slow_is_followed() -> None:
    clock = PeerClock("run")
    for minute in range(600):
        # 100 ppm slow: after ten hours it is 3.6 s behind.
        clock.hear(round(minute * 60_000 * 0.9999), 60.0 * minute)
    assert clock.at(round(599 * 60_000 * 0.9999)) == pytest.approx(60.0 * 599, abs=0.05)
