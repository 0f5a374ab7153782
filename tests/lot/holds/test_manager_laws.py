"""Laws of holds, whatever drivers, owners, sensors and clocks do."""

from collections import Counter
from itertools import combinations, count
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.smart_parking.lot.holds.events import HoldError, Step
from custom_components.smart_parking.lot.holds.hold import Hold, HoldStatus
from custom_components.smart_parking.lot.holds.manager import AGAIN_S, HoldManager, HoldRules
from custom_components.smart_parking.lot.lot import Changes, Lot
from custom_components.smart_parking.lot.model import (
    Bay,
    BayKind,
    BayState,
    Fault,
    Gate,
    Observation,
)
from custom_components.smart_parking.lot.routing.ranking import SUITABLE

BAYS = {
    "a": Bay(bay_id="a", label="A", x=10.0),
    "b": Bay(bay_id="b", label="B", x=20.0),
    "c": Bay(bay_id="c", label="C", x=30.0),
    "d": Bay(bay_id="d", label="D", x=40.0, kind=BayKind.EV),
}
GATES = {"west": Gate(gate_id="west", name="West"), "east": Gate(gate_id="east", name="E", x=50.0)}
KINDS = [BayKind.STANDARD, BayKind.STANDARD, BayKind.EV]
DRIVERS = ["", "", "ann", "bob", "cem", "dee"]
QUEUE_MAX = 2
DAY_S = 86_400.0

bay_ids = st.sampled_from(sorted(BAYS))
kinds = st.sampled_from(KINDS)
gate_ids = st.sampled_from(sorted(GATES))
drivers = st.sampled_from(DRIVERS)


class StrictLot(Lot):
    """A lot that lets only a vacant bay be given to a driver."""

    restoring = False

    @override
    def set_held(self, bay_id: str, *, held: bool, at: float = 0.0) -> Changes:
        """Hold a bay that can be offered, and no other."""
        if held and not self.restoring:
            assert self[bay_id].state in (BayState.VACANT, BayState.HELD)
        return super().set_held(bay_id, held=held, at=at)


