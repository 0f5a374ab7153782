"""What the real bank measures on simulated lines: the physics of sound and nothing else."""

from statistics import fmean, stdev

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.acoustics import speed_of_sound
from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.schedule import RISE_MAX_S
from custom_components.smart_parking.hcsr04.simulator import Quality, VehicleKind
from tests.hcsr04.simulator_rig import Rig, listen

OUTDOORS = st.floats(-40.0, 85.0)
HEIGHTS = st.floats(2.0, 3.9)


@given(HEIGHTS, OUTDOORS)
def test_the_bank_measures_the_true_distance_when_told_the_temperature(
    height_m: float, air_c: float
) -> None:
    rig = Rig(height_m=height_m, air_c=air_c)
    for told in rig.sweep().values():
        assert told == pytest.approx(height_m, abs=1e-6)


@given(HEIGHTS, OUTDOORS, OUTDOORS)
def test_a_wrong_temperature_gives_exactly_the_error_of_the_speed_of_sound(
    height_m: float, air_c: float, told_c: float
) -> None:
    wrong_m = height_m * speed_of_sound(told_c) / speed_of_sound(air_c)
    told = Rig(height_m=height_m, air_c=air_c, told_c=told_c).sweep()["A1"]
    if wrong_m > 4.0:
        assert told in (Fault.NO_TARGET, pytest.approx(wrong_m, abs=1e-6))
    else:
        assert told == pytest.approx(wrong_m, abs=1e-6)


def test_air_that_changes_is_heard_at_once() -> None:
    rig = Rig()
    rig.world.air = lambda at_s: 20.0 + 40.0 * at_s
    rig.wait(0.3)
    for told in rig.bank.sweep().measurements:
        air_c = 20.0 + 40.0 * (told.at_ns - 7) * 1e-9
        wrong_m = 2.5 * speed_of_sound(20.0) / speed_of_sound(air_c)
        assert told.distance_m == pytest.approx(wrong_m, abs=1e-6)


def test_noise_is_gaussian_with_the_spread_asked_for() -> None:
    rig = Rig(quality=Quality(noise_m=0.01))
    sweeps = [rig.bank.sweep() for _ in range(500)]
    told = [m.distance_m for sweep in sweeps for m in sweep.measurements]
    errors = [distance_m - 2.5 for distance_m in told if distance_m is not None]
    assert len(errors) == len(told)
    assert fmean(errors) == pytest.approx(0.0, abs=0.001)
    assert stdev(errors) == pytest.approx(0.01, rel=0.1)
    within = sum(abs(error) < 0.01 for error in errors) / len(errors)
    assert within == pytest.approx(0.683, abs=0.05)


def test_dropouts_and_outliers_come_as_often_as_asked_for() -> None:
    rig = Rig(quality=Quality(noise_m=0.0, dropout_share=0.1, outlier_share=0.05))
    told = [one for _ in range(1_000) for one in rig.sweep().values()]
    lost = sum(one is Fault.NO_TARGET for one in told) / len(told)
    right = sum(isinstance(one, float) and abs(one - 2.5) < 0.01 for one in told) / len(told)
    # One outlier in nine lies beyond 4 m, where the bank takes it for no target.
    assert lost == pytest.approx(0.1 + 0.05 * 0.5 / 4.48, abs=0.02)
    assert right == pytest.approx(0.85, abs=0.02)


def test_what_is_too_near_to_measure_seems_two_centimetres_away() -> None:
    rig = Rig(height_m=1.6)
    rig.world.park("A1", VehicleKind.VAN)
    rig.wait(60.0)
    assert rig.sweep()["A1"] == pytest.approx(0.02, abs=1e-6)


def test_a_floor_out_of_reach_gives_no_target() -> None:
    assert set(Rig(height_m=5.0).sweep().values()) == {Fault.NO_TARGET}


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_edges_alternate_are_numbered_and_lie_where_physics_puts_them(seed: int) -> None:
    rig = Rig(seed=seed, quality=Quality(dropout_share=0.3, outlier_share=0.1), walkers_per_h=900)
    rig.world.park("A2")
    numbers: dict[int, int] = {}
    levels: dict[int, bool] = {}
    for _ in range(20):
        fired_ns, heard = listen(rig.lines, 1, 2, 3, 4)
        for line, edges in heard.items():
            rise, fall = edges
            assert 0 < rise.at_ns - fired_ns <= RISE_MAX_S * 1e9
            assert rise.at_ns < fall.at_ns <= rise.at_ns + 38_000_000
            for edge in edges:
                assert edge.rising is not levels.get(line, False)
                assert edge.seqno == numbers.get(line, 0) + 1
                levels[line], numbers[line] = edge.rising, edge.seqno
        assert rig.lines.high() == set()
    assert numbers == {11: 40, 12: 40, 13: 40, 14: 40}


def test_collecting_late_changes_no_edge() -> None:
    _, prompt = listen(Rig().lines, 1)
    late = Rig()
    late.lines.pulse([1])
    late.wait(3_600.0)
    assert late.lines.collect(0) == prompt[11]


def test_a_trigger_while_the_echo_is_high_is_ignored() -> None:
    rig = Rig()
    fired_ns = rig.lines.pulse([1])
    rig.clock.wait_until(fired_ns + 5_000_000)
    assert rig.lines.high() == {11}
    rig.lines.pulse([1])
    edges = rig.lines.collect(fired_ns + 60_000_000)
    assert [edge.at_ns < fired_ns + 20_000_000 for edge in edges] == [True, True]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_makes_the_same_edges(seed: int) -> None:
    quality = Quality(dropout_share=0.1, outlier_share=0.05)

    def story(seed: int) -> list[object]:
        rig = Rig(seed=seed, quality=quality, walkers_per_h=600)
        told: list[object] = [rig.sweep() for _ in range(20)]
        rig.world.park("A2")
        return told + [listen(rig.lines, 1, 3) for _ in range(20)]

    assert story(seed) == story(seed)
    assert story(seed) != story(seed + 1)
