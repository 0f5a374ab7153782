"""A node elsewhere that has no sensors: it says what a test, or a benchmark, wants it to say."""

from collections.abc import Callable, Iterable
from dataclasses import replace
import secrets
import time

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.tracker import Calibration
from custom_components.smart_parking.node.fields import Fields
from custom_components.smart_parking.node.messages import (
    Ack,
    Announcement,
    Answer,
    Belief,
    ChangeList,
    ChipInfo,
    Config,
    ConfigResult,
    Heartbeat,
    Refusal,
    Request,
    State,
    split,
)
from custom_components.smart_parking.node.topics import (
    OFFLINE,
    ONLINE,
    RETAINED,
    Said,
    Told,
    read_told,
    said_topic,
    told_filter,
)

type Say = Callable[[str, bytes, bool], object]
"""Publishes a payload on a topic, retained or not."""

CHIP = ChipInfo("/dev/gpiochip0", "pinctrl-bcm2711", 58)


class SpokenNode:
    """Speaks as a node elsewhere does.

    Whoever has it publishes what it says, hands it everything that comes on `filter`, and calls
    `connect` when it is connected and subscribed. Its last will is `OFFLINE` on `will`, retained.
    """

    def __init__(self, name: str, say: Say, *, machine: str | None = None) -> None:
        """Initialize without a configuration; every bay will be free."""
        self.name = name
        self.machine = machine or f"machine-{name}"
        self.run = secrets.token_hex(4)
        self.filter = told_filter(name)
        self.will = said_topic(name, Said.STATUS)
        self.seq = 0
        self.config: Config | None = None
        self.since_ms = self.up_ms()
        """Since when it has forgotten nothing."""
        self.pending: list[Belief] = []
        """What happened, and has not been heard."""
        self.refuses: Refusal | None = None
        """Why it takes no configuration."""
        self.acked: Ack | None = None
        self.air_c: float | None = None
        self.requests: list[Request] = []
        self.readings: dict[str, Reading] = {}
        """What a test finds, by bay id; 2.5 m where nothing is said."""
        self.calibrates_m: float | None = 2.4
        self._beliefs: dict[str, Belief] = {}
        self._say_it = say

    @property
    def bays(self) -> list[str]:
        """The ids of its bays."""
        return list(self._beliefs)

    @staticmethod
    def up_ms() -> int:
        """Return the time on its clock."""
        return time.monotonic_ns() // 1_000_000

    def say(self, said: Said, payload: bytes) -> None:
        """Publish something."""
        self._say_it(said_topic(self.name, said), payload, said in RETAINED)

    def connect(self) -> None:
        """Say what a node says when it is connected."""
        self.announce()
        self.say(Said.STATUS, ONLINE.encode())
        self.say_state()

    def announce(self) -> None:
        """Say what it is."""
        announced = Announcement(
            name=self.name,
            machine=self.machine,
            run=self.run,
            version="0.1.0",
            model="Raspberry Pi 4 Model B",
            chips=[CHIP],
            is_configured=self.config is not None,
        )
        self.say(Said.ANNOUNCE, announced.to_payload())

    def leave(self) -> None:
        """Say that it goes."""
        self.say(Said.STATUS, OFFLINE.encode())

    def hear(self, topic: str, payload: bytes) -> None:
        """Take what it is told."""
        match read_told(topic):
            case Told.CONFIG:
                self._configure(payload)
            case Told.REQUEST:
                self._do(Request.parse(payload))
            case Told.ACK:
                self.acked = Ack.parse(payload)
            case Told.AIR if payload:
                self.air_c = Fields.parse(payload).number("celsius", -60.0, 80.0)

    def say_state(self) -> None:
        """Say what is believed of all bays, and what happened before that was not heard."""
        changes = self.pending
        state = State(
            run=self.run,
            seq=self.seq,
            up_ms=self.up_ms(),
            config="" if self.config is None else self.config.version,
            pending=len(changes),
            since_ms=self.since_ms,
            bays=list(self._beliefs.values()),
        )
        self.say(Said.STATE, state.to_payload())
        if changes:
            lists = [*split(changes)]
            for number, one in enumerate(lists, 1):
                is_last = number == len(lists)
                message = ChangeList(
                    run=self.run, up_ms=self.up_ms(), changes=one, past=True, last=is_last
                )
                self.say(Said.CHANGES, message.to_payload())

    def believe(
        self,
        bay_id: str,
        *,
        occupied: bool | None = None,
        fault: Fault | None = None,
        ago_s: float = 0.0,
    ) -> Belief:
        """Change what is believed of a bay without saying so; return the change."""
        self.seq += 1
        belief = Belief(
            bay_id=bay_id,
            up_ms=self.up_ms() - round(ago_s * 1e3),
            occupied=occupied,
            fault=fault,
            confidence=0.0 if occupied is None else 0.99,
            distance_m=None if occupied is None else 1.0 if occupied else 2.5,
            seq=self.seq,
        )
        self._beliefs[bay_id] = replace(belief, seq=0)
        return belief

    def change(
        self, bay_id: str, *, occupied: bool | None = None, fault: Fault | None = None
    ) -> None:
        """Change what is believed of a bay, and say so."""
        self.say_changes([self.believe(bay_id, occupied=occupied, fault=fault)])

    def say_changes(self, changes: Iterable[Belief]) -> None:
        """Say what has changed, all in one message."""
        message = ChangeList(run=self.run, up_ms=self.up_ms(), changes=list(changes))
        self.say(Said.CHANGES, message.to_payload())

    def beat(self) -> None:
        """Give a sign of life, as is due every minute."""
        beat = Heartbeat(
            run=self.run,
            seq=self.seq,
            up_ms=self.up_ms(),
            config="" if self.config is None else self.config.version,
            sweep_ms=230.0,
        )
        self.say(Said.HEARTBEAT, beat.to_payload())

    def _configure(self, payload: bytes) -> None:
        """Take a configuration, or refuse it."""
        if not payload:
            self.config, self._beliefs = None, {}
            self.announce()
            self.say(Said.CONFIG_RESULT, ConfigResult("").to_payload())
            return
        config = Config.read(Fields.parse(payload))
        if self.refuses is None:
            self.config = config
            self.announce()
            now = self.up_ms()
            self._beliefs = {
                bay.bay_id: self._beliefs.get(
                    bay.bay_id,
                    Belief(bay_id=bay.bay_id, up_ms=now, occupied=False, confidence=0.99),
                )
                for bay in config.bays
            }
        self.say(Said.CONFIG_RESULT, ConfigResult(config.version, self.refuses).to_payload())
        self.say_state()

    def _do(self, request: Request) -> None:
        """Do what is asked for."""
        self.requests.append(request)
        readings: list[Reading] = []
        calibrations: list[Calibration] = []
        match request.what:
            case "state":
                self.say_state()
                return
            case "test" if request.config is not None:
                readings = [
                    self.readings.get(bay.bay_id, Reading(bay.bay_id, 0.0, 2.5))
                    for bay in request.config.bays
                ]
            case "calibrate":
                calibrations = [Calibration(bay_id, self.calibrates_m) for bay_id in request.bays]
        answer = Answer(
            request=request.request,
            run=self.run,
            refusal=self.refuses if request.what == "test" else None,
            readings=readings,
            calibrations=calibrations,
        )
        self.say(Said.ANSWER, answer.to_payload())
