"""The car park as a whole: whatever happens, its counts and its nearest bays are right."""

from collections.abc import Callable
from itertools import product

from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
import pytest

from custom_components.smart_parking.lot.lot import BayStatus, Changes, Lot
from custom_components.smart_parking.lot.model import (
    Bay,
    BayKind,
    BayState,
    Fault,
    Gate,
    Observation,
)
from custom_components.smart_parking.lot.routing.ranking import SUITABLE, distance_m

LEVELS = ["", "1", "2"]
IDS = [str(number) for number in range(8)]

ids = st.sampled_from(IDS)
metres = st.integers(0, 5).map(float)
bays = st.builds(
    Bay,
    bay_id=ids,
    label=ids,
    kind=st.sampled_from([BayKind.STANDARD, BayKind.STANDARD, BayKind.EV, BayKind.ACCESSIBLE]),
    level=st.sampled_from(LEVELS),
    x=metres,
    y=metres,
)
gates = st.builds(
    Gate,
    gate_id=st.sampled_from(["west", "east"]),
    name=st.just("Gate"),
    level=st.sampled_from(LEVELS),
    x=metres,
    distances=st.dictionaries(ids, metres, max_size=2),
)


def seen(bay_id: str, occupied: bool | None) -> Observation:
    """Return what a watch tells of a bay."""
    fault = Fault.GLITCH if occupied is None else None
    return Observation(bay_id, occupied, fault, 0.0 if occupied is None else 0.9, None)


type Snapshot = tuple[dict[str, tuple[object, ...]], dict[str, object]]


