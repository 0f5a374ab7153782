"""Records of a lot: rows, as they go from the lot to its database.

No record identifies a person: no driver, no plate, no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..model import Bay, BayState
from .spells import Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class BayRecord:
    """A bay as it was at a time."""

    bay_id: str
    label: str
    kind: str
    level: str = ""
    zone: str = ""

    @classmethod
    def of(cls, bay: Bay) -> BayRecord:
        """Return a bay as it is now."""
        return cls(
            bay_id=bay.bay_id,
            label=bay.label,
            kind=bay.kind.value,
            level=bay.level,
            zone=bay.zone,
        )

    @property
    def group(self) -> Group:
        """The group that it is counted in."""
        return Group(kind=self.kind, level=self.level, zone=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Bays that are counted together."""

    kind: str
    level: str = ""
    zone: str = ""


class StayOrigin(StrEnum):
    """How a vehicle came to its bay."""

    CHANCE = "chance"
    GUIDED = "guided"
    RESERVED = "reserved"


class StayOutcome(StrEnum):
    """How the hold of the bay ended."""

    CONFIRMED = "confirmed"
    """The driver has parked in the bay that was held for them."""
    TAKEN = "taken"
    """The bay was held for another driver."""


# A stay whose ends are uncertain by less than this still counts for durations.
_BLUR_S = 60.0
_BLUR_SHARE = 0.1


@dataclass(slots=True, kw_only=True)
class Stay(Spell):
    """A vehicle in a bay; `began` and `ended` are when it arrived and left."""

    bay: BayRecord
    origin: StayOrigin = StayOrigin.CHANCE
    outcome: StayOutcome | None = None
    fee: float = 0.0
    over_s: float = 0.0
    """How much longer than allowed it was, in seconds."""

    @property
    def is_measured(self) -> bool:
        """Whether it is over, and its duration is certain enough for statistics."""
        blur_s = self.began_error_s + self.ended_error_s + self.unknown_s
        if self.ended is None or (self.is_estimated and not blur_s):
            return False
        return blur_s <= max(_BLUR_S, _BLUR_SHARE * (self.ended - self.began))


@dataclass(slots=True, kw_only=True)
class FaultSpell(Spell):
    """A time in which a bay was unknown because of a fault."""

    bay: BayRecord
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BayKnown:
    """The state of a bay, to continue with after a restart."""

    bay: BayRecord
    is_occupied: bool
    lost_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRecord:
    """How many bays of each group were in each state at a time; one is written every 5 minutes."""

    at: float
    counts: Mapping[Group, Mapping[BayState, int]]


class GuidanceEventType(StrEnum):
    """Type of a guidance record: the names of `HoldEventType`, and that waiting is pointless."""

    GUIDED = "guided"
    RE_GUIDED = "re_guided"
    QUEUED = "queued"
    RESERVED = "reserved"
    EXTENDED = "extended"
    ARRIVED = "arrived"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    RELEASED = "released"
    TURNED_AWAY = "turned_away"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceRecord:
    """An event of guidance, without the driver."""

    at: float
    event: GuidanceEventType
    kind: str
    reason: str = ""
    bay: BayRecord | None = None
    waited_s: float | None = None
    """Seconds from the request to the parked vehicle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRecord:
    """What was counted of a promotion on a day, in all; `day` is its ordinal."""

    day: int
    promotion_id: str
    title: str
    impressions: int = 0
    on_signs: int = 0
    visits: int = 0
    clicks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """How many phones joined the Wi-Fi on a day, in all; `day` is its ordinal."""

    day: int
    visits: int


type CountedRecord = PromotionRecord | VisitRecord
type Record = Stay | FaultSpell | Spell | BayKnown | CountRecord | GuidanceRecord | CountedRecord


@dataclass(slots=True, kw_only=True)
class Resumed:
    """The state of a lot in the database, to continue with after a restart."""

    seen_at: float | None = None
    first_at: float | None = None
    stays: list[Stay] = field(default_factory=list)
    known: list[BayKnown] = field(default_factory=list)
    faults: list[FaultSpell] = field(default_factory=list)
    full: list[Spell] = field(default_factory=list)
    promotions: list[PromotionRecord] = field(default_factory=list)
    """Of the last days."""
    visits: list[VisitRecord] = field(default_factory=list)
    """Of the last days."""
