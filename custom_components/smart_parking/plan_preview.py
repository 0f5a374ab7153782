"""The plan of a lot as it would be with what stands in a form that is being filled in."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from .const import CONF_BAY_ID, CONF_BAYS, CONF_LABEL, SUBENTRY_GATE, SUBENTRY_NODE
from .errors import SmartParkingError
from .lot.drawing.surroundings import Surroundings
from .lot.lot import Lot
from .lot.model import Bay, Gate, Lane, Ramp
from .options import read_surroundings
from .rendering.marks import Drawing, Window
from .rendering.png import to_png
from .rendering.scene import Pointer, draw
from .rendering.scene_builder import build_level
from .sources.base import Row
from .sources.bay_table import BAYS_MAX, bay_of, gate_of
from .texts import DriverTexts, get_texts

WIDTH_PX: Final = 900
# So many bays are named one by one.
NAMED_MAX: Final = 6

NOTHING: Final = Drawing(title="", window=Window(0.0, 0.0, 300.0, 40.0), marks=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """What a form changes of the plan; what it is not about is None, and stays as it is."""

    bays: Sequence[Bay] | None = None
    """The bays of a node, without ids."""
    gate: Gate | None = None
    lanes: Sequence[Lane] | None = None
    ramps: Sequence[Ramp] | None = None
    pointer: Pointer | None = None
    """A point of the plan that the form asks about."""

    def things(self) -> Iterator[Bay | Ramp | Lane]:
        """Yield all that may be many."""
        yield from self.bays or ()
        yield from self.ramps or ()
        yield from self.lanes or ()


type ReadChange = Callable[[Mapping[str, Any]], PlanChange]
"""Returns what the answers in a form change. Blocks: for the executor.

Raises `SmartParkingError` when they cannot be understood, `vol.Invalid` while they are unfinished.
"""


class Summary(NamedTuple):
    """What is told beside the plan: a name, and what it is."""

    name: str
    text: str


class Shown(NamedTuple):
    """What is shown: a change, the lot with it, and the level."""

    change: PlanChange
    lot: Lot
    level: str


def bays_in(rows: Iterable[Row]) -> list[Bay]:
    """Return the bays of rows, of which labels may still be missing."""
    return [bay_of({CONF_LABEL: "", **row, CONF_BAY_ID: ""}) for row in rows][:BAYS_MAX]


class PlanPreview:
    """The plan of a lot as it would be with what stands in a form."""

    def __init__(
        self,
        read: ReadChange,
        answers: Mapping[str, Any],
        entry: ConfigEntry | None = None,
        own_id: str | None = None,
        before: PlanPreview | None = None,
    ) -> None:
        """Read changes by `read`, at first of `answers`; all else, but the part `own_id`, stays.

        While the answers cannot be understood, what was shown `before` stays.
        """
        self._read = read
        self._first: Mapping[str, Any] | None = answers
        self._rows: list[Row] = []
        self._gates: list[Gate] = []
        self._surroundings = Surroundings()
        if entry is not None:
            for node in entry.get_subentries_of_type(SUBENTRY_NODE):
                if node.subentry_id != own_id:
                    self._rows += node.data[CONF_BAYS]
            self._gates = [
                gate_of(one.subentry_id, one.title, one.data)
                for one in entry.get_subentries_of_type(SUBENTRY_GATE)
                if one.subentry_id != own_id
            ]
            self._surroundings = read_surroundings(entry.options)
        self._bays: Sequence[Bay] = ()
        self.shown: Shown | None = None if before is None else before.shown
        """None until somebody looks."""
        self.changed = asyncio.Event()
        """Is set when there is another plan; then there is another event."""
        self._lock = asyncio.Lock()

    async def async_update(self, hass: HomeAssistant, answers: Mapping[str, Any]) -> Summary:
        """Take over what stands in the form, and return what it amounts to.

        Raises `SmartParkingError` when it cannot be understood: the plan stays as it was. It also
        stays while something is missing.
        """
        async with self._lock:
            before = self.shown
            summary = await hass.async_add_executor_job(self._update, answers, get_texts(hass))
            is_other = self.shown is not before
        if is_other:
            self.async_wake()
        return summary

    @callback
    def async_wake(self) -> None:
        """Wake whoever waits for something else."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def async_paint(self, hass: HomeAssistant) -> bytes:
        """Return the plan as PNG, of the level of what was changed last."""
        async with self._lock:
            return await hass.async_add_executor_job(self._paint, get_texts(hass))

    def _update(self, answers: Mapping[str, Any], texts: DriverTexts) -> Summary:
        """Take over answers, and return what they amount to. For the executor."""
        shown = self._begin()
        with suppress(vol.Invalid):
            shown = self.shown = self._taken(answers, shown)
        return _summary(shown.change, shown.lot, texts)

    def _paint(self, texts: DriverTexts) -> bytes:
        """Return the plan. For the executor."""
        shown = self._begin()
        scene_data = build_level(shown.lot, shown.level, texts, shown.change.gate)
        scene_data = replace(scene_data, pointer=shown.change.pointer)
        return to_png(NOTHING if scene_data.is_empty else draw(scene_data), WIDTH_PX)

    def _begin(self) -> Shown:
        """Return what is shown; at first take over what stood in the form when it was opened."""
        answers, self._first = self._first, None
        if self.shown is None or answers is not None:
            self._bays = bays_in(self._rows)
            level = next((bay.level for bay in reversed(self._bays)), "")
            nothing = PlanChange()
            whole = Shown(nothing, self._built(nothing), level)
            try:
                self.shown = self._taken(answers or {}, whole)
            except SmartParkingError, vol.Invalid:
                # The form says what is wrong; the plan comes when it is mended.
                self.shown = self.shown or whole
        return self.shown

    def _taken(self, answers: Mapping[str, Any], before: Shown) -> Shown:
        """Return what answers show, or raise."""
        change = self._read(answers)
        if change == before.change:
            return before
        return Shown(change, self._built(change), level_shown(change, before.change, before.level))

    def _built(self, change: PlanChange) -> Lot:
        """Return the lot with a change."""
        lot = Lot()
        lot.set_bays(
            replace(bay, bay_id=str(number))
            for number, bay in enumerate([*self._bays, *(change.bays or ())])
        )
        for gate in [*self._gates, *([] if change.gate is None else [change.gate])]:
            lot.set_gate(gate)
        around = self._surroundings
        lot.set_surroundings(
            replace(
                around,
                lanes=around.lanes if change.lanes is None else tuple(change.lanes),
                ramps=around.ramps if change.ramps is None else tuple(change.ramps),
            )
        )
        for status in lot:
            status.occupied, status.fault = False, None
        return lot


