"""Sensors that break while they measure: how long until that has a name, and what is shown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import NamedTuple

from benchmarks.detection.banked import BankedLot
from benchmarks.detection.lot import LEAKING, TWO_SURFACES, Job
from custom_components.smart_parking.hcsr04.simulator import Defect, Presence
from custom_components.smart_parking.lot.model import Fault

DEFECTS = (
    Defect.NOISE,
    Defect.NO_RESPONSE,
    Defect.NO_TARGET,
    Defect.STUCK_HIGH,
    Defect.GLITCH,
)
# So long a sensor stays broken, and is whole before the next one is chosen.
BROKEN_S = 300.0
WHOLE_S = 300.0
# These are broken from the very beginning, and stay so.
ALWAYS = {"A12": Defect.NOISE, "B12": Defect.NO_RESPONSE}
NAMES = {Defect.NOISE: (Fault.NOISE, Fault.CONTRADICTORY)}


class Kind(NamedTuple):
    """What breaks, over what."""

    defect: Defect
    presence: Presence | None
    """What was in the bay; None for a sensor that was broken from the beginning."""


@dataclass(slots=True)
class Broken:
    """How it went with sensors of one kind."""

    named_s: list[float] = field(default_factory=list)
    """How long until the fault was named."""
    unnamed: int = 0
    vacant_s: float = 0.0
    """How long bays were shown vacant in all, before the fault was named."""
    vacant_longest_s: float = 0.0
    vacant_later_s: float = 0.0
    """How long bays were shown vacant once it had been named."""
    occupied_later_s: float = 0.0
    mended_s: list[float] = field(default_factory=list)
    """How long until the truth was known again, of those that were mended."""
    names: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Case:
    """One sensor that is broken, or has been mended and not recovered yet."""

    bay_id: str
    kind: Kind
    since_s: float
    at_s: float
    """Up to when it has been looked at."""
    state: bool | None
    named: bool = False
    mended_at_s: float | None = None
    vacant_s: float = 0.0


def run(job: Job) -> dict[Kind, Broken]:
    """Break and mend sensors all day, and return how that went."""
    return _Ward(job).run()


class _Ward:
    """Breaks sensors, and looks at what is shown of their bays."""

    def __init__(self, job: Job) -> None:
        """Initialize with those that never were whole."""
        self._lot = BankedLot(job)
        self._random = Random(f"broken {job.seed}")
        self._found: dict[Kind, Broken] = {}
        self._cases: dict[str, _Case] = {}
        for bay_id, defect in ALWAYS.items():
            self._break(bay_id, Kind(defect, None), 0.0)

    def run(self) -> dict[Kind, Broken]:
        """Run, and return how it went."""
        breaks_at_s, mends_at_s = WHOLE_S, WHOLE_S + BROKEN_S
        for told in self._lot.told():
            at_s = told.at_ns / 1e9
            for reading in told.readings:
                case = self._cases.get(reading.bay_id)
                if case is not None:
                    self._look(case, at_s)
            if at_s >= mends_at_s:
                self._mend_all(at_s)
                breaks_at_s, mends_at_s = at_s + WHOLE_S, at_s + WHOLE_S + BROKEN_S
            elif at_s >= breaks_at_s:
                breaks_at_s = mends_at_s
                self._break_some(at_s)
        for case in self._cases.values():
            self._close(case)
        return self._found

    def _break_some(self, at_s: float) -> None:
        """Break a sensor in each way over an empty bay and over a vehicle, where there is one."""
        truly = {
            bay_id: self._lot.world.truth(bay_id).presence
            for bay_id in self._whole()
            if self._lot.belief.states[bay_id] is not None
        }
        ways = product(DEFECTS, (Presence.EMPTY, Presence.STANDING))
        for defect, presence in ways:
            bays = [bay_id for bay_id, one in truly.items() if one is presence]
            if bays:
                bay_id = self._random.choice(bays)
                del truly[bay_id]
                self._break(bay_id, Kind(defect, presence), at_s)

    def _whole(self) -> Iterator[str]:
        """Yield bays under plain sensors that are whole."""
        for bay_id in self._lot.belief.states:
            if bay_id not in self._cases and bay_id not in (*TWO_SURFACES, *LEAKING):
                yield bay_id

    def _break(self, bay_id: str, kind: Kind, at_s: float) -> None:
        """Break one sensor."""
        self._found.setdefault(kind, Broken())
        state = self._lot.belief.states[bay_id]
        self._cases[bay_id] = _Case(bay_id, kind, at_s, at_s, state)
        self._lot.world.set_defect(bay_id, kind.defect)

    def _mend_all(self, at_s: float) -> None:
        """Mend those that are to be mended at all; the longest waits are over for the others."""
        for case in list(self._cases.values()):
            if case.kind.presence is None:
                continue
            if case.mended_at_s is None:
                case.mended_at_s = at_s
                self._lot.world.set_defect(case.bay_id, None)

    def _look(self, case: _Case, at_s: float) -> None:
        """Count what has been shown since the last look, and look at what is shown now."""
        found, belief = self._found[case.kind], self._lot.belief
        shown, passed_s = case.state, at_s - case.at_s
        case.state, case.at_s = belief.states[case.bay_id], at_s
        if case.mended_at_s is not None:
            presence, _ = self._lot.world.truth(case.bay_id)
            if case.state is (presence is Presence.STANDING):
                found.mended_s.append(at_s - case.mended_at_s)
                self._close(case)
                del self._cases[case.bay_id]
            return
        if case.named:
            found.vacant_later_s += passed_s * (shown is False)
            found.occupied_later_s += passed_s * (shown is True)
        else:
            case.vacant_s += passed_s * (shown is False)
        fault = belief.faults[case.bay_id]
        if case.state is None and fault is not None and fault is not Fault.NO_READING:
            found.names[fault.value] += not case.named
            if not case.named and fault in NAMES.get(case.kind.defect, (fault,)):
                case.named = True
                found.named_s.append(at_s - case.since_s)

    def _close(self, case: _Case) -> None:
        """Add up what is over."""
        found = self._found[case.kind]
        found.unnamed += not case.named
        found.vacant_s += case.vacant_s
        found.vacant_longest_s = max(found.vacant_longest_s, case.vacant_s)
