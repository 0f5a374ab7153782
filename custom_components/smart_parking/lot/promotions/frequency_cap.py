"""Who has seen which promotion during a visit: kept in memory only, and not for long."""

from dataclasses import dataclass, field

from .model import When

# Most visits are over by then. A driver who comes every day is a new visit every day.
VISIT_S = 24 * 3600.0
# Some 10 MB. When more come within a day, those who came first are taken to be gone.
VISITS_MAX = 10_000


@dataclass(slots=True)
class Impression:
    """One time that a promotion is shown to somebody; looking again soon after is the same one."""

    promotion_id: str
    at_s: float
    click: str | None = None
    """Where the one click leads that may come of it, once that has been handed out."""


@dataclass(slots=True)
class Visit:
    """What somebody has been shown since they came."""

    begun_s: float
    impressions: dict[str, int] = field(default_factory=dict)
    clicked: set[str] = field(default_factory=set)
    last: dict[When, Impression] = field(default_factory=dict)
    """The newest impression before and after parking."""
    address: bytes | None = None
    """Where it began, for as long as its visitor is a stranger."""


class FrequencyCap:
    """The visits of the last day, by a key that stands for a visitor.

    A stranger is somebody who has only just been given what they will be known by. Whoever does not
    keep it, such as a program that looks at a page every minute, is a stranger each time. So all
    strangers of an address share one visit. It is the first one's, who takes it along on coming
    back; the next stranger begins another.
    """

    def __init__(self, most: int = VISITS_MAX) -> None:
        """Initialize without listeners."""
        self._most = most
        self._visits: dict[bytes, Visit] = {}
        self._strangers: dict[bytes, Visit] = {}

    def __len__(self) -> int:
        """Return how many visits are remembered."""
        return len(self._visits)

    def of(self, key: bytes, now_s: float) -> Visit:
        """Return the visit of a visitor, which begins now unless it has begun before."""
        self._forget(now_s)
        self.recognise(key)
        return self._visits.get(key) or self._begin(key, Visit(now_s))

    def of_stranger(self, key: bytes, address: bytes, now_s: float) -> Visit:
        """Return the visit of an address's strangers; `key` is what this one will be known by."""
        self._forget(now_s)
        if (visit := self._strangers.get(address)) is None:
            visit = self._begin(key, Visit(now_s, address=address))
            self._strangers[address] = visit
        return visit

    def recognise(self, key: bytes) -> None:
        """Record that a visitor has come back: who is a stranger at their address is another."""
        if (visit := self._visits.get(key)) is not None and visit.address is not None:
            del self._strangers[visit.address]
            visit.address = None

    def drop(self, key: bytes) -> None:
        """Forget a visitor."""
        self.recognise(key)
        self._visits.pop(key, None)

    def _begin(self, key: bytes, visit: Visit) -> Visit:
        """Remember a visit that begins; when there are too many, whose began first is forgotten."""
        if len(self._visits) >= self._most:
            self.drop(next(iter(self._visits)))
        self._visits[key] = visit
        return visit

    def _forget(self, now_s: float) -> None:
        """Forget the visits that are over; they are in the order in which they began.

        One that seems to begin in the future was noted by a clock that was wrong.
        """
        while self._visits:
            first = next(iter(self._visits))
            if 0 <= now_s - self._visits[first].begun_s < VISIT_S:
                return
            self.drop(first)
