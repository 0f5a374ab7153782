"""The truth of a bay beside the state of a method, and counts of both."""

from dataclasses import dataclass, field
from typing import Protocol

from custom_components.smart_parking.hcsr04.simulator import Presence


@dataclass(slots=True)
class Tally:
    """Result of one method over the whole lot. Times of bays are added up, in ns."""

    counted_ns: int = 0
    """Time in which nothing moved in a bay."""
    wrong_ns: int = 0
    """Part of it in which the state was wrong."""
    unknown_ns: int = 0
    """Part of it in which the state was unknown."""
    false_flips: int = 0
    missed: int = 0
    arrivals_s: list[float] = field(default_factory=list)
    """Delay until each vehicle that stood still was detected."""
    departures_s: list[float] = field(default_factory=list)
    """Delay until each vacant bay was detected."""

    def times(self, presence: Presence) -> list[float]:
        """Return the delays for the current truth."""
        return self.arrivals_s if presence is Presence.STANDING else self.departures_s

    def pass_time(self, span: Span) -> None:
        """Count a time in which nothing changed."""
        lasted_ns = span.to_ns - span.from_ns
        self.counted_ns += lasted_ns
        if span.is_wrong:
            self.wrong_ns += lasted_ns
            if span.state is None:
                self.unknown_ns += lasted_ns


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a bay, and its state, stayed the same."""

    bay_id: str
    presence: Presence
    state: bool | None
    from_ns: int
    to_ns: int
    is_late: bool
    """Whether the newest arrival or departure has not been detected yet."""

    @property
    def is_wrong(self) -> bool:
        """Whether the state is not the truth."""
        return self.state is not (self.presence is Presence.STANDING)


class Listener(Protocol):
    """Receiver of a witness's errors."""

    def flipped(self, bay_id: str, state: bool | None, at_ns: int) -> None:
        """Receive a change of a bay's state that no vehicle explains."""

    def was_wrong(self, span: Span) -> None:
        """Receive that a state was wrong for some time."""


class Witness:
    """Sees the truth of one bay beside what a method says of it.

    While a vehicle moves in the bay no state is wrong. A change of state is explained by a vehicle
    that came, or left, unless a change before it was so already; all others are false, also those
    that put a false one right.
    """

    def __init__(self, tally: Tally, bay_id: str, listener: Listener | None = None) -> None:
        """Initialize before the first observation."""
        self._tally = tally
        self._listener = listener
        self._bay_id = bay_id
        self._presence: Presence | None = None
        self._since_ns = -1
        self._counted_to_ns = 0
        self._state: bool | None = None
        self._known = False
        self._explained: bool | None = None
        """The state to which the newest movement leads, if it has not been detected yet."""
        self._waits_since_ns: int | None = None

    def see(self, presence: Presence, since_ns: int, state: bool | None, at_ns: int) -> None:
        """Compare a state with the truth at a time."""
        if since_ns != self._since_ns:
            self._count(since_ns)
            self._turn(presence, since_ns)
        if state is not self._state:
            self._count(at_ns)
            self._change(presence, state, at_ns)

    def end(self, at_ns: int) -> None:
        """Count the rest."""
        self._count(at_ns)

    def _count(self, to_ns: int) -> None:
        """Count the time that has passed."""
        from_ns, presence = self._counted_to_ns, self._presence
        if to_ns <= from_ns or presence is None:
            return
        self._counted_to_ns = to_ns
        if presence is not Presence.MOVING:
            is_late = self._waits_since_ns is not None
            span = Span(self._bay_id, presence, self._state, from_ns, to_ns, is_late)
            self._tally.pass_time(span)
            if span.is_wrong and self._listener is not None:
                self._listener.was_wrong(span)

    def _change(self, presence: Presence, state: bool | None, at_ns: int) -> None:
        """Record that a method's state changes."""
        if state is not None and state is self._explained:
            self._explained = None
        elif self._known:
            self._tally.false_flips += 1
            if self._listener is not None:
                self._listener.flipped(self._bay_id, state, at_ns)
        self._state, self._known = state, True
        is_right = presence is not Presence.MOVING and state is (presence is Presence.STANDING)
        if is_right and self._waits_since_ns is not None:
            self._tally.times(presence).append((at_ns - self._waits_since_ns) / 1e9)
            self._waits_since_ns = None

    def _turn(self, presence: Presence, since_ns: int) -> None:
        """Record that a vehicle has begun to move, stands or is gone."""
        if self._waits_since_ns is not None:
            self._tally.missed += 1
            self._waits_since_ns = None
        if self._presence in (Presence.EMPTY, Presence.STANDING):
            # Also when the movement was too short to be sampled.
            self._explained = self._presence is Presence.EMPTY
        if presence is not Presence.MOVING and self._known:
            if self._state is not (presence is Presence.STANDING):
                self._waits_since_ns = since_ns
            else:
                self._explained = None
                self._tally.times(presence).append(0.0)
        self._presence, self._since_ns = presence, since_ns
