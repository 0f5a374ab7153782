"""Scene of a level: its bays and gates, and the route to one of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin
from typing import NamedTuple

from ..lot.drawing.surroundings import Surroundings
from ..lot.lot import BayStatus
from ..lot.model import Bay, BayState, Gate, Place, Point
from ..lot.routing.geometry import Geometry
from .bays import draw_bay, lane_path
from .boards import draw_flag, draw_note, draw_sign, flag_box
from .glyphs import GATE_ARROW, disc
from .looks import LOOKS
from .marks import LETTER, UNITS_PER_M, Drawing, Mark, Shape, Text, number
from .routes import bent, route_on_level, turn_of, units
from .surroundings import RampEnd, draw_around, draw_roads, draw_zones, seen_around
from .view import (
    FAR_PX_M,
    NOTIFICATION,
    SURROUNDINGS_ALONE_M,
    SURROUNDINGS_M,
    Box,
    Frame,
    Spot,
    View,
    around,
    choose_view,
    span,
    view_of,
)

# Sizes that are visible on a phone, in px of an image 1024 wide.
GATE_PX = 22.0
END_PX = 11.0
NAME_PX = 22.0
WAY_PX = 8.0

_FLAG_TRIES = 4


class Pointer(NamedTuple):
    """A point of the plan to be found on it, and perhaps a direction from there."""

    point: Point
    name: str
    heading: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneData:
    """The content of a scene."""

    bays: Sequence[BayStatus]
    shapes: Mapping[str, Geometry]
    """Geometry of each bay, by its id."""
    gates: Sequence[Gate]
    gate: Gate
    """The gate at which the driver enters."""
    bay: Bay | None = None
    """The target bay; without it the gate's level is shown."""
    way: tuple[Place, ...] = ()
    directions: str = ""
    """The directions in words, for people who do not see the image."""
    note: str = ""
    """Text in a corner, such as the level."""
    sign: str = ""
    """Text across the image, such as that the lot is full."""
    frame: Frame = NOTIFICATION
    surroundings: Surroundings = field(default_factory=Surroundings)
    """What is drawn around the bays of the level that is shown."""
    ramps: tuple[RampEnd, ...] = ()
    """Those of the level that is shown."""
    pointer: Pointer | None = None
    ground_path: str = ""
    """Where pictures below the plan are found, if they may be seen."""

    @property
    def level(self) -> str:
        """The level that is shown."""
        return self.gate.level if self.bay is None else self.bay.level

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on the level that is shown."""
        is_on_it = any(status.bay.level == self.level for status in self.bays) or any(
            gate.level == self.level for gate in self.gates
        )
        return not is_on_it and seen_around(self.surroundings, self.level) is None


def spot_of(bay: Bay, shape: Geometry) -> Spot:
    """Return the spot of a bay."""
    angle = radians(shape.heading)
    return Spot(bay, shape, (cos(angle), sin(angle)))


def spots_of(scene_data: SceneData) -> dict[int, tuple[Spot, BayState]]:
    """Return the bays of the level that is shown, by their index in the lot."""
    return {
        index: (spot_of(status.bay, scene_data.shapes[status.bay.bay_id]), status.state)
        for index, status in enumerate(scene_data.bays)
        if status.bay.level == scene_data.level
    }


def route_of(scene_data: SceneData, spots: Iterable[Spot]) -> RouteView:
    """Return the route of a scene, over the bays of its level."""
    spots = [*spots]
    target = next((spot for spot in spots if spot.bay == scene_data.bay), None)
    return RouteView(
        level=scene_data.level,
        bays=span(spot.box for spot in spots) if spots else None,
        around=seen_around(scene_data.surroundings, scene_data.level),
        gates=[gate for gate in scene_data.gates if gate.level == scene_data.level],
        gate=scene_data.gate,
        target=target,
        way=[] if target is None else route_on_level(scene_data.way, target),
        pointer=scene_data.pointer,
        frame=scene_data.frame,
    )


def draw(scene_data: SceneData) -> Drawing:
    """Return the drawing of a scene."""
    spots = [*spots_of(scene_data).values()]
    route = route_of(scene_data, (spot for spot, _ in spots))
    view, target = route.view, route.target
    window = view.window
    seen = [(spot, state) for spot, state in spots if spot.box.touches(view.box)]
    paper = f"M0 0H{number(window.width)}V{number(window.height)}H0Z"
    marks: list[Mark] = [Shape("paper", paper, window.left, window.top)]
    around = scene_data.surroundings
    marks += [*draw_zones(around), *draw_roads(around)]
    if seen:
        marks.append(Shape("lane", "".join(lane_path(spot) for spot, _ in seen)))
    marks += draw_around(around, scene_data.ramps, view.px_m)
    # A neighbour must not cover the outline of the target.
    for spot, state in sorted(seen, key=lambda one: one[0] is target):
        marks += draw_bay(spot, state, view.px_m, is_target=spot is target)
    marks += route.marks()
    if scene_data.note:
        marks += draw_note(scene_data.note, view)
    if scene_data.sign:
        marks += draw_sign(scene_data.sign, view)
    return Drawing(title=title_of(scene_data), window=window, marks=tuple(marks))


def title_of(scene_data: SceneData) -> str:
    """Return the text of the image for people who do not see it."""
    if scene_data.bay is None:
        return scene_data.sign
    return ": ".join(filter(None, (scene_data.bay.label, scene_data.directions)))


@dataclass(slots=True, kw_only=True)
class RouteView:
    """The marks over the bays of a level, the route and the gates; and the view of it."""

    level: str
    bays: Box | None
    """The box of the level's bays."""
    around: Box | None = None
    """What is drawn around them."""
    gates: Sequence[Gate]
    """Those of the level."""
    gate: Gate
    target: Spot | None
    way: Sequence[Point]
    pointer: Pointer | None = None
    frame: Frame
    view: View = field(init=False)

    def __post_init__(self) -> None:
        """Compute the view."""
        self.view = self._view()

    def _view(self) -> View:
        """Return the view, with room for the flag."""
        boxes = [box for box in (self.bays, self.around) if box is not None]
        points = [*((gate.x, gate.y) for gate in self.gates), *self.way]
        if self.pointer is not None:
            points.append(self.pointer.point)
        whole = span([*boxes, *([around(points)] if points else [])])
        if self.target is None:
            return choose_view(self.frame, whole)
        if self.way:
            seen = span([self.target.box, around(self.way)]).grown(SURROUNDINGS_M)
        else:
            seen = self.target.box.grown(SURROUNDINGS_ALONE_M)
        view = choose_view(self.frame, whole, seen)
        if not self._needs_flag(view):
            return view
        # The flag grows with the view, so its room is found by trying.
        for _ in range(_FLAG_TRIES):
            flag = flag_box(self.target, view)
            if span([flag, view.box]) == view.box:
                break
            view = view_of(span([flag, view.box]), self.frame)
        return view

    def _needs_flag(self, view: View) -> bool:
        """Return whether a view is so far away that a flag has to mark the target."""
        return view.px_m < self.frame.flag_px_m

    def marks(self) -> Iterator[Mark]:
        """Yield all marks over the bays."""
        yield from self._way()
        room = self.view.units(2.0 * GATE_PX) / UNITS_PER_M
        for gate in self.gates:
            if around([(gate.x, gate.y)]).grown(room).touches(self.view.box):
                yield from self._gate(gate)
        if self.pointer is not None:
            yield from self._pointer(self.pointer)
        if self.target is not None and self._needs_flag(self.view):
            yield from draw_flag(self.target, self.view)

    def _way(self) -> Iterator[Mark]:
        """Yield the route to the bay; one from another level begins with an arrow."""
        if not self.way:
            return
        x, y = units(self.way[-1])
        if self.view.px_m < FAR_PX_M:
            thicker = max(1.0, self.view.units(WAY_PX) / LOOKS["way-far"].width)
            yield Shape("way-far", bent(self.way, thicker), scale=thicker)
        else:
            path = bent(self.way)
            yield Shape("way-bed", path)
            yield Shape("way", path)
        if self.gate.level != self.level:
            yield from self._disc("gate-on", units(self.way[0]), turn_of(*self.way[:2]))
        yield self._dot((x, y))

    def _gate(self, gate: Gate) -> Iterator[Mark]:
        """Yield a gate."""
        is_on = gate.gate_id == self.gate.gate_id
        look = "gate-on" if is_on else "gate"
        x, y = units((gate.x, gate.y))
        yield from self._disc(look, (x, y), self._turn_inward(gate))
        if not is_on and self.view.px_m < FAR_PX_M:
            return
        # The name must cover nothing.
        is_below = not is_on or not self.way or self.way[-1][1] >= gate.y
        yield self._name(f"{look}-name", gate.name, (x, y), is_below=is_below)

    def _pointer(self, pointer: Pointer) -> Iterator[Mark]:
        """Yield a point to be found."""
        middle = units(pointer.point)
        if pointer.heading is None:
            yield self._dot(middle)
        else:
            yield from self._disc("gate-on", middle, -pointer.heading)
        yield self._name("gate-on-name", pointer.name, middle, is_below=True)

    def _name(self, look: str, name: str, middle: Point, *, is_below: bool) -> Text:
        """Return the name of what is in a place, within the image."""
        x, y = middle
        size = self.view.units(NAME_PX)
        away = self.view.units(GATE_PX) + size
        window = self.view.window
        room = len(name) * LETTER * size / 2.0
        if y + away > window.top + window.height:
            is_below = False
        x = min(max(x, window.left + room), window.left + window.width - room)
        return Text(look, name, x, y + (away if is_below else 0.6 * size - away), size)

    def _dot(self, middle: Point) -> Shape:
        """Return a dot."""
        return Shape("way-end", disc(8.0), *middle, scale=max(1.0, self.view.units(END_PX) / 8.0))

    def _disc(self, look: str, middle: Point, turn: float) -> Iterator[Shape]:
        """Yield a disc with an arrow in it."""
        scale = max(1.0, self.view.units(GATE_PX) / 16.0)
        yield Shape(look, disc(16.0), *middle, scale=scale)
        yield Shape(f"{look}-arrow", GATE_ARROW, *middle, turn, scale)

    def _turn_inward(self, gate: Gate) -> float:
        """Return the direction of entry, in degrees clockwise from right."""
        if gate.heading is not None:
            return -gate.heading
        if gate.gate_id == self.gate.gate_id and self.way:
            return turn_of(*self.way[:2])
        if (box := self.bays) is None:
            return 0.0
        sides = {
            0.0: gate.x - box.left,
            180.0: box.right - gate.x,
            -90.0: gate.y - box.bottom,
            90.0: box.top - gate.y,
        }
        return min(sides, key=sides.__getitem__)
