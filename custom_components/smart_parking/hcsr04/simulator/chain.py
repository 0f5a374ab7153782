"""A random process with two states, whose random events come in runs."""

from math import ceil, log1p
from random import Random


class TwoStateChain:
    """A Markov chain of two states in continuous time, or in steps of it.

    The state at a time does not depend on how often it is asked for; times must not go back.
    """

    __slots__ = ("_mean_s", "_random", "_step_s", "_until_s", "on")

    def __init__(
        self, random: Random, share: float, mean_s: float, *, at_s: float = 0.0, step_s: float = 0.0
    ) -> None:
        """Initialize at a time; `share` of the time it is on, `mean_s` in a row.

        With steps, each run lasts whole ones, at least one: a caller that asks once in a step sees
        runs of `mean_s / step_s` on average, as a recording with one ping in a step does.
        """
        mean_s = max(mean_s, step_s)
        self._random = random
        self._step_s = step_s
        self._mean_s = mean_s * (1.0 - share) / share, mean_s
        self.on = random.random() < share
        # Pings do not begin together with the steps.
        self._until_s = at_s - step_s * random.random() + self._run_s()

    def at(self, at_s: float) -> bool:
        """Return whether it is on at a time."""
        while at_s >= self._until_s:
            self.on = not self.on
            self._until_s += self._run_s()
        return self.on

    @property
    def until_s(self) -> float:
        """Time until which the present state lasts."""
        return self._until_s

    def _run_s(self) -> float:
        """Return the duration of the present state: memoryless, as a Markov chain is."""
        mean_s, step_s = self._mean_s[self.on], self._step_s
        if not step_s:
            return mean_s * self._random.expovariate()
        if mean_s <= step_s:
            return step_s
        # Rounded up, an exponential time of this mean is a geometric one of the mean asked for.
        scale = -1.0 / log1p(-step_s / mean_s)
        return step_s * max(1, ceil(scale * self._random.expovariate()))
