"""The lot: every bay's state, the counts of them, and the way to the nearest free one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .guidance import SUITABLE, Guide, Way
from .model import Bay, BayKind, BayState, Fault, Gate, Observation


@dataclass(slots=True)
class BayStatus:
    """What is known of a bay, and what has been decided about it."""

    bay: Bay
    occupied: bool | None = None
    fault: Fault | None = Fault.NO_READING
    confidence: float = 0.0
    distance_m: float | None = None
    held: bool = False
    out_of_service: bool = False
    last_known: bool | None = None
    """The newest occupancy that was known, for telling an arrival from a recovery."""

    @property
    def known(self) -> tuple[bool | None, Fault | None, float, float | None]:
        """What was observed last."""
        return self.occupied, self.fault, self.confidence, self.distance_m

    @property
    def state(self) -> BayState:
        """The state that decides whether a driver may be sent here."""
        if self.out_of_service:
            return BayState.OUT_OF_SERVICE
        if self.occupied is None:
            return BayState.UNKNOWN
        if self.occupied:
            return BayState.OCCUPIED
        return BayState.HELD if self.held else BayState.VACANT


@dataclass(slots=True)
class Changes:
    """What a step has changed: bays whose status differs, and gates with another nearest bay.

    `counts` says whether any bay's state differs, so that a count may; `layout` that there may be
    other bays and gates than before, or at other places.
    """

    bays: set[str] = field(default_factory=set)
    gates: set[str] = field(default_factory=set)
    counts: bool = False
    layout: bool = False

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.bays or self.gates or self.counts or self.layout)


class Lot:
    """One car park.

    Counts and rankings are kept as bays change; nothing here ever walks over all bays but setting
    up a gate.
    """

    def __init__(self) -> None:
        """Begin without bays and gates."""
        self.arrivals = 0
        self._bays: dict[str, BayStatus] = {}
        self._guides: dict[str, Guide] = {}
        self._counts: Counter[tuple[BayKind, str, BayState]] = Counter()

    def __len__(self) -> int:
        """Return the number of bays."""
        return len(self._bays)

    def __iter__(self) -> Iterator[BayStatus]:
        """Yield the status of every bay."""
        return iter(self._bays.values())

    def __contains__(self, bay_id: object) -> bool:
        """Return whether the lot has a bay of this id."""
        return bay_id in self._bays

    def __getitem__(self, bay_id: str) -> BayStatus:
        """Return the status of a bay."""
        return self._bays[bay_id]

    @property
    def is_known(self) -> bool:
        """Whether anything is known at all: a lot of silent sensors has no counts."""
        return self.count(BayState.UNKNOWN) < len(self._bays)

    @property
    def gates(self) -> list[Gate]:
        """The entrances."""
        return [guide.gate for guide in self._guides.values()]

    def has_gate(self, gate_id: str) -> bool:
        """Return whether the lot has a gate of this id."""
        return gate_id in self._guides

    def set_bays(self, bays: Iterable[Bay]) -> Changes:
        """Have exactly these bays; those that stay keep what is known of them."""
        before = self._bays
        self._bays = {}
        for bay in bays:
            status = self._bays[bay.bay_id] = before.get(bay.bay_id) or BayStatus(bay)
            status.bay = bay
        self._counts = Counter(map(self._count_key, self._bays.values()))
        for gate in self.gates:
            self.set_gate(gate)
        return Changes(set(self._bays), set(self._guides), counts=True, layout=True)

    def set_gate(self, gate: Gate) -> Changes:
        """Add a gate, or change it."""
        guide = Guide(gate, (status.bay for status in self._bays.values()))
        for status in self._bays.values():
            if status.state is BayState.VACANT:
                guide.set_free(status.bay, free=True)
        self._guides[gate.gate_id] = guide
        return Changes(gates={gate.gate_id}, layout=True)

    def remove_gate(self, gate_id: str) -> None:
        """Forget a gate."""
        del self._guides[gate_id]

    def apply(self, observations: Iterable[Observation]) -> Changes:
        """Take over what has been observed. Bays that the lot does not have are passed over."""
        changes = Changes()
        for seen in observations:
            status = self._bays.get(seen.bay_id)
            if status is None:
                continue
            if seen == (seen.bay_id, *status.known):
                continue
            key = self._count_key(status)
            status.occupied, status.fault = seen.occupied, seen.fault
            status.confidence, status.distance_m = seen.confidence, seen.distance_m
            if seen.occupied is not None:
                self.arrivals += seen.occupied and status.last_known is False
                status.last_known = seen.occupied
            self._note(status, key, changes)
        return changes

    def remember(self, bay_id: str, *, occupied: bool | None) -> None:
        """Learn what was known of a bay before a restart, to tell who came meanwhile."""
        self._bays[bay_id].last_known = occupied

    def set_out_of_service(self, bay_id: str, *, out: bool) -> Changes:
        """Close a bay, or open it again."""
        changes, status = Changes(), self._bays[bay_id]
        if status.out_of_service != out:
            key = self._count_key(status)
            status.out_of_service = out
            self._note(status, key, changes)
        return changes

    def set_held(self, bay_id: str, *, held: bool) -> Changes:
        """Keep a bay for somebody, or no longer."""
        changes, status = Changes(), self._bays[bay_id]
        if status.held != held:
            key = self._count_key(status)
            status.held = held
            self._note(status, key, changes)
        return changes

    def count(
        self,
        state: BayState | None = None,
        *,
        kind: BayKind | None = None,
        level: str | None = None,
    ) -> int:
        """Return how many bays there are of a state, a kind and a level, each if given."""
        return sum(
            number
            for (of_kind, of_level, of_state), number in self._counts.items()
            if state in (None, of_state) and kind in (None, of_kind) and level in (None, of_level)
        )

    def free_for(self, kind: BayKind) -> int:
        """Return how many free bays suit a kind of driver."""
        return sum(self.count(BayState.VACANT, kind=suitable) for suitable in SUITABLE[kind])

    def nearest(self, gate_id: str) -> Way | None:
        """Return the free standard bay nearest to a gate, or None when there is none."""
        return self._guides[gate_id].nearest()

    def find(self, gate_id: str, kind: BayKind = BayKind.STANDARD) -> Iterator[Way]:
        """Yield the free bays for a kind of driver, the best first."""
        return self._guides[gate_id].find(kind)

    @staticmethod
    def _count_key(status: BayStatus) -> tuple[BayKind, str, BayState]:
        """Return under what a bay is counted."""
        return status.bay.kind, status.bay.level, status.state

    def _note(
        self, status: BayStatus, before: tuple[BayKind, str, BayState], changes: Changes
    ) -> None:
        """Bring counts and rankings up to date with one bay, and note what that changed."""
        bay = status.bay
        changes.bays.add(bay.bay_id)
        after = self._count_key(status)
        if after == before:
            return
        changes.counts = True
        self._counts[before] -= 1
        self._counts[after] += 1
        was_free, is_free = before[2] is BayState.VACANT, after[2] is BayState.VACANT
        if was_free != is_free:
            for gate_id, guide in self._guides.items():
                if guide.set_free(bay, free=is_free):
                    changes.gates.add(gate_id)
