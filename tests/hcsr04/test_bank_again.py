"""Sensors that are asked once more between two sweeps."""

from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise
from typing import override

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.model import Fault, Sensor, Sweep
from custom_components.smart_parking.hcsr04.schedule import make_plan
from custom_components.smart_parking.hcsr04.simulator import Defect, SimulatedLines
from tests.hcsr04.simulator_rig import SENSORS, Rig

MS = 1_000_000
FLOOR = pytest.approx(2.5, abs=1e-6)
ALL = [sensor.sensor_id for sensor in SENSORS]
# The triggers of the two slots; A2 and A4 ping first.
FIRST, SECOND = [2, 4], [1, 3]


class WatchedLines(SimulatedLines):
    """Lines that note which triggers were pulled when."""

    pulses: list[tuple[int, list[int]]]

    @override
    def pulse(self, triggers: Collection[int]) -> int:
        fired_ns = super().pulse(triggers)
        self.pulses.append((fired_ns, sorted(triggers)))
        return fired_ns


class WatchedRig(Rig):
    """Bays whose pings are noted."""

    lines: WatchedLines

    @override
    def claim(self) -> WatchedLines:
        lines = WatchedLines(self.sensors, self.world, quality=self.quality, seed=self.seed)
        lines.pulses = []
        return lines

    @property
    def pulses_ms(self) -> list[tuple[float, list[int]]]:
        """The pings, in ms after the first one."""
        pulses = self.lines.pulses
        return [((at_ns - pulses[0][0]) / MS, triggers) for at_ns, triggers in pulses]


def lone(*, height_m: float = 2.5, silence_s: float = 0.038) -> WatchedRig:
    """Return a bay that is a slot of its own."""
    return WatchedRig(sensors=SENSORS[:1], height_m=height_m, silence_s=silence_s)


def told(sweep: Sweep) -> dict[str, float | Fault | None]:
    """Return what a sweep says of each sensor."""
    return {one.sensor_id: one.fault or one.distance_m for one in sweep.measurements}


def test_only_those_who_are_asked_answer_and_only_their_slots_ping() -> None:
    rig = WatchedRig()
    rig.bank.sweep()
    assert told(rig.bank.again(["A4"])) == {"A4": FLOOR}
    assert told(rig.bank.again({"A1", "A3"})) == {"A1": FLOOR, "A3": FLOOR}
    assert [triggers for _, triggers in rig.pulses_ms] == [FIRST, SECOND, FIRST, SECOND]


@pytest.mark.parametrize(
    ("asked", "pulses_ms"),
    [
        (["A2"], [(70, FIRST)]),
        (["A1"], [(95, SECOND)]),
        (["A1", "A2"], [(70, FIRST), (105, SECOND)]),
    ],
    ids=["first slot", "second slot", "both"],
)
def test_they_ping_as_soon_as_they_have_rested(
    asked: list[str], pulses_ms: list[tuple[float, list[int]]]
) -> None:
    rig = WatchedRig()
    rig.bank.sweep()
    sweep = rig.bank.again(asked)
    assert rig.pulses_ms[2:] == pulses_ms
    assert sweep.started_ns == sweep.measurements[0].at_ns
    assert sweep.duration_s == pytest.approx(0.035 * len(pulses_ms))


def test_the_slot_that_has_rested_longest_pings_first() -> None:
    rig = WatchedRig()
    rig.bank.sweep()
    rig.bank.again(["A2"])
    rig.bank.again(ALL)
    assert rig.pulses_ms[3:] == [(105, SECOND), (140, FIRST)]


def test_a_lone_slot_pings_every_60_ms() -> None:
    rig = lone()
    rig.bank.sweep()
    for _ in range(3):
        assert told(rig.bank.again(["A1"])) == {"A1": FLOOR}
    assert [at_ms for at_ms, _ in rig.pulses_ms] == [0, 60, 120, 180]


@pytest.mark.parametrize("asked", [[], ["B7"]], ids=["nobody", "a stranger"])
def test_nobody_is_asked_and_no_time_passes(asked: list[str]) -> None:
    rig = WatchedRig()
    rig.bank.sweep()
    now_ns = rig.clock.now_ns()
    assert rig.bank.again_s(asked) == 0.0
    assert rig.bank.again(asked) == Sweep([], now_ns, now_ns)
    assert len(rig.lines.pulses) == 2


def test_a_line_that_is_stuck_is_called_so() -> None:
    rig = WatchedRig()
    rig.bank.sweep()
    rig.world.set_defect("A1", Defect.STUCK_HIGH)
    assert told(rig.bank.again(["A1"])) == {"A1": Fault.STUCK_HIGH}


# Silence: the echo of a sensor that hears nothing is long


def test_an_echo_that_ended_during_the_rest_disturbs_nobody() -> None:
    rig = lone(height_m=5.0, silence_s=0.048)
    for _ in range(3):
        assert told(rig.bank.again(["A1"])) == {"A1": Fault.NO_TARGET}
    assert [at_ms for at_ms, _ in rig.pulses_ms] == [0, 60, 120]


