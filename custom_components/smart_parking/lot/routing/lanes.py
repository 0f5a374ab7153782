"""Inferred lanes: where vehicles drive between the rows of a level without drawn lanes.

A lane runs down the middle of every aisle and past the ends of every row, as far as it is free. The
level is turned so that its rows lie along x or y. Axes are given by number: 0 is x, 1 is y.
"""

from bisect import bisect_left, bisect_right
from cmath import phase, rect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import degrees, radians
from typing import NamedTuple

from ..model import Bay, Gate, Lane
from .geometry import Geometry

# Rows whose mouths are further apart than the maximum share no aisle; a gap below the minimum is
# none.
AISLE_MAX_M = 10.0
AISLE_MIN_M = 1.0
# Distance from a row to the middle of its aisle, when no row faces it.
AISLE_ALONE_M = 2.0
# Mouths of one row lie on a line within this.
ROW_LINE_M = 0.8
# A wider gap divides a row in two: something passes between them.
ROW_GAP_M = 4.0
# Room that a vehicle needs to drive round the end of a row.
ROUND_M = 2.0
# Distance that the middle of a vehicle keeps from bays.
CLEAR_M = 0.5
# Least distance between lanes side by side, half of it between aisles; gates this near share a
# lane.
APART_M = 1.0
GATE_APART_M = 3.0
# An irregular plan gets fewer lanes than rows, so that a search through it stays quick.
CROSSINGS_MAX = 20_000
# Bays with consecutive labels that are no further apart than this stand side by side.
BESIDE_M = 8.0

type _Span = tuple[float, float]
type _Box = tuple[_Span, _Span]
"""Extent of a bay along x and along y."""
type _Side = tuple[int, int]
"""The axis along which a vehicle leaves its bay, and which way: 1 or -1."""


class _Row(NamedTuple):
    """Bays side by side that open to the same side, over the same line."""

    mouth: float
    start: float
    end: float


def infer_lanes(
    bays: Iterable[Bay], shapes: Mapping[str, Geometry], gates: Iterable[Gate]
) -> list[Lane]:
    """Return lanes for the bays, at least one, and the gates of one level."""
    on_it = sorted(bays, key=lambda bay: (bay.label, bay.bay_id))
    turn = _grain(on_it)
    boxes = [_box(bay, shapes[bay.bay_id], turn) for bay in on_it]
    sides = [_opening(shapes[bay.bay_id].heading, turn) for bay in on_it]
    entrances = [_split(complex(gate.x, gate.y) / turn) for gate in gates]
    lines = _lines(_rows(boxes, sides), boxes, entrances)
    return [
        Lane(level=on_it[0].level, points=(_split(start * turn), _split(end * turn)))
        for start, end in _free(lines, boxes, entrances)
    ]


def _grain(bays: Sequence[Bay]) -> complex:
    """Return the direction in which most rows run, between 0 and 90 degrees."""
    votes: Counter[int] = Counter()
    for one, other in pairwise(bays):
        way = complex(other.x - one.x, other.y - one.y)
        if 0.0 < abs(way) <= BESIDE_M:
            votes[round(degrees(phase(way))) % 90] += 1
    most = max(votes, key=lambda angle: (votes[angle], -angle), default=0)
    return rect(1.0, radians(most))


def _split(point: complex) -> tuple[float, float]:
    """Return a point's x and y."""
    return point.real, point.imag


def _box(bay: Bay, shape: Geometry, turn: complex) -> _Box:
    """Return the extent of a bay."""
    middle = complex(bay.x, bay.y) / turn
    way = rect(1.0, radians(shape.heading)) / turn
    forth, aside = abs(way.real), abs(way.imag)
    x = (forth * shape.length + aside * shape.width) / 2.0
    y = (aside * shape.length + forth * shape.width) / 2.0
    return (middle.real - x, middle.real + x), (middle.imag - y, middle.imag + y)


def _opening(heading: float, turn: complex) -> _Side:
    """Return the side to which a bay opens: a vehicle in it points away from there."""
    way = rect(1.0, radians(heading)) / turn
    if abs(way.imag) >= abs(way.real):
        return 1, -1 if way.imag > 0.0 else 1
    return 0, -1 if way.real > 0.0 else 1


def _rows(boxes: Iterable[_Box], sides: Iterable[_Side]) -> dict[_Side, list[_Row]]:
    """Return rows by the side to which they open, ordered by the line of their mouths."""
    bays: defaultdict[_Side, list[_Row]] = defaultdict(list)
    for box, (axis, towards) in zip(boxes, sides, strict=True):
        bays[axis, towards].append(_Row(box[axis][towards > 0], *box[1 - axis]))
    return {side: sorted(_joined(of_side)) for side, of_side in bays.items()}


