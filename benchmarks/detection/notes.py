"""Where wrong states come from: what was in the bay, and the readings around false changes."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, log
from typing import NamedTuple, override

from benchmarks.detection.witness import Listener, Span
from custom_components.smart_parking.hcsr04.simulator import Presence, World
from custom_components.smart_parking.lot.model import Reading
from custom_components.smart_parking.lot.occupancy.filter import OccupancyFilter

# A change that comes so soon after a false one belongs to it.
MERGE_WINDOW_S = 120.0
# A walker, or a vehicle, is blamed for so long after it has gone.
JUST_GONE_S = 4.0
# What sends back fewer pings is glass.
GLASS_HEARD = 0.7
READINGS_BEFORE, READINGS_AFTER = 24, 16

_WORDS = {True: "occupied", False: "vacant", None: "unknown"}


class Line(NamedTuple):
    """One reading, and what became of the belief by it."""

    reading: Reading
    mark: str
    state: bool | None
    said: str
    """How sure it is, or why nothing is known."""
    truth: str


class _Row(NamedTuple):
    """What is counted together."""

    cause: str
    what: str


@dataclass(slots=True)
class Trace:
    """The readings around one false change."""

    bay_id: str
    at_s: float
    row: _Row
    lines: list[Line]
    left: int = READINGS_AFTER
    """How many readings shall follow."""

    def text(self) -> str:
        """Return it as a table, times relative to the change.

        + is a bay that was asked again, > what was said and may count later, ~ what counts by time.
        """
        rows = [f"{self.bay_id} {self.row.what} at {self.at_s:.2f} s: {self.row.cause}"]
        for reading, mark, state, said, truth in self.lines:
            heard = f"{reading.distance_m:.3f}" if reading.distance_m is not None else reading.fault
            rows.append(
                f"  {reading.at - self.at_s:+8.2f} {mark:1} {heard!s:>12} "
                f"{_WORDS[state]:>8} {said:>12}  {truth}"
            )
        return "\n".join(rows)


class Notes(Listener):
    """Which bays did badly, and when."""

    def __init__(
        self,
        world: World,
        empty_m: Mapping[str, float],
        far_m: Mapping[str, float],
        traces: int,
    ) -> None:
        """Initialize before the first reading; so many false changes are traced."""
        self._world = world
        self._beside = {
            bay_id: OccupancyFilter(metres, far_m=far_m.get(bay_id))
            for bay_id, metres in empty_m.items()
        }
        """Filters that learn the same as those at work, to be looked into."""
        self._lines = {bay_id: deque[Line](maxlen=READINGS_BEFORE) for bay_id in empty_m}
        self._traces_wanted = traces
        self._traces: list[Trace] = []
        self._walked_until_s: dict[str, float] = {}
        self._flips = Counter[_Row]()
        self._rows = Counter[_Row]()
        self._row_of: dict[str, tuple[float, _Row]] = {}
        """When each bay's newest false change was, and what the first of its row was."""
        self._wrong_s = defaultdict[_Row, list[float]](list)

    def hear(self, readings: Iterable[Reading], mark: str = "") -> None:
        """Record what counts, and how it came."""
        for bay_id, bay in self._world.bays.items():
            if bay.walker is not None:
                self._walked_until_s[bay_id] = bay.walker.until_s
        if self._traces_wanted:
            for reading in readings:
                self._beside[reading.bay_id].update(reading)
                self._note(reading, mark)

    def hear_said(self, reading: Reading) -> None:
        """Record what was said, whether it will count or not."""
        if self._traces_wanted:
            self._note(reading, ">")

    def _note(self, reading: Reading, mark: str) -> None:
        """Record a line for the traces."""
        bay_id = reading.bay_id
        beside = self._beside[bay_id]
        line = Line(reading, mark, beside.occupied, _said(beside), self._now(bay_id))
        self._lines[bay_id].append(line)
        for trace in self._traces:
            if trace.left and trace.bay_id == bay_id:
                trace.lines.append(line)
                trace.left -= 1

    @override
    def flipped(self, bay_id: str, state: bool | None, at_ns: int) -> None:
        at_s = at_ns / 1e9
        before_s, row = self._row_of.get(bay_id, (-inf, _Row("", "")))
        if at_s - before_s > MERGE_WINDOW_S:
            row = _Row(self._cause(bay_id, at_s), f"to {_WORDS[state]}")
            self._rows[row] += 1
            if len(self._traces) < self._traces_wanted:
                self._traces.append(Trace(bay_id, at_s, row, list(self._lines[bay_id])))
        self._row_of[bay_id] = at_s, row
        self._flips[row] += 1

    @override
    def was_wrong(self, span: Span) -> None:
        when = "late, " if span.is_late else "" if span.from_ns else "at first, "
        way = f"{when}{_WORDS[span.state]} while {span.presence.value}"
        middle_s = (span.from_ns + span.to_ns) / 2e9
        row = _Row(self._cause(span.bay_id, middle_s), way)
        self._wrong_s[row].append((span.to_ns - span.from_ns) / 1e9)

    def text(self) -> str:
        """Return all of it, the worst first."""
        rows = ["false flips, by what the first of those was that came together"]
        for row, count in self._flips.most_common():
            rows.append(f"  {count:5} in {self._rows[row]:4}  {row.what:12} {row.cause}")
        rows.append("wrong seconds (how often, longest)")
        for row, spans in sorted(self._wrong_s.items(), key=lambda one: -sum(one[1])):
            spread = f"{sum(spans):8.1f} ({len(spans):4}, {max(spans):6.1f})"
            rows.append(f"  {spread}  {row.what:32} {row.cause}")
        rows += [trace.text() for trace in self._traces]
        return "\n".join(rows)

    def _now(self, bay_id: str) -> str:
        """Return what is under a sensor now."""
        bay = self._world.bays[bay_id]
        at_s = self._world.seconds(self._world.clock.now_ns())
        presence, _ = bay.presence(at_s)
        walker = " walker" if bay.walker is not None else ""
        return f"{presence.value} {bay.nearest_m:.3f} heard {bay.heard:.2f}{walker}"

    def _cause(self, bay_id: str, at_s: float) -> str:
        """Return what was special in a bay at a time."""
        bay = self._world.bays[bay_id]
        words: list[str] = []
        if bay.mount.farther_m is not None:
            words.append("[two surfaces]")
        if bay.defect is not None:
            words.append(f"[{bay.defect.value}]")
        stay = next((one for one in bay.stays if one.enters_s <= at_s < one.gone_s), None)
        if stay is None:
            words.append("empty")
            words += [
                f"after {one.vehicle.kind.value}"
                for one in bay.stays
                if at_s - JUST_GONE_S < one.gone_s <= at_s
            ]
        else:
            words.append(stay.vehicle.kind.value)
            _, heard = stay.vehicle.outline(stay.nose_m(at_s))
            if heard < GLASS_HEARD:
                words.append(f"heard {heard:.1f}")
            if stay.presence(at_s)[0] is Presence.MOVING:
                words.append("moves")
        if at_s - JUST_GONE_S < self._walked_until_s.get(bay_id, -inf):
            words.append("walker")
        return " ".join(words)


def _said(beside: OccupancyFilter) -> str:
    """Return how sure a filter is, in log-odds, or why it knows nothing."""
    if beside.occupied is None:
        return str(beside.fault)
    sure = min(beside.confidence, 1.0 - 1e-12)
    odds = log(sure / (1.0 - sure))
    return f"{odds if beside.occupied else -odds:+.2f}"
