"""Counts who comes, without knowing who they are.

Of a hardware address nothing stays but a digest, made with a secret of the day. The secret is in
memory only, and is thrown away a day later: from then on nobody can tell whose digest it was. Plain
Python: the time is a parameter, in seconds of a clock that only goes forwards, and so is the day.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
import secrets
from typing import Final

from .stations import Happening, Report

# Some 200 bytes each.
STATIONS_MAX: Final = 4_096
# Whoever has not been heard of for so long has left without a word.
STAY_S: Final = 12 * 3600.0
_SALT_BYTES: Final = 16
_NAME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a report."""

    station: str
    """The same for the same station on one day; nothing can be told from it."""
    is_visit: bool
    """Whether a visit begins with it."""


@dataclass(slots=True)
class _Known:
    """What is known of a station."""

    is_here: bool
    at_s: float
    """When it was last heard of."""


class Turnstile:
    """Counts the visits of a day.

    A phone that goes to sleep, or changes from one access point to another, leaves and joins again:
    within `pause_s` that is the same visit.
    """

    def __init__(self, pause_s: float, today: date, most: int = STATIONS_MAX) -> None:
        """Begin with nobody."""
        self.pause_s = pause_s
        self.visits = 0
        self._day = today
        self._salt = self._salt_before = secrets.token_bytes(_SALT_BYTES)
        self._most = most
        self._known: dict[bytes, _Known] = {}

    def __len__(self) -> int:
        """Return how many stations are remembered."""
        return len(self._known)

    def begin_day(self, today: date, now_s: float) -> None:
        """Count from zero on a new day, and call everybody by another name."""
        if today == self._day:
            return
        self._day = today
        self._salt_before, self._salt = self._salt, secrets.token_bytes(_SALT_BYTES)
        self.visits = 0
        self._known = {
            name: known for name, known in self._known.items() if now_s - known.at_s <= STAY_S
        }

    def take(self, report: Report, now_s: float) -> Passage:
        """Count a station that comes, unless it is only back from a pause."""
        name, known = self._find(report.address, now_s)
        match report.happening:
            case Happening.SEEN:
                if known is not None:
                    self._known[name] = _Known(known.is_here, now_s)
                return Passage(name.hex(), is_visit=False)
            case Happening.LEFT:
                self._remember(name, _Known(is_here=False, at_s=now_s))
                return Passage(name.hex(), is_visit=False)
        self._remember(name, _Known(is_here=True, at_s=now_s))
        self.visits += known is None
        return Passage(name.hex(), is_visit=known is None)

    def _find(self, address: bytes, now_s: float) -> tuple[bytes, _Known | None]:
        """Return a station's name of today, and what is known of it unless that is too old.

        It comes out of the book: what is written again is the newest.
        """
        name = _digest(self._salt, address)
        # Whoever came before midnight is still the same visitor.
        known = self._known.pop(name, None) or self._known.pop(
            _digest(self._salt_before, address), None
        )
        if known is None or now_s - known.at_s > (STAY_S if known.is_here else self.pause_s):
            return name, None
        return name, known

    def _remember(self, name: bytes, known: _Known) -> None:
        """Remember a station; whoever has not been heard of for longest is forgotten for it."""
        self._known[name] = known
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]


def _digest(salt: bytes, address: bytes) -> bytes:
    """Return what stands for an address on one day."""
    return blake2b(address, key=salt, digest_size=_NAME_BYTES).digest()
