"""State of one visitor, and their possible actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.util import dt as dt_util

from ..coordinator import LotCoordinator
from ..forecast.manager import ForecastManager
from ..guidance.manager import GuidanceManager
from ..live.snapshot import Json, route_data
from ..lot.holds.hold import Hold, HoldStatus
from ..lot.lot import Lot
from ..lot.model import BayKind
from ..lot.routing.directions import Directions
from ..texts import unit_of
from .plan_drawings import plan_of
from .sessions import Parked, Session


class Status(StrEnum):
    """How far a visitor has come."""

    NONE = "none"
    WAITING = "waiting"
    HELD = "held"
    ARRIVED = "arrived"
    PARKED = "parked"
    DEPARTED = "departed"


class Action(StrEnum):
    """An action of a visitor."""

    GUIDE = "guide"
    ANOTHER = "another"
    EXTEND = "extend"
    RELEASE = "release"
    YES = "yes"
    NO = "no"
    PARKED = "parked"
    FOUND = "found"
    FORGET = "forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorState:
    """The state of one visitor."""

    status: Status
    can: tuple[Action, ...]
    bay_id: str | None = None
    label: str | None = None
    gate_id: str | None = None
    kind: BayKind | None = None
    until: float | None = None
    position: int | None = None
    likely: float | None = None
    """When a bay is likely for who waits, in seconds since the epoch."""
    directions: Directions | None = None

    def to_data(self, coordinator: LotCoordinator, text: str | None) -> dict[str, Json]:
        """Return the state as JSON data, with the newest message in words."""
        lot = coordinator.lot
        bays = (status.bay.bay_id for status in lot)
        gates = (gate.gate_id for gate in lot.gates)
        distance = side = level_change = None
        if self.directions is not None:
            distance, side, level_change = route_data(self.directions, unit_of(coordinator.hass))
        return {
            "status": self.status.value,
            "bay": _place(self.bay_id, bays),
            "label": self.label,
            "gate": _place(self.gate_id, gates),
            "kind": None if self.kind is None else self.kind.value,
            "until": None if self.until is None else round(self.until),
            "metres": distance,
            "side": side,
            "level_change": level_change,
            "position": self.position,
            "likely": None if self.likely is None else round(self.likely),
            "seen": self._seen(lot),
            "can": [do.value for do in self.can],
            "text": text,
            "now": int(dt_util.utcnow().timestamp()),
        }

    def _seen(self, lot: Lot) -> Json:
        """Return the view of the route to the bay; None where there is none."""
        if self.bay_id not in lot or self.gate_id is None or not lot.has_gate(self.gate_id):
            return None
        return [*plan_of(lot).seen(self.gate_id, self.bay_id)]


def _place(wanted: str | None, ids: Iterable[str]) -> int | None:
    """Return the index of an id among others; None where it is missing."""
    if wanted is None:
        return None
    return next((place for place, one in enumerate(ids) if one == wanted), None)


def visitor_state(
    coordinator: LotCoordinator,
    guidance: GuidanceManager,
    forecast: ForecastManager,
    driver: str,
    session: Session | None,
) -> VisitorState:
    """Return the state of a visitor."""
    hold = guidance.of_driver(driver)
    if session is not None and session.parked is not None:
        return _parked(coordinator, session.parked, session.gate_id)
    if hold is None:
        return VisitorState(status=Status.NONE, can=(Action.GUIDE,))
    position = guidance.place_in_queue(hold)
    return _of_hold(
        coordinator,
        hold,
        position=position,
        likely=None if position is None else forecast.async_get_next_free_at(hold.kind, position),
        has_extended=session is not None and session.has_extended,
    )


def _parked(coordinator: LotCoordinator, parked: Parked, gate_id: str | None) -> VisitorState:
    """Return the state of a visitor whose car is parked."""
    bay_id, label = parked.bay_id, parked.label
    if parked.left_at is not None:
        return VisitorState(
            status=Status.DEPARTED, can=(Action.FOUND,), label=label, gate_id=gate_id
        )
    return VisitorState(
        status=Status.PARKED,
        can=(Action.FOUND,),
        bay_id=bay_id if bay_id in coordinator.lot else None,
        label=label,
        gate_id=gate_id,
        directions=_directions(coordinator, gate_id, bay_id),
    )


def _of_hold(
    coordinator: LotCoordinator,
    hold: Hold,
    *,
    position: int | None,
    likely: float | None,
    has_extended: bool,
) -> VisitorState:
    """Return the state of a visitor with a hold."""
    can: tuple[Action, ...]
    match hold.status:
        case HoldStatus.WAITING:
            status, can = Status.WAITING, (Action.RELEASE,)
        case HoldStatus.ARRIVED:
            status, can = Status.ARRIVED, (Action.YES, Action.NO)
        case _:
            status = Status.HELD
            can = (
                Action.PARKED,
                Action.ANOTHER,
                *(() if has_extended else (Action.EXTEND,)),
                Action.RELEASE,
            )
    bay_id = hold.bay_id if hold.bay_id in coordinator.lot else None
    return VisitorState(
        status=status,
        can=can,
        bay_id=bay_id,
        label=None if bay_id is None else coordinator.lot[bay_id].bay.label,
        gate_id=hold.gate_id,
        kind=hold.kind,
        until=hold.until if status is Status.HELD else None,
        position=position,
        likely=likely,
        directions=_directions(coordinator, hold.gate_id, bay_id),
    )


def _directions(
    coordinator: LotCoordinator, gate_id: str | None, bay_id: str | None
) -> Directions | None:
    """Return the directions to a bay, if both the gate and the bay exist."""
    lot = coordinator.lot
    if gate_id is None or not lot.has_gate(gate_id) or bay_id is None or bay_id not in lot:
        return None
    return lot.directions(gate_id, bay_id)
