"""Occupancy of one bay: a Bayesian filter over readings.

The belief is the log-odds that a vehicle stands in the bay. Each reading adds the logarithm of how
much likelier it is under a vehicle than under an empty bay; time pulls the belief back towards what
is usual. A decision needs a margin, and leaving it needs the opposite one, so nothing flickers.

How the numbers hang together (sweeps of 0.5 s): from a firmly empty bay, readings that agree with
one another flip it at the fourth, scattered ones at the fifth. A pedestrian is in the sensor's cone
for three at most. Two readings settle a bay of which nothing is known.
"""

from math import exp, inf, log, pi, sqrt

from .model import Fault, Reading

# Decision and saturation, in natural log-odds.
DECIDED = 2.5
FIRM = 4.5
# The most that one reading may say for and against a vehicle.
STEP_UP = 2.0
STEP_DOWN = 2.4

# How an empty bay looks: the floor to within its noise, at times further off (heat, snow, a kerb).
FLOOR_SIGMA_M = 0.03
FLOOR_SHARE = 0.80
FLOOR_WIDE_SIGMA_M = 0.12
FLOOR_WIDE_SHARE = 0.15
# How a vehicle looks: lower than 35 cm none is; a standing one repeats the distance it gave before.
VEHICLE_MIN_HEIGHT_M = 0.35
REPEAT_SHARE = 0.9
REPEAT_SIGMA_M = 0.03
# Readings that have nothing to do with either, spread over what the sensor can say.
OUTLIER_SHARE = 0.05
SENSOR_RANGE_M = 4.0
# How often no echo comes back.
LOST_FLOOR = 0.10
LOST_VEHICLE = 0.12
LOST_OPEN = 0.90
"""From an empty bay whose floor the sensor cannot see."""

# Usual comings and goings: a bay is taken 20 min after it became free and left after 60.
ARRIVALS_PER_S = 1 / 1200
DEPARTURES_PER_S = 1 / 3600

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
_LOST_OVER_FLOOR = log(LOST_VEHICLE / LOST_FLOOR)
_LOST_OVER_OPEN = log(LOST_VEHICLE / LOST_OPEN)


class Occupancy:
    """What is believed of one bay.

    `empty_m` is the distance that the sensor gives when the bay is empty, in metres, or None where
    it cannot see that far.
    """

    __slots__ = (
        "_at",
        "_calibrated_m",
        "_faults",
        "_last_m",
        "_log_odds",
        "_lost_since",
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
        self._faults = 0
        self._lost_since: float | None = None

    @property
    def confidence(self) -> float:
        """Probability that `occupied` is right; 0 while nothing is known."""
        if self.occupied is None:
            return 0.0
        return 1.0 / (1.0 + exp(-abs(self._log_odds)))

    def calibrate(self, empty_m: float) -> None:
        """Take a distance, in metres, for that of the empty bay."""
        self.empty_m = self._calibrated_m = empty_m

    def update(self, reading: Reading) -> None:
        """Learn from a reading. Readings come in order of time."""
        fault = reading.fault
        if reading.distance_m is not None:
            self.distance_m = reading.distance_m
            evidence = self._from_distance(reading.distance_m)
        elif reading.occupied is not None:
            evidence = inf if reading.occupied else -inf
        elif fault is Fault.NO_TARGET:
            self.distance_m = None
            evidence = _LOST_OVER_OPEN if self.empty_m is None else _LOST_OVER_FLOOR
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

    def _from_distance(self, z: float) -> float:
        """Return the log-likelihood ratio of a distance, vehicle over empty."""
        empty, last = self.empty_m, self._last_m
        self._last_m = z
        vehicle = seen = _OUTLIER_DENSITY
        if empty is None:
            reach = SENSOR_RANGE_M
            seen = (1.0 - LOST_OPEN) / SENSOR_RANGE_M
        else:
            reach = empty - VEHICLE_MIN_HEIGHT_M
            off = (z - empty) * (z - empty)
            seen += FLOOR_SHARE * _FLOOR_PEAK * exp(_FLOOR_EXP * off)
            seen += FLOOR_WIDE_SHARE * _WIDE_PEAK * exp(_WIDE_EXP * off)
        if z < reach:
            likely = (1.0 - REPEAT_SHARE) / reach
            if last is not None and last < reach:
                off = (z - last) * (z - last)
                likely += REPEAT_SHARE * _REPEAT_PEAK * exp(_REPEAT_EXP * off)
            vehicle += (1.0 - OUTLIER_SHARE) * likely
        return log(vehicle / seen)

    def _believe(self, evidence: float, at: float) -> None:
        """Let time pass, add evidence and decide."""
        certain = evidence in (inf, -inf)
        before = self._log_odds
        if self._at is not None and at > self._at:
            before = _relax(before, at - self._at)
        self._at = at
        step = evidence if certain else min(STEP_UP, max(-STEP_DOWN, evidence))
        belief = self._log_odds = min(FIRM, max(-FIRM, before + step))
        if belief > DECIDED:
            self.occupied, self.fault = True, None
        elif belief < -DECIDED:
            self.occupied, self.fault = False, None

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
        self._at = self._last_m = None

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
    """Let a belief drift towards what is usual: a two-state Markov chain over an interval."""
    rate = ARRIVALS_PER_S + DEPARTURES_PER_S
    usual = ARRIVALS_PER_S / rate
    occupied = 1.0 / (1.0 + exp(-log_odds))
    occupied = usual + (occupied - usual) * exp(-rate * seconds)
    return log(occupied / (1.0 - occupied))
