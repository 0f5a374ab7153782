"""Public snapshot of a lot: only what signs and the view from the entrance show anyway.

The format is described in docs/visitors.md. Bays, gates and kinds are given by their index.
"""

from collections.abc import Collection
import secrets
import time
from typing import ClassVar, NamedTuple

from homeassistant.helpers.json import json_bytes

from ..coordinator import LotCoordinator
from ..live.snapshot import LETTERS, Json, NearestBay, Recent, route_data
from ..lot.holds.hold import HoldStatus
from ..lot.lot import Lot
from ..lot.model import BayKind
from ..lot.routing.directions import rows_of
from ..rendering.level import Seen
from ..texts import unit_of
from .plan_drawings import plan_of

# When a bay is likely is told anew when it differs by so much.
LIKELY_STEP_S = 60


def kinds_for_visitors(lot: Lot) -> list[BayKind]:
    """Return the kinds of a lot that visitors may ask for."""
    return [
        kind
        for kind in BayKind
        if kind is BayKind.STANDARD or (kind is not BayKind.STAFF and lot.count(kind=kind))
    ]


def likely_at(coordinator: LotCoordinator, kind: BayKind) -> int | None:
    """Return when a bay is likely for who comes now and finds none, in seconds since the epoch.

    Those who wait already go first. None while there is a bay, and when nobody can tell.
    """
    lot, data = coordinator.lot, coordinator.entry.runtime_data
    if not lot.is_known or lot.free_for(kind):
        return None
    waiting = sum(hold.status is HoldStatus.WAITING for hold in data.guidance.all())
    at = data.forecast.async_get_next_free_at(kind, waiting + 1)
    return None if at is None else round(at)


class Offer(NamedTuple):
    """The bay that a visitor would get, and the view of the route."""

    bay: NearestBay
    seen: Seen


