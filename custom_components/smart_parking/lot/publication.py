"""A lot as it is published on MQTT: its topics, and its messages, to be written and to be read.

The format is described in docs/lot-on-mqtt.md. What is read comes from strangers: whatever does not
fit is nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
import json
from typing import Final, NamedTuple, Self

from .labels import is_printable
from .lot import BayStatus
from .model import Bay, BayKind, BayState, Gate

VERSION: Final = 1

STATUS: Final = "status"
HEARTBEAT: Final = "heartbeat"
LOT: Final = "lot"
PLAN: Final = "plan"
BAY: Final = "bay"
LEVEL: Final = "level"
KIND: Final = "kind"
ZONE: Final = "zone"

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"

# So often a lot says that it is there; who has not heard of it for three times that long gives up.
BEAT_S: Final = 60.0
BEATS_MISSED: Final = 3
# What others claim is not believed beyond these.
BEAT_MIN_S: Final = 5.0
BEAT_MAX_S: Final = 3600.0

# Brokers take a megabyte, and may cut off who sends more.
PLAN_BYTES_MAX: Final = 1_000_000
MESSAGE_BYTES_MAX: Final = 4_096
TEXT_MAX: Final = 100
BAYS_MAX: Final = 20_000
NUMBER_MAX: Final = 5_000.0

# What stands for the characters that mean something in a topic, and for that which says so.
_ESCAPES: Final = str.maketrans({one: f"%{ord(one):02X}" for one in "%/+#"})
_COLUMNS: Final = ("id", "label", "kind", "level", "zone", "x", "y", "heading", "width", "length")


def topic_level(text: str) -> str:
    """Return a text as one level of a topic; different texts give different ones."""
    return text.translate(_ESCAPES)


def bay_topic(label: str) -> str:
    """Return the topic of a bay, below that of its lot."""
    return f"{BAY}/{topic_level(label)}"


def groups_of(bay: Bay) -> tuple[str, ...]:
    """Return the topics below that of the lot where a bay counts."""
    groups = [LOT, f"{KIND}/{bay.kind}"]
    if bay.level:
        groups.append(f"{LEVEL}/{topic_level(bay.level)}")
    if bay.zone:
        groups.append(f"{ZONE}/{topic_level(bay.zone)}")
    return tuple(groups)


def name_of_group(group: str, bay: Bay) -> str:
    """Return what people call a group of bays, by one of them."""
    names = {LEVEL: bay.level, ZONE: bay.zone, KIND: str(bay.kind)}
    return names.get(group.partition("/")[0], "")


def topics_of(bays: Collection[Bay]) -> set[str]:
    """Return the topics that tell of bays, below that of their lot."""
    return {bay_topic(bay.label) for bay in bays}.union(*map(groups_of, bays))


class Tally:
    """How many bays of each state there are, in each of the groups in which they count."""

    def __init__(self) -> None:
        """Initialize without bays."""
        self._known: dict[str, tuple[tuple[str, ...], BayState]] = {}
        self._counts: dict[str, Counter[BayState]] = {}
        self._names: dict[str, str] = {}

    def count(self, bay: Bay, state: BayState) -> tuple[str, ...]:
        """Count a bay as it is now; return the groups whose numbers differ."""
        before = self._known.get(bay.bay_id)
        if before is not None and before[1] is state:
            return ()
        groups = groups_of(bay) if before is None else before[0]
        for group in groups:
            if group not in self._counts:
                self._counts[group] = Counter()
                self._names[group] = name_of_group(group, bay)
            if before is not None:
                self._counts[group][before[1]] -= 1
            self._counts[group][state] += 1
        self._known[bay.bay_id] = groups, state
        return groups

    def groups(self) -> list[str]:
        """Return all groups in which bays count, the lot among them."""
        return [*self._counts]

    def message(self, group: str) -> dict[str, object]:
        """Return the name of a group of bays, and its numbers."""
        return {"v": VERSION, "name": self._names[group], **self.numbers(group)}

    def numbers(self, group: str) -> dict[str, int]:
        """Return how many bays there are in a group, and of each state."""
        counts = self._counts.get(group, Counter[BayState]())
        return {
            "total": counts.total(),
            "free": counts[BayState.VACANT],
            "occupied": counts[BayState.OCCUPIED],
            "held": counts[BayState.HELD],
            "out_of_service": counts[BayState.OUT_OF_SERVICE],
            "unknown": counts[BayState.UNKNOWN],
        }


def as_time(epoch_s: float) -> str:
    """Return a time in seconds since the epoch as it is written in messages."""
    at = datetime.fromtimestamp(epoch_s, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def bay_message(status: BayStatus) -> dict[str, object]:
    """Return what is said of a bay: nobody for whom it is held, nothing of vehicles."""
    message: dict[str, object] = {
        "v": VERSION,
        "id": status.bay.bay_id,
        "label": status.bay.label,
        "state": status.state.value,
        "since": as_time(status.since),
    }
    if status.state is BayState.UNKNOWN and status.fault is not None:
        message["fault"] = status.fault.value
    return message


def heartbeat_message(epoch_s: float) -> dict[str, object]:
    """Return what says that a lot was there at a time."""
    return {"v": VERSION, "at": as_time(epoch_s), "every_s": int(BEAT_S)}


def plan_message(name: str, bays: Iterable[Bay], gates: Iterable[Gate]) -> bytes | None:
    """Return what a lot is made of; None where that is more than a broker takes.

    Kinds, levels and zones are spoken of by their index. Takes some milliseconds for a large lot.
    """
    kinds: dict[str, int] = {}
    levels: dict[str, int] = {}
    zones: dict[str, int] = {}
    rows: list[list[object]] = []
    for bay in bays:
        row: list[object] = [
            bay.bay_id,
            bay.label,
            kinds.setdefault(bay.kind.value, len(kinds)),
            levels.setdefault(bay.level, len(levels)),
            zones.setdefault(bay.zone, len(zones)),
            bay.x,
            bay.y,
            bay.heading,
            bay.width,
            bay.length,
        ]
        while row[-1] is None:
            row.pop()
        rows.append(row)
    message = {
        "v": VERSION,
        "name": name[:TEXT_MAX],
        "columns": _COLUMNS,
        "kinds": [*kinds],
        "levels": [*levels],
        "zones": [*zones],
        "bays": rows,
        "gates": [{"name": one.name, "level": one.level, "x": one.x, "y": one.y} for one in gates],
    }
    payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return payload if len(payload) <= PLAN_BYTES_MAX else None


# Reading.


class PublishedBay(NamedTuple):
    """What a message says of a bay."""

    bay_id: str
    state: BayState
    since: float | None
    """Since when it has its state, in seconds since the epoch, as far as that can be read."""


class PublishedLot(NamedTuple):
    """What a message says of a lot as a whole."""

    name: str
    total: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPlan:
    """What a lot is made of."""

    name: str
    bays: Sequence[Bay]
    tag: str
    """Another one whenever anything of the bays is."""

    @classmethod
    def read(cls, payload: bytes) -> Self | None:
        """Read a message; None when it is not understood, or tells twice of a bay."""
        message = _object(payload, PLAN_BYTES_MAX)
        if message is None:
            return None
        lists = {key: message.get(key) for key in ("columns", "bays", "kinds", "levels", "zones")}
        known = {key: one for key, one in lists.items() if isinstance(one, list)}
        if len(known) < len(lists) or len(known["bays"]) > BAYS_MAX:
            return None
        try:
            bays = tuple(_bay(row, **known) for row in known.pop("bays"))
        except LookupError, TypeError, ValueError:
            return None
        if len({bay.bay_id for bay in bays}) < len(bays) or not (name := _text(message, "name")):
            return None
        tag = sha256(repr(bays).encode()).hexdigest()[:16]
        return cls(name=name, bays=bays, tag=tag)


def read_bay(payload: bytes) -> PublishedBay | None:
    """Read what is said of a bay; None when it is not understood."""
    message = _object(payload, MESSAGE_BYTES_MAX)
    if message is None or not (bay_id := _text(message, "id")):
        return None
    try:
        state = BayState(str(message.get("state")))
    except ValueError:
        return None
    return PublishedBay(bay_id, state, _time(message.get("since")))


def read_lot(payload: bytes) -> PublishedLot | None:
    """Read what is said of a lot as a whole; None when it is not understood."""
    message = _object(payload, 16 * MESSAGE_BYTES_MAX)
    if message is None or not (name := _text(message, "name")):
        return None
    total, free = message.get("total"), message.get("free")
    if type(total) is not int or type(free) is not int or not 0 <= free <= total:
        return None
    return PublishedLot(name, total, free)


def read_heartbeat(payload: bytes) -> tuple[float, float] | None:
    """Return when a lot says it was there, in seconds since the epoch, and how often it says so."""
    message = _object(payload, MESSAGE_BYTES_MAX)
    if message is None or (at := _time(message.get("at"))) is None:
        return None
    every_s = message.get("every_s")
    if not isinstance(every_s, int | float) or not every_s > 0:
        every_s = BEAT_S
    return at, min(BEAT_MAX_S, max(BEAT_MIN_S, every_s))


def _object(payload: bytes, bytes_max: int) -> Mapping[str, object] | None:
    """Return a message of this version; None where there is none."""
    if len(payload) > bytes_max:
        return None
    try:
        message = json.loads(payload)
    except ValueError, RecursionError:
        return None
    if not isinstance(message, dict) or message.get("v") != VERSION:
        return None
    return message


def _text(message: Mapping[str, object], key: str) -> str:
    """Return a short text that is in a message; an empty one where there is none."""
    text = message.get(key)
    return text if isinstance(text, str) and len(text) <= TEXT_MAX and is_printable(text) else ""


def _time(text: object) -> float | None:
    """Return a time in seconds since the epoch; None where that is none."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.timestamp() if at.tzinfo is not None else None
    except ValueError, OverflowError, OSError:
        return None


