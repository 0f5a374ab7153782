"""Sensors as unkind as recordings of real ones."""

from dataclasses import replace
from itertools import groupby, pairwise
from statistics import fmean, median, stdev

import pytest

from custom_components.smart_parking.hcsr04.model import Fault, Sensor
from custom_components.smart_parking.hcsr04.simulator import (
    AS_RECORDED,
    Defect,
    Quality,
    VehicleKind,
)
from tests.hcsr04.simulator_rig import PERFECT, Rig, listen

FAR_APART = [
    Sensor(sensor_id=f"A{bay}", trigger=bay, echo=10 + bay, x=10.0 * bay) for bay in range(1, 5)
]
NOISE_ONLY = replace(AS_RECORDED, dropout_share=0.0, outlier_share=0.0)
DROPOUTS_ONLY = Quality(noise_m=0.0, dropout_share=0.12, dropout_burst_s=0.144)
OUTLIERS_ONLY = Quality(noise_m=0.0, outlier_share=0.03, outlier_near_share=0.15)
MS = 1_000_000


class FastRig(Rig):
    """Bays that all ping together, 60 ms apart."""

    def pings(self, count: int, every_s: float = 0.06) -> list[list[float | Fault | None]]:
        """Return what each sensor says of so many pings, one row for each of them."""
        start_ns = self.clock.now_ns()
        rows = []
        for number in range(1, count + 1):
            self.clock.wait_until(start_ns + round(number * every_s * 1e9))
            rows.append([m.fault or m.distance_m for m in self.bank.sweep().measurements])
        return [list(column) for column in zip(*rows, strict=True)]

    def distances(self, count: int) -> list[float]:
        """Return the distances of a number of pings."""
        return [one for row in self.pings(count) for one in row if isinstance(one, float)]


def rig(quality: Quality = PERFECT, *, height_m: float = 2.5, seed: int = 1) -> FastRig:
    return FastRig(sensors=FAR_APART, quality=quality, height_m=height_m, seed=seed)


def missed_runs(row: list[float | Fault | None]) -> list[int]:
    """Return how many echoes were missed in a row, each time."""
    return [len(list(run)) for fault, run in groupby(row) if fault is Fault.NO_TARGET]


# Noise


@pytest.mark.parametrize("height_m", [0.4, 0.9, 1.301, 1.7])
def test_noise_is_even_where_it_is_near(height_m: float) -> None:
    told = rig(NOISE_ONLY, height_m=height_m).distances(1_500)
    assert 0.0024 <= stdev(told) <= 0.0031
    assert fmean(told) == pytest.approx(height_m, abs=0.0005)


def test_noise_grows_with_the_distance() -> None:
    spreads = {
        height_m: stdev(rig(NOISE_ONLY, height_m=height_m).distances(1_500))
        for height_m in (1.0, 2.1, 2.5, 2.7, 2.9, 3.5)
    }
    assert list(spreads.values()) == sorted(spreads.values())
    assert fmean(spreads[height_m] for height_m in (2.5, 2.7, 2.9)) == pytest.approx(0.009, rel=0.1)


def test_distances_come_in_steps() -> None:
    steps = [metres / 0.004 for metres in rig(NOISE_ONLY).distances(500)]
    assert steps == [pytest.approx(round(step), abs=1e-3) for step in steps]
    assert len({round(step) for step in steps}) > 5


# Dropouts


@pytest.mark.parametrize("share", [0.05, 0.12, 0.22])
@pytest.mark.parametrize("burst", [2.4, 8.0])
def test_echoes_are_missed_in_bursts(share: float, burst: float) -> None:
    quality = replace(DROPOUTS_ONLY, dropout_share=share, dropout_burst_s=0.06 * burst)
    rows = rig(quality).pings(12_000)
    missed = [one is Fault.NO_TARGET for row in rows for one in row]
    assert fmean(missed) == pytest.approx(share, rel=0.15)
    runs = [length for row in rows for length in missed_runs(row)]
    assert fmean(runs) == pytest.approx(burst, rel=0.12)
    # Geometric lengths: nearly as spread as long.
    assert stdev(runs) == pytest.approx((burst * (burst - 1.0)) ** 0.5, rel=0.2)


def test_the_longest_recorded_burst_is_met() -> None:
    rows = rig(DROPOUTS_ONLY).pings(12_000)
    assert 12 <= max(length for row in rows for length in missed_runs(row)) <= 30