def _joined(bays: Iterable[_Row]) -> Iterator[_Row]:
    """Yield rows that are made of rows of one bay."""
    lines: defaultdict[int, list[_Row]] = defaultdict(list)
    for bay in bays:
        lines[round(bay.mouth / ROW_LINE_M)].append(bay)
    for line in lines.values():
        line.sort(key=lambda bay: bay.start)
        row = line[0]
        for bay in line[1:]:
            if bay.start - row.end <= ROW_GAP_M:
                row = row._replace(end=max(row.end, bay.end))
            else:
                yield row
                row = bay
        yield row


def _mouth(row: _Row) -> float:
    """Return the sort key of a row: the line of its mouth."""
    return row.mouth


def _aisle(row: _Row, towards: int, others: Sequence[_Row]) -> float:
    """Return the middle of the aisle before a row; `others` open against it."""
    near, far = row.mouth + towards * AISLE_MIN_M, row.mouth + towards * AISLE_MAX_M
    low = bisect_left(others, min(near, far), key=_mouth)
    high = bisect_right(others, max(near, far), key=_mouth)
    facing = [
        other.mouth for other in others[low:high] if other.start < row.end and row.start < other.end
    ]
    if not facing:
        return row.mouth + towards * AISLE_ALONE_M
    return (row.mouth + (min(facing) if towards > 0 else max(facing))) / 2.0


def _lines(
    rows: Mapping[_Side, Sequence[_Row]], boxes: Sequence[_Box], gates: Sequence[tuple[float, ...]]
) -> tuple[list[float], list[float]]:
    """Return the lines of lanes: the x of those along y, and the y of those along x."""
    aisles: tuple[list[float], list[float]] = [], []
    ends: tuple[list[float], list[float]] = [], []
    for axis in (0, 1):
        ends[axis].append(min(box[axis][0] for box in boxes) - ROUND_M)
        ends[axis].append(max(box[axis][1] for box in boxes) + ROUND_M)
    for (axis, towards), of_side in rows.items():
        others = rows.get((axis, -towards), ())
        aisles[axis].extend(_aisle(row, towards, others) for row in of_side)
        for row in of_side:
            ends[1 - axis].extend((row.start - ROUND_M, row.end + ROUND_M))
    apart_m = APART_M
    while True:
        lines: tuple[list[float], list[float]] = [], []
        for axis in (0, 1):
            _keep(lines[axis], aisles[axis], apart_m / 2.0)
            _keep(lines[axis], ends[axis], apart_m)
        if len(lines[0]) * len(lines[1]) <= CROSSINGS_MAX:
            break
        apart_m *= 1.5
    for axis in (0, 1):
        _keep(lines[axis], [gate[axis] for gate in gates], GATE_APART_M)
    return lines


def _keep(lines: list[float], requested: Iterable[float], apart_m: float) -> None:
    """Add lines to others, in order, each unless it is too near to an existing one."""
    for line in requested:
        at = bisect_left(lines, line)
        if all(abs(line - other) >= apart_m for other in lines[max(0, at - 1) : at + 1]):
            lines.insert(at, line)


def _free(
    lines: tuple[list[float], list[float]],
    boxes: Iterable[_Box],
    gates: Sequence[tuple[float, ...]],
) -> Iterator[tuple[complex, complex]]:
    """Yield the free pieces of lines, by their ends."""
    blocked: tuple[list[list[_Span]], list[list[_Span]]] = (
        [[] for _ in lines[0]],
        [[] for _ in lines[1]],
    )
    for box in boxes:
        for axis in (0, 1):
            low, high = box[axis]
            start, end = box[1 - axis]
            first = bisect_right(lines[axis], low - CLEAR_M)
            last = bisect_left(lines[axis], high + CLEAR_M)
            for number in range(first, last):
                blocked[axis][number].append((start - CLEAR_M, end + CLEAR_M))
    for axis in (0, 1):
        across = [*lines[1 - axis], *(gate[1 - axis] for gate in gates)]
        for line, spans in zip(lines[axis], blocked[axis], strict=True):
            for start, end in _gaps(min(across), max(across), spans):
                yield (
                    (complex(line, start), complex(line, end))
                    if axis == 0
                    else (complex(start, line), complex(end, line))
                )


def _gaps(start: float, end: float, spans: list[_Span]) -> Iterator[_Span]:
    """Yield the gaps that spans leave between a start and an end outside of them."""
    for low, high in sorted(spans):
        if low > start:
            yield start, low
        start = max(start, high)
    yield start, end
