"""Spells: durations of states that are observed with gaps, such as a vehicle in a bay.

A begin or end that is seen is exact. Across a gap (a restart, a fault, an unknown state) a spell
continues, begins or ends at an unknown time within; it is then *estimated*.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import secrets

_RANDOM_BITS = 20


@dataclass(slots=True, kw_only=True)
class Spell:
    """One spell. Times are in seconds since the epoch."""

    spell_id: int
    key: str
    began: float
    ended: float | None = None
    began_error_s: float = 0.0
    """By how much `began` may be off, either way."""
    ended_error_s: float = 0.0
    unknown_s: float = 0.0
    """Seconds between the two in which nothing was known."""
    is_estimated: bool = False

    def duration_s(self, now: float) -> float:
        """Return its duration so far, in seconds."""
        return max(0.0, (now if self.ended is None else self.ended) - self.began)


@dataclass(slots=True, kw_only=True)
class Track:
    """The state of one key."""

    is_active: bool
    """The last known state."""
    lost_at: float | None = None
    """When the state became unknown."""


class SpellTracker[SpellT: Spell]:
    """The spells of many keys, at most one open for each."""

    def __init__(self, make: Callable[[int, str, float], SpellT]) -> None:
        """Initialize without keys; `make` returns a spell of an id, a key and a beginning."""
        self._make = make
        self._tracks: dict[str, Track] = {}
        self._open: dict[str, SpellT] = {}
        self._last_id = 0

    def __len__(self) -> int:
        """Return how many spells are open."""
        return len(self._open)

    def __iter__(self) -> Iterator[SpellT]:
        """Yield the open spells."""
        return iter(self._open.values())

    def __contains__(self, key: object) -> bool:
        """Return whether a key has ever been observed."""
        return key in self._tracks

    def get(self, key: str) -> SpellT | None:
        """Return the open spell of a key."""
        return self._open.get(key)

    def track(self, key: str) -> Track:
        """Return the state of a key."""
        return self._tracks[key]

    @property
    def known(self) -> list[str]:
        """All keys that have ever been observed."""
        return list(self._tracks)

    def observe(self, key: str, at: float, *, active: bool | None) -> SpellT | None:
        """Observe a key; return the spell that this began, ended or changed.

        None is a gap. Observations come in order of time.
        """
        track = self._tracks.get(key)
        if active is None:
            if track is not None and track.lost_at is None:
                track.lost_at = at
            return None
        if track is None:
            self._tracks[key] = Track(is_active=active)
            return self._begin(key, at, None) if active else None
        lost_at, track.lost_at = track.lost_at, None
        was_active, track.is_active = track.is_active, active
        if active is not was_active:
            gap_began = at if lost_at is None else min(lost_at, at)
            return self._begin(key, at, gap_began) if active else self._end(key, at, gap_began)
        spell = self._open.get(key)
        if spell is None or lost_at is None:
            return None
        spell.unknown_s += max(0.0, at - lost_at)
        spell.is_estimated = True
        return spell

    def forget(self, key: str, at: float) -> SpellT | None:
        """Remove a key; return the spell that this ended."""
        track = self._tracks.pop(key, None)
        if track is None or key not in self._open:
            return None
        spell = self._end(key, at, at if track.lost_at is None else track.lost_at)
        spell.is_estimated = True
        return spell

    def lose(self, at: float) -> None:
        """Record a gap for all keys from a time on, as after a restart."""
        for track in self._tracks.values():
            if track.lost_at is None:
                track.lost_at = at

    def recover(self, key: str) -> None:
        """Record that nothing has been missed of a key: what happened since is told now."""
        self._tracks[key].lost_at = None

    def shift(self, seconds: float) -> list[SpellT]:
        """Shift the spells when the clock is set, so that their durations stay the same.

        Return the open spells: their beginnings are uncertain now.
        """
        for track in self._tracks.values():
            if track.lost_at is not None:
                track.lost_at += seconds
        for spell in self._open.values():
            spell.began += seconds
            spell.is_estimated = True
        return list(self._open.values())

    def restore(self, key: str, track: Track) -> None:
        """Restore the state of a key."""
        self._tracks[key] = track

    def restore_open(self, spells: Iterable[SpellT]) -> None:
        """Restore the open spells."""
        for spell in spells:
            self._tracks.setdefault(spell.key, Track(is_active=True)).is_active = True
            self._open[spell.key] = spell
            self._last_id = max(self._last_id, spell.spell_id)

    def _begin(self, key: str, at: float, gap_began: float | None) -> SpellT:
        """Open a spell that began within a gap, or, with None, at an unknown time."""
        began = at if gap_began is None else (gap_began + at) / 2
        spell = self._open[key] = self._make(self._new_id(at), key, began)
        spell.began_error_s = at - began
        spell.is_estimated = gap_began != at
        return spell

    def _end(self, key: str, at: float, gap_began: float) -> SpellT:
        """Close the spell of a key, which ended within a gap."""
        spell = self._open.pop(key)
        ended = max(spell.began, (gap_began + at) / 2)
        spell.ended = ended
        spell.ended_error_s = max(0.0, at - ended)
        spell.is_estimated = spell.is_estimated or gap_began != at
        return spell

    def _new_id(self, at: float) -> int:
        """Return a unique id, of the time and a random number."""
        fresh = (int(at * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        self._last_id = max(self._last_id + 1, fresh)
        return self._last_id
