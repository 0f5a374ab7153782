"""Acoustics: the speed of sound, and the distance of an echo."""

from math import sqrt

# Dry air at 0 °C and its slope, from the ideal gas law: c = c0·√(1 + t/273.15).
SPEED_AT_ZERO_M_S = 331.3
ZERO_CELSIUS_K = 273.15

# Air temperatures of an outdoor car park. Slots are long enough for the slowest sound of these.
COLDEST_C = -40.0
WARMEST_C = 85.0


def speed_of_sound(temperature_c: float) -> float:
    """Return the speed of sound in air, in m/s, at a temperature in °C.

    A change of 1 K is 0.17 %: 4 mm at 2.5 m. From a frosty night to a hot noon it is 17 cm.
    """
    return SPEED_AT_ZERO_M_S * sqrt(1.0 + temperature_c / ZERO_CELSIUS_K)


def distance_m(echo_ns: int, speed_m_s: float) -> float:
    """Return the distance of the target, in m, for an echo pulse of a length in ns."""
    return echo_ns * 1e-9 * speed_m_s / 2.0


def echo_ns(distance: float, speed_m_s: float) -> int:
    """Return the length of the echo pulse, in ns, for a target at a distance in m."""
    return round(2.0 * distance / speed_m_s * 1e9)
