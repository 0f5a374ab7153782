"""Public data of a lot, which all feeds are written from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from math import cos, radians, sin
from typing import NamedTuple

from ...lot.model import Bay, BayKind, BayState, Gate
from ...lot.routing.geometry import Geometry
from .earth import Anchor, Position
from .hours import OpeningHours
from .values import plain

UID_LENGTH = 16


class Structure(StrEnum):
    """Structure of a lot."""

    SURFACE = "surface"
    MULTI_STOREY = "multi_storey"
    UNDERGROUND = "underground"


type Tally = Mapping[tuple[BayKind, BayState], int]
"""The number of bays of each kind and state."""


class BayNow(NamedTuple):
    """A bay with its place on the plan, and its state with the time of its last change."""

    bay: Bay
    shape: Geometry
    state: BayState
    since: datetime


class Expected(NamedTuple):
    """How many bays will probably be taken at a time, of how many."""

    at: datetime
    taken: int
    bays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Data of a lot besides its bays."""

    secret_id: str
    """Distinguishes lots; it is not published."""
    name: str
    language: str
    """Language of its texts, in two letters."""
    time_zone: str
    anchor: Anchor
    hours: OpeningHours | None = None
    operator: str | None = None
    website: str | None = None
    structure: Structure | None = None
    set_up: datetime
    """When it was last configured: its bays, gates or public data."""
    changed: datetime
    """When anything in it last changed."""
    as_of: datetime
    """The time for which all of this is valid: later than the last change, if nothing changes."""
    is_open: bool | None = None
    """Whether it is open now; None when its hours are unknown."""
    expected: tuple[Expected, ...] = ()
    """What is to come, without the bays of the staff; nothing while too few days are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicBay:
    """A bay."""

    uid: str
    label: str
    kind: BayKind
    level: str
    state: BayState
    since: datetime
    position: Position
    corners: tuple[Position, ...]
    """Counter-clockwise, seen from above; none if the direction of the plan is unknown."""
    width: float
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicGate:
    """A gate."""

    uid: str
    name: str
    level: str
    position: Position


class Counts:
    """The number of bays in each state.

    A held bay counts as occupied: a driver without a hold cannot have it.
    """

    def __init__(self, states: Counter[BayState]) -> None:
        """Initialize with the number of bays in each state."""
        self.total = states.total()
        self.free = states[BayState.VACANT]
        self.taken = states[BayState.OCCUPIED] + states[BayState.HELD]
        self.closed = states[BayState.OUT_OF_SERVICE]
        self.unknown = states[BayState.UNKNOWN]

    @property
    def in_service(self) -> int:
        """Return the number of bays in service."""
        return self.total - self.closed

    @property
    def is_known(self) -> bool:
        """Whether any bay's state is known: a lot of silent sensors is neither vacant nor full."""
        return self.unknown < self.in_service or not self.in_service

    @property
    def is_full(self) -> bool | None:
        """Whether no bay is vacant; None while an unknown bay may be."""
        if self.free:
            return False
        return None if self.unknown else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A lot as a whole, without its single bays.

    Staff bays are not in it, because the public may not park there.
    """

    facts: Facts
    uid: str
    name: str
    operator: str | None
    tally: Tally

    @property
    def position(self) -> Position:
        """The position of the lot: its anchor."""
        anchor = self.facts.anchor
        return anchor.locate(anchor.x, anchor.y)

    @property
    def opening_hours(self) -> str | None:
        """The opening hours, as OpenStreetMap writes them."""
        return None if self.facts.hours is None else self.facts.hours.written

    @property
    def is_located(self) -> bool:
        """Whether bays and gates have positions of their own."""
        return self.facts.anchor.bearing is not None

    @property
    def is_open(self) -> bool | None:
        """Whether drivers may park here now; None if unknown, False without any bay in service."""
        counts = self.count()
        if counts.total and not counts.in_service:
            return False
        return self.facts.is_open

    def count(self, *kinds: BayKind) -> Counts:
        """Return the numbers of bays of some kinds; of all kinds if none is given."""
        states: Counter[BayState] = Counter()
        for (kind, state), number in self.tally.items():
            if not kinds or kind in kinds:
                states[state] += number
        return Counts(states)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLot(Overview):
    """A lot, with its bays and gates."""

    bays: tuple[PublicBay, ...]
    gates: tuple[PublicGate, ...]


def overview(facts: Facts, tally: Tally) -> Overview:
    """Return the public data of a lot as a whole."""
    return Overview(
        facts=facts,
        uid=_uid(facts.secret_id),
        name=plain(facts.name) or "P",
        operator=plain(facts.operator or "") or None,
        tally={key: number for key, number in tally.items() if key[0] is not BayKind.STAFF},
    )


def public_lot(facts: Facts, bays: Iterable[BayNow], gates: Iterable[Gate]) -> PublicLot:
    """Return the public data of a lot."""
    public = [one for one in bays if one.bay.kind is not BayKind.STAFF]
    whole = overview(facts, Counter((one.bay.kind, one.state) for one in public))
    return PublicLot(
        facts=facts,
        uid=whole.uid,
        name=whole.name,
        operator=whole.operator,
        tally=whole.tally,
        bays=tuple(_bay(facts, one) for one in public),
        gates=tuple(
            PublicGate(
                uid=_uid(facts.secret_id, gate.gate_id),
                name=plain(gate.name),
                level=plain(gate.level),
                position=facts.anchor.locate(gate.x, gate.y),
            )
            for gate in gates
        ),
    )


def _bay(facts: Facts, now: BayNow) -> PublicBay:
    """Return the public data of a bay."""
    bay, anchor = now.bay, facts.anchor
    return PublicBay(
        uid=_uid(facts.secret_id, bay.bay_id),
        label=plain(bay.label),
        kind=bay.kind,
        level=plain(bay.level),
        state=now.state,
        since=now.since,
        position=anchor.locate(bay.x, bay.y),
        corners=() if anchor.bearing is None else _corners(anchor, bay, now.shape),
        width=now.shape.width,
        length=now.shape.length,
    )


def _corners(anchor: Anchor, bay: Bay, shape: Geometry) -> tuple[Position, ...]:
    """Return the corners of a bay."""
    turn = radians(shape.heading)
    ahead, across = shape.length / 2, shape.width / 2
    return tuple(
        anchor.locate(
            bay.x + along * cos(turn) - aside * sin(turn),
            bay.y + along * sin(turn) + aside * cos(turn),
        )
        for along, aside in ((-ahead, -across), (ahead, -across), (ahead, across), (-ahead, across))
    )


def _uid(*parts: str) -> str:
    """Return an identifier that stays the same, and does not reveal its parts."""
    return sha256("/".join(parts).encode()).hexdigest()[:UID_LENGTH]
