"""What happens in the simulated bays: driving in, standing, people, air, and the truth of it."""

from threading import Event as ThreadEvent, Thread

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.hcsr04.model import Fault
from custom_components.smart_parking.hcsr04.simulator import (
    Defect,
    Event,
    Mount,
    Move,
    Presence,
    SimulatedLines,
    VehicleKind,
    VirtualClock,
    World,
    air_over_the_day,
)
from custom_components.smart_parking.hcsr04.simulator.vehicles import BODIES, Vehicle
from tests.hcsr04.simulator_rig import SECOND_NS, SENSORS, Rig

HOUR_S = 3_600.0


def floor_or(told: float | Fault | None) -> float:
    """Return a distance, and the floor's for none."""
    return told if isinstance(told, float) else 2.5


def test_a_bay_begins_empty() -> None:
    rig = Rig()
    assert rig.world.truth("A1") == (Presence.EMPTY, 7)
    assert rig.world.distance_m("A1") == 2.5


@pytest.mark.parametrize("kind", VehicleKind)
def test_a_vehicle_drives_in_stands_and_is_gone(kind: VehicleKind) -> None:
    rig = Rig()
    rig.wait(10.0)
    entered_ns = rig.clock.now_ns()
    rig.world.park("A1", kind)
    assert rig.world.truth("A1") == (Presence.MOVING, entered_ns)
    rig.wait(30.0)
    presence, stood_ns = rig.world.truth("A1")
    assert presence is Presence.STANDING
    length_m = BODIES[kind].length_m
    # 15 to 85 % of its length pass the sensor, at 1 to 1.5 m/s.
    assert 0.1 * length_m / 1.5 < (stood_ns - entered_ns) * 1e-9 < length_m
    assert 0.3 < rig.world.distance_m("A1") < 2.0
    left_ns = rig.clock.now_ns()
    rig.world.drive_off("A1")
    assert rig.world.truth("A1") == (Presence.MOVING, left_ns)
    rig.wait(30.0)
    presence, gone_ns = rig.world.truth("A1")
    assert presence is Presence.EMPTY
    assert gone_ns - left_ns == pytest.approx(stood_ns - entered_ns, abs=2)
    assert rig.world.distance_m("A1") == 2.5
    # The past is still known.
    assert rig.world.truth("A1", stood_ns + 1) == (Presence.STANDING, stood_ns)
    assert rig.world.truth("A1", left_ns + 1) == (Presence.MOVING, left_ns)
    assert rig.world.truth("A1", entered_ns - 1) == (Presence.EMPTY, 7)


def test_the_outline_of_a_car_passes_under_the_sensor() -> None:
    rig = Rig()
    rig.world.park("A1", VehicleKind.CAR)
    seen = []
    while rig.world.truth("A1").presence is Presence.MOVING:
        seen.append(2.5 - rig.world.distance_m("A1"))
        rig.wait(0.05)
    assert seen[0] == pytest.approx(0.75, rel=0.1)  # the front of the bonnet
    rising = seen[: seen.index(max(seen)) + 1]
    assert rising == sorted(rising)
    assert max(seen) == pytest.approx(1.49, rel=0.1)  # the roof


@given(st.sampled_from(VehicleKind), st.floats(0.9, 1.1), st.floats(-1.0, 6.0))
def test_an_outline_is_as_high_as_such_vehicles_are(
    kind: VehicleKind, size: float, behind_nose_m: float
) -> None:
    height_m, heard = Vehicle(kind, size).outline(behind_nose_m)
    assert 0.6 * size <= height_m <= 2.0 * size
    assert 0.5 <= heard <= 1.0


def test_glass_deflects_pings_and_a_roof_does_not() -> None:
    car = Vehicle(VehicleKind.CAR)
    assert car.outline(0.33 * car.length_m)[1] < car.outline(0.6 * car.length_m)[1] == 1.0


