"""The simulated bank's lines: what the world's echoes do to them, edge by edge."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import hypot
from random import Random
from threading import Event
from typing import override

from ..acoustics import COLDEST_C, speed_of_sound
from ..model import Edge, Fault, LineLostError, Lines, Sensor
from ..schedule import HEARING_M, in_earshot
from .bay import Bay
from .world import World

# From the trigger's fall to the echo's rise: about 0.45 ms, in the middle of what RISE_MAX_S says.
RISE_MIN_NS = 430_000
RISE_SPREAD_NS = 40_000
# HC-SR04 data sheets: the echo ends after 38 ms when nothing was heard.
SILENCE_NS = 38_000_000
# 2 cm to 4 m say the data sheets; large flat targets are heard somewhat farther.
NEAREST_M = 0.02
REACH_M = 4.5
# The transducer rings for a while after its own burst, and hears nothing in it: 2 cm of flight.
DEAF_NS = 120_000
# What a loose wire makes of one echo.
BOUNCES_NS = (0, 90_000, 130_000, 400_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the sensors are."""

    noise_m: float = 0.004
    """Standard deviation of a distance: the data sheets' resolution of 3 mm, and some air."""
    dropout_share: float = 0.0
    """Share of pings whose echo is missed."""
    outlier_share: float = 0.0
    """Share of pings that tell any distance at all."""


class _Head:
    """One simulated sensor: its echo line and what it is about to do."""

    __slots__ = ("bay", "level", "line", "near", "rise_ns", "seqno", "stuck", "toggles", "trigger")

    def __init__(self, sensor: Sensor, bay: Bay) -> None:
        """Begin with a low line, unless it is stuck already."""
        self.line = sensor.echo
        self.trigger = sensor.trigger
        self.bay = bay
        self.stuck = bay.fault is Fault.STUCK_HIGH
        self.level = self.stuck
        self.seqno = 0
        self.rise_ns = -SILENCE_NS
        """When the last ping left."""
        self.toggles: list[int] = []
        """When the line will change, in order."""
        self.near: list[tuple[_Head, float]] = []
        """Those who can hear this one, and how far away they are, in m."""


