"""Snapshot of a lot for dashboards: a whole message first, and then deltas.

The format is described in docs/reference.md. Bays and gates are given by their index.
"""

from collections.abc import Collection, Iterator
import time
from typing import ClassVar, NamedTuple

from homeassistant.auth.models import User
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_bytes

from ..coordinator import LotCoordinator
from ..guidance.manager import GuidanceManager
from ..lookup import OF_BAY, OF_GATE, entity_of
from ..lot.drawing.surroundings import Surroundings
from ..lot.model import Bay, BayState, Fault, Gate
from ..lot.routing.directions import Directions, LevelChange, Side, Unit
from ..lot.routing.geometry import Geometry
from ..lot.routing.network import Plan
from ..permissions import Caller
from ..sources.simulated import SimulatedSource
from ..texts import unit_of

LETTERS = {
    BayState.VACANT: "v",
    BayState.OCCUPIED: "o",
    BayState.HELD: "h",
    BayState.OUT_OF_SERVICE: "x",
    BayState.UNKNOWN: "u",
}

SIDE_LETTERS = {Side.LEFT: "l", Side.RIGHT: "r", Side.AHEAD: "a"}
LEVEL_LETTERS = {LevelChange.UP: "u", LevelChange.DOWN: "d", LevelChange.OTHER: "o"}

# Seconds between a change and its delta that count as the same time.
SAME_TIME_S = 1

# Permissions of a user on the map.
GUIDE = "guide"
OUT_OF_SERVICE = "out_of_service"
HOLDS = "holds"
SIMULATE = "simulate"

type Json = str | int | float | list[Json] | dict[str, Json] | None


class NearestBay(NamedTuple):
    """The bay that a driver is sent to from a gate, with the directions."""

    bay: int
    """Its index."""
    distance: int
    side: str | None
    level: str | None
    """Change of level on the route."""


class Recent[KeyT]:
    """Stores when each thing changed last, in numbers that only grow."""

    def __init__(self) -> None:
        """Initialize without changes."""
        self._changed: dict[KeyT, int] = {}

    def note(self, key: KeyT, seq: int) -> None:
        """Record that a thing has changed."""
        self._changed.pop(key, None)
        self._changed[key] = seq

    def after(self, seq: int) -> Iterator[KeyT]:
        """Yield the things that have changed after a number, the newest first."""
        for key, changed in reversed(self._changed.items()):
            if changed <= seq:
                return
            yield key


