"""What a visitor is told when something happens to their bay."""

from typing import NamedTuple

from ..lot.happenings import Happening, Reason, Told
from ..lot.lot import Lot
from ..words import Words


class Notice(NamedTuple):
    """Something that has happened: a text, and the labels that are put into it."""

    key: str
    bay: str = ""
    previous: str = ""

    def text(self, words: Words) -> str:
        """Return it in words."""
        return words.text(self.key, bay=self.bay, previous=self.previous)


_SENT_ELSEWHERE = {
    Reason.TAKEN: "page_taken",
    Reason.DENIED: "page_denied",
    Reason.FAULT: "page_fault",
    Reason.CLOSED: "page_closed",
    Reason.BLOCKED: "page_blocked",
    Reason.GATE: "page_gate_gone",
}


def notice_of(told: Told, lot: Lot, *, was_waiting: bool = False) -> Notice | None:
    """Return what a visitor is to be told of a happening, if they would not know it anyway."""
    hold, reason = told.hold, told.reason
    bay, previous = lot.label_of(hold.bay_id) or "", lot.label_of(told.previous_bay_id) or ""
    key = None
    match told.happening:
        case Happening.GUIDED if was_waiting:
            key = "page_came_free"
        case Happening.RE_GUIDED if reason is not None:
            key = _SENT_ELSEWHERE.get(reason)
        case Happening.QUEUED if reason is not None:
            key = "page_lost"
        case Happening.EXPIRED if hold.bay_id is None:
            key = "page_waited"
        case Happening.EXPIRED if not hold.has_parked:
            key = "page_expired"
        case Happening.RELEASED:
            key = "page_ended"
    return None if key is None else Notice(key, bay, previous)