class SimulatedLines(Lines):
    """Trigger and echo lines of simulated sensors in a world.

    Edges carry the moments that physics gives them, to the ns, however late they are collected.
    Equal seeds in equal worlds give equal edges. `close` may be called from any thread and ends a
    wait. As on a real chip, lines that were lost stay so: claim new ones.
    """

    def __init__(
        self,
        sensors: Iterable[Sensor],
        world: World,
        *,
        quality: Quality | None = None,
        hearing_m: float = HEARING_M,
        seed: int = 0,
    ) -> None:
        """Claim the lines of sensors that hang in the world; raises `LineLostError`."""
        self._world = world
        self._clock = world.clock
        self._quality = quality or Quality()
        self._odd_share = self._quality.dropout_share + self._quality.outlier_share
        self._random = Random(f"lines {seed}")
        sensors = list(sensors)
        self._heads = [_Head(sensor, world.bays[sensor.sensor_id]) for sensor in sensors]
        self._introduce(sensors, hearing_m)
        self._shots: dict[tuple[int, ...], tuple[list[_Head], bool]] = {}
        self._busy: list[_Head] = []
        self._edges: list[Edge] = []
        self._silent_ns = 0
        """From when on nobody listens and no ping is in the air."""
        self._faults_seen = -1
        self._closed = Event()
        self._check()

    def _introduce(self, sensors: list[Sensor], hearing_m: float) -> None:
        """Tell each head whom it can be heard by, and how long a ping is in the air at most."""
        deepest_m = max(head.bay.mount.height_m for head in self._heads)
        flight_s = hypot(hearing_m, 2.0 * deepest_m) / speed_of_sound(COLDEST_C)
        self._air_ns = round(flight_s * 1e9) + RISE_MIN_NS + RISE_SPREAD_NS
        heads = dict(zip(sensors, self._heads, strict=True))
        for a, b in in_earshot(sensors, hearing_m):
            apart_m = hypot(a.x - b.x, a.y - b.y)
            heads[a].near.append((heads[b], apart_m))
            heads[b].near.append((heads[a], apart_m))

    @override
    def now_ns(self) -> int:
        return self._clock.now_ns()

    @override
    def pulse(self, triggers: Collection[int]) -> int:
        fired_ns = self._clock.now_ns()
        with self._world.lock:
            self._settle(fired_ns)
            at_s = self._world.advance(fired_ns)
            speed_m_s = speed_of_sound(self._world.air_c(fired_ns))
            ns_per_m = 1e9 / speed_m_s
            heads, crowded = self._shot(triggers)
            for head in heads:
                if not head.level and not head.toggles:
                    self._fire(head, fired_ns, at_s, 2.0 * ns_per_m)
            if crowded or fired_ns < self._silent_ns:
                self._cross(heads, ns_per_m)
            self._silent_ns = max(
                [fired_ns + self._air_ns, *(head.toggles[-1] for head in self._busy)]
            )
        return fired_ns

    @override
    def collect(self, until_ns: int) -> list[Edge]:
        self._clock.wait_until(until_ns, self._closed)
        with self._world.lock:
            self._settle(self._clock.now_ns())
            edges, self._edges = self._edges, []
        return edges

    @override
    def high(self) -> set[int]:
        with self._world.lock:
            self._settle(self._clock.now_ns())
            return {head.line for head in self._heads if head.level}

    @override
    def close(self) -> None:
        self._closed.set()

    def _check(self) -> None:
        """Raise when the lines are not ours (any more), and break or mend what was asked for."""
        if self._closed.is_set():
            raise LineLostError("The simulated lines were given back")
        if self._faults_seen != self._world.faults_set:
            self._faults_seen = self._world.faults_set
            if self._world.chip_lost:
                self._closed.set()
                raise LineLostError("The simulated chip is gone")
            for head in self._heads:
                if head.stuck != (head.bay.fault is Fault.STUCK_HIGH):
                    self._stick(head, head.bay.fault_since_ns)

    def _stick(self, head: _Head, at_ns: int) -> None:
        """Tie a line to high, or let it go, at the time when that happened."""
        self._run(at_ns)
        head.stuck = not head.stuck
        head.toggles = [at_ns] if head.level != head.stuck else []
        self._busy = [one for one in self._heads if one.toggles]

    def _settle(self, now_ns: int) -> None:
        """Turn what the lines did until now into edges."""
        self._check()
        if self._busy:
            self._run(now_ns)

    def _run(self, now_ns: int) -> None:
        """Let the lines change as laid down, until now."""
        busy = []
        for head in self._busy:
            level, seqno, done = head.level, head.seqno, 0
            for at_ns in head.toggles:
                if at_ns > now_ns:
                    busy.append(head)
                    break
                level = not level
                done += 1
                self._edges.append(Edge(head.line, level, at_ns, seqno + done))
            if done:
                head.level, head.seqno = level, seqno + done
                del head.toggles[:done]
        self._busy = busy

    def _shot(self, triggers: Collection[int]) -> tuple[list[_Head], bool]:
        """Return who pings at these triggers, and whether any of them hears another."""
        key = tuple(triggers)
        shot = self._shots.get(key)
        if shot is None:
            heads = [head for head in self._heads if head.trigger in key]
            crowded = any(other in heads for head in heads for other, _ in head.near)
            shot = self._shots[key] = heads, crowded
        return shot

    def _fire(self, head: _Head, fired_ns: int, at_s: float, echo_ns_per_m: float) -> None:
        """Send one ping, and lay down when its echo line will rise and fall."""
        bay = head.bay
        if at_s >= bay.steady_until_s:
            bay.look(at_s)
        fault = bay.fault
        if fault is Fault.NO_RESPONSE:
            return
        rise_ns = fired_ns + RISE_MIN_NS + int(RISE_SPREAD_NS * self._random.random())
        head.rise_ns = rise_ns
        distance_m = self._listen(bay)
        if fault is Fault.GLITCH:
            head.toggles = [rise_ns + at_ns for at_ns in BOUNCES_NS]
        elif distance_m is None or fault is Fault.NO_TARGET:
            head.toggles = [rise_ns, rise_ns + SILENCE_NS]
        else:
            head.toggles = [rise_ns, rise_ns + int(distance_m * echo_ns_per_m)]
        self._busy.append(head)

    def _listen(self, bay: Bay) -> float | None:
        """Return what distance one ping tells, None when nothing comes back."""
        random = self._random.random
        distance_m: float | None = bay.nearest_m
        luck = random()
        if luck < self._odd_share:
            if luck < self._quality.dropout_share:
                return None
            return NEAREST_M + (REACH_M - NEAREST_M) * random()
        if bay.heard < 1.0 and random() >= bay.heard:
            distance_m = bay.behind_m
        if distance_m is None or distance_m > REACH_M:
            return None
        distance_m += self._random.gauss(0.0, self._quality.noise_m)
        return max(distance_m, NEAREST_M)

    def _cross(self, heads: list[_Head], ns_per_m: float) -> None:
        """Let pings that are in the air end the echoes of others who listen."""
        for head in heads:
            for other, apart_m in head.near:
                path_m = _bounce_m(head.bay, other.bay, apart_m)
                flight_ns = int(path_m * ns_per_m)
                _disturb(other, head.rise_ns + flight_ns)
                _disturb(head, other.rise_ns + flight_ns)


def _disturb(listener: _Head, heard_ns: int) -> None:
    """End a listener's echo if a ping of another one reaches it earlier."""
    if listener.stuck or listener.bay.fault in (Fault.NO_TARGET, Fault.GLITCH):
        return
    if listener.toggles and listener.rise_ns + DEAF_NS < heard_ns < listener.toggles[-1]:
        listener.toggles[-1] = heard_ns


def _bounce_m(a: Bay, b: Bay, apart_m: float) -> float:
    """Return how far a ping flies from one sensor to another, over the higher of both surfaces."""
    higher_m = max(a.mount.height_m - a.nearest_m, b.mount.height_m - b.nearest_m)
    return hypot(apart_m, a.mount.height_m - higher_m + b.mount.height_m - higher_m)