def test_a_car_under_glass_is_missed_by_a_share_of_pings_but_never_seems_gone() -> None:
    told = []
    for seed in range(60):
        rig = Rig(seed=seed)
        rig.world.park("A1", VehicleKind.CAR)
        rig.wait(30.0)
        told += [rig.sweep()["A1"] for _ in range(20)]
    missed = told.count(Fault.NO_TARGET) / len(told)
    assert 0.0 < missed < 0.2
    assert max(one for one in told if isinstance(one, float)) < 2.0


def test_a_ping_that_misses_a_motorcycle_comes_back_from_the_floor() -> None:
    told = []
    for seed in range(20):
        rig = Rig(seed=seed)
        rig.world.park("A1", VehicleKind.MOTORCYCLE)
        rig.wait(30.0)
        told += [floor_or(rig.sweep()["A1"]) for _ in range(20)]
    assert 0 < sum(one == pytest.approx(2.5, abs=1e-6) for one in told) < len(told) / 2
    assert all(one == pytest.approx(2.5, abs=1e-6) or one < 2.0 for one in told)


def test_people_walk_by_for_about_a_second() -> None:
    rig = Rig(walkers_per_h=60.0)
    passes: list[int] = []
    for _ in range(10_000):
        rig.wait(0.1)
        near = rig.world.distance_m("A1") < 2.4
        if near and passes and passes[-1]:
            passes[-1] += 1
        elif near or (passes and passes[-1]):
            passes.append(int(near))
        assert not near or 0.5 < rig.world.distance_m("A1") < 1.01
    lengths_s = [0.1 * steps for steps in passes if steps]
    assert 8 <= len(lengths_s) <= 30  # 1000 s at 60 an hour: 16.7
    assert min(lengths_s) >= 0.3
    assert max(lengths_s) <= 1.3


def test_a_van_hides_who_is_smaller_and_the_truth_knows_no_walkers() -> None:
    quiet, busy = Rig(), Rig(walkers_per_h=7_200.0)
    for rig in (quiet, busy):
        rig.world.park("A1", VehicleKind.VAN)
        rig.wait(30.0)
    roof_m = quiet.world.distance_m("A1")
    for _ in range(300):
        busy.wait(0.2)
        assert busy.world.distance_m("A1") <= roof_m
        assert busy.world.truth("A1").presence is Presence.STANDING
        assert busy.world.truth("A2").presence is Presence.EMPTY


@pytest.mark.parametrize(
    ("walkers_per_h", "traffic", "else_told"),
    [
        (
            0.0,
            [
                Event(1.0, "A1", Move.ARRIVES, VehicleKind.SUV),
                Event(20.0, "A1", Move.LEAVES),
                Event(20.5, "A1", Move.ARRIVES, VehicleKind.VAN),
            ],
            Fault.NO_TARGET,
        ),
        (1_200.0, [], pytest.approx(2.5, abs=1e-6)),
    ],
    ids=["vehicles", "people"],
)
def test_every_ping_meets_what_is_there_at_that_moment(
    walkers_per_h: float, traffic: list[Event], else_told: object
) -> None:
    pinged, seen = (Rig(walkers_per_h=walkers_per_h, traffic=traffic) for _ in range(2))
    right = 0
    for _ in range(400):
        pinged.wait(0.03)
        told = next(m for m in pinged.bank.sweep().measurements if m.sensor_id == "A1")
        seen.clock.wait_until(told.at_ns)
        true_m = seen.world.distance_m("A1")
        if told.distance_m == pytest.approx(true_m, abs=1e-6):
            right += 1
        else:
            assert (told.fault or told.distance_m) == else_told
    assert 350 < right < 400  # glass deflects some pings, heads let some pass


