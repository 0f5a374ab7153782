"""Drawing of a level for a page: drawn once, each bay with its number and the class of its state.

Changes beyond a class are drawn over the bays, and sent with the route: see `Seen`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from html import escape
from typing import NamedTuple

from ..lot.lot import Lot
from ..lot.model import BayKind, BayState, Gate
from .bays import STATE_LOOKS, draw_every_state, draw_label, lane_path
from .colours import css
from .marks import UNITS_PER_M, Mark, Shape, number
from .routes import route_on_level, units
from .scene import RouteView, SceneData, route_of, spot_of, spots_of, title_of
from .surroundings import LOOKS_AROUND, draw_around, draw_roads, draw_zones, seen_around
from .svg import mark_markup, plan_css, printable, rules_of
from .view import FAR_PX_M, FARTHER_PX_M, PAGE, Box, Spot, span

TARGET = "target"
# The parts of a bay that are seen in a state; its body and its label always are.
_INSIDE = {
    BayState.OCCUPIED: ("car", "glass"),
    BayState.HELD: ("stripes",),
    BayState.OUT_OF_SERVICE: ("hatching",),
    BayState.UNKNOWN: ("question",),
}
# Marks under the bays, and over them.
_GATE = [f"{gate}{part}" for gate in ("gate", "gate-on") for part in ("", "-arrow", "-name")]
_WAY = ["way", "way-bed", "way-far", "way-end", "flag", "flag-tip", "flag-text"]
_KIND, _ROOF = ("kind", "kind-solid"), ("kind-on-car", "kind-on-car-solid")
# Number of cached routes; they are drawn at their first use, and a lot has one for each bay and
# gate.
SEEN_MAX = 512


class Seen(NamedTuple):
    """What a page shows of a level: its view, and the marks over the bays."""

    window: str
    zoom: str
    marks: str


def seen_of(route: RouteView) -> Seen:
    """Return what is seen of a route."""
    px_m = route.view.px_m
    zoom = [name for name, limit in (("far", FAR_PX_M), ("farther", FARTHER_PX_M)) if px_m < limit]
    return Seen(
        " ".join(map(number, route.view.window)),
        " ".join(zoom),
        "".join(map(mark_markup, route.marks())),
    )


class LotPlan:
    """All levels of a lot, until its layout changes."""

    def __init__(self, lot: Lot) -> None:
        """Initialize with the current layout of a lot."""
        network = lot.network
        self.edition = lot.edition
        self.shapes = network.shapes
        self.gates = [replace(one, heading=network.headings[one.gate_id]) for one in lot.gates]
        self._lot = lot
        boxes: dict[str, list[Box]] = {}
        built = sha256(repr(self.gates).encode())
        for status in lot:
            spot = spot_of(status.bay, self.shapes[status.bay.bay_id])
            boxes.setdefault(status.bay.level, []).append(spot.box)
            built.update(repr((status.bay, spot.shape)).encode())
        self._surroundings = lot.surroundings
        built.update(repr(lot.surroundings).encode())
        self._boxes = {level: span(of_level) for level, of_level in boxes.items()}
        self._seen: dict[tuple[str, str | None], Seen] = {}
        self.name = built.hexdigest()[:12]
        """Identifies the layout: a page with another name has to load the drawing anew."""

    def gate(self, gate_id: str) -> Gate:
        """Return a gate."""
        return next(gate for gate in self.gates if gate.gate_id == gate_id)

    def seen(self, gate_id: str, bay_id: str | None = None) -> Seen:
        """Return what is seen of the route from a gate to a bay; without one, of the level."""
        key = gate_id, bay_id
        if (seen := self._seen.get(key)) is None:
            if len(self._seen) >= SEEN_MAX:
                del self._seen[next(iter(self._seen))]
            seen = self._seen[key] = seen_of(self._route(gate_id, bay_id))
        return seen

    def _route(self, gate_id: str, bay_id: str | None) -> RouteView:
        """Return the route from a gate to a bay, over the bays of its level."""
        gate, target = self.gate(gate_id), None
        if bay_id is not None:
            target = spot_of(self._lot[bay_id].bay, self.shapes[bay_id])
        level = gate.level if target is None else target.bay.level
        return RouteView(
            level=level,
            bays=self._boxes.get(level),
            around=seen_around(self._surroundings, level),
            gates=[one for one in self.gates if one.level == level],
            gate=gate,
            target=target,
            way=[]
            if target is None or bay_id is None
            else route_on_level(self._lot.route(gate_id, bay_id).points, target),
            frame=PAGE,
        )


def draw_level(scene_data: SceneData, name: str, *, alone: bool = True) -> str:
    """Return the level of a scene as the text of an SVG element.

    With `alone` it has its own style; in a page, the page has it.
    """
    spots = spots_of(scene_data)
    seen = seen_of(route_of(scene_data, (spot for spot, _ in spots.values())))
    title = escape(printable(title_of(scene_data)))
    role = f'role="img" aria-label="{title}"' if title else 'aria-hidden="true"'
    lanes = "".join(lane_path(spot) for spot, _ in spots.values())
    around = scene_data.surroundings
    zones, roads = (_markup(draw(around)) for draw in (draw_zones, draw_roads))
    # A page leaves out by itself what is too small.
    above = _markup(draw_around(around, scene_data.ramps, FAR_PX_M))
    shared = _Shared()
    # A neighbour must not cover the outline of the target.
    target = None if scene_data.bay is None else scene_data.bay.bay_id
    in_order = sorted(spots.items(), key=lambda one: one[1][0].bay.bay_id == target)
    bays = "".join(
        _bay(index, spot, TARGET if spot.bay.bay_id == target else STATE_LOOKS[state], shared)
        for index, (spot, state) in in_order
    )
    zoom = f"plan {seen.zoom}".strip()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{zoom}" '
        f'viewBox="{seen.window}" data-plan="{name}" '
        f'data-level="{escape(scene_data.level)}" {role}>'
        + (f"<style>{css()}{level_css()}</style>" if alone else "")
        + f"<defs>{shared.markup}</defs>{'' if alone else _grounds(scene_data)}"
        f'{zones}<g class="asphalt">{roads}<path class="lane" d="{lanes}"/></g>{above}'
        f'<g class="bays">{bays}</g><g class="over">{seen.marks}</g></svg>'
    )


def _markup(marks: Iterable[Mark]) -> str:
    """Return the elements of marks."""
    return "".join(map(mark_markup, marks))


def _grounds(scene_data: SceneData) -> str:
    """Return the pictures below a level that may be seen in a page."""
    if not scene_data.ground_path:
        return ""
    return "".join(
        f'<image href="{escape(scene_data.ground_path)}{escape(one.picture)}" '
        f'x="{number(-one.width / 2.0 * UNITS_PER_M)}" '
        f'y="{number(-one.height / 2.0 * UNITS_PER_M)}" '
        f'width="{number(one.width * UNITS_PER_M)}" '
        f'height="{number(one.height * UNITS_PER_M)}" '
        f'preserveAspectRatio="none" opacity="{one.opacity:.2f}" '
        f'transform="translate({" ".join(map(number, units((one.x, one.y))))})'
        f'rotate({number(-one.turn)})"/>'
        for one in scene_data.surroundings.grounds
        if one.public
    )


class _Shared:
    """Drawings that bays of the same shape and kind share."""

    def __init__(self) -> None:
        """Initialize empty."""
        self._known: dict[tuple[object, ...], list[tuple[str, str]]] = {}
        self.markup = ""

    def parts(self, spot: Spot) -> list[tuple[str, str]]:
        """Return the parts of a bay: their drawings and names."""
        key = (*spot.shape, spot.bay.kind)
        if (known := self._known.get(key)) is None:
            known = self._known[key] = [*self._draw(spot, len(self._known))]
        return known

    def _draw(self, spot: Spot, place: int) -> Iterator[tuple[str, str]]:
        """Draw a bay at the origin, in all its states."""
        at_home = spot._replace(bay=replace(spot.bay, x=0.0, y=0.0))
        marks = [*draw_every_state(at_home)]
        looks = {"body": ("body",), **{STATE_LOOKS[one]: of for one, of in _INSIDE.items()}}
        if spot.bay.kind is not BayKind.STANDARD:
            looks |= {"kind": _KIND, "roof": _ROOF}
        for part, of_part in looks.items():
            name = f"{part}-{place}"
            self.markup += f'<g id="{name}" class="in">{_without_look(marks, of_part)}</g>'
            yield part, name


def _without_look(marks: Iterable[Shape], looks: tuple[str, ...]) -> str:
    """Return the marks of some looks; the body takes its look from the bay that uses it."""
    return "".join(
        mark_markup(mark).replace(' class="body"', "") for mark in marks if mark.look in looks
    )


def _bay(index: int, spot: Spot, look: str, shared: _Shared) -> str:
    """Return a bay."""
    x, y = units(spot.at(0.0))
    label = draw_label(spot)
    inside = "".join(
        f'<use class="in-{part}" href="#{name}"/>' for part, name in shared.parts(spot)
    )
    return (
        f'<g id="b{index}" class="{look}" transform="translate({number(x)} {number(y)})">{inside}'
        f"{mark_markup(label._replace(x=label.x - x, y=label.y - y))}</g>"
    )


def level_css() -> str:
    """Return the style of a bay's classes."""
    looks = [*STATE_LOOKS.values(), TARGET]
    inside = [STATE_LOOKS[one] for one in _INSIDE]
    # A rule for a part that is used elsewhere matches the part only.
    parts = [*(look for of_state in _INSIDE.values() for look in of_state), *_KIND, *_ROOF]
    rules = [
        plan_css(["lane", *LOOKS_AROUND, *_WAY, *_GATE]),
        *(f".in .{look}{{{rules_of(look)}}}" for look in parts),
        ".plan use{display:none}.plan .in-body{display:inline}",
        *(f".plan .{look} .in-{look}{{display:inline}}" for look in inside),
        *(f".plan .{look} .in-kind{{display:inline}}" for look in ("free", "held", TARGET)),
        ".plan .closed .in-kind{display:inline;opacity:.45}",
        ".plan .occupied .in-roof{display:inline}",
        *(f".plan .{look} .in-body{{{rules_of(look)}}}" for look in looks),
        *(f".plan .{look} .label{{{rules_of(f'label-{look}')}}}" for look in looks),
        ".plan image~.asphalt{opacity:.55}",
        ".plan.far .zone-name,.plan.far .ramp-name,.plan.far .road-arrow{display:none}",
        ".plan.far .label,.plan.far .bays .in-kind,.plan.far .bays .in-roof{display:none}",
        *(f".plan.farther .{look} .in-{look}{{display:none}}" for look in inside),
        *(
            f".plan.farther .{look} .in-body{{{rules_of(f'{look}-far')}}}"
            for look in looks
            if look != "occupied"
        ),
    ]
    return "".join(rules)
