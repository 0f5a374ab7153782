"""Actions of visitors. Each visitor has one bay at a time, and acts for no other driver.

An action on a bay that the visitor no longer has does nothing: a double tap counts once.
"""

from collections.abc import Callable, Mapping

from ..lot.holds.events import HoldError
from ..lot.holds.hold import Hold, HoldStatus
from ..lot.labels import name_key
from ..lot.model import Bay, BayKind, Gate
from .access import VisitorRequest
from .manager import parked_in
from .preferences import Preferences
from .state import Action

BAY = "bay"

type Form = Mapping[str, str]


class RefusedError(Exception):
    """An action is refused; the key is for programs, and names the text for the visitor."""

    def __init__(self, key: str) -> None:
        """Initialize with the key of the reason."""
        super().__init__(key)
        self.key = key


def act(visit: VisitorRequest, do: Action, form: Form) -> None:
    """Run a visitor's action, or raise `RefusedError`."""
    try:
        _ACTIONS[do](visit, form)
    except HoldError as err:
        raise RefusedError(err.key) from err


def get_gate(visit: VisitorRequest, choice: Preferences) -> Gate | None:
    """Return the gate of a visitor: the chosen one, else the first."""
    gates = visit.coordinator.lot.gates
    chosen = (gate for gate in gates if gate.gate_id == choice.gate_id)
    return next(chosen, gates[0] if gates else None)


def _hold(visit: VisitorRequest) -> Hold | None:
    """Return the hold of a visitor."""
    return visit.data.guidance.of_driver(visit.driver)


def _hold_of_form(visit: VisitorRequest, form: Form) -> Hold | None:
    """Return the hold of a visitor, unless the form is about another bay."""
    hold, label = _hold(visit), form.get(BAY)
    if hold is None or hold.bay_id is None or hold.bay_id not in visit.coordinator.lot:
        return None
    bay = visit.coordinator.lot[hold.bay_id].bay
    return hold if label in (None, bay.label) else None


def _guide(visit: VisitorRequest, form: Form) -> None:
    """Hold the nearest bay for a visitor, or put them into the queue."""
    guidance, choice = visit.data.guidance, visit.choice
    if (gate := get_gate(visit, choice)) is None:
        raise RefusedError("no_gate")
    hold, kind = _hold(visit), choice.kind or BayKind.STANDARD
    will_wait = next(visit.coordinator.lot.find(gate.gate_id, kind), None) is None
    visitors = visit.visitors
    if hold is None and not visitors.has_room(visit.client, queue=will_wait):
        raise RefusedError("too_many_here")
    is_more = hold is None or (hold.status is HoldStatus.WAITING) is not will_wait
    if is_more and not visitors.has_share(visit.client, queue=will_wait):
        raise RefusedError("too_many")
    session = visit.begin()
    guidance.async_guide(gate.gate_id, kind, visit.driver)
    had_parked = session.parked is not None
    session.parked = session.message = None
    session.gate_id = gate.gate_id
    visit.visitors.async_note(is_relied_on=had_parked)
    visit.visitors.streams.async_send_state(visit.driver)


def _another(visit: VisitorRequest, form: Form) -> None:
    """Send a visitor to the next best bay."""
    if (hold := _hold_of_form(visit, form)) is not None:
        visit.data.guidance.async_another(hold)


def _extend(visit: VisitorRequest, form: Form) -> None:
    """Extend a hold, once."""
    hold, session = _hold_of_form(visit, form), visit.session
    if hold is None or session is None or session.has_extended:
        return
    visit.data.guidance.async_extend(hold, hold.length_s)
    session.has_extended = True


def _release(visit: VisitorRequest, form: Form) -> None:
    """Release a bay, or a place in the queue."""
    if (hold := _hold(visit)) is not None:
        visit.data.guidance.async_release(hold)
    if (session := visit.session) is not None:
        session.message = None


def _yes(visit: VisitorRequest, form: Form) -> None:
    """Record that the vehicle in the bay is the visitor's."""
    hold = _hold_of_form(visit, form)
    if hold is not None and hold.status is HoldStatus.ARRIVED:
        visit.begin()
        visit.data.guidance.async_confirm(hold, parked=True)


def _no(visit: VisitorRequest, form: Form) -> None:
    """Record that the bay was occupied by another vehicle."""
    hold = _hold_of_form(visit, form)
    if hold is not None and hold.status in (HoldStatus.HELD, HoldStatus.ARRIVED):
        visit.begin()
        visit.data.guidance.async_confirm(hold, parked=False)


def _parked(visit: VisitorRequest, form: Form) -> None:
    """Store where a visitor has parked: in the held bay, or in another one."""
    guidance, hold = visit.data.guidance, _hold(visit)
    bay = _bay_of(visit, form, hold)
    session = visit.begin()
    gate = get_gate(visit, visit.choice)
    session.gate_id = session.gate_id or (None if gate is None else gate.gate_id)
    session.parked = parked_in(visit.coordinator, bay.bay_id)
    visit.visitors.async_note(is_relied_on=True)
    if hold is not None and hold.bay_id == bay.bay_id:
        guidance.async_confirm(hold, parked=True)
    elif hold is not None:
        guidance.async_release(hold)
    session.message = None
    visit.visitors.streams.async_send_state(visit.driver)


def _bay_of(visit: VisitorRequest, form: Form, hold: Hold | None) -> Bay:
    """Return the bay in which a visitor has parked, or raise `RefusedError`."""
    lot = visit.coordinator.lot
    if label := name_key(form.get(BAY, "")):
        found = (status.bay for status in lot if name_key(status.bay.label) == label)
        if (bay := next(found, None)) is None:
            raise RefusedError("unknown_bay")
        return bay
    if hold is None or hold.bay_id is None or hold.bay_id not in lot:
        raise RefusedError("no_bay")
    return lot[hold.bay_id].bay


def _found(visit: VisitorRequest, form: Form) -> None:
    """Remove the place of the car: its driver is there."""
    session, hold = visit.session, _hold(visit)
    if session is not None and session.parked is not None:
        session.parked = None
        visit.visitors.async_note(is_relied_on=True)
        visit.visitors.streams.async_send_state(visit.driver)
        if hold is not None:
            visit.data.guidance.async_release(hold)
        session.message = None


def _forget(visit: VisitorRequest, form: Form) -> None:
    """Remove a visitor, and release their hold."""
    _release(visit, form)
    visit.visitors.push.async_unsubscribe(visit.driver)
    visit.data.promotions.async_forget_visitor(visit.driver)
    visit.visitors.sessions.drop(visit.driver)
    visit.visitors.async_note(is_relied_on=True)
    visit.visitors.streams.async_send_state(visit.driver)


_ACTIONS: Mapping[Action, Callable[[VisitorRequest, Form], None]] = {
    Action.GUIDE: _guide,
    Action.ANOTHER: _another,
    Action.EXTEND: _extend,
    Action.RELEASE: _release,
    Action.YES: _yes,
    Action.NO: _no,
    Action.PARKED: _parked,
    Action.FOUND: _found,
    Action.FORGET: _forget,
}
