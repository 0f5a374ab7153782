"""The distance of one ping of one sensor: noise, dropouts and outliers."""

from random import Random
from typing import override

from ..schedule import REPEAT_MIN_S
from .bay import Bay
from .chain import TwoStateChain
from .quality import Quality

# 2 cm to 4 m by the data sheets; large flat targets are heard somewhat farther.
NEAREST_M = 0.02
REACH_M = 4.5
# Recorded noise is even up to here, and three times as large in the middle of 2.5-2.9 m.
NOISE_EVEN_M = 1.7
NOISE_FAR_M = 2.7
# Recorded outliers: most within ±20 cm, and beyond what noise does; the others are too near.
OUTLIER_MIN_M, OUTLIER_MAX_M = 0.05, 0.20
TOO_NEAR_MIN_M, TOO_NEAR_MAX_M = 0.36, 0.92


class Receiver:
    """A sensor with even noise, whose pings are independent."""

    __slots__ = ("_bay", "_dropout_share", "_noise_m", "_odd_share", "_random")

    def __init__(self, bay: Bay, quality: Quality, random: Random) -> None:
        """Initialize for a bay."""
        self._bay = bay
        self._random = random
        self._noise_m = quality.noise_m
        self._dropout_share = quality.dropout_share
        self._odd_share = quality.dropout_share + quality.outlier_share

    def receive(self, at_s: float) -> float | None:
        """Return the distance of one ping, None when no echo comes back."""
        random = self._random.random
        bay = self._bay
        distance_m: float | None = bay.nearest_m
        luck = random()
        if luck < self._odd_share:
            return None if luck < self._dropout_share else self._any_distance_m()
        if bay.heard < 1.0 and random() >= bay.heard:
            distance_m = bay.behind_m
        if distance_m is None or distance_m > REACH_M:
            return None
        distance_m += self._random.gauss(0.0, self._noise_m)
        return max(distance_m, NEAREST_M)

    def _any_distance_m(self) -> float:
        """Return a random distance."""
        return NEAREST_M + (REACH_M - NEAREST_M) * self._random.random()


class RecordedReceiver(Receiver):
    """A sensor as recordings show them, with each effect as strong as its quality says."""

    __slots__ = ("_bursts", "_near_share", "_noise_slope", "_step_m")

    def __init__(
        self, bay: Bay, quality: Quality, random: Random, bursts: TwoStateChain | None
    ) -> None:
        """Initialize for a bay; without `bursts`, each ping may be missed by itself."""
        super().__init__(bay, quality, random)
        far_m = self._noise_m if quality.noise_far_m is None else quality.noise_far_m
        self._noise_slope = (far_m - self._noise_m) / (NOISE_FAR_M - NOISE_EVEN_M)
        self._step_m = quality.step_m
        self._near_share = quality.outlier_near_share
        self._bursts = bursts
        if bursts is not None:
            self._dropout_share = 0.0
            self._odd_share = quality.outlier_share / (1.0 - quality.dropout_share)

    @override
    def receive(self, at_s: float) -> float | None:
        if self._bursts is not None and self._bursts.at(at_s):
            return None
        luck = self._random.random()
        if luck < self._dropout_share:
            return None
        surface_m = self._surface_m()
        if surface_m is None:
            return None
        told_m = self._outlier_m(surface_m) if luck < self._odd_share else self._blur(surface_m)
        if self._step_m:
            told_m = round(told_m / self._step_m) * self._step_m
        return min(max(told_m, NEAREST_M), REACH_M)

    def _surface_m(self) -> float | None:
        """Return the distance of the surface that reflects this ping, if one does."""
        bay = self._bay
        deflected = bay.heard < 1.0 and self._random.random() >= bay.heard
        distance_m = bay.behind_m if deflected else bay.nearest_m
        return None if distance_m is None or distance_m > REACH_M else distance_m

    def _blur(self, surface_m: float) -> float:
        """Return a distance with its noise."""
        beyond_m = max(surface_m - NOISE_EVEN_M, 0.0)
        return surface_m + self._random.gauss(0.0, self._noise_m + self._noise_slope * beyond_m)

    def _outlier_m(self, surface_m: float) -> float:
        """Return a wrong distance."""
        if self._near_share is None:
            return self._any_distance_m()
        random = self._random
        if random.random() < self._near_share:
            return surface_m - random.uniform(TOO_NEAR_MIN_M, TOO_NEAR_MAX_M)
        off_m = random.uniform(OUTLIER_MIN_M, OUTLIER_MAX_M)
        return surface_m + (off_m if random.random() < 0.5 else -off_m)


def make_receiver(bay: Bay, quality: Quality, random: Random, seed: str, at_s: float) -> Receiver:
    """Return the simplest receiver that has all effects of a quality, from a time on.

    Bursts of dropouts have a random generator of their own: the number of pings does not move them.
    """
    share, burst_s = quality.dropout_share, quality.dropout_burst_s
    bursts = None
    if share and burst_s:
        own = Random(f"bursts {seed}")
        bursts = TwoStateChain(own, share, burst_s, at_s=at_s, step_s=REPEAT_MIN_S)
    elif quality.is_plain:
        return Receiver(bay, quality, random)
    return RecordedReceiver(bay, quality, random, bursts)
