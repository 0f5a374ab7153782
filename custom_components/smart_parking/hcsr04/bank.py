"""The bank: pings slot by slot and turns edges into distances."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from .acoustics import distance_m, speed_of_sound
from .model import Edge, Fault, Lines, Measurement, Sensor, Sweep
from .schedule import REPEAT_MIN_S, RISE_MAX_S, Plan

# Nothing nearer than 2 cm can be measured; a shorter pulse is no echo.
ECHO_MIN_NS = 100_000
RISE_MAX_NS = round(RISE_MAX_S * 1e9)
REPEAT_MIN_NS = round(REPEAT_MIN_S * 1e9)
# Data sheets end an echo without a target after 38 ms; units of 48 and 70 ms were seen.
SILENCE_MAX_NS = 80_000_000
# Where a trigger leaks into the echo line beside it, recordings show pulses of 20-150 µs that rise
# within 150 µs. No sensor answers that early: it sends its burst of 200 µs first.
LEAK_RISE_MAX_NS = 150_000
LEAK_MAX_NS = 150_000


class Bank:
    """Ultrasonic sensors that are measured together.

    A sweep always takes as long as its plan: a dead, absent or stuck sensor costs the others no
    time. All belongs to the thread that sweeps; only `temperature_c` may be set from elsewhere.
    """

    def __init__(self, lines: Lines, plan: Plan, *, temperature_c: float = 20.0) -> None:
        """Initialize with claimed lines; `close` releases them."""
        self.temperature_c = temperature_c
        self.plan = plan
        self._lines = lines
        self._slot_ns = round(plan.slot_s * 1e9)
        self._newest: dict[int, Edge] = {}
        # For a sensor with a pull-up at its trigger, claiming the line looks like a ping.
        self._claimed_ns = lines.now_ns()
        self._fired_ns = [self._claimed_ns] * len(plan.slots)

    def sweep(self) -> Sweep:
        """Measure every sensor once, after the rest that sensors need between two pings.

        Raises `LineLostError` when the chip is gone.
        """
        self._remember(self._lines.collect(self._ready_ns(self._fired_ns)))
        started_ns = self._lines.now_ns()
        measurements: list[Measurement] = []
        for number, slot in enumerate(self.plan.slots):
            measurements += self._ping(number, slot.sensors)
        return Sweep(measurements, started_ns, self._lines.now_ns())

    def again(self, sensor_ids: Collection[str]) -> Sweep:
        """Measure some sensors once more, each as soon as its slot has rested.

        A sensor that still waits for the echo of its previous ping is left out. A slot without any
        sensor left is not pinged; after an empty sweep, asking again at once is useless. Raises
        `LineLostError` when the chip is gone.
        """
        slots = self._slots_with(sensor_ids)
        if slots:
            self._rest(slots[0][0])
        started_ns = self._lines.now_ns()
        measurements: list[Measurement] = []
        for number, sensors in slots:
            self._rest(number)
            silent = self._silent(number, self._lines.high())
            listening = [sensor for sensor in sensors if sensor.echo not in silent]
            if listening:
                measurements += self._ping(number, listening)
        return Sweep(measurements, started_ns, self._lines.now_ns())

    def again_s(self, sensor_ids: Collection[str]) -> float:
        """Return how long `again` would take from now, in s, until a sweep may follow.

        This includes the rests before it and after it; 0 when it would ping nothing.
        """
        slots = self._slots_with(sensor_ids)
        if not slots:
            return 0.0
        now_ns = ended_ns = self._lines.now_ns()
        fired_ns = self._fired_ns.copy()
        for number, _ in slots:
            fired_ns[number] = max(ended_ns, fired_ns[number] + REPEAT_MIN_NS)
            ended_ns = fired_ns[number] + self._slot_ns
        return (max(ended_ns, self._ready_ns(fired_ns)) - now_ns) * 1e-9

    def close(self) -> None:
        """Release the lines."""
        self._lines.close()

    def _ready_ns(self, fired_ns: Sequence[int]) -> int:
        """Return from when on a sweep finds every slot rested."""
        slot_ns = self._slot_ns
        return max(at_ns + REPEAT_MIN_NS - n * slot_ns for n, at_ns in enumerate(fired_ns))

    def _slots_with(self, sensor_ids: Collection[str]) -> list[tuple[int, list[Sensor]]]:
        """Return the slots of some sensors with these sensors, the longest rested slot first."""
        asked = [
            (number, [sensor for sensor in slot.sensors if sensor.sensor_id in sensor_ids])
            for number, slot in enumerate(self.plan.slots)
        ]
        return sorted(
            ((number, sensors) for number, sensors in asked if sensors),
            key=lambda one: self._fired_ns[one[0]],
        )

    def _rest(self, number: int) -> None:
        """Wait until a slot may be fired again, and store the edges of the meantime."""
        self._remember(self._lines.collect(self._fired_ns[number] + REPEAT_MIN_NS))

    def _ping(self, number: int, sensors: Iterable[Sensor]) -> Iterator[Measurement]:
        """Fire one slot, listen to its end and yield the measurements of some of its sensors."""
        lines = self._lines
        self._rest(number)
        high = lines.high()
        silent = self._silent(number, high)
        self._fired_ns[number] = fired_ns = lines.pulse(self.plan.slots[number].triggers)
        edges = self._remember(lines.collect(fired_ns + self._slot_ns))
        speed_m_s = speed_of_sound(self.temperature_c)
        for sensor in sensors:
            if sensor.echo in silent:
                yield Measurement(sensor.sensor_id, fired_ns, fault=Fault.NO_TARGET)
            elif sensor.echo in high:
                yield Measurement(sensor.sensor_id, fired_ns, fault=Fault.STUCK_HIGH)
            else:
                yield self._measure(sensor, fired_ns, edges.get(sensor.echo, []), speed_m_s)

    def _silent(self, number: int, high: Iterable[int]) -> set[int]:
        """Return which lines that are high rose at a slot's previous ping and may yet fall."""
        fired_ns = self._fired_ns[number]
        never_fired = fired_ns == self._claimed_ns
        if never_fired or self._lines.now_ns() - fired_ns > SILENCE_MAX_NS:
            return set()
        newest = self._newest
        return {
            line
            for line in high
            if line in newest
            and newest[line].rising
            and 0 <= newest[line].at_ns - fired_ns <= RISE_MAX_NS
        }

    def _remember(self, edges: Iterable[Edge]) -> dict[int, list[Edge]]:
        """Sort edges by line; where some were lost, put a marker before the next."""
        newest = self._newest
        by_line: dict[int, list[Edge]] = {}
        for edge in edges:
            heard = by_line.setdefault(edge.line, [])
            before = newest.get(edge.line)
            if before is not None and edge.seqno != before.seqno + 1:
                # An edge at time 0 belongs to no ping, so the measurement becomes a glitch.
                heard.append(edge._replace(at_ns=0))
            newest[edge.line] = edge
            heard.append(edge)
        return by_line

    def _measure(
        self, sensor: Sensor, fired_ns: int, heard: list[Edge], speed_m_s: float
    ) -> Measurement:
        """Return the measurement of the edges after one ping.

        The kernel names an edge rising or falling by the level it finds a little later, so a short
        pulse may be named wrongly: the order decides, the name only has to be possible.
        """
        fault: Fault | None = None
        distance: float | None = None
        heard = _without_leaks(heard, fired_ns)
        if not heard:
            fault = Fault.NO_RESPONSE
        elif len(heard) > 2 or not 0 <= heard[0].at_ns - fired_ns <= RISE_MAX_NS:
            fault = Fault.GLITCH
        elif len(heard) == 1:
            fault = Fault.NO_TARGET if heard[0].rising else Fault.GLITCH
        else:
            rise, fall = heard
            echo_ns = fall.at_ns - rise.at_ns
            distance = distance_m(echo_ns, speed_m_s)
            if fall.rising or echo_ns < ECHO_MIN_NS:
                fault, distance = Fault.GLITCH, None
            elif distance > self.plan.range_m:
                fault, distance = Fault.NO_TARGET, None
        return Measurement(sensor.sensor_id, fired_ns, distance, fault)


def _without_leaks(heard: list[Edge], fired_ns: int) -> list[Edge]:
    """Return edges without the pulses that the trigger itself made on the echo line."""
    while len(heard) > 1 and 0 <= heard[0].at_ns - fired_ns <= LEAK_RISE_MAX_NS:
        fall, *later = heard[1:]
        # Only when the line has risen again since, the kernel may call a fall a rise.
        if not 0 <= fall.at_ns - heard[0].at_ns <= LEAK_MAX_NS or (fall.rising and not later):
            break
        heard = later
    return heard
