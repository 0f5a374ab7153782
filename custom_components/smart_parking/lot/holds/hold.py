"""Promises: which bay is kept for whom, and when; no bay is ever promised to two at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from ..model import BayKind
from ..stored import Stored, StoredError


class HoldStatus(StrEnum):
    """How far a driver has come."""

    WAITING = "waiting"
    """The lot is full; the driver is in the queue."""
    RESERVED = "reserved"
    """A bay is promised for a time that is to come."""
    HELD = "held"
    """A bay is kept."""
    ARRIVED = "arrived"
    """A vehicle stands in the bay, and the driver is asked whether it is theirs."""


@dataclass(slots=True, kw_only=True)
class Hold:
    """What is promised to one driver. Times are in seconds since the epoch.

    The id stays the same when the driver is sent to another bay.
    """

    hold_id: str
    driver: str
    """Whom it is for, in the words of who asked; empty for nobody in particular."""
    gate_id: str
    kind: BayKind
    begun: float
    """When the driver asked: who asked first is served first."""
    starts: float
    until: float
    length_s: float
    """How long a bay is kept each time the driver is sent to one."""
    is_reservation: bool = False
    status: HoldStatus = HoldStatus.WAITING
    due: float = 0.0
    """When the hold is next to be looked at."""
    bay_id: str | None = None
    earliest: float = 0.0
    """Before this the driver cannot have come to the bay."""
    has_parked: bool = False
    """The driver says so, though nothing stands in the bay yet."""
    asked_by: str = ""
    """Who asked, where there is an end to what is kept for one of them; else empty."""
    declined: set[str] = field(default_factory=set)
    """Bays that the driver does not want, or has found taken."""
    was_seen: bool = False
    """The bay's sensor has worked while the bay was kept; not remembered over a restart."""

    @property
    def is_on_the_way(self) -> bool:
        """Whether its driver has still to come to the bay that is promised."""
        return self.status in (HoldStatus.RESERVED, HoldStatus.HELD) and not self.has_parked

    def to_data(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        data = {name: getattr(self, name) for name in REMEMBERED}
        return {**data, "declined": sorted(self.declined)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | Stored) -> Self:
        """Return a hold as it was remembered; raises `ValueError` when that makes no hold."""
        row = Stored.of(data)
        hold = cls(
            hold_id=row.field("hold_id").text(),
            driver=row.field("driver").text(),
            gate_id=row.field("gate_id").text(),
            kind=BayKind(row.field("kind").text()),
            begun=row.field("begun").seconds(),
            starts=row.field("starts").seconds(),
            until=row.field("until").seconds(),
            length_s=row.field("length_s").seconds(),
            is_reservation=row.field("is_reservation").flag(),
            status=HoldStatus(row.field("status").text()),
            due=row.field("due").seconds(),
            bay_id=row.field("bay_id").optional(Stored.text),
            earliest=row.field("earliest").number(),
            has_parked=row.field("has_parked").flag(),
            # Before this was stored, there was no end to what was kept for one user.
            asked_by=row.field("asked_by").text() if row.has("asked_by") else "",
            declined=set(row.field("declined").members(Stored.text)),
        )
        if (hold.bay_id is None) is not (hold.status is HoldStatus.WAITING):
            raise StoredError("bay_id")
        return hold


REMEMBERED = tuple(one.name for one in fields(Hold) if one.name != "was_seen")


class HoldBook:
    """The holds of a lot, by id, by driver and by bay."""

    def __init__(self) -> None:
        """Initialize with none."""
        self._holds: dict[str, Hold] = {}
        self._drivers: dict[str, Hold] = {}
        self._bays: defaultdict[str, list[Hold]] = defaultdict(list)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._holds)

    def all(self) -> Collection[Hold]:
        """Return all holds, the oldest first."""
        return self._holds.values()

    def get(self, hold_id: str) -> Hold | None:
        """Return the hold of an id."""
        return self._holds.get(hold_id)

    def of_driver(self, driver: str) -> Hold | None:
        """Return what a driver has been promised."""
        return self._drivers.get(driver)

    def of_bay(self, bay_id: str) -> list[Hold]:
        """Return whom a bay is promised to, now or later."""
        return self._bays.get(bay_id, [])

    def holder(self, bay_id: str) -> Hold | None:
        """Return for whom a bay is kept now."""
        for hold in self.of_bay(bay_id):
            if hold.status is not HoldStatus.RESERVED:
                return hold
        return None

    def has_room_for(self, hold: Hold) -> bool:
        """Return whether a hold that was remembered can stand beside the others."""
        if hold.hold_id in self._holds or hold.driver in self._drivers:
            return False
        if hold.bay_id is None:
            return True
        if hold.status is not HoldStatus.RESERVED:
            return self.holder(hold.bay_id) is None
        return not any(
            other.status is HoldStatus.RESERVED
            and other.starts < hold.until
            and hold.starts < other.until
            for other in self.of_bay(hold.bay_id)
        )

    def add(self, hold: Hold) -> None:
        """Add a hold."""
        self._holds[hold.hold_id] = hold
        if hold.driver:
            self._drivers[hold.driver] = hold
        if hold.bay_id is not None:
            self._bays[hold.bay_id].append(hold)

    def remove(self, hold: Hold) -> None:
        """Forget a hold."""
        self.assign(hold, None)
        del self._holds[hold.hold_id]
        self._drivers.pop(hold.driver, None)

    def assign(self, hold: Hold, bay_id: str | None) -> None:
        """Assign a bay in the place of the one before."""
        if hold.bay_id is not None:
            of_bay = self._bays[hold.bay_id]
            of_bay.remove(hold)
            if not of_bay:
                del self._bays[hold.bay_id]
        hold.bay_id = bay_id
        if bay_id is not None:
            self._bays[bay_id].append(hold)

    def is_assigned(self, bay_id: str, starts: float, until: float, *, to: Hold) -> bool:
        """Return whether a bay is promised to anybody else within a time."""
        return any(
            other is not to and other.starts < until and starts < other.until
            for other in self.of_bay(bay_id)
        )
