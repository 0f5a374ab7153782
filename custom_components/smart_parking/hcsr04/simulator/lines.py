"""The lines of the simulated bank: the edges that the world's echoes make."""

from collections.abc import Collection, Iterable
from math import hypot
from random import Random
from threading import Event
from typing import override

from ..acoustics import COLDEST_C, speed_of_sound
from ..errors import LineLostError
from ..model import Edge, Lines, Sensor
from ..schedule import HEARING_M, in_earshot
from .defects import Defect
from .quality import Quality
from .receiver import make_receiver
from .sensor import RISE_MIN_NS, RISE_SPREAD_NS, SimulatedSensor, bounce_m
from .world import World


class SimulatedLines(Lines):
    """Trigger and echo lines of simulated sensors in a world.

    Edges have exact physical times, to the ns, however late they are collected. Equal seeds in
    equal worlds give equal edges. `close` may be called from any thread and ends a wait. As on a
    real chip, lines that were lost stay so: claim new ones.
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
        sensors = list(sensors)
        self._heads = self._hang(sensors, quality or Quality(), seed)
        self._introduce(sensors, hearing_m)
        self._shots: dict[tuple[int, ...], tuple[list[SimulatedSensor], bool]] = {}
        self._busy: list[SimulatedSensor] = []
        self._edges: list[Edge] = []
        self._silent_ns = 0
        """When all echoes have ended and no ping is in the air."""
        self._defects_seen = -1
        self._closed = Event()
        self._check()

    def _hang(
        self, sensors: Iterable[Sensor], quality: Quality, seed: int
    ) -> list[SimulatedSensor]:
        """Return a simulated sensor over the bay of each."""
        random = Random(f"lines {seed}")
        at_s = self._world.seconds(self._clock.now_ns())
        hung = []
        for sensor in sensors:
            bay = self._world.bays[sensor.sensor_id]
            receiver = make_receiver(bay, quality, random, f"{seed} {sensor.sensor_id}", at_s)
            hung.append(SimulatedSensor(sensor, bay, receiver, random))
        return hung

    def _introduce(self, sensors: list[Sensor], hearing_m: float) -> None:
        """Compute which sensors hear which, and how long a ping is in the air at most."""
        deepest_m = max(head.bay.mount.deepest_m for head in self._heads)
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
                    head.fire(fired_ns, at_s, 2.0 * ns_per_m)
                    if head.toggles:
                        self._busy.append(head)
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
        """Raise when the lines are closed or lost, and apply new defects."""
        if self._closed.is_set():
            raise LineLostError("The simulated lines were given back")
        if self._defects_seen != self._world.defects_set:
            self._defects_seen = self._world.defects_set
            if self._world.chip_lost:
                self._closed.set()
                raise LineLostError("The simulated chip is gone")
            for head in self._heads:
                if head.stuck != (head.bay.defect is Defect.STUCK_HIGH):
                    self._stick(head, head.bay.defect_since_ns)

    def _stick(self, head: SimulatedSensor, at_ns: int) -> None:
        """Fix a line to high, or release it, at the time of the defect."""
        self._run(at_ns)
        head.stuck = not head.stuck
        head.toggles = [at_ns] if head.level != head.stuck else []
        self._busy = [one for one in self._heads if one.toggles]

    def _settle(self, now_ns: int) -> None:
        """Convert the changes of the lines until now into edges."""
        self._check()
        if self._busy:
            self._run(now_ns)

    def _run(self, now_ns: int) -> None:
        """Apply the scheduled changes of the lines, until now."""
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

    def _shot(self, triggers: Collection[int]) -> tuple[list[SimulatedSensor], bool]:
        """Return the sensors at these triggers, and whether any of them hears another."""
        key = tuple(triggers)
        shot = self._shots.get(key)
        if shot is None:
            heads = [head for head in self._heads if head.trigger in key]
            crowded = any(other in heads for head in heads for other, _ in head.near)
            shot = self._shots[key] = heads, crowded
        return shot

    def _cross(self, heads: list[SimulatedSensor], ns_per_m: float) -> None:
        """End echoes by pings of other sensors that are in the air."""
        for head in heads:
            for other, apart_m in head.near:
                path_m = bounce_m(head.bay, other.bay, apart_m)
                flight_ns = int(path_m * ns_per_m)
                other.hear(head.rise_ns + flight_ns)
                head.hear(other.rise_ns + flight_ns)