def test_dirt_lets_everything_seem_farther_day_by_day() -> None:
    rig = Rig(drift_m_per_day=0.01)
    assert rig.sweep()["A1"] == pytest.approx(2.5, abs=1e-6)
    rig.world.park("A2", VehicleKind.MOTORCYCLE)
    rig.wait(4 * 86_400.0)
    told = [rig.sweep() for _ in range(40)]
    farther = pytest.approx(2.54, abs=1e-4)
    assert [one["A1"] for one in told] == [farther] * 40
    # Beside the motorcycle the floor shows.
    assert farther in [one["A2"] for one in told]


# By hand and by itself


def test_a_bay_that_is_taken_takes_no_other_vehicle() -> None:
    rig = Rig()
    rig.world.park("A1", VehicleKind.VAN)
    rig.wait(30.0)
    before = rig.world.truth("A1"), rig.world.distance_m("A1")
    rig.world.park("A1", VehicleKind.MOTORCYCLE)
    rig.wait(30.0)
    assert (rig.world.truth("A1"), rig.world.distance_m("A1")) == before


def test_driving_off_an_empty_bay_does_nothing() -> None:
    rig = Rig()
    rig.world.drive_off("A1")
    assert rig.world.truth("A1").presence is Presence.EMPTY


def test_a_vehicle_told_to_leave_while_it_drives_in_stops_first() -> None:
    stays, leaves = Rig(), Rig()
    stays.world.park("A1")
    leaves.world.park("A1")
    leaves.world.drive_off("A1")
    for rig in (stays, leaves):
        rig.wait(30.0)
    stood_ns, gone_ns = stays.world.truth("A1").since_ns, leaves.world.truth("A1").since_ns
    assert gone_ns - stood_ns == pytest.approx(stood_ns - 7, abs=2)


def test_the_next_vehicle_waits_until_the_bay_is_clear() -> None:
    rig = Rig()
    rig.world.park("A1")
    rig.world.drive_off("A1")  # still driving in: it stands first
    rig.world.park("A1")
    seen: list[Presence] = []
    for _ in range(100):
        presence = rig.world.truth("A1").presence
        assert (rig.world.distance_m("A1") == 2.5) is (presence is Presence.EMPTY)
        if not seen or seen[-1] is not presence:
            seen.append(presence)
        rig.wait(0.3)
    assert seen == [Presence.MOVING, Presence.EMPTY, Presence.MOVING, Presence.STANDING]


def test_a_bay_run_by_hand_ignores_traffic_until_it_is_automatic_again() -> None:
    rig = Rig(traffic=[Event(100.0, "A1", Move.ARRIVES), Event(1_000.0, "A1", Move.LEAVES)])
    rig.world.drive_off("A1")
    rig.wait(200.0)
    assert rig.world.truth("A1").presence is Presence.EMPTY
    rig.world.automatic("A1")
    rig.wait(30.0)
    assert rig.world.truth("A1").presence is Presence.STANDING
    since_ns = rig.world.truth("A1").since_ns
    rig.world.park("A1")
    rig.world.automatic("A1")
    assert rig.world.truth("A1") == (Presence.STANDING, since_ns)
    rig.world.park("A1")
    rig.wait(1_000.0)
    assert rig.world.truth("A1").presence is Presence.STANDING
    rig.world.automatic("A1")
    rig.wait(30.0)
    assert rig.world.truth("A1").presence is Presence.EMPTY


# Traffic


