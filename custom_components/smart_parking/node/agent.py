"""The program at work on a Raspberry Pi elsewhere: it measures, and says what has changed.

Everything happens in one thread, one thing after another; the bank's thread and that of the
connection hand over what is to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import logging
from queue import Empty, SimpleQueue
import secrets
from threading import Event
import time
from typing import Protocol

from ..lot.model import Fault
from ..lot.tracker import Calibration, Outcome
from .backlog import Backlog
from .fields import Fields, MessageError
from .hardware import Hardware
from .measuring import Measuring, test
from .messages import (
    Ack,
    Announcement,
    Answer,
    Belief,
    ChangeList,
    Config,
    ConfigResult,
    Heartbeat,
    Refusal,
    Request,
    State,
    parse_air,
    split,
)
from .store import NodeStore
from .topics import ONLINE, RETAINED, Said, Told
from .wiring import RefusedError

_LOGGER = logging.getLogger(__name__)

HEARTBEAT_S = 60.0
# An SD card is written to as seldom as this.
SAVE_EVERY_S = 300.0
# Trying again after a loss: soon at first, then once a minute.
RETRY_FIRST_S = 1.0
RETRY_LAST_S = 60.0
# Calibration takes 10 s of sweeps; a bank that is slower has trouble of another kind.
CALIBRATION_LIMIT_S = 25.0
# A bank whose thread has not swept for so long hangs.
SILENT_S = 20.0
IDLE_S = 1.0


class Link(Protocol):
    """The connection to the broker."""

    def say(self, said: Said, payload: bytes, *, retain: bool) -> None:
        """Publish something; without a connection, nothing happens."""


class Supervisor(Protocol):
    """Who watches over the program."""

    def alive(self) -> None:
        """Learn that the program does what it should."""


@dataclass(slots=True)
class _Calibrating:
    """A calibration that somebody waits for."""

    request: str
    missing: set[str]
    found: list[Calibration]
    ends_at: float


class Agent:
    """A node: what it measures, and what it says of it."""

    def __init__(
        self,
        name: str,
        machine: str,
        hardware: Hardware,
        store: NodeStore,
        *,
        version: str = "",
        clock_ms: Callable[[], int | None] = lambda: None,
        can_simulate: bool = False,
    ) -> None:
        """Load what is remembered; nothing is measured yet."""
        self.name = name
        self.run_id = secrets.token_hex(4)
        self._machine = machine
        self._version = version
        self._hardware = hardware
        self._store = store
        self._clock_ms = clock_ms
        self._can_simulate = can_simulate
        self._memory = store.load()
        self._link: Link | None = None
        self._is_connected = False
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._backlog = Backlog(_up_ms(time.monotonic()))
        self._measuring: Measuring | None = None
        self._beliefs: dict[str, Belief] = {}
        self._problem: Refusal | None = None
        self._celsius = 20.0
        self._calibrating: list[_Calibrating] = []
        self._retry_s = RETRY_FIRST_S
        self._retry_at: float | None = None
        self._beat_at = 0.0
        self._saved_at = time.monotonic()
        self._is_worth_saving = False
        self._logged: set[str] = set()

    # What the connection's thread calls.

    def connected(self) -> None:
        """Learn that the broker is there, and that everything that is told will be heard."""
        self._work.put(self._connected)

    def disconnected(self) -> None:
        """Learn that the broker is gone."""
        self._work.put(self._disconnected)

    def told(self, told: Told, payload: bytes) -> None:
        """Learn something that the node is told."""
        self._work.put(lambda: self._told(told, payload))

    # The program.

    def run(self, link: Link, stop: Event, supervisor: Supervisor | None = None) -> None:
        """Work until told to stop."""
        self._link = link
        if self._memory.config is not None:
            self._begin(self._memory.config)
        while not stop.is_set():
            try:
                self._work.get(timeout=IDLE_S)()
                while True:
                    self._work.get_nowait()()
            except Empty:
                pass
            except Exception:
                # Whatever it is, what comes next may be done.
                _LOGGER.exception("Something could not be done")
            self._tick(time.monotonic())
            if supervisor is not None and not self._is_hanging:
                supervisor.alive()
        self._end()

    def wake(self) -> None:
        """Make `run` look whether it is to stop."""
        self._work.put(lambda: None)

    @property
    def _is_hanging(self) -> bool:
        """Whether the bank should have swept long ago."""
        measuring = self._measuring
        return measuring is not None and time.monotonic() - measuring.swept_at > SILENT_S

    def _tick(self, now: float) -> None:
        """Do what is due."""
        if self._retry_at is not None and now >= self._retry_at:
            self._retry_at = None
            if self._memory.config is not None:
                self._begin(self._memory.config)
                if self._problem is None:
                    accepted = ConfigResult(self._memory.config.version)
                    self._say(Said.CONFIG_RESULT, accepted.to_payload())
                self._say_state()
        for one in [one for one in self._calibrating if now >= one.ends_at]:
            self._end_calibration(one)
        if self._is_connected and now >= self._beat_at:
            self._beat_at = now + HEARTBEAT_S
            self._say(Said.HEARTBEAT, self._heartbeat().to_payload())
        if now - self._saved_at >= SAVE_EVERY_S:
            self._save()

    def _end(self) -> None:
        """Release everything, and remember what was learnt."""
        self._rest()
        self._save()
        self._link = None

    # Measuring.

    def _begin(self, config: Config) -> None:
        """Measure as a configuration says, or come back later."""
        try:
            measuring = Measuring(
                config,
                self._hardware,
                self._memory,
                changed=lambda one, outcome: self._work.put(lambda: self._changed(one, outcome)),
                failed=lambda one, fault: self._work.put(lambda: self._failed(one, fault)),
            )
        except RefusedError as err:
            self._down(err.refusal, Fault.LINE_LOST)
            return
        self._measuring, self._problem, self._retry_at = measuring, None, None
        now = time.monotonic()
        for seen in measuring.tracker.begin(now):
            if seen.bay_id not in self._beliefs:
                self._beliefs[seen.bay_id] = measuring.belief_of(seen, _up_ms(now))
        for bay_id in set(self._beliefs) - set(measuring.bay_ids):
            del self._beliefs[bay_id]
        measuring.start(self._celsius)

    def _rest(self) -> None:
        """Stop to measure, and keep what was learnt."""
        self._retry_at = None
        while self._calibrating:
            self._end_calibration(self._calibrating[0])
        if (measuring := self._measuring) is not None:
            self._measuring = None
            measuring.stop()
            self._is_worth_saving |= measuring.remember(self._memory)

    def _changed(self, measuring: Measuring, outcome: Outcome) -> None:
        """Say what a sweep has changed."""
        if measuring is not self._measuring:
            return
        self._retry_s = RETRY_FIRST_S
        changes = []
        for seen in outcome.observations:
            seq, before = self._backlog.next_seq(), self._beliefs.get(seen.bay_id)
            belief = measuring.belief_of(seen, _up_ms(seen.at), seq)
            self._backlog.add(belief)
            changes.append(belief)
            _LOGGER.debug("%s: occupied %s, fault %s", seen.bay_id, seen.occupied, seen.fault)
            # A whole state says when a bay's began; its distance may have changed since.
            if before is not None and (before.occupied, before.fault) == seen[1:3]:
                belief = replace(belief, up_ms=before.up_ms)
            self._beliefs[seen.bay_id] = replace(belief, seq=0)
            if seen.occupied is not None:
                before_run = self._memory.occupied.get(seen.bay_id)
                self._is_worth_saving |= before_run is not seen.occupied
                self._memory.occupied[seen.bay_id] = seen.occupied
        if changes:
            self._say_changes(changes)
        for calibration in outcome.calibrations:
            self._calibrated(calibration)

    def _failed(self, measuring: Measuring, fault: Fault) -> None:
        """Release what is left of a bank that cannot go on, and try again later."""
        if measuring is self._measuring:
            self._rest()
            problem = Refusal("line_lost" if fault is Fault.LINE_LOST else "silent")
            self._down(problem, fault)
            result = ConfigResult(measuring.config.version, problem)
            self._say(Said.CONFIG_RESULT, result.to_payload())
            self._say_state()

    def _down(self, problem: Refusal, fault: Fault) -> None:
        """Note that nothing is measured, and when to try again."""
        if self._problem != problem:
            _LOGGER.warning("Nothing is measured: %s %s", problem.error, dict(problem.placeholders))
        self._problem = problem
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(RETRY_LAST_S, self._retry_s * 2)
        up_ms = _up_ms(time.monotonic())
        for bay_id, before in self._beliefs.items():
            if before.fault is not fault:
                lost = Belief(
                    bay_id=bay_id,
                    up_ms=up_ms,
                    fault=fault,
                    empty_m=before.empty_m,
                    far_m=before.far_m,
                )
                self._beliefs[bay_id] = lost
                self._backlog.add(replace(lost, seq=self._backlog.next_seq()))

    def _save(self) -> None:
        """Write down what was learnt, if there is anything new."""
        self._saved_at = time.monotonic()
        if self._measuring is not None:
            self._is_worth_saving |= self._measuring.remember(self._memory)
        if self._is_worth_saving:
            self._is_worth_saving = False
            self._store.save(self._memory)

    # Saying.

    def _say(self, said: Said, payload: bytes) -> None:
        """Publish something, if there is a broker."""
        if self._is_connected and self._link is not None:
            self._link.say(said, payload, retain=said in RETAINED)

    def _connected(self) -> None:
        """Say what the node is, and the state of all bays."""
        self._is_connected = True
        self._announce()
        self._say(Said.STATUS, ONLINE.encode())
        self._say_state()
        self._beat_at = time.monotonic() + HEARTBEAT_S

    def _announce(self) -> None:
        """Say what the node is."""
        announced = Announcement(
            name=self.name,
            machine=self._machine,
            run=self.run_id,
            version=self._version,
            model=self._hardware.model,
            chips=self._hardware.chips(),
            is_configured=self._memory.config is not None,
        )
        self._say(Said.ANNOUNCE, announced.to_payload())

    def _disconnected(self) -> None:
        """Say nothing until the broker is back."""
        self._is_connected = False

    @property
    def _version_at_work(self) -> str:
        """The version of the configuration that is measured; empty when none is."""
        return "" if self._measuring is None else self._measuring.config.version

    def _say_state(self) -> None:
        """Say the state of all bays, and then what has not been known to arrive."""
        waiting = self._backlog.waiting()
        state = State(
            run=self.run_id,
            seq=self._backlog.seq,
            up_ms=_up_ms(time.monotonic()),
            config=self._version_at_work,
            pending=len(waiting),
            since_ms=self._backlog.since_ms,
            problem=self._problem,
            bays=list(self._beliefs.values()),
        )
        self._say(Said.STATE, state.to_payload())
        if not waiting:
            return
        lists = [*split(waiting)]
        for number, one in enumerate(lists, 1):
            self._say_changes(one, past=True, last=number == len(lists))

    def _say_changes(
        self, changes: Sequence[Belief], *, past: bool = False, last: bool = False
    ) -> None:
        """Say what has changed."""
        message = ChangeList(
            run=self.run_id,
            up_ms=_up_ms(time.monotonic()),
            changes=changes,
            past=past,
            last=last,
        )
        self._say(Said.CHANGES, message.to_payload())

    def _heartbeat(self) -> Heartbeat:
        """Return a sign of life."""
        sweep_ms = None if self._measuring is None else self._measuring.sweep_ms
        return Heartbeat(
            run=self.run_id,
            seq=self._backlog.seq,
            up_ms=_up_ms(time.monotonic()),
            config=self._version_at_work,
            sweep_ms=None if sweep_ms is None else round(sweep_ms, 1),
            clock_ms=self._clock_ms(),
        )

    # What the node is told.

    def _told(self, told: Told, payload: bytes) -> None:
        """Take what the node is told; nonsense changes nothing, and is logged once."""
        try:
            match told:
                case Told.CONFIG:
                    self._configure(payload)
                case Told.AIR if payload:
                    self._celsius = parse_air(payload)
                    if self._measuring is not None:
                        self._measuring.set_temperature(self._celsius)
                case Told.ACK:
                    ack = Ack.parse(payload)
                    if ack.run == self.run_id:
                        self._backlog.acknowledge(ack.seq)
                case Told.REQUEST:
                    self._do(Request.parse(payload))
        except MessageError as err:
            if told not in self._logged:
                self._logged.add(told)
                _LOGGER.warning("What came on set/%s is not read: %s", told, err)

    def _configure(self, payload: bytes) -> None:
        """Apply a configuration, or say why not and go on as before."""
        if not payload:
            if self._memory.config is not None:
                _LOGGER.info("The node has been deleted in Home Assistant")
            self._rest()
            self._problem, self._memory.config = None, None
            self._beliefs.clear()
            self._keep_config()
            self._say(Said.CONFIG_RESULT, ConfigResult("").to_payload())
            self._say_state()
            return
        try:
            config = Config.read(Fields.parse(payload))
        except MessageError as err:
            unreadable = Refusal("config_unreadable", {"reason": str(err)[:120]})
            self._say(Said.CONFIG_RESULT, ConfigResult("", unreadable).to_payload())
            raise
        if self._measuring is not None and self._measuring.is_like(config):
            self._measuring.set_distances(config)
            self._memory.config = config
            self._keep_config()
        elif (refusal := self._change(config)) is not None:
            self._say(Said.CONFIG_RESULT, ConfigResult(config.version, refusal).to_payload())
            self._say_state()
            return
        self._say(Said.CONFIG_RESULT, ConfigResult(config.version).to_payload())
        self._say_state()

    def _change(self, config: Config) -> Refusal | None:
        """Measure as another configuration says, or as before; return why it cannot be."""
        before, beliefs = self._memory.config, self._beliefs
        self._rest()
        # What other sensors said is not known of these.
        self._beliefs = {}
        self._begin(config)
        if (refusal := self._problem) is None:
            self._memory.config = config
            self._keep_config()
            return None
        self._beliefs = beliefs
        if before is not None and before != config:
            self._problem = None
            self._begin(before)
        elif before is None:
            self._retry_at = None
        return refusal

    def _keep_config(self) -> None:
        """Remember the configuration at once: nobody may be there to say it again."""
        self._announce()
        self._is_worth_saving = True
        self._save()

    def _do(self, request: Request) -> None:
        """Do what is asked for, and answer."""
        match request.what:
            case "state":
                self._say_state()
            case "test" if request.config is not None:
                self._test(request, request.config)
            case "calibrate" if self._measuring is not None and request.bays:
                self._calibrate(self._measuring, request)
            case "learn" if self._measuring is not None and request.empty_m is not None:
                for bay_id in self._known(request):
                    self._measuring.tracker.learn(
                        Calibration(bay_id, request.empty_m, request.far_m)
                    )
                self._answer(request)
            case "vehicle" if self._measuring is not None:
                for bay_id in self._known(request):
                    self._measuring.tracker.confirm_vehicle(bay_id)
                self._answer(request)
            case "simulate" if self._can_simulate:
                done = [self._hardware.simulate(one, request.traffic) for one in request.bays]
                self._answer(request, None if done and all(done) else Refusal("cannot_do"))
            case _:
                self._answer(request, Refusal("cannot_do"))

    def _known(self, request: Request) -> list[str]:
        """Return the bays of a request that are measured."""
        known = [] if self._measuring is None else self._measuring.bay_ids
        return [bay_id for bay_id in request.bays if bay_id in known]

    def _answer(
        self,
        request: Request,
        refusal: Refusal | None = None,
    ) -> None:
        """Answer a request."""
        answer = Answer(request=request.request, run=self.run_id, refusal=refusal)
        self._say(Said.ANSWER, answer.to_payload())

    def _test(self, request: Request, config: Config) -> None:
        """Say what the sensors of a configuration give, while nothing else uses them."""
        self._rest()
        answer = Answer(request=request.request, run=self.run_id)
        try:
            readings = test(config, self._hardware, self._celsius)
            answer = replace(answer, readings=list(readings.values()))
        except RefusedError as err:
            answer = replace(answer, refusal=err.refusal)
        self._say(Said.ANSWER, answer.to_payload())
        if self._memory.config is not None:
            self._begin(self._memory.config)

    def _calibrate(self, measuring: Measuring, request: Request) -> None:
        """Learn the empty distances of bays, and answer when they are known."""
        wanted = self._known(request)
        measuring.tracker.calibrate(wanted)
        self._calibrating.append(
            _Calibrating(request.request, set(wanted), [], time.monotonic() + CALIBRATION_LIMIT_S)
        )
        if not wanted:
            self._end_calibration(self._calibrating[-1])

    def _calibrated(self, calibration: Calibration) -> None:
        """Note how a calibration ended, and answer those who wait for no more."""
        for one in [one for one in self._calibrating if calibration.bay_id in one.missing]:
            one.missing.discard(calibration.bay_id)
            one.found.append(calibration)
            if not one.missing:
                self._end_calibration(one)

    def _end_calibration(self, calibrating: _Calibrating) -> None:
        """Answer with what was found, and give up what was not."""
        self._calibrating.remove(calibrating)
        if self._measuring is not None and calibrating.missing:
            self._measuring.tracker.end_calibrations(calibrating.missing)
        lost = [Calibration(bay_id, None) for bay_id in sorted(calibrating.missing)]
        answer = Answer(
            request=calibrating.request,
            run=self.run_id,
            calibrations=[*calibrating.found, *lost],
        )
        self._say(Said.ANSWER, answer.to_payload())


def _up_ms(seconds: float) -> int:
    """Return a time on the monotonic clock in ms."""
    return round(seconds * 1e3)
