"""Two states that take turns in time: why what is random still comes in runs."""

from math import ceil, log1p
from random import Random


class TwoStateChain:
    """A Markov chain of two states in continuous time, or in steps of it.

    What it is at a time does not depend on how often one asks; asking must not go back in time.
    """

    __slots__ = ("_mean_s", "_random", "_step_s", "_until_s", "on")

    def __init__(
        self, random: Random, share: float, mean_s: float, *, at_s: float = 0.0, step_s: float = 0.0
    ) -> None:
        """Initialize at a time; a share of time is spent on, `mean_s` at once.

        With steps, each run lasts whole ones, at least one: who asks once in a step then sees runs
        of `mean_s / step_s` on average, as they were counted by somebody who did the same.
        """
        mean_s = max(mean_s, step_s)
        self._random = random
        self._step_s = step_s
        self._mean_s = mean_s * (1.0 - share) / share, mean_s
        self.on = random.random() < share
        # Nobody's pings begin together with the steps.
        self._until_s = at_s - step_s * random.random() + self._run_s()

    def at(self, at_s: float) -> bool:
        """Return whether it is on at a time."""
        while at_s >= self._until_s:
            self.on = not self.on
            self._until_s += self._run_s()
        return self.on

    @property
    def until_s(self) -> float:
        """How long it stays as it is."""
        return self._until_s

    def _run_s(self) -> float:
        """Return how long the present state lasts: memoryless, as the name of the chain says."""
        mean_s, step_s = self._mean_s[self.on], self._step_s
        if not step_s:
            return mean_s * self._random.expovariate()
        if mean_s <= step_s:
            return step_s
        # Rounded up, an exponential time of this mean is a geometric one of the mean asked for.
        scale = -1.0 / log1p(-step_s / mean_s)
        return step_s * max(1, ceil(scale * self._random.expovariate()))
