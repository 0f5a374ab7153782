"""Occupancy of one bay: a Bayesian filter over readings.

The belief is the log-odds that a vehicle stands in the bay. Each reading adds the logarithm of how
much likelier it is under a vehicle than under an empty bay; time pulls the belief back to "could be
either". A decision needs a margin, and leaving it needs the opposite one, so nothing flickers.

How the numbers hang together, in sweeps of 0.5 s. A firmly empty bay is taken at the fourth vehicle
reading when all agree and at the fifth when not: a pedestrian is under the sensor for three at
most, and a stray reading beside them does not help him. A vehicle that is seen to move may be gone
after two readings of the floor, one that stood still takes three. Two readings settle a bay of
which nothing is known.
"""

from math import exp, inf, isfinite, log, pi, sqrt

from .model import Fault, Reading

# All in natural log-odds: where a decision falls, and how firm a bay gets when it is empty, when
# its vehicle repeats its distance, and when its vehicle has just given another one.
DECIDED = 2.0
FIRM = 5.4
STANDS = 8.5
LOOSE = 5.3
# The most that one reading may say for and against a vehicle, and while nothing is known.
STEP_UP = 2.0
STEP_DOWN = 4.7
STEP_FIRST = 1.9
# A lost echo after a vehicle's: its windscreen passes. It hastens a decision and never makes one.
STEP_LOST = 0.7

# How an empty bay looks: the floor to within noise and a thermometer's error, at times further off
# (air that warmed while the floor was hidden, snow, a kerb).
FLOOR_SIGMA_M = 0.01
FLOOR_SHARE = 0.75
FLOOR_WIDE_SIGMA_M = 0.12
FLOOR_WIDE_SHARE = 0.20
# How a vehicle looks: none is lower than 35 cm, bonnets and roofs differ by some 2 m from the
# lowest to the highest, and a standing one repeats the distance it gave before.
VEHICLE_MIN_HEIGHT_M = 0.35
VEHICLE_BAND_M = 2.0
REPEAT_SHARE = 0.9
REPEAT_SIGMA_M = 0.015
# What differs by less than this is the same surface, and no news of it.
SAME_M = 0.015
# Readings that have nothing to do with either, spread over what the sensor can say.
OUTLIER_SHARE = 0.05
SENSOR_RANGE_M = 4.0
# How often no echo comes back from a vehicle, and from a bay whose floor is out of reach.
LOST_VEHICLE = 0.12
LOST_OPEN = 1.0 - OUTLIER_SHARE

# Share of pings that pass beside a vehicle and tell of the floor: up to a third with a motorcycle,
# hardly any else. Learnt over 100 readings of each vehicle, and counted twice to be on the safe
# side; a newcomer is taken for something in between.
GAPS_MIN = 0.004
GAPS_NEW = 0.06
GAPS_MAX = 0.5
GAPS_PER_READING = 0.01
GAPS_SAFETY = 2.0

# Usual comings and goings: either after an hour.
CHANGES_PER_S = 1 / 3600

# Faults in a row, in sweeps, that make a bay unknown.
FAULTS_TO_UNKNOWN = 3
# A floor out of hearing is a fault when it lasts; over a vehicle it is usual, windscreens deflect.
NO_TARGET_VACANT_S = 10.0
NO_TARGET_OCCUPIED_S = 3600.0

# The empty distance follows slow drift with a time constant of 10 min, and so far only.
DRIFT_PER_READING = 1 / 1200
DRIFT_REACH_M = 0.25
DRIFT_LIMIT_M = 0.30

_CERTAIN = frozenset({Fault.LINE_LOST, Fault.SILENT, Fault.UNAVAILABLE, Fault.IMPLAUSIBLE})
"""Faults that need no repeating to be believed."""


def _bell(sigma_m: float) -> tuple[float, float]:
    """Return the peak and the exponent's factor of a normal distribution."""
    return 1.0 / (sigma_m * sqrt(2.0 * pi)), -0.5 / (sigma_m * sigma_m)


_FLOOR_PEAK, _FLOOR_EXP = _bell(FLOOR_SIGMA_M)
_WIDE_PEAK, _WIDE_EXP = _bell(FLOOR_WIDE_SIGMA_M)
_REPEAT_PEAK, _REPEAT_EXP = _bell(REPEAT_SIGMA_M)
_OUTLIER_DENSITY = OUTLIER_SHARE / SENSOR_RANGE_M
_VEHICLE_DENSITY = (1.0 - OUTLIER_SHARE) * (1.0 - REPEAT_SHARE) / VEHICLE_BAND_M
_REPEAT_DENSITY = (1.0 - OUTLIER_SHARE) * REPEAT_SHARE * _REPEAT_PEAK


