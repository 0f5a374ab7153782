"""Defects of a simulated sensor, switched on and off while it measures."""

from enum import StrEnum
from random import Random

# Edges that a loose wire makes of one echo.
BOUNCES_NS = (0, 90_000, 130_000, 400_000)
# Recorded: the trigger makes a pulse of 20-150 µs on the echo line within 150 µs.
LEAK_RISE_MAX_NS = 150_000
LEAK_MIN_NS, LEAK_MAX_NS = 20_000, 150_000
# A sensor that hears only noise gives any distance between these; the floor always seems covered.
NOISE_NEAREST_M = 0.3
NOISE_OVER_FLOOR_M = 0.05


class Defect(StrEnum):
    """A defect of a sensor: the faults that a bank names, and two that it cannot see."""

    NO_RESPONSE = "no_response"
    """It never answers."""
    STUCK_HIGH = "stuck_high"
    """Its echo line is high all the time."""
    NO_TARGET = "no_target"
    """It answers, and never hears an echo."""
    GLITCH = "glitch"
    """Its wire is loose."""
    LINE_LOST = "line_lost"
    """The GPIO chip is gone, for all sensors."""
    NOISE = "noise"
    """It hears only noise: it always gives a distance, and hardly ever the same twice."""
    TRIGGER_LEAK = "trigger_leak"
    """Its trigger makes a pulse of its own on the echo line."""


# Sensors with these defects end their echo by themselves, despite pings in the air.
DEAF = frozenset({Defect.NO_TARGET, Defect.GLITCH, Defect.NOISE})


def noise_m(height_m: float, random: Random) -> float:
    """Return the distance of a sensor that hears only noise, mounted at a height."""
    return random.uniform(NOISE_NEAREST_M, height_m - NOISE_OVER_FLOOR_M)


def leak_ns(fired_ns: int, random: Random) -> list[int]:
    """Return when a leaking trigger makes the echo line rise and fall."""
    rise_ns = fired_ns + random.randint(0, LEAK_RISE_MAX_NS)
    return [rise_ns, rise_ns + random.randint(LEAK_MIN_NS, LEAK_MAX_NS)]