def test_half_a_second_later_a_burst_is_over() -> None:
    rows = rig(DROPOUTS_ONLY).pings(6_000, every_s=0.5)
    missed = [[one is Fault.NO_TARGET for one in row] for row in rows]
    next_ones = [later for row in missed for earlier, later in pairwise(row) if earlier]
    assert fmean(next_ones) == pytest.approx(0.12, abs=0.03)


def test_no_two_sensors_are_deaf_together() -> None:
    one, other, *_ = rig(DROPOUTS_ONLY).pings(12_000)
    both = [a is b is Fault.NO_TARGET for a, b in zip(one, other, strict=True)]
    assert fmean(both) == pytest.approx(0.12**2, abs=0.006)


def test_who_pings_more_often_meets_the_same_bursts() -> None:
    seldom = rig(DROPOUTS_ONLY).pings(1_000, every_s=0.12)
    often = rig(DROPOUTS_ONLY).pings(2_000, every_s=0.06)
    assert [row[1::2] for row in often] == seldom
    assert seldom != rig(DROPOUTS_ONLY, seed=2).pings(1_000, every_s=0.12)


def test_dropouts_without_a_burst_are_missed_each_for_itself() -> None:
    rows = rig(replace(AS_RECORDED, dropout_burst_s=0.0)).pings(6_000)
    runs = [length for row in rows for length in missed_runs(row)]
    assert fmean(runs) == pytest.approx(1.0 / 0.88, rel=0.05)


def test_a_burst_lasts_a_ping_at_least() -> None:
    rows = rig(replace(DROPOUTS_ONLY, dropout_burst_s=0.01)).pings(6_000)
    assert {length for row in rows for length in missed_runs(row)} == {1}
    missed = [one is Fault.NO_TARGET for row in rows for one in row]
    assert fmean(missed) == pytest.approx(0.12, rel=0.1)


# Outliers


def test_small_outliers_go_both_ways_and_large_ones_are_too_near() -> None:
    told = rig(OUTLIERS_ONLY).distances(20_000)
    off_m = [metres - 2.5 for metres in told if abs(metres - 2.5) > 1e-6]
    assert len(off_m) / len(told) == pytest.approx(0.03, rel=0.1)
    small = [one for one in off_m if abs(one) <= 0.2001]
    large = [one for one in off_m if abs(one) > 0.2001]
    assert len(small) / len(off_m) == pytest.approx(0.85, abs=0.03)
    assert fmean(one > 0 for one in small) == pytest.approx(0.5, abs=0.05)
    assert all(-0.9201 <= one <= -0.3599 for one in large)


def test_recorded_sensors_have_all_of_it_in_their_shares() -> None:
    rows = rig(AS_RECORDED).pings(12_000)
    told = [one for row in rows for one in row]
    right = [one for one in told if isinstance(one, float) and abs(one - 2.5) < 0.04]
    assert told.count(Fault.NO_TARGET) / len(told) == pytest.approx(0.12, rel=0.1)
    assert len(right) / len(told) == pytest.approx(0.85, abs=0.01)
    assert max(one for one in told if isinstance(one, float)) < 2.71


def test_an_outlier_in_steps_may_be_any_distance_too() -> None:
    told = rig(Quality(noise_m=0.0, step_m=0.004, outlier_share=0.5)).distances(1_000)
    assert min(told) < 0.2
    assert max(told) > 3.8


# What stands in the way is heard as ever


def test_glass_and_floors_out_of_reach_give_no_target_to_recorded_sensors() -> None:
    assert rig(NOISE_ONLY, height_m=5.0).distances(20) == []
    bike = rig(NOISE_ONLY)
    bike.world.park("A1", VehicleKind.MOTORCYCLE)
    bike.wait(30.0)
    told = [one for one in bike.pings(200)[0] if isinstance(one, float)]
    floor = [one for one in told if one > 2.4]
    assert 0 < len(floor) < len(told) / 2


# Two surfaces


def two_surfaces(seed: int = 1, quality: Quality = PERFECT) -> FastRig:
    return FastRig(sensors=FAR_APART, quality=quality, height_m=1.83, farther_m=2.40, seed=seed)


def surfaces(rig: FastRig, hours: float) -> list[list[float]]:
    """Return what is under each sensor, every half second."""
    rows = []
    for _ in range(round(hours * 7_200)):
        rig.wait(0.5)
        rows.append([rig.world.distance_m(sensor.sensor_id) for sensor in FAR_APART])
    return [list(column) for column in zip(*rows, strict=True)]


