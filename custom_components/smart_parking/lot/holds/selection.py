"""Selection of the bay that a driver gets, and of bays that can be reserved."""

from collections.abc import Iterator

from ..lot import Lot
from ..model import Bay, BayState
from ..routing.ranking import SUITABLE, Route
from .events import HoldError
from .hold import Hold, HoldBook

# A reserved bay is assigned to no other driver from this long before its time: a parked car stays
# for hours.
LEAD_S = 15 * 60.0

RESERVATION_MIN_S = 60.0
RESERVATION_MAX_S = 31 * 86_400.0
AHEAD_MAX_S = 366 * 86_400.0
RESERVATIONS_MAX = 1_000


class BaySelection:
    """Selects among the bays of a lot, around the holds."""

    def __init__(self, lot: Lot, holds_by_id: HoldBook) -> None:
        """Initialize for a lot and its holds."""
        self._lot = lot
        self._book = holds_by_id

    def pick(self, hold: Hold, now: float) -> Route | None:
        """Return the best bay that can be held for a driver from now on."""
        until = self.until(hold, now)
        for way in self._routes(hold):
            bay_id = way.bay.bay_id
            if bay_id not in hold.declined and not self._book.is_assigned(
                bay_id, now, until, to=hold
            ):
                return way
        return None

    def can_swap(self, known: Hold, hold: Hold, now: float) -> bool:
        """Return whether the driver's current bay suits their new request, too."""
        bay_id = known.bay_id
        return (
            bay_id is not None
            and bay_id in self._lot
            and self._lot[bay_id].state is BayState.HELD
            and self._lot.has_gate(hold.gate_id)
            and self._lot[bay_id].bay.kind in SUITABLE[hold.kind]
            and not self._book.is_assigned(bay_id, now, self.until(hold, now), to=known)
        )

    @staticmethod
    def until(hold: Hold, now: float) -> float:
        """Return until when a bay that a driver is sent to now is held."""
        return max(hold.until if hold.is_reservation else 0.0, now + hold.length_s)

    def _routes(self, hold: Hold) -> Iterator[Route]:
        """Yield the vacant bays that suit a driver, the best first."""
        if self._lot.has_gate(hold.gate_id):
            yield from self._lot.find(hold.gate_id, hold.kind)

    def _ranking(self, hold: Hold) -> Iterator[Bay]:
        """Yield the bays that suit a driver, vacant or not, the best first."""
        if self._lot.has_gate(hold.gate_id):
            yield from self._lot.ranking(hold.gate_id, hold.kind)

    def bay_to_reserve(self, hold: Hold, requested: str | None, now: float) -> str:
        """Return the bay that can be reserved for a time, or raise `HoldError`."""
        is_soon = hold.starts - LEAD_S <= now
        if requested is None:
            for bay in self._ranking(hold):
                if self._why_not(hold, bay.bay_id, is_soon=is_soon) is None:
                    return bay.bay_id
            raise HoldError("nothing_to_reserve")
        if (reason := self._why_not(hold, requested, is_soon=is_soon)) is not None:
            raise HoldError(reason, bay=self.label(requested))
        return requested

    def _why_not(self, hold: Hold, bay_id: str, *, is_soon: bool) -> str | None:
        """Return why a bay cannot be reserved; a bay for later may be occupied now."""
        state = self._lot[bay_id].state
        if self._book.is_assigned(bay_id, hold.starts, hold.until, to=hold):
            return "bay_promised"
        if state is BayState.OUT_OF_SERVICE or (is_soon and state is not BayState.VACANT):
            return "bay_not_free"
        return None

    def check_times(self, now: float, starts: float, until: float, driver: str) -> None:
        """Raise `HoldError` when the times of a reservation are invalid."""
        if until - starts < RESERVATION_MIN_S:
            raise HoldError("reservation_too_short")
        if until - starts > RESERVATION_MAX_S or starts - now > AHEAD_MAX_S:
            raise HoldError("reservation_too_long")
        if self._book.of_driver(driver) is not None:
            raise HoldError("driver_has_hold")
        if len(self._book) >= RESERVATIONS_MAX:
            raise HoldError("too_many_reservations")

    def label(self, bay_id: str) -> str:
        """Return the label of a bay."""
        return self._lot[bay_id].bay.label