class LotSnapshot:
    """The state of a lot as it was sent, for one layout of it.

    `step` updates it from some bays and gates of the lot; after that `delta` returns the difference
    from any earlier state. So the state of a subscriber is the number of its last message, and all
    subscribers with the same number get the same bytes.
    """

    shows_entities: ClassVar[bool] = True

    def __init__(self, coordinator: LotCoordinator, guidance: GuidanceManager, seq: int) -> None:
        """Initialize from a lot; numbers continue from `seq`."""
        self.seq = seq
        self.coordinator = coordinator
        self._guidance = guidance
        self._forecast = coordinator.entry.runtime_data.forecast
        self._lot = lot = coordinator.lot
        self.edition = lot.edition
        bays = [status.bay for status in lot]
        gates = lot.gates
        self._bays = {bay.bay_id: index for index, bay in enumerate(bays)}
        self._gates = {gate.gate_id: index for index, gate in enumerate(gates)}
        self._layout = _layout(coordinator, bays, gates)
        self._letters = [LETTERS[status.state] for status in lot]
        self._since = [int(status.since) for status in lot]
        self._faults = {
            index: fault for bay_id, index in self._bays.items() if (fault := self._fault(bay_id))
        }
        self._held = {
            index: until for bay_id, index in self._bays.items() if (until := self._until(bay_id))
        }
        self._unit = unit_of(coordinator.hass)
        self._nearest = [self._way(gate.gate_id) for gate in gates]
        self._full_from = self._usually_full_from()
        self._full_from_seq = seq
        self._at = int(time.time())
        self._recent_bays: Recent[int] = Recent()
        self._recent_faults: Recent[int] = Recent()
        self._recent_held: Recent[int] = Recent()
        self._recent_gates: Recent[int] = Recent()
        self._whole: bytes | None = None
        self._deltas: dict[int, bytes] = {}

    def whole(self, user: User) -> bytes:
        """Return the first message for a user, with everything."""
        if self._whole is None:
            state: dict[str, Json] = {
                "states": "".join(self._letters),
                "since": [*self._since],
                "faults": {str(index): fault for index, fault in self._faults.items()},
                "held": {str(index): until for index, until in self._held.items()},
                "nearest": [None if way is None else [*way] for way in self._nearest],
                "seq": self.seq,
            }
            if self._full_from is not None:
                state["full_from"] = self._full_from
            self._whole = b'{"lot":%b,%b' % (self._layout, json_bytes(state)[1:-1])
        can = json_bytes(self._rights(user))
        return b'%b,"now":%d,"can":%b}' % (self._whole, int(time.time()), can)

    def step(self, bay_ids: Collection[str], gate_ids: Collection[str]) -> bool:
        """Read possible changes; return whether any of them has to be sent."""
        seq, changed = self.seq + 1, False
        now = int(time.time())
        for bay_id in bay_ids:
            changed |= self._step_bay(bay_id, seq)
        for gate_id in gate_ids:
            gate, way = self._gates[gate_id], self._way(gate_id)
            if way != self._nearest[gate]:
                self._nearest[gate] = way
                self._recent_gates.note(gate, seq)
                changed = True
        if (full_from := self._usually_full_from()) != self._full_from:
            self._full_from, self._full_from_seq = full_from, seq
            changed = True
        if changed:
            self.seq, self._at = seq, now
            self._whole = None
            self._deltas.clear()
        return changed

    def delta(self, seq: int) -> bytes:
        """Return the changes after a message."""
        if (known := self._deltas.get(seq)) is not None:
            return known
        delta: dict[str, Json] = {
            "s": self.seq,
            "t": self._at,
            "b": [self._changed(index) for index in self._recent_bays.after(seq)],
        }
        if ways := [[gate, *(self._nearest[gate] or ())] for gate in self._recent_gates.after(seq)]:
            delta["n"] = [[*way] for way in ways]
        if faults := {
            str(index): self._faults.get(index) for index in self._recent_faults.after(seq)
        }:
            delta["f"] = {**faults}
        if kept := {str(index): self._held.get(index) for index in self._recent_held.after(seq)}:
            delta["h"] = {**kept}
        if self._full_from_seq > seq:
            delta["u"] = self._full_from
        self._deltas[seq] = json_bytes(delta)
        return self._deltas[seq]

    def _changed(self, index: int) -> list[Json]:
        """Return a bay with its new state and its time, unless that is the delta's own time."""
        letter, since = self._letters[index], self._since[index]
        is_now = abs(since - self._at) <= SAME_TIME_S
        return [index, letter] if is_now else [index, letter, since]

    def _step_bay(self, bay_id: str, seq: int) -> bool:
        """Update a bay from the lot."""
        index = self._bays[bay_id]
        letter, fault = LETTERS[self._lot[bay_id].state], self._fault(bay_id)
        changed = False
        if letter != self._letters[index]:
            self._letters[index] = letter
            self._since[index] = int(self._lot[bay_id].since)
            self._recent_bays.note(index, seq)
            changed = True
        if fault != self._faults.get(index):
            self._faults.pop(index, None)
            if fault is not None:
                self._faults[index] = fault
            self._recent_faults.note(index, seq)
            changed = True
        if (until := self._until(bay_id)) != self._held.get(index):
            self._held.pop(index, None)
            if until is not None:
                self._held[index] = until
            self._recent_held.note(index, seq)
            changed = True
        return changed

    def _usually_full_from(self) -> int | None:
        """Return from when the lot is usually full today, in seconds since the epoch."""
        at = self._forecast.usually_full_at
        return None if at is None else round(at)

    def _fault(self, bay_id: str) -> str | None:
        """Return the fault of a bay's sensor; a missing first reading is none."""
        fault = self._lot[bay_id].fault
        return None if fault in (None, Fault.NO_READING) else fault.value

    def _until(self, bay_id: str) -> int | None:
        """Return until when a bay is held, in seconds since the epoch."""
        if not self._lot[bay_id].held:
            return None
        hold = self._guidance.of_bay(bay_id)
        return None if hold is None else round(hold.until)

    def _way(self, gate_id: str) -> NearestBay | None:
        """Return the nearest vacant bay of a gate."""
        way = self._lot.nearest(gate_id)
        if way is None:
            return None
        bay_id = way.bay.bay_id
        directions = self._lot.directions(gate_id, bay_id)
        return NearestBay(self._bays[bay_id], *route_data(directions, self._unit))

    def _rights(self, user: User) -> list[str]:
        """Return the permissions of a user on the map."""
        can = [GUIDE] if Caller(user).may_control(self.coordinator) else []
        if user.is_admin:
            can += [OUT_OF_SERVICE, HOLDS]
            nodes = self.coordinator.nodes.values()
            if any(isinstance(node.source, SimulatedSource) for node in nodes):
                can.append(SIMULATE)
        return can