class AnyEvening(RuleBasedStateMachine):
    """All actions, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_800_000_000.0
        self.names = count()
        self.lot = self.new_lot()
        self.holds = HoldManager(self.lot, HoldRules(queue_max=QUEUE_MAX))
        for bay_id in "abd":
            self.sense(bay_id, occupied=False)

    @staticmethod
    def new_lot() -> StrictLot:
        lot = StrictLot()
        lot.set_bays(BAYS.values())
        for gate in GATES.values():
            lot.set_gate(gate)
        return lot

    def name(self) -> str:
        return f"hold-{next(self.names)}"

    def promised(self) -> list[object]:
        """Return all holds, the order of the queue, and the states of all bays."""
        holds = list(self.holds.holds_by_id.all())
        return [
            *(hold.to_data() for hold in holds),
            *(self.holds.place_in_queue(hold) for hold in holds),
            *(status.state for status in self.lot),
        ]

    def one(self, number: int) -> Hold:
        holds = list(self.holds.holds_by_id.all())
        return holds[number % len(holds)]

    def events(self, step: Step) -> None:
        """Check that events agree with the state."""
        for events in step.events:
            assert events.event_type
            if events.hold.status is HoldStatus.HELD and events.hold.bay_id is not None:
                assert events.hold.bay_id != events.previous_bay_id

    @rule(
        driver=drivers, kind=kinds, gate_id=gate_ids, length_s=st.sampled_from([None, 5.0, 900.0])
    )
    def guide(self, driver: str, kind: BayKind, gate_id: str, length_s: float | None) -> None:
        if not self.lot.has_gate(gate_id):
            return
        suitable = [
            status
            for status in self.lot
            if status.bay.kind in SUITABLE[kind] and status.state is BayState.VACANT
        ]
        before = self.promised()
        try:
            hold, step = self.holds.guide(
                self.now, self.name(), gate_id=gate_id, kind=kind, driver=driver, length_s=length_s
            )
        except HoldError:
            assert not suitable
            assert self.promised() == before
            return
        self.events(step)
        assert hold.bay_id is not None or hold.status is HoldStatus.WAITING
        if hold.status is HoldStatus.HELD and driver == "":
            assert hold.bay_id in [status.bay.bay_id for status in suitable]

    @rule(
        driver=drivers,
        bay_id=st.none() | bay_ids,
        kind=kinds,
        wait_s=st.sampled_from([0.0, 600.0, 3_600.0, 7_200.0]),
        length_s=st.sampled_from([30.0, 120.0, 3_600.0, 40 * DAY_S]),
    )
    def reserve(
        self, driver: str, bay_id: str | None, kind: BayKind, wait_s: float, length_s: float
    ) -> None:
        if bay_id is not None and bay_id not in self.lot:
            return
        starts = self.now + wait_s
        try:
            hold, step = self.holds.reserve(
                self.now,
                self.name(),
                gate_id="west",
                starts=starts,
                until=starts + length_s,
                bay_id=bay_id,
                kind=kind,
                driver=driver,
            )
        except HoldError:
            return
        self.events(step)
        assert hold.bay_id is not None
        assert bay_id in (None, hold.bay_id)

    @precondition(lambda self: len(self.holds.holds_by_id) > 0)
    @rule(number=st.integers(0, 9))
    def release(self, number: int) -> None:
        hold = self.one(number)

        self.events(self.holds.release(self.now, hold))

        assert self.holds.holds_by_id.get(hold.hold_id) is None

    @precondition(lambda self: len(self.holds.holds_by_id) > 0)
    @rule(number=st.integers(0, 9), extra_s=st.sampled_from([60.0, 3_600.0, 40 * DAY_S]))
    def extend(self, number: int, extra_s: float) -> None:
        hold = self.one(number)
        before = hold.until
        try:
            self.holds.extend(self.now, hold, extra_s)
        except HoldError:
            assert hold.until == before
        else:
            assert hold.until >= before + extra_s

    @precondition(lambda self: len(self.holds.holds_by_id) > 0)
    @rule(number=st.integers(0, 9), parked=st.booleans())
    def confirm(self, number: int, parked: bool) -> None:
        hold = self.one(number)
        is_later = hold.status is HoldStatus.RESERVED
        try:
            self.events(self.holds.confirm(self.now, hold, parked=parked))
        except HoldError:
            assert is_later

    @precondition(lambda self: len(self.holds.holds_by_id) > 0)
    @rule(number=st.integers(0, 9))
    def another(self, number: int) -> None:
        hold = self.one(number)
        before, was_held = hold.bay_id, hold.status is HoldStatus.HELD
        try:
            self.events(self.holds.another(self.now, hold))
        except HoldError:
            assert hold.bay_id == before
        else:
            assert not was_held or hold.bay_id != before

    @rule(bay_id=bay_ids, occupied=st.sampled_from([True, False, False, None]))
    def sense(self, bay_id: str, occupied: bool | None) -> None:
        fault = Fault.GLITCH if occupied is None else None
        seen = Observation(bay_id, occupied, fault, 0.0 if occupied is None else 0.9, None)
        changes = self.lot.apply([seen])
        self.events(self.holds.follow(self.now, changes.bays))

    @rule(bay_id=bay_ids, out=st.booleans())
    def close(self, bay_id: str, out: bool) -> None:
        if bay_id in self.lot:
            changes = self.lot.set_out_of_service(bay_id, out=out)
            self.events(self.holds.follow(self.now, changes.bays))

    @rule(gone=st.none() | bay_ids, gate_ids=st.sets(gate_ids, min_size=1))
    def rebuild(self, gone: str | None, gate_ids: set[str]) -> None:
        self.lot.set_bays(bay for bay_id, bay in BAYS.items() if bay_id != gone)
        for gate in self.lot.gates:
            self.lot.remove_gate(gate.gate_id)
        for gate_id in sorted(gate_ids):
            self.lot.set_gate(GATES[gate_id])
        if "west" not in gate_ids:
            self.lot.set_gate(GATES["west"])
        self.events(self.holds.rebuild(self.now))

    @rule(seconds=st.sampled_from([1.0, 10.0, 61.0, 300.0, 1_000.0, 4_000.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.events(self.holds.pass_time(self.now))
        assert self.holds.next_due is None or self.holds.next_due > self.now

    @rule()
    def restart(self) -> None:
        """Home Assistant restarts: holds stay, and occupancy is unknown at first."""
        kept = [hold.to_data() for hold in self.holds.holds_by_id.all()]
        bays = [status.bay for status in self.lot]
        self.lot = self.new_lot()
        self.lot.set_bays(bays)
        self.holds = HoldManager(self.lot, HoldRules(queue_max=QUEUE_MAX))
        self.lot.restoring = True
        self.holds.restore(Hold.from_data(data) for data in kept)
        self.lot.restoring = False

        assert [hold.to_data() for hold in self.holds.holds_by_id.all()] == kept
        self.events(self.holds.rebuild(self.now))

    @invariant()
    def no_bay_is_kept_for_two(self) -> None:
        kept = Counter(
            hold.bay_id
            for hold in self.holds.holds_by_id.all()
            if hold.status in (HoldStatus.HELD, HoldStatus.ARRIVED)
        )
        assert all(number == 1 for number in kept.values())
        assert {status.bay.bay_id for status in self.lot if status.held} == set(kept)

    @invariant()
    def no_bay_is_promised_twice_at_a_time(self) -> None:
        for bay_id in BAYS:
            promised = [
                (hold.starts, hold.until)
                for hold in self.holds.holds_by_id.of_bay(bay_id)
                if hold.status in (HoldStatus.HELD, HoldStatus.RESERVED)
            ]
            for one, other in combinations(sorted(promised), 2):
                assert one[1] <= other[0] + AGAIN_S

    @invariant()
    def nobody_waits_beside_a_bay_for_them(self) -> None:
        vacant = [s.bay for s in self.lot if s.state is BayState.VACANT]
        for hold in self.holds.holds_by_id.all():
            if hold.status is HoldStatus.WAITING:
                assert hold.bay_id is None
                for bay in vacant:
                    assert (
                        bay.kind not in SUITABLE[hold.kind]
                        or bay.bay_id in hold.declined
                        or self.holds.holds_by_id.of_bay(bay.bay_id)
                    )

    @invariant()
    def who_asked_first_is_served_first(self) -> None:
        waiting = [h for h in self.holds.holds_by_id.all() if h.status is HoldStatus.WAITING]
        places = {self.holds.place_in_queue(hold) or 0: hold.begun for hold in waiting}
        assert sorted(places) == list(range(1, len(waiting) + 1))
        assert [places[place] for place in sorted(places)] == sorted(h.begun for h in waiting)

    @invariant()
    def counts_add_up(self) -> None:
        states = Counter(status.state for status in self.lot)
        for state in BayState:
            assert self.lot.count(state) == states[state]

    @override
    def teardown(self) -> None:
        """Every hold ends."""
        for _ in range(50):
            self.now += 10 * DAY_S
            self.holds.pass_time(self.now)
        assert not len(self.holds.holds_by_id)
        assert not any(status.held for status in self.lot)


TestAnyEvening = AnyEvening.TestCase
TestAnyEvening.settings = settings(max_examples=150, stateful_step_count=40)
