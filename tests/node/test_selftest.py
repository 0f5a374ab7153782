"""A look at simulated sensors finds what was built into them."""

from dataclasses import replace
import json

import pytest

from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.simulator import (
    AS_RECORDED,
    Defect,
    Mount,
    Quality,
    SimulatedLines,
    VirtualClock,
    World,
)
from custom_components.smart_parking.node import selftest
from custom_components.smart_parking.node.selftest import Report

SENSORS = [
    Sensor(sensor_id=f"A{number}", trigger=2 * number, echo=2 * number + 1, x=10.0 * number)
    for number in range(1, 4)
]


def look(
    quality: Quality,
    *,
    defects: dict[str, Defect] | None = None,
    sensors: list[Sensor] | None = None,
    height_m: float = 2.5,
    lower_m: float | None = None,
    pings: int = 1500,
) -> tuple[Report, list[str]]:
    """Return what was found of simulated sensors, in numbers and words."""
    hung = sensors or SENSORS
    clock = VirtualClock(1_000_000_000)
    heights = [height_m, lower_m or height_m, *[height_m] * len(hung)]
    world = World(
        clock,
        [
            Mount(sensor_id=one.sensor_id, height_m=metres)
            for one, metres in zip(hung, heights, strict=False)
        ],
    )
    for sensor_id, defect in (defects or {}).items():
        world.set_defect(sensor_id, defect)
    lines: list[str] = []
    simulated = SimulatedLines(hung, world, quality=quality, seed=3)
    report = selftest.run(simulated, hung, model="Pi", chip="sim", pings=pings, say=lines.append)
    return report, lines


@pytest.mark.parametrize("height_m", [1.5, 2.7])
def test_the_numbers_are_those_that_the_simulator_was_given(height_m: float) -> None:
    report, lines = look(AS_RECORDED, height_m=height_m)
    found = report.quality
    noise_m = AS_RECORDED.noise_m if height_m < 1.7 else AS_RECORDED.noise_far_m
    said_m = found.noise_m if height_m < 1.7 else found.noise_far_m
    assert said_m == pytest.approx(noise_m, rel=0.25)
    assert found.step_m == pytest.approx(AS_RECORDED.step_m, abs=0.0005)
    assert found.dropout_share == pytest.approx(AS_RECORDED.dropout_share, abs=0.04)
    assert found.dropout_burst_s == pytest.approx(AS_RECORDED.dropout_burst_s, abs=0.05)
    assert found.outlier_share == pytest.approx(AS_RECORDED.outlier_share, abs=0.02)
    assert "No sensor hears another one." in lines
    # The file leads to a simulator that is the same again.
    written = json.loads(json.dumps(report.to_json()))
    assert Quality(**written["quality"]) == found
    again, _ = look(Quality(**written["quality"]), height_m=height_m)
    assert again.quality.dropout_share == pytest.approx(found.dropout_share, abs=0.04)


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        (Defect.NO_RESPONSE, "DOES NOT ANSWER"),
        (Defect.STUCK_HIGH, "IS ALWAYS HIGH"),
        (Defect.NO_TARGET, "HEARS NO ECHO"),
        (Defect.GLITCH, "NONSENSE"),
    ],
)
def test_what_is_broken_is_named(defect: Defect, words: str) -> None:
    report, lines = look(Quality(), defects={"A2": defect}, pings=30)
    assert words in lines[1]
    assert lines[1].startswith("A2 (trigger 4, echo 5): ")
    assert [one.distance_m is None for one in report.sensors] == [False, True, False]
    assert report.sensors[1].faults == {str(defect): 30}


def test_noise_without_an_echo_is_seen_to_be_none() -> None:
    _, lines = look(Quality(), defects={"A2": Defect.NOISE}, pings=60)
    assert "TOO MANY OUTLIERS" in lines[1]


def test_lost_echoes_are_told_of() -> None:
    _, lines = look(replace(AS_RECORDED, dropout_share=0.4), pings=300)
    assert "TOO MANY LOST ECHOES" in lines[0]


def test_neighbours_that_hear_one_another_are_found() -> None:
    near = [replace(one, x=0.4 * number) for number, one in enumerate(SENSORS)]
    near[2] = replace(near[2], x=50.0)
    report, lines = look(Quality(), sensors=near, pings=40, height_m=3.6, lower_m=1.2)
    assert [(one.hears, one.other) for one in report.crosstalk] == [("A1", "A2")]
    assert any(line.startswith("A1 hears A2: 100% of the distances differ") for line in lines)


def test_steadiness_of_the_stamps_is_measured() -> None:
    report, _ = look(Quality(), pings=60)
    for one in report.sensors:
        assert one.rise_us is not None
        assert one.jitter_us is not None
        assert 100.0 < one.rise_us < 1000.0
        assert one.jitter_us < 100.0


def test_of_nothing_there_is_no_quality() -> None:
    report, _ = look(
        Quality(), defects=dict.fromkeys(["A1", "A2", "A3"], Defect.NO_RESPONSE), pings=20
    )
    assert report.quality == Quality()
    assert report.crosstalk == []
