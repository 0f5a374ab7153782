"""A small world: bays under sensors, vehicles and people in them, and the air between."""

from collections.abc import Callable, Iterable, Iterator
from math import cos, inf, pi
from random import Random
from threading import RLock

from .bay import DAY_S, Bay, Mount, Truth, Walker
from .clock import Clock
from .defects import Defect
from .traffic import Event, Move
from .vehicles import Vehicle, VehicleKind, some_vehicle

# In °C: constant, or by seconds since the world began.
type Air = float | Callable[[float], float]

# Parking manoeuvres are done at walking pace.
SPEED_MIN_M_S = 1.0
SPEED_MAX_M_S = 1.5
# Where the sensor is along a parked vehicle, as a share of its length behind the nose: mostly over
# the roof, at times over glass.
STOP_MEAN = 0.56
STOP_SPREAD = 0.08
STOP_MIN = 0.15
STOP_MAX = 0.85
# Adults, from small and bareheaded to tall with a hat.
WALKER_MIN_M = 1.50
WALKER_MAX_M = 1.95
# A cone of 15 degrees is 0.5 m wide where heads are; people cross it at 0.4-1.2 m/s.
WALKER_MIN_S = 0.4
WALKER_MAX_S = 1.2
HOUR_S = 3_600.0
# The coldest hour is about sunrise, the warmest twelve hours later.
COLDEST_H = 4.0


def air_over_the_day(coldest_c: float, warmest_c: float, *, starts_at_h: float = 0.0) -> Air:
    """Return air that warms and cools once a day; the world begins at an hour of the day."""
    mean_c = (coldest_c + warmest_c) / 2.0
    swing_c = (warmest_c - coldest_c) / 2.0
    shift_s = (starts_at_h - COLDEST_H) * HOUR_S
    return lambda at_s: mean_c - swing_c * cos(2.0 * pi * (at_s + shift_s) / DAY_S)


