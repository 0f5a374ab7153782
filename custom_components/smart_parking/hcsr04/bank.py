"""The bank: pings slot by slot and turns edges into distances."""

from collections.abc import Iterable

from .acoustics import distance_m, speed_of_sound
from .model import Edge, Fault, Lines, Measurement, Sensor, Sweep
from .schedule import REPEAT_MIN_S, RISE_MAX_S, Plan, Slot

# Nothing nearer than 2 cm can be measured; what is shorter is no echo.
ECHO_MIN_NS = 100_000
RISE_MAX_NS = round(RISE_MAX_S * 1e9)
REPEAT_MIN_NS = round(REPEAT_MIN_S * 1e9)


class Bank:
    """Ultrasonic sensors that are measured together.

    A sweep takes as long as its plan says, whatever the sensors do: a dead, absent or stuck sensor
    costs the others nothing. Belongs to the thread that sweeps; only `temperature_c` may be set
    from elsewhere.
    """

    def __init__(self, lines: Lines, plan: Plan, *, temperature_c: float = 20.0) -> None:
        """Take over claimed lines; `close` gives them back."""
        self.temperature_c = temperature_c
        self.plan = plan
        self._lines = lines
        self._slot_ns = round(plan.slot_s * 1e9)
        self._seqno: dict[int, int] = {}
        # To a sensor with a pull-up at its trigger, claiming the line looks like a ping.
        self._rested_ns = lines.now_ns() + REPEAT_MIN_NS

    def sweep(self) -> Sweep:
        """Measure every sensor once, after the rest that sensors need between two pings.

        Raises `LineLostError` when the chip is gone.
        """
        self._remember(self._lines.collect(self._rested_ns))
        started_ns = self._lines.now_ns()
        self._rested_ns = started_ns + REPEAT_MIN_NS
        speed_m_s = speed_of_sound(self.temperature_c)
        measurements: list[Measurement] = []
        for slot in self.plan.slots:
            measurements += self._ping(slot, speed_m_s)
        return Sweep(measurements, started_ns, self._lines.now_ns())

    def close(self) -> None:
        """Give the lines back."""
        self._lines.close()

    def _ping(self, slot: Slot, speed_m_s: float) -> Iterable[Measurement]:
        """Fire one slot, listen to the end of it and say what each of its sensors gave."""
        lines = self._lines
        self._remember(lines.collect(lines.now_ns()))
        stuck = lines.high()
        fired_ns = lines.pulse(slot.triggers)
        edges = self._remember(lines.collect(fired_ns + self._slot_ns))
        for sensor in slot.sensors:
            heard = edges.get(sensor.echo, [])
            if sensor.echo in stuck:
                yield Measurement(sensor.sensor_id, fired_ns, fault=Fault.STUCK_HIGH)
            else:
                yield self._measure(sensor, fired_ns, heard, speed_m_s)

    def _remember(self, edges: Iterable[Edge]) -> dict[int, list[Edge]]:
        """Sort edges by line; a line that lost some gets none but a marker of it."""
        by_line: dict[int, list[Edge]] = {}
        for edge in edges:
            expected = self._seqno.get(edge.line, edge.seqno - 1) + 1
            self._seqno[edge.line] = edge.seqno
            heard = by_line.setdefault(edge.line, [])
            if edge.seqno != expected:
                # An edge at time 0 belongs to no ping, so the measurement becomes a glitch.
                heard.append(edge._replace(at_ns=0))
            heard.append(edge)
        return by_line

    def _measure(
        self, sensor: Sensor, fired_ns: int, heard: list[Edge], speed_m_s: float
    ) -> Measurement:
        """Say what the edges after one ping mean.

        The kernel names an edge rising or falling by the level it finds a little later, so a short
        pulse may be named wrongly: the order decides, the name only has to be possible.
        """
        fault: Fault | None = None
        distance: float | None = None
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