class AnyDay(RuleBasedStateMachine):
    """Bays, gates and states change in any order."""

    gates_there: Bundle[str] = Bundle("gates")

    def __init__(self) -> None:
        super().__init__()
        self.lot = Lot()
        self.arrivals = 0
        self.known: dict[str, bool] = {}

    @rule(some=st.lists(bays, unique_by=lambda bay: bay.bay_id))
    def set_bays(self, some: list[Bay]) -> None:
        before = {status.bay.bay_id: self.facts(status) for status in self.lot}

        self.lot.set_bays(some)

        assert [status.bay for status in self.lot] == some
        for status in self.lot:
            if status.bay.bay_id in before:
                assert self.facts(status) == before[status.bay.bay_id]
            else:
                assert status.occupied is None
        self.known = {key: value for key, value in self.known.items() if key in self.lot}

    @rule(target=gates_there, gate=gates)
    def set_gate(self, gate: Gate) -> str:
        assert self.lot.set_gate(gate).gates == {gate.gate_id}
        assert self.lot.has_gate(gate.gate_id)
        assert gate in self.lot.gates
        return gate.gate_id

    @rule(gate_id=consumes(gates_there))
    def remove_gate(self, gate_id: str) -> None:
        if self.lot.has_gate(gate_id):
            self.lot.remove_gate(gate_id)
        assert not self.lot.has_gate(gate_id)

    @rule(states=st.dictionaries(ids, st.sampled_from([True, False, None]), max_size=6))
    def observe(self, states: dict[str, bool | None]) -> None:
        for bay_id, occupied in states.items():
            if bay_id in self.lot and occupied is not None:
                self.arrivals += occupied and self.known.get(bay_id) is False
                self.known[bay_id] = occupied
        self.step(lambda: self.lot.apply([seen(*state) for state in states.items()]))

    @rule(bay_id=ids, out=st.booleans())
    def close(self, bay_id: str, out: bool) -> None:
        if bay_id in self.lot:
            self.step(lambda: self.lot.set_out_of_service(bay_id, out=out))
            assert self.lot[bay_id].out_of_service is out

    @rule(bay_id=ids, held=st.booleans())
    def hold(self, bay_id: str, held: bool) -> None:
        if bay_id in self.lot:
            self.step(lambda: self.lot.set_held(bay_id, held=held))
            assert self.lot[bay_id].held is held

    def step(self, action: Callable[[], Changes]) -> None:
        """Do something; what it says has changed is what has."""
        bays_before, gates_before = self.snapshot()
        states_before = {status.bay.bay_id: status.state for status in self.lot}

        changes = action()

        bays_now, gates_now = self.snapshot()
        assert changes == Changes(
            bays={bay_id for bay_id in bays_now if bays_now[bay_id] != bays_before[bay_id]},
            gates={gate_id for gate_id in gates_now if gates_now[gate_id] != gates_before[gate_id]},
            counts=any(states_before[one.bay.bay_id] is not one.state for one in self.lot),
        )

    def snapshot(self) -> Snapshot:
        """Return what people can see of the lot."""
        return (
            {status.bay.bay_id: self.facts(status) for status in self.lot},
            {gate.gate_id: self.lot.nearest(gate.gate_id) for gate in self.lot.gates},
        )

    @staticmethod
    def facts(status: BayStatus) -> tuple[object, ...]:
        """Return what is known of a bay and decided about it."""
        return (
            status.occupied,
            status.fault,
            status.confidence,
            status.distance_m,
            status.held,
            status.out_of_service,
        )

    @invariant()
    def every_bay_is_counted_once(self) -> None:
        assert self.lot.count() == len(self.lot)
        assert sum(self.lot.count(state) for state in BayState) == len(self.lot)
        for state, kind, level in product(BayState, BayKind, LEVELS):
            there = [one for one in self.lot if one.state is state]
            assert self.lot.count(state) == len(there)
            there = [one for one in there if one.bay.kind is kind]
            assert self.lot.count(state, kind=kind) == len(there)
            there = [one for one in there if one.bay.level == level]
            assert self.lot.count(state, kind=kind, level=level) == len(there)

    @invariant()
    def the_nearest_bay_is_the_one_that_a_search_of_all_finds(self) -> None:
        for gate, kind in product(self.lot.gates, BayKind):
            ways = [
                sorted(
                    (distance_m(gate, one.bay), one.bay.label, one.bay.bay_id)
                    for one in self.lot
                    if one.bay.kind is suitable and one.state is BayState.VACANT
                )
                for suitable in SUITABLE[kind]
            ]
            expected = [bay_id for part in ways for _, _, bay_id in part]
            found = list(self.lot.find(gate.gate_id, kind))
            assert [way.bay.bay_id for way in found] == expected
            assert self.lot.free_for(kind) == len(expected)
            if kind is BayKind.STANDARD:
                assert self.lot.nearest(gate.gate_id) == (found[0] if found else None)

    @invariant()
    def nothing_is_offered_but_vacant_bays(self) -> None:
        for gate, kind in product(self.lot.gates, BayKind):
            for way in self.lot.find(gate.gate_id, kind):
                status = self.lot[way.bay.bay_id]
                assert status.occupied is False
                assert not status.held
                assert not status.out_of_service

    @invariant()
    def who_comes_is_counted(self) -> None:
        assert self.lot.arrivals == self.arrivals


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=50)


@pytest.fixture
def lot() -> Lot:
    """Return three vacant bays in a row, with a gate at their west end."""
    lot = Lot()
    lot.set_bays(Bay(bay_id=f"a{n}", label=f"A{n}", x=2.5 * n) for n in (1, 2, 3))
    lot.set_gate(Gate(gate_id="west", name="West"))
    lot.apply(seen(f"a{n}", occupied=False) for n in (1, 2, 3))
    return lot


def nearest(lot: Lot) -> str | None:
    """Return the label of the nearest bay."""
    way = lot.nearest("west")
    return None if way is None else way.bay.label


def test_drivers_fill_the_lot_from_the_gate(lot: Lot) -> None:
    for label, bay_id in (("A1", "a1"), ("A2", "a2"), ("A3", "a3")):
        assert nearest(lot) == label
        changes = lot.apply([seen(bay_id, occupied=True)])
        assert changes == Changes(bays={bay_id}, gates={"west"}, counts=True)
    assert nearest(lot) is None


