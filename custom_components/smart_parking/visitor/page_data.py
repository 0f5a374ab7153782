"""Data of the page for a visitor, collected from the lot."""

from typing import NamedTuple

from homeassistant.util import dt as dt_util

from ..lot.model import BayKind
from ..lot.routing.directions import Directions
from ..rendering.scene_builder import build_scene
from ..texts import own_names
from .access import VisitorRequest
from .actions import get_gate
from .optional_parts import optional_part
from .page import PageData
from .promotion_http import async_promotion_for
from .push.http import async_get_prompt
from .snapshot import kinds_for_visitors, likely_at
from .state import Status, VisitorState
from .static_files import FILES


class PlanView(NamedTuple):
    """Part of the plan that is shown: the route from a gate to a bay."""

    gate_id: str | None
    bay_id: str | None
    directions: Directions | None


async def async_get_page_data(visit: VisitorRequest, error: str | None) -> PageData:
    """Return the data of the page."""
    visitors, texts = visit.visitors, visit.texts
    coordinator = visit.coordinator
    lot = coordinator.lot
    # Drawing takes a moment in which the lot changes, so all else is collected after it.
    drawing = await async_drawing(visit)
    offer = promotion = facts = None
    with optional_part(visit.hass, "push messages"):
        offer = await async_get_prompt(visit)
    with optional_part(visit.hass, "promotions"):
        promotion = async_promotion_for(visit)
    with optional_part(visit.hass, "facts for search engines"):
        facts = visit.data.open_data.async_facts(texts)
    message = visitors.pop_message(visit.driver, texts)
    if message is None and error is not None:
        message = texts.texts.get(f"page_error_{error}")
    state, kinds, kind = visitors.state(visit.driver), kinds_for_visitors(lot), _kind(visit)
    seen = _plan_view(visit, state)
    in_sight = seen.bay_id is not None and seen.bay_id in lot
    return PageData(
        name=coordinator.entry.title,
        texts=texts,
        choice=visit.choice.write(),
        languages=own_names(visit.hass),
        form=visitors.tokens.form(visit.token),
        files=visit.hass.data[FILES],
        now=dt_util.utcnow().timestamp(),
        state=state,
        state_data=state.to_data(coordinator, message),
        kinds=kinds,
        kind=kind,
        gates=lot.gates,
        gate=get_gate(visit, visit.choice),
        free=lot.free_for(kind),
        is_known=lot.is_known,
        likely=_likely(visit, state, kind),
        hours=visitors.options.hours,
        bay=state.label or (lot[seen.bay_id].bay.label if in_sight and seen.bay_id else None),
        directions=seen.directions,
        drawing=drawing,
        level=_level_name(visit, seen),
        promotion=promotion,
        offer=offer,
        message=message,
        facts=facts,
    )


async def async_drawing(visit: VisitorRequest, *, alone: bool = False) -> str | None:
    """Return the drawing of the plan; None without gates, or when too many requests wait."""
    seen = _plan_view(visit, visit.visitors.state(visit.driver))
    if seen.gate_id is None or not visit.coordinator.lot.has_gate(seen.gate_id):
        return None
    return await visit.visitors.drawings.async_get(
        visit.coordinator, seen.gate_id, seen.bay_id, visit.texts, alone=alone
    )


def _level_name(visit: VisitorRequest, seen: PlanView) -> str:
    """Return the name of the level that is shown; an empty text when it is the only one."""
    lot = visit.coordinator.lot
    if seen.gate_id is None or not lot.has_gate(seen.gate_id):
        return ""
    return build_scene(lot, seen.gate_id, seen.bay_id, visit.texts).note


def _likely(visit: VisitorRequest, state: VisitorState, kind: BayKind) -> float | None:
    """Return when a bay is likely for a visitor who has none."""
    if state.status is not Status.NONE:
        return state.likely
    return likely_at(visit.coordinator, kind)


def _kind(visit: VisitorRequest) -> BayKind:
    """Return the kind of bay that a visitor has chosen."""
    kind = visit.choice.kind
    if kind is None or kind not in kinds_for_visitors(visit.coordinator.lot):
        return BayKind.STANDARD
    return kind


def _plan_view(visit: VisitorRequest, state: VisitorState) -> PlanView:
    """Return the part of the plan that is shown: the visitor's bay, else the nearest."""
    lot, gate = visit.coordinator.lot, get_gate(visit, visit.choice)
    if state.bay_id is not None and state.gate_id is not None and lot.has_gate(state.gate_id):
        return PlanView(state.gate_id, state.bay_id, state.directions)
    if gate is None:
        return PlanView(None, state.bay_id, None)
    if state.status is not Status.NONE:
        bay_id = state.bay_id
    else:
        way = next(lot.find(gate.gate_id, _kind(visit)), None)
        bay_id = None if way is None else way.bay.bay_id
    if bay_id is None:
        return PlanView(gate.gate_id, None, None)
    return PlanView(gate.gate_id, bay_id, lot.directions(gate.gate_id, bay_id))
