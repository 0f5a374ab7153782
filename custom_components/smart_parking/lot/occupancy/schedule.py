"""Schedule of the bays whose reports have to be checked though no report comes."""

from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf

from ..model import Reading
from .reports import Reports


class ReportSchedule:
    """The bays of a node in the order in which their reports are due.

    `reports` may be replaced bay by bay; the caller that does so, or adds a report, schedules the
    bay.
    """

    def __init__(self, reports: Mapping[str, Reports]) -> None:
        """Initialize for reports by bay id, none of them scheduled."""
        self._reports = reports
        self._due: list[tuple[float, str]] = []
        """Due times with bay ids, the soonest first; an entry may be too early."""
        self._due_at: dict[str, float] = {}
        """The due time of each bay."""

    @property
    def due_at(self) -> float:
        """When the next bay is due; inf when none is."""
        while self._due and self._reports[self._due[0][1]].due_at > self._due[0][0]:
            self.schedule(self._pop())
        return self._due[0][0] if self._due else inf

    def schedule(self, bay_id: str) -> None:
        """Schedule a bay; when it is due later than before, `due_at` corrects its old entry."""
        due_at = self._reports[bay_id].due_at
        if due_at < self._due_at.get(bay_id, inf):
            self._due_at[bay_id] = due_at
            heappush(self._due, (due_at, bay_id))

    def tick(self, now: float) -> list[Reading]:
        """Return the readings that count by now, of the bays that are due."""
        due: list[str] = []
        while self._due and self._due[0][0] <= now:
            due.append(self._pop())
        counted: list[Reading] = []
        for bay_id in due:
            counted += self._reports[bay_id].tick(now)
            self.schedule(bay_id)
        return counted

    def _pop(self) -> str:
        """Pop the bay that is due first."""
        due_at, bay_id = heappop(self._due)
        if self._due_at.get(bay_id) == due_at:
            del self._due_at[bay_id]
        return bay_id