def test_who_still_waits_for_its_echo_is_left_out_and_not_pinged() -> None:
    rig = lone(height_m=5.0, silence_s=0.070)
    assert told(rig.bank.sweep()) == {"A1": Fault.NO_TARGET}
    left_out = rig.bank.again(["A1"])
    assert left_out.measurements == []
    assert len(rig.lines.pulses) == 1
    rig.wait(0.011)
    assert told(rig.bank.again(["A1"])) == {"A1": Fault.NO_TARGET}
    assert [at_ms for at_ms, _ in rig.pulses_ms] == [0, 71]


def test_others_in_the_slot_are_asked_without_who_still_waits() -> None:
    rig = WatchedRig(height_m=2.5, silence_s=0.070)
    rig.world.set_defect("A2", Defect.NO_TARGET)
    assert told(rig.bank.sweep())["A2"] is Fault.NO_TARGET
    rig.world.set_defect("A2", None)
    # Its line falls in the middle of this ping, which it has not heard.
    assert told(rig.bank.again(["A2", "A4"])) == {"A4": FLOOR}
    assert told(rig.bank.again(["A2", "A4"])) == {"A2": FLOOR, "A4": FLOOR}
    assert [at_ms for at_ms, _ in rig.pulses_ms] == [0, 35, 70, 130]


def test_a_sweep_finds_no_target_where_silence_still_lasts() -> None:
    rig = lone(height_m=5.0, silence_s=0.070)
    for _ in range(6):
        assert told(rig.bank.sweep()) == {"A1": Fault.NO_TARGET}


def test_a_line_that_never_falls_is_stuck_in_the_end() -> None:
    rig = lone(height_m=5.0, silence_s=10.0)
    assert told(rig.bank.sweep()) == {"A1": Fault.NO_TARGET}
    assert rig.bank.again(["A1"]).measurements == []
    rig.wait(0.021)
    assert told(rig.bank.again(["A1"])) == {"A1": Fault.STUCK_HIGH}


# Laws

ASKED = st.one_of(
    st.just("sweep"), st.floats(0.001, 0.3), st.sets(st.sampled_from(ALL), min_size=1)
)


@given(
    st.lists(ASKED, max_size=12),
    st.sampled_from([0.038, 0.048, 0.070]),
    st.sampled_from([1.0, 2.5, 10.0]),
    st.sets(st.sampled_from(ALL)),
)
def test_whatever_is_asked_when_the_truth_is_told_and_everybody_rests(
    story: list[str | float | set[str]], silence_s: float, apart_m: float, deaf: set[str]
) -> None:
    sensors = [
        Sensor(sensor_id=one.sensor_id, trigger=one.trigger, echo=one.echo, x=apart_m * number)
        for number, one in enumerate(SENSORS)
    ]
    rig = WatchedRig(sensors=sensors, silence_s=silence_s)
    for sensor_id in deaf:
        rig.world.set_defect(sensor_id, Defect.NO_TARGET)
    truth = {one: Fault.NO_TARGET if one in deaf else FLOOR for one in ALL}
    for asked in story:
        if asked == "sweep":
            assert told(rig.bank.sweep()) == truth
        elif isinstance(asked, float):
            rig.wait(asked)
        else:
            answers = told(rig.bank.again(asked))
            assert answers == {one: truth[one] for one in answers}
            assert set(asked) - deaf <= answers.keys() <= set(asked)
    _check_rests(rig, sensors)


def _check_rests(rig: WatchedRig, sensors: list[Sensor]) -> None:
    """Assert that every sensor had 60 ms between two pings, and every ping 35 ms to die away."""
    pings: dict[int, list[int]] = defaultdict(list)
    for at_ns, triggers in rig.lines.pulses:
        for trigger in triggers:
            pings[trigger].append(at_ns)
    times = [at_ns for at_ns, _ in rig.lines.pulses]
    assert all(later - earlier >= 35 * MS for earlier, later in pairwise(times))
    for sensor in sensors:
        of_one = pings[sensor.trigger]
        assert all(later - earlier >= 60 * MS for earlier, later in pairwise(of_one))


@given(st.lists(ASKED, max_size=6), st.sets(st.sampled_from(ALL)))
def test_it_is_known_beforehand_how_long_it_takes_until_the_next_sweep(
    story: list[str | float | set[str]], asked: set[str]
) -> None:
    rig = WatchedRig()
    for before in story:
        if before == "sweep":
            rig.bank.sweep()
        elif isinstance(before, float):
            rig.wait(before)
        else:
            rig.bank.again(before)
    start_ns, takes_s = rig.clock.now_ns(), rig.bank.again_s(asked)
    rig.bank.again(asked)
    assert rig.clock.now_ns() - start_ns <= round(takes_s * 1e9)
    if asked:
        started_ns = rig.bank.sweep().started_ns
        assert started_ns - start_ns == pytest.approx(takes_s * 1e9, abs=2)


def test_a_bank_asked_at_once_rests_as_after_a_ping() -> None:
    rig = WatchedRig()
    claimed_ns = rig.clock.now_ns()
    bank = Bank(rig.claim(), make_plan(SENSORS))
    assert bank.again(["A2"]).started_ns - claimed_ns == 60 * MS
