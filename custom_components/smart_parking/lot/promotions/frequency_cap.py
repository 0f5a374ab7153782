"""Frequency cap: who has seen which promotion during a visit; in memory only, for a day."""

from dataclasses import dataclass, field

from .model import When

# Most visits are shorter. A driver who comes every day makes a new visit every day.
VISIT_S = 24 * 3600.0
# Some 10 MB. When more visits come within a day, the oldest ones are dropped.
VISITS_MAX = 10_000


@dataclass(slots=True)
class Impression:
    """One time that a promotion is shown to a visitor; looking again soon after adds none."""

    promotion_id: str
    at_s: float
    click: str | None = None
    """The link of the one click that may follow, once the page has been sent."""


@dataclass(slots=True)
class Visit:
    """The promotions that a visitor has been shown since they came."""

    begun_s: float
    impressions: dict[str, int] = field(default_factory=dict)
    clicked: set[str] = field(default_factory=set)
    last: dict[When, Impression] = field(default_factory=dict)
    """The newest impression before and after parking."""
    address: bytes | None = None
    """The visitor's address while the visitor is a stranger."""


class FrequencyCap:
    """The visits of the last day, by a key of the visitor.

    A stranger is a visitor whose key has just been issued and has not come back yet. A client that
    stores no key, such as a program that loads a page every minute, is a stranger each time. So all
    strangers of an address share one visit. It belongs to the first of them, who takes it along on
    coming back; the next stranger begins another.
    """

    def __init__(self, most: int = VISITS_MAX) -> None:
        """Initialize without visits."""
        self._most = most
        self._visits: dict[bytes, Visit] = {}
        self._strangers: dict[bytes, Visit] = {}

    def __len__(self) -> int:
        """Return the number of visits."""
        return len(self._visits)

    def of(self, key: bytes, now_s: float) -> Visit:
        """Return the visit of a visitor; a new one begins unless there is one."""
        self._forget(now_s)
        self.recognise(key)
        return self._visits.get(key) or self._begin(key, Visit(now_s))

    def of_stranger(self, key: bytes, address: bytes, now_s: float) -> Visit:
        """Return the visit of an address's strangers; `key` is the one just issued."""
        self._forget(now_s)
        if (visit := self._strangers.get(address)) is None:
            visit = self._begin(key, Visit(now_s, address=address))
            self._strangers[address] = visit
        return visit

    def recognise(self, key: bytes) -> None:
        """Record that a visitor has come back: the next stranger at the address is another one."""
        if (visit := self._visits.get(key)) is not None and visit.address is not None:
            del self._strangers[visit.address]
            visit.address = None

    def drop(self, key: bytes) -> None:
        """Remove a visitor."""
        self.recognise(key)
        self._visits.pop(key, None)

    def _begin(self, key: bytes, visit: Visit) -> Visit:
        """Add a new visit; when there are too many, the oldest one is removed."""
        if len(self._visits) >= self._most:
            self.drop(next(iter(self._visits)))
        self._visits[key] = visit
        return visit

    def _forget(self, now_s: float) -> None:
        """Remove the visits that are over; they are in the order in which they began.

        A visit that begins in the future was recorded by a clock that was wrong.
        """
        while self._visits:
            first = next(iter(self._visits))
            if 0 <= now_s - self._visits[first].begun_s < VISIT_S:
                return
            self.drop(first)