def level_shown(change: PlanChange, before: PlanChange, level: str) -> str:
    """Return the level of what is new in a change, else of what is gone, else the one so far."""
    if change.gate is not None:
        return change.gate.level
    old, now = {*before.things()}, {*change.things()}
    new = [thing for thing in change.things() if thing not in old]
    gone = [thing for thing in before.things() if thing not in now]
    match (new or gone)[-1:]:
        case [Ramp(start=start)]:
            return start.level
        case [Bay() | Lane() as thing]:
            return thing.level
    return level


def _summary(change: PlanChange, lot: Lot, texts: DriverTexts) -> Summary:
    """Return what stands in a form, in words."""
    if (gate := change.gate) is not None and (way := lot.nearest(gate.gate_id)) is not None:
        directions = texts.directions(lot.directions(gate.gate_id, way.bay.bay_id))
        return Summary(texts.text("page_nearest"), f"{way.bay.label}: {directions}")
    if (pointer := change.pointer) is not None:
        return Summary(texts.text("editor_plan"), "{:g}, {:g}".format(*pointer.point))
    bays = change.bays if gate is None else [*lot]
    counted = {"bays_any": bays, "lanes": change.lanes, "ramps": change.ramps}
    counts = [
        f"{len(things)} {texts.plural(key, len(things))}"
        for key, things in counted.items()
        if things is not None
    ]
    parts = [texts.text("separator").join(counts)]
    if (change.lanes or change.ramps) and lot.gates and len(lot):
        parts.append(_reach(lot, texts))
    return Summary(texts.text("editor_plan"), " · ".join(parts))


def _reach(lot: Lot, texts: DriverTexts) -> str:
    """Return to which bays no way leads."""
    stranded = [bay.label for bay in lot.network.stranded()]
    if not stranded:
        return texts.text("editor_check_reach")
    named = texts.text("separator").join(stranded[:NAMED_MAX])
    more = " …" if len(stranded) > NAMED_MAX else ""
    return texts.text("unreached", labels=f"{named}{more}")
