"""Messages for a visitor about events of their hold."""

from typing import NamedTuple

from ..lot.holds.events import HoldEvent, HoldEventType, Reason
from ..lot.lot import Lot
from ..texts import DriverTexts


class Message(NamedTuple):
    """A message: a text, and the labels for its placeholders."""

    key: str
    bay: str = ""
    previous: str = ""

    def text(self, texts: DriverTexts) -> str:
        """Return the message in words."""
        return texts.text(self.key, bay=self.bay, previous=self.previous)


_SENT_ELSEWHERE = {
    Reason.TAKEN: "page_taken",
    Reason.DENIED: "page_denied",
    Reason.FAULT: "page_fault",
    Reason.CLOSED: "page_closed",
    Reason.BLOCKED: "page_blocked",
    Reason.GATE: "page_gate_gone",
}


def message_of(hold_event: HoldEvent, lot: Lot, *, was_waiting: bool = False) -> Message | None:
    """Return the message about an event, unless the page shows it anyway."""
    hold, reason = hold_event.hold, hold_event.reason
    bay, previous = lot.label_of(hold.bay_id) or "", lot.label_of(hold_event.previous_bay_id) or ""
    key = None
    match hold_event.event_type:
        case HoldEventType.GUIDED if was_waiting:
            key = "page_came_free"
        case HoldEventType.RE_GUIDED if reason is not None:
            key = _SENT_ELSEWHERE.get(reason)
        case HoldEventType.QUEUED if reason is not None:
            key = "page_lost"
        case HoldEventType.EXPIRED if hold.bay_id is None:
            key = "page_waited"
        case HoldEventType.EXPIRED if not hold.has_parked:
            key = "page_expired"
        case HoldEventType.RELEASED:
            key = "page_ended"
    return None if key is None else Message(key, bay, previous)
