"""The nearest vacant bay, as response data of actions and commands."""

from homeassistant.util.json import JsonObjectType

from ..coordinator import LotCoordinator
from ..lookup import get_gate
from ..lot.model import BayKind
from ..lot.routing.ranking import Route

ALTERNATIVES_DEFAULT = 3


def _route_data(way: Route) -> JsonObjectType:
    """Return a route as response data."""
    return {
        "bay": way.bay.label,
        "bay_id": way.bay.bay_id,
        "kind": way.bay.kind.value,
        "level": way.bay.level,
        "distance": round(way.distance_m, 1),
        "x": way.bay.x,
        "y": way.bay.y,
    }


def find_bay(
    coordinator: LotCoordinator, gate_name: str | None, kind: BayKind, alternatives: int
) -> JsonObjectType:
    """Return the best vacant bay for a gate and a kind, and the next best ones.

    Raises `ServiceValidationError` when there is no such gate.
    """
    gate = get_gate(coordinator, gate_name)
    ways = coordinator.lot.find(gate.gate_id, kind)
    found = [_route_data(way) for _, way in zip(range(1 + alternatives), ways, strict=False)]
    return {
        "gate": gate.name,
        "free": coordinator.lot.free_for(kind),
        "bay": found[0] if found else None,
        "alternatives": list(found[1:]),
    }
