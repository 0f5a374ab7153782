"""What can happen to a hold, and how it is told."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..lot import Changes
from .hold import Hold


class HoldEventType(StrEnum):
    """What a driver, or the lot's owner, is told of a hold."""

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
    """Why a driver is sent elsewhere."""

    TAKEN = "taken"
    """Somebody else came sooner than the driver could."""
    DENIED = "denied"
    """The driver says that somebody else stands there."""
    DECLINED = "declined"
    """The driver wants another bay."""
    FAULT = "fault"
    """The bay's sensor has failed."""
    CLOSED = "closed"
    """The owner has taken the bay out of service, or away."""
    BLOCKED = "blocked"
    """A reservation begins, and the bay is not free."""
    GATE = "gate"
    """The gate is no more: the bay stays, and the way is told from another one."""


class HoldError(Exception):
    """Something cannot be promised; `key` and `placeholders` say why in the user's language."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Name the reason."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True)
class HoldEvent:
    """One thing that has happened to a hold, which is shown as it was then."""

    event_type: HoldEventType
    hold: Hold
    reason: Reason | None = None
    previous_bay_id: str | None = None


@dataclass(slots=True)
class Step:
    """What a step has changed in the lot, and what is to be told, in order."""

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
    """Return what is to be told of a hold as it is now."""
    return HoldEvent(event_type, replace(hold), reason, previous_bay_id)