def test_a_car_behind_the_nearest_bay_is_no_news_for_the_gate(lot: Lot) -> None:
    assert lot.apply([seen("a2", occupied=True)]) == Changes(bays={"a2"}, counts=True)


def test_another_distance_is_news_of_the_bay_and_of_nothing_else(lot: Lot) -> None:
    told = seen("a1", occupied=False)._replace(distance_m=2.4)

    assert lot.apply([told]) == Changes(bays={"a1"})
    assert lot["a1"].distance_m == 2.4


def test_what_was_known_already_is_no_change(lot: Lot) -> None:
    assert not lot.apply([seen("a1", occupied=False)])
    assert not lot.set_held("a1", held=False)
    assert not lot.set_out_of_service("a1", out=False)


def test_a_bay_that_the_lot_does_not_have_is_passed_over(lot: Lot) -> None:
    assert not lot.apply([seen("b9", occupied=True)])
    assert "b9" not in lot
    assert len(lot) == 3


def test_a_sensor_that_recovers_over_the_same_car_is_no_arrival(lot: Lot) -> None:
    lot.apply([seen("a1", occupied=True)])
    assert lot.arrivals == 1

    lot.apply([seen("a1", occupied=None), seen("a1", occupied=True)])

    assert lot.arrivals == 1


def test_who_came_while_the_sensor_was_down_has_arrived(lot: Lot) -> None:
    lot.apply([seen("a1", occupied=None), seen("a1", occupied=True)])

    assert lot.arrivals == 1


@pytest.mark.parametrize(("was", "arrivals"), [(False, 1), (True, 0), (None, 0)])
def test_who_came_during_a_restart_has_arrived(was: bool | None, arrivals: int) -> None:
    lot = Lot()
    lot.set_bays([Bay(bay_id="a1", label="A1")])
    lot.remember("a1", occupied=was)

    lot.apply([seen("a1", occupied=True)])

    assert lot.arrivals == arrivals


def test_a_held_bay_is_not_offered_and_a_car_in_it_is_a_car(lot: Lot) -> None:
    assert lot.set_held("a1", held=True) == Changes(bays={"a1"}, gates={"west"}, counts=True)
    assert lot["a1"].state is BayState.HELD
    assert nearest(lot) == "A2"

    for occupied, state in ((True, BayState.OCCUPIED), (None, BayState.UNKNOWN)):
        lot.apply([seen("a1", occupied)])
        assert lot["a1"].state is state


def test_a_closed_bay_is_out_of_service_whatever_its_sensor_says(lot: Lot) -> None:
    lot.set_out_of_service("a1", out=True)

    for occupied in (True, None, False):
        lot.apply([seen("a1", occupied)])
        assert lot["a1"].state is BayState.OUT_OF_SERVICE
        assert nearest(lot) == "A2"
    lot.set_out_of_service("a1", out=False)
    assert nearest(lot) == "A1"


def test_a_bay_that_gets_another_kind_is_counted_and_offered_as_that(lot: Lot) -> None:
    lot.set_bays(
        [Bay(bay_id="a1", label="A1", kind=BayKind.EV), Bay(bay_id="a2", label="A2", x=5.0)]
    )

    assert nearest(lot) == "A2"
    assert lot.count(BayState.VACANT, kind=BayKind.EV) == 1
    assert lot.free_for(BayKind.EV) == 2
    assert len(lot) == 2


def test_a_lot_of_silent_sensors_knows_nothing_and_one_reading_is_something(lot: Lot) -> None:
    lot.apply(seen(f"a{n}", occupied=None) for n in (1, 2, 3))
    assert lot.count(BayState.UNKNOWN) == 3

    lot.apply([seen("a2", occupied=True)])
    assert lot.is_known
