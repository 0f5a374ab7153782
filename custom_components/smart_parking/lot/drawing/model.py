"""What is on a drawing of a lot: bays with their sensors, ways, walls, areas and pictures below.

A drawing is a value. Everything on it has an id that lasts, also when it is moved, renamed or wired
to another sensor. Places are in metres, y upwards; angles in degrees counter-clockwise from +x.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import StrEnum
from math import isfinite
from typing import Any, Final, Self, override

from ..model import BayKind, Place, Point
from ..stored import Losses, Stored, StoredError

PLACE_MAX_M: Final = 5000.0
TEXT_MAX: Final = 4_000
POINTS_MAX: Final = 1_000
CELLS_MAX: Final = 100
THINGS_MAX: Final = 20_000

type Cell = str | int | float | bool | list[str] | None
"""What is written down of a sensor, or of a node's settings."""
type Cells = Mapping[str, Cell]
type Json = dict[str, object]


class Collection(StrEnum):
    """What there is on a drawing; each kind has ids of its own."""

    LEVELS = "levels"
    NODES = "nodes"
    BAYS = "bays"
    ROWS = "rows"
    GATES = "gates"
    LANES = "lanes"
    RAMPS = "ramps"
    WALLS = "walls"
    ZONES = "zones"
    GROUNDS = "grounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing(ABC):
    """One thing on a drawing."""

    @classmethod
    @abstractmethod
    def from_data(cls, data: Stored) -> Self:
        """Return what was stored, or raise `StoredError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLevel(Thing):
    """A level; its id is its name."""

    order: int = 0
    """Levels are shown from the lowest to the highest."""

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(order=round(_number(data.field("order"))) if data.has("order") else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNode(Thing):
    """What senses several bays."""

    name: str
    source: str
    settings: Cells = field(default_factory=dict)

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            name=_text(data.field("name")),
            source=_text(data.field("source")),
            settings=_cells(data, "settings"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBay(Thing):
    """A bay, and the sensor that looks at it."""

    label: str
    kind: BayKind = BayKind.STANDARD
    level: str = ""
    x: float
    y: float
    heading: float | None = None
    width: float | None = None
    length: float | None = None
    node: str = ""
    """The node that measures it; empty while nobody has said which sensor that is."""
    wiring: Cells = field(default_factory=dict)
    """The columns that its node's source has besides those of all bays."""

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            label=_text(data.field("label")),
            kind=_kind(data.field("kind")) if data.has("kind") else BayKind.STANDARD,
            level=_optional(data, "level", _text, ""),
            x=_metres(data.field("x")),
            y=_metres(data.field("y")),
            heading=_optional(data, "heading", _number, None),
            width=_optional(data, "width", _size, None),
            length=_optional(data, "length", _size, None),
            node=_optional(data, "node", _text, ""),
            wiring=_cells(data, "wiring"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow(Thing):
    """What bays were laid out together by, so that they can be laid out anew.

    The bays are what counts: those that no longer lie as this says make it void.
    """

    bays: tuple[str, ...]
    """In the order of the row, the second side after the first."""
    shape: Cells
    """How the line was drawn and filled."""

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(bays=tuple(data.field("bays").members(_text)), shape=_cells(data, "shape"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnGate(Thing):
    """An entrance."""

    name: str
    level: str = ""
    x: float
    y: float
    heading: float | None = None
    distances: str = ""
    """Measured ones, as they are written down."""

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            name=_text(data.field("name")),
            level=_optional(data, "level", _text, ""),
            x=_metres(data.field("x")),
            y=_metres(data.field("y")),
            heading=_optional(data, "heading", _number, None),
            distances=_optional(data, "distances", Stored.text, ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLane(Thing):
    """Where one drives."""

    level: str = ""
    points: tuple[Point, ...]
    one_way: bool = False

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            level=_optional(data, "level", _text, ""),
            points=_points(data.field("points")),
            one_way=_optional(data, "one_way", Stored.flag, default=False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRamp(Thing):
    """What joins two levels."""

    start: Place
    end: Place
    one_way: bool = False
    length: float | None = None

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            start=_place(data.field("start")),
            end=_place(data.field("end")),
            one_way=_optional(data, "one_way", Stored.flag, default=False),
            length=_optional(data, "length", _size, None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWall(Thing):
    """A wall."""

    level: str = ""
    points: tuple[Point, ...]

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(level=_optional(data, "level", _text, ""), points=_points(data.field("points")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnZone(Thing):
    """An area with a name."""

    name: str
    level: str = ""
    points: tuple[Point, ...]

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            name=_text(data.field("name")),
            level=_optional(data, "level", _text, ""),
            points=_points(data.field("points")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnGround(Thing):
    """A picture below a level; `x` and `y` are its middle."""

    level: str = ""
    picture: str
    """The id of the file."""
    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0
    opacity: float = 0.5
    public: bool = False
    """Whether visitors may see it."""

    @classmethod
    @override
    def from_data(cls, data: Stored) -> Self:
        return cls(
            level=_optional(data, "level", _text, ""),
            picture=_text(data.field("picture")),
            x=_metres(data.field("x")),
            y=_metres(data.field("y")),
            width=_size(data.field("width")),
            height=_size(data.field("height")),
            turn=_optional(data, "turn", _number, 0.0),
            opacity=min(1.0, max(0.0, _optional(data, "opacity", _number, 0.5))),
            public=_optional(data, "public", Stored.flag, default=False),
        )


KINDS: Final[Mapping[Collection, type[Thing]]] = {
    Collection.LEVELS: DrawnLevel,
    Collection.NODES: DrawnNode,
    Collection.BAYS: DrawnBay,
    Collection.ROWS: DrawnRow,
    Collection.GATES: DrawnGate,
    Collection.LANES: DrawnLane,
    Collection.RAMPS: DrawnRamp,
    Collection.WALLS: DrawnWall,
    Collection.ZONES: DrawnZone,
    Collection.GROUNDS: DrawnGround,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All that is on a drawing, by id."""

    levels: Mapping[str, DrawnLevel] = field(default_factory=dict)
    nodes: Mapping[str, DrawnNode] = field(default_factory=dict)
    bays: Mapping[str, DrawnBay] = field(default_factory=dict)
    rows: Mapping[str, DrawnRow] = field(default_factory=dict)
    gates: Mapping[str, DrawnGate] = field(default_factory=dict)
    lanes: Mapping[str, DrawnLane] = field(default_factory=dict)
    ramps: Mapping[str, DrawnRamp] = field(default_factory=dict)
    walls: Mapping[str, DrawnWall] = field(default_factory=dict)
    zones: Mapping[str, DrawnZone] = field(default_factory=dict)
    grounds: Mapping[str, DrawnGround] = field(default_factory=dict)

    def things(self, collection: Collection) -> Mapping[str, Thing]:
        """Return the things of a kind, by id."""
        found: Mapping[str, Thing] = getattr(self, collection)
        return found

    def with_things(self, things: Mapping[Collection, Mapping[str, Thing]]) -> Drawing:
        """Return a drawing on which the things of some kinds are others."""
        changed: dict[str, Any] = {kind.value: found for kind, found in things.items()}
        return replace(self, **changed)

    def to_data(self) -> dict[str, dict[str, Json]]:
        """Return the drawing as JSON."""
        return {
            collection.value: {key: thing_data(one) for key, one in things.items()}
            for collection in Collection
            if (things := self.things(collection))
        }

    @classmethod
    def from_data(cls, data: Stored) -> Drawing:
        """Return a drawing that was stored; what of it cannot be read is lost."""
        return cls().with_things(
            {
                collection: data.section(collection.value).each(kind.from_data)
                for collection, kind in KINDS.items()
                if data.has(collection.value)
            }
        )


def thing_data(thing: Thing) -> Json:
    """Return a thing as JSON, without what is as usual."""
    return {
        one.name: _encode(value)
        for one in fields(thing)
        if (value := getattr(thing, one.name)) != one.default
        and (one.default_factory is MISSING or value)
    }


def read_thing(collection: Collection, data: object) -> Thing:
    """Return a thing that somebody has sent, or raise `StoredError`."""
    losses = Losses()
    thing = Stored(data, losses).read(KINDS[collection].from_data)
    if losses:
        raise StoredError(str(losses))
    return thing


def _encode(value: object) -> object:
    """Return a value as JSON."""
    if isinstance(value, tuple):
        return [_encode(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value.value if isinstance(value, StrEnum) else value


def _text(part: Stored) -> str:
    """Return a text that is not too long."""
    if len(text := part.text()) > TEXT_MAX:
        raise StoredError(part.name)
    return text


def _number(part: Stored) -> float:
    """Return a number that a drawing can have."""
    if abs(number := part.number()) > 1e6:
        raise StoredError(part.name)
    return number


def _metres(part: Stored) -> float:
    """Return a coordinate."""
    if abs(metres := part.number()) > PLACE_MAX_M:
        raise StoredError(part.name)
    return metres


def _size(part: Stored) -> float:
    """Return a length."""
    if not 0.0 < (metres := part.number()) <= 2 * PLACE_MAX_M:
        raise StoredError(part.name)
    return metres


def _kind(part: Stored) -> BayKind:
    """Return whom a bay is for."""
    try:
        return BayKind(part.text())
    except ValueError as err:
        raise StoredError(part.name) from err


def _points(part: Stored) -> tuple[Point, ...]:
    """Return the points of a line: two at least, and not all the same."""
    points = tuple(part.members(_point))
    if not 2 <= len(points) <= POINTS_MAX or len(set(points)) < 2:
        raise StoredError(part.name)
    return points


def _point(part: Stored) -> Point:
    """Return a point."""
    coordinates = part.members(_metres)
    if len(coordinates) != 2:
        raise StoredError(part.name)
    return coordinates[0], coordinates[1]


def _place(part: Stored) -> Place:
    """Return a point on a level: its name, x and y."""
    cells = part.members(_cell)
    match cells:
        case [str(level), int() | float() as x, int() | float() as y]:
            if len(level) <= TEXT_MAX and max(abs(x), abs(y)) <= PLACE_MAX_M:
                return Place(level, float(x), float(y))
    raise StoredError(part.name)


def _cells(part: Stored, name: str) -> Cells:
    """Return what is written down of a sensor; nothing where there is no such field."""
    if not part.has(name):
        return {}
    cells = part.field(name).each(_cell)
    if len(cells) > CELLS_MAX:
        raise StoredError(name)
    return cells


def _cell(part: Stored) -> Cell:
    """Return a cell; whole numbers are such."""
    readers: tuple[Callable[[Stored], Cell], ...] = (
        Stored.flag,
        _text,
        _whole_or_not,
        lambda one: one.members(_text),
    )
    for read in readers:
        try:
            return read(part)
        except StoredError:
            continue
    raise StoredError(part.name)


def _whole_or_not(part: Stored) -> int | float:
    """Return a number, a whole one as such."""
    number = part.number()
    return int(number) if isfinite(number) and number.is_integer() else number


def _optional[T](part: Stored, name: str, read: Callable[[Stored], T], default: T) -> T:
    """Return what is read of a field, or the default where there is none."""
    return part.field(name).read(read) if part.has(name) else default
