"""What nodes elsewhere and Home Assistant say to one another, and how it is written as JSON.

Times are in milliseconds of the node's own monotonic clock, `up_ms`: no clock of the day is needed
to be right, at either end. What cannot be understood raises `MessageError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import hashlib
import json
from typing import Any

from ..lot.model import OUT_OF_REACH, Fault, Observation, Reading
from ..lot.tracker import Calibration
from .fields import Fields, MessageError

PROTOCOL = 1
# More bays than any Pi has lines for, with expanders.
BAYS_MAX = 512
CHANGES_MAX = 500
CHIPS_MAX = 16
SEQ_MAX = 2**53
# A machine that has been up for longer than this is none: 100 years.
UP_MAX_MS = 100 * 366 * 86_400_000
LINE_MAX = 4095
METRES_MAX = 100.0
PLACE_MAX_M = 5000.0
WORD_MAX = 64
TEXT_MAX = 120
# What an answer or a result says of what went wrong, at most.
PLACEHOLDERS_MAX = 8
NOTHING = "nothing"
"""How the distance of an empty bay is written in which the sensor hears nothing."""

type Json = dict[str, Any]


def encode(data: Json) -> bytes:
    """Return what goes over the wire."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be done: the key of words, and what is put into them."""

    error: str
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> Json:
        """Return it as it is written."""
        return {"error": self.error, "placeholders": dict(self.placeholders)}


_FAULTS = {fault.value: fault for fault in Fault}


def _fault(fields: Fields) -> Fault:
    """Return the fault that is named."""
    word = fields.word("fault", WORD_MAX)
    if word not in _FAULTS:
        raise MessageError(f"{word!r} is no fault")
    return _FAULTS[word]


def _refusal(fields: Fields) -> Refusal | None:
    """Return why something could not be done, if it could not."""
    if not fields.has("error"):
        return None
    placeholders = fields.texts("placeholders", PLACEHOLDERS_MAX, TEXT_MAX)
    return Refusal(fields.word("error", WORD_MAX), placeholders)


# What a node says.