def _layout(coordinator: LotCoordinator, bays: Collection[Bay], gates: Collection[Gate]) -> bytes:
    """Return a lot's name and its parts."""
    network = coordinator.lot.network
    layout: dict[str, Json] = {
        "entry_id": coordinator.entry.entry_id,
        "name": coordinator.entry.title,
        "unit": unit_of(coordinator.hass).value,
        "bays": [
            {
                "id": bay.bay_id,
                **bay_layout(bay, network.shapes[bay.bay_id]),
                "entity_id": _shown(entity_of(coordinator, bay.bay_id, *OF_BAY)),
            }
            for bay in bays
        ],
        "gates": [
            {
                **gate_layout(gate, network.headings[gate.gate_id]),
                "entity_id": _shown(entity_of(coordinator, gate.gate_id, *OF_GATE)),
            }
            for gate in gates
        ],
        "network": network_layout(network.plan()),
    }
    if surroundings := coordinator.lot.surroundings:
        layout["surroundings"] = surroundings_layout(surroundings)
    return json_bytes(layout)


def route_data(directions: Directions, unit: Unit) -> tuple[int, str | None, str | None]:
    """Return directions as they are sent: distance, side, change of level."""
    side, change = directions.side, directions.level_change
    return (
        directions.distance(unit),
        None if side is None else SIDE_LETTERS[side],
        None if change is None else LEVEL_LETTERS[change],
    )


def bay_layout(bay: Bay, shape: Geometry) -> dict[str, Json]:
    """Return the properties and the place of a bay."""
    return {
        "label": bay.label,
        "kind": bay.kind.value,
        "level": bay.level,
        "x": bay.x,
        "y": bay.y,
        "w": shape.width,
        "l": shape.length,
        "heading": shape.heading,
    }


def gate_layout(gate: Gate, heading: float) -> dict[str, Json]:
    """Return the properties and the place of a gate."""
    return {
        "id": gate.gate_id,
        "name": gate.name,
        "level": gate.level,
        "x": gate.x,
        "y": gate.y,
        "heading": heading,
    }


def network_layout(plan: Plan) -> dict[str, Json]:
    """Return the routes through a lot; levels are given by their index, too."""
    levels = [*dict.fromkeys(place.level for place in plan.places)]
    return {
        "levels": [*levels],
        "nodes": [[place.x, place.y, levels.index(place.level)] for place in plan.places],
        "gates": [*plan.gates],
        "bays": [*plan.bays],
        "parents": [[*parents] for parents in plan.parents],
    }


def surroundings_layout(surroundings: Surroundings) -> dict[str, Json]:
    """Return what is drawn around the bays."""
    return {
        "lanes": [
            {
                "level": one.level,
                "points": [[*point] for point in one.points],
                "one_way": one.one_way,
            }
            for one in surroundings.lanes
        ],
        "ramps": [
            {"level": end.level, "x": end.x, "y": end.y, "to": other}
            for ramp in surroundings.ramps
            for end, other in ((ramp.start, ramp.end.level), (ramp.end, ramp.start.level))
        ],
        "walls": [
            {"level": one.level, "points": [[*point] for point in one.points]}
            for one in surroundings.walls
        ],
        "zones": [
            {"level": one.level, "points": [[*point] for point in one.points], "name": one.name}
            for one in surroundings.zones
        ],
        "grounds": [
            {
                "level": one.level,
                "picture": one.picture,
                "x": one.x,
                "y": one.y,
                "w": one.width,
                "h": one.height,
                "turn": one.turn,
                "opacity": one.opacity,
            }
            for one in surroundings.grounds
        ],
    }


def _shown(entry: er.RegistryEntry | None) -> str | None:
    """Return an entity's id, if it is enabled."""
    return None if entry is None or entry.disabled else entry.entity_id
