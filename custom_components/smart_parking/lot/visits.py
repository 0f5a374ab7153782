"""Who has seen which promotion during a visit: kept in memory only, and not for long."""

from dataclasses import dataclass, field

from .promotions import When

# Most visits are over by then. A driver who comes every day is a new visit every day.
VISIT_S = 24 * 3600.0
# Some 10 MB. When more come within a day, those who came first are taken to be gone.
VISITS_MAX = 10_000


@dataclass(slots=True)
class Visit:
    """What somebody has been shown since they came."""

    begun_s: float
    impressions: dict[str, int] = field(default_factory=dict)
    clicked: set[str] = field(default_factory=set)
    last: dict[When, tuple[str, float]] = field(default_factory=dict)
    """The newest promotion before and after parking, and when it was shown."""


class Visits:
    """The visits of the last day, by a key that stands for a visitor."""

    def __init__(self, most: int = VISITS_MAX) -> None:
        """Begin with nobody."""
        self._most = most
        self._visits: dict[bytes, Visit] = {}

    def __len__(self) -> int:
        """Return how many visits are remembered."""
        return len(self._visits)

    def of(self, key: bytes, now_s: float) -> Visit:
        """Return the visit of a visitor, which begins now unless it has begun before."""
        self._forget(now_s)
        if (visit := self._visits.get(key)) is None:
            if len(self._visits) >= self._most:
                del self._visits[next(iter(self._visits))]
            visit = self._visits[key] = Visit(now_s)
        return visit

    def _forget(self, now_s: float) -> None:
        """Forget the visits that are over; they are in the order in which they began.

        One that seems to begin in the future was noted by a clock that was wrong.
        """
        while self._visits:
            first = next(iter(self._visits))
            if 0 <= now_s - self._visits[first].begun_s < VISIT_S:
                return
            del self._visits[first]
