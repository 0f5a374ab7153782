"""What the page shows a visitor, gathered from the lot."""

from typing import NamedTuple

from homeassistant.util import dt as dt_util

from ..lot.directions import Directions
from ..lot.model import BayKind
from ..sights import sight_of
from ..words import own_names
from .actions import the_gate
from .files import FILES
from .gate import Visit
from .mine import Mine, Status
from .page import Sheet
from .promotions import async_promotion_for
from .public_picture import kinds_for_visitors
from .push.view import async_offer
from .spared import spared


class Sighting(NamedTuple):
    """What the plan shows: the way from a gate to a bay."""

    gate_id: str | None
    bay_id: str | None
    directions: Directions | None


async def async_sheet(visit: Visit, error: str | None) -> Sheet:
    """Return all that the page shows a visitor."""
    reception, words = visit.reception, visit.words
    coordinator = visit.coordinator
    lot = coordinator.lot
    # Drawing takes a moment, and the lot goes on: everything else is gathered after it.
    drawing = await async_drawing(visit)
    offer = promotion = facts = None
    with spared(visit.hass, "push messages"):
        offer = await async_offer(visit)
    with spared(visit.hass, "promotions"):
        promotion = async_promotion_for(visit)
    with spared(visit.hass, "facts for search engines"):
        facts = visit.data.open_data.async_facts(words)
    notice = reception.take_notice(visit.driver, words)
    if notice is None and error is not None:
        notice = words.texts.get(f"page_error_{error}")
    mine, kinds, kind = reception.mine(visit.driver), kinds_for_visitors(lot), _kind(visit)
    seen = _sighting(visit, mine)
    in_sight = seen.bay_id is not None and seen.bay_id in lot
    return Sheet(
        name=coordinator.entry.title,
        words=words,
        choice=visit.choice.write(),
        languages=own_names(visit.hass),
        form=reception.tokens.form(visit.token),
        files=visit.hass.data[FILES],
        now=dt_util.utcnow().timestamp(),
        mine=mine,
        mine_data=mine.to_data(coordinator, notice),
        kinds=kinds,
        kind=kind,
        gates=lot.gates,
        gate=the_gate(visit, visit.choice),
        free=lot.free_for(kind),
        is_known=lot.is_known,
        hours=reception.options.hours,
        bay=mine.label or (lot[seen.bay_id].bay.label if in_sight and seen.bay_id else None),
        directions=seen.directions,
        drawing=drawing,
        level=_level_name(visit, seen),
        promotion=promotion,
        offer=offer,
        notice=notice,
        facts=facts,
    )


async def async_drawing(visit: Visit, *, alone: bool = False) -> str | None:
    """Return the plan that a visitor is shown; None without gates, or when too many wait."""
    seen = _sighting(visit, visit.reception.mine(visit.driver))
    if seen.gate_id is None or not visit.coordinator.lot.has_gate(seen.gate_id):
        return None
    return await visit.reception.drawings.async_get(
        visit.coordinator, seen.gate_id, seen.bay_id, visit.words, alone=alone
    )


def _level_name(visit: Visit, seen: Sighting) -> str:
    """Return what the level that is shown is called; nothing where there is but one."""
    lot = visit.coordinator.lot
    if seen.gate_id is None or not lot.has_gate(seen.gate_id):
        return ""
    return sight_of(lot, seen.gate_id, seen.bay_id, visit.words).note


def _kind(visit: Visit) -> BayKind:
    """Return the kind of bay that a visitor asks for."""
    kind = visit.choice.kind
    if kind is None or kind not in kinds_for_visitors(visit.coordinator.lot):
        return BayKind.STANDARD
    return kind


def _sighting(visit: Visit, mine: Mine) -> Sighting:
    """Return what is to be seen: the visitor's bay, else the nearest."""
    lot, gate = visit.coordinator.lot, the_gate(visit, visit.choice)
    if mine.bay_id is not None and mine.gate_id is not None and lot.has_gate(mine.gate_id):
        return Sighting(mine.gate_id, mine.bay_id, mine.directions)
    if gate is None:
        return Sighting(None, mine.bay_id, None)
    if mine.status is not Status.NONE:
        bay_id = mine.bay_id
    else:
        way = next(lot.find(gate.gate_id, _kind(visit)), None)
        bay_id = None if way is None else way.bay.bay_id
    if bay_id is None:
        return Sighting(gate.gate_id, None, None)
    return Sighting(gate.gate_id, bay_id, lot.directions(gate.gate_id, bay_id))
