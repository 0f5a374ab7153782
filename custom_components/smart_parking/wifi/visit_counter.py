"""Counter of visits without identities.

A hardware address is stored as a digest only, made with a secret of the day. The secret is in
memory only, and is deleted a day later: from then on no digest can be traced to an address. Plain
Python: the time is a parameter, in seconds of a clock that only goes forwards, and so is the day,
which may be an earlier one again when the wall clock was set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
import secrets
from typing import Final

from .reports import Report, StationEvent

# Some 200 bytes each.
STATIONS_MAX: Final = 4_096
# A station that has not been seen for this long has left without a report.
STAY_S: Final = 12 * 3600.0
# A clock may be set to another day and back, once or twice.
DAYS_MAX: Final = 8
_SALTS_MAX: Final = 2
_SALT_BYTES: Final = 16
_NAME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """Result of a report."""

    station: str
    """The same for the same station on one day; the address cannot be derived from it."""
    is_visit: bool
    """Whether a visit begins with it."""


@dataclass(slots=True)
class _Known:
    """The state of a station."""

    is_here: bool
    at_s: float
    """When it was last seen."""


class VisitCounter:
    """Counts the visits of a day.

    A phone that goes to sleep, or changes from one access point to another, leaves and joins again:
    within `pause_s` that is the same visit.
    """

    def __init__(self, pause_s: float, today: date, most: int = STATIONS_MAX) -> None:
        """Initialize without visits."""
        self.pause_s = pause_s
        self._day = today
        self._visits: dict[date, int] = {}
        """Visits by day, of the last days that began."""
        self._salts = {today: secrets.token_bytes(_SALT_BYTES)}
        self._most = most
        self._known: dict[bytes, _Known] = {}

    def __len__(self) -> int:
        """Return the number of stations."""
        return len(self._known)

    @property
    def visits(self) -> int:
        """The number of visits that have begun today."""
        return self.visits_on(self._day)

    @property
    def days(self) -> Mapping[date, int]:
        """The number of visits that have begun on each of the last days."""
        return self._visits

    def visits_on(self, day: date) -> int:
        """Return the number of visits that have begun on a day."""
        return self._visits.get(day, 0)

    def resume(self, days: Mapping[date, int]) -> None:
        """Restore earlier counts."""
        told = sorted({*days, *self._visits})
        known = {day: max(days.get(day, 0), self.visits_on(day)) for day in told}
        # The day that it is counts on: it is the last to be forgotten.
        today = {self._day: known.pop(self._day)} if self._day in known else {}
        self._visits = dict([*known.items(), *today.items()][-DAYS_MAX:])

    def begin_day(self, today: date, now_s: float) -> bool:
        """Begin another day: its count, and a new secret for digests.

        Return whether the day differs.
        """
        if today == self._day:
            return False
        self._day = today
        self._visits[today] = self._visits.pop(today, 0)
        salt = self._salts.pop(today) if today in self._salts else secrets.token_bytes(_SALT_BYTES)
        self._salts[today] = salt
        for entries, most in ((self._visits, DAYS_MAX), (self._salts, _SALTS_MAX)):
            if len(entries) > most:
                del entries[next(iter(entries))]
        self._known = {
            name: known for name, known in self._known.items() if now_s - known.at_s <= STAY_S
        }
        return True

    def take(self, report: Report, now_s: float) -> VisitEvent:
        """Count a station that comes, unless it is back from a pause."""
        name, known = self._find(report.address, now_s)
        match report.event_type:
            case StationEvent.SEEN:
                if known is not None:
                    self._known[name] = _Known(known.is_here, now_s)
                return VisitEvent(name.hex(), is_visit=False)
            case StationEvent.LEFT:
                self._remember(name, _Known(is_here=False, at_s=now_s))
                return VisitEvent(name.hex(), is_visit=False)
        self._remember(name, _Known(is_here=True, at_s=now_s))
        self._visits[self._day] = self.visits + (known is None)
        return VisitEvent(name.hex(), is_visit=known is None)

    def _find(self, address: bytes, now_s: float) -> tuple[bytes, _Known | None]:
        """Return a station's digest of today, and its state unless that is too old.

        The state is removed: storing it again makes it the newest.
        """
        # A visitor who came before midnight is still the same one.
        names = [_digest(salt, address) for salt in reversed(self._salts.values())]
        found = [self._known.pop(name, None) for name in names]
        name, known = names[0], next(filter(None, found), None)
        if known is None or now_s - known.at_s > (STAY_S if known.is_here else self.pause_s):
            return name, None
        return name, known

    def _remember(self, name: bytes, known: _Known) -> None:
        """Store a station; when there are too many, the one seen longest ago is removed."""
        self._known[name] = known
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]


def _digest(salt: bytes, address: bytes) -> bytes:
    """Return the digest of an address for one day."""
    return blake2b(address, key=salt, digest_size=_NAME_BYTES).digest()