def _bay(
    row: object,
    *,
    columns: Sequence[str],
    kinds: Sequence[object],
    levels: Sequence[object],
    zones: Sequence[object],
) -> Bay:
    """Return a bay of a plan; raise `LookupError`, `TypeError` or `ValueError` if not."""
    if not isinstance(row, list):
        raise TypeError(row)
    # Another version may know more of a bay.
    cells = dict(zip(columns, row, strict=False))
    kind = _named(cells["kind"], kinds)
    texts = {
        "id": cells["id"],
        "label": cells["label"],
        "level": _named(cells["level"], levels),
        "zone": _named(cells["zone"], zones),
    }
    for key, text in texts.items():
        if not _text(texts, key) and (text != "" or key in ("id", "label")):
            raise ValueError(row)
    return Bay(
        bay_id=cells["id"],
        label=cells["label"],
        # What another version knows is taken for the usual one.
        kind=BayKind(str(kind)) if kind in [*BayKind] else BayKind.STANDARD,
        level=str(texts["level"]),
        zone=str(texts["zone"]),
        x=_number(cells.get("x")) or 0.0,
        y=_number(cells.get("y")) or 0.0,
        heading=_number(cells.get("heading")),
        width=_number(cells.get("width")),
        length=_number(cells.get("length")),
    )


def _named(cell: object, names: Sequence[object]) -> object:
    """Return what a number names, or raise `LookupError` or `TypeError`."""
    if type(cell) is not int or cell < 0:
        raise TypeError(cell)
    return names[cell]


def _number(cell: object) -> float | None:
    """Return a number; None where there is none, or raise `ValueError`."""
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not abs(cell) <= NUMBER_MAX:
        raise ValueError(cell)
    return float(cell)