@dataclass(frozen=True, slots=True)
class ChipInfo:
    """A GPIO chip of a node."""

    path: str
    label: str
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a node is."""

    name: str
    machine: str
    """Tells one machine from another of the same name."""
    run: str
    """Tells one start of the program from another."""
    version: str = ""
    model: str = ""
    chips: Sequence[ChipInfo] = ()
    is_configured: bool = False
    """Whether it is a part of a lot already."""

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        chips = [{"path": one.path, "label": one.label, "lines": one.lines} for one in self.chips]
        return encode(
            {
                "protocol": PROTOCOL,
                "name": self.name,
                "machine": self.machine,
                "run": self.run,
                "version": self.version,
                "model": self.model,
                "chips": chips,
                "configured": self.is_configured,
            }
        )

    @staticmethod
    def parse(name: str, payload: bytes) -> Announcement:
        """Return what a node of a name announces."""
        fields = Fields.parse(payload)
        if fields.word("name", WORD_MAX) != name:
            raise MessageError("message.name is that of another node")
        if fields.whole("protocol", 1, 1_000_000) != PROTOCOL:
            raise MessageError("message.protocol is of another version of smart-parking-node")
        return Announcement(
            name=name,
            machine=fields.word("machine", WORD_MAX),
            run=fields.word("run", WORD_MAX),
            version=fields.word("version", WORD_MAX, ""),
            model=fields.text("model", TEXT_MAX, ""),
            chips=[
                ChipInfo(
                    one.text("path", TEXT_MAX),
                    one.text("label", TEXT_MAX),
                    one.whole("lines", 0, LINE_MAX),
                )
                for one in fields.parts("chips", CHIPS_MAX)
            ],
            is_configured=fields.flag("configured", default=False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a node believes of a bay."""

    bay_id: str
    up_ms: int
    """When it began to."""
    occupied: bool | None = None
    fault: Fault | None = None
    confidence: float = 0.0
    distance_m: float | None = None
    steady_m: float | None = None
    """The distance that the sensor keeps giving beside the floor's."""
    empty_m: float | None = None
    """The distance of the empty bay, as followed so far."""
    far_m: float | None = None
    seq: int = 0
    """Counts the changes of one run; 0 in a whole state."""

    def to_json(self) -> Json:
        """Return it as it is written: what is not known is left out."""
        written = {
            "bay": self.bay_id,
            "at": self.up_ms,
            "seq": self.seq or None,
            "occupied": self.occupied,
            "fault": self.fault,
            "confidence": round(self.confidence, 3) or None,
            "distance_m": self.distance_m,
            "steady_m": self.steady_m,
            "empty_m": self.empty_m,
            "far_m": self.far_m,
        }
        return {key: value for key, value in written.items() if value is not None}

    @staticmethod
    def read(fields: Fields, up_ms: int, *, counted: bool) -> Belief:
        """Return what is said of a bay in a message that was sent at a time."""
        occupied = fields.maybe_flag("occupied")
        fault = _fault(fields) if fields.has("fault") else None
        if (occupied is None) is (fault is None):
            raise MessageError("a bay is occupied, or not, or has a fault")
        return Belief(
            bay_id=fields.word("bay", WORD_MAX),
            up_ms=fields.whole("at", 0, up_ms),
            occupied=occupied,
            fault=fault,
            confidence=fields.number("confidence", 0.0, 1.0, 0.0),
            distance_m=fields.maybe_number("distance_m", 0.0, METRES_MAX),
            steady_m=fields.maybe_number("steady_m", 0.0, METRES_MAX),
            empty_m=fields.maybe_number("empty_m", 0.0, METRES_MAX),
            far_m=fields.maybe_number("far_m", 0.0, METRES_MAX),
            seq=fields.whole("seq", 1, SEQ_MAX) if counted else 0,
        )

    def observation(self, at: float) -> Observation:
        """Return what is observed; `at` is in seconds on the reader's monotonic clock."""
        return Observation(
            self.bay_id, self.occupied, self.fault, self.confidence, self.distance_m, at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is believed of all bays, or why nothing is measured."""

    run: str
    seq: int
    """The number of the newest change that is in it."""
    up_ms: int
    config: str
    """The version of the configuration that is at work; empty when there is none."""
    pending: int = 0
    """So many changes from before follow that were not known to have arrived."""
    since_ms: int = 0
    """Since when nothing that happened is missing in what was told, or follows."""
    problem: Refusal | None = None
    bays: Sequence[Belief] = ()

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode(
            {
                "run": self.run,
                "seq": self.seq,
                "up_ms": self.up_ms,
                "config": self.config,
                "pending": self.pending,
                "since": self.since_ms,
                **({"problem": self.problem.to_json()} if self.problem else {}),
                "bays": [one.to_json() for one in self.bays],
            }
        )

    @staticmethod
    def parse(payload: bytes) -> State:
        """Return what a node says of all its bays."""
        fields = Fields.parse(payload)
        up_ms = fields.whole("up_ms", 0, UP_MAX_MS)
        bays = [Belief.read(one, up_ms, counted=False) for one in fields.parts("bays", BAYS_MAX)]
        if len({one.bay_id for one in bays}) < len(bays):
            raise MessageError("a bay is there twice")
        return State(
            run=fields.word("run", WORD_MAX),
            seq=fields.whole("seq", 0, SEQ_MAX),
            up_ms=up_ms,
            config=fields.word("config", WORD_MAX, ""),
            pending=fields.whole("pending", 0, SEQ_MAX, 0),
            since_ms=fields.whole("since", 0, up_ms, up_ms),
            problem=_refusal(fields.part("problem")) if fields.has("problem") else None,
            bays=bays,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """What has changed of bays, in order."""

    run: str
    up_ms: int
    changes: Sequence[Belief]
    past: bool = False
    """Whether it happened before the state that was sent."""
    last: bool = False
    """Whether no more of what happened before that state follows."""

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode(
            {
                "run": self.run,
                "up_ms": self.up_ms,
                **({"past": True, "last": self.last} if self.past else {}),
                "changes": [one.to_json() for one in self.changes],
            }
        )

    @staticmethod
    def parse(payload: bytes) -> ChangeList:
        """Return what a node says has changed."""
        fields = Fields.parse(payload)
        up_ms = fields.whole("up_ms", 0, UP_MAX_MS)
        return ChangeList(
            run=fields.word("run", WORD_MAX),
            up_ms=up_ms,
            changes=[
                Belief.read(one, up_ms, counted=True)
                for one in fields.parts("changes", CHANGES_MAX)
            ],
            past=fields.flag("past", default=False),
            last=fields.flag("last", default=False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """That a node is there."""

    run: str
    seq: int
    """The number of its newest change: whoever has not heard it has missed something."""
    up_ms: int
    config: str
    sweep_ms: float | None = None
    """How long the last sweep took."""
    clock_ms: int | None = None
    """What its clock says, in ms since 1970; None when it knows that it is wrong."""

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode(
            {
                "run": self.run,
                "seq": self.seq,
                "up_ms": self.up_ms,
                "config": self.config,
                "sweep_ms": self.sweep_ms,
                "clock_ms": self.clock_ms,
            }
        )

    @staticmethod
    def parse(payload: bytes) -> Heartbeat:
        """Return a node's sign of life."""
        fields = Fields.parse(payload)
        return Heartbeat(
            run=fields.word("run", WORD_MAX),
            seq=fields.whole("seq", 0, SEQ_MAX),
            up_ms=fields.whole("up_ms", 0, UP_MAX_MS),
            config=fields.word("config", WORD_MAX, ""),
            sweep_ms=fields.maybe_number("sweep_ms", 0.0, 60_000.0),
            clock_ms=fields.whole("clock_ms", 0, SEQ_MAX) if fields.has("clock_ms") else None,
        )


@dataclass(frozen=True, slots=True)
class ConfigResult:
    """Whether a node measures as its configuration says."""

    version: str
    refusal: Refusal | None = None

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        refusal = self.refusal.to_json() if self.refusal else {}
        return encode({"version": self.version, "accepted": self.refusal is None, **refusal})

    @staticmethod
    def parse(payload: bytes) -> ConfigResult:
        """Return what became of a configuration."""
        fields = Fields.parse(payload)
        refusal = _refusal(fields)
        if fields.flag("accepted") is not (refusal is None):
            raise MessageError("a configuration is accepted, or there is an error")
        return ConfigResult(fields.word("version", WORD_MAX, ""), refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request."""

    request: str
    run: str
    refusal: Refusal | None = None
    readings: Sequence[Reading] = ()
    """What sensors said in a test; their times are of no interest."""
    calibrations: Sequence[Calibration] = ()

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode(
            {
                "request": self.request,
                "run": self.run,
                **(self.refusal.to_json() if self.refusal else {}),
                "readings": [_reading_json(one) for one in self.readings],
                "calibrations": [
                    {"bay": bay_id, "empty_m": empty_m, "far_m": far_m}
                    for bay_id, empty_m, far_m in self.calibrations
                ],
            }
        )

    @staticmethod
    def parse(payload: bytes) -> Answer:
        """Return what a node answers."""
        fields = Fields.parse(payload)
        return Answer(
            request=fields.word("request", WORD_MAX),
            run=fields.word("run", WORD_MAX),
            refusal=_refusal(fields),
            readings=[_read_reading(one) for one in fields.parts("readings", BAYS_MAX)],
            calibrations=[
                Calibration(
                    one.word("bay", WORD_MAX),
                    one.maybe_number("empty_m", 0.0, METRES_MAX),
                    one.maybe_number("far_m", 0.0, METRES_MAX),
                )
                for one in fields.parts("calibrations", BAYS_MAX)
            ],
        )


def _reading_json(reading: Reading) -> Json:
    """Return a reading as it is written."""
    if reading.fault is not None:
        return {"bay": reading.bay_id, "fault": reading.fault}
    return {"bay": reading.bay_id, "distance_m": reading.distance_m}


def _read_reading(fields: Fields) -> Reading:
    """Return a reading as it was written."""
    bay_id = fields.word("bay", WORD_MAX)
    if fields.has("distance_m"):
        return Reading(bay_id, 0.0, fields.number("distance_m", 0.0, METRES_MAX))
    return Reading(bay_id, 0.0, fault=_fault(fields))


# What a node is told.


@dataclass(frozen=True, slots=True, kw_only=True)
class BayConfig:
    """A bay of a node: its sensor's lines, its place, and what is known of it."""

    bay_id: str
    label: str
    trigger: int
    echo: int
    x: float = 0.0
    y: float = 0.0
    level: str = ""
    empty_m: float | None = None
    """In metres, `OUT_OF_REACH`, or None while nobody knows."""
    far_m: float | None = None

    def to_json(self) -> Json:
        """Return it as it is written."""
        return {
            "bay": self.bay_id,
            "label": self.label,
            "trigger": self.trigger,
            "echo": self.echo,
            "x": self.x,
            "y": self.y,
            "level": self.level,
            "empty_m": NOTHING if self.empty_m == OUT_OF_REACH else self.empty_m,
            "far_m": self.far_m,
        }

    @staticmethod
    def read(fields: Fields) -> BayConfig:
        """Return a bay as it was written."""
        is_nothing = fields.is_text("empty_m", NOTHING)
        return BayConfig(
            bay_id=fields.word("bay", WORD_MAX),
            label=fields.text("label", TEXT_MAX),
            trigger=fields.whole("trigger", 0, LINE_MAX),
            echo=fields.whole("echo", 0, LINE_MAX),
            x=fields.number("x", -PLACE_MAX_M, PLACE_MAX_M, 0.0),
            y=fields.number("y", -PLACE_MAX_M, PLACE_MAX_M, 0.0),
            level=fields.text("level", TEXT_MAX, ""),
            empty_m=OUT_OF_REACH if is_nothing else fields.maybe_number("empty_m", 0.0, METRES_MAX),
            far_m=fields.maybe_number("far_m", 0.0, METRES_MAX),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a node shall measure."""

    range_m: float
    hearing_m: float
    blind_m: float
    chip: str | None = None
    bays: Sequence[BayConfig] = ()

    def to_json(self) -> Json:
        """Return it as it is written, with its version."""
        data = {
            "range_m": self.range_m,
            "hearing_m": self.hearing_m,
            "blind_m": self.blind_m,
            "chip": self.chip,
            "bays": [one.to_json() for one in self.bays],
        }
        return {"version": _version_of(data), **data}

    @property
    def version(self) -> str:
        """What tells it from any other: equal configurations have equal versions."""
        return str(self.to_json()["version"])

    @staticmethod
    def read(fields: Fields) -> Config:
        """Return a configuration as it was written."""
        bays = [BayConfig.read(one) for one in fields.parts("bays", BAYS_MAX)]
        if not bays or len({one.bay_id for one in bays}) < len(bays):
            raise MessageError("a configuration has bays, and each of them once")
        return Config(
            range_m=fields.number("range_m", 0.1, METRES_MAX),
            hearing_m=fields.number("hearing_m", 0.0, METRES_MAX),
            blind_m=fields.number("blind_m", 0.0, METRES_MAX),
            chip=fields.text("chip", TEXT_MAX) if fields.has("chip") else None,
            bays=bays,
        )


def _version_of(data: Json) -> str:
    """Return a version that follows from what is written."""
    written = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something that a node shall do, and answer."""

    request: str
    """Tells it from others, for the answer."""
    what: str
    """`state`, `test`, `calibrate`, `learn`, `vehicle` or, of a simulated chip, `simulate`."""
    bays: Sequence[str] = ()
    config: Config | None = None
    """What is to be tested."""
    empty_m: float | None = None
    far_m: float | None = None
    traffic: str = ""
    """What a simulated vehicle does: `park` or `leave`."""

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode(
            {
                "request": self.request,
                "what": self.what,
                "bays": list(self.bays),
                "config": self.config.to_json() if self.config else None,
                "empty_m": self.empty_m,
                "far_m": self.far_m,
                "traffic": self.traffic,
            }
        )

    @staticmethod
    def parse(payload: bytes) -> Request:
        """Return what a node is asked for."""
        fields = Fields.parse(payload)
        return Request(
            request=fields.word("request", WORD_MAX),
            what=fields.word("what", WORD_MAX),
            bays=fields.words("bays", BAYS_MAX, WORD_MAX) if fields.has("bays") else (),
            config=Config.read(fields.part("config")) if fields.has("config") else None,
            empty_m=fields.maybe_number("empty_m", 0.0, METRES_MAX),
            far_m=fields.maybe_number("far_m", 0.0, METRES_MAX),
            traffic=fields.word("traffic", WORD_MAX, ""),
        )


@dataclass(frozen=True, slots=True)
class Ack:
    """Up to which change of a run everything has arrived."""

    run: str
    seq: int

    def to_payload(self) -> bytes:
        """Return it as it is sent."""
        return encode({"run": self.run, "seq": self.seq})

    @staticmethod
    def parse(payload: bytes) -> Ack:
        """Return up to where changes have arrived."""
        fields = Fields.parse(payload)
        return Ack(fields.word("run", WORD_MAX), fields.whole("seq", 0, SEQ_MAX))


def encode_air(celsius: float) -> bytes:
    """Return how warm the air is, as it is sent."""
    return encode({"celsius": round(celsius, 2)})


def parse_air(payload: bytes) -> float:
    """Return how warm the air is, in °C."""
    return Fields.parse(payload).number("celsius", -60.0, 80.0)


def split(changes: Sequence[Belief]) -> Iterable[Sequence[Belief]]:
    """Yield changes in lists that are short enough for a message; at least one, also of nothing."""
    yield changes[:CHANGES_MAX]
    for first in range(CHANGES_MAX, len(changes), CHANGES_MAX):
        yield changes[first : first + CHANGES_MAX]
