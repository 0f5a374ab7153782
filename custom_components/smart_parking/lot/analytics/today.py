"""Counts of a lot since midnight."""

from datetime import date, datetime, tzinfo

from .periods import midnight
from .records import Stay


class Today:
    """Counts of one local day; they start anew with the next day."""

    def __init__(self, zone: tzinfo) -> None:
        """Initialize without counts."""
        self._zone = zone
        self.day = date.min
        self.began = 0.0
        self._clear()

    def _clear(self) -> None:
        """Reset the counts."""
        self.vehicles = 0
        self.turned_away = 0
        self.ended = 0
        self.ended_s = 0.0
        self._full: list[tuple[float, float]] = []

    def turn(self, now: float) -> None:
        """Reset the counts if it is another day."""
        day = datetime.fromtimestamp(now, self._zone).date()
        if day == self.day:
            return
        self.day, self.began = day, midnight(day, self._zone)
        full = self._full
        self._clear()
        self._full = [one for one in full if one[1] > self.began]

    def add_arrival(self, stay: Stay) -> None:
        """Count a vehicle, if it came today."""
        self.vehicles += stay.began >= self.began

    def add_departure(self, stay: Stay) -> None:
        """Count the duration of a vehicle's stay, if it is known."""
        if stay.ended is not None and stay.ended >= self.began and stay.is_measured:
            self.ended += 1
            self.ended_s += stay.ended - stay.began

    def add_full(self, began: float, ended: float) -> None:
        """Record that the lot was full for a time."""
        self._full.append((began, ended))

    @property
    def average_stay_s(self) -> float | None:
        """The average duration of the stays that ended today, in seconds."""
        return self.ended_s / self.ended if self.ended else None

    def share_full(self, now: float, first_at: float, full_since: float | None) -> float | None:
        """Return the share, 0 to 1, of the recorded part of today in which the lot was full."""
        began = max(self.began, first_at)
        if now <= began:
            return None
        spells = [*self._full, *([(full_since, now)] if full_since is not None else [])]
        full_s = sum(max(0.0, min(ended, now) - max(since, began)) for since, ended in spells)
        return min(1.0, full_s / (now - began))
