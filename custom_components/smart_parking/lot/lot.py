"""The lot: the state of every bay, counts of them, and the route to the nearest vacant one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from .drawing.surroundings import Surroundings
from .labels import name_key
from .model import Bay, BayKind, BayState, Fault, Gate, Lane, Observation, Ramp
from .routing.directions import Directions, level_change, rounded_m, rows_of
from .routing.network import Network, RoutePath
from .routing.ranking import SUITABLE, Ranking, Route


@dataclass(slots=True)
class BayStatus:
    """The state of a bay, from its sensor and from decisions about it."""

    bay: Bay
    occupied: bool | None = None
    fault: Fault | None = Fault.NO_READING
    confidence: float = 0.0
    distance_m: float | None = None
    held: bool = False
    out_of_service: bool = False
    last_known: bool | None = None
    """The newest known occupancy, which distinguishes an arrival from a recovery."""
    since: float = 0.0
    """When the bay entered its state, in seconds since the epoch."""

    @property
    def known(self) -> tuple[bool | None, Fault | None, float, float | None]:
        """The newest observation."""
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
    """Changes of a step: bays whose status differs, and gates with another nearest bay.

    `counts` is whether any bay's state differs, so that a count may; `layout` whether bays and
    gates may have been added, removed or moved.
    """

    bays: set[str] = field(default_factory=set)
    gates: set[str] = field(default_factory=set)
    counts: bool = False
    layout: bool = False

    def add(self, other: Changes) -> None:
        """Add the changes of another step."""
        self.bays |= other.bays
        self.gates |= other.gates
        self.counts |= other.counts
        self.layout |= other.layout

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.bays or self.gates or self.counts or self.layout)


class Lot:
    """One car park.

    Counts and rankings are updated as bays change; only a change of the layout visits all bays.
    """

    def __init__(self) -> None:
        """Initialize without bays and gates."""
        self.arrivals = 0
        self.edition = 0
        """Another one whenever the lot has other bays, gates or surroundings."""
        self._bays: dict[str, BayStatus] = {}
        self._labels: dict[str, str] = {}
        """Labels of the bays before the last change of the layout."""
        self._gates: dict[str, Gate] = {}
        self.surroundings = Surroundings()
        self._network: Network | None = None
        self._guides: dict[str, Ranking] | None = None
        self._ranked: dict[str, Ranking] | None = None
        """Rankings that are made already, in which no bay is free yet."""
        self._rows: dict[str, str] | None = None
        self._names: dict[str, str] | None = None
        """The ids of bays by how they may be called, found when they are first asked for."""
        self._counts: Counter[tuple[BayKind, str, BayState]] = Counter()
        self._unheard: set[str] = set()

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

    def label_of(self, bay_id: str | None) -> str | None:
        """Return the label of a bay, or of one that has just been removed."""
        if bay_id is None or bay_id not in self._bays:
            return None if bay_id is None else self._labels.get(bay_id)
        return self._bays[bay_id].bay.label

    def find_bay(self, wanted: str) -> Bay | None:
        """Return the bay of a label, however it is written, or of an id."""
        if self._names is None:
            ids = {name_key(bay_id): bay_id for bay_id in self._bays}
            labels = {name_key(one.bay.label): bay_id for bay_id, one in self._bays.items()}
            self._names = {**ids, **labels}
        bay_id = self._names.get(name_key(wanted))
        return None if bay_id is None else self._bays[bay_id].bay

    @property
    def is_known(self) -> bool:
        """Whether any bay's state is known: a lot of silent sensors has no counts."""
        return self.count(BayState.UNKNOWN) < len(self._bays)

    @property
    def is_full(self) -> bool | None:
        """Whether no standard bay is vacant; None until every bay's state is known."""
        if self._unheard or not self.is_known:
            return None
        return self.free_for(BayKind.STANDARD) == 0

    @property
    def gates(self) -> list[Gate]:
        """The gates."""
        return [*self._gates.values()]

    def has_gate(self, gate_id: str) -> bool:
        """Return whether the lot has a gate of this id."""
        return gate_id in self._gates

    def set_bays(self, bays: Iterable[Bay], at: float = 0.0) -> Changes:
        """Set the bays; those that stay keep their state.

        New ones enter their state at `at`, in seconds since the epoch.
        """
        before = self._bays
        self._labels = {bay_id: status.bay.label for bay_id, status in before.items()}
        self._bays = {}
        for bay in bays:
            status = self._bays[bay.bay_id] = before.get(bay.bay_id) or BayStatus(bay, since=at)
            status.bay = bay
        self._counts = Counter(map(self._count_key, self._bays.values()))
        self._unheard = {
            bay_id for bay_id, status in self._bays.items() if status.fault is Fault.NO_READING
        }
        self._outdate()
        return Changes(set(self._bays), set(self._gates), counts=True, layout=True)

    def set_gate(self, gate: Gate) -> Changes:
        """Add a gate, or change it."""
        self._gates[gate.gate_id] = gate
        self._outdate()
        return Changes(gates={gate.gate_id}, layout=True)

    def remove_gate(self, gate_id: str) -> None:
        """Remove a gate."""
        del self._gates[gate_id]
        self._outdate()

    def set_lanes(self, lanes: Iterable[Lane], ramps: Iterable[Ramp] = ()) -> Changes:
        """Set the lanes and ramps; with any, distances are measured along them."""
        return self.set_surroundings(
            replace(self.surroundings, lanes=tuple(lanes), ramps=tuple(ramps))
        )

    def set_surroundings(self, surroundings: Surroundings) -> Changes:
        """Set all that is drawn around the bays; with any lanes, distances are driven ones."""
        self.surroundings = surroundings
        self._outdate()
        return Changes(gates=set(self._gates), layout=True)

    def apply(
        self, observations: Iterable[Observation], epoch_of: Callable[[float], float] = float
    ) -> Changes:
        """Apply observations; those of bays that the lot does not have are ignored.

        `epoch_of` turns the time of an observation into seconds since the epoch.
        """
        changes = Changes()
        for seen in observations:
            status = self._bays.get(seen.bay_id)
            if status is None:
                continue
            if seen[1:5] == status.known:
                continue
            key = self._before(status)
            status.occupied, status.fault = seen.occupied, seen.fault
            status.confidence, status.distance_m = seen.confidence, seen.distance_m
            if seen.fault is not Fault.NO_READING:
                self._unheard.discard(seen.bay_id)
            if seen.occupied is not None:
                self.arrivals += seen.occupied and status.last_known is False
                status.last_known = seen.occupied
            if self._note(status, key, changes):
                status.since = epoch_of(seen.at)
        return changes

    def remember(self, bay_id: str, *, occupied: bool | None) -> None:
        """Restore a bay's occupancy from before a restart, to recognize arrivals since then."""
        self._bays[bay_id].last_known = occupied

    def set_out_of_service(self, bay_id: str, *, out: bool, at: float = 0.0) -> Changes:
        """Take a bay out of service or back, at a time in seconds since the epoch."""
        changes, status = Changes(), self._bays[bay_id]
        if status.out_of_service != out:
            key = self._before(status)
            status.out_of_service = out
            if self._note(status, key, changes):
                status.since = at
        return changes

    def set_held(self, bay_id: str, *, held: bool, at: float = 0.0) -> Changes:
        """Set whether a bay is held, from a time in seconds since the epoch on."""
        changes, status = Changes(), self._bays[bay_id]
        if status.held != held:
            key = self._before(status)
            status.held = held
            if self._note(status, key, changes):
                status.since = at
        return changes

    def count(
        self,
        state: BayState | None = None,
        *,
        kind: BayKind | None = None,
        level: str | None = None,
    ) -> int:
        """Return the number of bays of a state, a kind and a level, each if given."""
        return sum(
            number
            for (of_kind, of_level, of_state), number in self._counts.items()
            if state in (None, of_state) and kind in (None, of_kind) and level in (None, of_level)
        )

    def free_for(self, kind: BayKind) -> int:
        """Return how many vacant bays suit a kind of driver."""
        return sum(self.count(BayState.VACANT, kind=suitable) for suitable in SUITABLE[kind])

    def nearest(self, gate_id: str) -> Route | None:
        """Return the vacant standard bay nearest to a gate, or None when there is none."""
        return self._guide(gate_id).nearest()

    def find(self, gate_id: str, kind: BayKind = BayKind.STANDARD) -> Iterator[Route]:
        """Yield the vacant bays for a kind of driver, the best first."""
        return self._guide(gate_id).find(kind)

    def ranking(self, gate_id: str, kind: BayKind = BayKind.STANDARD) -> Iterator[Bay]:
        """Yield all bays for a kind of driver, vacant or not, the best first."""
        return self._guide(gate_id).ranking(kind)

    def distance_m(self, gate_id: str, bay_id: str) -> float:
        """Return the distance from a gate to a bay, in metres."""
        return self._guide(gate_id).distance_m(bay_id)

    def route(self, gate_id: str, bay_id: str) -> RoutePath:
        """Return the route from a gate to a bay."""
        return RoutePath(self.distance_m(gate_id, bay_id), self.network.points(gate_id, bay_id))

    def directions(self, gate_id: str, bay_id: str) -> Directions:
        """Return the directions from a gate to a bay."""
        if self._rows is None:
            self._rows = rows_of(status.bay for status in self._bays.values())
        bay, gate = self._bays[bay_id].bay, self._gates[gate_id]
        levels = {level for _, level, _ in self._counts} | {gate.level}
        return Directions(
            level=bay.level if len(levels) > 1 and bay.level else None,
            row=self._rows.get(bay_id),
            metres=rounded_m(self.distance_m(gate_id, bay_id)),
            side=self.network.side(gate_id, bay_id),
            level_change=level_change(gate.level, bay.level) if bay.level else None,
        )

    @property
    def network(self) -> Network:
        """The routes through the lot, built at their first use."""
        if self._network is None:
            bays = (status.bay for status in self._bays.values())
            drawn = self.surroundings
            self._network = Network(bays, self._gates.values(), drawn.lanes, drawn.ramps)
        return self._network

    def _guide(self, gate_id: str) -> Ranking:
        """Return the ranking for a gate."""
        return self._all_guides()[gate_id]

    def prepare(self) -> None:
        """Find the ways and rank the bays before anybody asks, in a thread: that takes a while."""
        edition, gates = self.edition, [*self._gates.values()]
        bays = [status.bay for status in self._bays.values()]
        network = self.network
        network.plan()
        ranked = {gate.gate_id: self._rank(gate, bays, network) for gate in gates}
        rows = rows_of(bays)
        if edition == self.edition:
            self._ranked, self._rows = ranked, rows

    def _all_guides(self) -> dict[str, Ranking]:
        """Return the rankings by gate, built anew after a change of the layout."""
        if self._guides is None:
            ranked, self._ranked = self._ranked, None
            if ranked is None:
                bays = [status.bay for status in self._bays.values()]
                ranked = {one: self._rank(gate, bays) for one, gate in self._gates.items()}
            for status in self._bays.values():
                if status.state is BayState.VACANT:
                    for guide in ranked.values():
                        guide.set_free(status.bay, free=True)
            self._guides = ranked
        return self._guides

    def _rank(self, gate: Gate, bays: list[Bay], network: Network | None = None) -> Ranking:
        """Return a new ranking for a gate, in which no bay is free yet."""
        if not (self.surroundings.lanes or self.surroundings.ramps):
            return Ranking(gate, bays)
        return Ranking(gate, bays, (network or self.network).driven_m)

    def _outdate(self) -> None:
        """Invalidate rankings and routes, which are rebuilt at their next use."""
        self.edition += 1
        self._network = self._guides = self._ranked = self._rows = self._names = None

    def _before(self, status: BayStatus) -> tuple[BayKind, str, BayState]:
        """Return the count key of a bay before it changes; rankings still have it as it was."""
        self._all_guides()
        return self._count_key(status)

    @staticmethod
    def _count_key(status: BayStatus) -> tuple[BayKind, str, BayState]:
        """Return the key under which a bay is counted."""
        return status.bay.kind, status.bay.level, status.state

    def _note(
        self, status: BayStatus, before: tuple[BayKind, str, BayState], changes: Changes
    ) -> bool:
        """Update counts and rankings with one bay; return whether its state differs."""
        bay = status.bay
        changes.bays.add(bay.bay_id)
        after = self._count_key(status)
        if after == before:
            return False
        changes.counts = True
        self._counts[before] -= 1
        self._counts[after] += 1
        was_free, is_free = before[2] is BayState.VACANT, after[2] is BayState.VACANT
        if was_free != is_free:
            for gate_id, guide in self._all_guides().items():
                if guide.set_free(bay, free=is_free):
                    changes.gates.add(gate_id)
        return True
