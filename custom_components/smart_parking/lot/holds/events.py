"""Events of a hold."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..lot import Changes
from .hold import Hold


class HoldEventType(StrEnum):
    """Type of an event of a hold."""

    GUIDED = "guided"
    RE_GUIDED = "re_guided"
    QUEUED = "queued"
    RESERVED = "reserved"
    EXTENDED = "extended"
    ARRIVED = "arrived"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    RELEASED = "released"


class Reason(StrEnum):
    """Why a driver is sent to another bay."""

    TAKEN = "taken"
    """Another vehicle came sooner than the driver could."""
    DENIED = "denied"
    """The driver reports that another vehicle stands there."""
    DECLINED = "declined"
    """The driver wants another bay."""
    FAULT = "fault"
    """The bay's sensor has failed."""
    CLOSED = "closed"
    """The owner has closed or removed the bay."""
    BLOCKED = "blocked"
    """A reservation begins, and the bay is not vacant."""
    GATE = "gate"
    """The gate is removed: the bay stays, and the route starts at another gate."""


class HoldError(Exception):
    """A bay cannot be held; `key` and `placeholders` give the reason in the user's language."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Initialize with the key of the reason."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True)
class HoldEvent:
    """One event of a hold, with the hold as it was then."""

    event_type: HoldEventType
    hold: Hold
    reason: Reason | None = None
    previous_bay_id: str | None = None


@dataclass(slots=True)
class Step:
    """The changes of one step in the lot, and its events in order."""

    changes: Changes = field(default_factory=Changes)
    events: list[HoldEvent] = field(default_factory=list)
    at: float = 0.0
    """When, in seconds since the epoch."""


def hold_event(
    event_type: HoldEventType,
    hold: Hold,
    reason: Reason | None = None,
    previous_bay_id: str | None = None,
) -> HoldEvent:
    """Return an event with the hold as it is now."""
    return HoldEvent(event_type, replace(hold), reason, previous_bay_id)
