"""What a node elsewhere believes of its bays, for those who ask here."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

from ...lot.model import OUT_OF_REACH, Fault, Observation, Reading
from ...lot.tracker import Calibration, Outcome
from ...node.messages import Belief


class Orders(Protocol):
    """What a node elsewhere is asked to do."""

    def async_calibrate(self, bay_ids: Collection[str]) -> None:
        """Learn the empty distances of bays."""

    def async_learn(self, calibration: Calibration) -> None:
        """Apply an empty distance."""

    def async_confirm_vehicle(self, bay_id: str) -> None:
        """Believe that what a bay's sensor measures is a vehicle."""


class RemoteTracker:
    """The beliefs of a node elsewhere, as they arrived.

    Everything here belongs to the event loop.
    """

    def __init__(
        self,
        orders: Orders,
        empty_m: Mapping[str, float | None],
        was_occupied: Mapping[str, bool],
        far_m: Mapping[str, float],
    ) -> None:
        """Initialize with what was known before a restart."""
        self._orders = orders
        self._configured = dict(empty_m)
        self._configured_far = {one: far for one, far in far_m.items() if one in empty_m}
        self._empty_m = {
            bay_id: metres
            for bay_id, metres in empty_m.items()
            if metres is not None and metres != OUT_OF_REACH
        }
        self._far_m = dict(self._configured_far)
        self._last_known = {
            bay_id: was for bay_id, was in was_occupied.items() if bay_id in empty_m
        }
        self._steady_m: dict[str, float | None] = {}
        self._told = {
            bay_id: Observation(bay_id, True, None, 0.5, None)
            if was_occupied.get(bay_id)
            else Observation(bay_id, None, Fault.NO_READING, 0.0, None)
            for bay_id in empty_m
        }
        self._is_known = False
        self._news: list[Observation] = []
        self._calibrations: list[Calibration] = []

    def __contains__(self, bay_id: object) -> bool:
        """Return whether the node has a bay of this id."""
        return bay_id in self._told

    @property
    def is_known(self) -> bool:
        """Whether the node has spoken of all its bays since it was last lost."""
        return self._is_known

    def last_known(self) -> dict[str, bool]:
        """Return which bays were occupied when that was last known."""
        return dict(self._last_known)

    def configured(self) -> dict[str, float | None]:
        """Return the empty distances, in metres, that the node is told: those of the start.

        What the node learns by itself does not change them, what is learnt on purpose does.
        """
        return dict(self._configured)

    def configured_far(self) -> dict[str, float]:
        """Return the distances, in metres, of farther surfaces that the node is told."""
        return dict(self._configured_far)

    # What arrives.

    def take(self, beliefs: Iterable[Belief], at_of: Callable[[int], float]) -> None:
        """Take beliefs of this node's bays, to be passed on with the next sweep.

        `at_of` returns when it was so late on the node's clock.
        """
        for belief in beliefs:
            bay_id = belief.bay_id
            if bay_id not in self._told:
                continue
            self._steady_m[bay_id] = belief.steady_m
            if belief.empty_m is not None:
                self._empty_m[bay_id] = belief.empty_m
            if belief.far_m is None:
                self._far_m.pop(bay_id, None)
            else:
                self._far_m[bay_id] = belief.far_m
            if belief.occupied is not None:
                self._last_known[bay_id] = belief.occupied
            seen = belief.observation(at_of(belief.up_ms))
            if seen[1:5] != self._told[bay_id][1:5]:
                self._told[bay_id] = seen
                self._news.append(seen)

    def take_all(self, beliefs: Iterable[Belief], at_of: Callable[[int], float]) -> None:
        """Take beliefs of all of this node's bays."""
        self._is_known = True
        self.take(beliefs, at_of)

    def end(self, calibrations: Iterable[Calibration]) -> None:
        """Take how calibrations ended, to be passed on with the next sweep."""
        self._calibrations += [self._remember(one) for one in calibrations if one.bay_id in self]

    def _remember(self, calibration: Calibration) -> Calibration:
        """Store an empty distance that was found, if any was."""
        bay_id, empty_m, far_m = calibration
        if empty_m is not None:
            self._empty_m[bay_id] = self._configured[bay_id] = empty_m
            for known in (self._far_m, self._configured_far):
                known.pop(bay_id, None)
                if far_m is not None:
                    known[bay_id] = far_m
        return calibration

    # What a tracker is asked.

    def begin(self, at: float = 0.0) -> list[Observation]:
        """Return what is believed before the node has said anything."""
        return [told._replace(at=at) for told in self._told.values()]

    def empty_distances(self) -> dict[str, float]:
        """Return the empty distances, in metres, as the node has learnt them."""
        return dict(self._empty_m)

    def far_distances(self) -> dict[str, float]:
        """Return the distances, in metres, of farther surfaces of empty bays."""
        return dict(self._far_m)

    def calibrate(self, bay_ids: Collection[str]) -> None:
        """Order the empty distance of bays to be learnt."""
        self._orders.async_calibrate(bay_ids)

    def end_calibrations(self, bay_ids: Collection[str]) -> None:
        """Give up nothing: the node ends its calibrations by itself."""

    def learn(self, calibration: Calibration) -> Calibration:
        """Set the empty distance that was found, if any was, and return it."""
        if calibration.empty_m is not None:
            self._remember(calibration)
            self._orders.async_learn(calibration)
        return calibration

    def confirm_vehicle(self, bay_id: str) -> None:
        """Order what a bay's sensor measures to be taken for a vehicle."""
        self._orders.async_confirm_vehicle(bay_id)

    def steady_m(self, bay_id: str) -> float | None:
        """Return the distance, in metres, that a bay's sensor keeps giving beside the floor's."""
        return self._steady_m.get(bay_id)

    def fail(self, fault: Fault, at: float) -> Outcome:
        """Return what follows from the failure of the whole node."""
        self._is_known = False
        for bay_id, told in self._told.items():
            if told.fault is not fault:
                self._told[bay_id] = Observation(bay_id, None, fault, 0.0, told.distance_m, at)
                self._news.append(self._told[bay_id])
        return self.observe(())

    def observe(self, readings: Iterable[Reading]) -> Outcome:
        """Return what has arrived since this was last called; readings there are none."""
        news, self._news = self._news, []
        calibrations, self._calibrations = self._calibrations, []
        return Outcome(news, calibrations)
