"""The plan of one lot while it is drawn: the draft, who draws, and how it is published.

A plan can be drawn while its lot is not at work, so this belongs to Home Assistant and not to the
lot's runtime data: a lot that cannot start is one that somebody wants to change.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
import time
from typing import Any, Final
from uuid import uuid4

from homeassistant.components.websocket_api.const import ERR_INVALID_FORMAT, ERR_NOT_FOUND
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..bay_entities import BayEntityPlan, BayNumbers, other_entities
from ..const import CONF_KIND, DOMAIN, SUBENTRY_GATE, SUBENTRY_NODE
from ..data import SmartParkingConfigEntry
from ..ground_pictures import async_remove_pictures
from ..live.snapshot import network_layout
from ..lot.drawing.change import Change, ThingId, apply, change_data, difference, rebase, touched
from ..lot.drawing.model import Collection, Drawing, DrawnNode, Thing
from ..lot.drawing.zones import with_zones
from ..sources import SOURCES
from ..sources.unequipped import UnequippedSource
from ..websocket import RefusedError
from .conversion import drawing_of, parts_of
from .problems import (
    Claims,
    Problem,
    Severity,
    Ways,
    claims_around,
    find_problems,
    find_routes,
)
from .sensors import SensorFinder
from .store import Draft, DraftStore, PlanStore

type Event = dict[str, Any]
type Notify = Callable[[Event], None]

ERR_CONFLICT: Final = "conflict"
# What changed the plan when it was none of those who look at the draft.
ELSEWHERE: Final = ""


class Author:
    """One who has a draft open."""

    def __init__(self, author_id: str, name: str, notify: Notify) -> None:
        """Be called by a name, and be told by `notify`."""
        self.author_id = author_id
        self.name = name
        self.notify = notify
        self.changed_at: float | None = None

    def to_data(self) -> Event:
        """Return who it is."""
        return {"id": self.author_id, "name": self.name, "changed_at": self.changed_at}


class PlanEditor:
    """The editor of one lot."""

    def __init__(self, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
        """Initialize; nothing is read yet."""
        self.hass = hass
        self.entry = entry
        self._drafts = DraftStore(hass, entry.entry_id)
        self._plans = PlanStore(hass, entry.entry_id)
        self._published = Drawing()
        self._claims = Claims(entry.title, {})
        self._authors: dict[str, Author] = {}
        self._touched: dict[ThingId, tuple[int, str]] = {}
        """In which revision a thing was changed last, and by whom."""
        self._loading: asyncio.Lock = asyncio.Lock()
        self._is_loaded = False
        self._is_publishing = False
        self._checking: asyncio.Task[None] | None = None
        self._checked: tuple[tuple[int, Claims], Event] | None = None
        """What was found wrong with a revision, beside what other lots had then."""
        self._unsub: CALLBACK_TYPE | None = None
        self.sensors = SensorFinder(
            hass,
            entry,
            get_draft=lambda: self.drawing,
            get_published=lambda: self._published,
            get_claims=lambda: self._claims,
            changed=self._async_sensors_changed,
        )

    # Beginning and ending.

    async def async_load(self) -> None:
        """Read the draft and the plans, once, and follow what the forms change."""
        async with self._loading:
            if self._is_loaded:
                return
            await self._drafts.async_load()
            await self._plans.async_load()
            self._published = self._read()
            self._claims = claims_around(self.hass, self.entry)
            self._unsub = async_dispatcher_connect(
                self.hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            )
            self._is_loaded = True
            self._async_follow_forms()

    async def async_remove(self) -> None:
        """Remove everything: the lot is no more."""
        if self._unsub is not None:
            self._unsub()
        self.sensors.async_close()
        await self._drafts.async_remove()
        await self._plans.async_remove()

    # Who draws.

    @callback
    def async_join(self, name: str, notify: Notify) -> Author:
        """Return a new author, who is sent the draft, and then all that happens to it."""
        author = Author(uuid4().hex, name, notify)
        self._authors[author.author_id] = author
        self.sensors.async_open()
        author.notify(self._whole(author))
        self._async_tell_authors()
        self._async_check_soon()
        return author

    @callback
    def async_leave(self, author: Author) -> None:
        """Forget an author."""
        self._authors.pop(author.author_id, None)
        if not self._authors:
            self.sensors.async_close()
        self._async_tell_authors()

    @callback
    def _async_tell(self, event: Event) -> None:
        """Send an event to all authors."""
        for author in list(self._authors.values()):
            author.notify(event)

    @callback
    def _async_tell_authors(self) -> None:
        """Notify all authors who they are."""
        authors = [author.to_data() for author in self._authors.values()]
        self._async_tell({"type": "authors", "authors": authors})

    @callback
    def _async_sensors_changed(self) -> None:
        """Notify all authors that other sensors may be found."""
        self._async_tell({"type": "sensors"})

    def _whole(self, author: Author) -> Event:
        """Return all that an author begins with."""
        return {
            "type": "draft",
            "author": author.author_id,
            "entry_id": self.entry.entry_id,
            "name": self.entry.title,
            "drawing": self.drawing.to_data(),
            **self._status(),
            "plans": self.plans(),
        }

    def _status(self) -> Event:
        """Return what is told of the draft with every change."""
        draft = self._drafts.draft
        return {
            "revision": self.revision,
            "changed": draft is not None,
            "changed_at": None if draft is None else draft.changed_at,
            "changed_by": None if draft is None else draft.changed_by,
        }

    # The draft.

    @property
    def drawing(self) -> Drawing:
        """The draft; without one, what is at work."""
        draft = self._drafts.draft
        return self._published if draft is None else draft.drawing

    @property
    def revision(self) -> int:
        """The number of the draft's last change."""
        return self._drafts.revision

    @callback
    def async_change(self, author: Author, revision: int, change: Change) -> int:
        """Change the draft, and return its new revision.

        `revision` is the one that the author saw. Raises `RefusedError` when somebody else has
        changed the same things since: nothing is overwritten in silence.
        """
        for thing in touched(change):
            changed_in, by = self._touched.get(thing, (0, ""))
            if changed_in > revision and by != author.author_id:
                other = self._authors.get(by)
                raise RefusedError(
                    ERR_CONFLICT, "draft_conflict", name="…" if other is None else other.name
                )
        author.changed_at = time.time()
        self._async_apply(self._completed(change), author.author_id, author.name)
        self._async_tell_authors()
        return self.revision

    def _completed(self, change: Change) -> Change:
        """Return a change with what an author does not say of nodes: the settings stay."""
        nodes = change.get(Collection.NODES)
        if not nodes:
            return change
        completed: dict[str, Thing | None] = {}
        for node_id, node in nodes.items():
            if not isinstance(node, DrawnNode):
                completed[node_id] = node
                continue
            known = self.drawing.nodes.get(node_id) or self._published.nodes.get(node_id)
            kind = SOURCES.get(node.source)
            if known is not None:
                completed[node_id] = replace(known, name=node.name or known.name)
            elif kind is None:
                raise RefusedError(ERR_INVALID_FORMAT, "unexpected")
            else:
                completed[node_id] = self.sensors.new_node(node.name, kind)
        return {**change, Collection.NODES: completed}

    @callback
    def _async_apply(self, change: Change, author_id: str, name: str) -> None:
        """Change the draft, tell everybody, and write it soon."""
        before = self._drafts.draft
        base = self._published if before is None else before.base
        drawing = apply(self.drawing, change)
        self._drafts.revision += 1
        conflicts = frozenset() if before is None else before.conflicts
        self._drafts.draft = (
            Draft(
                drawing=drawing,
                base=base,
                changed_at=time.time(),
                changed_by=name,
                conflicts=conflicts - touched(change),
            )
            if difference(base, drawing)
            else None
        )
        for thing in touched(change):
            self._touched[thing] = (self.revision, author_id)
        self._drafts.async_changed()
        self._async_tell(
            {
                "type": "change",
                "author": author_id,
                "change": change_data(change),
                **self._status(),
            }
        )
        self._async_check_soon()

    @callback
    def async_discard(self, author: Author) -> None:
        """Make the draft what is at work."""
        self._async_apply(difference(self.drawing, self._published), author.author_id, author.name)

    @callback
    def async_restore(self, author: Author, number: int) -> None:
        """Make the draft a plan that was published before."""
        plan = next((one for one in self._plans.plans if one.number == number), None)
        if plan is None:
            raise RefusedError(ERR_NOT_FOUND, "no_plan")
        self._async_apply(difference(self.drawing, plan.drawing), author.author_id, author.name)

    def plans(self) -> list[Event]:
        """Return the plans that can be brought back, the newest first."""
        return [
            {
                "number": plan.number,
                "at": plan.at,
                "by": plan.by,
                "bays": len(plan.drawing.bays),
                "current": not difference(plan.drawing, self._published),
            }
            for plan in reversed(self._plans.plans)
        ]

    # What the forms change meanwhile.

    def _read(self) -> Drawing:
        """Return the drawing that is at work."""
        draft = self._drafts.draft
        known = [plan.drawing for plan in self._plans.plans[-1:]]
        return drawing_of(self.entry, draft.base if draft else next(iter(known), None))

    @callback
    def _async_entry_changed(
        self, change: ConfigEntryChange, entry: SmartParkingConfigEntry
    ) -> None:
        """Follow what was changed of the lot, unless it was changed here."""
        if entry.domain == DOMAIN:
            self._async_follow_others()
        is_ours = entry.entry_id == self.entry.entry_id and change is ConfigEntryChange.UPDATED
        if is_ours and not self._is_publishing:
            self._async_follow_forms()

    @callback
    def _async_follow_others(self) -> None:
        """Look at the draft once more, and for sensors, when other lots have other nodes."""
        before, self._claims = self._claims, claims_around(self.hass, self.entry)
        if before != self._claims:
            self._async_check_soon()
            self.sensors.async_changed()

    @callback
    def _async_follow_forms(self) -> None:
        """Place the draft onto what is at work now; what both have changed is noted."""
        before, draft = self.drawing, self._drafts.draft
        self._published = self._read()
        if draft is not None:
            drawing, conflicts = rebase(draft.drawing, draft.base, self._published)
            self._drafts.draft = (
                replace(
                    draft,
                    drawing=drawing,
                    base=self._published,
                    conflicts=draft.conflicts | conflicts,
                )
                if difference(self._published, drawing)
                else None
            )
        if change := difference(before, self.drawing):
            self._drafts.revision += 1
            for thing in touched(change):
                self._touched[thing] = (self.revision, ELSEWHERE)
            self._drafts.async_changed()
            self._async_tell(
                {
                    "type": "change",
                    "author": ELSEWHERE,
                    "change": change_data(change),
                    **self._status(),
                }
            )
            self._async_check_soon()

    # What is wrong with it.

    async def async_check(self, change: Change) -> Event:
        """Return what would be wrong with the draft, and its ways, if a change were made."""
        drawing = apply(self.drawing, self._completed(change))
        return await self._async_look_at(drawing)

    async def _async_look_at(self, drawing: Drawing) -> Event:
        """Return what is wrong with a drawing, and its ways: of a large one that takes a while."""
        looked = await self.hass.async_add_executor_job(
            _look_at, self.hass, drawing, self._published, self._claims
        )
        own = [*self._conflicts(), *self._entity_warnings(drawing)]
        looked["problems"] += [problem.to_data() for problem in own]
        return looked

    def _chosen_entities(self, drawing: Drawing) -> tuple[BayEntityPlan, BayNumbers] | None:
        """Return which bays get entities by publishing, if that has to be chosen."""
        rows = ({CONF_KIND: bay.kind.value} for bay in drawing.bays.values())
        numbers = BayNumbers.of(rows, other_entities(self.hass, self.entry))
        options, before = self.entry.options, len(self._published.bays)
        if not numbers.is_to_be_chosen(options, before):
            return None
        return numbers.suggest(options, before), numbers

    def _entity_warnings(self, drawing: Drawing) -> list[Problem]:
        """Return that publishing changes which bays have entities, as a problem, if it does."""
        if (chosen := self._chosen_entities(drawing)) is None:
            return []
        plan, numbers = chosen
        placeholders = {
            "bays": str(numbers.bays),
            "entities": str(plan.count(numbers.bays, numbers.special)),
        }
        return [Problem(key="many_bays", severity=Severity.WARNING, placeholders=placeholders)]

    def _conflicts(self) -> list[Problem]:
        """Return what was changed elsewhere as well, as a problem."""
        draft = self._drafts.draft
        if draft is None or not draft.conflicts:
            return []
        return [
            Problem(
                key="changed_elsewhere",
                severity=Severity.WARNING,
                things=tuple(sorted(draft.conflicts)),
                placeholders={"count": str(len(draft.conflicts))},
            )
        ]

    @callback
    def _async_check_soon(self) -> None:
        """Look at the draft, and tell who looks what is wrong with it; once for many changes."""
        if self._authors and self._checking is None:
            self._checking = self.hass.async_create_background_task(
                self._async_check_draft(), f"{DOMAIN} check of a draft", eager_start=False
            )

    async def _async_check_draft(self) -> None:
        """Look at the draft until it has not changed meanwhile."""
        try:
            while self._authors:
                meant = self.revision, self._claims
                if self._checked is None or self._checked[0] != meant:
                    self._checked = (meant, await self._async_look_at(self.drawing))
                if meant == (self.revision, self._claims):
                    self._async_tell({"type": "check", "revision": meant[0], **self._checked[1]})
                    return
        finally:
            self._checking = None

    # Publishing.

    async def async_publish(self, author: Author, revision: int) -> None:
        """Write the draft down as the forms do, and wait until the lot is at work with it.

        Raises `RefusedError` when there are errors in it, or when it is another one by now.
        """
        if revision != self.revision:
            raise RefusedError(ERR_CONFLICT, "draft_moved")
        if self._is_publishing:
            raise RefusedError(ERR_CONFLICT, "draft_publishing")
        self._is_publishing = True
        try:
            await self._async_publish(author)
        finally:
            self._is_publishing = False

    async def _async_publish(self, author: Author) -> None:
        """Write the draft down."""
        draft = self._drafts.draft
        if draft is None:
            return
        looked = await self._async_look_at(draft.drawing)
        errors = [one for one in looked["problems"] if one["severity"] == Severity.ERROR.value]
        if errors or draft is not self._drafts.draft:
            key = "draft_has_errors" if errors else "draft_moved"
            raise RefusedError(ERR_CONFLICT, key)
        if not self._plans.plans:
            self._plans.async_add(self.entry.modified_at.timestamp(), "", self._published)
        drawing = with_zones(_with_all_in_nodes(draft.drawing), self._published)
        async with self._async_reconfiguring():
            self._async_write_down(drawing)
        is_started = self.entry.state is ConfigEntryState.LOADED
        if not is_started and self.entry.disabled_by is None:
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        self._plans.async_add(time.time(), author.name, drawing)
        before, self._drafts.draft = self.drawing, None
        self._published = self._read()
        change = difference(before, self._published)
        self._drafts.revision += 1
        for thing in touched(change):
            self._touched[thing] = (self.revision, ELSEWHERE)
        self._drafts.async_changed()
        self._async_tell(
            {
                "type": "published",
                "by": author.name,
                "change": change_data(change),
                **self._status(),
                "plans": self.plans(),
            }
        )
        self._async_check_soon()
        await self._plans.async_write()
        await self._drafts.async_write()
        await self._async_drop_pictures()

    def _async_reconfiguring(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which the lot is changed, at once and as a whole."""
        if self.entry.state is ConfigEntryState.LOADED:
            return self.entry.runtime_data.coordinator.async_reconfiguring()
        return nullcontext()

    @callback
    def _async_write_down(self, drawing: Drawing) -> None:
        """Write a drawing into the lot's configuration."""
        entries, entry = self.hass.config_entries, self.entry
        parts = parts_of(drawing, entry)
        chosen = self._chosen_entities(drawing)
        more = {} if chosen is None else chosen[0].to_options()
        entries.async_update_entry(entry, options={**parts.options, **more})
        for kind, wanted in ((SUBENTRY_NODE, parts.nodes), (SUBENTRY_GATE, parts.gates)):
            for subentry in list(entry.get_subentries_of_type(kind)):
                if subentry.subentry_id not in wanted:
                    entries.async_remove_subentry(entry, subentry.subentry_id)
            for part_id, (title, data) in wanted.items():
                if (known := entry.subentries.get(part_id)) is not None:
                    entries.async_update_subentry(entry, known, title=title, data=data)
                else:
                    entries.async_add_subentry(entry, _subentry(part_id, kind, title, data))

    async def _async_drop_pictures(self) -> None:
        """Remove the pictures that are on no drawing any more."""
        drawings = [self.drawing, self._published, *(plan.drawing for plan in self._plans.plans)]
        used = {one.picture for drawing in drawings for one in drawing.grounds.values()}
        await async_remove_pictures(self.hass, self.entry.entry_id, keep=used)


def _with_all_in_nodes(drawing: Drawing) -> Drawing:
    """Return a drawing without empty nodes, on which bays without sensors are in one for such."""
    homeless = [bay_id for bay_id, bay in drawing.bays.items() if bay.node not in drawing.nodes]
    nodes = dict(drawing.nodes)
    bays = dict(drawing.bays)
    if homeless:
        waiting = next(
            (key for key, node in nodes.items() if node.source == UnequippedSource.key), None
        )
        if waiting is None:
            waiting = uuid4().hex
            nodes[waiting] = DrawnNode(name=UnequippedSource.model, source=UnequippedSource.key)
        for bay_id in homeless:
            bays[bay_id] = replace(bays[bay_id], node=waiting, wiring={})
    used = {bay.node for bay in bays.values()}
    return replace(
        drawing,
        nodes={key: node for key, node in nodes.items() if key in used},
        bays=bays,
    )


def _subentry(part_id: str, kind: str, title: str, data: Mapping[str, Any]) -> ConfigSubentry:
    """Return a new node or gate."""
    return ConfigSubentry(
        data=data,  # type: ignore[arg-type]  # it wraps what it is given
        subentry_id=part_id,
        subentry_type=kind,
        title=title,
        unique_id=None,
    )


def _look_at(hass: HomeAssistant, drawing: Drawing, before: Drawing, claims: Claims) -> Event:
    """Return what is wrong with a drawing, and its ways. For the executor: it only reads.

    `before` is what is at work, `claims` what other lots have.
    """
    drawing = with_zones(drawing, before)
    ways = find_routes(drawing)
    problems = find_problems(hass, drawing, claims, ways.stranded)
    return {
        "problems": [problem.to_data() for problem in problems],
        "ways": _ways_data(drawing, ways),
    }


def _ways_data(drawing: Drawing, ways: Ways) -> Event:
    """Return the ways on a drawing by the ids of gates and bays, and what bays cover."""
    layout = network_layout(ways.plan)
    return {
        "levels": layout["levels"],
        "nodes": layout["nodes"],
        "gates": dict(zip(drawing.gates, ways.plan.gates, strict=True)),
        "bays": dict(zip(drawing.bays, ways.plan.bays, strict=True)),
        "parents": dict(zip(drawing.gates, ways.plan.parents, strict=True)),
        # Only of bays of which the drawing does not say it: for an old lot, or typed ones.
        "shapes": {
            bay_id: [*ways.shapes[bay_id]]
            for bay_id, bay in drawing.bays.items()
            if None in (bay.heading, bay.width, bay.length)
        },
        "headings": dict(ways.headings),
        "stranded": list(ways.stranded),
    }


EDITORS: HassKey[dict[str, PlanEditor]] = HassKey(f"{DOMAIN}_editors")
"""By the id of the lot, from the first time that somebody draws."""


async def async_get_editor(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> PlanEditor:
    """Return the editor of a lot, ready to be used."""
    editors = hass.data.setdefault(EDITORS, {})
    if (editor := editors.get(entry.entry_id)) is None:
        editor = editors[entry.entry_id] = PlanEditor(hass, entry)
    await editor.async_load()
    return editor


async def async_remove_editor(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Remove all that is kept for the editor of a lot that is no more."""
    editor = hass.data.get(EDITORS, {}).pop(entry.entry_id, None)
    await (PlanEditor(hass, entry) if editor is None else editor).async_remove()
    await async_remove_pictures(hass, entry.entry_id, keep=None)