def test_a_day_is_replayed_as_it_was_written() -> None:
    day = [
        Event(-600.0, "A2", Move.ARRIVES),
        Event(60.0, "A1", Move.ARRIVES, VehicleKind.VAN),
        Event(300.0, "A2", Move.LEAVES),
        Event(900.0, "A1", Move.LEAVES),
        Event(901.0, "A1", Move.ARRIVES, VehicleKind.CAR),
    ]
    rig = Rig(traffic=day)
    begun = set()
    stands = {"A1": False, "A2": True, "A3": False, "A4": False}
    assert {one: rig.world.truth(one).presence is Presence.STANDING for one in stands} == stands
    for tenth in range(1, 10_000):
        rig.clock.wait_until(7 + tenth * SECOND_NS // 10)
        for sensor in SENSORS:
            presence, since_ns = rig.world.truth(sensor.sensor_id)
            if presence is Presence.MOVING:
                begun.add((round((since_ns - 7) * 1e-9, 1), sensor.sensor_id))
    moves = sorted(begun)
    assert moves[:3] == [(60.0, "A1"), (300.0, "A2"), (900.0, "A1")]
    # The next one comes in when the one before is out.
    ((next_s, sensor_id),) = moves[3:]
    assert sensor_id == "A1"
    assert 902.0 < next_s < 910.0


def test_events_that_contradict_one_another_are_refused() -> None:
    rig = Rig(traffic=[Event(1.0, "A1", Move.ARRIVES), Event(2.0, "A1", Move.ARRIVES)])
    rig.wait(3.0)
    with pytest.raises(ValueError, match="contradicts"):
        rig.world.truth("A1")


def test_equal_seeds_make_equal_worlds_however_often_one_looks() -> None:
    def story(seed: int, step_s: float) -> list[float]:
        rig = Rig(seed=seed, walkers_per_h=3_600.0, traffic=[Event(50.0, "A1", Move.ARRIVES)])
        seen = []
        for step in range(1, 11):
            while rig.clock.now_ns() < 7 + step * 10 * SECOND_NS:
                rig.wait(step_s)
                rig.world.truth("A1")
            seen += [rig.world.distance_m(sensor.sensor_id) for sensor in SENSORS]
        return seen

    assert story(1, 10.0) == story(1, 2.5)
    assert story(1, 10.0) != story(2, 10.0)


def test_any_thread_may_change_the_world_while_another_one_sweeps() -> None:
    rig = Rig(walkers_per_h=600.0)
    done = ThreadEvent()

    def meddle() -> None:
        while not done.is_set():
            rig.world.park("A1")
            rig.world.set_defect("A2", Defect.STUCK_HIGH)
            rig.world.drive_off("A1")
            rig.world.set_defect("A2", None)
            rig.world.truth("A1")

    meddler = Thread(target=meddle)
    meddler.start()
    told = [rig.sweep() for _ in range(200)]
    done.set()
    meddler.join(30.0)
    assert not meddler.is_alive()
    assert all(isinstance(one["A3"], float) for one in told)


# Air


@given(st.floats(-40.0, 20.0), st.floats(0.0, 40.0), st.floats(0.0, 24.0), st.floats(0.0, 1e6))
def test_a_day_is_never_colder_nor_warmer_than_said(
    coldest_c: float, swing_c: float, starts_at_h: float, at_s: float
) -> None:
    air = air_over_the_day(coldest_c, coldest_c + swing_c, starts_at_h=starts_at_h)
    assert callable(air)
    assert coldest_c - 1e-9 <= air(at_s) <= coldest_c + swing_c + 1e-9
    assert air(at_s) == pytest.approx(air(at_s + 86_400.0), abs=1e-6)


def test_it_is_coldest_early_in_the_morning() -> None:
    air = air_over_the_day(-10.0, 40.0, starts_at_h=1.0)
    assert callable(air)
    assert air(3 * HOUR_S) == pytest.approx(-10.0)
    assert air(15 * HOUR_S) == pytest.approx(40.0)


def test_lines_of_a_sensor_that_hangs_nowhere_cannot_be_claimed() -> None:
    world = World(VirtualClock(), [Mount(sensor_id="A1")])
    with pytest.raises(KeyError, match="A2"):
        SimulatedLines(SENSORS, world)


def test_a_vehicle_put_into_a_bay_stands_at_once() -> None:
    rig = Rig()
    rig.wait(5.0)
    rig.world.park("A1", at_once=True)
    assert rig.world.truth("A1").presence is Presence.STANDING
    rig.world.drive_off("A1")
    rig.wait(30.0)
    assert rig.world.truth("A1").presence is Presence.EMPTY