class World:
    """Bays, and what happens in them as its clock goes on.

    The world begins when it is made. Traffic is read from an iterator as time passes, so it may be
    endless; its times are seconds since the beginning. Any thread may change and read the world
    while another one sweeps. Equal seeds and equal traffic make equal worlds.
    """

    def __init__(
        self,
        clock: Clock,
        mounts: Iterable[Mount],
        *,
        traffic: Iterable[Event] = (),
        air: Air = 20.0,
        walkers_per_h: float = 0.0,
        seed: int = 0,
    ) -> None:
        """Initialize with empty bays; `walkers_per_h` people cross each of them in an hour."""
        self.clock = clock
        self.air = air
        """May be replaced at any time."""
        self.lock = RLock()
        self.bays = {mount.sensor_id: Bay(mount, seed) for mount in mounts}
        self.defects_set = 0
        """Counts changes of defects, so that frequent readers need not look at each."""
        self._start_ns = clock.now_ns()
        self._vehicles = Random(f"vehicles {seed}")
        self._walkers = Random(f"walkers {seed}")
        self._walkers_per_s = walkers_per_h / HOUR_S * len(self.bays)
        self._traffic: Iterator[Event] = iter(traffic)
        self._event = next(self._traffic, None)
        self._walker_s = self._next_walker_s(0.0)

    # Events without manual control.

    def seconds(self, at_ns: int) -> float:
        """Return a time on the clock as seconds since the world began."""
        return (at_ns - self._start_ns) * 1e-9

    def air_c(self, at_ns: int) -> float:
        """Return the temperature of the air, in °C."""
        air = self.air
        return air if isinstance(air, int | float) else air(self.seconds(at_ns))

    def advance(self, at_ns: int) -> float:
        """Run everything that is due by a time; return it in seconds."""
        at_s = self.seconds(at_ns)
        while self._event is not None and self._event.at_s <= at_s:
            self._drive(self._event)
            self._event = next(self._traffic, None)
        self._walk_until(at_s)
        return at_s

    def _next_walker_s(self, after_s: float) -> float:
        """Return when the next person comes along."""
        if self._walkers_per_s <= 0.0:
            return inf
        return after_s + self._walkers.expovariate(self._walkers_per_s)

    def _walk_until(self, at_s: float) -> None:
        """Send people across bays up to a time."""
        while self._walker_s <= at_s:
            bay = self.bays[self._walkers.choice(list(self.bays))]
            height_m = self._walkers.uniform(WALKER_MIN_M, WALKER_MAX_M)
            seen_s = self._walkers.uniform(WALKER_MIN_S, WALKER_MAX_S)
            bay.walk(Walker(height_m, self._walker_s + seen_s))
            self._walker_s = self._next_walker_s(self._walker_s)

    def _drive(self, event: Event) -> None:
        """Apply one event of the traffic."""
        bay = self.bays[event.sensor_id]
        arrives = event.move is Move.ARRIVES
        if arrives == (bay.scheduled is not None):
            raise ValueError(f"{event} contradicts the event before it")
        bay.scheduled = some_vehicle(self._vehicles, event.vehicle) if arrives else None
        if not bay.manual:
            self._follow(bay, event.at_s)

    def _follow(self, bay: Bay, at_s: float) -> None:
        """Update a bay to the vehicle that traffic has in it."""
        if bay.scheduled is not None and not bay.taken:
            self._park(bay, bay.scheduled, at_s)
        elif bay.scheduled is None and bay.taken:
            bay.leave(at_s)

    def _park(self, bay: Bay, vehicle: Vehicle, at_s: float) -> None:
        """Drive a vehicle in, with a random speed and stop."""
        stop = min(max(self._vehicles.gauss(STOP_MEAN, STOP_SPREAD), STOP_MIN), STOP_MAX)
        speed_m_s = self._vehicles.uniform(SPEED_MIN_M_S, SPEED_MAX_M_S)
        bay.arrive(vehicle, at_s, stop * vehicle.length_m, speed_m_s)

    # Manual control.

    def park(
        self, sensor_id: str, kind: VehicleKind | None = None, *, at_once: bool = False
    ) -> None:
        """Drive a vehicle in now and keep it there; an occupied bay stays as it is.

        With `at_once` the vehicle is there immediately, its roof under the sensor, as soon as the
        one before it is gone.
        """
        with self.lock:
            now_s = self.advance(self.clock.now_ns())
            bay = self.bays[sensor_id]
            bay.manual = True
            if bay.taken:
                return
            vehicle = some_vehicle(self._vehicles, kind)
            if at_once:
                stop_m = STOP_MEAN * vehicle.length_m
                bay.arrive(vehicle, now_s - stop_m / SPEED_MAX_M_S, stop_m, SPEED_MAX_M_S)
            else:
                self._park(bay, vehicle, now_s)

    def drive_off(self, sensor_id: str) -> None:
        """Drive the vehicle off now and keep the bay empty."""
        with self.lock:
            now_s = self.advance(self.clock.now_ns())
            bay = self.bays[sensor_id]
            bay.manual = True
            if bay.taken:
                bay.leave(now_s)

    def automatic(self, sensor_id: str) -> None:
        """Return a bay to traffic."""
        with self.lock:
            now_s = self.advance(self.clock.now_ns())
            bay = self.bays[sensor_id]
            bay.manual = False
            self._follow(bay, now_s)

    def set_defect(self, sensor_id: str, defect: Defect | None) -> None:
        """Set a defect of a sensor, or remove it.

        All sensors share one chip: with `LINE_LOST` on any of them, it is gone for all.
        """
        with self.lock:
            bay = self.bays[sensor_id]
            bay.defect, bay.defect_since_ns = defect, self.clock.now_ns()
            self.defects_set += 1

    # The true state.

    @property
    def chip_lost(self) -> bool:
        """Whether the GPIO chip is gone."""
        return any(bay.defect is Defect.LINE_LOST for bay in self.bays.values())

    def truth(self, sensor_id: str, at_ns: int | None = None) -> Truth:
        """Return what is in a bay now, or was a little while ago.

        `since_ns` is when it came to stand, began to move, or was gone; the world's beginning for a
        bay that was never used.
        """
        with self.lock:
            now_ns = self.clock.now_ns()
            self.advance(now_ns)
            at_ns = now_ns if at_ns is None else at_ns
            presence, since_s = self.bays[sensor_id].presence(self.seconds(at_ns))
        return Truth(presence, self._start_ns + round(max(since_s, 0.0) * 1e9))

    def distance_m(self, sensor_id: str) -> float:
        """Return the distance of the nearest surface under a sensor now."""
        with self.lock:
            now_s = self.advance(self.clock.now_ns())
            bay = self.bays[sensor_id]
            bay.look(now_s)
            return bay.nearest_m
