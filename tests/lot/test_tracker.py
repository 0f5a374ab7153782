"""A node's tracker: readings in, only changes out."""

from threading import Thread

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault, Observation, Reading
from custom_components.smart_parking.lot.tracker import BayTracker, Calibration, Outcome
from tests.lot.story import FLOOR_M, LOST, ROOF_M, Heard, reading

BAYS = ["A1", "A2", "A3"]


class Node:
    """Three bays, swept together."""

    def __init__(self, tracker: BayTracker | None = None) -> None:
        self.tracker = tracker or BayTracker(dict.fromkeys(BAYS, FLOOR_M))
        self.now = 0.0

    def sweep(self, **heard: Heard) -> Outcome:
        """Make bays hear something, the others the floor."""
        self.now += 0.5
        return self.tracker.observe(
            reading(heard.get(bay, FLOOR_M), self.now)._replace(bay_id=bay) for bay in BAYS
        )

    def sweeps(self, count: int, **heard: Heard) -> list[Observation]:
        """Repeat a sweep and return all observations."""
        return [told for _ in range(count) for told in self.sweep(**heard).observations]


@pytest.fixture
def node() -> Node:
    """Return three bays known to be vacant."""
    node = Node()
    node.sweeps(20)
    return node


def test_before_any_reading_every_bay_is_told_as_unknown() -> None:
    told = BayTracker({"A1": 2.5, "A2": None}).begin()

    assert told == [Observation(bay, None, Fault.NO_READING, 0.0, None) for bay in ("A1", "A2")]


def test_after_a_restart_what_was_occupied_is_told_so() -> None:
    told = BayTracker(dict.fromkeys(BAYS, FLOOR_M), {"A1": True, "A2": False}).begin()

    assert [one.occupied for one in told] == [True, None, None]


def test_only_the_bay_that_changed_is_told(node: Node) -> None:
    told = node.sweeps(4, A2=ROOF_M)

    assert {one.bay_id for one in told} == {"A2"}
    assert told[-1].occupied is True
    assert told[-1].distance_m == ROOF_M


def test_nothing_is_told_while_nothing_happens(node: Node) -> None:
    node.sweeps(10, A2=ROOF_M)

    assert node.sweeps(1000, A2=ROOF_M) == []


@given(st.lists(st.floats(FLOOR_M - 0.04, FLOOR_M + 0.04), max_size=30))
def test_a_distance_is_not_told_again_for_less_than_five_centimetres(heard: list[float]) -> None:
    node = Node()
    node.sweeps(20)

    assert all(not node.sweep(A1=one).observations for one in heard)


def test_a_distance_is_told_again_from_five_centimetres_on(node: Node) -> None:
    told = node.sweeps(1, A1=FLOOR_M + 0.06)

    assert [(one.bay_id, one.distance_m) for one in told] == [("A1", 2.56)]


def test_a_lost_echo_is_no_news_but_the_fault_that_it_grows_into_is(node: Node) -> None:
    assert node.sweeps(20, A1=LOST) == []
    assert node.sweeps(1, A1=LOST) == [Observation("A1", None, LOST, 0.0, None, 20.5)]
    assert node.sweeps(20, A1=LOST) == []


def test_a_fault_is_told_with_its_reason_and_again_when_the_reason_changes(node: Node) -> None:
    told = node.sweeps(5, A3=Fault.STUCK_HIGH) + node.sweeps(5, A3=Fault.NO_RESPONSE)

    assert [one.fault for one in told] == [Fault.STUCK_HIGH, Fault.NO_RESPONSE]


def test_a_bay_that_the_node_does_not_have_is_passed_over(node: Node) -> None:
    assert node.tracker.observe([Reading("B9", 100.0, 1.0)]) == Outcome([], [])


def test_a_node_that_fails_takes_all_its_bays_along_and_says_so_once(node: Node) -> None:
    told = node.tracker.fail(Fault.LINE_LOST, 100.0).observations

    assert [(one.bay_id, one.occupied, one.fault) for one in told] == [
        (bay, None, Fault.LINE_LOST) for bay in BAYS
    ]
    assert node.tracker.fail(Fault.LINE_LOST, 101.0).observations == []


def test_a_bay_is_calibrated_to_the_floor_it_has(node: Node) -> None:
    node.tracker.calibrate(["A1"])

    results = [node.sweep(A1=2.3 + 0.004 * (sweep % 3)).calibrations for sweep in range(20)]

    assert results == [[]] * 19 + [[Calibration("A1", 2.304)]]
    assert node.tracker.empty_distances() == {"A1": 2.304, "A2": FLOOR_M, "A3": FLOOR_M}
    assert node.sweep().calibrations == []


def test_a_calibrated_floor_is_vacant(node: Node) -> None:
    node.sweeps(10, A1=2.0)
    node.tracker.calibrate(["A1"])

    told = node.sweeps(30, A1=2.0)

    assert [one.occupied for one in told] == [False]


def test_some_lost_echoes_do_not_spoil_a_calibration(node: Node) -> None:
    node.tracker.calibrate(["A1"])

    results = [node.sweep(A1=LOST if sweep % 3 else 2.3) for sweep in range(10)]
    results += [node.sweep(A1=2.3) for _ in range(10)]

    assert results[-1].calibrations == [Calibration("A1", 2.3)]


@pytest.mark.parametrize(
    "heard",
    [
        [LOST] * 20,
        [LOST] * 9 + [2.3] * 11,
        [Fault.NO_RESPONSE] * 20,
        [2.1, 2.2, 2.3, 2.4, 2.5] * 4,
    ],
)
def test_a_floor_that_does_not_hold_still_is_no_calibration(node: Node, heard: list[Heard]) -> None:
    node.tracker.calibrate(["A1"])

    results = [node.sweep(A1=one) for one in heard]

    assert results[-1].calibrations == [Calibration("A1", None)]
    assert node.tracker.empty_distances()["A1"] == pytest.approx(FLOOR_M, abs=0.01)


def test_calibrating_a_bay_that_is_gone_does_nothing(node: Node) -> None:
    node.tracker.calibrate(["B9"])

    assert all(node.sweep().calibrations == [] for _ in range(30))


def test_a_calibration_that_is_given_up_changes_nothing(node: Node) -> None:
    node.tracker.calibrate(["A1", "A2"])
    node.sweep()
    node.tracker.end_calibrations(["A1", "A3"])

    done = [one for _ in range(30) for one in node.sweep().calibrations]

    assert [one.bay_id for one in done] == ["A2"]


def test_the_order_to_calibrate_may_come_from_another_thread(node: Node) -> None:
    done: list[Calibration] = []

    def order() -> None:
        for bay in BAYS * 50:
            node.tracker.calibrate([bay])

    thread = Thread(target=order)
    thread.start()
    while thread.is_alive():
        done += node.sweep().calibrations
    for _ in range(20):
        done += node.sweep().calibrations

    assert {one.bay_id for one in done} == set(BAYS)
    assert {one.empty_m for one in done} == {FLOOR_M}


def test_a_single_distance_can_be_taken_for_the_floor() -> None:
    node = Node(BayTracker({"A1": None, "A2": FLOOR_M, "A3": FLOOR_M}))

    assert node.tracker.empty_distances() == {"A2": FLOOR_M, "A3": FLOOR_M}
    node.tracker.learn(Calibration("A1", 2.2))
    node.tracker.learn(Calibration("A2", None))
    assert node.tracker.empty_distances() == {"A1": 2.2, "A2": FLOOR_M, "A3": FLOOR_M}