class Occupancy:
    """What is believed of one bay.

    `empty_m` is the distance that the sensor gives when the bay is empty, in metres, or None where
    it cannot see that far.
    """

    __slots__ = (
        "_at",
        "_calibrated_m",
        "_faults",
        "_gap",
        "_gaps",
        "_last_m",
        "_log_odds",
        "_lost_since",
        "_shows",
        "_stands_m",
        "distance_m",
        "empty_m",
        "fault",
        "occupied",
    )

    def __init__(self, empty_m: float | None, *, was_occupied: bool | None = None) -> None:
        """Begin with nothing known, or with what was known before a restart.

        A bay that was vacant is not taken to be so still: somebody may have come meanwhile.
        """
        self.empty_m = empty_m
        self.occupied: bool | None = True if was_occupied else None
        self.fault: Fault | None = None if was_occupied else Fault.NO_READING
        self.distance_m: float | None = None
        self._calibrated_m = empty_m
        self._log_odds = DECIDED if was_occupied else 0.0
        self._at: float | None = None
        self._last_m: float | None = None
        self._stands_m: float | None = None
        self._faults = 0
        self._lost_since: float | None = None
        self._shows = GAPS_NEW
        self._gap = 0.0
        """How likely the newest reading came past a vehicle, if there is one."""
        self._gaps = 0.0
        """How many readings since the vehicle's newest came past it."""

    @property
    def confidence(self) -> float:
        """Probability that `occupied` is right, at least 0.5; 0 while nothing is known."""
        if self.occupied is None:
            return 0.0
        return max(0.5, 1.0 / (1.0 + exp(-self._log_odds if self.occupied else self._log_odds)))

    def calibrate(self, empty_m: float) -> None:
        """Take a distance, in metres, for that of the empty bay."""
        self.empty_m = self._calibrated_m = empty_m
        self._last_m = self._stands_m = None

    def update(self, reading: Reading) -> None:
        """Learn from a reading. Readings come in order of time."""
        fault = reading.fault
        if reading.distance_m is not None:
            self.distance_m = reading.distance_m
            if self._is_as_before(reading.distance_m):
                self._carry_on(reading.distance_m, reading.at)
                return
            evidence = self._from_distance(reading.distance_m)
        elif reading.occupied is not None:
            evidence = inf if reading.occupied else -inf
        elif fault is Fault.NO_TARGET:
            self.distance_m = None
            evidence = self._from_silence()
        else:
            self.distance_m = None
            self._fail(fault or Fault.IMPLAUSIBLE)
            return
        self._faults = 0
        if fault is Fault.NO_TARGET and self.empty_m is not None:
            if self._is_lost(reading.at):
                self._forget(Fault.NO_TARGET)
                return
        else:
            self._lost_since = None
        self._believe(evidence, reading.at)
        self._follow_drift(reading.distance_m)

    def _is_as_before(self, z: float) -> bool:
        """Return whether a distance can add nothing to what is believed: nearly all of them."""
        if self._log_odds == STANDS:
            return self._stands_m is not None and -SAME_M < z - self._stands_m < SAME_M
        if self._log_odds == -FIRM:
            return self.empty_m is not None and -SAME_M < z - self.empty_m < SAME_M
        return False

    def _carry_on(self, z: float, at: float) -> None:
        """Note a distance that is as the ones before, at a fraction of the arithmetic."""
        self._at, self._last_m = at, z
        self._faults, self._lost_since = 0, None
        if self.occupied:
            self._stands_m = z
            self._learn_gaps(STEP_UP)
        else:
            self._follow_drift(z)

    def _from_distance(self, z: float) -> float:
        """Return the log-likelihood ratio of a distance, vehicle over empty."""
        empty, reach = self.empty_m, SENSOR_RANGE_M
        vehicle = seen = _OUTLIER_DENSITY
        if empty is not None:
            reach = empty - VEHICLE_MIN_HEIGHT_M
            off = (z - empty) * (z - empty)
            floor = FLOOR_SHARE * _FLOOR_PEAK * exp(_FLOOR_EXP * off)
            floor += FLOOR_WIDE_SHARE * _WIDE_PEAK * exp(_WIDE_EXP * off)
            seen += floor
            vehicle += self._shows * floor
            self._gap = 1.0 - _OUTLIER_DENSITY / vehicle
        if z < reach:
            off = self._moved_m(z)
            vehicle += _VEHICLE_DENSITY + _REPEAT_DENSITY * exp(_REPEAT_EXP * off * off)
        self._last_m = z
        return log(vehicle / seen)

    def _moved_m(self, z: float) -> float:
        """Return how far a distance is from the last one, or from where the vehicle stands."""
        moved = inf if self._last_m is None else abs(z - self._last_m)
        return moved if self._stands_m is None else min(moved, abs(z - self._stands_m))

    def _from_silence(self) -> float:
        """Return the log-likelihood ratio of no echo at all, vehicle over empty."""
        if self.empty_m is None:
            self._gap = self._shows / (self._shows + LOST_VEHICLE)
            return log((LOST_VEHICLE + self._shows) / LOST_OPEN)
        if self._last_m is None or self._last_m >= self.empty_m - VEHICLE_MIN_HEIGHT_M:
            return 0.0
        return max(0.0, min(STEP_LOST, DECIDED - self._log_odds))

    def _believe(self, evidence: float, at: float) -> None:
        """Let time pass, add evidence and decide."""
        before = self._log_odds
        if self._at is not None and at > self._at:
            before = _relax(before, at - self._at)
        self._at = at
        self._learn_gaps(evidence)
        repeats = evidence >= STEP_UP
        if isfinite(evidence):
            down = STEP_FIRST if self.occupied is None else STEP_DOWN
            evidence = min(STEP_UP, max(-down, evidence))
        top = LOOSE if evidence > 0.0 and not repeats else STANDS
        belief = self._log_odds = min(top, max(-FIRM, before + evidence))
        if belief > DECIDED:
            self.occupied, self.fault = True, None
            if repeats:
                self._log_odds, self._stands_m = STANDS, self._last_m
        elif belief < -DECIDED:
            self.occupied, self.fault, self._stands_m = False, None, None

    def _learn_gaps(self, evidence: float) -> None:
        """Learn how often the floor shows beside the vehicle, once that is heard again itself."""
        if not self.occupied:
            self._shows, self._gaps = GAPS_NEW, 0.0
        elif evidence < 0.0:
            self._gaps += self._gap
        elif evidence >= STEP_UP:
            shows = self._shows + GAPS_PER_READING * (GAPS_SAFETY * self._gaps - self._shows)
            self._shows, self._gaps = min(GAPS_MAX, max(GAPS_MIN, shows)), 0.0

    def _fail(self, fault: Fault) -> None:
        """Count a fault; enough of them in a row, or one that is certain, and nothing is known."""
        self._faults += 1
        if self._faults >= FAULTS_TO_UNKNOWN or fault in _CERTAIN:
            self._forget(fault)

    def _is_lost(self, at: float) -> bool:
        """Return whether floor and vehicle have been out of hearing for too long."""
        if self._lost_since is None:
            self._lost_since = at
        patience_s = NO_TARGET_OCCUPIED_S if self.occupied else NO_TARGET_VACANT_S
        return at - self._lost_since >= patience_s

    def _forget(self, fault: Fault) -> None:
        """Know nothing, and why."""
        self.occupied, self.fault = None, fault
        self._log_odds = 0.0
        self._at = self._last_m = self._stands_m = None

    def _follow_drift(self, z: float | None) -> None:
        """Let the empty distance follow the floor while the bay is firmly empty."""
        if z is None or self.empty_m is None or self._calibrated_m is None:
            return
        if self._log_odds > -FIRM or abs(z - self.empty_m) > DRIFT_REACH_M:
            return
        moved = self.empty_m + DRIFT_PER_READING * (z - self.empty_m)
        low, high = self._calibrated_m - DRIFT_LIMIT_M, self._calibrated_m + DRIFT_LIMIT_M
        self.empty_m = min(high, max(low, moved))


def _relax(log_odds: float, seconds: float) -> float:
    """Let a belief fade: a two-state Markov chain over an interval."""
    above = 1.0 / (1.0 + exp(-log_odds)) - 0.5
    above *= exp(-2.0 * CHANGES_PER_S * seconds)
    return log((0.5 + above) / (0.5 - above))
