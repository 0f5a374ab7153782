"""A configuration at work: its bank in a thread, and what is believed of its bays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Event, Thread
import time
from typing import override

from ..hcsr04.errors import LineLostError
from ..lot.model import OUT_OF_REACH, Fault, Observation, Reading
from ..lot.tracker import BayTracker, Calibration, Outcome
from .hardware import Hardware, open_bank
from .messages import Belief, Config
from .store import Learned, NodeMemory
from .sweeping import PERIOD_S, SweepSink, probe, run_sweeps
from .wiring import RefusedError, plan_of

# A sweep and the way out of it take less than this, whatever the sensors do.
STOP_S = 2.0
# An empty distance is worth remembering again when it has moved by this much.
LEARN_STEP_M = 0.01


class Measuring(SweepSink):
    """Measures as a configuration says.

    Its thread calls `changed` with whatever a sweep has changed, and `failed` when it cannot go on.
    """

    def __init__(
        self,
        config: Config,
        hardware: Hardware,
        memory: NodeMemory,
        *,
        changed: Callable[[Measuring, Outcome], None],
        failed: Callable[[Measuring, Fault], None],
    ) -> None:
        """Prepare to measure; nothing is claimed yet."""
        self.config = config
        self.swept_at = time.monotonic()
        self.sweep_ms: float | None = None
        self._hardware = hardware
        self._changed = changed
        self._failed = failed
        self._stop = Event()
        self._thread: Thread | None = None
        known = {
            bay.bay_id: _known(bay.empty_m, memory.learned.get(bay.bay_id)) for bay in config.bays
        }
        learned_far = {
            bay_id: one.far_m for bay_id, (_, one) in known.items() if one and one.far_m is not None
        }
        far = {bay.bay_id: bay.far_m for bay in config.bays if bay.far_m is not None}
        self.tracker = BayTracker(
            {bay_id: empty_m for bay_id, (empty_m, _) in known.items()},
            memory.occupied,
            {**far, **learned_far},
        )
        self._bank = open_bank(hardware, plan_of(config, PERIOD_S), config.chip)

    @property
    def bay_ids(self) -> list[str]:
        """The bays that are measured."""
        return [bay.bay_id for bay in self.config.bays]

    def start(self, celsius: float) -> None:
        """Start to sweep."""
        self.set_temperature(celsius)
        self._thread = Thread(
            target=run_sweeps,
            args=(self._bank, self, self._stop),
            kwargs={"blind_m": self.config.blind_m, "period_s": PERIOD_S, "name": "the bays"},
            name="sweeps",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop, and release the lines."""
        self._stop.set()
        if self._thread is None:
            self._bank.close()
        else:
            self._thread.join(STOP_S)

    def set_temperature(self, celsius: float) -> None:
        """Set how warm the air is, in °C."""
        self._bank.temperature_c = celsius

    def set_distances(self, config: Config) -> None:
        """Apply a configuration that differs only in empty distances.

        What comes back of what was learnt here is known already.
        """
        before = {bay.bay_id: (bay.empty_m, bay.far_m) for bay in self.config.bays}
        empty, far = self.tracker.empty_distances(), self.tracker.far_distances()
        for bay in config.bays:
            known = empty.get(bay.bay_id), far.get(bay.bay_id)
            fresh = bay.empty_m, bay.far_m
            if before[bay.bay_id] != fresh and not all(map(_is_near, known, fresh)):
                self.tracker.learn(Calibration(bay.bay_id, *fresh))
        self.config = config

    def is_like(self, config: Config) -> bool:
        """Return whether a configuration differs in nothing but distances that are known."""
        return _wiring(self.config) == _wiring(config)

    def belief_of(self, seen: Observation, up_ms: int, seq: int = 0) -> Belief:
        """Return what is to be said of a bay after an observation."""
        bay_id, tracker = seen.bay_id, self.tracker
        return Belief(
            bay_id=bay_id,
            up_ms=up_ms,
            occupied=seen.occupied,
            fault=seen.fault,
            confidence=seen.confidence,
            distance_m=seen.distance_m,
            steady_m=_rounded(tracker.steady_m(bay_id)),
            empty_m=_rounded(tracker.empty_distances().get(bay_id)),
            far_m=_rounded(tracker.far_distances().get(bay_id)),
            seq=seq,
        )

    def remember(self, memory: NodeMemory) -> bool:
        """Write down what was learnt; return whether it is worth saving."""
        configured = {bay.bay_id: bay.empty_m for bay in self.config.bays}
        far = self.tracker.far_distances()
        is_news = False
        for bay_id, empty_m in self.tracker.empty_distances().items():
            before = memory.learned.get(bay_id)
            written = _written(configured[bay_id])
            fresh = Learned(written, empty_m, far.get(bay_id))
            if before is None or (
                abs(before.empty_m - empty_m) > LEARN_STEP_M
                or (before.configured_m, before.far_m) != (written, fresh.far_m)
            ):
                memory.learned[bay_id] = fresh
                is_news = True
        return is_news

    # What the thread that sweeps calls.

    @override
    def sweep(
        self, readings: Iterable[Reading], duration_s: float | None = None
    ) -> Collection[str]:
        outcome = self.tracker.observe(readings)
        self.swept_at = time.monotonic()
        if duration_s is not None:
            self.sweep_ms = duration_s * 1e3
        if outcome:
            self._changed(self, outcome)
        return outcome.doubtful

    @override
    def lost(self, fault: Fault) -> None:
        self._failed(self, fault)


def test(config: Config, hardware: Hardware, celsius: float) -> Mapping[str, Reading]:
    """Return what the sensors of a configuration say now; raises `RefusedError`."""
    bank = open_bank(hardware, plan_of(config, PERIOD_S), config.chip)
    try:
        return probe(bank, celsius, config.blind_m)
    except LineLostError as err:
        raise RefusedError("line_lost") from err


def _known(
    configured_m: float | None, learned: Learned | None
) -> tuple[float | None, Learned | None]:
    """Return the empty distance of a bay: as learnt, unless it was configured anew since."""
    if learned is None or learned.configured_m != _written(configured_m):
        return configured_m, None
    return learned.empty_m, learned


def _written(configured_m: float | None) -> float | None:
    """Return a distance as it is remembered: what is out of reach is none."""
    return None if configured_m == OUT_OF_REACH else configured_m


def _is_near(one: float | None, other: float | None) -> bool:
    """Return whether two distances are the same, as far as it is worth learning."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= LEARN_STEP_M


def _rounded(metres: float | None) -> float | None:
    """Return a distance in whole millimetres."""
    return None if metres is None else round(metres, 3)


def _wiring(config: Config) -> tuple[object, ...]:
    """Return what a bank is made of; a bay without an empty distance has another filter."""
    bays = [
        (
            bay.bay_id,
            bay.trigger,
            bay.echo,
            bay.x,
            bay.y,
            bay.level,
            "" if bay.empty_m in (None, OUT_OF_REACH) else "known",
            bay.empty_m == OUT_OF_REACH,
        )
        for bay in config.bays
    ]
    return config.range_m, config.hearing_m, config.blind_m, config.chip, bays
