"""Occupancy of one bay: a Bayesian filter over readings.

The belief is the log-odds that a vehicle stands in the bay. Each reading adds the logarithm of how
much likelier it is with a vehicle than with an empty bay; time pulls the belief back to "could be
either". A decision needs a margin, and the opposite decision needs the opposite margin, so nothing
flickers. No single reading decides, whatever the belief was. A reading that shows neither the floor
nor a vehicle decides nothing either, and when such readings last, the bay is unknown.

The constants belong together, for sweeps of 0.5 s. A firmly empty bay becomes occupied at the
fourth vehicle reading when all agree and at the fifth when not: a pedestrian is under the sensor
for three at most, and one stray reading must not make up the difference. A vehicle that is seen to
move may be gone after two readings of the floor, one that stood still after three. Two readings
decide a bay of which nothing is known.
"""

from math import exp, inf, isfinite, log

from ..model import Fault, Reading
from .coherence import Coherence
from .gaps import Gaps
from .steadiness import SAME_SURFACE_M, FlapDetector
from .surfaces import Place, Surfaces, weigh_silence
from .unplaced import Unplaced

# All in natural log-odds: the threshold of a decision, and the limits of the belief for an empty
# bay, for a vehicle that repeats its distance, and for one that has just given another distance.
DECIDED = 2.0
FIRM = 5.4
STANDS = 8.5
LOOSE = 5.3
# Limits to which time alone moves a firm belief back: two readings decide then, and never one.
RESTED_OCCUPIED = 2.8
RESTED_VACANT = -1.5
# The most that one reading may add for a vehicle and against one, and while nothing is known.
STEP_UP = 2.0
STEP_DOWN = 4.7
STEP_FIRST = 1.9
# A lost echo after a vehicle's: its windscreen passes. It supports a decision and never makes one.
STEP_LOST = 0.7
# Readings within one moment are one observation, however many they are: a walker who crosses, a gap
# beside a motorcycle. These are the most that a moment adds for a newcomer, and against a vehicle.
MOMENT_S = 0.45
MOMENT_UP = STEP_UP
MOMENT_DOWN = 7.0
# A walker seen by a slow sensor is gone at its next reading, so one reading may add more for a
# newcomer.
NEXT_WALKER_S = 3.0
STEP_UP_SLOW = 4.7
# The least evidence of a reading that contradicts the state.
CONTRARY = 1.0
# The floor may show beside a vehicle, or through its windscreen, for some seconds on end.
NEXT_GLIMPSE_S = 20.0
# Distances that differ by less than this are the same surface and add nothing.
SAME_M = 0.015

# Usual rate of comings and goings: after an hour, either state is possible.
CHANGES_PER_S = 1 / 3600

# Number of faults in a row that make a bay unknown, and the shortest time that they have to last.
FAULTS_TO_UNKNOWN = 3
FAULTS_LAST_S = 0.9
# A bay whose first readings decide nothing for this long is contradictory.
UNDECIDED_S = 30.0
# After this many pings in a row without an echo, another ping does not help.
LOSSES_ASKED = 2