def test_an_empty_bay_may_show_two_surfaces_in_long_irregular_runs() -> None:
    rows = surfaces(two_surfaces(), 6.0)
    seen = [one for row in rows for one in row]
    assert set(seen) == {1.83, 2.40}
    assert seen.count(2.40) / len(seen) == pytest.approx(0.6, abs=0.04)
    # The first and the last run of each bay are cut off.
    runs_s = [
        0.5 * len(run) for row in rows for run in [list(group) for _, group in groupby(row)][1:-1]
    ]
    assert fmean(runs_s) == pytest.approx(30.0, rel=0.1)
    assert 0.8 < stdev(runs_s) / fmean(runs_s) < 1.3
    assert max(runs_s) > 120.0


def test_the_bank_is_told_either_surface() -> None:
    told = two_surfaces().distances(3_000)
    near, far = pytest.approx(1.83, abs=1e-6), pytest.approx(2.40, abs=1e-6)
    assert all(one in (near, far) for one in told)
    assert 0 < sum(one == far for one in told) < len(told)


def test_a_vehicle_covers_both_surfaces() -> None:
    rig = two_surfaces()
    rig.world.park("A1", VehicleKind.VAN)
    rig.wait(30.0)
    roof, *others = surfaces(rig, 0.3)
    assert len(set(roof)) == 1
    assert all(len(set(other)) == 2 for other in others)
    rig.world.drive_off("A1")
    rig.wait(30.0)
    assert len(set(surfaces(rig, 0.3)[0])) == 2


# Defects that a bank cannot see


def test_a_sensor_that_hears_only_noise_always_answers_and_never_alike() -> None:
    broken = rig(replace(AS_RECORDED, outlier_share=0.0))
    broken.world.set_defect("A1", Defect.NOISE)
    told, *_ = broken.pings(4_000)
    metres = [one for one in told if isinstance(one, float)]
    assert len(metres) == len(told)
    assert 0.3 <= min(metres) < 0.32
    assert 2.43 < max(metres) <= 2.45
    assert median(metres) == pytest.approx(1.375, abs=0.06)
    assert fmean(abs(a - b) < 0.01 for a, b in pairwise(metres)) < 0.02
    broken.world.set_defect("A1", None)
    assert abs(median(broken.distances(20)) - 2.5) < 0.02


def test_a_vehicle_does_not_change_what_noise_tells() -> None:
    broken = rig()
    broken.world.set_defect("A1", Defect.NOISE)
    broken.world.park("A1", at_once=True)
    metres = [one for one in broken.pings(500)[0] if isinstance(one, float)]
    assert max(metres) > 2.3


def test_a_leaking_trigger_makes_a_pulse_before_the_echo() -> None:
    leaking = rig()
    leaking.world.set_defect("A1", Defect.TRIGGER_LEAK)
    for _ in range(200):
        fired_ns, heard = listen(leaking.lines, 1)
        rise, fall, echo, end = (edge.at_ns - fired_ns for edge in heard[11])
        assert 0 <= rise <= 150_000
        assert 20_000 <= fall - rise <= 150_000
        assert fall < echo
        assert end - echo == pytest.approx(2 * 2.5 / 343.2 * 1e9, rel=0.001)


@pytest.mark.parametrize("silence_s", [0.038, 0.048, 0.070])
def test_silence_lasts_as_long_as_the_unit_makes_it(silence_s: float) -> None:
    deaf, broken = (FastRig(silence_s=silence_s, height_m=height_m) for height_m in (5.0, 2.5))
    broken.world.set_defect("A1", Defect.NO_TARGET)
    for one in (deaf, broken):
        fired_ns = one.lines.pulse([1])
        rise, fall = one.lines.collect(fired_ns + 100 * MS)
        assert fall.at_ns - rise.at_ns == round(silence_s * 1e9)


# Seeds


def test_equal_seeds_make_equal_unkindness() -> None:
    def story(seed: int) -> list[list[float | Fault | None]]:
        rig = two_surfaces(seed, AS_RECORDED)
        rig.world.set_defect("A1", Defect.NOISE)
        rig.world.set_defect("A2", Defect.TRIGGER_LEAK)
        return rig.pings(1_000)

    assert story(1) == story(1)
    assert story(1) != story(2)
    assert story(1)[2] != story(1)[3]
