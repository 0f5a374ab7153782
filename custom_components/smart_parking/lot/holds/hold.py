"""Holds: which bay is held for whom, and when; no bay is held for two drivers at a time."""

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
    """A bay is reserved for a later time."""
    HELD = "held"
    """A bay is held for the driver, who is on the way."""
    ARRIVED = "arrived"
    """A vehicle stands in the bay, and the driver is asked whether it is theirs."""


@dataclass(slots=True, kw_only=True)
class Hold:
    """One driver's hold. Times are in seconds since the epoch.

    The id stays the same when the driver is sent to another bay.
    """

    hold_id: str
    driver: str
    """The driver's name as given; empty for an unnamed driver."""
    gate_id: str
    kind: BayKind
    begun: float
    """When the driver asked: the queue is served in this order."""
    starts: float
    until: float
    length_s: float
    """How long a bay is held each time the driver is sent to one, in seconds."""
    is_reservation: bool = False
    status: HoldStatus = HoldStatus.WAITING
    due: float = 0.0
    """When the hold is next checked."""
    bay_id: str | None = None
    earliest: float = 0.0
    """The driver cannot be at the bay before this time."""
    has_parked: bool = False
    """The driver says so, though no vehicle is seen in the bay yet."""
    asked_by: str = ""
    """The id of the user who asked, where the number of their holds is limited; else empty."""
    declined: set[str] = field(default_factory=set)
    """Bays that the driver does not want, or has found occupied."""
    was_seen: bool = False
    """The bay's sensor has worked during the hold; not stored."""

    @property
    def is_on_the_way(self) -> bool:
        """Whether the driver has not yet reached the bay."""
        return self.status in (HoldStatus.RESERVED, HoldStatus.HELD) and not self.has_parked

    def to_data(self) -> dict[str, Any]:
        """Return the hold as stored."""
        data = {name: getattr(self, name) for name in REMEMBERED}
        return {**data, "declined": sorted(self.declined)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | Stored) -> Self:
        """Return a hold from stored data; raises `ValueError` when the data is no hold."""
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
            # Data of older versions has no such field: holds of one user were not limited.
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
        """Initialize without holds."""
        self._holds: dict[str, Hold] = {}
        self._drivers: dict[str, Hold] = {}
        self._bays: defaultdict[str, list[Hold]] = defaultdict(list)

    def __len__(self) -> int:
        """Return the number of holds."""
        return len(self._holds)

    def all(self) -> Collection[Hold]:
        """Return all holds, the oldest first."""
        return self._holds.values()

    def get(self, hold_id: str) -> Hold | None:
        """Return the hold of an id."""
        return self._holds.get(hold_id)

    def of_driver(self, driver: str) -> Hold | None:
        """Return the hold of a driver."""
        return self._drivers.get(driver)

    def of_bay(self, bay_id: str) -> list[Hold]:
        """Return the holds of a bay, current and later."""
        return self._bays.get(bay_id, [])

    def holder(self, bay_id: str) -> Hold | None:
        """Return the current hold of a bay."""
        for hold in self.of_bay(bay_id):
            if hold.status is not HoldStatus.RESERVED:
                return hold
        return None

    def has_room_for(self, hold: Hold) -> bool:
        """Return whether a restored hold conflicts with none of the others."""
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
        """Remove a hold."""
        self.assign(hold, None)
        del self._holds[hold.hold_id]
        self._drivers.pop(hold.driver, None)

    def assign(self, hold: Hold, bay_id: str | None) -> None:
        """Assign a bay to a hold in place of the one before."""
        if hold.bay_id is not None:
            of_bay = self._bays[hold.bay_id]
            of_bay.remove(hold)
            if not of_bay:
                del self._bays[hold.bay_id]
        hold.bay_id = bay_id
        if bay_id is not None:
            self._bays[bay_id].append(hold)

    def is_assigned(self, bay_id: str, starts: float, until: float, *, to: Hold) -> bool:
        """Return whether a bay is held or reserved for another driver within a time."""
        return any(
            other is not to and other.starts < until and starts < other.until
            for other in self.of_bay(bay_id)
        )