class OccupancyFilter:
    """Occupancy of one bay.

    `empty_m` is the distance that the sensor gives when the bay is empty, in metres, `OUT_OF_REACH`
    where it gives none then, or None while it is not calibrated; `far_m` is the distance of a
    second surface behind it.
    """

    __slots__ = (
        "_at",
        "_clear",
        "_coherence",
        "_contrary_at",
        "_counted",
        "_faults",
        "_faults_since",
        "_first_at",
        "_flaps",
        "_gaps",
        "_known",
        "_last_m",
        "_log_odds",
        "_losses",
        "_moment_at",
        "_previous_odds",
        "_surfaces",
        "_unplaced",
        "_vehicle_m",
        "distance_m",
        "fault",
        "occupied",
    )

    def __init__(
        self,
        empty_m: float | None,
        *,
        far_m: float | None = None,
        was_occupied: bool | None = None,
    ) -> None:
        """Initialize as unknown, or as it was before a restart.

        A bay that was vacant starts as unknown: a vehicle may have come meanwhile.
        """
        self.occupied: bool | None = True if was_occupied else None
        self.fault: Fault | None = None if was_occupied else Fault.NO_READING
        self.distance_m: float | None = None
        self._known = self.occupied
        """The newest known occupancy."""
        self._surfaces = Surfaces(empty_m, far_m)
        self._coherence = Coherence()
        self._unplaced = Unplaced()
        self._gaps = Gaps()
        self._flaps = FlapDetector()
        self._log_odds = DECIDED if was_occupied else 0.0
        self._at: float | None = None
        self._first_at: float | None = None
        self._last_m: float | None = None
        self._vehicle_m: float | None = None
        self._moment_at = -inf
        self._counted = 0.0
        """Evidence of this moment against the belief that has been counted so far."""
        self._previous_odds = 0.0
        """The belief before this moment."""
        self._contrary_at = inf
        """When the last reading came, if it contradicted the state; infinite if it did not."""
        self._faults = self._losses = 0
        self._faults_since = 0.0
        self._clear = not was_occupied
        """Whether no reading of a vehicle has come since the bay was empty, or since the start."""

    @property
    def empty_m(self) -> float | None:
        """The distance of the empty bay, in metres, after drift."""
        return self._surfaces.empty_m

    @property
    def far_m(self) -> float | None:
        """The distance of a second surface of the empty bay, in metres, if there is one."""
        return self._surfaces.far_m

    @property
    def steady_m(self) -> float | None:
        """The distance, in metres, that repeats without being the floor's."""
        steady = self._unplaced.steady
        return steady.metres if steady else self._vehicle_m

    @property
    def confidence(self) -> float:
        """Probability that `occupied` is right, at least 0.5; 0 while nothing is known."""
        if self.occupied is None:
            return 0.0
        return max(0.5, 1.0 / (1.0 + exp(-self._log_odds if self.occupied else self._log_odds)))

    @property
    def in_doubt(self) -> bool:
        """Whether another reading at once would help."""
        if self._losses:
            return self._losses <= LOSSES_ASKED and not self._surfaces.is_out_of_reach
        return self.occupied is True and self._log_odds < RESTED_OCCUPIED + STEP_FIRST

    def calibrate(self, empty_m: float, far_m: float | None = None) -> None:
        """Set the distances of the empty bay, in metres."""
        self._surfaces.calibrate(empty_m, far_m)
        self._last_m = self._vehicle_m = None
        self._coherence, self._unplaced = Coherence(), Unplaced()

    def confirm_vehicle(self) -> None:
        """Set the measured distance as a vehicle that stands there, because a person says so."""
        self.occupied, self.fault, self._known = True, None, True
        self._log_odds, self._vehicle_m = STANDS, self.steady_m
        self._at = None
        self._unplaced.clear()

    def update(self, reading: Reading) -> bool:
        """Update the belief with a reading, and return whether another one at once would help.

        Readings come in order of time.
        """
        z, fault, at = reading.distance_m, reading.fault, reading.at
        if z is not None:
            self.distance_m = z
            if self._is_as_before(z):
                self._update_unchanged(z, at)
                return False
            self._update_with_distance(z, at)
        elif reading.occupied is not None:
            self._faults = self._losses = 0
            self._unplaced.clear()
            self._add_evidence(inf if reading.occupied else -inf, at)
        else:
            self.distance_m = None
            self._losses += 1
            if fault is Fault.NO_TARGET:
                self._update_without_target(at)
            elif fault is Fault.TOO_NEAR:
                self._faults = 0
                self._miss(fault, at)
            else:
                self._fail(fault or Fault.IMPLAUSIBLE, at)
        return self.in_doubt

    # The fast path: nearly all readings.

    def _is_as_before(self, z: float) -> bool:
        """Return whether a distance cannot change the belief."""
        if self._coherence:
            return False
        if self._log_odds == STANDS:
            return self._vehicle_m is not None and -SAME_M < z - self._vehicle_m < SAME_M
        if self._log_odds == -FIRM:
            empty_m = self._surfaces.empty_m
            return empty_m is not None and -SAME_M < z - empty_m < SAME_M
        return False

    def _update_unchanged(self, z: float, at: float) -> None:
        """Count a distance that equals the ones before, with a fraction of the arithmetic."""
        self._at, self._last_m = at, z
        self._faults = self._losses = 0
        if self._unplaced.since is not None:
            self._unplaced.clear()
        if self.occupied:
            self._vehicle_m = z
            self._gaps.hit()
        else:
            self._surfaces.follow(z)

    # Evidence of a reading.

    def _update_with_distance(self, z: float, at: float) -> None:
        """Update the belief with a distance."""
        self._faults = self._losses = 0
        is_vehicle_there = self._vehicle_m is not None and abs(z - self._vehicle_m) < SAME_SURFACE_M
        place = self._surfaces.place(z)
        self._coherence.add(
            z,
            place,
            is_expected=is_vehicle_there or place is Place.FLOOR,
            is_occupied=self.occupied is True,
        )
        if self._coherence.fault is not None:
            self._set_unknown(self._coherence.fault)
            return
        moved_m = self._moved_m(z)
        self._last_m = z
        if is_vehicle_there and place is not Place.VEHICLE:
            # A person has confirmed that this is a vehicle.
            self._unplaced.clear()
            self._add_evidence(STEP_UP, at)
        elif place in (Place.FLOOR, Place.VEHICLE):
            self._learn_far_surface(place)
            self._unplaced.clear()
            evidence, self._gaps.newest = self._surfaces.weigh(z, moved_m, self._gaps.share)
            self._add_evidence(evidence, at)
            if self._log_odds == -FIRM:
                self._surfaces.follow(z)
        else:
            self._miss(self._unplaced.add(z), at)

    def _moved_m(self, z: float) -> float:
        """Return how far a distance is from the last one, or from where the vehicle stands."""
        moved = inf if self._last_m is None else abs(z - self._last_m)
        return moved if self._vehicle_m is None else min(moved, abs(z - self._vehicle_m))

    def _update_without_target(self, at: float) -> None:
        """Update the belief with a missing echo."""
        self._faults = 0
        if self._coherence.fault is not None:
            self._set_unknown(self._coherence.fault)
            return
        if self._surfaces.is_out_of_reach:
            evidence, self._gaps.newest = weigh_silence(self._gaps.share)
            self._add_evidence(evidence, at)
            return
        if self._last_m is not None and self._surfaces.place(self._last_m) is Place.VEHICLE:
            self._add_evidence(max(0.0, min(STEP_LOST, DECIDED - self._log_odds)), at)
        self._miss(Fault.NO_TARGET, at)

    def _learn_far_surface(self, place: Place) -> None:
        """Learn a farther surface of the empty bay, once the floor is heard again.

        A vehicle always gives readings of its own, so there was none while the distance was
        measured.
        """
        steady = self._unplaced.steady
        if place is Place.VEHICLE:
            self._clear = False
            steady.clear()
        elif self._clear and steady and self._surfaces.place(steady.metres) is Place.BEYOND:
            self._surfaces.calibrate(self._surfaces.empty_m, steady.metres)

    # Decisions.

    def _add_evidence(self, evidence: float, at: float) -> None:
        """Relax the belief over time, add evidence and decide."""
        self._learn_gaps(evidence)
        if self._is_confirmed(evidence, at):
            evidence = inf if evidence > 0.0 else -inf
        repeats = evidence >= STEP_UP
        evidence = self._limit_to_moment(evidence, at)
        if not evidence:
            return
        before, step_up = self._decayed_odds(at), self._step_up(at)
        self._at = at
        if isfinite(evidence):
            down = STEP_FIRST if self.occupied is None else STEP_DOWN
            evidence = min(step_up, max(-down, evidence))
        top = LOOSE if evidence > 0.0 and not repeats else STANDS
        belief = min(top, max(-FIRM, before + evidence))
        if self._previous_odds > DECIDED and isfinite(evidence):
            # One moment never frees a bay: a second one has to agree.
            belief = max(belief, RESTED_VACANT)
        elif self._previous_odds < -DECIDED and isfinite(evidence):
            # One moment never makes a bay occupied, either.
            belief = min(belief, -RESTED_VACANT)
        self._log_odds = belief
        if belief > DECIDED:
            self._decide(occupied=True, at=at)
            if repeats and self.occupied:
                self._log_odds, self._vehicle_m = STANDS, self._last_m
        elif belief < -DECIDED:
            self._decide(occupied=False, at=at)
        elif self.fault is Fault.NO_READING:
            self._wait(at)

    def _is_confirmed(self, evidence: float, at: float) -> bool:
        """Return whether a reading agrees with the one before it, and both contradict the state.

        Two readings of a slow sensor are enough: no walker is under it for both, and no gap shows
        the floor for so long. A vehicle has to give the same distance twice; stray echoes do not.
        """
        before_at, self._contrary_at = self._contrary_at, inf
        if self.occupied is None or abs(evidence) < CONTRARY or (evidence > 0.0) is self.occupied:
            return False
        self._contrary_at = at
        if evidence < 0.0:
            return at - before_at >= NEXT_GLIMPSE_S
        return evidence >= STEP_UP and at - before_at >= NEXT_WALKER_S

    def _limit_to_moment(self, evidence: float, at: float) -> float:
        """Return the evidence against the belief that this moment has not counted yet."""
        if at - self._moment_at >= MOMENT_S:
            self._moment_at, self._counted, self._previous_odds = at, 0.0, self._decayed_odds(at)
        if not isfinite(evidence) or (evidence > 0.0) is (self.occupied is True):
            return evidence
        if self.occupied is None and evidence < 0.0:
            return evidence
        step, most = (STEP_DOWN, MOMENT_DOWN) if self.occupied else (self._step_up(at), MOMENT_UP)
        fresh = min(abs(evidence), step, max(step, most) - self._counted)
        self._counted += fresh
        return fresh if evidence > 0.0 else -fresh

    def _step_up(self, at: float) -> float:
        """Return the most that one reading may add for a vehicle."""
        is_slow = self.occupied is False and self._at is not None and at - self._at >= NEXT_WALKER_S
        return STEP_UP_SLOW if is_slow else STEP_UP

    def _decayed_odds(self, at: float) -> float:
        """Return the belief after the time that has passed; a firm one never fades to nothing."""
        before = self._log_odds
        if self._at is None or at <= self._at:
            return before
        faded = _decay(before, at - self._at)
        if self.occupied:
            return max(faded, min(before, RESTED_OCCUPIED))
        if self.occupied is False:
            return min(faded, max(before, RESTED_VACANT))
        return faded

    def _decide(self, *, occupied: bool, at: float) -> None:
        """Set a bay occupied or vacant, or unknown when it changes too often."""
        if occupied is not self._known:
            if self._known is not None:
                self._flaps.change(at)
            self._known = occupied
        if self._flaps.is_flapping(at):
            self._set_unknown(Fault.FLAPPING)
            return
        self.occupied, self.fault = occupied, None
        if not occupied:
            self._vehicle_m = None
            self._clear = True

    def _wait(self, at: float) -> None:
        """Set the fault of a bay that is undecided for too long."""
        if self._first_at is None:
            self._first_at = at
        elif at - self._first_at >= UNDECIDED_S:
            self._set_unknown(Fault.CONTRADICTORY)

    def _learn_gaps(self, evidence: float) -> None:
        """Learn how often the floor shows beside the vehicle."""
        if not self.occupied:
            self._gaps.clear()
        elif evidence < 0.0:
            self._gaps.miss()
        elif evidence >= STEP_UP:
            self._gaps.hit()

    def _fail(self, fault: Fault, at: float) -> None:
        """Count a fault; set the bay unknown after several in a row, or after a certain one."""
        if not self._faults:
            self._faults_since = at
        self._faults += 1
        lasts = self._faults >= FAULTS_TO_UNKNOWN and at - self._faults_since >= FAULTS_LAST_S
        if lasts or fault.is_certain:
            self._set_unknown(fault)

    def _miss(self, fault: Fault, at: float) -> None:
        """Count a reading of neither floor nor vehicle; set the fault once such readings last."""
        lasting = self._unplaced.lasts(fault, at, occupied=self.occupied, before=self.fault)
        if lasting is not None:
            self._set_unknown(lasting)

    def _set_unknown(self, fault: Fault) -> None:
        """Reset to unknown, with the reason."""
        self.occupied, self.fault = None, fault
        self._log_odds = 0.0
        self._at = self._last_m = self._vehicle_m = self._first_at = None


def _decay(log_odds: float, seconds: float) -> float:
    """Return a belief after an interval: a two-state Markov chain."""
    above = 1.0 / (1.0 + exp(-log_odds)) - 0.5
    above *= exp(-2.0 * CHANGES_PER_S * seconds)
    return log((0.5 + above) / (0.5 - above))