class PublicSnapshot:
    """The public state of a lot as it was sent, for one layout of it.

    `step` updates it from the lot; after that `delta` returns the difference from any earlier
    state, as bytes that all clients with that state share.
    """

    shows_entities: ClassVar[bool] = False

    def __init__(self, coordinator: LotCoordinator, seq: int) -> None:
        """Initialize from a lot; numbers continue from `seq`."""
        self.seq = seq
        self._tag = secrets.token_hex(4)
        self.coordinator = coordinator
        self._lot = lot = coordinator.lot
        self.edition = lot.edition
        self.kinds = kinds_for_visitors(lot)
        self.bays = {status.bay.bay_id: index for index, status in enumerate(lot)}
        self.gates = {gate.gate_id: index for index, gate in enumerate(lot.gates)}
        self._unit = unit_of(coordinator.hass)
        self._letters = [LETTERS[status.state] for status in lot]
        self._places = [
            (gate, kind, gate_id, of_kind)
            for gate_id, gate in self.gates.items()
            for kind, of_kind in enumerate(self.kinds)
        ]
        self._offers = {
            (gate, kind): self._offer(gate_id, of_kind)
            for gate, kind, gate_id, of_kind in self._places
        }
        self._likely = [self._likely_at(kind) for kind in self.kinds]
        self._likely_seq = seq
        self._layout = _layout(coordinator, self.kinds)
        self._at = int(time.time())
        self._recent_bays: Recent[int] = Recent()
        self._recent_offers: Recent[tuple[int, int]] = Recent()
        self._whole: bytes | None = None
        self._deltas: dict[int, bytes] = {}

    @property
    def tag(self) -> str:
        """What is another one whenever something else is to be told."""
        return f"{self._tag}-{self.seq}"

    def whole(self) -> bytes:
        """Return the first message, with everything."""
        if self._whole is None:
            nearest: list[Json] = [
                [_shown(self._offers[gate, kind]) for kind in range(len(self.kinds))]
                for gate in self.gates.values()
            ]
            state: dict[str, Json] = {
                "states": "".join(self._letters),
                "nearest": nearest,
                "seq": self.seq,
            }
            if any(self._likely):
                state["likely"] = [*self._likely]
            self._whole = b'{"lot":%b,%b' % (self._layout, json_bytes(state)[1:-1])
        return b'%b,"now":%d}' % (self._whole, int(time.time()))

    def step(self, bay_ids: Collection[str], gate_ids: Collection[str]) -> bool:
        """Read possible changes; return whether any of them has to be sent."""
        seq, changed = self.seq + 1, False
        for bay_id in bay_ids:
            index, letter = self.bays[bay_id], LETTERS[self._lot[bay_id].state]
            if letter != self._letters[index]:
                self._letters[index] = letter
                self._recent_bays.note(index, seq)
                changed = True
        if changed:
            self._step_offers(seq)
        if self._step_likely():
            self._likely_seq, changed = seq, True
        if changed:
            self.seq, self._at = seq, int(time.time())
            self._whole = None
            self._deltas.clear()
        return changed

    def delta(self, seq: int) -> bytes:
        """Return the changes after a message."""
        if (known := self._deltas.get(seq)) is None:
            delta: dict[str, Json] = {
                "s": self.seq,
                "t": self._at,
                "b": [[index, self._letters[index]] for index in self._recent_bays.after(seq)],
            }
            offers: list[Json] = [
                [*place, *(_shown(self._offers[place]) or ())]
                for place in self._recent_offers.after(seq)
            ]
            if offers:
                delta["n"] = offers
            if self._likely_seq > seq:
                delta["w"] = [*self._likely]
            known = self._deltas[seq] = json_bytes(delta)
        return known

    def _step_offers(self, seq: int) -> None:
        """Update the offers after a change of bays."""
        for gate, kind, gate_id, of_kind in self._places:
            offer = self._offer(gate_id, of_kind)
            if offer != self._offers[gate, kind]:
                self._offers[gate, kind] = offer
                self._recent_offers.note((gate, kind), seq)

    def _step_likely(self) -> bool:
        """See when bays are likely to become free; return whether that is worth telling."""
        likely = [self._likely_at(kind) for kind in self.kinds]
        if all(
            before == now
            or (before is not None and now is not None and abs(now - before) < LIKELY_STEP_S)
            for before, now in zip(self._likely, likely, strict=True)
        ):
            return False
        self._likely = likely
        return True

    def _likely_at(self, kind: BayKind) -> int | None:
        """Return when a bay is likely for who comes now and finds none, behind those who wait."""
        return likely_at(self.coordinator, kind)

    def _offer(self, gate_id: str, kind: BayKind) -> Offer | None:
        """Return the bay that a visitor would get."""
        way = next(self._lot.find(gate_id, kind), None)
        if way is None:
            return None
        directions = self._lot.directions(gate_id, way.bay.bay_id)
        bay = NearestBay(self.bays[way.bay.bay_id], *route_data(directions, self._unit))
        return Offer(bay, plan_of(self._lot).seen(gate_id, way.bay.bay_id))


def _shown(offer: Offer | None) -> list[Json] | None:
    """Return an offer as it is sent."""
    return None if offer is None else [*offer.bay, [*offer.seen]]


def _layout(coordinator: LotCoordinator, kinds: Collection[BayKind]) -> bytes:
    """Return a lot's name and its parts."""
    plan = plan_of(coordinator.lot)
    bays = [status.bay for status in coordinator.lot]
    rows = rows_of(bays)
    layout: dict[str, Json] = {
        "name": coordinator.entry.title,
        "plan": plan.name,
        "bays": [
            {
                "label": bay.label,
                "kind": bay.kind.value,
                "level": bay.level,
                "row": rows.get(bay.bay_id),
            }
            for bay in bays
        ],
        "gates": [
            {
                "id": gate.gate_id,
                "name": gate.name,
                "level": gate.level,
                "seen": [*plan.seen(gate.gate_id)],
            }
            for gate in plan.gates
        ],
        "kinds": [kind.value for kind in kinds],
    }
    return json_bytes(layout)
