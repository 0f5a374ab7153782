"""One simulated sensor: the coming changes of its echo line."""

from math import hypot
from random import Random

from ..model import Sensor
from .bay import Bay
from .defects import BOUNCES_NS, DEAF, Defect, leak_ns, noise_m
from .receiver import Receiver

# From the trigger's fall to the echo's rise: about 0.45 ms, in the middle of what RISE_MAX_S says.
RISE_MIN_NS = 430_000
RISE_SPREAD_NS = 40_000
# The transducer rings for a while after its own burst, and hears nothing in it: 2 cm of flight.
DEAF_NS = 120_000
LONG_AGO_NS = -1_000_000_000


class SimulatedSensor:
    """One simulated sensor: its echo line and the coming changes of it."""

    __slots__ = (
        "_random",
        "_receive",
        "_silence_ns",
        "bay",
        "level",
        "line",
        "near",
        "rise_ns",
        "seqno",
        "stuck",
        "toggles",
        "trigger",
    )

    def __init__(self, sensor: Sensor, bay: Bay, receiver: Receiver, random: Random) -> None:
        """Initialize with a low line, unless it is stuck already."""
        self.line = sensor.echo
        self.trigger = sensor.trigger
        self.bay = bay
        self.stuck = bay.defect is Defect.STUCK_HIGH
        self.level = self.stuck
        self.seqno = 0
        self.rise_ns = LONG_AGO_NS
        """When the last ping left."""
        self.toggles: list[int] = []
        """When the line will change, in order."""
        self.near: list[tuple[SimulatedSensor, float]] = []
        """The sensors that can hear this one, and how far away they are, in m."""
        self._random = random
        self._receive = receiver.receive
        self._silence_ns = round(bay.mount.silence_s * 1e9)

    def fire(self, fired_ns: int, at_s: float, echo_ns_per_m: float) -> None:
        """Send one ping, and schedule when the echo line will rise and fall."""
        bay = self.bay
        if at_s >= bay.steady_until_s:
            bay.look(at_s)
        if bay.defect is Defect.NO_RESPONSE:
            return
        rise_ns = fired_ns + RISE_MIN_NS + int(RISE_SPREAD_NS * self._random.random())
        self.rise_ns = rise_ns
        distance_m = self._receive(at_s)
        if distance_m is None:
            self.toggles = [rise_ns, rise_ns + self._silence_ns]
        else:
            self.toggles = [rise_ns, rise_ns + int(distance_m * echo_ns_per_m)]
        if bay.defect is not None:
            self._spoil(fired_ns, echo_ns_per_m)

    def _spoil(self, fired_ns: int, echo_ns_per_m: float) -> None:
        """Change an echo by the defect."""
        match self.bay.defect:
            case Defect.GLITCH:
                self.toggles = [self.rise_ns + at_ns for at_ns in BOUNCES_NS]
            case Defect.NO_TARGET:
                self.toggles[-1] = self.rise_ns + self._silence_ns
            case Defect.NOISE:
                told_m = noise_m(self.bay.mount.height_m, self._random)
                self.toggles[-1] = self.rise_ns + int(told_m * echo_ns_per_m)
            case Defect.TRIGGER_LEAK:
                self.toggles[:0] = leak_ns(fired_ns, self._random)

    def hear(self, heard_ns: int) -> None:
        """End the echo if another sensor's ping arrives earlier."""
        if self.stuck or self.bay.defect in DEAF:
            return
        if self.toggles and self.rise_ns + DEAF_NS < heard_ns < self.toggles[-1]:
            self.toggles[-1] = heard_ns


def bounce_m(a: Bay, b: Bay, apart_m: float) -> float:
    """Return the distance of a ping between two sensors, over the higher of both surfaces."""
    higher_m = max(a.mount.height_m - a.nearest_m, b.mount.height_m - b.nearest_m)
    return hypot(apart_m, a.mount.height_m - higher_m + b.mount.height_m - higher_m)
